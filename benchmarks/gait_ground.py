"""Ground forces estimated from the motion against force plates, on real walks.

Each walk is solved as if it had no plates: events come from the markers, and the usual path of the
load under the foot from the other laboratories alone. The figures are those of
`src/kinechain/data/gait_methods/ground_reactions.yaml`; each person counts alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from benchmarks.timing import CannotRun, milliseconds, tell
from kinechain.gait.kinetics.ground import ground_method
from kinechain.gait.kinetics.inverse import inverse_dynamics
from kinechain.service.bench_results import Row, row
from tests.support.gait import REAL
from tests.support.ground import (
    FORCES,
    MOMENTS,
    WALKS,
    Errors,
    HiddenWalk,
    errors_of,
    hidden_walk,
    load_path,
    method_without,
)

UNITS = {"point_fore_aft": "m", "point_sideways": "m", "free_moment": "Nm/kg"}
FEWEST_FRAMES = 200  # of a walk that the time is taken on
Table = dict[str, list[Errors]]


def run(*, quick: bool = False) -> list[Row]:
    """Compare all walks, and make the rows of the table.

    Parameters
    ----------
    quick
        The time is taken less often.
    """
    if not REAL:
        raise CannotRun("Set KINECHAIN_REAL_DATA to the folder with the real recordings.")
    walks = {name: hidden_walk(name) for name in WALKS}
    _tell_path(walks.values())
    balanced: Table = {}
    exact: Table = {}
    for name, walk in walks.items():
        method = method_without(walk.laboratory, walks.values())
        errors = errors_of(walk, walk.estimate(method))
        balanced.setdefault(walk.laboratory, []).append(errors)
        exact.setdefault(walk.laboratory, []).append(
            errors_of(walk, walk.estimate(method, exact=True))
        )
        _tell_walk(name, walk, errors)
    return [*_rows("", balanced), *_rows("held exactly, ", exact), *_peaks(balanced),
            *_times(walks.values(), quick=quick)]  # fmt: skip


def pooled(table: Table, read: Callable[[Errors], dict[str, list[float]]], name: str) -> float:
    """Root of the mean over people of their mean square.

    Parameters
    ----------
    table
        Each person's walks.
    read, name
        Which errors.
    """
    people = [
        np.mean([np.mean(np.square(read(one)[name])) for one in trials if read(one).get(name)])
        for trials in table.values()
        if any(read(one).get(name) for one in trials)
    ]
    return float(np.sqrt(np.mean(people)))


def _rows(what: str, table: Table) -> list[Row]:
    rows: list[Row] = []
    names = (*FORCES, "point_fore_aft", "point_sideways", "free_moment")
    kinds: dict[str, Callable[[Errors], dict[str, list[float]]]] = {
        "single support": lambda one: one.single,
        "double support": lambda one: one.double,
    }
    for label, read in kinds.items():
        rows += [
            row(f"{what}{label}: {name}, RMS", round(pooled(table, read, name), 4),
                UNITS.get(name, "N/kg")) for name in names
        ]  # fmt: skip
    rows += [
        row(f"{what}whole stance: {name}, RMS over the plates' range",
            round(100 * pooled(table, lambda one: one.relative, name), 1), "%")
        for name in FORCES
    ]  # fmt: skip
    rows += [
        row(f"{what}stance: {name}, RMS",
            round(pooled(table, lambda one: one.moments, name), 3), "Nm/kg") for name in MOMENTS
    ]  # fmt: skip
    return rows


def _peaks(table: Table) -> list[Row]:
    rows: list[Row] = []
    for name in MOMENTS:
        pairs = np.array([pair for trials in table.values() for one in trials
                          for pair in one.peaks.get(name, [])])  # fmt: skip
        away = pairs[:, 1] - pairs[:, 0]
        rows += [
            row(f"peak {name}: plates, mean of {len(pairs)} stances",
                round(float(pairs[:, 0].mean()), 2), "Nm/kg"),
            row(f"peak {name}: estimate minus plates, mean", round(float(away.mean()), 2), "Nm/kg"),
            row(f"peak {name}: estimate minus plates, SD", round(float(away.std(ddof=1)), 2),
                "Nm/kg"),
        ]  # fmt: skip
    return rows


def _times(walks: Iterable[HiddenWalk], *, quick: bool) -> list[Row]:
    """Beyond the inverse dynamics that is needed anyhow, for 250 frames."""
    slowest = 0.0
    for walk in walks:
        motion, repeats = walk.solved.motion, 3 if quick else 15
        if len(motion.times_s) < FEWEST_FRAMES:
            continue
        whole = milliseconds(walk.estimate, repeats=repeats)
        dynamics = milliseconds(
            lambda walk=walk, motion=motion: inverse_dynamics(walk.model, motion), repeats=repeats
        )
        slowest = max(slowest, (whole - dynamics) * 250 / len(motion.times_s))
    return [row("time for 250 frames beyond inverse dynamics, slowest", round(slowest, 1), "ms",
                at_most=50)]  # fmt: skip


def _tell_path(walks: Iterable[HiddenWalk]) -> None:
    """The usual path of the load, measured anew."""
    phase = ground_method().phase
    curves: dict[str, list[np.ndarray]] = {}
    for walk in walks:
        curves.setdefault(walk.laboratory, []).extend(load_path(walk, phase))
    means = np.array([np.mean(one, axis=0) for one in curves.values()])
    tell("load ahead of the ball of the foot, over its length; phase, mean, SD over people")
    for number, share in enumerate(phase):
        tell(f"  {share:4.2f} {means[:, number].mean():6.2f} {means[:, number].std(ddof=1):5.2f}")


def _tell_walk(name: str, walk: HiddenWalk, errors: Errors) -> None:
    def rms(values: list[float]) -> str:
        return f"{np.sqrt(np.mean(np.square(values))):5.2f}" if values else "  -  "

    forces = " ".join(rms(kind.get(one, [])) for kind in (errors.single, errors.double)
                      for one in FORCES)  # fmt: skip
    moments = " ".join(rms(errors.moments.get(one, [])) for one in MOMENTS)
    tell(f"  {name:20} {walk.model.mass_kg:5.1f} kg  forces {forces}  moments {moments}")
