"""The follow-up for a terminal: what happened, what follows, and on what evidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, assert_never

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from kinechain.domain.follow_up import (
    Decision,
    FollowUp,
    Moved,
    NaturalHistory,
    Outcome,
    Response,
    Series,
)
from kinechain.report import model, words
from kinechain.report.contract import read_extras
from kinechain.report.labels import clean, percent
from kinechain.report.sections import Numbering
from kinechain.report.terminal_parts import hanging, none, printed, refs, section, source_text


def render(
    result: FollowUp, extras: Mapping[str, Any], *, width: int = 80, colour: bool = False
) -> str:
    """Render a follow-up.

    Parameters
    ----------
    result
        The follow-up.
    extras
        Words for ids, and sources, see `kinechain.report.contract.Extras`.
    width
        Columns.
    colour
        Whether to colour with escape sequences.
    """
    shown = read_extras(extras)
    numbering = Numbering()
    parts: list[RenderableType] = [
        Text(f"Follow-up of case {clean(result.case_id)}", style="bold"),
        Text(),
        Text.assemble(
            (outcome_words(result.outcome), "bold"), ": ", (decision_words(result.decision), "bold")
        ),
    ]
    parts += [hanging("-", Text(clean(one))) for one in result.because]
    parts += section("Next", [hanging("-", Text(clean(one))) for one in result.next_step])
    parts += section("What cannot wait", _flags(result))
    parts += section("Course", [line for one in result.series for line in _series(one, numbering)])
    parts += section("Without treatment", _natural(result.natural_history, numbering))
    if result.responses:
        parts += section("What the responses say", _responses(result.responses, shown.labels))
        parts += _moved(result.moved)
    parts += section("Sources", _sources(numbering.listed(shown.sources)))
    version = f"Kinechain {result.program_version}, knowledge {result.knowledge_version}."
    parts += [Text(), Text(f"{words.INTENDED_USE} {version}", style="dim")]
    return printed(parts, width=width, colour=colour)


def outcome_words(outcome: Outcome) -> str:
    """What became of the complaint."""
    match outcome:
        case "lasting_relief":
            return "Lasting relief"
        case "responding":
            return "Responding"
        case "unchanged":
            return "Unchanged"
        case "worse":
            return "Worse"
        case "relapse":
            return "Relapse"
        case "unknown":
            return "Not known"
        case _:
            assert_never(outcome)


def decision_words(decision: Decision) -> str:
    """What follows."""
    match decision:
        case "stay":
            return "stay on this step"
        case "step_up":
            return "go one step up"
        case "step_down":
            return "go one step down"
        case "jump":
            return "act now, whatever the step"
        case "measure":
            return "measure first"
        case _:
            assert_never(decision)


def _flags(result: FollowUp) -> list[RenderableType]:
    lines: list[RenderableType] = [
        hanging(
            "!",
            Text(
                f"{words.urgency_words(one.urgency)}: {clean(one.label)}. {clean(one.action)}",
                style="bold red",
            ),
        )
        for one in result.red_flags
    ]
    return lines or [Padding(Text(words.NOTHING_RAISED, style="green"), (0, 0, 0, 2))]


def _series(one: Series, numbering: Numbering) -> list[RenderableType]:
    better = "higher is better" if one.higher_is_better else "lower is better"
    head = Text(clean(one.label), style="bold")
    head.append(f" ({one.low:g} to {one.high:g}, {better})", style="not bold")
    lines: list[RenderableType] = [hanging("-", head)]
    for visit in one.visits:
        word = "" if visit.outcome == "unknown" else f"  {outcome_words(visit.outcome).lower()}"
        change = f"  {visit.percent:+.0f} %" if visit.weeks else ""
        line = f"{visit.on}  week {visit.weeks:4.1f}  {visit.value:6.1f}{change}{word}"
        lines.append(Padding(Text(line), (0, 0, 0, 4)))
    for used in one.thresholds:
        cited = refs(numbering.refs([used.source])) if used.source else ""
        note = f" ({clean(used.note)})" if used.note else ""
        lines.append(Padding(Text(f"counts: {clean(used.words)}{note}{cited}"), (0, 0, 0, 4)))
    return lines


def _natural(found: tuple[NaturalHistory, ...], numbering: Numbering) -> list[RenderableType]:
    lines: list[RenderableType] = [
        hanging(
            "-",
            Text(
                f"{clean(one.label)} ({clean(one.population)}): {clean(one.words)}"
                f"{refs(numbering.refs(one.sources))}"
            ),
        )
        for one in found
    ]
    return lines or [none("No course is published for these origins in the knowledge.")]


def _responses(found: tuple[Response, ...], labels: Mapping[str, str]) -> list[RenderableType]:
    lines: list[RenderableType] = []
    for one in found:
        state = "yes" if one.state == "present" else "no"
        text = f"{clean(one.label)}: {state} ({clean(one.because)})."
        text += f" By natural course and placebo alone: {percent(one.by_chance)}."
        if one.likelihood_ratio is not None and one.speaks_of is not None:
            label = clean(labels.get(one.speaks_of, one.speaks_of))
            side = "for" if one.likelihood_ratio > 1 else "against"
            text += f" Likelihood ratio {one.likelihood_ratio:.1f} {side} {label}."
        lines.append(hanging("-", Text(text)))
    return lines


def _moved(found: tuple[Moved, ...]) -> list[RenderableType]:
    if not found:
        return [none("They hardly move the origins.")]
    return [
        hanging(
            ">",
            Text(f"{clean(one.label)}: {percent(one.before)} without, {percent(one.after)} with"),
        )
        for one in found
    ]


def _sources(sources: tuple[model.SourceView, ...]) -> list[RenderableType]:
    lines: list[RenderableType] = [hanging(f"[{one.number}]", source_text(one)) for one in sources]
    return lines or [none("None.")]
