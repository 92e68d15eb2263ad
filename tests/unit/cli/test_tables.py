"""`kinechain knowledge tables` and `fit`, on a folder of two conditions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kinechain.knowledge import knowledge as module
from kinechain.knowledge.fitted import FILE, read_fitted
from tests.support.folder import write_folder
from tests.unit.cli.conftest import Run


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the program takes for the shipped knowledge."""
    here = tmp_path / "data"
    write_folder(here)
    study = json.loads((here / "studies/smith2001.yaml").read_text(encoding="utf-8"))
    share = {"id": "share", "kind": "share", "label": "Strains", "condition": ["strain"],
             "people": {"complaint": ["knee"]}, "share": {"value": 0.9, "n": 200},
             "where": "abstract"}  # fmt: skip
    other = study | {"id": "jones1999", "rows": [share]}
    (here / "studies/jones1999.yaml").write_text(json.dumps(other), encoding="utf-8")
    monkeypatch.setattr(module, "DATA", here)
    return here


def test_every_row_is_printed_beside_the_network(run: Run) -> None:
    done = run("knowledge", "tables")
    assert done.exit_code == 0, done.output
    text = words(done.stdout)
    for part in ("smith2001", "jones1999", "The sign", "Strains", "nobody knows what was counted",
                 "4 values; 1 of them are printed and not counted"):  # fmt: skip
        assert part in text


def rows(run: Run, *options: str) -> list[tuple[str, str]]:
    done = run("knowledge", "tables", "--json", *options)
    assert done.exit_code == 0, done.output
    return [(one["study"], one["measure"]) for one in json.loads(done.stdout)["rows"]]


def test_as_json(run: Run) -> None:
    found = json.loads(run("knowledge", "tables", "--json", "--outside").stdout)
    assert set(found) == {"knowledge_version", "studies_version", "rows", "summary"}
    [share] = [one for one in found["rows"] if one["measure"] == "share"]
    assert share["published"] == 0.9
    assert share["inside"] is False
    assert share["low"] < 0.9 < share["high"]
    assert share["reason"].startswith("rests on ")
    assert {one["kind"] for one in found["summary"]} == {"share", "single", "all"}


def test_one_study(run: Run) -> None:
    assert rows(run, "--study", "jones1999") == [("jones1999", "share")]


def test_one_condition(run: Run) -> None:
    assert rows(run, "--condition", "arthritis") == [
        ("smith2001", "sensitivity"),
        ("smith2001", "specificity"),
    ]
    assert rows(run, "--condition", "strain") == [("jones1999", "share")]


def test_only_what_is_outside(run: Run) -> None:
    done = run("knowledge", "tables", "--outside")
    assert "Strains" in done.stdout
    assert "nobody knows what was counted" not in done.stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--study", "jones2000"), "no study called 'jones2000'"),
        (("--condition", "tumour"), "no study row is about a condition called 'tumour'"),
        (("--study", "jones1999", "--condition", "arthritis"), "called 'arthritis'"),
    ],
)
def test_an_unknown_id_is_refused(run: Run, options: tuple[str, ...], said: str) -> None:
    done = run("knowledge", "tables", *options)
    assert done.exit_code == 2
    assert said in words(done.stderr)
    assert not done.stdout


def test_the_refusals_tell_where_all_are_named(run: Run) -> None:
    done = run("knowledge", "tables", "--study", "jones2000")
    assert "kinechain knowledge tables --json" in words(done.stderr)
    done = run("knowledge", "tables", "--condition", "tumour")
    assert "kinechain knowledge coverage" in words(done.stderr)


def test_studies_that_are_wrong_are_refused(run: Run, folder: Path) -> None:
    (folder / "studies/smith2001.yaml").write_text("id: smith2001\n", encoding="utf-8")
    done = run("knowledge", "tables")
    assert done.exit_code == 2
    assert "studies/smith2001.yaml" in words(done.stderr)


def test_a_fit_is_written_where_it_is_wanted(run: Run, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    done = run("knowledge", "fit", "--out", path, "--steps", 3)
    assert done.exit_code == 0, done.output
    assert not (folder / FILE).exists()
    path.rename(tmp_path / FILE)
    found = read_fitted(tmp_path)
    assert found is not None
    assert found.provenance.steps <= 3
    assert f"{len(found.values)} figures moved" in words(done.stdout)
    text = done.stdout.upper()
    assert text.index("BEFORE THE FIT") < text.index("AFTER THE FIT")


def test_a_fit_is_used_unless_the_entered_figures_are_wanted(run: Run, folder: Path) -> None:
    def version(*options: str) -> str:
        return json.loads(run("knowledge", "tables", "--json", *options).stdout)[
            "knowledge_version"
        ]

    before = version()
    assert run("knowledge", "fit").exit_code == 0
    assert (folder / FILE).exists()
    assert version() != before
    assert version("--entered") == before


def test_no_steps_move_nothing(run: Run, folder: Path) -> None:
    done = run("knowledge", "fit", "--steps", 0)
    assert "0 figures moved" in words(done.stdout)
    found = read_fitted(folder)
    assert found is not None
    assert found.values == {}


def test_a_place_that_cannot_be_written_to_is_told_with_a_remedy(run: Run, tmp_path: Path) -> None:
    done = run("knowledge", "fit", "--steps", 0, "--out", tmp_path / "nowhere" / "fitted.yaml")
    assert done.exit_code == 2
    assert "--out" in done.stderr
