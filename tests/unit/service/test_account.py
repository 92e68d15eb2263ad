"""The account of one origin says the same as the assessment."""

from __future__ import annotations

import pytest

from kinechain.domain.assessment import Assessment
from kinechain.intake import CaseReading, parse_case
from kinechain.knowledge import load_knowledge
from kinechain.service.account import Account, account
from kinechain.service.assess import assess
from kinechain.service.catalogue import UnknownName

TEXT = """\
age: 66
sex: male
pain:
  - {site: knee_anterior, side: right}
findings:
  present:
    - stairs_pain: right
    - obesity
  absent:
    - knee_effusion: right
"""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def reading() -> CaseReading:
    return parse_case(TEXT, load_knowledge())


@pytest.fixture(scope="module")
def whole(reading: CaseReading) -> Assessment:
    return assess(reading, load_knowledge())


@pytest.fixture(scope="module")
def knee(reading: CaseReading) -> Account:
    return account(reading, load_knowledge(), "knee_osteoarthritis")


def test_the_origin_is_that_of_the_assessment(knee: Account, whole: Assessment) -> None:
    (origin,) = [one for one in whole.origins if one.id == "knee_osteoarthritis.right"]
    found = knee.origin
    assert found is not None
    assert found.id == origin.id
    for field in ("explains", "present", "prior", "judgement_share"):
        assert getattr(found, field) == pytest.approx(getattr(origin, field), rel=1e-6)
    assert found.low <= found.explains <= found.high
    assert [one.id for one in knee.others] == ["knee_osteoarthritis.left"]


def test_the_contributions_are_those_of_the_assessment(knee: Account, whole: Assessment) -> None:
    there = {one.label: one for one in whole.contributions["knee_osteoarthritis.right"]}
    here = {one.result.label: one for one in knee.contributions}
    assert set(here) == set(there)
    for label, one in here.items():
        assert one.result.removed == pytest.approx(there[label].removed, rel=1e-6, abs=1e-9)
        assert one.result.alone == pytest.approx(there[label].alone, rel=1e-6, abs=1e-9)
    assert any(one.figures for one in knee.contributions)


def test_the_paths_start_at_the_origin(knee: Account, whole: Assessment) -> None:
    assert knee.paths
    assert all(one.path.path[0] == "knee_osteoarthritis.right" for one in knee.paths)


def test_the_prior_and_the_risks_are_told(knee: Account) -> None:
    assert len(knee.prior) >= 2
    assert knee.origin is not None
    assert knee.prior[-1].probability == knee.origin.prior
    assert [(one.trait, one.state) for one in knee.risks] == [("obesity", "present")]


def test_the_answers_keep_the_total_probability(knee: Account) -> None:
    assert knee.swings
    for swing in knee.swings:
        chance = swing.question.chance
        mean = chance * swing.if_present + (1 - chance) * swing.if_absent
        assert mean == pytest.approx(swing.now, rel=1e-3, abs=1e-6)


def test_an_unlikely_instance_has_its_account_too(reading: CaseReading) -> None:
    found = account(reading, load_knowledge(), "lumbar_disc_herniation.l2_3.left")
    assert found.origin is not None
    assert found.origin.id == "lumbar_disc_herniation.l2_3.left"
    assert found.contributions
    assert found.paths == ()


def test_a_dangerous_condition_names_its_threshold_and_flags(reading: CaseReading) -> None:
    found = account(reading, load_knowledge(), "septic_arthritis")
    assert found.threshold is not None


def test_an_unknown_condition(reading: CaseReading) -> None:
    with pytest.raises(UnknownName):
        account(reading, load_knowledge(), "no_such_condition")
