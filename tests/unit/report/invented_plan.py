"""An invented plan for the tests of the report. No person, no study and no figure is real."""

from __future__ import annotations

import msgspec

from kinechain.domain.assessment import Flag
from kinechain.domain.care import Direction, Role, Step
from kinechain.domain.concepts import Urgency
from kinechain.domain.plan import (
    Against,
    Approval,
    Firmness,
    FirstTest,
    Gate,
    Goal,
    LikelyOrigin,
    PatientPage,
    PatientSection,
    Plan,
    PlanEffect,
    PlannedTreatment,
    PlanPart,
    PlanStatement,
    Revision,
    Status,
)

KNEE, BACK = "knee_osteoarthritis", "nonspecific_low_back_pain"


def plan() -> Plan:
    """An invented plan with something of everything, and an emergency."""
    return Plan(
        schema_version="1.0",
        plan_version=2,
        content="invented",
        program_version="0.1.0",
        knowledge_version="invented0",
        case_id="invented-knee",
        as_of="2026-11-22",
        urgent=(
            _flag("cancer", "Possible spinal malignancy", "within_2_weeks", "MRI of the spine."),
            _flag("cauda", "Possible cauda equina syndrome", "emergency_now", "Emergency MRI now."),
        ),
        origins=(
            LikelyOrigin(
                condition=KNEE, label="Knee osteoarthritis", probability=0.62,
                low=0.4, high=0.8, standing="leading",
            ),
            LikelyOrigin(
                condition=BACK, label="Non-specific low back pain", probability=0.31,
                low=0.1, high=0.5, standing="known",
            ),
        ),
        firmness=Firmness(firm=False, because="the radiograph is not known"),
        first_tests=(
            FirstTest(
                finding="xray", id="xray", label="Radiograph of the knee",
                question="Is the joint space narrow?", burden=2,
                if_present=("adds Invented brace",), if_absent=("leaves out Invented walking",),
            ),
        ),
        meanwhile=("walking",),
        parts=(
            PlanPart(
                part="restorative", role="patient", treatments=("walking",),
                goals=(
                    Goal(measure="worst pain", target="4 or less", by="2027-01-03", why="felt"),
                ),
            ),
            PlanPart(part="recovery", role="physical_therapist", goals=()),
        ),
        treatments=treatments(),
        approvals=(
            Approval(role="patient", state="pending", treatments=("walking",)),
            Approval(role="pain_physician", state="approved", by="Dr Invented"),
        ),
        would_change=("a new red flag",),
        patient_page=PatientPage(
            title="Your plan",
            sections=(
                PatientSection(heading="Go to hospital now", sentences=("Do not wait.",)),
                PatientSection(heading="What you can do", points=("Walk every day.",)),
                PatientSection(heading="Call us the same day if", points=("You get a fever.",)),
                PatientSection(heading="When to come back", sentences=("In 6 weeks.",)),
            ),
            reading_age=9.0,
        ),
        history=(_revision(1, "first draft"), _revision(2, "Invented walking: now recommended")),
        issues=(),
        timing_ms={},
        medication_review=("takes an invented drug now; invented disease",),
    )  # fmt: skip


def treatments() -> tuple[PlannedTreatment, ...]:
    """One of every status, in all three steps."""
    return (
        _treatment("emergency", "Invented emergency", "recommended", urgent=True),
        msgspec.structs.replace(
            _treatment("walking", "Invented walking", "recommended"),
            contraindicated_by=(
                Against(
                    kind="factor", id="frail", label="Frailty", severity="relative",
                    standing="known", why="falls happen", source="invented2020a",
                ),
            ),
            not_together_with=("Invented brace: both load the knee",),
        ),
        _treatment("brace", "Invented brace", "option", "physical_therapist"),
        _treatment("copper", "Invented copper band", "uncertain"),
        msgspec.structs.replace(
            _treatment("injection", "Invented injection", "not_yet", "pain_physician", step=2),
            gate=Gate(
                condition="active care brought no relief", met=False,
                missing=("6 weeks of active care (none is recorded)",),
            ),
        ),
        _treatment("cream", "Invented cream", "already_tried"),
        msgspec.structs.replace(
            _treatment("tablet", "Invented tablet", "contraindicated", "pain_physician"),
            why=("Invented disease: the tablet harms the kidney",),
        ),
        _treatment("fusion", "Invented fusion", "not_recommended", "spine_specialist", step=3),
        _treatment("screw", "Invented screw", "option", "spine_specialist", step=3),
    )  # fmt: skip


def _treatment(
    name: str,
    label: str,
    status: Status,
    role: Role = "patient",
    *,
    step: Step = 1,
    urgent: bool = False,
) -> PlannedTreatment:
    return PlannedTreatment(
        id=name,
        label=label,
        step=step,
        status=status,
        for_origins=(KNEE,),
        why=(f"{status} for Knee osteoarthritis (62%)",),
        gate=None,
        statements=(
            _statement("Invented Society", 2021, "for", KNEE, "invented2021b"),
            _statement("Invented Society", 2021, "for", BACK, "invented2021b"),
            _statement("Other Body", 2019, "against", KNEE, "invented2020a"),
            msgspec.structs.replace(
                _statement("Superseded Body", 2001, "for", KNEE, "invented2020a"), superseded=True
            ),
        ),
        effects=(
            PlanEffect(
                outcome="walking pain", value=-1.5, low=-2.1, high=-0.9, unit="points of 10",
                weeks=12.0, certainty="very_low", source="invented2020a", measure="MD",
                comparator="waiting", condition=KNEE, certainty_basis="grade",
            ),
        ),
        harms=("sore muscles",),
        contraindicated_by=(),
        role=role,
        review_on="2027-01-03",
        kind="exercise",
        part="restorative",
        how=("Half an hour a day.",),
        ask_before=("Do you fall?",),
        urgent=urgent,
        regulatory_status="Invented as a device.",
    )  # fmt: skip


def _statement(
    body: str, year: int, direction: Direction, condition: str, source: str
) -> PlanStatement:
    return PlanStatement(
        body=body, year=year, direction=direction,
        strength="conditional", source=source, condition=condition, basis="guideline",
        population="adults", note="an invented note",
    )  # fmt: skip


def _revision(number: int, change: str) -> Revision:
    return Revision(
        plan_version=number, as_of="2026-11-22", content="invented",
        knowledge_version="invented0", changes=(change,),
    )  # fmt: skip


def _flag(name: str, label: str, urgency: Urgency, action: str) -> Flag:
    return Flag(
        id=name, label=label, urgency=urgency, status="raised", basis="rule",
        because=("Numbness is recorded.",), action=action, sources=("invented2021b",),
    )  # fmt: skip
