"""The patient's intake: its words and its places."""

from __future__ import annotations

from collections.abc import Iterator

from kinechain.care.readability import reading_age
from kinechain.domain.interview import Item
from kinechain.intake.amounts import WEEKS
from kinechain.intake.read_pain import ONSETS, QUALITIES
from kinechain.service.clinic.intake.words import all_places, patient_words, question_words
from kinechain.service.interview.asking import stage_of
from kinechain.service.presentation import figures
from tests.support.patient_intake import (
    KNOWLEDGE,
    OLDEST_READER,
)


def asked_of_patients() -> Iterator[Item]:
    for concept in (*KNOWLEDGE.findings.values(), *KNOWLEDGE.traits.values()):
        if stage_of(concept) == "history" and concept.id not in patient_words().not_asked:
            for level in (None, *concept.levels):
                yield Item(finding=concept.id, label=concept.label, text=concept.question,
                           level=level)  # fmt: skip


def test_every_question_can_be_read_at_twelve_and_speaks_to_the_patient() -> None:
    hard = {
        (item.finding, item.level): question_words(item, KNOWLEDGE)
        for item in asked_of_patients()
        if reading_age(question_words(item, KNOWLEDGE)) > OLDEST_READER
        or "the person" in question_words(item, KNOWLEDGE)
    }
    assert not hard


def test_every_word_for_patients_is_of_something_that_exists() -> None:
    for key in patient_words().questions:
        name, _, level = key.partition(".")
        concept = KNOWLEDGE.concept(name)
        assert stage_of(concept) == "history", key  # type: ignore[arg-type]
        assert not level or level in concept.levels, key
    assert set(patient_words().kinds) <= QUALITIES
    assert set(patient_words().began) == set(ONSETS)
    assert set(patient_words().units) <= set(WEEKS)
    for names in patient_words().questionnaires.values():
        assert all(KNOWLEDGE.instruments[name].item_texts for name in names)


def test_a_finding_with_levels_has_words_for_each() -> None:
    plain = patient_words().questions
    missing = [
        f"{item.finding}.{item.level}" for item in asked_of_patients()
        if item.level and f"{item.finding}.{item.level}" not in plain
    ]  # fmt: skip
    assert not missing


def test_list_and_picture_have_the_same_places() -> None:
    drawn = figures(KNOWLEDGE)
    sites = {site for view in ("front", "back") for site in drawn[view]["sites"]}
    assert {place.split(".")[0] for place in all_places()} == sites
    for place in all_places():
        site, _, side = place.partition(".")
        assert (KNOWLEDGE.sites[site].sides == "paired") == bool(side), place
