"""What the person takes home: plain words for what is thought, what to do, when to come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kinechain.care.facts import Facts
from kinechain.care.goals import day_after, review_weeks
from kinechain.care.readability import reading_age
from kinechain.care.status import Judgement
from kinechain.domain.assessment import Flag
from kinechain.domain.plan import Firmness, FirstTest, PatientPage, PatientSection

MOST_POINTS = 6
NOW = ("emergency_now",)
SOON = ("same_day",)


def patient_page(
    facts: Facts,
    judgements: Sequence[Judgement],
    firmness: Firmness,
    tests: Sequence[FirstTest],
) -> PatientPage:
    """Write the page.

    Parameters
    ----------
    facts
        The person.
    judgements
        Of all treatments.
    firmness, tests
        Whether the diagnosis is firm, and what is asked first.
    """
    sections = [
        *_urgent(facts),
        _thought(facts, firmness, tests),
        *_doing(facts, judgements),
        *_not_doing(judgements),
        _watching(facts),
        _coming_back(facts),
        _hospital(facts),
    ]
    title = "Your plan"
    text = "\n".join(
        line for one in sections for line in (one.heading, *one.sentences, *one.points)
    )
    return PatientPage(title=title, sections=tuple(sections), reading_age=reading_age(text))


def _urgent(facts: Facts) -> Iterable[PatientSection]:
    rules = [one for one in facts.urgent if one.basis == "rule"]
    now = [one for one in rules if one.urgency == "emergency_now"]
    today = [one for one in rules if one.urgency == "same_day"]
    if now:
        yield PatientSection(
            heading="Go to hospital now",
            sentences=(
                "Something you told us must be checked at once.",
                "Do not wait. Do not drive yourself.",
            ),
            points=_signs(now, facts),
        )
    if today:
        yield PatientSection(
            heading="See a doctor today",
            sentences=("Something you told us must be checked today.",),
            points=_signs(today, facts),
        )


def _signs(flags: Iterable[Flag], facts: Facts) -> tuple[str, ...]:
    known = facts.knowledge.red_flags
    signs = (known[one.id].plain if one.id in known else None for one in flags)
    return tuple(dict.fromkeys(_sentence(sign) for sign in signs if sign))


def _sentence(words: str) -> str:
    words = words.strip()
    return words[:1].upper() + words[1:] + ("" if words.endswith((".", "!", "?")) else ".")


def _thought(facts: Facts, firmness: Firmness, tests: Sequence[FirstTest]) -> PatientSection:
    plain = [
        (one, facts.knowledge.conditions[one.condition].plain or f"{one.label}.")
        for one in facts.origins
    ]
    if not plain:
        return PatientSection(
            heading="What we think",
            sentences=("We do not know yet where your pain comes from.",),
        )
    sentences = ["We think your pain most likely comes from this:", _sentence(plain[0][1])]
    if not firmness.firm and tests:
        sentences.append("We want to check some things first. The answers may change this plan.")
    else:
        sentences.append("No one can be fully sure. We look again when you come back.")
    if len(plain) > 1:
        sentences.append("It could also be one of these:")
    return PatientSection(
        heading="What we think",
        sentences=tuple(sentences),
        points=tuple(_sentence(text) for _, text in plain[1:4]),
    )


def _doing(facts: Facts, judgements: Sequence[Judgement]) -> Iterable[PatientSection]:
    offered = [one for one in judgements if one.is_offered]
    offered.sort(key=lambda one: (one.status != "recommended", one.treatment.step, -one.worth))
    own = [one for one in offered if one.treatment.role == "patient"]
    others = [one for one in offered if one.treatment.role != "patient"]
    if own:
        yield PatientSection(
            heading="What you can do",
            points=tuple(_sentence(one.treatment.plain) for one in own[:MOST_POINTS]),
        )
    if others:
        yield PatientSection(
            heading="What we can do with you",
            points=tuple(_sentence(one.treatment.plain) for one in others[:MOST_POINTS]),
        )
    later = any(one.status == "not_yet" and one.treatment.step > 1 for one in judgements)
    if later and not any(one.everything for one in facts.holds):
        weeks = review_weeks(facts)
        yield PatientSection(
            heading="What may come later",
            sentences=(
                f"Give this plan {weeks:g} weeks.",
                "If it does not help enough, we talk about the next step.",
                "That may be a shot or, last of all, surgery. Most people do not need it.",
            ),
        )


def _not_doing(judgements: Sequence[Judgement]) -> Iterable[PatientSection]:
    forbidden = [
        one
        for one in judgements
        if one.status == "contraindicated" and one.treatment.kind in ("drug", "physical_agent")
    ]
    if forbidden:
        yield PatientSection(
            heading="What is not safe for you now",
            sentences=("Please do not use these without asking us:",),
            points=tuple(f"{one.treatment.label}." for one in forbidden[:MOST_POINTS]),
        )


def _watching(facts: Facts) -> PatientSection:
    """Signs of today's kind in the painful regions."""
    signs = _warning_signs(facts, SOON)
    return PatientSection(
        heading="Call us the same day if",
        points=signs
        or ("The pain gets much worse.", "You get new weak or numb spots.", "You get a fever."),
    )


def _coming_back(facts: Facts) -> PatientSection:
    weeks = review_weeks(facts)
    day = day_after(facts, weeks)
    when = f"Come back on or before {day}." if day else f"Come back in {weeks:g} weeks."
    return PatientSection(
        heading="When to come back",
        sentences=(when, "Come sooner if it gets worse or if you worry."),
    )


def _hospital(facts: Facts) -> PatientSection:
    signs = _warning_signs(facts, NOW)
    return PatientSection(
        heading="Go to hospital now if",
        points=signs
        or (
            "You cannot pass urine, or you wet or soil yourself.",
            "A leg gets weak or numb fast.",
            "You have chest pain or cannot breathe well.",
        ),
    )


def _warning_signs(facts: Facts, urgencies: Sequence[str]) -> tuple[str, ...]:
    """Plain signs of the red flags that concern the regions of this pain and its origins."""
    knowledge = facts.knowledge
    regions = {
        region
        for pain in facts.case.pain
        if pain.site in knowledge.sites
        for region in knowledge.sites[pain.site].regions
    }
    for one in facts.origins:
        regions.update(knowledge.conditions[one.condition].regions)
    regions.discard("systemic")
    found: list[tuple[int, str]] = []
    for flag in knowledge.red_flags.values():
        condition = knowledge.conditions.get(flag.condition)
        if flag.plain is None or flag.urgency not in urgencies or condition is None:
            continue
        if facts.verdict(flag.rule).truth is False:
            continue  # not for this person: a child's sign, a man's
        shared = regions & set(condition.regions)
        if shared:
            watched = flag.condition in facts.dangers
            found.append((-len(shared) - 10 * watched, _sentence(flag.plain)))
    ordered = dict.fromkeys(text for _, text in sorted(found))
    return tuple(ordered)[:MOST_POINTS]
