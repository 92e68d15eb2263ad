"""The report for a terminal: readable at 80 columns, plain when it is not a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from kinechain.domain.concepts import Urgency
from kinechain.domain.plan import Plan
from kinechain.report import model, sections, words
from kinechain.report.labels import interval, odds_factor, percent
from kinechain.report.plan_terminal import short
from kinechain.report.terminal_parts import hanging, none, printed, refs, section, source_text

BAR = 16


def render(
    assessment: Mapping[str, Any],
    extras: Mapping[str, Any],
    *,
    width: int = 80,
    colour: bool = False,
    plan: Plan | None = None,
) -> str:
    """Render the result for a terminal.

    Parameters
    ----------
    assessment, extras
        The plain result and what is shown beside it, see `kinechain.report.sections.build`.
    width
        Columns.
    colour
        Whether to colour with escape sequences; true only when the output is a terminal.
    plan
        The plan that was drafted on it, of which a short form is shown.

    Returns
    -------
    str
        Lines no longer than `width`, ending with a newline.
    """
    report = sections.build(assessment, extras, plan)
    return printed(_parts(report), width=width, colour=colour)


def _parts(report: model.Report) -> list[RenderableType]:
    who = f": {report.person}" if report.person else ""
    parts: list[RenderableType] = [Text(f"Case {report.case_id}{who}", style="bold")]
    parts += section("What cannot wait", _urgent(report))
    parts += section("Not excluded", _not_excluded(report))
    parts += section("Likely origins", _origins(report))
    parts += section("Where each pain comes from", _sites(report))
    parts += section("For and against", _evidence(report))
    parts += section("Ask or examine next", _next(report))
    if report.plan is not None:
        parts += section("Plan", short(report.plan))
    parts += section("Issues", _issues(report))
    if report.sources:
        listed = [hanging(f"[{source.number}]", source_text(source)) for source in report.sources]
        parts += section("Sources", listed)
    version = f"Kinechain {report.program_version}, knowledge {report.knowledge_version}."
    return [*parts, Text(), Text(f"{report.intended_use} {version}", style="dim")]


def _urgent(report: model.Report) -> list[RenderableType]:
    lines: list[RenderableType] = []
    for flag in report.raised:
        text = Text(flag.label, style=_urgency_style(flag.urgency))
        text.append(f" ({flag.basis_words}){refs(flag.refs)}", style="default not bold")
        lines.append(hanging("!", text, style=_urgency_style(flag.urgency)))
        action = f"{flag.urgency_words}: {flag.action}"
        lines.append(Padding(Text(action, style="bold"), (0, 0, 0, 4)))
        if flag.because:
            lines.append(Padding(Text(f"Because: {'; '.join(flag.because)}."), (0, 0, 0, 4)))
    if not report.raised:
        lines.append(Padding(Text(words.NOTHING_RAISED, style="green"), (0, 0, 0, 2)))
    lines += [
        hanging("?", Text(f"{flag.label} ({flag.urgency_words.lower()}, {flag.status_words})"))
        for flag in report.to_ask
    ]
    return lines


def _urgency_style(urgency: Urgency) -> str:
    return "bold red" if words.urgency_order(urgency) < 2 else "bold yellow"


def _not_excluded(report: model.Report) -> list[RenderableType]:
    lines: list[RenderableType] = []
    for entry in report.not_excluded:
        ask = f". Ask or test: {', '.join(entry.ask)}" if entry.ask else ""
        numbers = f"{percent(entry.probability)} (acts from {percent(entry.threshold)})"
        lines.append(hanging("-", Text(f"{entry.label}: {numbers}{ask}")))
    return lines or [none("Nothing dangerous is above its threshold.")]


def _origins(report: model.Report) -> list[RenderableType]:
    lines: list[RenderableType] = []
    for origin in report.origins:
        label = Text(origin.label, style="bold")
        if origin.where:
            label.append(f" ({origin.where})", style="not bold")
        lines.append(hanging(f"{origin.rank}.", label))
        numbers = f"{percent(origin.explains):>7}  ({interval(origin.low, origin.high)})"
        lines.append(Padding(Text.assemble((_bar(origin), "cyan"), numbers), (0, 0, 0, 5)))
        lines.append(Padding(Text(origin.reason), (0, 0, 0, 5)))
    if report.more_origins:
        lines.append(none(f"{report.more_origins} more of lower probability."))
    return lines or [none("No probabilities were computed; see the issues.")]


def _bar(origin: model.OriginView) -> str:
    """Filled up to the probability; dots reach to the upper end of the interval."""
    full, high = round(BAR * origin.explains), round(BAR * origin.high)
    return "█" * full + "·" * max(0, high - full) + " " * (BAR - max(full, high)) + " "


def _sites(report: model.Report) -> list[RenderableType]:
    lines: list[RenderableType] = []
    for site in report.sites:
        pain = f", {site.intensity:g}/10" if site.intensity is not None else ""
        lines.append(Padding(Text(f"{site.label}{pain}", style="bold"), (0, 0, 0, 2)))
        for path in site.paths:
            chain = " → ".join(path.steps)
            fired = f" (fired {percent(path.fired)}, {interval(path.low, path.high)})"
            lines.append(hanging(f"{percent(path.responsibility):>6}", Text(chain + fired), 4))
        unexplained = f"unexplained: {site.unexplained_words}"
        lines.append(hanging(f"{percent(site.unexplained):>6}", Text(unexplained, style="dim"), 4))
    return lines or [none("No painful site is recorded.")]


def _evidence(report: model.Report) -> list[RenderableType]:
    lines: list[RenderableType] = []
    for view in report.evidence:
        lines.append(Padding(Text(f"{view.rank}. {view.label}", style="bold"), (0, 0, 0, 2)))
        rows = [("+", row) for row in view.supporting] + [("-", row) for row in view.opposing]
        lines += [hanging(sign, _row(row), 4) for sign, row in rows]
        if not rows:
            lines.append(none("Nothing recorded weighs for or against it.", 4))
    return lines or [none("No origin was computed.")]


def _row(row: model.EvidenceRow) -> Text:
    state = "" if row.state == "present" else f" {row.state}"
    note = f"; {row.note}" if row.note else ""
    weight = f": {row.strength} ({odds_factor(row.removed)}){note}"
    return Text(f"{row.finding}{state}{weight}{refs(row.refs)}")


def _next(report: model.Report) -> list[RenderableType]:
    lines: list[RenderableType] = []
    for number, step in enumerate(report.next, start=1):
        body: list[RenderableType] = [Text(f"{step.how}: {step.label}")]
        if step.if_present:
            body.append(Text(f"if present: {step.if_present}", style="dim"))
        if step.if_absent:
            body.append(Text(f"if absent: {step.if_absent}", style="dim"))
        lines.append(hanging(f"{number}.", Group(*body)))
    return lines or [none("No further question would change much.")]


def _issues(report: model.Report) -> list[RenderableType]:
    lines: list[RenderableType] = []
    for issue in report.issues:
        where = f" [{issue.where}]" if issue.where else ""
        remedy = f" {issue.remedy}" if issue.remedy else ""
        lines.append(hanging(f"{issue.level}:", Text(f"{issue.message}{where}{remedy}")))
    return lines or [none("None.")]
