"""OpenSim's external-loads files: which columns of a table act on which body."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PureWindowsPath

from kinechain.gait.io.forces import Columns
from kinechain.gait.model.document import Node, open_document

GROUND = ("", "ground", "/ground")


@dataclass(frozen=True)
class ExternalLoads:
    """What the file says.

    Attributes
    ----------
    forces
        The table of forces, found.
    columns
        The plates' columns, those that are not switched off.
    bodies
        For each plate the name of the body it acts on.
    notes
        What was taken differently from what the file says, one sentence each.
    """

    forces: Path
    columns: tuple[Columns, ...]
    bodies: tuple[str, ...]
    notes: tuple[str, ...] = ()


def read_external_loads(path: Path) -> ExternalLoads:
    """Read an external-loads file, and find the table that it names.

    A table that is not where the file says, but beside the file under its own name, is used,
    with a note: set-up files are moved more often than they are corrected.

    Parameters
    ----------
    path
        The XML file.

    Raises
    ------
    kinechain.gait.errors.ModelError
        When it is no such file, a load lacks its columns or its body, a force or point is
        expressed in another body than the ground, or the table cannot be found.
    """
    root = open_document(path)
    holder = root if root.tag == "ExternalLoads" else root.need("ExternalLoads")
    inner = holder.find("objects")
    columns: list[Columns] = []
    bodies: list[str] = []
    for node in inner.children() if inner is not None else ():
        off = node.flag("isDisabled", default=False)
        if node.tag != "ExternalForce" or off or not node.flag("appliesForce", default=True):
            continue
        columns.append(_columns(node))
        bodies.append(node.text("applied_to_body").rsplit("/", 1)[-1])
    if not columns:
        raise holder.error(
            "The file has no <ExternalForce> that is switched on.",
            "Give an external-loads file with the forces of the plates.",
        )
    forces, notes = _table(path, holder)
    return ExternalLoads(forces, tuple(columns), tuple(bodies), notes)


def _named(node: Node, tag: str) -> str:
    """A child's text, empty where OpenSim wrote that there is none."""
    text = node.text(tag, "Unassigned")
    return "" if text.lower() == "unassigned" else text


def _columns(node: Node) -> Columns:
    """The columns of one load, in the ground frame."""
    for tag in ("force_expressed_in_body", "point_expressed_in_body"):
        frame = node.text(tag, "ground")
        if frame not in GROUND:
            raise node.error(
                f"<{tag}> must be ground. Got {frame!r}.",
                "Express forces and points in the ground frame.",
            )
    force, point = _named(node, "force_identifier"), _named(node, "point_identifier")
    for tag, found in (("force_identifier", force), ("point_identifier", point)):
        if not found:
            raise node.error(
                f"<{tag}> is missing or empty.",
                "Write what the names of its three columns begin with.",
            )
    return Columns(node.name or force, force, point, _named(node, "torque_identifier"))


def _table(path: Path, holder: Node) -> tuple[Path, tuple[str, ...]]:
    """The table of forces, where the file says or beside the file."""
    said = _named(holder, "datafile")
    if not said:
        raise holder.error(
            "<datafile> is missing or empty: the table of forces is not named.",
            "Write the name of the MOT or STO file there.",
        )
    # Windows' separators are understood everywhere; its rules also cover those of others.
    there = path.parent / said.replace("\\", "/")
    beside = path.parent / PureWindowsPath(said).name
    if _is_file(there):
        return there, ()
    if _is_file(beside):
        note = (
            f"The table of forces is not at {said!r}; {beside.name!r} beside {path.name} is used."
        )
        return beside, (note,)
    raise holder.error(
        f"The table of forces cannot be read: it is neither at {said[:200]!r} nor beside this "
        "file.",
        f"Put {beside.name[:200]!r} beside {path.name}, or correct <datafile>.",
    )


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that no file can have
        return False
