"""A gait analysis for a terminal, on about two screens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from kinechain.report.gait.catalogue import ESSENTIAL
from kinechain.report.gait.model import (
    DeviationView,
    GaitView,
    OfferedView,
    Panel,
    ParameterRow,
    ProfileView,
)
from kinechain.report.gait.words import (
    NOTHING_COMPARED,
    NOTHING_DEVIATES,
    counted,
    lower,
    signed,
)
from kinechain.report.terminal_parts import hanging, none, printed, refs, section, source_text

SHORT_METHOD = ("Events", "Model", "Notes")
MOST_NOTES = 4
MOST_PANELS = 13


def render(view: GaitView, *, width: int = 80, colour: bool = False) -> str:
    """Render a gait analysis for a terminal.

    Parameters
    ----------
    view
        In words; a stick figure and curves in it are passed over.
    width
        Columns.
    colour
        Whether to colour with escape sequences.
    """
    parts: list[RenderableType] = [Text(f"Gait analysis of {view.file}", style="bold")]
    about = [view.person, view.recorded, f"forces {view.ground_words}"]
    parts.append(Text("; ".join(one for one in about if one)))
    parts += _verdict(view)
    parts += section("Findings offered, for a clinician to confirm", _findings(view))
    if view.profile is not None:
        parts += section(_profile_title(view.profile), _profile(view.profile))
    parts += section("Parameters, beside people without disease", _parameters(view))
    parts += section("Mean curves over the cycle, lowest to highest", _curves(view))
    parts += section("How it was done", _method(view))
    cited = {number for one in (*view.deviations, *view.offered) for number in one.refs}
    listed = [one for one in view.sources if one.number in cited]
    if listed:
        parts += section(
            "Sources", [hanging(f"[{one.number}]", source_text(one)) for one in listed]
        )
    version = f"Kinechain {view.program_version}, knowledge {view.knowledge_version}."
    parts += [Text(), Text(f"{view.intended_use} {version}", style="dim")]
    return printed(parts, width=width, colour=colour)


def _verdict(view: GaitView) -> list[RenderableType]:
    """Why nothing is concluded; or what deviates and what does not."""
    if not view.good:
        reasons: list[RenderableType] = [
            hanging("!", Text(one, style="bold yellow")) for one in view.reasons
        ]
        return section("Nothing is concluded from this recording", reasons)
    lines: list[RenderableType] = []
    if view.doubt:
        doubt = f"Joint angles and loads are not judged: {view.doubt}."
        lines.append(hanging("!", Text(doubt, style="bold yellow")))
    for one in view.deviations:
        lines += _deviation(one)
    if view.further:
        named = [f"{lower(one.label)} z {signed(one.z or 0.0)}" for one in view.further]
        lines.append(hanging("*", Text(f"Further: {', '.join(named)}.")))
    if not view.deviations:
        told, style = (NOTHING_DEVIATES, "green") if view.normal else (NOTHING_COMPARED, "yellow")
        lines.append(Padding(Text(told, style=style), (0, 0, 0, 2)))
    if view.normal:
        lines.append(hanging("-", Text(f"Within the norm: {_labels(view)}.")))
    if view.no_norm:
        missing = f" {view.person_missing}" if view.person_missing else ""
        lines.append(
            none(f"{counted(len(view.no_norm), 'measure')} without a norm that fits.{missing}")
        )
    return section("What deviates", lines)


def _labels(view: GaitView) -> str:
    return ", ".join(lower(one.label) for one in view.normal)


def _deviation(one: DeviationView) -> list[RenderableType]:
    head = Text(one.label + (f", {one.whose}" if one.whose else ""), style="bold yellow")
    if one.z is not None:
        head.append(f"  z {signed(one.z)}", style="default not bold")
    if one.offered:
        head.append("  offered", style="bold cyan")
    told = f"{one.sentence}." + (f" {one.caution}" if one.caution else "")
    return [hanging("*", head), Padding(Text(f"{told}{refs(one.refs)}"), (0, 0, 0, 4))]


def _findings(view: GaitView) -> list[RenderableType]:
    if not view.good:
        return [none("None: nothing is concluded.")]
    lines: list[RenderableType] = [hanging("-", _offered(one)) for one in view.offered]
    if not lines:
        lines.append(none("None."))
    if view.absent:
        names = dict.fromkeys(one.label for one in view.absent)
        lines.append(none(f"Looked for and not found: {'; '.join(names)}."))
    lines += [none(f"Not judged: {label}. {reason}") for label, reason in view.not_judged]
    return lines


def _offered(one: OfferedView) -> Text:
    text = Text(f"{one.label}{f', {one.side}' if one.side else ''}", style="bold")
    text.append(f": {one.value}.{refs(one.refs)} {one.rule}", style="not bold")
    if one.caution:
        text.append(f" {one.caution}", style="not bold")
    return text


def _profile_title(profile: ProfileView) -> str:
    return "Gait Profile Score" + (f": {profile.overall}" if profile.overall else "")


def _profile(profile: ProfileView) -> list[RenderableType]:
    rows = [(one.label, one.left_words or "-", one.right_words or "-") for one in profile.bars]
    lines = [_table(("", "left", "right"), rows, right=(1, 2))]
    lines.append(none(f"Compared with {profile.reference}."))
    if profile.missing:
        lines.append(none(f"Without: {profile.missing}."))
    return lines


def _parameters(view: GaitView) -> list[RenderableType]:
    rows = [row for group in view.table for row in group.rows]
    shown = [row for row in rows if row.name in ESSENTIAL] or rows
    if not shown:
        return [none("None could be measured.")]
    lines = [
        _table(("", "left", "right", "norm", "z"),
               [_parameter(row) for row in shown], right=(1, 2, 3, 4)),
    ]  # fmt: skip
    if len(shown) < len(rows):
        lines.append(none(f"{len(rows) - len(shown)} more in --html and --json."))
    return lines


def _parameter(row: ParameterRow) -> tuple[str, ...]:
    both, left, right = row.of("both"), row.of("left"), row.of("right")
    values = (both.value, "") if both else tuple(one.value if one else "-" for one in (left, right))
    scores = [signed(one.z) for one in row.cells if one.z is not None]
    return _named(row.label, row.unit), *values, row.norm or "-", " / ".join(scores) or "-"


def _curves(view: GaitView) -> list[RenderableType]:
    panels = [panel for group in view.clinical for panel in group.panels]
    if not panels:
        return [none(view.no_curves or "None with a clinical name; see --html.")]
    lines = [
        _table(("", "left", "right"), [_curve(one) for one in panels[:MOST_PANELS]],
               right=(1, 2)),
    ]  # fmt: skip
    if len(panels) > MOST_PANELS:
        lines.append(none(f"{len(panels) - MOST_PANELS} more in --html and --json."))
    return lines


def _curve(panel: Panel) -> tuple[str, ...]:
    words = {side: f"{low} to {high}" for side, low, high in panel.extremes}
    return _named(panel.label, panel.unit), words.get("left", "-"), words.get("right", "-")


def _named(label: str, unit: str) -> str:
    return f"{label} ({unit})" if unit else label


def _method(view: GaitView) -> list[RenderableType]:
    lines: list[RenderableType] = []
    for one in view.method:
        if one.title not in SHORT_METHOD:
            continue
        kept = one.sentences[:MOST_NOTES]
        left = len(one.sentences) - len(kept)
        more = f" {left} more in --html and --json." if left else ""
        lines.append(hanging("-", Text.assemble((f"{one.title}: ", "bold"), " ".join(kept), more)))
    return lines


def _table(
    heads: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[int] = ()
) -> RenderableType:
    made = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="dim")
    for place, head in enumerate(heads):
        justify = "right" if place in right else "left"
        made.add_column(head, justify=justify, no_wrap=place > 0, overflow="fold")
    for row in rows:
        made.add_row(*(Text(cell) for cell in row))
    return Padding(made, (0, 0, 0, 2))
