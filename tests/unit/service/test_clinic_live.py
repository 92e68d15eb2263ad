"""What if: the answers are those of a whole assessment, in whatever order they are asked for."""

from __future__ import annotations

import threading
from datetime import timedelta
from functools import cache

import msgspec
import pytest

from kinechain.domain.assessment import Assessment, Flag, NotExcluded
from kinechain.domain.record import Fact, Person, StoredAssessment
from kinechain.intake import CaseReading
from kinechain.knowledge import Knowledge, load_knowledge
from kinechain.service.assess import Abandoned, assess, glance, with_flags
from kinechain.service.clinic.carried import Carried
from kinechain.service.clinic.kept import Kept
from kinechain.service.clinic.live import Live
from kinechain.service.clinic.toggles import (
    Toggle,
    UnknownToggle,
    changes,
    entry_of,
    read_toggles,
    supposed,
)
from tests.support.clinic import START, fact, person

DRAWS = 20
FACTS = (
    fact("pain", entry={"site": "knee_medial", "side": "right", "intensity": 6}),
    fact("stiff", key="finding_present", entry={"finding": "stairs_pain", "side": "right"}),
    fact("warm", key="finding_absent", entry={"knee_effusion": "right"}),
    fact("note", key="note", entry="nothing else"),
)
WHAT_IFS: dict[str, tuple[Toggle, ...]] = {
    "a present finding is absent": (Toggle("fact", "stiff", "absent"),),
    "an absent finding is present": (Toggle("fact", "warm", "present"),),
    "a recorded finding is unknown": (Toggle("fact", "stiff", "unknown"),),
    "an open question": (Toggle("node", "knee_crepitus.right", "present"),),
    "its other answer, and a trait": (
        Toggle("node", "knee_crepitus.right", "absent"), Toggle("node", "obesity", "present"),
    ),
    "an alarm": (Toggle("node", "saddle_anaesthesia", "present"),),
}  # fmt: skip


@cache
def knowledge() -> Knowledge:
    return load_knowledge()


@cache
def live() -> Live:
    return Live(knowledge())


@cache
def kept() -> tuple[Person, StoredAssessment]:
    one = person(sex="female", birth_date=START.date() - timedelta(days=60 * 365))
    document, reading = live().read(one, FACTS, START)
    found = assess(reading, knowledge(), draws=DRAWS)
    stored = StoredAssessment(
        id="kept", person=one.id, at=START, by="anna", input_text=document.text,
        program_version=found.program_version, knowledge_version=found.knowledge_version, seed=0,
        draws=DRAWS, result=msgspec.to_builtins(found),
    )  # fmt: skip
    return one, stored


def supposing(toggles: tuple[Toggle, ...]) -> CaseReading:
    one, _ = kept()
    facts = supposed(one.id, FACTS, changes(FACTS, toggles, knowledge()), "anna", START)
    return live().read(one, facts, START)[1]


def points(result: Assessment) -> dict[str, tuple[float, ...]]:
    """Every probability that is no end of an interval, by what it is of."""
    found: dict[str, tuple[float, ...]] = {
        one.id: (one.explains, one.present, one.prior) for one in result.origins
    }
    found |= {one.condition: (one.explains, one.present) for one in result.conditions}
    for site in result.sites:
        found[f"{site.site} {site.side}"] = (site.unexplained,)
        for path in site.paths:
            found[" ".join(path.path)] = (path.fired, path.responsibility)
    return found


@pytest.mark.parametrize("name", WHAT_IFS)
def test_a_glance_has_the_probabilities_of_the_whole(name: str) -> None:
    reading = supposing(WHAT_IFS[name])
    quick = live().glance(reading, kept()[1])
    whole = assess(reading, knowledge(), draws=DRAWS)
    assert points(quick).keys() == points(whole).keys()
    for one, values in points(whole).items():
        assert points(quick)[one] == pytest.approx(values, abs=1e-9, rel=0), one
    assert [one.condition for one in quick.conditions] == [
        one.condition for one in whole.conditions
    ]
    assert quick.red_flags == whole.red_flags
    assert quick.issues == whole.issues
    assert (quick.contributions, quick.next) == ({}, ())


