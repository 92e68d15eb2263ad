"""Intervals: what the uncertainty of the figures makes of every probability.

All figures are drawn from their intervals, and the whole posterior is computed for every
draw in one batched run: how probable the conditions are, how probably the last edge of each
path fired, and, edge by edge (`reach`), how far what is present explains the complaint. How
a link's effect divides among its causes is held at its point value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kinechain.inference.attribution import SiteAttribution
from kinechain.inference.elimination import Run
from kinechain.inference.network import Array, Assembly
from kinechain.inference.person import Person, person_of
from kinechain.inference.posterior import Posterior
from kinechain.inference.reach import reaching

DRAWS = 200
FEWEST_DRAWS = 20
ENTRIES = 8_000_000
"""Table entries worked off in about a third of a second."""

INTERVAL = (0.05, 0.95)


@dataclass(frozen=True)
class Intervals:
    """90 % intervals, each of shape ``(2,)`` or ``(2, n)``: low, high.

    Attributes
    ----------
    present, explains
        By condition instance, in the order of `Posterior.nodes`.
    template_present, template_explains
        By condition.
    fired
        For each site, in order, its paths' intervals, shape ``(2, paths)``.
    """

    present: Array
    explains: Array
    template_present: dict[str, tuple[float, float]]
    template_explains: dict[str, tuple[float, float]]
    fired: tuple[Array, ...]


def intervals(result: Posterior, *, draws: int = DRAWS, seed: int = 0) -> Intervals:
    """Compute the intervals of a posterior.

    Parameters
    ----------
    result
        The posterior at the point values.
    draws, seed
        Number and seed of the parameter draws.
    """
    knowledge = result.person.knowledge
    others = person_of(knowledge, result.person.case, draws=draws, seed=seed)
    kept = {item.id for item in result.person.items}
    drawn = result.person.on(
        others.network,
        tuple(
            factors
            for item, factors in zip(others.items, others.multipliers, strict=True)
            if item.id in kept
        ),
    )
    edges = sorted({path.nodes[-2:] for site in result.sites for path in site.paths})
    cut = {(one.parent, one.child) for one in result.person.cuts}
    here = [edge for edge in edges if edge not in cut]
    found: list[Array] = []
    fired: list[Array] = []
    reached: list[Array] = []
    upstream = result.person.uncut().network.ancestors(result.person.complaints)
    for part, run in result.assembly.on(drawn.network).portions(drawn.weights()):
        found.append(part.marginals(run, result.nodes))
        last = [part.fired(run, *edge) for edge in here]
        fired.append(np.stack(np.broadcast_arrays(*last), axis=1) if last else np.zeros((1, 0)))
        reached.append(_reached(drawn, part, run, upstream, result.nodes))
    present = np.concatenate(found)
    by_edge = dict(zip(here, np.concatenate(fired).T, strict=True))
    for parent, child in cut.intersection(edges):  # it varies with its cause
        at = result.nodes.index(parent) if parent in result.nodes else None
        by_edge[parent, child] = np.ones(len(present)) if at is None else present[:, at]
    share = _ratio(result.explains, result.present)
    explained = present * _varied(share, np.concatenate(reached))
    column = {node: place for place, node in enumerate(result.nodes)}
    families = {name: knowledge.instances[name] for name in result.template_explains}
    by_template: dict[str, Array] = {}
    for name, family in families.items():
        columns = [column[node] for node in family]
        some = 1 - np.prod(1 - explained[:, columns], axis=1)
        point = 1 - float(np.prod(1 - result.explains[columns]))
        by_template[name] = some * _ratio(result.template_explains[name], point)
    return Intervals(
        present=_interval(present, result.present),
        explains=_interval(explained, result.explains),
        template_present=_pairs(_by_name(families, column, present), result.template_present),
        template_explains=_pairs(by_template, result.template_explains),
        fired=tuple(_fired(site, by_edge) for site in result.sites),
    )


def _reached(
    person: Person, assembly: Assembly, run: Run, upstream: set[int], nodes: Sequence[int]
) -> Array:
    """How far each node reaches the complaint in every draw, shape ``(draws, nodes)``."""
    reach = reaching(person, assembly, run, upstream)
    rows = run.z.shape[0]
    nothing = np.zeros(1)
    return np.stack([np.broadcast_to(reach.get(n, nothing), (rows,)) for n in nodes], axis=1)


def _varied(share: Array, reached: Array) -> Array:
    """Shares that explain, spread around the exact one as the quick ones are around theirs."""
    safe = np.clip(reached, 1e-6, 1 - 1e-6)
    scale = np.log(safe) - np.log1p(-safe)
    middle = np.clip(share, 1e-9, 1 - 1e-9)
    centre = np.log(middle) - np.log1p(-middle)
    moved = centre + scale - np.median(scale, axis=0)
    return np.where((share > 0) & (share < 1), 1 / (1 + np.exp(-moved)), share)


def affordable_draws(result: Posterior) -> int:
    """Draws that a person waits for: 200, fewer (at least 20) where tables are large."""
    return min(DRAWS, max(FEWEST_DRAWS, ENTRIES // result.assembly.plan.total))


def _fired(site: SiteAttribution, by_edge: dict[tuple[int, ...], Array]) -> Array:
    """Paths' intervals: the last edge drawn, the rest of the path kept in proportion."""
    columns: list[Array] = []
    for path in site.paths:
        drawn = by_edge[path.nodes[-2:]]
        middle = float(np.median(drawn))
        columns.append(np.clip(path.fired * drawn / middle, 0, 1) if middle > 0 else drawn)
    if not columns:
        return np.zeros((2, 0))
    return _interval(np.stack(columns, axis=1), np.array([path.fired for path in site.paths]))


def _by_name(
    families: dict[str, tuple[int, ...]], column: dict[int, int], present: Array
) -> dict[str, Array]:
    """In every draw the probability that a condition is present at some level or side."""
    found: dict[str, Array] = {}
    for name, family in families.items():
        columns = [column[node] for node in family]
        found[name] = 1 - np.prod(1 - present[:, columns], axis=1)
    return found


def _ratio(part: Array | float, whole: Array | float) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.asarray(part, float) / np.asarray(whole, float)
    return np.where(np.isfinite(ratio), np.clip(ratio, 0, 1), 0.0)


def _interval(values: Array, point: Array) -> Array:
    """5th and 95th percentile, widened where they leave out the point value."""
    # With a NaN somewhere the columns are gone through one by one, which takes far longer.
    quantiles = np.nanquantile if np.isnan(values).any() else np.quantile
    low, high = quantiles(values, INTERVAL, axis=0)
    return np.stack([np.minimum(low, point), np.maximum(high, point)])


def _pairs(values: dict[str, Array], points: dict[str, float]) -> dict[str, tuple[float, float]]:
    """Intervals by name, all worked out together."""
    if not values:
        return {}
    low, high = _interval(
        np.stack(np.broadcast_arrays(*values.values()), axis=1),
        np.array([points[name] for name in values]),
    )
    return dict(zip(values, zip(low.tolist(), high.tolist(), strict=True), strict=True))
