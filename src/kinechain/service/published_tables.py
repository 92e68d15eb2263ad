"""Holds the network against the published tables: `kinechain knowledge tables`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from kinechain.domain.studies import MEASURES, Measure, Measured, Study, StudyRow
from kinechain.inference.expectation import Expectation, NotExpressible
from kinechain.inference.fitting import Prepared, Target
from kinechain.inference.network import Array
from kinechain.inference.template import template_of
from kinechain.knowledge import Knowledge
from kinechain.service.case_scores import Share, wilson

SEED = 1
HELD_OUT = 0.2
"""Share of the studies that the fit does not see."""

Progress = Callable[[int, int], None]

TOO_WIDE = "neither an interval nor the number of people is known"


class TableRow(msgspec.Struct, frozen=True, kw_only=True):
    """A published value beside the network's.

    Attributes
    ----------
    network
        The network's value; None where it cannot be asked.
    inside
        Whether that lies in the 95 % interval; None where the row is not counted.
    part
        ``fitted``, ``held out``, or ``printed`` for rows that are not counted.
    reason
        Why it is not counted, or what keeps the network outside.
    """

    study: str
    row: str
    kind: str
    label: str
    measure: Measure
    condition: tuple[str, ...]
    published: float
    low: float | None
    high: float | None
    network: float | None
    inside: bool | None
    part: str
    group: str | None
    reason: str


class PartSummary(msgspec.Struct, frozen=True, kw_only=True):
    """How many rows lie inside, of a part and a kind; rows that contradict count once."""

    part: str
    kind: str
    inside: Share


class Tables(msgspec.Struct, frozen=True, kw_only=True):
    """All rows and their summary."""

    knowledge_version: str
    studies_version: str
    rows: tuple[TableRow, ...]
    summary: tuple[PartSummary, ...]


class Prepare:
    """The rows of all studies, made ready to be asked.

    Parameters
    ----------
    knowledge, studies
        The network and what it is held against.
    progress
        Called with how many rows are prepared, of how many.
    seed, share
        The draw of whole studies that a fit does not see.
    """

    def __init__(
        self,
        knowledge: Knowledge,
        studies: Mapping[str, Study],
        progress: Progress = lambda _done, _of: None,
        *,
        seed: int = SEED,
        share: float = HELD_OUT,
    ) -> None:
        self.seed, self.share = seed, share
        template = template_of(knowledge)
        every = [(study, row) for study in studies.values() for row in study.rows]
        self.printed: list[tuple[str, StudyRow, Measure, str]] = []
        ready: list[tuple[Expectation, list[Target]]] = []
        for number, (study, row) in enumerate(every):
            progress(number, len(every))
            measures = _measures(row)
            try:
                if row.unusable is not None:
                    raise NotExpressible(row.unusable)
                expectation = Expectation(template, row)
            except NotExpressible as error:
                self.printed.extend((study.id, row, one, str(error)) for one in measures)
                continue
            targets = [_target(study.id, row, measure) for measure in measures]
            ready.append((expectation, targets))
        self.prepared = Prepared(template, ready)

    def holds_out(self, study: str) -> bool:
        """Whether a whole study is kept out of the fit."""
        return is_held_out(study, self.seed, self.share)

    def part(self, *, held_out: bool) -> Prepared:
        """The countable targets of the studies held out, or of the others."""
        chosen: list[tuple[Expectation, list[Target]]] = []
        for expectation, targets in self.prepared.rows:
            kept = [
                target
                for target in targets
                if is_counted(target) and self.holds_out(target.study) == held_out
            ]
            if kept:
                chosen.append((expectation, kept))
        return Prepared(self.prepared.template, chosen)


def is_held_out(study: str, seed: int = SEED, share: float = HELD_OUT) -> bool:
    """Whether a whole study is kept out of the fit.

    The draw is a hash of the seed and the study's id, so that a new study does not change
    where the others are.
    """
    digest = hashlib.sha256(f"{seed}:{study}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64 < share


def is_counted(target: Target) -> bool:
    """Whether a target has an interval to be inside of."""
    return target.low < target.high


def _measures(row: StudyRow) -> list[Measure]:
    """The measures that a row gives; likelihood ratios only where they stand alone."""
    given = row.measured
    both = "sensitivity" in given and "specificity" in given
    return [measure for measure in given if not (both and measure.startswith("lr_"))]


def _target(study: str, row: StudyRow, measure: Measure) -> Target:
    published = row.measured[measure]
    low, high = interval(published, ratio=measure.startswith("lr_"))
    return Target(study, row, measure, published.value, low, high)


def interval(published: Measured, *, ratio: bool) -> tuple[float, float]:
    """The 95 % interval of a published value: printed, or Wilson's from the people.

    Parameters
    ----------
    published
        The value.
    ratio
        Whether it is a likelihood ratio, which has an interval only when one is printed.

    Returns
    -------
    tuple of float
        Twice the value when nothing is known.
    """
    if published.low is not None and published.high is not None:
        return published.low, published.high
    if ratio or not published.n:
        return published.value, published.value
    found = wilson(round(published.value * published.n), published.n)
    return found.low, found.high


def tables(
    knowledge: Knowledge,
    studies: Mapping[str, Study],
    studies_version: str,
    *,
    prepare: Prepare | None = None,
    progress: Progress = lambda _done, _of: None,
) -> Tables:
    """Hold the network against every row.

    Parameters
    ----------
    knowledge, studies, studies_version
        The network, the rows, and the hash of the rows.
    prepare
        The rows made ready, when that was done before.
    progress
        Called with how many rows are prepared, of how many.
    """
    prepare = prepare or Prepare(knowledge, studies, progress)
    values = prepare.prepared.template.figures.point()
    return tables_at(prepare, values, knowledge, studies_version)


def tables_at(
    prepare: Prepare, values: Array, knowledge: Knowledge, studies_version: str
) -> Tables:
    """The tables for any figures, of shape ``(1, figures)``."""
    found, _ = prepare.prepared.evaluate(values, slopes=False)
    rows = [
        _counted(target, value, held_out=prepare.holds_out(target.study))
        for target, value in zip(prepare.prepared.targets, found.tolist(), strict=True)
    ]
    rows += [
        _row(study, row, measure, part="printed", reason=reason)
        for study, row, measure, reason in prepare.printed
    ]
    rows.sort(key=lambda row: (row.study, row.row, MEASURES.index(row.measure)))
    return Tables(
        knowledge_version=knowledge.version,
        studies_version=studies_version,
        rows=tuple(rows),
        summary=tuple(summary(rows)),
    )


def _counted(target: Target, scaled: float, *, held_out: bool) -> TableRow:
    value = natural(target, scaled)
    counted = is_counted(target)
    inside = target.low <= value <= target.high if counted else None
    part = "held out" if held_out else "fitted"
    return _row(
        target.study,
        target.row,
        target.measure,
        part=part if counted else "printed",
        low=target.low if counted else None,
        high=target.high if counted else None,
        network=value,
        inside=inside,
        reason="" if counted else TOO_WIDE,
    )


def natural(target: Target, scaled: float) -> float:
    """A target's value from its own scale."""
    from math import exp

    return exp(scaled) if target.is_ratio else 1 / (1 + exp(-scaled))


