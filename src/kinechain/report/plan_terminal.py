"""The plan for a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from kinechain.report import model, words
from kinechain.report.plan_model import PlanView, TreatmentGroup, TreatmentView
from kinechain.report.terminal_parts import hanging, none, printed, refs, section, source_text

IN_FULL = ("recommended",)
MOST_OPTIONS, MOST_LATER, MOST_GOALS, MOST_ASKED = 8, 8, 3, 4


def render(
    plan: PlanView,
    sources: Iterable[model.SourceView] = (),
    *,
    width: int = 80,
    colour: bool = False,
) -> str:
    """Render a plan for a terminal.

    Parameters
    ----------
    plan
        In words.
    sources
        Those that it cites.
    width
        Columns.
    colour
        Whether to colour with escape sequences.
    """
    dated = f", {plan.as_of}" if plan.as_of else ""
    parts: list[RenderableType] = [
        Text(f"Plan for case {plan.case_id} ({plan.version}{dated})", style="bold")
    ]
    parts += section("What cannot wait", _urgent(plan))
    if plan.medication:
        alarms: list[RenderableType] = [
            hanging("!", Text(one, style="bold yellow")) for one in plan.medication
        ]
        parts += section("Drugs to look at now", alarms)
    parts += section("For these origins", [_line(one) for one in plan.origins] or [none("None.")])
    parts += section("First", _first(plan))
    for group in plan.groups:
        parts += section(group.title, _group(group))
    if plan.not_indicated:
        parts.append(none(f"{plan.not_indicated} further treatments are for other origins."))
    parts += section("Who does what, towards what", _parts(plan))
    parts += section("Must be approved by", _approvals(plan))
    parts += section("What would change this plan", [_line(one) for one in plan.would_change])
    if len(plan.history) > 1:
        parts += section("History", [_line(one) for one in plan.history])
    listed = [hanging(f"[{one.number}]", source_text(one)) for one in sources]
    if listed:
        parts += section("Sources", listed)
    version = f"Kinechain {plan.program_version}, knowledge {plan.knowledge_version}."
    parts += [Text(), Text(f"{plan.intended_use} {version}", style="dim")]
    return printed(parts, width=width, colour=colour)


def short(plan: PlanView) -> list[RenderableType]:
    """What an assessment shows of the plan: first tests, what is recommended, what is not safe.

    Parameters
    ----------
    plan
        In words.
    """
    lines = _first(plan)
    for group in plan.groups:
        shown = group.treatments[:MOST_OPTIONS]
        names = ", ".join(_named(one) + refs(one.refs) for one in shown)
        more = len(group.treatments) - MOST_OPTIONS
        names += f" and {more} more" if more > 0 else ""
        lines.append(hanging("-", Text.assemble((f"{group.title}: ", "bold"), names)))
    return [*lines, none("The whole plan: kinechain plan CASE.yaml")]


def render_patient(plan: PlanView, *, width: int = 80, colour: bool = False) -> str:
    """Render the patient's page for a terminal or printer.

    Parameters
    ----------
    plan
        In words.
    width, colour
        As in `render`.
    """
    parts: list[RenderableType] = [Text(plan.patient.title, style="bold")]
    for one in plan.patient.sections:
        body: list[RenderableType] = [Padding(Text(text), (0, 0, 0, 2)) for text in one.sentences]
        body += [hanging("-", Text(text)) for text in one.points]
        parts += section(one.heading, body)
    return printed(parts, width=width, colour=colour)


def _urgent(plan: PlanView) -> list[RenderableType]:
    lines: list[RenderableType] = [hanging("!", Text(one, style="bold red")) for one in plan.urgent]
    return lines or [Padding(Text(words.NOTHING_RAISED, style="green"), (0, 0, 0, 2))]


def _first(plan: PlanView) -> list[RenderableType]:
    state = "firm enough" if plan.firm else "not firm yet"
    lines: list[RenderableType] = [
        Padding(Text(f"The diagnosis is {state}: {plan.firmness}."), (0, 0, 0, 2))
    ]
    for number, test in enumerate(plan.tests, start=1):
        answers = [f"if present: {test.if_present}"] if test.if_present else []
        answers += [f"if absent: {test.if_absent}"] if test.if_absent else []
        lines.append(hanging(f"{number}.", Text(f"{test.label} ({'; '.join(answers)})")))
    return lines


def _group(group: TreatmentGroup) -> list[RenderableType]:
    if group.status in IN_FULL:
        return [line for one in group.treatments for line in _full(one)]
    shown = group.treatments
    if group.status in ("option", "uncertain", "not_yet", "not_recommended"):
        shown = shown[:MOST_LATER]
    lines: list[RenderableType] = [hanging("-", _brief(one)) for one in shown]
    if len(shown) < len(group.treatments):
        lines.append(none(f"{len(group.treatments) - len(shown)} more; see --json or --html."))
    return lines


def _full(one: TreatmentView) -> list[RenderableType]:
    head = Text(f"{_named(one)}", style="bold red" if one.urgent else "bold")
    head.append(f" ({one.role}){refs(one.refs)}", style="default not bold")
    lines: list[RenderableType] = [hanging("*", head)]
    details = [*one.how[:1], _said(one), *one.effects[:1]]
    details += [f"But: {text}" for text in one.against]
    if one.ask_before:
        more = len(one.ask_before) - MOST_ASKED
        rest = f" And {more} more; see --json or --html." if more > 0 else ""
        details.append(f"Ask before: {' '.join(one.ask_before[:MOST_ASKED])}{rest}")
    details += [f"Not together with {text}" for text in one.together]
    if one.review_on:
        details.append(f"Review on {one.review_on}.")
    lines += [Padding(Text(text), (0, 0, 0, 4)) for text in details if text]
    return lines


def _brief(one: TreatmentView) -> Text:
    text = Text(_named(one), style="bold")
    match one.status:
        case "not_yet":
            told = f" waits for: {'; '.join(one.missing)}" if one.missing else ""
        case "contraindicated" | "already_tried":
            told = f": {'; '.join(one.why[:2])}"
        case _:
            told = f": {_said(one)}"
    text.append(told, style="not bold")
    if one.regulatory:
        text.append(f" {one.regulatory}", style="not bold")
    text.append(refs(one.refs), style="not bold")
    return text


def _named(one: TreatmentView) -> str:
    return f"{one.label} [step {one.step}]" if one.step > 1 else one.label


def _said(one: TreatmentView) -> str:
    sides = [
        f"{side} {', '.join(bodies[:4])}"
        for side, bodies in (
            ("for:", one.said_for),
            ("against:", one.said_against),
            ("takes no side:", one.said_neither),
        )
        if bodies
    ]
    return "; ".join(sides)


def _parts(plan: PlanView) -> list[RenderableType]:
    lines: list[RenderableType] = []
    for part in plan.parts:
        head = Text(f"{part.part}, {part.role}", style="bold")
        if part.treatments:
            head.append(f": {', '.join(part.treatments)}", style="not bold")
        lines.append(hanging("-", head))
        for goal in part.goals[:MOST_GOALS]:
            by = f" by {goal.by}" if goal.by else ""
            lines.append(hanging("goal:", Text(f"{goal.measure}: {goal.target}{by}"), 4))
    return lines or [none("Nothing is offered yet.")]


def _approvals(plan: PlanView) -> list[RenderableType]:
    lines: list[RenderableType] = []
    for one in plan.approvals:
        count = len(one.treatments)
        what = f"{count} treatment{'s' if count != 1 else ''}"
        lines.append(hanging("-", Text(f"{one.role}: {one.state} ({what})")))
    return lines or [none("Nobody.")]


def _line(text: str) -> RenderableType:
    return hanging("-", Text(text))
