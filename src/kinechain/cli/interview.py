"""``kinechain interview``: one question at a time, the most useful next."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from kinechain.cli.interview_file import CaseFile, case_file
from kinechain.cli.output import Refusal, show, show_issues, title, wrapped
from kinechain.cli.program import Command
from kinechain.cli.progress import waiting

if TYPE_CHECKING:
    from kinechain.domain.interview import Question
    from kinechain.knowledge import Knowledge
    from kinechain.service.interview import InterviewState

STOPPED = 130
"""Exit status after Ctrl-C, as shells have it."""

TITLES = {
    "opening": "The person and the pain", "danger": "What cannot wait", "history": "History",
    "examination": "Examination", "tests": "Tests",
}  # fmt: skip
HELP = """\
back        takes the last step back (undo is the same)
change N    gives another answer to question N
list        shows the answers with their numbers
why         says what the answers would change
enough      asks no more of this part
save        writes the file and goes on
quit        writes the file and ends; discard ends without writing
unknown     the answer is not known, or it was not examined; Enter skips a question"""


@click.command(cls=Command, short_help="Ask what is most useful, one question at a time.")
@click.argument("case", metavar="[CASE.yaml]", required=False, type=click.Path())
@click.option("--until", type=click.Choice(["history", "examination", "tests"]), default="tests",
              show_default=True, help="Ask no further than this.")  # fmt: skip
def interview(case: str | None, until: str) -> None:
    """Ask in the terminal what is most useful to know next, and save the case.

    First who it is and where it hurts, then what could be dangerous, then history, examination
    and tests, each with the reason for asking it. It ends when no answer could change triage or
    the leading origins. Begins from CASE.yaml if it exists, and keeps what stands in it; without
    a name a new case.yaml is written.

    Answer yes, no, unknown, a side, numbers of a list, or a value with its unit. Enter skips.
    Type help for the commands. Answers can be piped in, one on a line; the end of the input, and
    Ctrl-C, save and end.
    """
    target = case_file(case)
    from kinechain.knowledge import load_knowledge
    from kinechain.service.interview import UnreadableCaseError, start

    knowledge = load_knowledge()
    try:
        state = start(target.text, knowledge, name=target.path.name, until=until)  # type: ignore[arg-type]
    except UnreadableCaseError as error:
        show_issues(error.issues)
        raise Refusal(
            f"{target.path} has errors and is left as it is; correct it first."
        ) from error
    talk = Talk(state, knowledge, target)
    stopped = talk.run()
    if talk.is_saving:
        _save(talk)
        if not stopped:
            show_result(talk)
    if stopped:
        raise click.exceptions.Exit(STOPPED)


@dataclass
class Talk:
    """One conversation: the pure state, and what the terminal shows of it.

    Attributes
    ----------
    raised
        Red flags that were told already.
    is_saving
        Whether the file is written at the end.
    is_over
        Whether the person wants to end.
    """

    state: InterviewState
    knowledge: Knowledge
    file: CaseFile
    stage: str = ""
    raised: frozenset[str] = frozenset()
    is_saving: bool = True
    is_over: bool = False
    is_terminal: bool = field(default_factory=lambda: sys.stdin.isatty())

    def run(self) -> bool:
        """Ask until the end; whether it was broken off by Ctrl-C."""
        from kinechain.service.interview import next_question

        if self.is_terminal:
            show("Type help for the commands; quit saves and ends.")
        try:
            while not self.is_over:
                question = next_question(self.state, self.knowledge)
                if question is None:
                    show("")
                    show(wrapped(_ending(self.state), 0, 0))
                    break
                self._ask(question)
        except (KeyboardInterrupt, click.Abort):
            show("")
            return True
        return False

    def _ask(self, question: Question) -> None:
        if question.stage != self.stage:
            title(TITLES[question.stage])
            self.stage = question.stage
        show("")
        for line in asked(question, len(self.state.answers) + 1):
            show(line)
        before = self.state
        while self.state is before and not self.is_over:
            reply = self._reply()
            if reply is None:
                self.is_over = True
                return
            self._take(question, reply)
        if self.state is not before:
            self._alarm()

    def _alarm(self) -> None:
        """Tell at once what the last answer raised; that must not wait for the end."""
        from kinechain.service.assess import red_flags

        flags = [flag for flag in red_flags(self.state.case, self.knowledge)
                 if flag.status == "raised"]  # fmt: skip
        fresh = [flag for flag in flags if flag.id not in self.raised]
        for flag in fresh:
            urgency = flag.urgency.replace("_", " ")
            show("")
            show(click.style(wrapped(f"! {urgency}: {flag.label}.", 0, 2), bold=True))
            show(wrapped(flag.action, 2, 0))
        if any(flag.urgency == "emergency_now" for flag in fresh):
            show("  Act on this first; quit saves and ends.")
        self.raised = frozenset(flag.id for flag in flags)

    def _reply(self) -> str | None:
        """One line of the input; None at its end."""
        show("> ", newline=False)
        sys.stdout.flush()
        try:
            line = sys.stdin.readline()
        except UnicodeDecodeError as error:
            raise Refusal("The answers must be text in UTF-8.") from error
        if not line:
            show("")
            return None
        if not self.is_terminal:
            show(line.strip())  # so that what was answered can be read in the output
        return line.strip()

    def _take(self, question: Question, reply: str) -> None:
        """Obey a command or take an answer."""
        from kinechain.service.interview import ReplyError, answer, enough, undo

        word, _, rest = reply.partition(" ")
        command = word.casefold()
        try:
            match command:
                case "help" | "h":
                    show(HELP)
                case "list" | "l" if not rest:
                    self._list()
                case "why" | "w":
                    self._why(question)
                case "save":
                    _save(self)
                case "quit" | "q" | "exit":
                    self.is_over = True
                case "discard":
                    self.is_over, self.is_saving = True, False
                case "undo" | "back" if not (command == "back" and question.key == "where"):
                    if not self.state.before:
                        show("This is the first question.")
                    self.state = undo(self.state, self.knowledge)
                case "change" if rest.split()[:1] and rest.split()[0].isdigit():
                    self._change(rest)
                case "enough":
                    self.state = enough(self.state, question, self.knowledge)
                case _:
                    self.state = answer(self.state, question, reply, self.knowledge)
                    if self.state.answers[-1].shown.casefold() != reply.casefold():
                        show(wrapped(f"= {self.state.answers[-1].shown}", 2))
        except ReplyError as error:
            show(wrapped(f"{error}", 2))

    def _change(self, rest: str) -> None:
        from kinechain.service.interview import ReplyError, change

        number, _, reply = rest.strip().partition(" ")
        place = int(number)
        if not 1 <= place <= len(self.state.answers):
            raise ReplyError(f"There is no answer {number}; list shows them with their numbers.")
        if not reply:
            for line in asked(self.state.answers[place - 1].question, place):
                show(line)
            reply = self._reply() or ""
        self.state = change(self.state, place, reply, self.knowledge)
        show(wrapped(f"= {self.state.answers[place - 1].shown}", 2))

    def _list(self) -> None:
        if not self.state.answers:
            show("Nothing is answered yet.")
        for number, given in enumerate(self.state.answers, start=1):
            show(wrapped(f"{number:>3}. {_short(given.question)} {given.shown}", 0, 5))

    def _why(self, question: Question) -> None:
        show(wrapped(f"{question.why[:1].upper()}{question.why[1:]}.", 2))
        for line in question.more:
            show(wrapped(line, 2))
        if not question.more and question.items:
            show(wrapped("A yes could raise a red flag, whatever the probabilities say.", 2))


def asked(question: Question, number: int) -> list[str]:
    """A question as the terminal shows it.

    Parameters
    ----------
    question
        What is asked.
    number
        Its place among the answers.
    """
    lines = [click.style(wrapped(f"{number}. {question.text}", 0, 3), bold=True)]
    several = question.expects == "any_of"
    if several:
        lines += [
            wrapped(f"{place} {item.text}", 3, 2)
            for place, item in enumerate(question.items, start=1)
        ]
    why = question.why.removeprefix("because ")
    lines.append(click.style(wrapped(f"{_answers(question)} Why: {why}.", 3, 0), dim=True))
    return lines


def _answers(question: Question) -> str:
    """What can be answered, in a few words."""
    if question.expects == "any_of":
        return "(none, or the numbers)"
    if question.expects == "yes_no":
        item = question.items[0]
        sides = ""
        if item.sides:
            one = f", asked of the {item.sides[0]} side"
            sides = one if len(item.sides) == 1 else ": left, right, both"
        value = ", or the value" if item.quantity else ""
        return f"(yes, no, unknown{value}{sides})"
    if question.choices:
        words = [
            f"{place} {name.replace('_', ' ')}" for place, name in enumerate(question.choices, 1)
        ]
        return f"({', '.join(words)})"
    return f"({question.hint})"


def _short(question: Question) -> str:
    if question.expects == "any_of":
        return f"{'; '.join(item.label for item in question.items)}:"
    return question.text


def _ending(state: InterviewState) -> str:
    if not state.case.pain and not state.case.observations:
        return "Without a place that hurts there is nothing to ask."
    return (
        "That is enough: no further answer is likely to change what is urgent or which "
        "origins lead."
    )


def _save(talk: Talk) -> None:
    """Write the file; if that fails, show what would have been written, so nothing is lost."""
    from kinechain.service.interview import text_of

    text = text_of(talk.state, talk.knowledge)
    if not text.strip():
        show("Nothing was answered, and nothing is written.")
        return
    try:
        talk.file.save(text)
    except Refusal:
        show("\nThe case as it would have been written:\n")
        show(text)
        raise
    show(f"Saved: {talk.file.path}")


def show_result(talk: Talk) -> None:
    """What follows from the answers: alarms, origins, what is not excluded.

    Parameters
    ----------
    talk
        The interview, ended and saved.
    """
    from kinechain.cli.interview_result import result_lines
    from kinechain.service.assess import assess

    if not talk.state.case.pain and not talk.state.case.observations:
        return
    with waiting("Assessing"):
        result = assess(talk.state.reading, talk.knowledge)
    for line in result_lines(result, talk.knowledge, str(talk.file.path)):
        show(line)
