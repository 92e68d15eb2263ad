"""`kinechain knowledge check`, `coverage` and `show`."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from kinechain.knowledge import load_knowledge
from kinechain.knowledge.knowledge import DATA
from kinechain.knowledge.read import FOLDERS
from tests.unit.cli.conftest import Run


def words(text: str) -> str:
    return " ".join(text.split())


def test_check_of_a_broken_folder_ends_with_1(run: Run, tmp_path: Path) -> None:
    for folder in ("levels", "quantities"):
        shutil.copytree(DATA / folder, tmp_path / folder)
    (tmp_path / "levels" / "l3.yaml").write_text("id: l3\n", encoding="utf-8")
    done = run("knowledge", "check", "--folder", tmp_path)
    assert done.exit_code == 1
    assert "levels/l3.yaml" in done.stdout
    assert "1 errors, 0 warnings" in done.stdout


def test_check_of_the_shipped_knowledge(run: Run) -> None:
    done = run("knowledge", "check")
    assert re.search(r"^\d+ errors, \d+ warnings$", done.stdout, re.MULTILINE)
    assert done.exit_code == (0 if "\n0 errors" in f"\n{done.stdout}" else 1)


def test_coverage_lists_every_condition(run: Run) -> None:
    done = run("knowledge", "coverage")
    assert done.exit_code == 0
    for name in load_knowledge().conditions:
        assert re.search(rf"^{name}\b", done.stdout, re.MULTILINE)
    assert f"In all {len(load_knowledge().conditions)} conditions" in words(done.stdout)


def test_coverage_as_json(run: Run) -> None:
    found = json.loads(run("knowledge", "coverage", "--json").stdout)
    assert found["knowledge_version"] == load_knowledge().version
    assert len(found["conditions"]) == len(load_knowledge().conditions)
    assert {"figures", "studies", "judgements", "sources", "missing", "reviewed_on"} <= set(
        found["conditions"][0]
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("lumbar_disc_herniation", ["kind: condition", "HOW COMMON", "WHAT IT BRINGS ABOUT",
                                    "nerve_root_irritation", "odds ratio of"]),
        ("cauda_equina_syndrome", ["DANGER", "one acts from a probability of", "RED FLAGS"]),
        ("straight_leg_raise", ["kind: finding, exam", "WHAT BRINGS IT ABOUT",
                                "nerve_tension_sign (link)", "LEAK"]),
        ("saddle_anaesthesia", ["RED FLAGS ABOUT IT", "ces_bladder_bowel_saddle"]),
        ("nerve_root_irritation", ["kind: link, nerve", "WHAT IT BRINGS ABOUT",
                                   "lumbar_disc_herniation (condition)"]),
        ("knee_anterior", ["kind: painful site", "WHAT BRINGS IT ABOUT"]),
        ("obesity", ["kind: trait", "WHOSE ODDS IT MULTIPLIES", "knee_osteoarthritis"]),
        ("ces_bladder_bowel_saddle", ["kind: red flag", "RULE", "SOURCES"]),
        ("temperature", ["kind: quantity", "plausible: 30 to 44"]),
        ("l4_5", ["kind: level", "lumbar_disc_herniation"]),
        ("spine_clinic", ["kind: setting", "ODDS OF CONDITIONS"]),
        ("oral_nsaid", ["kind: treatment, drug", "STATEMENTS", "CONTRAINDICATIONS"]),
        ("nprs", ["kind: instrument", "SCALES", "licence"]),
        ("vanderwindt2010cochrane", ["kind: source", "WHAT CITES IT", "address:"]),
    ],
)  # fmt: skip
def test_show(run: Run, name: str, said: list[str]) -> None:
    done = run("knowledge", "show", name)
    assert done.exit_code == 0
    text = words(done.stdout)
    assert text.startswith(name)
    for one in said:
        assert one in text
    assert "{level}" not in text.splitlines()[0].split("kind:")[0]


@pytest.mark.parametrize("folder", FOLDERS)
def test_everything_can_be_shown(run: Run, folder: str) -> None:
    group = getattr(load_knowledge(), folder)
    for name in list(group)[:: max(1, len(group) // 6)]:
        assert run("knowledge", "show", name).exit_code == 0, name


def test_an_unknown_thing(run: Run) -> None:
    done = run("knowledge", "show", "lumbar_disk_herniation")
    assert done.exit_code == 2
    assert "lumbar_disc_herniation" in done.stderr
