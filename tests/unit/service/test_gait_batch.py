"""A batch of recordings: what belongs together, what survives, what the table holds."""

from __future__ import annotations

import csv
import dataclasses
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from kinechain.gait.errors import GaitError
from kinechain.gait.parameters.profile_score import Profile
from kinechain.knowledge import load_knowledge
from kinechain.service.gait import GaitRequest, analyse_gait, batch
from kinechain.service.gait.batch import Batch, BatchResult, run_batch
from kinechain.service.gait.batch_files import find_recordings, options_hash
from kinechain.service.gait.batch_journal import Journal
from kinechain.service.gait.results_table import (
    COLUMNS,
    Outcome,
    check_table,
    values_of,
    write_table,
)
from kinechain.service.gait.workers import Broken, WorkersError, each_apart
from tests.house.tree import ROOT
from tests.unit.service.obedient import not_ready, obey, ready
from tests.unit.service.remembered import remembered

SAMPLE = ROOT / "src" / "kinechain" / "data" / "gait_samples" / "synthetic_walk.c3d"


def outcome(name: str = "a.c3d", **more: object) -> Outcome:
    given = {"recording": name, "sha256": "s", "inputs": "i", "options": "o", "status": "analysed",
             "program_version": "0", "knowledge_version": "k", **more}  # fmt: skip
    return Outcome(**given)  # type: ignore[arg-type]


# --- what belongs together


@pytest.mark.parametrize(
    ("beside", "taken"),
    [
        (["walk_grf.mot", "walk_external_forces.xml"], "walk_external_forces.xml"),
        (["walk_grf.sto", "Walk-GRF.mot"], "Walk-GRF.mot"),
        (["walk.forces"], "walk.forces"),
        (["walk.mot", "walk_ik.mot", "walk2_grf.mot", "grf_walk.mot", "walk.xml"], None),
    ],
)
def test_forces_beside_a_recording(tmp_path: Path, beside: list[str], taken: str | None) -> None:
    for name in ["walk.trc", *beside]:
        (tmp_path / name).touch()
    (found,) = find_recordings(tmp_path, "*.trc")
    assert (found.forces.name if found.forces else None) == taken


def test_markers_in_the_name_do_not_count(tmp_path: Path) -> None:
    for name in ("std_walk_markers.trc", "std_walk_grfs.sto"):
        (tmp_path / name).touch()
    (found,) = find_recordings(tmp_path)
    assert found.forces is not None
    assert found.forces.name == "std_walk_grfs.sto"


def test_recordings_are_found_at_any_depth(tmp_path: Path) -> None:
    (tmp_path / "p1" / "s2").mkdir(parents=True)
    (tmp_path / ".hidden").mkdir()
    for name in ("b.C3D", "p1/a.trc", "p1/s2/a.c3d", "._b.c3d", ".hidden/x.c3d", "notes.txt"):
        (tmp_path / name).touch()
    (tmp_path / "folder.c3d").mkdir()
    assert [one.name for one in find_recordings(tmp_path)] == ["b.C3D", "p1/a.trc", "p1/s2/a.c3d"]
    assert [one.name for one in find_recordings(tmp_path, "s2/*.c3d")] == ["p1/s2/a.c3d"]
    with pytest.raises(GaitError, match="pattern"):
        find_recordings(tmp_path, "/abs/*")
    with pytest.raises(GaitError, match="not a folder"):
        find_recordings(tmp_path / "none")


def test_what_is_asked_changes_the_hash(tmp_path: Path) -> None:
    names = tmp_path / "names.yaml"
    names.write_text("markers: {A: c7}", encoding="utf-8")
    asked = GaitRequest(tmp_path / "a.c3d", names=names)
    first = options_hash(asked, "k")
    assert options_hash(GaitRequest(tmp_path / "b.c3d", names=names), "k") == first
    assert options_hash(asked, "other knowledge") != first
    names.write_text("markers: {B: c7}", encoding="utf-8")
    assert options_hash(asked, "k") != first


# --- the journal


def test_a_line_cut_short_is_taken_off(tmp_path: Path) -> None:
    table = tmp_path / "r.parquet"
    with closing(Journal(table)) as journal:
        journal.add(outcome("a.c3d"))
        journal.add(outcome("b.c3d"))
    path = journal.path
    path.write_bytes(path.read_bytes()[:-20])
    with closing(Journal(table)) as journal:
        assert journal.holds("a.c3d", "i", "o")
        assert not journal.holds("b.c3d", "i", "o")
        journal.add(outcome("c.c3d"))
    with closing(Journal(table)) as journal:
        assert [one.recording for one in journal.outcomes(["a.c3d", "b.c3d", "c.c3d"])] == [
            "a.c3d", "c.c3d",
        ]  # fmt: skip


