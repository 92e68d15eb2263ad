"""``kinechain benchmark interview``: how well the interview asks, on simulated patients."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kinechain.cli.benchmark import processors
from kinechain.cli.output import show, table, title, wrapped
from kinechain.cli.program import Command
from kinechain.cli.progress import waiting

if TYPE_CHECKING:
    from kinechain.service.interview_benchmark import InterviewBenchmark, Summary

PATIENTS = 24


@click.command(cls=Command, short_help="Interview simulated patients.")
@click.option("--patients", metavar="N", type=click.IntRange(1, 100_000), default=PATIENTS,
              show_default=True, help="How many; every second has a dangerous origin.")  # fmt: skip
@click.option("--seed", metavar="N", type=click.IntRange(0, 2**31), default=0, show_default=True,
              help="Seed of the first patient.")  # fmt: skip
@click.option("--most", metavar="N", type=click.IntRange(1, 500), default=40, show_default=True,
              help="Questions after which an interview ends at the latest.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON, no more.")
@click.option("--jobs", metavar="N", type=click.IntRange(1, 256),
              help="Processes; as many as there are processors if not given.")  # fmt: skip
def interview(patients: int, seed: int, most: int, as_json: bool, jobs: int | None) -> None:
    """Interview patients drawn from the network itself, and compare ways of asking.

    Each patient is interviewed as `kinechain interview` does, by a fixed form (red flags, then
    history, examination and tests in the order of their files), and by information alone. Asked
    is how many questions it takes until the leading origin is, and stays, that of the full
    record; which dangerous origins are recognised by question 20; how long a question takes.

    The patients come from the same network, so this measures how well questions are chosen, not
    how well the network describes the world.
    """
    from kinechain.service.interview_benchmark import run_interviews

    with waiting("Interviewing simulated patients") as tell:
        result = run_interviews(patients, seed, jobs=jobs or processors(), most=most,
                                progress=lambda done, of: tell(f"{done} of {of}"))  # fmt: skip
    if as_json:
        from kinechain.service.presentation import as_json as text_of

        show(text_of(result), newline=False)
    else:
        _show(result)


def _show(result: InterviewBenchmark) -> None:
    show(f"{result.patients} simulated patients ({result.dangerous} with a dangerous origin), "
         f"seed {result.seed}, at most {result.most_questions} questions, "
         f"knowledge {result.knowledge_version}")  # fmt: skip
    title("Questions until the leading origin is that of the full record, and stays it")
    show(table(("way of asking", "median", "quartiles", "never", "asked", "findings", "cost"),
               [_origin(one) for one in result.summaries], right=range(1, 7)))  # fmt: skip
    show("")
    show(
        wrapped(
            "A bundle of red flags counts as one question; findings counts what it holds. Cost "
            "is in questions of history; an examination counts 1.5 or 2, blood or a "
            "radiograph 4, MRI 8, something invasive 16. All but 'never' are medians.",
            0,
            0,
        )
    )
    title("Dangerous origins recognised (flag, alert or leading), and time to the next question")
    show(table(("way of asking", "before asking", "by question 20", "median ms", "95 % ms"),
               [(one.way, f"{one.recognised_first:.0%}", f"{one.recognised:.0%}",
                 f"{one.ready_median_ms:.0f}", f"{one.ready_p95_ms:.0f}")
                for one in result.summaries], right=range(1, 5)))  # fmt: skip
    show("")
    show(wrapped("Times are of one processor, without what other programs take of it.", 0, 0))


def _origin(one: Summary) -> tuple[str, ...]:
    low, middle, high = one.settled
    return (one.way, f"{middle:.0f}", f"{low:.0f} to {high:.0f}", f"{one.never:.0%}",
            f"{one.questions_median:.0f}", f"{one.items_median:.0f}",
            f"{one.cost_median:.0f}")  # fmt: skip
