"""Gait results for the tests of the report: the synthetic walk, and what is made of it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from kinechain.gait.events.cycles import Cycle
from kinechain.gait.events.model import SIDES, Side
from kinechain.gait.observations.deviations import Beside, Deviation, Findings, beside_norms
from kinechain.gait.observations.quality import Quality
from kinechain.gait.parameters.model import Measure
from kinechain.gait.parameters.norms import Norm, NormSource
from kinechain.gait.parameters.profile_score import VARIABLES, Profile, Reference
from kinechain.gait.parameters.symmetry import Symmetry
from kinechain.gait.series import Series
from kinechain.knowledge import load_knowledge
from kinechain.report.gait.view import GaitResult
from kinechain.service.gait import GaitAnalysis, GaitRequest, analyse_gait
from kinechain.service.gait.view import gait_result
from tests.support import gait
from tests.unit.report.test_renderers import HOSTILE

SAMPLE = Path(__file__).parents[3] / "src" / "kinechain" / "data" / "gait_samples"
WALK = SAMPLE / "synthetic_walk.c3d"
NORM = Norm(population="invented people", source="invented", where="", documented=True,
            mean=10.0, sd=2.0)  # fmt: skip
SOURCE = NormSource(title="Invented norms", journal_or_body="Invented", year=2020,
                    url="https://example.org/norms", type="invented")  # fmt: skip


@cache
def analysis() -> GaitAnalysis:
    """The shipped walk with the shipped model."""
    return analyse_gait(GaitRequest(WALK, age_years=50, sex="female"))


@cache
def whole() -> GaitResult:
    """The shipped walk as the report takes it."""
    return gait_result(analysis(), load_knowledge())


def without_model() -> GaitResult:
    """What markers and plates tell."""
    measured = gait.measured(gait.walk().recording)
    return GaitResult(
        file="walk.c3d",
        measured=measured,
        beside=beside_norms(measured.measures, 50, "female"),
        findings=Findings(Quality(()), (), ()),
        model_note="No model fits these markers.",
    )


def poor() -> GaitResult:
    """A recording from which nothing is concluded."""
    return replace(whole(), findings=Findings(Quality(("The left foot is not seen.",)), (), ()))


def without_cycles() -> GaitResult:
    """A piece of a walk in which no foot comes down twice, without forces."""
    recording = gait.without_forces(gait.walk().recording)
    markers = recording.markers
    kept = markers.times_s < 0.8
    markers = replace(markers, times_s=markers.times_s[kept], positions_m=markers.positions_m[kept])
    measured = gait.measured(replace(recording, markers=markers))
    return GaitResult(
        file="piece.trc",
        measured=measured,
        beside=beside_norms(measured.measures),
        findings=Findings(Quality(("There is no whole stride.",)), (), ()),
    )


def deviating() -> GaitResult:
    """A walk with invented deviations, of which some are offered; with scores."""
    rows = (
        beside("gait_speed", "both", 4.0),
        beside("cadence", "both", 11.0),
        beside("step_length", "left", 15.0, 15.5, 16.0),
        beside("step_length", "right", 14.5, 15.0, 15.5),
        beside("step_width", "left", 16.0),
        beside("step_width", "right", 3.0),
        beside("pelvic_drop_peak", "left", 14.4),
        beside("pelvic_drop_peak", "right", 10.0),
        Beside(Measure("walk_ratio", "left", (6.0,)), None, None, None),
    )
    offered = (
        offer("gait_speed_slow", "midline", 4.0, -3.0),
        offer("pelvic_drop_gait", "left", 14.4, 2.2),
        offer("pelvic_drop_gait", "right", 10.0, 0.0, present=False),
        offer("stance_time_asymmetry", "midline", 14.0, None),
    )
    known = whole()
    measured = replace(known.measured, symmetry=(Symmetry("stance_time", 0.60, 0.69, 14.0),))
    grid = np.linspace(0.0, 1.0, 101)
    curves = {name: 20.0 * np.sin(2 * np.pi * grid) for name in VARIABLES}
    scores: dict[tuple[Side, str], float] = {(side, name): 4.0 for side in SIDES for name in curves}
    return replace(
        known,
        measured=measured,
        beside=rows,
        findings=Findings(Quality(()), offered, (("stiff_knee_gait", "It was not measured."),)),
        profile=Profile(scores, 4.0, 4.0, 4.0, (), "invented people"),
        reference=Reference("invented people", curves),
    )


def beside(name: str, side: Any, *values: float, norm: Norm = NORM) -> Beside:
    """A measure beside an invented norm of 10 with a standard deviation of 2."""
    measure = Measure(name, side, values)
    return Beside(measure, norm, SOURCE, norm.z(measure.mean))


def offer(
    finding: str, side: Any, value: float, z: float | None, *, present: bool = True
) -> Deviation:
    """A finding that an invented trial offers."""
    return Deviation(
        finding=finding, side=side, present=present, value=value, unit="m/s", norm=NORM,
        norm_source="invented", z=z, rule="95 % limits of the norm", likelihood="", caution="",
    )  # fmt: skip


def hostile() -> GaitResult:
    """The deviating walk with every name and note replaced by something hostile."""
    known = deviating()
    measured, solved = known.measured, known.solved
    assert solved is not None
    markers = measured.recording.markers
    names = {name: f"{name} {HOSTILE}" for name in markers.names}
    bad = msgspec.structs.replace(NORM, population=HOSTILE)
    recording = replace(
        measured.recording,
        markers=replace(markers, names=tuple(names[name] for name in markers.names)),
        source=HOSTILE,
        notes=(HOSTILE,),
    )
    anatomical = {names[name]: place for name, place in measured.names.anatomical.items()}
    return replace(
        known,
        file=HOSTILE,
        sex=HOSTILE,
        measured=replace(
            measured,
            recording=recording,
            names=replace(measured.names, anatomical=anatomical, marker_set=HOSTILE),
            gaps=tuple(replace(one, marker=HOSTILE) for one in measured.gaps),
            notes=(HOSTILE,),
        ),
        beside=tuple(
            replace(one, norm=bad, source=replaced_source())
            for one in known.beside
            if one.norm is not None
        ),
        findings=replace(
            known.findings,
            offered=tuple(
                replace(one, rule=HOSTILE, likelihood=HOSTILE, caution=HOSTILE, norm=bad)
                for one in known.findings.offered
            ),
            not_judged=((HOSTILE, HOSTILE),),
        ),
        solved=replace(
            solved,
            model=replace(solved.model, name=HOSTILE),
            angles=replace(solved.angles, markers=tuple(
                f"{name} {HOSTILE}" for name in solved.angles.markers
            )),
            notes=(HOSTILE,),
        ),
        series=tuple(
            replace(one, name=f"{one.name}{HOSTILE}", label=f"{one.label}{HOSTILE}", unit=HOSTILE)
            for one in known.series
        ),
        profile=Profile({("left", HOSTILE): 1.0}, 1.0, 2.0, 3.0, (HOSTILE,), HOSTILE),
        load_notes=(HOSTILE,),
        labels={"gait_speed_slow": HOSTILE},
        program_version=HOSTILE,
        knowledge_version=HOSTILE,
    )  # fmt: skip


def replaced_source() -> NormSource:
    """A source that is no address."""
    return NormSource(title=HOSTILE, journal_or_body=HOSTILE, year=2020,
                      url="javascript:alert(1)", type=HOSTILE)  # fmt: skip


def cycles(count: int, off: float = 0.6) -> tuple[Cycle, ...]:
    """So many cycles of each side, one second each."""
    return tuple(
        Cycle(side, start, start + 1.0, start + off, start + 0.1, start + 0.5)
        for number in range(count)
        for side, start in (("left", float(number)), ("right", number + 0.5))
    )  # fmt: skip


def series(name: str, side: Any, values: Any, label: str = "Invented", unit: str = "deg") -> Series:
    """A function of time over the invented cycles."""
    times = np.linspace(0.0, 4.0, 401)
    return Series(name, label, unit, side, times, values(times))
