"""Evidence that overlaps: the same thing told with and without its side, or contradicted."""

from __future__ import annotations

import msgspec
import pytest

from kinechain.domain.case import Case, Observation, Pain
from kinechain.inference.posterior import Posterior, posterior
from kinechain.inference.value import unanswered
from kinechain.knowledge.knowledge import assemble
from tests.support.engine import close, contributed, questioned
from tests.support.knowledge import small_knowledge
from tests.support.recorded import Recorded

KNOWLEDGE = small_knowledge()
LEFT_KNEE = Pain(site="knee", side="left")


def sign(side: str, state: str = "present", ratio: float | None = None) -> Observation:
    return Observation(finding="sign", side=side, state=state, likelihood_ratio=ratio)


def infer(*observations: Observation, pain: tuple[Pain, ...] = (LEFT_KNEE,)) -> Posterior:
    return posterior(KNOWLEDGE, Case(id="x", pain=pain, observations=observations))


def exact(result: Posterior) -> list[float]:
    told = Recorded(result.person)
    return [told.chance([node]) for node in result.nodes]


def test_absent_on_both_sides_is_absent_wherever() -> None:
    close(
        infer(sign("unknown", "absent")).present,
        infer(sign("left", "absent"), sign("right", "absent")).present,
    )


def test_an_absence_counts_once() -> None:
    result = infer(sign("unknown", "absent"), sign("left", "absent"))
    close(result.present, exact(result))
    close(result.present, infer(sign("left", "absent"), sign("right", "absent")).present)


@pytest.mark.parametrize("pain", [(LEFT_KNEE,), (Pain(site="knee", side="unknown"),)])
def test_present_somewhere_but_not_left_is_right(pain: tuple[Pain, ...]) -> None:
    denied = Observation(
        finding="sign" if pain[0].side == "left" else "knee", side="left", state="absent"
    )
    result = infer(sign("unknown"), denied, pain=pain)
    close(result.present, exact(result))


def test_present_somewhere_but_not_left_says_both_sides() -> None:
    close(
        infer(sign("unknown"), sign("left", "absent")).present,
        infer(sign("right"), sign("left", "absent")).present,
    )


def test_present_somewhere_and_absent_everywhere_is_impossible() -> None:
    result = infer(sign("unknown"), sign("left", "absent"), sign("right", "absent"))
    assert any(issue.level in ("error", "warning") for issue in result.issues)


def test_both_sides_present_is_left_and_right() -> None:
    close(infer(sign("both")).present, infer(sign("left"), sign("right")).present)


def test_soft_evidence_displaces_nothing() -> None:
    result = infer(sign("unknown"), sign("left", "absent", 0.2))
    assert {item.likelihood for item in result.person.items} >= {(0.0, 1.0), (1.0, 0.2)}
    assert "sign" in {item.id for item in result.person.items}


def test_order_of_contradicting_records_does_not_matter() -> None:
    close(
        infer(sign("left"), sign("left", "absent")).present,
        infer(sign("left", "absent"), sign("left")).present,
    )


def test_a_part_replaces_the_whole() -> None:
    close(
        infer(pain=(LEFT_KNEE, Pain(site="leg", side="unknown"))).present,
        infer(pain=(LEFT_KNEE,)).present,
    )


@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_question_about_a_trait_foretells_the_posterior(state: str) -> None:
    result = infer()
    node = KNOWLEDGE.index["heavy"]
    assert node in unanswered(result.person)
    told = questioned(result.person, {}, [node])
    (one,) = told.asked
    after = infer(Observation(finding="heavy", state=state))
    later = dict(zip(after.nodes, after.present, strict=True))
    close(getattr(one, state), [later[condition] for condition in told.conditions])


def test_contributions_of_a_finding_without_conditions_above_it() -> None:
    result = posterior(
        KNOWLEDGE, Case(id="x", observations=(Observation(finding="weight", state="present"),))
    )
    found = contributed(result.person, result.nodes)
    close([one.alone for one in found], 0)
    close([one.removed for one in found], 0)


def test_a_complaint_that_nothing_causes_is_unexplained() -> None:
    whole = small_knowledge()
    things = {
        name: getattr(whole, name)
        for name in whole.__struct_fields__
        if name not in ("version", "graph")
    }
    things["sites"] = {
        **things["sites"],
        "ear": msgspec.structs.replace(whole.sites["knee"], id="ear", sides="midline"),
    }
    result = posterior(assemble(things, "with an ear"), Case(id="x", pain=(Pain(site="ear"),)))
    (site,) = result.sites
    assert site.paths == ()
    assert site.unexplained == 1


def test_a_finding_that_nothing_causes_told_without_its_side() -> None:
    whole = small_knowledge()
    things = {
        name: getattr(whole, name)
        for name in whole.__struct_fields__
        if name not in ("version", "graph")
    }
    ear = msgspec.structs.replace(whole.findings["sign"], id="ear")
    things["findings"] = {**things["findings"], "ear": ear}
    knowledge = assemble(things, "with a sign of the ear")
    told = Observation(finding="ear", side="unknown", state="present")
    result = posterior(knowledge, Case(id="x", pain=(LEFT_KNEE,), observations=(told,)))
    close(result.present, posterior(knowledge, Case(id="x", pain=(LEFT_KNEE,))).present)
