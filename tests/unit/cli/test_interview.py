"""The interview in the terminal: piped answers, commands, saving, what is never overwritten."""

from __future__ import annotations

import importlib
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kinechain.cli import main
from kinechain.cli.interview_file import case_file
from kinechain.cli.output import Refusal
from kinechain.domain.interview import Question
from kinechain.intake import parse_case
from kinechain.knowledge import load_knowledge

module = importlib.import_module("kinechain.cli.interview")  # the command has the same name
OPENING = ["58", "f", "front of the left knee", "6 weeks", "slowly", "aching", "4", "primary care"]


@pytest.fixture(autouse=True)
def in_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: object) -> None:
    """Every test in a folder of its own; the closing assessment is an invented one."""
    monkeypatch.chdir(tmp_path)


def talk(*replies: str, name: str | None = "x.yaml", options: tuple[str, ...] = ()) -> Result:
    words = ["interview", *options, *([name] if name else [])]
    return CliRunner().invoke(main, words, input="".join(f"{one}\n" for one in replies))


def case_in(name: str):
    reading = parse_case(Path(name).read_bytes(), load_knowledge(), name)
    assert not reading.has_errors
    return reading.case


def test_piped_answers_are_saved_at_the_end_of_the_input() -> None:
    done = talk(*OPENING)
    assert done.exit_code == 0, done.output
    assert "Saved: x.yaml" in done.output
    case = case_in("x.yaml")
    assert (case.age_years, case.sex, case.setting) == (58, "female", "primary_care")
    assert [(pain.site, pain.side) for pain in case.pain] == [("knee_anterior", "left")]
    assert "WHAT CANNOT WAIT" in done.output
    assert "The full report: kinechain assess x.yaml" in done.output
    assert "An invented flag" in done.output
    assert "Arthritis" in done.output


def test_commands(tmp_path: Path) -> None:
    done = talk("58", "m", "back", "left calf", "list", "why", "help", "change 1 61", "change 9",
                "change 1", "62", "undo", "undo", "soon", "save", "2 weeks", "quit")  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "is not known" in done.output  # a place called back: low or mid?
    assert "1. How old is the person? 58" in done.output
    assert "takes the last step back" in done.output
    assert "There is no answer 9" in done.output
    case = case_in("x.yaml")
    assert case.age_years == 58
    assert case.pain[0].duration_weeks == 2


def test_discard_writes_nothing() -> None:
    done = talk("58", "discard")
    assert done.exit_code == 0
    assert not Path("x.yaml").exists()


def test_nothing_answered_writes_nothing() -> None:
    done = talk()
    assert done.exit_code == 0
    assert "nothing is written" in done.output
    assert not Path("x.yaml").exists()


def test_a_new_name_is_found_without_one() -> None:
    Path("case.yaml").write_text("pain: [low_back]\n", encoding="utf-8")
    assert "Saved: case-2.yaml" in talk("58", name=None).output
    assert Path("case.yaml").read_text(encoding="utf-8") == "pain: [low_back]\n"


def test_it_goes_on_from_a_file_and_keeps_it() -> None:
    text = "# mine\nage: 58\nsex: female\npain:\n- {site: low_back}\ndrugs: [ibuprofen]\nnote: x\n"
    Path("x.yaml").write_text(text, encoding="utf-8")
    Path("x.yaml").chmod(0o640)
    done = talk("3 weeks")
    assert done.exit_code == 0
    written = Path("x.yaml").read_text(encoding="utf-8")
    assert written.startswith("# mine\nage: 58\nsex: female\n")
    assert written.endswith("drugs: [ibuprofen]\nnote: x\n")
    assert case_in("x.yaml").pain[0].duration_weeks == 3
    assert stat.S_IMODE(Path("x.yaml").stat().st_mode) == 0o640
    assert not [path for path in Path().iterdir() if path.name != "x.yaml"]


