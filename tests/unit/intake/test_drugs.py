"""What the names of drugs and allergies mean."""

from __future__ import annotations

import msgspec
import pytest

from kinechain.domain.case import Observation
from kinechain.intake import parse_case
from tests.unit.intake.made_up import KNOWLEDGE, read, said


@pytest.mark.parametrize(
    ("text", "classes"),
    [
        ("ibuprofen", {"nsaid", "bleeding_risk", "any_risk"}),
        ("Ibuprofen 400 mg tds", {"nsaid", "bleeding_risk", "any_risk"}),
        ("ibuprofen400mg", {"nsaid", "bleeding_risk", "any_risk"}),
        ("topical ibuprofen gel", {"topical_nsaid", "nsaid", "bleeding_risk", "any_risk"}),
        ("baby aspirin 75", {"aspirin_low_dose", "bleeding_risk", "any_risk"}),
        ("aspirin", {"nsaid", "aspirin_low_dose", "bleeding_risk", "any_risk"}),
        ("acetaminophen/codeine 30 mg", {"paracetamol", "weak_opioid"}),
        ("acetaminophen-codeine", {"paracetamol", "weak_opioid"}),
        ("co-codamol 8/500", {"paracetamol", "weak_opioid"}),
        ("nsaid", {"nsaid", "bleeding_risk", "any_risk"}),
    ],
)
def test_classes_and_all_wider_ones(text: str, classes: set[str]) -> None:
    reading = read(f"drugs: [{text}]")
    assert set(reading.case.drugs) - {text.casefold()} == classes - {text.casefold()}
    assert reading.case.drugs[0] == text.casefold()
    assert {issue.level for issue in reading.issues} <= {"info"}


def test_what_was_read_is_said_with_the_wider_classes() -> None:
    assert said(read("drugs: [ibuprofen gel 5 %]"), "info") == [
        (
            "'ibuprofen gel 5 %' was read as topical_nsaid (Anti-inflammatory gel), which counts "
            "as nsaid and bleeding_risk and any_risk too."
        )
    ]


@pytest.mark.parametrize(
    "text",
    ["drugs: [ibuprofen: 400 mg]", "drugs: {ibuprofen: 400 mg}", "drugs: ibuprofen 400 mg",
     "drugs: [{drug: ibuprofen, dose: 400 mg}]", "drugs: [ibuprofen: {dose: 400 mg}]"],
)  # fmt: skip
def test_forms(text: str) -> None:
    reading = read(text)
    assert "nsaid" in reading.case.drugs
    assert not reading.has_errors


@pytest.mark.parametrize(
    "text", ["ibuprofen stopped", "no ibuprofen", "warfarin (discontinued)", "fondaparinux: never"]
)
def test_denied_words_do_not_count(text: str) -> None:
    reading = read(f"drugs: [{text}]")
    assert len(reading.case.drugs) == 1
    assert reading.case.observations == ()
    assert "was read as a drug that is not taken" in said(reading, "info")[0]


def test_an_allergy_among_the_drugs_says_where_it_belongs() -> None:
    (issue,) = read("drugs: [allergic to penicillin]").issues
    assert issue.remedy == "write it under allergies:"


@pytest.mark.parametrize("text", ["none", "no medication", "[nil]", "[]"])
def test_no_drugs(text: str) -> None:
    reading = read(f"drugs: {text}")
    assert reading.case.drugs == ()
    assert reading.issues == ()


def test_an_unknown_drug_is_kept_and_cannot_be_checked() -> None:
    reading = read("drugs: [Xyzol forte]")
    assert reading.case.drugs == ("xyzol forte",)
    (issue,) = reading.issues
    assert issue.level == "info"
    assert issue.where == "f.yaml:1 drugs"
    assert issue.message == (
        "The drug 'Xyzol forte' is not known; it is kept as text, and its interactions cannot "
        "be checked."
    )
    assert issue.remedy


def test_a_misspelled_drug_is_used_with_a_warning() -> None:
    reading = read("drugs: [naproxin 500 mg]")
    assert "nsaid" in reading.case.drugs
    assert said(reading, "warning") == [
        "The drug must be known. Got 'naproxin 500 mg'. It is read as naproxen (nsaid) for now."
    ]


@pytest.mark.parametrize("text", ["warfarin 5 mg", "apixaban", "betrixaban 80 mg", "fondaparinux",
                                  "heparin"])  # fmt: skip
def test_class_and_trait_agree(text: str) -> None:
    """Members of the class have the trait, and drugs of the trait are in the class."""
    reading = read(f"drugs: [{text}]")
    assert {"anticoagulant", "bleeding_risk"} <= set(reading.case.drugs)
    assert reading.case.observations == (
        Observation(finding="anticoagulant", state="present", derived_from=f"drug {text}"),
    )


