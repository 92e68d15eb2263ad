"""Laws of the posterior, on the knowledge that ships with the program."""

from __future__ import annotations

from functools import cache

import msgspec
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kinechain.domain.case import Case, Observation, Pain
from kinechain.inference.network import Assembly
from kinechain.inference.person import person_of
from kinechain.inference.posterior import Posterior, posterior
from kinechain.knowledge import Knowledge, load_knowledge
from tests.support.engine import UNSHRUNK, close
from tests.support.shipped import (
    OTHER,
    mirrored,
    observed,
    relabelled,
    renamed_case,
    shipped_cases,
)

KNOWLEDGE = load_knowledge()
EXACT = 1 << 22
few = settings(max_examples=3, phases=UNSHRUNK)


def infer(case: Case, knowledge: Knowledge = KNOWLEDGE) -> Posterior:
    """The posterior, exact for as large a table as there may be."""
    return posterior(knowledge, case, limit=EXACT)


def told(result: Posterior) -> dict[str, np.ndarray]:
    """Everything a posterior says, by names that do not depend on the order of nodes."""
    graph = result.person.knowledge.graph.nodes
    found = {
        f"present {graph[node].id}": chance
        for node, chance in zip(result.nodes, result.present, strict=True)
    }
    found |= {
        f"explains {graph[node].id}": chance
        for node, chance in zip(result.nodes, result.explains, strict=True)
    }
    found |= {f"present {name} at all": one for name, one in result.template_present.items()}
    found |= {f"explains {name} at all": one for name, one in result.template_explains.items()}
    for site in result.sites:
        name = result.person.items[site.item].id
        found[f"unexplained {name}"] = site.unexplained
        for path in site.paths:
            nodes = " ".join(result.person.node_id(node) for node in path.nodes[:-1])
            found[f"path {nodes} {name}"] = path.fired
    return found


def same(first: dict[str, np.ndarray], second: dict[str, np.ndarray], slack: float) -> None:
    """Assert that two posteriors say the same; paths at the border of negligible may differ."""
    for name in first.keys() | second.keys():
        if name.startswith("path") and (name not in first or name not in second):
            close(first.get(name, second.get(name)), 0, 1e-3)
        else:
            assert first[name] == pytest.approx(second[name], rel=0, abs=slack), name


@few
@given(shipped_cases(), st.randoms(use_true_random=False))
def test_order_of_findings_does_not_matter(case: Case, random) -> None:
    pain, observations = list(case.pain), list(case.observations)
    random.shuffle(pain)
    random.shuffle(observations)
    shuffled = msgspec.structs.replace(case, pain=tuple(pain), observations=tuple(observations))
    same(told(infer(case)), told(infer(shuffled)), 0)


@few
@given(shipped_cases(), st.sampled_from(sorted(KNOWLEDGE.findings)))
def test_a_finding_that_tells_nothing_changes_nothing(case: Case, name: str) -> None:
    """Equally probable under all states: the same as unknown, which is not there at all."""
    assume(name not in {one.finding for one in case.observations})
    nothing = msgspec.structs.replace(
        observed(KNOWLEDGE, name, 0, "left", "present"), likelihood_ratio=1.0
    )
    more = msgspec.structs.replace(case, observations=(*case.observations, nothing))
    same(told(infer(case)), told(infer(more)), 1e-9)


@cache
def with_a_sign() -> dict[int, list[int]]:
    """Findings with one cause, a condition, by that condition."""
    causes: dict[int, list[int]] = {}
    for edge in KNOWLEDGE.graph.edges:
        causes.setdefault(edge.child, []).append(edge.parent)
    graph = KNOWLEDGE.graph.nodes
    found: dict[int, list[int]] = {}
    for child, parents in causes.items():
        if (
            len(parents) == 1
            and graph[child].kind == "finding"
            and graph[parents[0]].kind == "condition"
        ):
            found.setdefault(parents[0], []).append(child)
    return found


@few
@given(shipped_cases(), st.data())
def test_a_supporting_finding_never_lowers_its_only_cause(case: Case, data) -> None:
    cause = data.draw(st.sampled_from(sorted(with_a_sign())))
    sign = KNOWLEDGE.graph.nodes[data.draw(st.sampled_from(with_a_sign()[cause]))]
    assume(sign.template not in {one.finding for one in case.observations})
    place = infer(case).nodes.index(cause)
    chance = {}
    for state in ("absent", None, "present"):
        one = Observation(
            finding=sign.template,
            side=sign.side or "midline",
            level=sign.level,
            state=state or "present",
            likelihood_ratio=None if state else 1.0,
        )
        more = msgspec.structs.replace(case, observations=(*case.observations, one))
        chance[state] = infer(more).present[place]
    assert chance["absent"] < chance[None] < chance["present"]


@few
@given(shipped_cases())
def test_mirrored_case_gives_mirrored_result(case: Case) -> None:
    straight, other = told(infer(case)), told(infer(mirrored(case)))

    def swapped(name: str) -> str:
        words = [
            ".".join(OTHER.get(part, part) for part in word.split(".")) for word in name.split()
        ]
        return " ".join(words)

    same({swapped(name): one for name, one in straight.items()}, other, 1e-9)


