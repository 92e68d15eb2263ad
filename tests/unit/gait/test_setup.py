"""Set-up files of OpenSim's inverse kinematics are understood."""

from __future__ import annotations

from pathlib import Path

import pytest

from kinechain.gait.errors import ModelError
from kinechain.gait.model.setup import read_kinematics_setup

IK = """<OpenSimDocument Version="30000"><InverseKinematicsTool name="walk"><IKTaskSet><objects>
  <IKMarkerTask name="heel"><apply>true</apply><weight>10</weight></IKMarkerTask>
  <IKMarkerTask name="toe"><apply>false</apply><weight>3</weight></IKMarkerTask>
  <IKCoordinateTask name="knee"><apply>true</apply><weight>1000</weight>
    <value_type>manual_value</value_type><value>0.1</value></IKCoordinateTask>
  </objects></IKTaskSet><time_range> 0.4 1.6</time_range>
  <coordinate_file>Unassigned</coordinate_file></InverseKinematicsTool></OpenSimDocument>"""


def written(folder: Path, text: str) -> Path:
    path = folder / "setup.xml"
    path.write_text(text, encoding="utf-8")
    return path


def test_tasks_and_weights(tmp_path: Path) -> None:
    setup = read_kinematics_setup(written(tmp_path, IK))
    assert setup.weights == {"heel": 10.0}
    assert setup.time_range_s == (0.4, 1.6)
    assert setup.coordinate_file == ""
    (task,) = setup.tasks
    assert (task.coordinate, task.weight, task.target, task.value) == (
        "knee", 1000.0, "manual_value", 0.1,
    )  # fmt: skip


def test_without_a_time_range_all_frames_count(tmp_path: Path) -> None:
    text = IK.replace("<time_range> 0.4 1.6</time_range>", "")
    assert read_kinematics_setup(written(tmp_path, text)).time_range_s == (
        -float("inf"), float("inf"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (IK.replace(">10<", ">-1<"), "weight is -1"),
        (IK.replace("manual_value", "guess"), "guess"),
        (IK.replace("IKMarkerTask", "IKOtherTask"), "no task"),
        (IK.replace("IKTaskSet", "Tasks"), "IKTaskSet"),
    ],
)
def test_wrong_tasks_are_refused(text: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=says):
        read_kinematics_setup(written(tmp_path, text))
