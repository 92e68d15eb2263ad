"""OpenSim's external-loads files: which columns of a table act on which foot."""

from __future__ import annotations

import xml.parsers.expat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from kinechain.gait.errors import RecordingError
from kinechain.gait.io.forces import Columns
from kinechain.gait.io.raw import file_bytes

DEEPEST = 50
LARGEST_BYTES = 20_000_000


@dataclass(frozen=True)
class ExternalLoads:
    """What the file says.

    Attributes
    ----------
    forces
        The table of forces, as a path beside the file.
    columns
        The plates' columns.
    sides
        For each plate the side of the body it acts on.
    """

    forces: Path
    columns: tuple[Columns, ...]
    sides: tuple[Literal["left", "right", "unknown"], ...]


@dataclass
class _Element:
    name: str
    attributes: dict[str, str]
    children: list[_Element] = field(default_factory=list["_Element"])
    text: str = ""

    def first(self, name: str) -> str:
        """Text of the first child of a name."""
        return next((one.text.strip() for one in self.children if one.name == name), "")

    def every(self, name: str) -> list[_Element]:
        """All descendants of a name."""
        found = [one for one in self.children if one.name == name]
        return found + [inner for one in self.children for inner in one.every(name)]


def _parse(path: Path) -> _Element:
    """The XML of a file that declares no entities."""
    content = file_bytes(path)
    if len(content) > LARGEST_BYTES:
        raise RecordingError(str(path), "The file is larger than 20 MB.", "Give the right file.")
    root = _Element("", {})
    stack = [root]
    parser = xml.parsers.expat.ParserCreate()

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(stack) > DEEPEST:
            raise RecordingError(str(path), "Elements lie too deep.", "Give the right file.")
        element = _Element(name, attributes)
        stack[-1].children.append(element)
        stack.append(element)

    def end(_name: str) -> None:
        stack.pop()

    def data(text: str) -> None:
        stack[-1].text += text

    def doctype(*_: object) -> None:
        raise RecordingError(
            f"{path}, line {parser.CurrentLineNumber}",
            "A set-up file may not declare a document type or entities.",
            "Remove the <!DOCTYPE ...> part.",
        )

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(content, True)  # noqa: FBT003 - expat's own signature
    except xml.parsers.expat.ExpatError as error:
        raise RecordingError(
            f"{path}, line {error.lineno}", f"The XML is not well formed ({error}).", "Correct it."
        ) from None
    return root


def read_external_loads(path: Path) -> ExternalLoads:
    """Read an external-loads file.

    Parameters
    ----------
    path
        The XML file.

    Raises
    ------
    RecordingError
        When it is no such file, or a force is expressed in another body than the ground.
    """
    root = _parse(path)
    loads = root.every("ExternalForce")
    if not loads:
        raise RecordingError(
            str(path), "The file must have ExternalForce elements.", "Give an external-loads file."
        )
    columns: list[Columns] = []
    sides: list[Literal["left", "right", "unknown"]] = []
    for one in loads:
        name = one.attributes.get("name", "")
        where = f"{path}, ExternalForce {name!r}"
        if one.first("isDisabled") == "true" or one.first("appliesForce") == "false":
            continue
        for key in ("force_expressed_in_body", "point_expressed_in_body"):
            if one.first(key) not in ("", "ground", "/ground"):
                raise RecordingError(
                    f"{where}, {key}",
                    f"It must be ground. Got {one.first(key)!r}.",
                    "Express forces and points in the ground frame.",
                )
        force = one.first("force_identifier")
        point = one.first("point_identifier")
        if not force or not point:
            raise RecordingError(
                where, "force_identifier and point_identifier must be given.", "Add them."
            )
        body = one.first("applied_to_body").rsplit("/", 1)[-1].lower()
        columns.append(Columns(name or force, force, point, one.first("torque_identifier")))
        ending = body.rsplit("_", 1)[-1]
        sides.append("right" if ending == "r" else "left" if ending == "l" else "unknown")
    table = next((one.text.strip() for one in root.every("datafile")), "")
    if not table:
        raise RecordingError(f"{path}, datafile", "The table of forces is not named.", "Add it.")
    return ExternalLoads(path.parent / table, tuple(columns), tuple(sides))
