"""From a recording to what it says, beside norms."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from kinechain.gait.io.read import Trial, read_trial
from kinechain.gait.model.osim import read_model
from kinechain.gait.model.setup import read_external_loads, read_kinematics_setup
from kinechain.gait.observations.deviations import Beside, Findings, beside_norms, find_deviations
from kinechain.gait.parameters.trial import TrialMeasures, measure_trial
from kinechain.gait.series import Series, model_series
from kinechain.gait.solution import Solved, solve
from kinechain.knowledge import Knowledge, load_knowledge


@dataclass(frozen=True)
class GaitRequest:
    """What to analyse, and with what.

    Attributes
    ----------
    forces
        A table of forces, or a file of external loads, that goes with the markers.
    tasks
        A set-up file of OpenSim's inverse kinematics: marker weights and coordinate tasks.
    opensim_filter
        Filter as OpenSim's tool does, for comparison with it.
    """

    recording: Path
    forces: Path | None = None
    model: Path | None = None
    tasks: Path | None = None
    names: Path | None = None
    length_unit: str | None = None
    age_years: float | None = None
    sex: str | None = None
    opensim_filter: bool = False


@dataclass(frozen=True, eq=False)
class GaitAnalysis:
    """Everything that is said about one recording.

    Attributes
    ----------
    asked
        What was asked for.
    beside
        Every parameter with its norm.
    findings
        What is offered to the finder.
    solved
        What a model makes of it; None where there is no model.
    series
        Every quantity over time that the model gives.
    """

    asked: GaitRequest

    trial: Trial
    measured: TrialMeasures
    beside: tuple[Beside, ...]
    findings: Findings
    solved: Solved | None
    series: tuple[Series, ...]
    timing_ms: dict[str, float]


def analyse_gait(asked: GaitRequest, knowledge: Knowledge | None = None) -> GaitAnalysis:
    """Read a recording; find steps, parameters and deviations, and solve a model if given.

    Parameters
    ----------
    asked
        Files and the person.
    knowledge
        Which findings there are; the shipped one by default.

    Raises
    ------
    kinechain.gait.errors.GaitError
        When a file cannot be used; it says where, what, and the remedy.
    """
    times: dict[str, float] = {}
    start = perf_counter()
    trial = read_trial(asked.recording, asked.forces, asked.names, asked.length_unit)
    times["read"] = _since(start)
    start = perf_counter()
    measured = measure_trial(trial.recording, trial.names)
    beside = beside_norms(measured.measures, asked.age_years, asked.sex)
    findings = find_deviations(measured, knowledge or load_knowledge(), asked.age_years, asked.sex)
    times["parameters"] = _since(start)
    solved, series = None, ()
    if asked.model is not None:
        start = perf_counter()
        solved = _solve(asked, measured)
        series = model_series(solved)
        times["model"] = _since(start)
    return GaitAnalysis(asked, trial, measured, beside, findings, solved, series, times)


def _since(start: float) -> float:
    return round((perf_counter() - start) * 1000, 1)


def _solve(asked: GaitRequest, measured: TrialMeasures) -> Solved:
    assert asked.model is not None, "only called with a model"
    model = read_model(asked.model)
    setup = read_kinematics_setup(asked.tasks) if asked.tasks else None
    bodies: tuple[str, ...] = ()
    if asked.forces is not None and asked.forces.suffix.lower() == ".xml":
        bodies = tuple(one.body for one in read_external_loads(asked.forces).loads)
    return solve(model, measured, setup, bodies, opensim_filter=asked.opensim_filter)