def _row(
    study: str,
    row: StudyRow,
    measure: Measure,
    *,
    part: str,
    reason: str,
    low: float | None = None,
    high: float | None = None,
    network: float | None = None,
    inside: bool | None = None,
) -> TableRow:
    published = row.measured[measure]
    return TableRow(
        study=study,
        row=row.id,
        kind=row.kind,
        label=row.label,
        measure=measure,
        condition=row.condition,
        published=published.value,
        low=low,
        high=high,
        network=network,
        inside=inside,
        part=part,
        group=f"{row.contradicts}:{measure}" if row.contradicts else None,
        reason=reason or (row.note or ""),
    )


def summary(rows: Iterable[TableRow]) -> list[PartSummary]:
    """Shares inside, by part and kind.

    Rows of studies that contradict each other count once, as inside when the network lies
    inside their union; as fitted when one of them was.
    """
    counted: dict[tuple[str, str], dict[str, bool]] = {}
    groups: dict[str, list[TableRow]] = {}
    for row in rows:
        if row.inside is None:
            continue
        if row.group:
            groups.setdefault(row.group, []).append(row)
            continue
        key = f"{row.study}/{row.row}/{row.measure}"
        counted.setdefault((row.part, row.kind), {})[key] = row.inside
    for name, members in groups.items():
        first = min(members, key=lambda row: row.part != "fitted")
        low = min(row.low for row in members if row.low is not None)
        high = max(row.high for row in members if row.high is not None)
        inside = any(low <= (row.network or 0.0) <= high for row in members)
        counted.setdefault((first.part, first.kind), {})[name] = inside
    found: list[PartSummary] = []
    for part in ("fitted", "held out"):
        kinds = sorted({kind for one, kind in counted if one == part})
        everything: list[bool] = []
        for kind in kinds:
            values = list(counted[part, kind].values())
            everything += values
            found.append(PartSummary(part=part, kind=kind, inside=wilson(sum(values), len(values))))
        if everything:
            total = wilson(sum(everything), len(everything))
            found.append(PartSummary(part=part, kind="all", inside=total))
    return found


def levers(
    prepare: Prepare, names: Sequence[str], values: Array, shown: int = 2
) -> dict[tuple[str, str, Measure], str]:
    """What keeps the network outside: the figures that could move each row most.

    Parameters
    ----------
    prepare
        The rows.
    names
        Address of each figure, in the figures' order.
    values
        Figures, shape ``(1, figures)``.
    shown
        How many figures to name.

    Returns
    -------
    dict
        For each study, row and measure outside its interval, a sentence.
    """
    import numpy as np

    figures = prepare.prepared.template.figures
    found, jacobian = prepare.prepared.evaluate(values, slopes=True)
    low, high = figures.bounds()
    at = figures.scaled()
    reasons: dict[tuple[str, str, Measure], str] = {}
    for target, value, slope in zip(prepare.prepared.targets, found, jacobian, strict=True):
        if not is_counted(target) or target.low <= natural(target, value) <= target.high:
            continue
        wanted = np.sign(target.middle - value)
        room = np.where(slope * wanted > 0, high - at, at - low)
        power = np.abs(slope) * (high - low)
        told: list[str] = []
        for place in np.argsort(-power)[:shown]:
            spent = room[place] < 0.05 * (high - low)[place]
            fixed = not figures.judgement[place]
            why = (
                "read in a study"
                if fixed
                else "at its interval's end"
                if spent
                else "held by others"
            )
            told.append(f"{names[place]} ({why})")
        reasons[target.study, target.row.id, target.measure] = "rests on " + "; ".join(told)
    return reasons
