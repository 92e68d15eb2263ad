"""Looking things up in the knowledge."""

from __future__ import annotations

import pytest

from kinechain.knowledge import load_knowledge
from kinechain.knowledge.read import FOLDERS
from kinechain.service.catalogue import (
    UnknownName,
    causes_of,
    citations_of,
    denials_of,
    find,
    find_condition,
    flags_with,
    risks_of,
)

KNOWLEDGE = load_knowledge()


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_kind_of_thing_is_found_by_its_id(folder: str) -> None:
    for name in getattr(KNOWLEDGE, folder):
        assert (folder, name) in {(one.folder, one.id) for one in find(name, KNOWLEDGE)}


def test_an_id_of_two_kinds_gives_both() -> None:
    assert {one.folder for one in find("knee", KNOWLEDGE)} >= {"sites", "levels"}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Lasegue", "straight_leg_raise"),
        ("slipped disc", "lumbar_disc_herniation"),
        ("lumbar_disc_herniation.l4_5.left", "lumbar_disc_herniation"),
    ],
)
def test_names_and_instances_will_do(text: str, name: str) -> None:
    assert [one.id for one in find(text, KNOWLEDGE)] == [name]


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("lumbar_disk_hernation", "lumbar_disc_herniation"),
        ("nerve_root_iritation", "nerve_root_irritation"),
        ("vanderwindt2010cochran", "vanderwindt2010cochrane"),
    ],
)
def test_an_unknown_name_has_neighbours(text: str, nearest: str) -> None:
    with pytest.raises(UnknownName) as caught:
        find(text, KNOWLEDGE)
    assert nearest in caught.value.nearest


@pytest.mark.parametrize(
    ("text", "name", "instance"),
    [
        ("hip_osteoarthritis", "hip_osteoarthritis", None),
        ("hip_osteoarthritis.left", "hip_osteoarthritis", "hip_osteoarthritis.left"),
        ("slipped disc", "lumbar_disc_herniation", None),
    ],
)
def test_conditions(text: str, name: str, instance: str | None) -> None:
    condition, found = find_condition(text, KNOWLEDGE)
    assert (condition.id, found) == (name, instance)


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("lumbar_dsc", "lumbar_disc_herniation"),
        ("hip_osteoarthritis.l4_5.left", "hip_osteoarthritis.left"),
        ("straight_leg_raise", ""),
        ("", ""),
    ],
)
def test_an_unknown_condition_has_neighbours(text: str, nearest: str) -> None:
    with pytest.raises(UnknownName) as caught:
        find_condition(text, KNOWLEDGE)
    assert not nearest or nearest in caught.value.nearest


def test_causes_are_the_strongest_first_and_complete() -> None:
    for name in KNOWLEDGE.findings:
        causes = causes_of(name, KNOWLEDGE)
        values = [one.effect.estimate.value for one in causes]
        assert values == sorted(values, reverse=True)
    reached = {KNOWLEDGE.graph.nodes[edge.child].template for edge in KNOWLEDGE.graph.edges}
    for name in KNOWLEDGE.findings:
        assert bool(causes_of(name, KNOWLEDGE)) == (name in reached)


def test_denials_and_causes_exclude_each_other() -> None:
    for name in KNOWLEDGE.findings:
        denied = {one for one, _ in denials_of(name, KNOWLEDGE)}
        assert not denied & {one.id for one in causes_of(name, KNOWLEDGE)}


def test_sources_are_cited_somewhere() -> None:
    some = list(KNOWLEDGE.sources)[::40]
    assert not [name for name in some if not citations_of(name, KNOWLEDGE)]


def test_risks_and_flags() -> None:
    assert "knee_osteoarthritis" in {one.id for one, _ in risks_of("obesity", KNOWLEDGE)}
    assert flags_with("saddle_anaesthesia", KNOWLEDGE)
    assert flags_with("cauda_equina_syndrome", KNOWLEDGE)
    assert flags_with("no_such_thing", KNOWLEDGE) == ()
