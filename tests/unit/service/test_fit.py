"""The fit of a whole folder: from its files to ``fitted.yaml`` and back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kinechain.inference.template import template_of
from kinechain.knowledge.fitted import FILE, addresses, write_fitted
from kinechain.knowledge.knowledge import read_knowledge
from kinechain.knowledge.read import FOLDERS
from kinechain.knowledge.studies import read_studies
from kinechain.service.fit import SMALLEST_MOVE, Fitting, figure_names, fit_knowledge
from kinechain.service.published_tables import tables
from tests.support.folder import write_folder

SEEN = 1
"""A seed with which the folder's one study is not held out."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_folder(tmp_path)
    return tmp_path


def fitted(folder: Path, **options: int) -> Fitting:
    studies, version, issues = read_studies(folder / "studies")
    assert not issues
    return fit_knowledge(folder, studies, version, **{"seed": SEEN, **options})


def test_the_network_comes_closer_to_the_study(folder: Path) -> None:
    found = fitted(folder)
    assert found.misfit[-1] < found.misfit[0]
    assert found.fitted.values
    before, after = (
        {one.measure: one.network for one in part.rows} for part in (found.before, found.after)
    )
    assert before["sensitivity"] is not None
    assert after["sensitivity"] is not None
    assert abs(after["sensitivity"] - 0.8) < abs(before["sensitivity"] - 0.8)
    provenance = found.fitted.provenance
    assert provenance.knowledge == read_knowledge(folder, fitted=False).version
    assert (provenance.rows_fitted, provenance.rows_held_out) == (2, 0)
    assert provenance.steps == len(found.misfit) - 1 > 0


def test_the_file_gives_the_same_network_and_the_same_tables(folder: Path) -> None:
    found = fitted(folder)
    write_fitted(found.fitted, folder / FILE)
    again = read_knowledge(folder)
    studies, version, _ = read_studies(folder / "studies")
    for one, other in zip(found.after.rows, tables(again, studies, version).rows, strict=True):
        assert (one.network or 0) == pytest.approx(other.network or 0, rel=1e-12)
        assert (one.network is None) == (one.row == "odd")
    entered = read_knowledge(folder, fitted=False)
    things = ({name: getattr(one, name) for name in FOLDERS} for one in (entered, again))
    old, new = map(addresses, things)
    for address, estimate in new.items():
        move = found.fitted.values.get(address)
        assert estimate.value == (move.fitted if move else old[address].value)
        assert estimate.entered == (old[address].value if move else None)
        assert estimate.low <= estimate.value <= estimate.high


def test_the_fit_starts_from_what_was_entered(folder: Path) -> None:
    first = fitted(folder)
    write_fitted(first.fitted, folder / FILE)
    assert fitted(folder) == first


def test_small_moves_are_not_written(folder: Path) -> None:
    figures = template_of(read_knowledge(folder)).figures
    names = figure_names(read_knowledge(folder))
    moves = fitted(folder).fitted.values
    for name, entered, spread in zip(names, figures.scaled(), figures.spread(), strict=True):
        if name in moves:
            value = moves[name].fitted
            assert abs(np.log(value / (1 - value)) - entered) > SMALLEST_MOVE / 2
            assert len(f"{value:.10g}") <= 14
        assert spread > 0


def test_no_steps_move_nothing(folder: Path) -> None:
    found = fitted(folder, steps=0)
    assert found.fitted.values == {}
    assert found.fitted.provenance.steps == 0
    assert [one.network for one in found.before.rows] == [one.network for one in found.after.rows]


def test_progress_is_told(folder: Path) -> None:
    told: list[str] = []
    studies, version, _ = read_studies(folder / "studies")
    fit_knowledge(folder, studies, version, seed=SEEN, steps=1, tell=told.append)
    assert told[0] == "row 0 of 2"
    assert told[-1].startswith("step 1, misfit ")
