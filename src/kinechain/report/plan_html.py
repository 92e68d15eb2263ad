"""A plan as one self-contained HTML page: for the team, to sign, and for the patient."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, assert_never

import msgspec

from kinechain.domain.plan import PatientSection, Status
from kinechain.report import labels, model, page, words
from kinechain.report.plan_model import PartView, PlanView, TreatmentGroup, TreatmentView

Tone = Literal["alarm", "warn", "doing", "calm"]

IN_STEPS: tuple[Status, ...] = ("recommended", "option", "uncertain", "not_yet", "already_tried")
STEP_TITLES = {
    1: "Care to start with",
    2: "When active care was not enough",
    3: "Operations, last of all",
}
ALARMING = ("go to hospital",)
WARNING = ("see a doctor", "call us", "what is not safe")
DOING = ("what you can do", "what we can do")
"""How the headings begin of the patient's sections that look different from the others."""


class StepCard(msgspec.Struct, frozen=True, kw_only=True):
    """The treatments of one step that are not ruled out, by status."""

    number: int
    title: str
    groups: tuple[TreatmentGroup, ...]

    @property
    def count(self) -> int:
        """How many treatments it holds."""
        return sum(len(group.treatments) for group in self.groups)


class RoleCard(msgspec.Struct, frozen=True, kw_only=True):
    """What one role does, part by part."""

    role: str
    parts: tuple[PartView, ...]


class PlanPage(msgspec.Struct, frozen=True, kw_only=True):
    """A plan as the page and the assessment arrange it."""

    steps: tuple[StepCard, ...]
    now: tuple[TreatmentView, ...]
    waiting: tuple[TreatmentView, ...]
    unsafe: tuple[TreatmentView, ...]
    advised_against: tuple[TreatmentView, ...]
    roles: tuple[RoleCard, ...]

    def count(self, status: Status) -> int:
        """How many treatments of a status the steps hold."""
        groups = [group for step in self.steps for group in step.groups]
        return sum(len(group.treatments) for group in groups if group.status == status)


def render(view: PlanView, sources: Iterable[model.SourceView] = ()) -> str:
    """Render a plan as a page.

    Parameters
    ----------
    view
        In words.
    sources
        Those that it cites.

    Returns
    -------
    str
        A whole HTML document. Everything that comes from a record is escaped; the only
        addresses in it are links to sources, and nothing is loaded.
    """
    style, policy = page.style()
    return (
        page.environment()
        .get_template("plan.html.j2")
        .render(
            plan=view,
            page=arranged(view),
            sources=tuple(sources),
            style=style,
            policy=policy,
            words=words,
            interval=labels.interval,
            badge=badge_words,
            reason=reason,
            tone=tone,
        )
    )


def arranged(view: PlanView) -> PlanPage:
    """Arrange a plan by step, by urgency and by who does it.

    Parameters
    ----------
    view
        In words.
    """
    by_status = {group.status: group.treatments for group in view.groups}
    steps = (_step(view, number, title) for number, title in STEP_TITLES.items())
    now = sorted(by_status.get("recommended", ()), key=lambda one: not one.urgent)
    return PlanPage(
        steps=tuple(step for step in steps if step.groups),
        now=tuple(now),
        waiting=by_status.get("not_yet", ()),
        unsafe=by_status.get("contraindicated", ()),
        advised_against=by_status.get("not_recommended", ()),
        roles=tuple(
            RoleCard(role=role, parts=tuple(one for one in view.parts if one.role == role))
            for role in dict.fromkeys(one.role for one in view.parts)
        ),
    )


def badge_words(status: Status) -> str:
    """A status as a word beside a treatment."""
    match status:
        case "recommended":
            return "Recommended"
        case "option":
            return "Option"
        case "uncertain":
            return "Unclear value"
        case "not_yet":
            return "Not yet"
        case "already_tried":
            return "Tried"
        case "contraindicated":
            return "Not safe now"
        case "not_recommended":
            return "Advised against"
        case _:
            assert_never(status)


def reason(one: TreatmentView) -> str:
    """Why a treatment has its status, in one line.

    Parameters
    ----------
    one
        In words.
    """
    if one.status == "not_yet" and one.missing:
        return f"Waits for: {'; '.join(one.missing)}"
    line = "; ".join(one.why)
    return line[:1].upper() + line[1:]


def tone(section: PatientSection) -> Tone:
    """How loud a section of the patient's page is.

    Parameters
    ----------
    section
        Of the page.
    """
    heading = section.heading.lower()
    if heading.startswith(ALARMING):
        return "alarm"
    if heading.startswith(WARNING):
        return "warn"
    return "doing" if heading.startswith(DOING) else "calm"


def _step(view: PlanView, number: int, title: str) -> StepCard:
    groups = (
        msgspec.structs.replace(
            group, treatments=tuple(one for one in group.treatments if one.step == number)
        )
        for group in view.groups
        if group.status in IN_STEPS
    )
    kept = tuple(group for group in groups if group.treatments)
    return StepCard(number=number, title=title, groups=kept)