def test_an_alarm_is_told_at_once() -> None:
    text = (
        "age: 45\nsex: male\nsetting: primary_care\npain:\n"
        "- {site: low_back, duration: 3 weeks, onset: gradual, quality: aching, intensity: 5}\n"
        "- {site: thigh_posterior, side: left, duration: 3 weeks, onset: gradual, quality: aching,"
        " intensity: 5}\n"
    )
    Path("x.yaml").write_text(text, encoding="utf-8")
    done = talk("1")
    place = done.output.index("! ")
    assert place < done.output.index("Saved")
    assert "emergency now" in done.output[place:]


def test_control_c_saves(monkeypatch: pytest.MonkeyPatch) -> None:
    replies = iter(["58", "f"])

    def reply(self: object) -> str:
        try:
            return next(replies)
        except StopIteration:
            raise KeyboardInterrupt from None

    monkeypatch.setattr(module.Talk, "_reply", reply)
    done = talk()
    assert done.exit_code == module.STOPPED
    assert "Saved: x.yaml" in done.output
    assert "age: 58" in Path("x.yaml").read_text(encoding="utf-8")


def test_a_case_with_errors_is_left_alone() -> None:
    Path("x.yaml").write_text("pain: [low_back]\nfindngs: {}\n", encoding="utf-8")
    done = talk("58")
    assert done.exit_code == 2
    assert "left as it is" in done.output
    assert Path("x.yaml").read_text(encoding="utf-8") == "pain: [low_back]\nfindngs: {}\n"


@pytest.mark.parametrize("name", ["nowhere/x.yaml", "folder"])
def test_where_nothing_can_be_written_nothing_is_asked(name: str) -> None:
    Path("folder").mkdir()
    done = talk("58", name=name)
    assert done.exit_code == 2
    assert "How old" not in done.output


def test_bytes_that_are_no_text_are_refused() -> None:
    Path("x.yaml").write_bytes(b"\xff\xfe\x00pain")
    done = talk("58")
    assert done.exit_code == 2
    assert "UTF-8" in done.output


def test_a_file_changed_meanwhile_is_not_overwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["58"])

    def reply(self: object) -> str | None:
        found = next(answers, None)
        Path("x.yaml").write_text("pain: [neck]\n", encoding="utf-8")
        return found

    monkeypatch.setattr(module.Talk, "_reply", reply)
    done = talk()
    assert done.exit_code == 2
    assert "another program" in done.output
    assert "age: 58" in done.output  # nothing that was answered is lost
    assert Path("x.yaml").read_text(encoding="utf-8") == "pain: [neck]\n"


def test_a_failed_write_leaves_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("x.yaml").write_text("age: 1\n", encoding="utf-8")
    file = case_file("x.yaml")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("kinechain.cli.interview_file.os.fsync", full)
    with pytest.raises(Refusal, match="No space left"):
        file.save("age: 2\n")
    assert Path("x.yaml").read_text(encoding="utf-8") == "age: 1\n"
    assert [path.name for path in Path().iterdir()] == ["x.yaml"]


def test_a_link_stays_a_link() -> None:
    Path("real.yaml").write_text("age: 1\n", encoding="utf-8")
    Path("x.yaml").symlink_to("real.yaml")
    case_file("x.yaml").save("age: 2\n")
    assert Path("x.yaml").is_symlink()
    assert Path("real.yaml").read_text(encoding="utf-8") == "age: 2\n"


def test_enough_goes_on_to_the_next_part() -> None:
    done = talk(*OPENING, "enough", "enough", "quit")
    assert done.output.index("\nHISTORY") > done.output.index("WHAT CANNOT WAIT")


def test_how_a_question_is_shown() -> None:
    question = Question(key="x", stage="history", expects="choice", text="Which?",
                        why="because it matters", choices=("one_thing", "other"))  # fmt: skip
    lines = "\n".join(module.asked(question, 3))
    assert "3. Which?" in lines
    assert "(1 one thing, 2 other) Why: it matters." in lines
