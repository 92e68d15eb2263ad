"""`kinechain gait observations`: what is confirmed reaches the case, and nothing else changes."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import kinechain.service.gait
from kinechain.cli import main
from kinechain.domain.case import Observation
from kinechain.gait.observations.deviations import Deviation
from kinechain.gait.observations.quality import Quality
from kinechain.intake import parse_case
from kinechain.intake.entries import KEYS
from kinechain.intake.names import Names
from kinechain.knowledge import load_knowledge
from kinechain.service.gait import GaitRequest, analyse_gait
from kinechain.service.gait.case_text import Line, with_line
from kinechain.service.gait.observations import CaseError, Offer, person_of, write
from tests.unit.cli.conftest import Run
from tests.unit.service.remembered import remembered

Here = Callable[..., Result]
NAME = "pelvic_drop_gait"
PAIN = "pain: [low_back]\n"


@pytest.fixture
def sample(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that `kinechain gait sample` makes, and the current one."""
    monkeypatch.chdir(tmp_path)
    done = run("gait", "sample", "walks")
    assert done.exit_code == 0, done.output
    return tmp_path / "walks"


@pytest.fixture
def ask(sample: Path, monkeypatch: pytest.MonkeyPatch) -> Here:
    """Runs the command on the walk whose pelvis drops, with the given answers."""
    monkeypatch.setattr(kinechain.service.gait, "analyse_gait", remembered)

    def asked(*words: object, answers: str = "") -> Result:
        walk, forces = sample / "dropping_walk.trc", sample / "dropping_walk_grf.mot"
        given = ["gait", "observations", walk, "--forces", forces, "--case", sample / "case.yaml"]
        return CliRunner().invoke(main, [str(one) for one in (*given, *words)], input=answers)

    return asked


def observed(path: Path) -> dict[tuple[str, str], Observation]:
    reading = parse_case(path.read_bytes(), load_knowledge(), path.name)
    assert not reading.has_errors, reading.issues
    return {(one.finding, one.side): one for one in reading.case.observations}


def test_the_sample_and_what_is_true_of_it(sample: Path, run: Run) -> None:
    done = run("gait", "analyse", sample / "dropping_walk.trc", "--json",
               "--forces", sample / "dropping_walk_grf.mot")  # fmt: skip
    values = {(one["name"], one["side"]): one["mean"]
              for one in json.loads(done.stdout)["parameters"]}  # fmt: skip
    truth = (sample / "dropping_walk.yaml").read_text(encoding="utf-8")
    assert "pelvic_drop_peak: 11.0" in truth
    assert values["pelvic_drop_peak", "left"] == pytest.approx(11.0, abs=0.5)
    assert values["gait_speed", "both"] == pytest.approx(0.75, abs=0.01)
    again = run("gait", "sample", sample)
    assert again.exit_code == 2
    assert "is left as it is" in again.stderr
    assert run("gait", "sample", sample / "case.yaml").exit_code == 2
    assert run("gait", "sample", sample / "no" / "folder").exit_code == 2


def test_only_what_is_confirmed_is_written(sample: Path, ask: Here) -> None:
    case = sample / "case.yaml"
    before = case.read_text(encoding="utf-8")
    done = ask(
        "--by", "Dr. A", "--on", "2026-11-20", answers="perhaps\nyes\n\nyes\nno\nyes\nquit\n"
    )
    assert done.exit_code == 0, done.output
    assert "Answer yes, no or quit" in done.output
    assert "norm 4.27 (2.17) deg" in done.output
    found = observed(case)
    speed = found["gait_speed_slow", "midline"]
    assert (speed.state, speed.on, speed.by) == ("present", date(2026, 11, 20), "Dr. A")
    assert found[NAME, "left"].state == "present"
    assert (NAME, "right") not in found
    assert ("shortened_stride", "midline") not in found
    assert {one.state for one in found.values()} == {"present", "absent"}
    after = case.read_text(encoding="utf-8")
    left = [line for line in after.splitlines() if line not in before.splitlines()]
    assert len(left) == 3
    assert [line for line in after.splitlines() if line not in left] == before.splitlines()


