"""Recordings for the tests of the gait laboratory: synthetic ones, and real ones where they are."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from kinechain.gait.io.read import Trial, read_trial
from kinechain.gait.marker_names import recognise
from kinechain.gait.parameters.trial import TrialMeasures, measure_trial
from kinechain.gait.recording import Markers, Recording
from kinechain.gait.synthetic.walk import Truth, Walk, make_walk, stated_events

REAL = os.environ.get("KINECHAIN_REAL_DATA", "")
needs_real_data = pytest.mark.skipif(
    not REAL or not Path(REAL).is_dir(),
    reason="KINECHAIN_REAL_DATA does not name the folder of real recordings",
)

CORE, DUARTE, OPENCAP = (
    "opensim_core_walking_c3d",
    "bmc_duarte",
    "opencap_subject4_gait_modifications",
)
REAL_TRIALS: dict[str, tuple[str, str | None]] = {
    "duarte Gait": (f"{DUARTE}/Gait.c3d", None),
    "core test_walking": (f"{CORE}/test_walking.c3d", None),
    "core walking2": (f"{CORE}/walking2.c3d", None),
    "core walking5": (f"{CORE}/walking5.c3d", None),
    "duarte walk1": (f"{DUARTE}/walk1.trc", f"{DUARTE}/walk1.forces"),
    "duarte walk2": (f"{DUARTE}/walk2.trc", f"{DUARTE}/walk2.forces"),
    **{
        f"opencap walking{kind}": (
            f"{OPENCAP}/walking{kind}1.trc",
            f"{OPENCAP}/walking{kind}1_external_forces.xml",
        )
        for kind in ("", "TI", "TO", "TS")
    },
    "gait2354 walk1": (
        "opensim_gait2354_walk/subject01_walk1.trc",
        "opensim_gait2354_walk/subject01_walk1_grf.xml",
    ),
    "rajagopal walk": (
        "opensim_rajagopal_walk/motion_capture_walk.trc",
        "opensim_rajagopal_walk/grf_walk.mot",
    ),
}  # fmt: skip


def real(name: str) -> Path:
    """A file of the real recordings."""
    return Path(REAL) / name


@cache
def real_trial(name: str) -> Trial:
    """One of `REAL_TRIALS`, read."""
    markers, forces = REAL_TRIALS[name]
    return read_trial(real(markers), real(forces) if forces else None)


@cache
def real_measures(name: str) -> TrialMeasures:
    """One of `REAL_TRIALS`, with its events and parameters."""
    trial = real_trial(name)
    return measure_trial(trial.recording, trial.names)


@cache
def walk(truth: Truth | None = None) -> Walk:
    """A synthetic walk; the shipped one by default."""
    return make_walk(truth)


def with_events(made: Walk) -> Recording:
    """The walk's recording with its true events stated in it."""
    return replace(made.recording, events=stated_events(made))


def measured(recording: Recording) -> TrialMeasures:
    """Events and parameters of a recording with Plug-in Gait names."""
    return measure_trial(recording, recognise(recording.markers.names))


def without_forces(recording: Recording) -> Recording:
    """The recording as a laboratory without plates would have it."""
    return replace(recording, forces=None)


def hidden(markers: Markers, name: str, start_s: float, end_s: float) -> Markers:
    """A marker not seen for a while."""
    positions = markers.positions_m.copy()
    frames = (markers.times_s >= start_s - 1e-9) & (markers.times_s <= end_s + 1e-9)
    positions[frames, markers.names.index(name)] = np.nan
    return replace(markers, positions_m=positions)
