"""From a recording to what it says, beside norms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

from kinechain.gait.io.external_loads import read_external_loads
from kinechain.gait.io.read import Trial, read_trial
from kinechain.gait.loads.coverage import wrong_feet
from kinechain.gait.loads.results import model_results
from kinechain.gait.model.osim import read_model
from kinechain.gait.model.setup import read_kinematics_setup
from kinechain.gait.observations.deviations import Beside, Findings, beside_norms, find_deviations
from kinechain.gait.observations.quality import model_doubt
from kinechain.gait.parameters.profile_score import Profile, profile_of, read_reference
from kinechain.gait.parameters.speed import speed_measures
from kinechain.gait.parameters.trial import TrialMeasures, measure_trial
from kinechain.gait.series import Series
from kinechain.gait.solution import Solved, solve
from kinechain.knowledge import Knowledge, load_knowledge
from kinechain.service.gait.own_model import OwnModel, solve_own


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
    reference
        Curves of people without disease, for the Gait Profile Score.
    height_m
        The person's, for moments by body size; None leaves these out.
    static
        The person standing, from which the shipped model is scaled.
    mass_kg
        The person's, for the shipped model; by default from the force plates.
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
    reference: Path | None = None
    height_m: float | None = None
    static: Path | None = None
    mass_kg: float | None = None


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
    own
        How the shipped model was scaled, where this is the one that was solved.
    model_note
        Why there is no model; empty where there is one.
    series
        Every quantity over time that the model gives: its coordinates and generalised forces,
        clinical angles, named loads.
    profile
        Gait Profile Score and Movement Analysis Profile; None without reference or model.
    load_notes
        Which loads the model could not tell, and why, one sentence each.
    """

    asked: GaitRequest

    trial: Trial
    measured: TrialMeasures
    beside: tuple[Beside, ...]
    findings: Findings
    solved: Solved | None
    series: tuple[Series, ...]
    timing_ms: dict[str, float]
    profile: Profile | None = None
    load_notes: tuple[str, ...] = ()
    own: OwnModel | None = None
    model_note: str = ""


def analyse_gait(asked: GaitRequest, knowledge: Knowledge | None = None) -> GaitAnalysis:
    """Read a recording; find steps, parameters and deviations, and solve a model.

    Without a model of the user's the shipped one is scaled to the person.

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
    more = speed_measures(measured.measures, measured.leg_length_m)
    measured = replace(measured, measures=(*measured.measures, *more))
    times["parameters"] = _since(start)
    reference = read_reference(asked.reference) if asked.reference else None
    solved, series, profile, notes = None, (), None, ()
    start = perf_counter()
    own, model_note = (None, "") if asked.model else solve_own(asked, measured)
    if model_note:
        measured = replace(measured, notes=(*measured.notes, model_note))
    whole, extra, doubt = measured, (), ""
    if own is not None:
        solved = own.solved
    elif asked.model is not None:
        solved = _solve(asked, measured)
    if solved is not None:
        found = model_results(solved, measured, asked.height_m)
        whole, series, notes = found.measured, found.series, found.notes
        extra, doubt = found.measures, model_doubt(solved.marker_error_mm)
        if reference is not None:
            profile = profile_of(series, measured.cycles, reference)
    times["model"] = _since(start)
    start = perf_counter()
    knowledge = knowledge or load_knowledge()
    person = (asked.age_years, asked.sex)
    beside = beside_norms(whole.measures, *person)
    findings = find_deviations(measured, knowledge, *person, extra, doubt)
    times["findings"] = _since(start)
    return GaitAnalysis(
        asked, trial, whole, beside, findings, solved, series, times, profile, notes,
        own, model_note,
    )  # fmt: skip


def _since(start: float) -> float:
    return round((perf_counter() - start) * 1000, 1)


def _solve(asked: GaitRequest, measured: TrialMeasures) -> Solved:
    assert asked.model is not None, "only called with a model"
    model = read_model(asked.model)
    setup = read_kinematics_setup(asked.tasks) if asked.tasks else None
    bodies: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    if asked.forces is not None and asked.forces.suffix.lower() == ".xml":
        bodies = read_external_loads(asked.forces).bodies
        notes = wrong_feet(measured.events.contacts, bodies)
    found = solve(
        model, measured, setup, () if notes else bodies, opensim_filter=asked.opensim_filter
    )
    return replace(found, notes=(*found.notes, *notes))