@settings(max_examples=2, phases=UNSHRUNK)
@given(shipped_cases())
def test_relabelling_commutes(case: Case) -> None:
    other, names = RELABELLED()
    old = {new: name for name, new in names.items()}
    found = told(infer(renamed_case(case, names), other))

    def original(name: str) -> str:
        words = []
        for word in name.split():
            template, *place = word.split(".")
            words.append(".".join([old.get(template, template), *place]))
        return " ".join(words)

    same({original(name): one for name, one in found.items()}, told(infer(case)), 1e-9)


@cache
def RELABELLED() -> tuple[Knowledge, dict[str, str]]:  # noqa: N802
    """The shipped knowledge under other names, made once."""
    return relabelled(KNOWLEDGE)


@few
@given(shipped_cases(findings=6), st.data())
def test_withdrawing_restores(case: Case, data) -> None:
    """Rows of one run in which a finding does not count equal the case without it."""
    assume(case.observations)
    place = data.draw(st.integers(0, len(case.observations) - 1))
    rest = case.observations[:place] + case.observations[place + 1 :]
    less = infer(msgspec.structs.replace(case, observations=rest))
    person = person_of(KNOWLEDGE, case)
    kept = {item.id for item in less.person.items}
    included = np.array([[1.0] * len(person.items), [item.id in kept for item in person.items]])
    assume(len(kept) == len(person.items) - 1)
    assembly = Assembly(person.network, person.weighted, person.absent, person.conditions)
    z, present = assembly.solve(person.weights(included), person.conditions)
    close(present[1], less.present)
    assert z[1] == pytest.approx(less.z[0], rel=1e-9)
    close(present[0], infer(case).present)


@settings(max_examples=6, phases=UNSHRUNK)
@given(shipped_cases(findings=10, pains=3))
def test_probabilities_are_probabilities(case: Case) -> None:
    result = infer(case)
    said = told(result)
    assert all(np.isfinite(chance) and 0 <= chance <= 1 for chance in said.values())
    assert np.all(result.explains <= result.present + 1e-9)
    assert np.all((result.prior > 0) & (result.prior < 1))
    graph = KNOWLEDGE.graph.nodes
    for place, node in enumerate(result.nodes):
        name = graph[node].template
        assert result.template_present[name] >= result.present[place] - 1e-9
        assert result.template_explains[name] >= result.explains[place] - 1e-9
        assert result.template_explains[name] <= result.template_present[name] + 1e-9
    assert len(result.sites) == len(result.person.complaints)
    for site in result.sites:
        assert site.paths
        close(sum(site.responsibilities()) + site.unexplained, 1)


@few
@given(shipped_cases(), st.sampled_from(sorted(KNOWLEDGE.sites)), st.sampled_from(sorted(OTHER)))
def test_a_longstanding_complaint_explains_nothing_away(case: Case, site: str, side: str) -> None:
    assume(site not in {pain.site for pain in case.pain})
    old = Pain(site=site, side=side, course="longstanding")
    more = msgspec.structs.replace(case, pain=(old, *case.pain))
    before, after = infer(case), infer(more)
    same(told(before), told(after), 0)
    assert len(after.issues) == len(before.issues) + 1


def test_a_person_with_nothing_recorded_has_the_prior() -> None:
    result = infer(Case(id="nobody"))
    close(result.present, result.prior)
    close(result.explains, 0)
    assert result.z[0] == pytest.approx(1, abs=1e-12)
    assert result.sites == ()
    assert result.issues == ()


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
@pytest.mark.parametrize("ratio", [0.0, np.nan, np.inf])
def test_impossible_figures_end_as_an_issue(ratio: float) -> None:
    name = sorted(KNOWLEDGE.findings)[0]
    one = msgspec.structs.replace(
        observed(KNOWLEDGE, name, 0, "left", "present"), likelihood_ratio=ratio
    )
    result = infer(Case(id="odd", pain=(Pain(site="low_back"),), observations=(one,)))
    assert all(np.isfinite(chance) and 0 <= chance <= 1 for chance in told(result).values())
    assert ratio == 0 or any(issue.level == "error" for issue in result.issues)


def test_a_table_too_large_ends_as_an_issue() -> None:
    limit = 1 << 10
    names = ["straight_leg_raise", "limp", "worse_walking", "rest_pain", "night_pain"]
    case = Case(
        id="much",
        pain=(Pain(site="low_back"),),
        observations=tuple(observed(KNOWLEDGE, name, 0, "left", "present") for name in names),
    )
    result = posterior(KNOWLEDGE, case, limit=limit)
    assert result.assembly.plan.largest <= limit
    assert any("weak connections" in issue.message for issue in result.issues)
    assert all(np.isfinite(chance) and 0 <= chance <= 1 for chance in told(result).values())
    assert np.ptp(result.present) > 0.01
    assert len(result.person.items) == len(infer(case).person.items)  # nothing is set aside
