"""How far the probabilities can be trusted: `kinechain benchmark calibration`.

Patients are drawn in several worlds (`worlds`), recorded (`calibration_patients`), and given to
the inference, which knows nothing of the world's difference. What it says is compared with what
is true of them, and its intervals with the exact posterior under the world's figures.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import msgspec
import numpy as np

from kinechain.inference.posterior import Posterior, posterior
from kinechain.inference.uncertainty import Intervals, intervals
from kinechain.knowledge import Knowledge, load_knowledge
from kinechain.knowledge.base_rates import BaseRates, with_base_rates
from kinechain.service.bench_results import Row, row
from kinechain.service.calibration_patients import recorded_patient
from kinechain.service.calibration_scores import Array, Coverage, Scores, coverage, scores
from kinechain.service.parallel import each
from kinechain.service.worlds import WORLDS, World

PATIENTS = 60
DRAWS = 100
EVERY = 3
"""Every which patient gets intervals: they, and the world's posterior, take most of the time."""
BLOCK = 6
"""Patients that share a world, where not each has its own, and a process's piece of work."""
SETTING = "primary_care"
QUANTITIES = ("explains", "present")

ERROR = (
    "Error: expected calibration error, in per cent, of the probabilities of 1 % or more. They are "
    "put into bins; it is the mean distance between what a bin promised and how often that came "
    "true. Beside it what chance alone makes of a perfect model with as many predictions, on "
    "average and in 1 of 100 measurements. Skill: the share of the prior's Brier score (age, sex "
    "and setting alone) that pains, exposures and findings take away."
)
COVERED = (
    "Covered: the share of the 90 % intervals, of conditions given 1 % or more, that hold the "
    "exact posterior of the same record under the figures and edges of the world (its own 90 % "
    "interval in brackets). That is what an interval is about: what one would conclude if the "
    "figures were known. In the own network it holds by construction, and the correlated tests "
    "are no network, so nothing is given there. Width: median of the intervals, in per cent. "
    "Distance: mean, between the model's probability and the world's exact one, in per cent."
)

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Measured:
    """One patient: all arrays have one row a quantity (`QUANTITIES`), one column a condition.

    Attributes
    ----------
    ends
        Low and high ends of the intervals, shape ``(2, quantities, conditions)``; None where
        they were not computed.
    exact
        The world's exact posterior; None where no network describes the world.
    """

    predicted: Array
    truth: Array
    prior: Array
    ends: Array | None
    exact: Array | None


class WorldResult(msgspec.Struct, frozen=True, kw_only=True):
    """What came out in one world."""

    world: str
    definition: str
    patients: int
    with_intervals: int
    explains: Scores
    present: Scores


class CalibrationBenchmark(msgspec.Struct, frozen=True, kw_only=True):
    """The whole result.

    Attributes
    ----------
    draws
        Parameter draws behind each interval.
    definitions
        What the measures are, in words.
    """

    knowledge_version: str
    patients: int
    draws: int
    seed: int
    setting: str
    definitions: tuple[str, ...]
    worlds: tuple[WorldResult, ...]


def run_calibration(
    patients: int = PATIENTS,
    seed: int = 0,
    *,
    draws: int = DRAWS,
    rates: BaseRates | None = None,
    worlds: Sequence[World] = WORLDS,
    jobs: int = 1,
    progress: Progress = lambda done, of: None,
) -> CalibrationBenchmark:
    """Simulate patients in every world and score what the inference says of them.

    Parameters
    ----------
    patients
        How many in each world.
    seed
        Of everything random.
    draws
        Parameter draws behind each interval.
    rates
        A clinic's own base rates, for model and worlds alike.
    worlds
        Some of `WORLDS`.
    jobs
        In how many processes; the result does not depend on it.
    progress
        Told how many patients are done, of how many.
    """
    encoded = msgspec.json.encode(rates) if rates else b""
    setting = (rates.setting if rates else None) or SETTING
    tasks = [
        Task(WORLDS.index(world), start, min(start + BLOCK, patients), seed, draws, setting,
             encoded)
        for world in worlds
        for start in range(0, patients, BLOCK)
    ]  # fmt: skip
    found: dict[Task, list[Measured]] = {}
    ready = 0
    for task, measured in each(done, tasks, jobs):
        found[task] = measured
        ready += len(measured)
        progress(ready, patients * len(worlds))
    return CalibrationBenchmark(
        knowledge_version=_knowledge(encoded).version,
        patients=patients,
        draws=draws,
        seed=seed,
        setting=setting,
        definitions=(ERROR, COVERED),
        worlds=tuple(
            result_of(world, [one for task in tasks if WORLDS[task.world] is world
                              for one in found[task]])
            for world in worlds
        ),
    )  # fmt: skip


@dataclass(frozen=True)
class Task:
    """Patients `start` to `stop` of one of `WORLDS`; `rates` is JSON, or empty."""

    world: int
    start: int
    stop: int
    seed: int
    draws: int
    setting: str
    rates: bytes


