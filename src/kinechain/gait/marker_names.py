"""From the names that a laboratory gives its markers to anatomical ones.

An anatomical name is a place and a side, ``heel.right``, or a place in the midline, ``c7``.
The mappings are YAML files in `kinechain/data/marker_sets`; a user's own file extends them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kinechain.gait.errors import RecordingError
from kinechain.gait.yaml_file import read_yaml

FOLDER = Path(__file__).parent.parent / "data" / "marker_sets"
PAIRED = frozenset({
    "asis", "psis", "iliac_crest", "greater_trochanter", "hip_joint_centre", "thigh",
    "knee_lateral", "knee_medial", "knee_joint_centre", "tibial_tuberosity", "fibula_head",
    "shank", "ankle_lateral", "ankle_medial", "ankle_joint_centre", "heel", "toe",
    "metatarsal_1", "metatarsal_2", "metatarsal_5", "midfoot", "shoulder", "clavicle",
    "upper_arm", "elbow_lateral", "elbow_medial", "forearm", "wrist_radial", "wrist_ulnar",
    "hand", "head_front", "head_back",
})  # fmt: skip
MIDLINE = frozenset({"sacrum", "c7", "t10", "sternum", "jugular_notch", "xiphoid", "head_top"})


@dataclass(frozen=True)
class MarkerMap:
    """Anatomical names of a recording's markers.

    Attributes
    ----------
    anatomical
        The file's name to the anatomical one.
    marker_set
        Which mapping gave most of them; empty where none did.
    """

    anatomical: dict[str, str]
    marker_set: str = ""

    def find(self, place: str, side: str = "") -> tuple[str, ...]:
        """The file's names of a place, in their order.

        Parameters
        ----------
        place
            ``heel`` for example.
        side
            ``left`` or ``right``; empty for a place in the midline.
        """
        wanted = f"{place}.{side}" if side else place
        return tuple(name for name, found in self.anatomical.items() if found == wanted)


def read_marker_set(path: Path) -> dict[str, str]:
    """Read a mapping file: ``markers:`` with one line of ``NAME: place.side`` each.

    Parameters
    ----------
    path
        The YAML file.

    Raises
    ------
    GaitError
        When the file cannot be read, is no mapping, or a place is not known.
    """
    content: Any = read_yaml(path)
    markers = content.get("markers") if isinstance(content, dict) else None
    if not isinstance(markers, dict) or not markers:
        raise RecordingError(
            f"{path}, 'markers'",
            "The mapping must have names with their places below 'markers'.",
            "Write lines like RHEE: heel.right there.",
        )
    result: dict[str, str] = {}
    for name, place in markers.items():
        kind, dot, side = str(place).partition(".")
        paired = kind in PAIRED and side in ("left", "right")
        if not paired and not (kind in MIDLINE and not dot):
            raise RecordingError(
                f"{path}, 'markers', {str(name)[:60]!r}",
                f"The place must be a known one with its side. Got {str(place)[:60]!r}.",
                f"Use one of {', '.join(sorted(PAIRED))} with .left or .right, or one of "
                f"{', '.join(sorted(MIDLINE))}.",
            )
        result[str(name)] = str(place)
    return result


@cache
def marker_sets() -> dict[str, dict[str, str]]:
    """The shipped mappings by their names."""
    return {path.stem: read_marker_set(path) for path in sorted(FOLDER.glob("*.yaml"))}


def recognise(names: Iterable[str], own: Path | None = None) -> MarkerMap:
    """Anatomical names for the markers of a recording.

    The mapping that knows most of the names speaks first, the others fill in what it does
    not know; a user's own file goes before all of them. Case does not matter unless a
    mapping tells two names apart by it.

    Parameters
    ----------
    names
        The recording's marker names.
    own
        A user's mapping file.
    """
    given = list(names)
    known = marker_sets()

    def hits(mapping: dict[str, str]) -> int:
        lower = {name.lower() for name in mapping}
        return sum(name.lower() in lower for name in given)

    order = sorted(known, key=lambda name: (-hits(known[name]), name))
    mappings = [known[name] for name in order]
    if own is not None:
        mappings.insert(0, read_marker_set(own))
    result: dict[str, str] = {}
    for name in given:
        for mapping in mappings:
            lower = {key.lower(): place for key, place in mapping.items()}
            place = mapping.get(name) or lower.get(name.lower())
            if place is not None:
                result[name] = place
                break
    best = order[0] if order and hits(known[order[0]]) else ""
    return MarkerMap(result, best)