def test_a_trait_that_shares_few_names_with_a_class_does_not_follow() -> None:
    assert read("drugs: [aspirin]").case.observations == ()


def test_two_drugs_of_one_trait_are_one_observation() -> None:
    assert len(read("drugs: [warfarin, apixaban]").case.observations) == 1


def test_several_traits_are_ambiguous() -> None:
    reading = read("drugs: [steroids]")
    assert "The meaning of 'steroids' should be clear" in said(reading, "warning")[0]
    assert reading.case.observations == ()


def test_without_knowledge_of_classes_drugs_are_kept() -> None:
    bare = msgspec.structs.replace(KNOWLEDGE, drug_classes={})
    case = parse_case("pain: [low_back]\ndrugs: [ibuprofen, warfarin]", bare).case
    assert case.drugs == ("ibuprofen", "warfarin", "anticoagulant")


@pytest.mark.parametrize(
    ("text", "allergies"),
    [
        ("ibuprofen", ("ibuprofen", "nsaid", "bleeding_risk", "any_risk")),
        ("nsaid", ("nsaid", "bleeding_risk", "any_risk")),
        ("penicillin: rash", ("penicillin rash", "antibiotic_penicillin")),
        ("{allergy: Penicillin, reaction: rash}", ("penicillin", "antibiotic_penicillin")),
        ("{to: latex}", ("latex",)),
        ("allergic to natural rubber", ("allergic to natural rubber", "latex")),
        ("penicillin (no anaphylaxis)", ("penicillin (no anaphylaxis)", "antibiotic_penicillin")),
        ("no known allergies except latex", ("latex",)),
        ('"NKDA, latex"', ("latex",)),
    ],
)
def test_allergies_with_wider_classes(text: str, allergies: tuple[str, ...]) -> None:
    reading = read(f"allergies: [{text}]")
    assert reading.case.allergies == allergies
    assert {issue.level for issue in reading.issues} <= {"info"}
    assert reading.case.observations == ()


def test_the_gel_does_not_follow_from_the_class() -> None:
    assert "topical_nsaid" not in read("allergies: [ibuprofen]").case.allergies


@pytest.mark.parametrize(
    "text",
    ["none", "no known allergies", "NKDA", "nkda.", "nil known", "no allergies", "denies any",
     "no allergy to penicillin", "not allergic to penicillin", "[]"],
)  # fmt: skip
@pytest.mark.parametrize("key", ["allergies", "allergy", "drug_allergies"])
def test_denied_allergies(text: str, key: str) -> None:
    reading = read(f"{key}: {text}")
    assert reading.case.allergies == ()
    assert all("was read as no allergy" in message for message in said(reading, "info"))
    assert {issue.level for issue in reading.issues} <= {"info"}


def test_an_unknown_allergy_is_kept_with_a_warning() -> None:
    reading = read("allergies: [pollen]")
    assert reading.case.allergies == ("pollen",)
    (issue,) = reading.issues
    assert issue.level == "warning"
    assert issue.message == (
        "The allergy must be to a known drug or class of drugs. Got 'pollen'. It is kept as "
        "text, and cannot be checked against treatments."
    )
    assert issue.remedy


def test_a_misspelled_allergy_is_used_with_a_warning() -> None:
    reading = read("allergies: [amoxicilin]")
    assert "antibiotic_penicillin" in reading.case.allergies
    assert (
        "It is read as amoxicillin (antibiotic_penicillin) for now" in (said(reading, "warning")[0])
    )


def test_an_allergy_that_is_a_health_factor_is_both() -> None:
    case = read("allergies: [aspirin allergy]").case
    assert case.factors == ("aspirin_asthma",)
    assert set(case.allergies) >= {"aspirin allergy", "nsaid"}


@pytest.mark.parametrize("key", ["drugs", "allergies"])
def test_a_list_inside_the_list(key: str) -> None:
    reading = read(f"{key}: [[ibuprofen]]")
    assert "Got a list inside the list" in said(reading, "error")[0]


def test_many_unknown_drugs_leave_a_misspelled_alarm_its_guess() -> None:
    names = ", ".join(f"unknownium{chr(97 + number) * 3}" for number in range(30))
    text = (
        f"drugs: [{names}]\nallergies: [{names}]\npain: [low_bakc]\n"
        "findings: {present: [saddle_anaesthesai]}"
    )
    case = parse_case(text, KNOWLEDGE).case
    assert case.pain[0].site == "low_back"
    assert case.observations[0].finding == "saddle_anaesthesia"