def done(task: Task) -> list[Measured]:
    """Do one piece of work with the shipped knowledge.

    Parameters
    ----------
    task
        Which patients of which world.
    """
    return measured(
        WORLDS[task.world],
        _knowledge(task.rates),
        range(task.start, task.stop),
        seed=task.seed,
        draws=task.draws,
        setting=task.setting,
    )


@lru_cache(maxsize=2)
def _knowledge(rates: bytes) -> Knowledge:
    if not rates:
        return load_knowledge()
    return with_base_rates(load_knowledge(), msgspec.json.decode(rates, type=BaseRates))


def measured(
    world: World,
    knowledge: Knowledge,
    numbers: range,
    *,
    seed: int = 0,
    draws: int = DRAWS,
    every: int = EVERY,
    setting: str | None = None,
) -> list[Measured]:
    """Draw some patients of one world and infer what the model says of them.

    Parameters
    ----------
    world
        Which world.
    knowledge
        That the world is made from.
    numbers
        Of the patients.
    seed
        Of the measurement.
    draws, every
        Parameter draws behind an interval, and every which patient has intervals.
    setting
        Where the patients come.
    """
    number = WORLDS.index(world) if world in WORLDS else len(WORLDS)
    found: list[Measured] = []
    true = model = knowledge
    for one in numbers:
        if world.afresh or one == numbers.start:
            random = np.random.default_rng((seed, number, one))
            true, model = world.make(knowledge, random)
        patient = recorded_patient(
            true, (seed, one), setting=setting, correlation=world.correlation
        )
        said = posterior(model, patient.case)
        ends = exact = None
        if draws and one % every == 0 and not world.is_own and world.has_network:
            ends = _ends(model, intervals(said, draws=draws, seed=seed + one))
            exact = _said(model, posterior(true, patient.case))
        names = model.conditions
        truth = [[name in patient.explains for name in names],
                 [name in patient.present for name in names]]  # fmt: skip
        found.append(
            Measured(_said(model, said), np.array(truth, float), _prior(model, said), ends, exact)
        )
    return found


def _said(model: Knowledge, result: Posterior) -> Array:
    """What is said of each condition, in the order of `QUANTITIES`."""
    rows = (result.template_explains, result.template_present)
    return np.array([[one[name] for name in model.conditions] for one in rows])


def _prior(model: Knowledge, result: Posterior) -> Array:
    """Probability of each condition before any finding or exposure, for both quantities."""
    column = {node: place for place, node in enumerate(result.nodes)}
    some = [
        1 - float(np.prod([1 - result.prior[column[node]] for node in model.instances[name]]))
        for name in model.conditions
    ]
    return np.array([some, some])


def _ends(model: Knowledge, found: Intervals) -> Array:
    rows = (found.template_explains, found.template_present)
    pairs = np.array([[one[name] for name in model.conditions] for one in rows])
    return np.moveaxis(pairs, -1, 0)


def result_of(world: World, patients: Sequence[Measured]) -> WorldResult:
    """Scores of all patients of one world.

    Parameters
    ----------
    world
        Which world.
    patients
        As `measured` gives them.
    """
    sure = [one for one in patients if one.ends is not None and one.exact is not None]
    both = {
        name: scores(
            np.stack([one.predicted[place] for one in patients]),
            np.stack([one.truth[place] for one in patients]),
            np.stack([one.prior[place] for one in patients]),
            _covered(sure, place),
        )
        for place, name in enumerate(QUANTITIES)
    }
    return WorldResult(world=world.name, definition=world.definition, patients=len(patients),
                       with_intervals=len(sure), **both)  # fmt: skip


def _covered(patients: Sequence[Measured], place: int) -> Coverage:
    if not patients:
        return Coverage(share=None, low=None, high=None, n=0, width=None, distance=None)
    ends = np.stack([one.ends[:, place] for one in patients if one.ends is not None])
    exact = np.stack([one.exact[place] for one in patients if one.exact is not None])
    said = np.stack([one.predicted[place] for one in patients])
    return coverage(said, ends[:, 0], ends[:, 1], exact)


def result_rows(result: CalibrationBenchmark) -> list[Row]:
    """Rows for the file of results; nothing was promised, so that they have no targets.

    Parameters
    ----------
    result
        As `run_calibration` gives it.
    """
    rows: list[Row] = []
    for one in result.worlds:
        for name, found in (("explains", one.explains), ("present", one.present)):
            start = f"{one.world}, {name}"
            rows += [
                row(f"{start}: calibration error", 100 * found.calibration.error, "%"),
                row(f"{start}: calibration error by chance", 100 * found.calibration.by_chance,
                    "%"),
                row(f"{start}: Brier", found.brier),
                row(f"{start}: Brier skill against the prior", 100 * found.skill, "%"),
            ]  # fmt: skip
            if found.coverage.share is not None and found.coverage.width is not None:
                rows += [
                    row(
                        f"{start}: coverage of the 90 % intervals", 100 * found.coverage.share, "%"
                    ),
                    row(f"{start}: median width of the intervals", 100 * found.coverage.width, "%"),
                ]
    return rows
