"""External-loads files: columns and bodies, and a table that lies elsewhere than they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from kinechain.gait.errors import ModelError
from kinechain.gait.io.external_loads import read_external_loads
from kinechain.gait.io.forces import Columns
from tests.support.real_gait import REAL, needs_recordings

LOADS = """<OpenSimDocument Version="30000"><ExternalLoads name="x"><objects>
  <ExternalForce name="right"><applied_to_body>/bodyset/calcn_r</applied_to_body>
    <force_expressed_in_body>ground</force_expressed_in_body>
    <point_expressed_in_body>ground</point_expressed_in_body>
    <force_identifier>r_v</force_identifier><point_identifier>r_p</point_identifier>
    <torque_identifier>r_m</torque_identifier></ExternalForce>
  <ExternalForce name="off"><isDisabled>true</isDisabled></ExternalForce>
  <ExternalForce name="old"><appliesForce>false</appliesForce></ExternalForce>
  </objects><datafile>walk.mot</datafile></ExternalLoads></OpenSimDocument>"""


def written(folder: Path, text: str) -> Path:
    path = folder / "loads.xml"
    path.write_text(text, encoding="utf-8")
    (folder / "walk.mot").write_text("a table", encoding="utf-8")
    return path


def test_columns_bodies_and_table(tmp_path: Path) -> None:
    found = read_external_loads(written(tmp_path, LOADS))
    assert found.columns == (Columns("right", "r_v", "r_p", "r_m"),)
    assert found.bodies == ("calcn_r",)
    assert found.forces == tmp_path / "walk.mot"
    assert found.notes == ()


@pytest.mark.parametrize(
    "said",
    ["../ExpData/walk.mot", "C:\\Users\\Anna\\walk.mot", "/nowhere/walk.mot", "..\\walk.mot"],
)
def test_a_table_beside_the_file_is_used_with_a_note(said: str, tmp_path: Path) -> None:
    found = read_external_loads(written(tmp_path, LOADS.replace(">walk.mot", f">{said}")))
    assert found.forces == tmp_path / "walk.mot"
    assert "'walk.mot' beside loads.xml is used" in found.notes[0]


def test_a_table_in_another_folder_is_found_with_either_separator(tmp_path: Path) -> None:
    path = written(tmp_path, LOADS.replace(">walk.mot", ">data\\grf.mot"))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "grf.mot").write_text("a table", encoding="utf-8")
    found = read_external_loads(path)
    assert found.forces == tmp_path / "data" / "grf.mot"
    assert found.notes == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (LOADS.replace("<force_identifier>r_v", "<force_identifier>Unassigned"),
         r"ExternalForce\[right\]: <force_identifier> is missing"),
        (LOADS.replace("<point_identifier>r_p", "<point_identifier>"),
         r"ExternalForce\[right\]: <point_identifier> is missing"),
        (LOADS.replace("/bodyset/calcn_r", ""), "<applied_to_body> is missing"),
        (LOADS.replace("<force_expressed_in_body>ground", "<force_expressed_in_body>tibia_r"),
         "<force_expressed_in_body> must be ground. Got 'tibia_r'. Express"),
        (LOADS.replace("<point_expressed_in_body>ground", "<point_expressed_in_body>calcn_r"),
         "<point_expressed_in_body> must be ground. Got 'calcn_r'. Express"),
        (LOADS.replace(">walk.mot", ">no.mot"), "neither at 'no.mot' nor beside.*Put 'no.mot'"),
        (LOADS.replace(">walk.mot", f">{'x' * 5000}.mot"), "neither at"),
        (LOADS.replace(">walk.mot", ">."), "neither at"),
        (LOADS.replace(">walk.mot", ">"), "<datafile> is missing"),
        (LOADS.replace("<ExternalForce name=\"right\">",
                       "<ExternalForce name=\"right\"><isDisabled>true</isDisabled>"),
         "no <ExternalForce> that is switched on"),
        (LOADS.replace("true", "maybe"), "<isDisabled> is 'maybe'. Write true or false"),
        ("<OpenSimDocument/>", "<ExternalLoads> is missing"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_remedy(text: str, says: str, tmp_path: Path) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ModelError, match=f"(?s){says}") as caught:
        read_external_loads(path)
    assert str(path) in caught.value.where
    assert caught.value.remedy


@needs_recordings
def test_a_published_file_that_points_elsewhere_is_read() -> None:
    assert REAL is not None
    found = read_external_loads(REAL / "opensim_rajagopal_walk" / "grf_walk.xml")
    assert found.bodies == ("calcn_r", "calcn_l")
    assert "ExpData" in found.notes[0]