def test_what_the_journal_holds(tmp_path: Path) -> None:
    with closing(Journal(tmp_path / "r.parquet")) as journal:
        journal.path.write_bytes(b"no journal\n\xff\xfe\n")
    with closing(Journal(tmp_path / "r.parquet")) as journal:
        journal.add(outcome())
        assert journal.holds("a.c3d", "i", "o")
        assert not journal.holds("a.c3d", "changed", "o")
        assert not journal.holds("a.c3d", "i", "changed")
        journal.add(outcome(status="failed", what="memory"))
        assert not journal.holds("a.c3d", "i", "o"), "it is to be tried again"
        (last,) = journal.outcomes(["a.c3d"])
        assert last.what == "memory"
        with pytest.raises(GaitError, match="Another batch"):
            Journal(tmp_path / "r.parquet")


# --- processes


@pytest.mark.slow
def test_one_task_takes_no_other_with_it() -> None:
    words = ["a", "die", "b", "fail", "c", "hang", "d"]
    start = time.monotonic()
    found = dict(each_apart(obey, words, 2, 1.0, ready))
    assert list(map(str, sorted(found))) == sorted(words)
    for word in "abcd":
        assert str(found[word]).startswith(f"{word} in ")
        assert str(os.getpid()) not in str(found[word])
    broken = {word: one.what for word, one in found.items() if isinstance(one, Broken)}
    assert set(broken) == {"die", "fail", "hang"}
    assert "memory" in broken["die"]
    assert "status 1" in broken["fail"]
    assert "1 s" in broken["hang"]
    assert time.monotonic() - start < 30


@pytest.mark.slow
def test_a_process_that_never_starts_ends_the_batch() -> None:
    with pytest.raises(WorkersError, match="status 3"):
        list(each_apart(obey, ["a"], 1, 1.0, not_ready))


# --- the batch

Told = Callable[[Outcome], None]


def nothing(_: object) -> None:
    """Nobody is told."""


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Recordings are analysed in this process; the names of those that are."""
    names: list[str] = []

    def each(work, tasks: Sequence, *_: object) -> Iterator:
        for task in tasks:
            names.append(task.found.name)
            yield task, work(task)

    monkeypatch.setattr(batch, "each_apart", each)
    monkeypatch.setattr(batch, "analyse_gait", remembered)
    return names


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two good recordings, and one that was cut off."""
    made = tmp_path / "recordings"
    (made / "second").mkdir(parents=True)
    shutil.copy(SAMPLE, made / "a.c3d")
    shutil.copy(SAMPLE, made / "second" / "b.c3d")
    (made / "cut.c3d").write_bytes(SAMPLE.read_bytes()[:50_000])
    return made


def run(folder: Path, told: Told = nothing, **more: object) -> BatchResult:
    asked = GaitRequest(folder, **more)  # type: ignore[arg-type]
    table = folder.parent / "r.parquet"
    return run_batch(Batch(find_recordings(folder), asked, table, jobs=1), nothing, told)


def table_of(folder: Path) -> list[tuple]:
    path = folder.parent / "r.parquet"
    return duckdb.sql(f"select * from '{path}' order by all").fetchall()


def test_the_table_holds_what_the_analysis_says(folder: Path, here: list[str]) -> None:
    result = run(folder, age_years=50.0)
    assert (result.counts, result.kept) == ({"analysed": 2, "refused": 1}, 0)
    table = folder.parent / "r.parquet"
    described = duckdb.sql(f"describe select * from '{table}'").fetchall()
    assert [(one[0], one[1]) for one in described] == [(one.name, one.kind) for one in COLUMNS]
    wanted = values_of(analyse_gait(GaitRequest(SAMPLE, age_years=50.0), load_knowledge()))
    found = duckdb.sql(
        f"select parameter, side, value, sd, n, unit, norm_mean, norm_sd, z from '{table}' "
        "where recording = 'second/b.c3d'"
    ).fetchall()
    assert found == [
        (one.parameter, one.side, one.value, one.sd, one.n, one.unit, one.norm_mean,
         one.norm_sd, one.z) for one in wanted
    ]  # fmt: skip
    assert len({(one.parameter, one.side) for one in wanted}) == len(wanted), "tidy"
    (speed,) = [one for one in wanted if one.parameter == "gait_speed"]
    assert speed.value == pytest.approx(1.25, abs=0.01)
    assert speed.z is not None
    ((status, where, what, remedy, quality),) = duckdb.sql(
        "select status, error_where, error_what, error_remedy, quality "
        f"from '{table}' where recording = 'cut.c3d'"
    ).fetchall()
    assert (status, quality) == ("refused", None)
    assert "cut.c3d" in where
    assert what
    assert remedy
    assert result.rows == 2 * len(wanted) + 1


