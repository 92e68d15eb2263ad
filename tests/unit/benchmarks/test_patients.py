"""Sampled patients have pain, the findings asked for, and are the same every time."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.patients import FINDINGS, ailing, forward_sample, patients
from kinechain.inference.network import Network
from kinechain.inference.person import person_of
from kinechain.knowledge import Knowledge, load_knowledge


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


def test_patients_are_recorded_as_they_are_promised(knowledge: Knowledge) -> None:
    for patient in patients(knowledge, 8, 1):
        seen = patient.case.observations
        assert 1 <= len(patient.case.pain) <= 3
        assert len(seen) == FINDINGS == len({(one.finding, one.side, one.level) for one in seen})
        assert patient.positive == sum(one.state == "present" for one in seen)


def test_every_item_is_one_node(knowledge: Knowledge) -> None:
    for patient in patients(knowledge, 4, 2):
        person = person_of(knowledge, patient.case)
        assert all(len(item.members) == 1 for item in person.items)
        assert len(person.items) == FINDINGS + len(patient.case.pain)
        assert not person.issues


def test_the_same_seed_gives_the_same_patients(knowledge: Knowledge) -> None:
    assert patients(knowledge, 3, 5) == patients(knowledge, 3, 5)
    assert patients(knowledge, 3, 5) != patients(knowledge, 3, 6)
    assert ailing(knowledge, 5, 7) == ailing(knowledge, 5, 7)


@pytest.mark.parametrize("positive", [0, 5, 40])
def test_the_number_of_positive_findings_is_as_asked(knowledge: Knowledge, positive: int) -> None:
    patient = ailing(knowledge, positive, 3)
    assert patient.positive == positive
    assert len(patient.case.observations) == FINDINGS


def test_nobody_has_more_findings_than_there_are(knowledge: Knowledge) -> None:
    with pytest.raises(ValueError, match="Nobody has 5000 findings"):
        ailing(knowledge, 5000, 3)


def test_forward_samples_follow_the_network() -> None:
    network = Network(((), ((0, 0),)), np.array([[0.3, 0.1]]), np.array([[0.5]]))
    random = np.random.default_rng(1)
    drawn = np.array([forward_sample(network, random) for _ in range(4000)])
    assert drawn[:, 0].mean() == pytest.approx(0.3, abs=0.03)
    assert drawn[drawn[:, 0], 1].mean() == pytest.approx(0.55, abs=0.05)
    assert drawn[~drawn[:, 0], 1].mean() == pytest.approx(0.1, abs=0.03)
    forced = np.array([forward_sample(network, random, [0]) for _ in range(50)])
    assert forced[:, 0].all()
