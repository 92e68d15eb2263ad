"""Persons in whom a treatment is favoured, and random persons, for the laws of care."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

import msgspec
from hypothesis import strategies as st

from kinechain.domain.assessment import ConditionResult, Flag
from kinechain.domain.care import Treatment
from kinechain.domain.case import Case, Measurement, Observation, Pain, Score, TriedTreatment
from kinechain.knowledge import Knowledge, load_knowledge
from kinechain.service.assess import red_flags
from tests.support.care import (
    EXERCISE,
    Record,
    assessed,
    failed_trial,
    flag,
    open_danger,
    question,
    result_of,
)


class Wish(msgspec.Struct, frozen=True):
    """What must be recorded so that something holds: facts by kind and name."""

    facts: tuple[tuple[str, str, Any], ...] = ()

    def and_(self, kind: str, name: str, value: Any) -> Iterator[Wish]:
        """This and one more fact, unless they contradict each other."""
        old = [fact for fact in self.facts if fact[:2] == (kind, name)]
        if kind in ("age", "duration") and old:  # ranges are narrowed
            low = max(old[0][2][0], value[0])
            high = min(old[0][2][1], value[1])
            rest = tuple(fact for fact in self.facts if fact not in old)
            if low < high:
                yield Wish((*rest, (kind, name, (low, high))))
        elif not old:
            yield Wish((*self.facts, (kind, name, value)))
        elif old[0][2] == value:
            yield self


def wishes(rule: dict[str, Any], wish: Wish = Wish(), *, want: bool = True) -> Iterator[Wish]:  # noqa: B008
    """All simple ways in which a rule comes out as wanted."""
    match rule:
        case {"all": of}:
            yield from _every(of, wish, want=True) if want else _one_of(of, wish, want=False)
        case {"any": of}:
            yield from _one_of(of, wish, want=True) if want else _every(of, wish, want=False)
        case {"at_least": {"count": count, "of": of}}:
            yield from _every(of[:count] if want else of, wish, want=want)
        case {"not": part}:
            yield from wishes(part, wish, want=not want)
        case {"age": bounds}:
            yield from _range(wish, "age", bounds, 18.0, 90.0, want=want)
        case {"duration": bounds}:
            yield from _range(wish, "duration", bounds, 0.5, 500.0, want=want)
        case {"value": bounds}:
            low = bounds.get("at_least", bounds.get("below", 1000.0) / 2)
            low = low if want else bounds.get("at_least", 0.0) / 2 or bounds["below"] * 2
            yield from wish.and_("value", bounds["quantity"], low)
        case {"tried": what}:
            if want:
                name = what["treatments"][0]
                answer = next(iter(what.get("response", ("none",))))
                yield from wish.and_("tried", name, (max(13.0, what.get("weeks", 0)), answer))
            else:
                yield wish
        case {"intensity": _}:
            yield wish
        case _:
            (kind,) = [key for key in rule if key not in ("side", "level")]
            yield from wish.and_(kind, rule[kind], want)


def _every(of: list[dict[str, Any]], wish: Wish, *, want: bool) -> Iterator[Wish]:
    if not of:
        yield wish
        return
    for first in wishes(of[0], wish, want=want):
        yield from _every(of[1:], first, want=want)


def _one_of(of: list[dict[str, Any]], wish: Wish, *, want: bool) -> Iterator[Wish]:
    for part in of:
        yield from wishes(part, wish, want=want)


def _range(
    wish: Wish, kind: str, bounds: Mapping[str, float], low: float, high: float, *, want: bool
) -> Iterator[Wish]:
    least = bounds.get("at_least", bounds.get("at_least_weeks"))
    most = bounds.get("below", bounds.get("at_most_weeks"))
    if want:
        yield from wish.and_(kind, kind, (least or 0.5, most or high))
    elif least is not None:
        yield from wish.and_(kind, kind, (0.5, least))
    elif most is not None:
        yield from wish.and_(kind, kind, (most + 1, high))


def person_with(wish: Wish, **more: Any) -> Case:
    """A person of whom all this is recorded, with strong pain in the low back at least."""
    facts: dict[str, dict[str, Any]] = {}
    for kind, name, value in wish.facts:
        facts.setdefault(kind, {})[name] = value
    low, high = facts.get("age", {}).get("age", (40.0, 60.0))
    weeks = facts.get("duration", {}).get("duration", (4.0, 8.0))
    sites = [name for name, there in facts.get("site", {}).items() if there] or ["low_back"]
    tried = facts.get("tried", {})
    given: dict[str, Any] = {
        "id": "favoured",
        "age_years": low if low >= 18 else (low + high) / 2,
        "sex": next((name for name, is_ in facts.get("sex", {}).items() if is_), None),
        "pain": tuple(
            Pain(site=name, intensity=8.0, duration_weeks=weeks[0],
                 onset=next(iter(facts.get("onset", {})), None))
            for name in sites
        ),
        "drawing_complete": False in facts.get("site", {}).values(),
        "observations": tuple(
            Observation(finding=name, state="present" if there else "absent")
            for name, there in facts.get("finding", {}).items()
        ),
        "measurements": tuple(
            Measurement(quantity=name, value=value)
            for name, value in facts.get("value", {}).items()
        ),
        "drugs": tuple(name for name, taken in facts.get("drug", {}).items() if taken),
        "factors": tuple(name for name, there in facts.get("factor", {}).items() if there),
        "factors_absent": tuple(n for n, there in facts.get("factor", {}).items() if not there),
        "known_conditions": tuple(n for n, there in facts.get("condition", {}).items() if there),
        "treatments": tuple(
            TriedTreatment(treatment=name, id=name, weeks=length, response=answer)
            for name, (length, answer) in tried.items()
        ),
    }  # fmt: skip
    return Case(**{**given, **more})


def favouring(one: Treatment, known: Knowledge) -> Iterator[Record]:
    """Persons in whom everything speaks for a treatment: one for each way in which it may."""
    trial = (failed_trial(),) if one.step > 1 and one.id != EXERCISE else ()
    for words in one.statements:
        if words.direction != "for" or words.superseded_by is not None:
            continue
        rules = [rule for rule in (words.when, one.gate.rule if one.gate else None) if rule]
        phases = {words.phase, one.phase} - {"any"}
        length = (
            (30.0, 500.0) if "persistent" in phases else (4.0, 11.0) if phases else (4.0, 400.0)
        )
        start = next(Wish().and_("duration", "duration", length))
        for place, wish in enumerate(_every(rules, start, want=True)):
            if place == 4:
                break
            for name in words.conditions:
                case = person_with(wish)
                more = (*case.known_conditions, name) if name in one.emergency_for else None
                case = msgspec.structs.replace(
                    case,
                    treatments=(*case.treatments, *trial),
                    known_conditions=more or case.known_conditions,
                )
                yield case, assessed(case, result_of(name, 0.9))


@cache
def base_results() -> dict[str, ConditionResult]:
    """Every condition of the shipped knowledge with hardly any probability."""
    return {name: result_of(name, 0.002) for name in load_knowledge().conditions}


@cache
def favoured() -> tuple[tuple[str, Case], ...]:
    """Treatments of the shipped knowledge, each with a person in whom all speaks for it."""
    known = load_knowledge()
    found: list[tuple[str, Case]] = []
    for one in known.treatments.values():
        for place, (case, assessment) in enumerate(favouring(one, known)):
            if place == 6:
                break
            found.append((assessment.conditions[0].condition, case))
    return tuple(found)


def _some(names: Iterable[str], most: int) -> st.SearchStrategy[list[str]]:
    listed = sorted(set(names))
    if not listed:
        return st.just([])
    return st.lists(st.sampled_from(listed), unique=True, max_size=most)


chances = st.one_of(
    st.sampled_from([0.0, 0.07, 0.08, 0.15, 0.3, 0.5, 0.7, 0.99, 1.0]), st.floats(0, 1)
)


@st.composite
def tried(draw: st.DrawFn, names: list[str]) -> TriedTreatment:
    """A treatment that was tried, with any part of what there is to record."""
    name = draw(st.sampled_from(names))
    return TriedTreatment(
        treatment=name,
        id=draw(st.sampled_from([name, name, name, None])),
        response=draw(
            st.sampled_from(["none", "none", "partial", "complete", "worse", "unknown", None])
        ),
        weeks=draw(st.sampled_from([None, 0.0, 2.0, 5.9, 6.0, 8.0, 12.0, 26.0])),
        on=draw(st.sampled_from([None, date(2026, 1, 5), date(2026, 1, 5), date(2026, 6, 1)])),
        relief_percent=draw(st.sampled_from([None, None, 0.0, 29.0, 30.0, 80.0])),
        relief_weeks=draw(st.sampled_from([None, None, 2.0, 12.0, 20.0])),
    )


@st.composite
def records(draw: st.DrawFn) -> Record:
    """Any person and any assessment, sensible or not, with the shipped knowledge.

    Most are a person in whom all speaks for some treatment, with this and that beside it
    which may speak against it, so that the rules are met at their borders.
    """
    known = load_knowledge()
    told, case = draw(st.sampled_from(favoured()))
    if draw(st.integers(0, 5)) == 5:
        case = person_with(Wish())
    spoken = [
        one for one in known.treatments.values()
        if any(told in words.conditions for words in one.statements)
    ]  # fmt: skip
    spoken = draw(st.lists(st.sampled_from(spoken), max_size=4, unique_by=lambda one: one.id))
    tests = [*known.findings, *known.traits]
    factors = draw(_some([c.factor for one in spoken for c in one.contraindications], 2))
    factors += draw(_some(known.health_factors, 2))
    taken = draw(_some([i.drug_class for one in spoken for i in one.interactions], 1))
    taken += draw(_some(known.drug_classes, 2))
    allergies = draw(_some([name for one in spoken for name in one.drug_classes], 1))
    allergies += draw(_some(known.drug_classes, 1))
    seen = draw(_some(tests, 6))
    sites = draw(_some(known.sites, 2))
    most = draw(st.sampled_from([None, 3.0, 11.9, 12.0, 60.0]))
    dangerous = [name for name, one in known.conditions.items() if one.danger is not None]
    named = [c.condition for one in spoken for c in one.cautions]
    diagnosed = draw(_some([*dangerous, told, *named], 1)) if draw(st.booleans()) else []
    treated = draw(st.lists(tried([EXERCISE, "yoga", *(o.id for o in spoken), *known.treatments]),
                            max_size=3))  # fmt: skip
    had = draw(st.sampled_from(["kept", "kept", "lost"]))
    case = msgspec.structs.replace(
        case,
        id="random",
        as_of=draw(st.sampled_from([None, date(2026, 11, 22)])),
        age_years=draw(st.sampled_from([case.age_years, None, 9.0, 30.0, 65.0, 85.0])),
        sex=draw(st.sampled_from([case.sex, None, "female", "male"])),
        height_m=draw(st.sampled_from([None, 1.7])),
        weight_kg=draw(st.sampled_from([None, 60.0, 95.0])),
        complaint=draw(st.sampled_from(["new", "longstanding"])),
        pain=case.pain + tuple(
            Pain(
                site=name,
                side=draw(st.sampled_from(["left", "right", "both", "midline", "unknown"])),
                intensity=draw(st.sampled_from([None, 0.0, 4.0, 10.0])),
                duration_weeks=most,
            )
            for name in sites
        ),
        drawing_complete=draw(st.booleans()),
        observations=case.observations + tuple(
            Observation(
                finding=name,
                state=draw(st.sampled_from(["present", "absent"])),
                side=draw(st.sampled_from(["left", "right", "both", "midline", "unknown"])),
                likelihood_ratio=draw(st.sampled_from([None, None, None, 2.0])),
            )
            for name in seen
        ),
        measurements=case.measurements + tuple(
            Measurement(quantity=name, value=draw(st.sampled_from([0.5, 5.0, 20.0, 35.0, 170.0])))
            for name in draw(_some(known.quantities, 2))
        ),
        known_conditions=tuple(dict.fromkeys((*case.known_conditions, *diagnosed))),
        drugs=tuple(dict.fromkeys((*case.drugs, *with_wider(taken, known)))),
        allergies=with_wider(allergies, known),
        factors=tuple(dict.fromkeys((*case.factors, *factors))),
        factors_absent=tuple(draw(_some(known.health_factors, 2))),
        treatments=(*treated, *(case.treatments if had == "kept" else ())),
        scores=tuple(
            Score(instrument=name, scale=known.instruments[name].main_scale, value=3.0,
                  on=date(2026, 1, 5))
            for name in draw(_some(known.instruments, 2))
        ),
    )  # fmt: skip
    likely = {
        told: draw(chances),
        **{name: draw(chances) for name in draw(_some(known.conditions, 3))},
    }
    present = {name: max(value, draw(chances)) for name, value in likely.items()}
    results = {**base_results()}
    for name, value in likely.items():
        results[name] = result_of(name, value, present[name])
    true = red_flags(case, known) if draw(st.booleans()) else ()
    flags = [one for one in true if draw(st.booleans())]
    near = [one.id for one in known.red_flags.values() if one.condition in named]
    for name in draw(_some(near, 1)) + draw(_some(known.red_flags, 1)):
        if name not in {one.id for one in flags} and draw(st.booleans()):
            flags.append(flag_named(name, known, draw(st.sampled_from(["rule", "probability"]))))
    raised = {one.condition for one in flags if one.status == "raised"}
    doubtful = dict.fromkeys([*draw(_some(named, 2)), *draw(_some(dangerous, 4))])
    following = [
        question(
            {name: (likely[name], draw(chances)) for name in draw(_some(likely, 2))},
            {name: (likely[name], draw(chances)) for name in draw(_some(likely, 2))},
            finding=test, id=test, label=test.replace("_", " "),
            burden=draw(st.integers(0, 4)), chance=draw(chances),
        )
        for test in draw(_some(known.findings, 3))
    ]  # fmt: skip
    return case, assessed(
        case,
        *results.values(),
        flags=flags,
        dangers=[open_danger(name) for name in doubtful if name not in raised],
        following=following,
    )


def with_wider(classes: Iterable[str], known: Knowledge) -> tuple[str, ...]:
    """Classes of drugs with all those that they lie within, as intake hands them on."""
    found: dict[str, None] = {}
    waiting = list(classes)
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found[name] = None
            waiting += known.drug_classes[name].within
    return tuple(found)


def flag_named(name: str, known: Knowledge, basis: str) -> Flag:
    """A red flag of the knowledge, raised."""
    one = known.red_flags[name]
    return flag(one.condition, one.urgency, basis=basis, name=name)


def shuffled(case: Case, random: Any) -> Case:
    """The same person with everything recorded in another order."""
    lists = ("pain", "observations", "measurements", "known_conditions", "drugs", "treatments",
             "allergies", "factors", "factors_absent", "scores")  # fmt: skip
    other = {}
    for name in lists:
        listed = list(getattr(case, name))
        random.shuffle(listed)
        other[name] = tuple(listed)
    return msgspec.structs.replace(case, **other)