@pytest.mark.parametrize("name", ["an alarm", "a recorded finding is unknown"])
def test_the_whole_is_what_recording_would_give(name: str) -> None:
    toggles, (one, stored) = WHAT_IFS[name], kept()
    new = changes(FACTS, toggles, knowledge())
    recorded = [
        fact(f"new-{number}", key=made.key, entry=made.entry, replaces=made.replaces,
             withdrawn=made.withdrawn)
        for number, made in enumerate(new)
    ]  # fmt: skip
    _, reading = Live(knowledge()).read(one, (*FACTS, *recorded), START)
    later = assess(reading, knowledge(), draws=DRAWS)
    supposed_now = live().full(supposing(toggles), stored)
    assert supposed_now is not None
    assert msgspec.structs.replace(supposed_now, timing_ms={}) == msgspec.structs.replace(
        later, timing_ms={}
    )


def test_answers_do_not_depend_on_what_was_asked_before() -> None:
    fresh, (_, stored) = Live(knowledge()), kept()
    forwards = [live().glance(supposing(one), stored) for one in WHAT_IFS.values()]
    backwards = [fresh.glance(supposing(one), stored) for one in reversed(WHAT_IFS.values())]
    for one, other in zip(forwards, reversed(backwards), strict=True):
        assert points(one) == points(other)


def test_an_alarm_comes_and_goes_with_its_finding() -> None:
    def raised(toggles: tuple[Toggle, ...]) -> set[str]:
        found = live().glance(supposing(toggles), kept()[1])
        return {one.condition for one in found.red_flags if one.status == "raised"}

    assert "cauda_equina_syndrome" not in raised(())
    assert "cauda_equina_syndrome" in raised(WHAT_IFS["an alarm"])


def test_red_flags_can_be_had_alone_and_the_alerts_stay() -> None:
    _, stored = kept()
    before = live().stored(stored)
    alert = Flag(
        id="probability:x", label="x", urgency="same_day", status="raised", basis="probability",
        because=(), action="", sources=(),
    )  # fmt: skip
    alerted = msgspec.structs.replace(
        stored, id="alerted",
        result=msgspec.to_builtins(with_flags(before, (*before.red_flags, alert))),
    )  # fmt: skip
    found = live().flags(supposing(WHAT_IFS["an alarm"]), alerted)
    whole = live().glance(supposing(WHAT_IFS["an alarm"]), stored)
    rules = [one for one in whole.red_flags if one.basis == "rule"]
    assert [one for one in found.red_flags if one != alert] == rules
    assert alert in found.red_flags
    assert found.conditions == before.conditions


def test_triage_answers_when_the_network_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError

    fresh = Live(knowledge())
    monkeypatch.setattr(fresh, "_infer", fails)
    found = fresh.glance(supposing(WHAT_IFS["an alarm"]), kept()[1])
    assert any(one.condition == "cauda_equina_syndrome" for one in found.red_flags)
    assert found.conditions == ()
    assert any("could not be computed" in one.message for one in found.issues)


def test_carried_intervals_hold_the_point_and_are_as_wide_as_before() -> None:
    _, stored = kept()
    before = live().stored(stored)
    same = live().glance(supposing(()), stored)
    for one, other in zip(before.conditions, same.conditions, strict=True):
        assert (other.low, other.high) == pytest.approx((one.low, one.high), abs=1e-6)
    moved = live().glance(supposing(WHAT_IFS["an open question"]), stored)
    assert all(one.low <= one.explains <= one.high for one in moved.conditions)
    assert all(one.low <= one.explains <= one.high for one in moved.origins)


def test_a_danger_stays_not_excluded_until_its_interval_is_computed() -> None:
    _, stored = kept()
    before = live().stored(stored)
    danger = knowledge().conditions["cauda_equina_syndrome"].danger
    assert danger is not None
    threshold = danger.threshold.value
    was = NotExcluded(
        condition="cauda_equina_syndrome", label="", probability=threshold, ask=(),
        high=2 * threshold, threshold=threshold,
    )  # fmt: skip
    found = glance(
        supposing(()), knowledge(),
        spread=Carried(msgspec.structs.replace(before, not_excluded=(was,))),
    )  # fmt: skip
    (listed,) = (one for one in found.not_excluded if one.condition == was.condition)
    assert listed.probability < threshold <= listed.high