@pytest.mark.skipif("derived_from" not in KEYS, reason="a case file has no key for the origin")
def test_the_origin_is_kept(sample: Path, ask: Here) -> None:
    ask("--confirm", NAME)
    assert observed(sample / "case.yaml")[NAME, "left"].derived_from == "gait"


@pytest.mark.parametrize("answers", ["", "no\n" * 20, "quit\n"])
def test_without_a_confirmation_nothing_is_written(sample: Path, ask: Here, answers: str) -> None:
    before = (sample / "case.yaml").read_bytes()
    done = ask(answers=answers)
    assert done.exit_code == 0, done.output
    assert "Nothing is written." in done.output
    assert (sample / "case.yaml").read_bytes() == before


def test_after_ctrl_c_nothing_is_written(
    sample: Path, ask: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    replies = iter(["yes\n"])

    def broken_off() -> str:
        try:
            return next(replies)
        except StopIteration:
            raise KeyboardInterrupt from None

    before = (sample / "case.yaml").read_bytes()
    from kinechain.cli import gait_observations

    monkeypatch.setattr(gait_observations, "_asked", lambda _: broken_off().strip())
    done = ask()
    assert done.exit_code == 130
    assert "nothing is written" in done.output
    assert (sample / "case.yaml").read_bytes() == before
    assert sys.stdin is not None


def test_confirmed_by_name(sample: Path, ask: Here) -> None:
    wrong = ask("--confirm", f"{NAME}.left,no_such")
    assert wrong.exit_code == 2
    assert "'no_such' is not offered" in wrong.stderr
    assert (NAME, "left") not in observed(sample / "case.yaml")
    assert ask("--confirm", f"{NAME}.left").exit_code == 0
    assert (NAME, "left") in observed(sample / "case.yaml")
    done = ask("--confirm", "all")
    assert done.exit_code == 0
    assert "The case says so already: present left" in done.output
    found = observed(sample / "case.yaml")
    assert found[NAME, "right"].state == "present"
    assert found["stance_time_asymmetry", "midline"].state == "absent"
    last = ask("--confirm", "all")
    assert "Nothing is written." in last.output


def test_what_the_case_says_otherwise_is_not_overwritten(sample: Path, ask: Here) -> None:
    case = sample / "case.yaml"
    text = case.read_text(encoding="utf-8").replace(
        "    - hip_rom_limited: left\n",
        "    - {finding: pelvic_drop_gait, side: both, by: Dr. B}  # seen by me\n"
        "    - hip_rom_limited: left\n",
    )
    case.write_text(text, encoding="utf-8")
    done = ask("--confirm", f"{NAME}.left")
    assert "The case says otherwise: absent left by Dr. B" in done.output
    assert "--replace would replace it" in done.output
    assert case.read_text(encoding="utf-8") == text
    asked = ask(answers="no\nno\nyes\nquit\n")
    assert "Replace that in the case?" in asked.output
    found = observed(case)
    assert found[NAME, "left"].state == "present"
    right = found[NAME, "right"]
    assert (right.state, right.by) == ("absent", "Dr. B"), "the other side stays as it was"
    after = case.read_text(encoding="utf-8")
    assert "# - {finding: pelvic_drop_gait, side: both, by: Dr. B}  # seen by me" in after
    assert ask("--confirm", f"{NAME}.right", "--replace").exit_code == 0
    assert observed(case)[NAME, "right"].state == "present"


def test_a_poor_recording_offers_nothing(
    sample: Path, ask: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kinechain.gait.observations import deviations

    monkeypatch.setattr(kinechain.service.gait, "analyse_gait", analyse_gait)
    monkeypatch.setattr(deviations, "judge", lambda _: Quality(("The heel is not seen.",)))
    before = (sample / "case.yaml").read_bytes()
    done = ask("--confirm", "all")
    assert done.exit_code == 1
    assert "Nothing is offered: The heel is not seen." in done.output
    assert (sample / "case.yaml").read_bytes() == before


def test_wrong_use(sample: Path, ask: Here, run: Run) -> None:
    for words, said in (
        (("--age", 30), "The case says age 58, --age says 30"),
        (("--sex", "male"), "The case says sex female, --sex says male"),
        (("--on", "yesterday"), "must be a date"),
        (("--by", "a\nb"), "printable"),
    ):
        done = ask(*words, "--confirm", "all")
        assert done.exit_code == 2, done.output
        assert said in done.stderr
    walk = sample / "synthetic_walk.c3d"
    missing = run("gait", "observations", walk, "--case", sample / "none.yaml")
    assert missing.exit_code == 2
    assert "kinechain case new" in missing.stderr
    assert not (sample / "none.yaml").exists()
    (sample / "wrong.yaml").write_text("pain: [low_back]\nfindings: {present: [nonsense]}\n")
    wrong = run("gait", "observations", walk, "--case", sample / "wrong.yaml", "--confirm", "all")
    assert wrong.exit_code == 2
    assert "has errors and is left as it is" in wrong.stderr
    (sample / "later.yaml").write_text(PAIN + "as_of: 2026-11-01\n")
    later = run("gait", "observations", walk, "--case", sample / "later.yaml",
                "--on", "2026-11-02")  # fmt: skip
    assert later.exit_code == 2
    assert "after the day of the case" in later.stderr


def test_the_person_is_the_cases() -> None:
    case = parse_case("pain: [low_back]\nage: 58\nsex: female\nheight: 1.7 m\nweight: 70 kg\n",
                      load_knowledge()).case  # fmt: skip
    asked = person_of(GaitRequest(Path("a.c3d"), mass_kg=71.0), case)
    assert (asked.age_years, asked.sex, asked.height_m, asked.mass_kg) == (58, "female", 1.7, 71)


def test_the_day_matters_after_a_treatment(sample: Path, ask: Here) -> None:
    case = sample / "case.yaml"
    text = case.read_text(encoding="utf-8")
    case.write_text(
        text + "treatments:\n  - {treatment: exercise therapy, response: partial, on: 2026-09-01}\n"
    )
    assert "Give --on" in ask().output
    done = ask("--on", "2026-10-01", "--confirm", NAME)
    assert done.exit_code == 0, done.output
    assert "Give --on" not in done.output
    assert "not used as evidence" in " ".join(done.output.split())
    assert NAME in case.read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_assessment_takes_it_up(sample: Path, ask: Here, run: Run) -> None:
    def trochanteric() -> float:
        done = run("assess", sample / "case.yaml", "--json", "--draws", 1)
        assert done.exit_code == 0, done.output
        conditions = json.loads(done.stdout)["conditions"]
        return next(one["explains"] for one in conditions
                    if one["condition"] == "greater_trochanteric_pain_syndrome")  # fmt: skip

    before = trochanteric()
    assert ask("--confirm", f"{NAME}.left", "--on", "2026-11-20").exit_code == 0
    assert trochanteric() > before + 0.01


# --- layouts of a case file


def offer(present: bool = True, side: str = "left") -> Offer:
    deviation = Deviation(
        NAME, side, present, 11.0, "deg", None, "", 3.1, "rule", "likelihood",  # type: ignore[arg-type]
    )  # fmt: skip
    return Offer(f"{NAME}.{side}", "Pelvic drop", deviation, "new", ())


LAYOUTS = {
    "no findings": PAIN,
    "no line end": "pain: [low_back]",
    "empty findings": f"findings:   # to come\n{PAIN}",
    "null": f"findings: ~\n{PAIN}",
    "other state only": f"{PAIN}findings:\n  absent:\n    - fever   # asked\n\n# the end\n",
    "empty list": f"findings:\n  present:\n  absent:\n    - fever\n{PAIN}",
    "empty brackets": f"findings:\n  present: []\n{PAIN}",
    "list": f"findings:\n  present:\n    - fever   # 38.5\n    # more?\n  absent: []\n{PAIN}",
    "dashes not indented": f"findings:\n  present:\n  - fever\n  absent:\n  - clonus\n{PAIN}",
    "brackets": f"findings:\n  present: [fever, paraesthesia: left]   # both\n{PAIN}",
    "brackets on lines": f"findings:\n  present: [\n    fever,  # asked\n  ]\n{PAIN}",
    "braces": f"findings: {{present: [fever]}}\n{PAIN}",
    "braces without the state": f"findings: {{absent: [fever]}}\n{PAIN}",
    "all in braces": "{pain: [low_back], findings: {absent: [fever]}}\n",
    "no findings in braces": "{pain: [low_back]}\n",
    "names below": f"findings:\n  present:\n    knee_effusion: right  # big\n    fever:\n{PAIN}",
    "names in braces": f"findings:\n  present: {{knee_effusion: right}}\n{PAIN}",
    "one word": f"findings:\n  present: fever   # 38.5\n{PAIN}",
    "another word": f"Findings:\n    Positive:\n        -   fever\n{PAIN}",
    "several lines": f"findings:\n  present:\n    - finding: knee_effusion\n      side: right\n"
    f"    - fever\n{PAIN}",
    "windows": f"findings:\r\n  present:\r\n    - fever\r\n{PAIN}".replace("]\n", "]\r\n"),
    "unicode": f"note: Schmerz – Hüfte 🦵\nfindings:\n  present: [fever]\n{PAIN}",
}  # fmt: skip


@cache
def ordered() -> Names:
    return Names(load_knowledge())


def names_of(_: object) -> Names:
    return ordered()


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """The names of the knowledge are put in order once for many readings."""
    reader = importlib.import_module("kinechain.intake.read_case")  # a function has the same name
    monkeypatch.setattr(reader, "Names", names_of)


@pytest.mark.usefixtures("quickly")
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("present", [True, False], ids=["present", "absent"])
def test_layouts(layout: str, present: bool) -> None:
    knowledge = load_knowledge()
    text = LAYOUTS[layout]
    chosen = [offer(present), offer(present, "right")]
    written = write(text, chosen, knowledge, "case", "walk.c3d", by='O\'Neil: "x", #1').text
    before, after = parse_case(text, knowledge), parse_case(written, knowledge)
    assert not after.has_errors
    added = [one for one in after.case.observations if one.finding == NAME]
    state = "present" if present else "absent"
    assert {(one.side, one.state, one.by) for one in added} == {
        ("left", state, 'O\'Neil: "x", #1'), ("right", state, 'O\'Neil: "x", #1'),
    }  # fmt: skip
    assert set(after.case.observations) - set(added) == set(before.case.observations)
    for line in text.splitlines():
        assert all(part.strip() in written for part in line.split("#")[1:]), "comments stay"
    assert ("\r\n" in text) == ("\r\n" in written)
    assert written.count("\n") - written.count("\r\n") == 0 or "\r\n" not in text


@pytest.mark.usefixtures("quickly")
@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts_of_what_is_replaced(layout: str) -> None:
    knowledge = load_knowledge()
    text = with_line(
        LAYOUTS[layout].replace("\r\n", "\n"), Line(NAME, "absent", "left", by="B", comment="old")
    )
    before = parse_case(text, knowledge).case.observations
    (said,) = [one for one in before if one.finding == NAME]
    chosen = Offer(f"{NAME}.left", "x", offer().deviation, "other", (said,))
    after = parse_case(write(text, [chosen], knowledge, "case", "w").text, knowledge)
    (now,) = [one for one in after.case.observations if one.finding == NAME]
    assert (now.state, now.by) == ("present", None)
    assert set(before) - {said} == set(after.case.observations) - {now}


def test_what_cannot_be_added_to_is_told() -> None:
    text = PAIN + "findings:\n  present: |\n    fever\n  absent: &x [fever]\n"
    with pytest.raises(CaseError, match="by hand"):
        write(text, [offer(), offer(present=False, side="right")], load_knowledge(), "c", "w")
