"""The shipped knowledge with a few made-up treatments, classes of drugs, factors and scores.

Tests of what a case file means for care use it, so that no edit of the shipped files of care
changes what they prove.
"""

from __future__ import annotations

from typing import Any

import msgspec

from kinechain.domain.care import DrugClass, HealthFactor, Treatment
from kinechain.domain.concepts import Citation, Derive, Finding, ResponseTo
from kinechain.domain.instruments import Instrument, Scale
from kinechain.intake import CaseReading, parse_case
from kinechain.knowledge import Knowledge, load_knowledge

SHIPPED = load_knowledge()


def treatment(name: str, label: str, **more: Any) -> Treatment:
    fields: dict[str, Any] = {
        "plain": "", "step": 1, "kind": "exercise", "part": "restorative",
        "role": "physical_therapist", "how": "", "statements": (), "review_weeks": 6,
    }  # fmt: skip
    return Treatment(id=name, label=label, **{**fields, **more})


def factor(name: str, label: str, *synonyms: str) -> HealthFactor:
    return HealthFactor(id=name, label=label, question="?", synonyms=synonyms)


def drugs(name: str, label: str, names: tuple[str, ...], *within: str) -> DrugClass:
    return DrugClass(id=name, label=label, names=names, within=within)


def scale(name: str, label: str, **more: Any) -> Scale:
    fields: dict[str, Any] = {
        "method": "sum", "low": 0, "high": 10, "least_answered": 2, "missing": "none",
        "higher_is_better": False, "decimals": 0,
    }  # fmt: skip
    return Scale(id=name, label=label, **{**fields, **more})


def instrument(name: str, label: str, n_items: int, scales: tuple[Scale, ...], high: float,
               synonyms: tuple[str, ...] = ()) -> Instrument:  # fmt: skip
    return Instrument(
        id=name, label=label, construct="?", regions=(), n_items=n_items, item_low=(0,),
        item_high=(high,), scales=scales, main_scale=scales[0].id, use="outcome", licence="free",
        licence_words="?", sources=(Citation(source="x", where="y"),), synonyms=synonyms,
    )  # fmt: skip


TREATMENTS = (
    treatment("exercise", "Exercise therapy", synonyms=("exercise therapy", "physiotherapy")),
    treatment("heat", "Heat", synonyms=("hot pack",)),
    treatment("facet_block", "Block of the facet joints", synonyms=("medial branch block",)),
    treatment("steroid_injection", "Steroid injection", synonyms=("intraarticular_steroid",)),
    treatment("oral_nsaid", "Anti-inflammatory tablets", drug_classes=("nsaid",)),
    treatment("brace", "Brace", synonyms=("support",)),
    treatment("taping", "Taping", synonyms=("support",)),
)
FACTORS = (
    factor("peptic_ulcer", "Peptic ulcer", "stomach ulcer"),
    factor("sleep_apnoea", "Sleep apnoea", "OSA"),
    factor("diabetes", "Diabetes", "sugar disease"),
    factor("systemic_infection", "Infection", "fever", "sepsis"),
    factor("aspirin_asthma", "Asthma after aspirin", "aspirin allergy"),
    factor("urinary_retention", "Cannot empty the bladder"),
    factor("frailty", "Frailty", "frail", "sugar disease in the old"),
)
CLASSES = (
    drugs("nsaid", "Anti-inflammatory drug", ("ibuprofen", "naproxen", "aspirin"), "bleeding_risk"),
    drugs("topical_nsaid", "Anti-inflammatory gel", ("ibuprofen gel",), "nsaid"),
    drugs("aspirin_low_dose", "Low-dose aspirin", ("aspirin", "baby aspirin"), "bleeding_risk"),
    drugs("bleeding_risk", "Makes bleeding likelier", ("bleeder",), "any_risk"),
    drugs("any_risk", "Any risk", ("risky",), "bleeding_risk"),
    drugs("anticoagulant", "Blood thinner", ("fondaparinux", "warfarin"), "bleeding_risk"),
    drugs("doac", "Direct anticoagulant", ("apixaban", "betrixaban"), "anticoagulant"),
    drugs("paracetamol", "Paracetamol", ("acetaminophen", "co-codamol")),
    drugs("weak_opioid", "Weak opioid", ("codeine", "co-codamol")),
    drugs("antibiotic_penicillin", "Penicillin", ("penicillin", "amoxicillin")),
    drugs("latex", "Latex", ("natural rubber",)),
)
INSTRUMENTS = (
    instrument("odi", "Oswestry Disability Index", 3, (
        scale("total", "Total", method="percent_of_maximum", low=0, high=100, items=(1, 2, 3),
              least_answered=2, missing="left_out", decimals=1),
    ), 5, ("Oswestry",)),
    instrument("peg", "PEG", 3, (scale("total", "Total", method="mean", items=(1, 2, 3)),), 10),
    instrument("koos", "Knee score", 4, (
        scale("pain", "Pain", items=(1, 2), low=0, high=8),
        scale("function", "Function in sport", items=(3, 4), low=0, high=8),
        scale("mean", "Mean", method="mean_of_scales", scales=("pain", "function"), high=8),
    ), 4),
)  # fmt: skip
ANSWERS = {
    "facet_block_relief": ResponseTo(
        treatments=("facet_block",), sites=("low_back", "neck"), relief_percent=80
    ),
    "hip_injection_relief": ResponseTo(treatments=("steroid_injection",), sites=("hip",)),
    "good_nsaid_response": ResponseTo(treatments=("oral_nsaid",), weeks=1),
}


def _finding(one: Finding) -> Finding:
    """A finding that is the answer to the made-up treatments only."""
    rule = ANSWERS.get(one.id)
    if rule is not None:
        return msgspec.structs.replace(one, derive=Derive(response_to=rule))
    if one.derive is not None and one.derive.response_to is not None:
        return msgspec.structs.replace(one, derive=None)
    return one


KNOWLEDGE: Knowledge = msgspec.structs.replace(
    SHIPPED,
    treatments={one.id: one for one in TREATMENTS},
    health_factors={one.id: one for one in FACTORS},
    drug_classes={one.id: one for one in CLASSES},
    instruments={one.id: one for one in INSTRUMENTS},
    findings={name: _finding(one) for name, one in SHIPPED.findings.items()},
)


def read(text: str) -> CaseReading:
    """A case with a pain and what is given."""
    return parse_case(f"{text}\npain: [first_mtp]\n", KNOWLEDGE, "f.yaml")


def said(reading: CaseReading, level: str) -> list[str]:
    return [one.message for one in reading.issues if one.level == level]