def test_only_what_is_new_or_changed_is_done(folder: Path, here: list[str]) -> None:
    run(folder)
    first = table_of(folder)
    assert len(here) == 3
    assert run(folder).kept == 3
    assert len(here) == 3, "a refused file stays refused"
    assert table_of(folder) == first
    shutil.copy(SAMPLE, folder / "cut.c3d")
    assert run(folder).counts == {"analysed": 3}
    assert here[3:] == ["cut.c3d"]
    assert run(folder, age_years=70.0).kept == 0
    (folder / "a.c3d").unlink()
    assert run(folder, age_years=70.0).kept == 2
    assert {row[0] for row in table_of(folder)} == {"cut.c3d", "second/b.c3d"}


def test_a_run_that_was_broken_off_goes_on(folder: Path, here: list[str]) -> None:
    def broken_off(_: Outcome) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(folder, told=broken_off)
    assert not (folder.parent / "r.parquet").exists()
    assert run(folder).kept == 1
    in_two = table_of(folder)
    (folder.parent / "r.parquet.journal").unlink()
    run(folder)
    assert table_of(folder) == in_two


def test_a_fault_of_the_program_is_tried_again(
    folder: Path, here: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def faulty(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(batch, "analyse_gait", faulty)
        result = run(folder)
    assert result.counts == {"failed": 3}
    assert "ZeroDivisionError" in (result.faults[0].what or "")
    assert run(folder).counts == {"analysed": 2, "refused": 1}


def test_a_poor_recording_keeps_its_values(
    folder: Path, here: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from kinechain.gait.observations import deviations
    from kinechain.gait.observations.quality import Quality

    monkeypatch.setattr(batch, "analyse_gait", analyse_gait)
    monkeypatch.setattr(deviations, "judge", lambda _: Quality(("Too few strides.",)))
    assert run(folder).counts == {"poor": 2, "refused": 1}
    rows = duckdb.sql(
        f"select distinct status, quality, quality_reasons from '{folder.parent / 'r.parquet'}' "
        "where parameter = 'gait_speed'"
    ).fetchall()
    assert rows == [("poor", "poor", "Too few strides.")]


def test_scores_are_rows_too() -> None:
    found = remembered(GaitRequest(SAMPLE), load_knowledge())
    profile = Profile({("left", "knee_flexion"): 5.0}, 6.0, float("nan"), 7.0, (), "ours")
    rows = {(one.parameter, one.side): one.value
            for one in values_of(dataclasses.replace(found, profile=profile))}  # fmt: skip
    assert rows["gait_profile_score", "left"] == 6.0
    assert rows["gait_profile_score", "right"] is None
    assert rows["gait_variable_score_knee_flexion", "left"] == 5.0


# --- the table


def test_the_table_is_whole_or_as_before(tmp_path: Path) -> None:
    path = tmp_path / "it's a [table].parquet"
    assert write_table(path, [outcome()]) == 1
    before = path.read_bytes()

    def breaking() -> Iterator[Outcome]:
        yield outcome("b.c3d")
        raise OSError("the journal is gone")

    with pytest.raises(OSError, match="journal is gone"):
        write_table(path, breaking())
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_the_table_as_text(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    write_table(path, [outcome('naïve, "walk".c3d', what="line\nbreak")])
    with path.open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["recording"] == 'naïve, "walk".c3d'
    assert row["error_what"] == "line\nbreak"
    assert row["value"] == ""


def test_a_table_that_cannot_be_written_is_told_first(tmp_path: Path) -> None:
    with pytest.raises(GaitError, match=r"\.parquet or \.csv"):
        check_table(tmp_path / "r.xlsx")


def test_the_columns_are_documented() -> None:
    page = (ROOT / "docs/reference/gait-files.md").read_text(encoding="utf-8")
    for one in COLUMNS:
        assert f"| `{one.name}` | {one.text} |" in page
