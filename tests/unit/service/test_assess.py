"""The main use case: what must hold whatever happens inside it."""

from __future__ import annotations

from functools import partial

import pytest

from kinechain.domain.case import Case, Observation, Pain
from kinechain.inference.posterior import posterior
from kinechain.service import assess as use_case
from kinechain.service.assess import assess

CAUDA = Case(
    id="cauda",
    age_years=45,
    pain=(Pain(site="low_back"), Pain(site="calf", side="left"), Pain(site="calf", side="right")),
    observations=tuple(
        Observation(finding=name, state="present")
        for name in ("saddle_anaesthesia", "urinary_retention", "bilateral_sciatica")
    ),
)


def test_red_flags_survive_a_failing_inference(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise MemoryError("no more")

    whole = assess(CAUDA, draws=20)
    monkeypatch.setattr(use_case, "posterior", broken)
    failed = assess(CAUDA)
    by_rule = [flag for flag in whole.red_flags if flag.basis == "rule"]
    assert list(failed.red_flags) == by_rule
    assert any(flag.status == "raised" for flag in failed.red_flags)
    assert any("MemoryError" in issue.message for issue in failed.issues)
    assert not failed.origins


def test_impossible_findings_are_an_issue_and_the_flags_stay() -> None:
    denied = Observation(finding="saddle_anaesthesia", state="absent")
    case = Case(id="x", pain=CAUDA.pain, observations=(*CAUDA.observations, denied))
    result = assess(case)
    assert any("contradict" in issue.message for issue in result.issues)
    assert result.red_flags


def test_responsibilities_sum_to_one_and_ranks_are_by_explains() -> None:
    result = assess(CAUDA, draws=20)
    for site in result.sites:
        total = site.unexplained + sum(path.responsibility for path in site.paths)
        assert total == pytest.approx(1, abs=1e-9)
    explains = [one.explains for one in result.conditions]
    assert explains == sorted(explains, reverse=True)
    for one in (*result.conditions, *result.origins):
        assert 0 <= one.low <= one.explains <= one.high <= 1


def test_a_large_case_says_that_it_was_simplified(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = assess(CAUDA, draws=20)
    monkeypatch.setattr(use_case, "posterior", partial(posterior, limit=1 << 9))
    simpler = assess(CAUDA, draws=20)
    assert any("weak connections" in issue.message for issue in simpler.issues)
    chance = {one.condition: one.explains for one in simpler.conditions}
    for one in whole.conditions:
        assert chance[one.condition] == pytest.approx(one.explains, abs=0.06)
