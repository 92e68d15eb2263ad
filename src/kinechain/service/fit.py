"""Fits the judged figures to the published tables: `kinechain knowledge fit`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from kinechain.domain.concepts import Link
from kinechain.domain.studies import Study
from kinechain.inference.figures import Figures
from kinechain.inference.fitting import fit
from kinechain.inference.network import Array
from kinechain.inference.template import template_of
from kinechain.knowledge import Knowledge
from kinechain.knowledge.fitted import Fitted, Moved, Provenance, addresses
from kinechain.knowledge.knowledge import read_knowledge
from kinechain.knowledge.read import FOLDERS
from kinechain.service.published_tables import (
    HELD_OUT,
    SEED,
    Prepare,
    TableRow,
    Tables,
    levers,
    tables,
    tables_at,
)

STEPS = 12
MECHANICAL = ("gait", "posture", "overload")
DIGITS = 10
"""Significant digits of a fitted value; more would be noise."""

SMALLEST_MOVE = 1e-4
"""A figure moved by less than this on its own scale keeps its entered value."""


class Fitting(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a fit: the file's content, and the tables before and after."""

    fitted: Fitted
    before: Tables
    after: Tables
    misfit: tuple[float, ...]


def fit_knowledge(
    folder: Path,
    studies: Mapping[str, Study],
    studies_version: str,
    *,
    seed: int = SEED,
    held_out: float = HELD_OUT,
    steps: int = STEPS,
    tell: Callable[[str], None] = lambda _text: None,
) -> Fitting:
    """Fit the judged figures of a folder of knowledge.

    Parameters
    ----------
    folder
        A folder of knowledge files; its fitted values are not used.
    studies, studies_version
        Published rows and the hash of their files.
    seed, held_out
        The draw of whole studies kept out of the fit, and their share.
    steps
        Most steps of the optimiser.
    tell
        Called with what is under way.
    """
    entered = read_knowledge(folder, fitted=False)
    template = template_of(entered)
    prepare = Prepare(
        entered,
        studies,
        lambda done, of: tell(f"row {done} of {of}"),
        seed=seed,
        share=held_out,
    )
    before = tables(entered, studies, studies_version, prepare=prepare)
    seen = prepare.part(held_out=False)
    unseen = prepare.part(held_out=True)
    found = fit(
        seen,
        free_figures(entered),
        steps=steps,
        tell=lambda step, misfit: tell(f"step {step}, misfit {misfit:.0f}"),
    )
    values = _rounded(template.figures, found.values)
    after = at_values(prepare, values, entered, studies_version)
    provenance = Provenance(
        knowledge=entered.version,
        studies=studies_version,
        seed=seed,
        held_out_share=held_out,
        steps=len(found.misfit) - 1,
        rows_fitted=len(seen.targets),
        rows_held_out=len(unseen.targets),
    )
    moved = _moved(entered, template.figures, values)
    return Fitting(
        fitted=Fitted(provenance=provenance, values=moved),
        before=before,
        after=after,
        misfit=found.misfit,
    )


def free_figures(knowledge: Knowledge) -> NDArray[np.bool_]:
    """Which figures the fit may move, shape ``(figures,)``.

    Judged ones; but not where sources that were read disagree, and not the strength of links
    of gait, posture and overload that leans on a study: what is known to be weak stays weak,
    even if a stronger link would suit some table.
    """
    template = template_of(knowledge)
    kept: set[int] = set()
    for group in (knowledge.conditions, knowledge.traits, knowledge.links):
        for concept in group.values():
            own = isinstance(concept, Link) and concept.kind in MECHANICAL
            for effect in concept.effects:
                link = knowledge.links.get(effect.to)
                mechanical = own or (link is not None and link.kind in MECHANICAL)
                if mechanical and effect.estimate.source is not None:
                    kept.add(id(effect.estimate))
    return np.array(
        [
            one.is_judgement and not one.disagrees and id(one) not in kept
            for one in template.figures.estimates
        ],
        bool,
    )


def figure_names(knowledge: Knowledge) -> list[str]:
    """The address of each figure of the network, in its order."""
    things = {folder: getattr(knowledge, folder) for folder in FOLDERS}
    place = {id(estimate): address for address, estimate in addresses(things).items()}
    return [place[id(one)] for one in template_of(knowledge).figures.estimates]


def at_values(prepare: Prepare, values: Array, knowledge: Knowledge, version: str) -> Tables:
    """The tables for other figures, with what keeps each row outside."""
    reasons = levers(prepare, figure_names(knowledge), values)
    found = tables_at(prepare, values, knowledge, version)
    rows: list[TableRow] = []
    for row in found.rows:
        reason = reasons.get((row.study, row.row, row.measure))
        told = "; ".join(part for part in (row.reason, reason) if part)
        rows.append(msgspec.structs.replace(row, reason=told) if reason else row)
    return msgspec.structs.replace(found, rows=tuple(rows))


def _rounded(figures: Figures, values: Array) -> Array:
    """Values as the file will hold them: rounded, inside their interval, small moves undone."""
    entered = figures.point()
    moved = np.abs(figures.scaled_of(values) - figures.scaled()) >= SMALLEST_MOVE
    rounded = np.array([float(f"{value:.{DIGITS}g}") for value in values[0]])
    low = np.array([estimate.low for estimate in figures.estimates])
    high = np.array([estimate.high for estimate in figures.estimates])
    return np.where(moved, np.clip(rounded, low, high), entered[0])[None]


def _moved(knowledge: Knowledge, figures: Figures, values: Array) -> dict[str, Moved]:
    entered = figures.point()[0]
    names = figure_names(knowledge)
    return {
        names[place]: Moved(entered=figures.estimates[place].value, fitted=float(values[0, place]))
        for place in np.flatnonzero(values[0] != entered)
    }
