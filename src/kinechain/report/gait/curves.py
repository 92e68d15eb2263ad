"""Small multiples: every quantity over the cycle, both sides, beside its norm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
import numpy as np

from kinechain.gait.events.cycles import Cycle, on_cycle
from kinechain.gait.events.model import SIDES, Side
from kinechain.gait.parameters.curves import CycleCurves
from kinechain.gait.parameters.norms import Norm
from kinechain.gait.recording import FloatArray
from kinechain.gait.series import Series
from kinechain.report.gait.axes import nice_ticks, path, tick_words
from kinechain.report.gait.catalogue import CURVES, LEAST_SPAN, LIMIT_SD, OTHER, PARTS, PEAKS
from kinechain.report.gait.model import Line, Owner, Panel, PanelGroup, Span, Tick
from kinechain.report.gait.words import number, unit_words, with_unit
from kinechain.report.labels import clean

LEFT, RIGHT, TOP, BOTTOM = 50.0, 307.0, 8.0, 136.0
"""The plot within the drawing of 320 by 166."""
MOST_SINGLES = 8
LEAST_PART = 0.5  # of a cycle, for a curve that is known in part
MUCH_MISSING = 0.03  # less is the edge of a filter or plate and not worth a word
SINGLE_STEP = 2  # single cycles are drawn on every second point
STILL = 1e-6


@dataclass(frozen=True, eq=False)
class Beside:
    """What curves are compared with.

    Attributes
    ----------
    reference
        Mean curves of the user's reference group by the series' name, shape (101,).
    peaks
        Norms of peaks by the measure's name.
    """

    reference: Mapping[str, FloatArray] = field(default_factory=dict[str, FloatArray])
    peaks: Mapping[str, Norm] = field(default_factory=dict[str, Norm])


@dataclass(frozen=True, eq=False)
class _Scale:
    low: float
    high: float

    def y(self, values: FloatArray) -> FloatArray:
        return BOTTOM - (values - self.low) / (self.high - self.low) * (BOTTOM - TOP)


def clinical_groups(
    series: Sequence[Series], cycles: tuple[Cycle, ...], beside: Beside
) -> tuple[PanelGroup, ...]:
    """The curves with a clinical name, by part of the body.

    Parameters
    ----------
    series
        All of the trial; the model's own coordinates are passed over.
    cycles
        The trial's.
    beside
        Norms.
    """
    named = _by_name([one for one in series if not is_raw(one)])
    order = [*CURVES, *(name for name in named if name not in CURVES)]
    parts: dict[str, list[Panel]] = {part: [] for part in PARTS}
    for place, name in enumerate(order):
        panel = make_panel(named[name], cycles, beside) if name in named else None
        if panel is not None:
            panel = msgspec.structs.replace(panel, id=f"{panel.id}-{place}")
            parts[CURVES[name].part if name in CURVES else OTHER].append(panel)
    return tuple(
        PanelGroup(id=_identifier("curves", part), title=part, panels=tuple(panels))
        for part, panels in parts.items()
        if panels
    )


def raw_groups(series: Sequence[Series], cycles: tuple[Cycle, ...]) -> tuple[PanelGroup, ...]:
    """The model's own coordinates and forces, mean curves only; what stays still is left out.

    Parameters
    ----------
    series
        All of the trial.
    cycles
        The trial's.
    """
    moving = [one for one in series if is_raw(one) and not is_still(one)]
    loads = [one for one in moving if one.name.endswith(("_moment", "_force"))]
    groups = (
        ("Coordinates of the model", [one for one in moving if one not in loads]),
        ("Generalised forces of the model, internal, over body mass", loads),
    )
    found: list[PanelGroup] = []
    for title, members in groups:
        named = _by_name(members)
        panels = [make_panel(one, cycles, Beside(), singles=False) for one in named.values()]
        kept = tuple(
            msgspec.structs.replace(one, id=f"{one.id}-{place}")
            for place, one in enumerate(panels)
            if one is not None
        )
        if kept:
            found.append(PanelGroup(id=_identifier("model", title), title=title, panels=kept))
    return tuple(found)


def is_raw(series: Series) -> bool:
    """Whether a series is the model's own, which bears its name as label.

    Parameters
    ----------
    series
        Of a trial.
    """
    return series.label == series.name


def is_still(series: Series) -> bool:
    """Whether it never changes, as locked coordinates do not.

    Parameters
    ----------
    series
        Of a trial.
    """
    known = series.values[~np.isnan(series.values)]
    return bool(known.size == 0 or np.ptp(known) < STILL)


def _by_name(series: Sequence[Series]) -> dict[str, list[Series]]:
    """Left and right together, under the name without its side."""
    found: dict[str, list[Series]] = {}
    for one in series:
        found.setdefault(stem(one), []).append(one)
    return found


def stem(series: Series) -> str:
    """A series' name without its side: ``knee_angle_moment`` of ``knee_angle_l_moment``.

    Parameters
    ----------
    series
        Of a trial.
    """
    if series.side == "both":
        return series.name
    name, ending = series.name, ""
    for one in ("_moment", "_force"):
        if name.endswith(one):
            name, ending = name.removesuffix(one), one
    for one in (f"_{series.side}", f"_{series.side[0]}"):
        if name.endswith(one):
            return name.removesuffix(one) + ending
    return series.name


def make_panel(
    series: Sequence[Series], cycles: tuple[Cycle, ...], beside: Beside, *, singles: bool = True
) -> Panel | None:
    """One panel; None where no cycle is covered.

    Parameters
    ----------
    series
        Of one quantity: left and right, or one for both.
    cycles
        The trial's.
    beside
        Norms.
    singles
        Whether single cycles are drawn beside the mean.
    """
    cut = [one for each in series for one in cut_series(each, cycles)]
    if not cut:
        return None
    first, name = series[0], stem(series[0])
    shown = CURVES.get(name)
    reference = beside.reference.get(name)
    norms = [(peak, where, beside.peaks[peak]) for peak, (curve, where) in PEAKS.items()
             if curve == name and peak in beside.peaks and beside.peaks[peak].sd]  # fmt: skip
    scale = _scale(cut, first.unit, reference, [norm for _, _, norm in norms])
    values = nice_ticks(scale.low, scale.high)
    offs: dict[Side, float | None] = {one.side: _off(cycles, one.side) for one in cut}
    drawn: dict[Side, list[FloatArray]] = {
        one.side: _drawn(one) if singles and len(one.curves) > 1 else [] for one in cut
    }
    return Panel(
        id=_identifier("curve", name if not is_raw(first) else f"model {name}"),
        name=clean(name),
        label=_title(first, name),
        unit=unit_words(first.unit),
        up=shown.up if shown else "",
        down=shown.down if shown else "",
        described=_described(cut, first.unit),
        levels=tuple(
            Tick(round(float(scale.y(np.array(value))), 1), text)
            for value, text in zip(values, tick_words(values), strict=True)
        ),
        zero=round(float(scale.y(np.array(0.0))), 1) if scale.low < 0 < scale.high else None,
        means=tuple(
            Line(side=one.side, path=_path(one.mean, scale), cycles=len(one.curves)) for one in cut
        ),
        singles=tuple(
            Line(side=side, path=_path(row[::SINGLE_STEP], scale))
            for side, rows in drawn.items()
            for row in rows
        ),
        bands=tuple(_band(where, norm, scale, cut, offs) for _, where, norm in norms),
        reference="" if reference is None else _path(reference, scale),
        offs=tuple(
            (side, round(_x(at), 1)) for side, at in offs.items() if at is not None
        ),
        extremes=tuple(
            (one.side, number(float(np.nanmin(one.mean)), first.unit),
             number(float(np.nanmax(one.mean)), first.unit))
            for one in cut
        ),
        partial=tuple(one.side for one in cut if np.isnan(one.mean).mean() > MUCH_MISSING),
        left_out=sum(len(one.curves) - len(drawn[one.side]) for one in cut if drawn[one.side]),
    )  # fmt: skip


def cut_series(series: Series, cycles: tuple[Cycle, ...]) -> tuple[CycleCurves, ...]:
    """A series over the cycles; a side without a whole one is shown as far as it is known.

    A moment is often known in stance only, because the next step misses the plates.

    Parameters
    ----------
    series
        Of a trial.
    cycles
        The trial's.

    Returns
    -------
    tuple of CycleCurves
        Curves with NaN where a part is not known; at least `LEAST_PART` of each is.
    """
    whole = series.over_cycles(cycles)
    done = {one.side for one in whole}
    wanted = SIDES if series.side == "both" else (series.side,)
    parts: list[CycleCurves] = []
    for side in wanted:
        rows = [on_cycle(series.times_s, series.values, one.start_s, one.end_s)
                for one in cycles if one.side == side and side not in done]  # fmt: skip
        kept = [row for row in rows if np.mean(~np.isnan(row)) >= LEAST_PART]
        if kept:
            most = max(kept, key=lambda row: int((~np.isnan(row)).sum()))
            parts.append(CycleCurves(series.name, side, most[None]))
    return tuple(sorted((*whole, *parts), key=lambda one: SIDES.index(one.side)))


def _title(first: Series, name: str) -> str:
    """The label without what the directions say; a coordinate's name in words."""
    if is_raw(first):
        return clean(name)
    shown = CURVES.get(name)
    if shown is not None and shown.label and not is_raw(first):
        return shown.label
    head, _, tail = clean(first.label).rpartition(", ")
    return head if head and tail.endswith("positive") and name in CURVES else clean(first.label)