def test_what_nobody_waits_for_is_not_worked_out() -> None:
    _, stored = kept()
    assert live().full(supposing(()), stored, lambda: False) is None
    stages: list[str] = []

    def twice() -> bool:
        stages.append("asked")
        return len(stages) < 3

    assert live().full(supposing(()), stored, twice) is None
    assert len(stages) == 3


def test_a_checkpoint_is_no_failure_of_the_inference() -> None:
    def stop(stage: str) -> None:
        if stage == "intervals":
            raise Abandoned

    with pytest.raises(Abandoned):
        assess(supposing(()), knowledge(), draws=DRAWS, checkpoint=stop)


def test_only_the_newest_question_of_a_page_is_wanted() -> None:
    first, second = live().asked("page", 1), live().asked("page", 2)
    late, elsewhere = live().asked("page", 1), live().asked("other page", 1)
    assert [one.wanted() for one in (first, second, late, elsewhere)] == [False, True, False, True]


def test_quick_answers_of_a_page_are_worked_out_one_at_a_time() -> None:
    question, inside, waited = live().asked("turns", 1), threading.Event(), threading.Event()

    def next_one() -> None:
        with live().asked("turns", 2):
            inside.set()

    with question:
        other = threading.Thread(target=next_one)
        other.start()
        assert not inside.wait(0.2)
        waited.set()
    assert inside.wait(10)
    other.join()


def test_toggles_become_what_would_be_recorded() -> None:
    toggles = (
        Toggle("fact", "stiff", "present"), Toggle("fact", "warm", "unknown"),
        Toggle("node", "knee_crepitus.right", "unknown"), Toggle("node", "obesity", "absent"),
    )  # fmt: skip
    found = changes(FACTS, toggles, knowledge())
    assert [(one.key, one.entry, one.replaces, one.withdrawn) for one in found] == [
        ("finding_absent", None, "warm", True),
        ("finding_absent", "obesity", None, False),
    ]


@pytest.mark.parametrize(
    "toggle",
    [
        Toggle("fact", "nothing", "present"),
        Toggle("fact", "pain", "absent"),
        Toggle("node", "no_such_finding", "present"),
        Toggle("node", "knee_osteoarthritis.right", "present"),
        Toggle("node", "<script>", "unknown"),
    ],
)
def test_only_findings_can_be_switched(toggle: Toggle) -> None:
    with pytest.raises(UnknownToggle):
        changes(FACTS, (toggle,), knowledge())


def test_a_fact_that_was_replaced_cannot_be_switched() -> None:
    corrected: tuple[Fact, ...] = (*FACTS, fact("again", key="finding_absent", replaces="stiff"))
    with pytest.raises(UnknownToggle):
        changes(corrected, (Toggle("fact", "stiff", "absent"),), knowledge())


def test_toggles_are_read_from_a_form() -> None:
    fields = [
        ("csrf", "x"),
        ("fact.a.b", "absent"),
        ("node.x.l4_5.left", "present"),
        ("fact.", "?"),
    ]
    assert read_toggles(fields) == (
        Toggle("fact", "a.b", "absent"), Toggle("node", "x.l4_5.left", "present"),
    )  # fmt: skip
    with pytest.raises(UnknownToggle):
        read_toggles([("fact.a", "perhaps")])


def test_a_node_is_written_as_a_case_file_takes_it() -> None:
    for node in knowledge().graph.nodes:
        if node.kind in ("finding", "trait"):
            entry = entry_of(node.id, knowledge())
            assert entry == node.template or entry["finding"] == node.template


def test_the_oldest_result_goes_first() -> None:
    kept_ones: Kept[int, str] = Kept(2)
    for number in (1, 2):
        kept_ones.put(number, str(number))
    assert kept_ones.of(1, lambda: "made") == "1"
    kept_ones.put(3, "3")
    assert (kept_ones.get(2), kept_ones.get(1), kept_ones.get(3)) == (None, "1", "3")
