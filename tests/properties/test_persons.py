"""The posterior of a person, through the real templates, against enumeration.

The oracle takes each item of evidence by its definition on the bare graph, so that the
unions and the folding of absent findings are checked too.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kinechain.domain.case import Case
from kinechain.inference.person import person_of
from kinechain.inference.posterior import NEGLIGIBLE, Posterior, posterior
from kinechain.inference.uncertainty import intervals
from kinechain.inference.value import unanswered
from kinechain.knowledge.knowledge import Knowledge
from tests.support.engine import UNSHRUNK, close, contributed, nothing_negligible, questioned
from tests.support.knowledge import known_persons
from tests.support.oracle import all_paths, entropy, log_odds
from tests.support.recorded import Recorded, reaches


def infer(knowledge: Knowledge, case: Case) -> Posterior:
    """The posterior without anything left out."""
    with nothing_negligible():
        return posterior(knowledge, case)


@settings(max_examples=30, phases=UNSHRUNK)
@given(known_persons())
def test_present_prior_and_evidence(known: tuple[Knowledge, Case]) -> None:
    knowledge, case = known
    result = infer(knowledge, case)
    exact = Recorded(result.person)
    assert result.nodes == result.person.conditions
    assert not any(issue.level == "error" for issue in result.issues)
    assert result.z[0] == pytest.approx(exact.weight.sum(), rel=1e-9, abs=0)
    close(result.present, [exact.chance([node]) for node in result.nodes])
    close(result.prior, [exact.chance([node], exact.free) for node in result.nodes])
    for name, family in knowledge.instances.items():
        if name in knowledge.conditions:
            close(result.template_present[name], exact.chance(family))


@settings(max_examples=28, phases=UNSHRUNK)
@given(known_persons())
def test_explains(known: tuple[Knowledge, Case]) -> None:
    knowledge, case = known
    result = infer(knowledge, case)
    person = result.person
    complaints = [place for place, item in enumerate(person.items) if item.complaint]
    assert complaints
    close(result.explains, [reaches(person, [node], complaints) for node in result.nodes])
    for name in knowledge.conditions:
        family = knowledge.instances[name]
        close(result.template_explains[name], reaches(person, family, complaints))
    assert all(result.explains <= result.present + 1e-9)


@settings(max_examples=28, phases=UNSHRUNK)
@given(known_persons())
def test_attribution(known: tuple[Knowledge, Case]) -> None:
    result = infer(*known)
    person = result.person
    exact = Recorded(person)
    graph = person.knowledge.graph.nodes
    starts = [place for place, node in enumerate(graph) if node.kind in ("condition", "trait")]
    complaints = [place for place, item in enumerate(person.items) if item.complaint]
    assert [site.item for site in result.sites] == complaints
    for site in result.sites:
        members = person.items[site.item].members
        expected = {path[:-1] for end in members for path in all_paths(person.network, starts, end)}
        assert {path.nodes[:-1] for path in site.paths} == expected
        close(
            [path.fired for path in site.paths],
            [exact.path(path.nodes[:-1], members) for path in site.paths],
        )
        close(site.unexplained, 1 - reaches(person, starts, [site.item]))
        close(sum(site.responsibilities()) + site.unexplained, 1)


def slack(chance: float) -> float:
    """How far explains may be off: several negligible paths may have been left out."""
    return 1e-9 if chance >= 3 * NEGLIGIBLE else 3 * NEGLIGIBLE


@settings(max_examples=28, phases=UNSHRUNK)
@given(known_persons())
def test_what_is_negligible_by_default(known: tuple[Knowledge, Case]) -> None:
    """Left out paths and sums in place of unions move nothing by more than they may."""
    knowledge, case = known
    fast, whole = posterior(knowledge, case), infer(knowledge, case)
    close(fast.present, whole.present)
    for name, chance in whole.template_present.items():
        assert -1e-9 <= fast.template_present[name] - chance < 1e-6
    for one, other in zip(fast.explains, whole.explains, strict=True):
        assert one == pytest.approx(other, abs=slack(other))
    for name, chance in whole.template_explains.items():
        found = fast.template_explains[name]
        assert found == pytest.approx(chance, abs=slack(chance))
    for site, complete in zip(fast.sites, whole.sites, strict=True):
        close(site.unexplained, complete.unexplained)
        close(sum(site.responsibilities()) + site.unexplained, 1)


@settings(max_examples=25, phases=UNSHRUNK)
@given(known_persons(), st.data())
def test_contributions(known: tuple[Knowledge, Case], data: st.DataObject) -> None:
    person = infer(*known).person
    exact = Recorded(person)
    origin = data.draw(st.sampled_from(person.conditions))
    everything = set(range(len(person.items)))

    def odds(places: set[int]) -> float:
        return log_odds(exact.chance([origin], exact.weighed(places)))

    groups = {item.group for item in person.items}
    found = contributed(person, [origin])
    assert {one.group for one in found} == groups
    for one in found:
        members = set(one.items)
        close(one.removed, odds(everything) - odds(everything - members), 1e-7)
        close(one.alone, odds(members) - odds(set()), 1e-7)


@settings(max_examples=25, phases=UNSHRUNK)
@given(known_persons())
def test_questions_about_findings(known: tuple[Knowledge, Case]) -> None:
    knowledge, case = known
    person = infer(knowledge, case).person
    graph = knowledge.graph.nodes
    free = [node for node in unanswered(person) if graph[node].kind == "finding"]
    assume(free)
    thresholds = {"tumour": knowledge.conditions["tumour"].danger.threshold.value}
    result = questioned(person, thresholds, free[:2])
    assert {one.node for one in result.asked} == set(free[:2])
    exact = Recorded(person, free[:2])
    now = [exact.chance([node]) for node in result.conditions]
    close(result.now, now)
    for one in result.asked:
        yes = exact.weight * exact.present[one.node]
        no = exact.weight * ~exact.present[one.node]
        chance = exact.chance([one.node])
        present = [exact.chance([node], yes) for node in result.conditions]
        absent = [exact.chance([node], no) for node in result.conditions]
        close(one.chance, chance)
        close(one.absent, absent, 1e-8)
        close(one.present, present, 1e-7)
        gain = sum(
            entropy(before) - chance * entropy(one) - (1 - chance) * entropy(other)
            for before, one, other in zip(now, present, absent, strict=True)
        )
        close(one.gain_bits, gain, 1e-7)
        crossings = 0.0
        for node, *after in zip(result.conditions, now, present, absent, strict=True):
            bound = thresholds.get(graph[node].template)
            if bound is not None:
                assume(min(abs(value - bound) for value in after) > 1e-6)
                crossings += chance * ((after[1] >= bound) != (after[0] >= bound))
                crossings += (1 - chance) * ((after[2] >= bound) != (after[0] >= bound))
        close(one.threshold_crossings, crossings, 1e-8)


@settings(max_examples=8, phases=UNSHRUNK)
@given(known_persons(), st.integers(0, 99))
def test_intervals_hold_the_draws(known: tuple[Knowledge, Case], seed: int) -> None:
    knowledge, case = known
    result = infer(knowledge, case)
    found = intervals(result, draws=8, seed=seed)
    drawn = person_of(knowledge, case, draws=8, seed=seed)
    values = []
    for draw in range(8):
        exact = Recorded(drawn, draw=draw)
        values.append([exact.chance([node]) for node in result.nodes])
    low, high = np.quantile(values, (0.05, 0.95), axis=0)
    close(found.present, [np.minimum(low, result.present), np.maximum(high, result.present)], 1e-8)
    for (low, high), point in [
        *zip(found.explains.T, result.explains, strict=True),
        *(
            (found.template_present[name], chance)
            for name, chance in result.template_present.items()
        ),
        *(
            (found.template_explains[name], chance)
            for name, chance in result.template_explains.items()
        ),
        *(
            (pair, path.fired)
            for site, spread in zip(result.sites, found.fired, strict=True)
            for pair, path in zip(spread.T, site.paths, strict=True)
        ),
    ]:
        assert -1e-12 <= low <= point <= high <= 1 + 1e-9