def _scale(
    cut: Sequence[CycleCurves], unit: str, reference: FloatArray | None, norms: Sequence[Norm]
) -> _Scale:
    rows = [row for one in cut for row in (*_drawn(one), one.mean)]
    rows += [reference] if reference is not None else []
    for one in norms:
        if one.mean is not None and one.sd is not None:
            rows.append(np.array([one.mean - LIMIT_SD * one.sd, one.mean + LIMIT_SD * one.sd]))
    low = min(float(np.nanmin(row)) for row in rows)
    high = max(float(np.nanmax(row)) for row in rows)
    short = LEAST_SPAN.get(unit, STILL) - (high - low)
    if short > 0:
        low, high = low - short / 2, high + short / 2
    margin = 0.06 * (high - low)
    return _Scale(low - margin, high + margin)


def _drawn(one: CycleCurves) -> list[FloatArray]:
    """So many single cycles as can be told apart, from all over the trial."""
    count = len(one.curves)
    chosen = np.unique(np.linspace(0, count - 1, min(count, MOST_SINGLES)).round().astype(int))
    return [one.curves[number] for number in chosen]


def _x(percent: float) -> float:
    return LEFT + percent / 100.0 * (RIGHT - LEFT)


def _path(row: FloatArray, scale: _Scale) -> str:
    xs, ys = np.linspace(LEFT, RIGHT, len(row)), scale.y(row)
    known = np.flatnonzero(~np.isnan(ys))
    runs = np.split(known, np.flatnonzero(np.diff(known) > 1) + 1)
    return "".join(path(xs[run].tolist(), ys[run].tolist()) for run in runs if len(run) > 1)


