"""The measurement of calibration: right about a right model, and about a wrong one."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import pytest

from kinechain.domain.concepts import Risk
from kinechain.inference.posterior import posterior
from kinechain.knowledge import Knowledge, load_knowledge
from kinechain.knowledge.base_rates import BaseRates, Rate, with_base_rates
from kinechain.knowledge.knowledge import assemble
from kinechain.knowledge.read import FOLDERS
from kinechain.service.calibration import (
    BLOCK,
    Measured,
    WorldResult,
    measured,
    result_of,
    result_rows,
    run_calibration,
)
from kinechain.service.calibration_patients import recorded_patient
from kinechain.service.worlds import WORLDS, World, with_values
from tests.support.knowledge import judged, ratio, small_knowledge

OWN, DRAWN, CORRELATED = WORLDS[0], WORLDS[1], WORLDS[3]


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    """An exposure bears on a condition whose sides share a tendency, and on one without causes."""
    small = small_knowledge()
    things = {folder: dict(getattr(small, folder)) for folder in FOLDERS}
    arthritis = things["conditions"]["arthritis"]
    risk = Risk(trait="heavy", odds_ratio=ratio(5.0))
    prior = msgspec.structs.replace(arthritis.prior, other_side=judged(0.6), risks=(risk,))
    things["conditions"]["arthritis"] = msgspec.structs.replace(arthritis, prior=prior)
    strain = things["conditions"]["strain"]
    rooted = msgspec.structs.replace(strain.prior, risks=(risk,))
    things["conditions"]["strain"] = msgspec.structs.replace(strain, prior=rooted)
    for name in ("sign", "test"):
        things["findings"][name] = msgspec.structs.replace(things["findings"][name], group="both")
    return assemble(things, small.version + " with a tendency")


def result(world: World, knowledge: Knowledge, patients: int, draws: int = 0) -> WorldResult:
    return result_of(world, measured(world, knowledge, range(patients), draws=draws, every=1))


@pytest.fixture(scope="module")
def patients(knowledge: Knowledge) -> list[Measured]:
    return measured(OWN, knowledge, range(800), draws=0)


@pytest.fixture(scope="module")
def own(patients: list[Measured]) -> WorldResult:
    return result_of(OWN, patients)


@pytest.mark.parametrize("quantity", ["explains", "present"])
def test_the_own_world_is_calibrated_up_to_chance(own: WorldResult, quantity: str) -> None:
    found = getattr(own, quantity)
    assert found.calibration.error < found.calibration.limit
    assert found.calibration.limit < 0.05
    assert found.skill > 0
    assert found.coverage.share is None


@pytest.mark.parametrize("factor", [0.3, 3.0])
def test_a_model_that_is_wrong_is_noticed(knowledge: Knowledge, factor: float) -> None:
    def wrong(true: Knowledge, random: np.random.Generator) -> tuple[Knowledge, Knowledge]:
        bases = [one.prior.base for one in true.conditions.values()]
        odds = {id(one): factor * one.value / (1 - one.value) for one in bases}
        moved = {key: one / (1 + one) for key, one in odds.items()}
        return true, with_values(true, moved, f"wrong by {factor}")

    found = result(World("wrong", "priors off", wrong), knowledge, 250)
    for one in (found.explains, found.present):
        assert one.calibration.error > one.calibration.limit


def test_overconfidence_is_noticed(own: WorldResult, patients: list[Measured]) -> None:
    def louder(one: Measured) -> Measured:
        odds = (one.predicted / (1 - one.predicted)) ** 2
        return replace(one, predicted=odds / (1 + odds))

    found = result_of(OWN, [louder(one) for one in patients])
    assert found.present.calibration.error > found.present.calibration.limit
    assert found.present.brier > own.present.brier


def test_intervals_cover_what_the_figures_leave_open(knowledge: Knowledge) -> None:
    found = result(DRAWN, knowledge, 120, draws=100)
    assert found.with_intervals == 120
    share = found.present.coverage.share
    assert share is not None
    assert 0.8 < share < 0.97
    assert found.present.coverage.width is not None
    assert 0 < found.present.coverage.width < 0.5


def test_intervals_that_are_too_narrow_are_noticed(knowledge: Knowledge) -> None:
    patients = measured(DRAWN, knowledge, range(60), draws=100, every=1)

    def narrower(one: Measured) -> Measured:
        assert one.ends is not None
        return replace(one, ends=one.predicted + (one.ends - one.predicted) / 3)

    found = result_of(DRAWN, [narrower(one) for one in patients])
    assert found.present.coverage.share is not None
    assert found.present.coverage.share < 0.7


@pytest.mark.parametrize("world", WORLDS, ids=lambda one: one.name)
def test_every_world_is_measured_and_the_same_every_time(
    knowledge: Knowledge, world: World
) -> None:
    once = result(world, knowledge, 5, draws=20)
    assert once == result(world, knowledge, 5, draws=20)
    assert once.patients == 5
    assert (once.with_intervals > 0) == (world.has_network and not world.is_own)


def test_the_record_holds_what_was_promised(knowledge: Knowledge) -> None:
    for number in range(20):
        patient = recorded_patient(knowledge, (1, number))
        case = patient.case
        assert case.pain
        assert len(case.pain) + len(case.painless) == len(knowledge.instances["knee"])
        seen = [(one.finding, one.side, one.level) for one in case.observations]
        assert len(seen) == len(set(seen))
        assert {"heavy", "sign", "test", "weight"} == {one.finding for one in case.observations}
        assert patient.explains <= patient.present <= set(knowledge.conditions)
        assert not posterior(knowledge, case).issues


def test_the_same_person_comes_in_every_world(knowledge: Knowledge) -> None:
    other = with_values(knowledge, {id(knowledge.sites["knee"].leak): 0.9}, "other")
    mine, theirs = (recorded_patient(one, (7, 3)).case for one in (knowledge, other))
    assert (mine.age_years, mine.sex) == (theirs.age_years, theirs.sex)
    assert mine.observations[0] == theirs.observations[0]


def test_correlation_ties_findings_and_leaves_each_as_frequent(knowledge: Knowledge) -> None:
    rates: list[np.ndarray] = []
    for correlation in (0.0, CORRELATED.correlation):
        rows = [
            {(one.finding, one.side): one.state == "present" for one in patient.case.observations}
            for patient in (
                recorded_patient(knowledge, (2, number), correlation=correlation)
                for number in range(700)
            )
            if not patient.present
        ]
        signs = np.array([[row["sign", "left"], row["sign", "right"]] for row in rows])
        rates.append(np.array([*signs.mean(axis=0), (signs[:, 0] & signs[:, 1]).mean()]))
    free, tied = rates
    assert free[:2] == pytest.approx([0.1, 0.1], abs=0.05)
    assert tied[:2] == pytest.approx([0.1, 0.1], abs=0.05)
    assert tied[2] > 2 * free[2]


def test_chances_of_the_sample_are_those_of_the_network(patients: list[Measured]) -> None:
    """Predicted and true frequencies agree for each condition, not only over all."""
    said = np.stack([one.predicted[1] for one in patients])
    true = np.stack([one.truth[1] for one in patients])
    off = (true - said).sum(axis=0) / np.sqrt((said * (1 - said)).sum(axis=0))
    assert np.all(np.abs(off) < 3)


@pytest.mark.slow
def test_a_run_does_not_depend_on_the_number_of_processes() -> None:
    rate = Rate(value=0.1, low=0.05, high=0.2)
    rates = BaseRates(
        source="x", setting="spine_clinic", conditions={"lumbar_disc_herniation": rate}
    )
    told: list[tuple[int, int]] = []
    alone = run_calibration(BLOCK + 1, draws=0, rates=rates, worlds=WORLDS[:1],
                            progress=lambda done, of: told.append((done, of)))  # fmt: skip
    together = run_calibration(BLOCK + 1, draws=0, rates=rates, worlds=WORLDS[:1], jobs=2)
    assert alone == together
    assert told[-1] == (BLOCK + 1, BLOCK + 1)
    assert alone.setting == "spine_clinic"
    assert alone.knowledge_version == with_base_rates(load_knowledge(), rates).version
    assert {row["metric"] for row in result_rows(alone)} >= {"own network, present: Brier"}
