"""Which findings a trial offers, and why it offers none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kinechain.gait.observations.deviations import (
    Findings,
    beside_norms,
    confirmed,
    find_deviations,
    likelihood_source,
)
from kinechain.gait.observations.quality import judge
from kinechain.gait.observations.rules import read_rules
from kinechain.gait.parameters.model import DEFINITIONS, Measure
from kinechain.gait.recording import Recording
from kinechain.gait.synthetic.walk import Truth
from kinechain.knowledge import load_knowledge
from tests.support.gait import hidden, measured, walk

KNOWLEDGE = load_knowledge()


def offered(recording: Recording, extra: tuple[Measure, ...] = ()) -> Findings:
    return find_deviations(measured(recording), KNOWLEDGE, 40, "male", extra)


def test_every_rule_names_a_gait_finding_and_a_measure() -> None:
    for rule in read_rules().rules:
        finding = KNOWLEDGE.findings[rule.finding]
        assert finding.kind == "gait" or " walk " in str(finding.question)
        assert (rule.measure or rule.symmetry_of) in DEFINITIONS
        assert rule.reason


def test_healthy_walk_offers_nothing_present() -> None:
    found = offered(walk().recording)
    assert found.quality.good
    assert not [one for one in found.offered if one.present]
    assert {one.finding for one in found.offered} >= {"gait_speed_slow", "stance_time_asymmetry"}


def test_slow_walk_is_offered_with_norm_and_source() -> None:
    slow = walk(Truth(speed_m_per_s=0.75, step_length_left_m=0.41, seed=9))
    found = offered(slow.recording)
    assert found.quality.good, found.quality.reasons
    (one,) = [x for x in found.offered if x.finding == "gait_speed_slow"]
    assert one.present
    assert one.value == pytest.approx(0.75, abs=0.01)
    assert one.z is not None
    assert one.z < -1.96
    assert one.norm is not None
    assert one.norm_source
    assert "likelihood ratio" in one.likelihood
    observation = confirmed(one, by="clinician")
    assert (observation.finding, observation.state) == ("gait_speed_slow", "present")
    assert observation.derived_from == "gait"


def test_pelvic_drop_is_offered_by_side() -> None:
    found = offered(
        walk(
            Truth(speed_m_per_s=1.1, step_length_left_m=0.6, pelvic_drop_deg=10.0, seed=10)
        ).recording
    )
    drops = [one for one in found.offered if one.finding == "pelvic_drop_gait"]
    assert [one.side for one in drops] == ["left", "right"]
    assert all(one.present for one in drops)
    assert "does not say who the people were" in drops[0].caution


def test_angle_from_a_model_is_judged_too() -> None:
    stiff = Measure("knee_flexion_peak_swing", "right", (31.0, 33.0, 32.0))
    found = offered(walk().recording, (stiff,))
    (one,) = [x for x in found.offered if x.finding == "stiff_knee_gait"]
    assert one.present
    assert one.side == "right"
    assert ("stiff_knee_gait", "Knee flexion in swing was not measured.") in found.not_judged


def test_what_has_no_norm_is_not_judged() -> None:
    reasons = dict(offered(walk().recording).not_judged)
    assert "no norm with a spread" in reasons["trunk_lean_gait"]


def test_feet_wide_apart_are_offered() -> None:
    wide = walk(Truth(step_width_m=0.26, seed=12))
    (one,) = [x for x in offered(wide.recording).offered if x.finding == "wide_based_gait"]
    assert one.present
    assert one.side == "midline"
    (usual,) = [x for x in offered(walk().recording).offered if x.finding == "wide_based_gait"]
    assert not usual.present


def nothing(recording: Recording, reason: str) -> None:
    found = offered(recording)
    assert found.offered == ()
    assert any(reason in one for one in found.quality.reasons), found.quality.reasons


def test_too_few_strides_conclude_nothing() -> None:
    recording = walk().recording
    markers = replace(
        recording.markers,
        times_s=recording.markers.times_s[:130],
        positions_m=recording.markers.positions_m[:130],
    )
    nothing(replace(recording, markers=markers, forces=None), "complete strides")


def test_missing_markers_conclude_nothing() -> None:
    recording = walk().recording
    markers = hidden(recording.markers, "LTOE", 1.5, 2.2)
    for name in ("LMT1", "LMT5"):
        markers = hidden(markers, name, 1.5, 2.2)
    stated = replace(recording, markers=markers)
    assert not judge(measured(stated)).good


def test_exchanged_sides_conclude_nothing() -> None:
    recording = walk().recording
    mirror = recording.markers.positions_m * np.array([1.0, 1.0, -1.0])
    markers = replace(recording.markers, positions_m=mirror)
    nothing(replace(recording, markers=markers, forces=None), "left and right are exchanged")


def test_another_clock_concludes_nothing() -> None:
    recording = walk().recording
    assert recording.forces is not None
    late = replace(recording.forces, times_s=recording.forces.times_s + 0.12)
    found = offered(replace(recording, forces=late))
    assert not found.quality.good


def test_parameters_stand_beside_their_norms() -> None:
    rows = beside_norms(measured(walk().recording).measures, 40, "male")
    speed = next(one for one in rows if one.measure.name == "gait_speed")
    assert speed.norm is not None
    assert speed.source is not None
    assert speed.z is not None
    width = next(one for one in rows if one.measure.name == "step_width")
    assert width.norm is None


def test_weight_of_a_finding_names_its_sources() -> None:
    for rule in read_rules().rules:
        assert likelihood_source(KNOWLEDGE, rule.finding).startswith("Its likelihood ratio")