def _off(cycles: tuple[Cycle, ...], side: str) -> float | None:
    """When the foot leaves the ground, mean, per cent of the cycle."""
    shares = [
        100.0 * (one.off_s - one.start_s) / one.duration_s
        for one in cycles
        if one.side == side and one.off_s is not None
    ]
    return float(np.mean(shares)) if shares else None


def _band(
    where: str,
    norm: Norm,
    scale: _Scale,
    cut: Sequence[CycleCurves],
    offs: Mapping[Side, float | None],
) -> Span:
    """The norm of a peak, over the part of the cycle in which it is read."""
    known = [at for one in cut if (at := offs[one.side]) is not None]
    off = float(np.mean(known)) if known else 100.0 * 2 / 3
    start, end = (off, 100.0) if where == "swing" else (0.0, off / 2)
    assert norm.mean is not None, "only norms with a spread are drawn"
    assert norm.sd is not None, "only norms with a spread are drawn"
    edges = np.array([norm.mean - LIMIT_SD * norm.sd, norm.mean + LIMIT_SD * norm.sd])
    low, high = scale.y(edges)
    return Span(
        path=f"M{_x(start):.1f} {low:.1f}H{_x(end):.1f}V{high:.1f}H{_x(start):.1f}Z",
        words=f"Norm of the peak in the {where}: {norm.mean:g} ± {norm.sd:g}, "
        f"{clean(norm.population)}",
    )


def _described(cut: Sequence[CycleCurves], unit: str) -> str:
    """The curves in words."""
    parts: list[str] = []
    for one in sorted(cut, key=lambda each: SIDES.index(each.side)):
        mean = one.mean
        low, high = int(np.nanargmin(mean)), int(np.nanargmax(mean))
        count, share = len(one.curves), float(np.mean(~np.isnan(mean)))
        told = "one cycle" if count == 1 else f"mean of {count} cycles"
        told += "" if 1 - share <= MUCH_MISSING else f", {share:.0%} of it known"
        parts.append(
            f"{one.side.capitalize()}, {told}: "
            f"lowest {with_unit(float(mean[low]), unit)} at {low} % of the cycle, "
            f"highest {with_unit(float(mean[high]), unit)} at {high} %."
        )
    return " ".join(parts)


def _identifier(*words: Owner | str) -> str:
    """Letters, digits and hyphens only."""
    text = "-".join(words).lower()
    return "".join(one if one.isascii() and one.isalnum() else "-" for one in text)
