"""A part of the knowledge holds some conditions and what hangs on them, no more."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.part import part_of
from kinechain.inference.person import template_of
from kinechain.inference.posterior import posterior
from kinechain.knowledge import Knowledge, load_knowledge


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


def arrows(knowledge: Knowledge) -> set[tuple[str, str]]:
    nodes = knowledge.graph.nodes
    return {(nodes[edge.parent].id, nodes[edge.child].id) for edge in knowledge.graph.edges}


def test_all_conditions_are_the_whole_as_far_as_conditions_reach(knowledge: Knowledge) -> None:
    part = part_of(knowledge, knowledge.conditions)
    assert part.conditions == knowledge.conditions
    assert arrows(part) <= arrows(knowledge)
    kinds = {node.id: node.kind for node in knowledge.graph.nodes}
    lost = {parent for parent, _ in arrows(knowledge) - arrows(part)}
    assert {kinds[node] for node in lost} <= {"link", "trait"}, "only what no condition feeds"


def test_a_part_keeps_its_conditions_arrows(knowledge: Knowledge) -> None:
    names = set(np.random.default_rng(1).permutation(sorted(knowledge.conditions))[:8].tolist())
    part = part_of(knowledge, names)
    assert set(part.conditions) == names
    kept = {node.id for node in part.graph.nodes}
    causes = {node.id for node in part.graph.nodes if node.kind in ("condition", "link")}
    left_out = {node.id for node in knowledge.graph.nodes if node.kind == "condition"} - kept
    expected = {pair for pair in arrows(knowledge) if pair[0] in causes and pair[1] not in left_out}
    assert {pair for pair in arrows(part) if pair[0] in causes} == expected
    caused = {part.graph.nodes[edge.child].template for edge in part.graph.edges}
    assert part.findings.keys() <= caused
    assert {name for name, site in part.sites.items() if not site.parts} <= caused
    assert template_of(part).risks.keys() <= part.traits.keys()


def test_a_part_has_a_version_of_its_own(knowledge: Knowledge) -> None:
    names = sorted(knowledge.conditions)
    assert part_of(knowledge, names[:2]).version != knowledge.version


def test_the_posterior_of_a_part_can_be_computed(knowledge: Knowledge) -> None:
    from benchmarks.patients import patients

    part = part_of(knowledge, sorted(knowledge.conditions)[:4])
    result = posterior(part, patients(part, 1, 1)[0].case)
    assert np.isfinite(result.present).all()
