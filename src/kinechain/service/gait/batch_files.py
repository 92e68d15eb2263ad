"""The recordings below a folder, what lies beside them, and hashes of all that is read."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path

from kinechain import __version__
from kinechain.gait.errors import GaitError
from kinechain.gait.io.external_loads import read_external_loads
from kinechain.service.gait.analysis import GaitRequest

RECORDINGS = (".c3d", ".trc")
FORCES = (".xml", ".mot", ".sto", ".forces")
FORCE_WORDS = (
    "external_forces", "external_loads", "externalforces", "externalloads", "grf", "grfs",
    "ground_forces", "ground_reaction_forces", "forces", "force",
)  # fmt: skip
MARKERS = "_markers"
DATA = Path(__file__).parents[2] / "data"
DATA_FOLDERS = (
    "gait_methods", "gait_models", "gait_norms", "gait_rules", "marker_sets", "segments",
)  # fmt: skip


@dataclass(frozen=True)
class Found:
    """A recording below the folder.

    Attributes
    ----------
    name
        Its path from the folder, with slashes.
    path
        Where it is.
    forces
        The file of forces beside it; None where there is none or the recording has its own.
    """

    name: str
    path: Path
    forces: Path | None


def find_recordings(folder: Path, pattern: str | None = None) -> tuple[Found, ...]:
    """Every C3D and TRC file below a folder, each TRC with the forces beside it.

    Names that begin with a dot are left out, in folders too.

    Parameters
    ----------
    folder
        Where to look, at any depth.
    pattern
        Only files that `pathlib.Path.rglob` finds by it, ``*walk*.c3d`` for example.

    Raises
    ------
    GaitError
        When the folder is none, or the pattern cannot be used.
    """
    if not folder.is_dir():
        raise GaitError(str(folder), "It is not a folder.", "Name the folder of the recordings.")
    try:
        every = sorted(folder.rglob(pattern or "*"))
    except (ValueError, NotImplementedError) as error:
        raise GaitError(
            f"--pattern {pattern}", f"It cannot be used ({error}).", "Give one as *walk*.c3d."
        ) from None
    found: list[Found] = []
    for path in every:
        inside = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in inside.parts)
        if hidden or path.suffix.lower() not in RECORDINGS or not path.is_file():
            continue
        forces = forces_beside(path) if path.suffix.lower() == ".trc" else None
        # A name that is no UTF-8 is written with question marks; the file is found by its path.
        name = os.fsencode(inside.as_posix()).decode("utf-8", errors="replace")
        found.append(Found(name, path, forces))
    return tuple(found)


def forces_beside(path: Path) -> Path | None:
    """The file of forces that goes with a file of markers.

    It lies in the same folder. Its name is that of the recording (without ``_markers``), then
    ``_`` or ``-`` and a word for forces, as in ``walk_grf.mot``; case does not matter. Of
    several an external-loads file (XML) goes first, then MOT, STO and Cortex's forces.

    Parameters
    ----------
    path
        The file of markers.
    """
    stem = path.stem.lower().removesuffix(MARKERS)
    wanted = {f"{stem}{mark}{word}" for mark in "_-" for word in FORCE_WORDS}
    beside = [
        one
        for one in sorted(path.parent.iterdir())
        if one.suffix.lower() in FORCES
        and (one.stem.lower() in wanted or _is_cortex(one, path.stem))
    ]
    return min(beside, key=lambda one: FORCES.index(one.suffix.lower()), default=None)


def _is_cortex(one: Path, stem: str) -> bool:
    """Cortex gives its export of the forces the recording's own name."""
    return one.suffix.lower() == ".forces" and one.stem.lower() == stem.lower()


def sha256(path: Path) -> str:
    """Hexadecimal SHA-256 of a file's contents, as ``sha256sum`` prints it.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    OSError
        When it cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def inputs_hash(own: str, forces: Path | None) -> str:
    """Hash of everything that is read for one recording.

    Parameters
    ----------
    own
        Hash of the recording's file.
    forces
        The file of forces; the table that an external-loads file names counts too.
    """
    state = hashlib.sha256(own.encode())
    for one in _tables(forces):
        state.update(one.name.encode())
        try:
            state.update(sha256(one).encode())
        except OSError:
            state.update(b"cannot be read")
    return state.hexdigest()


def _tables(forces: Path | None) -> Iterable[Path]:
    if forces is None:
        return
    yield forces
    if forces.suffix.lower() == ".xml":
        try:
            yield read_external_loads(forces).forces
        except GaitError:
            return


@cache
def data_hash() -> str:
    """Hash of the norms, rules, models and names that the program brings along."""
    state = hashlib.sha256()
    for folder in DATA_FOLDERS:
        for path in sorted((DATA / folder).glob("*")):
            if path.is_file():
                state.update(path.name.encode() + b"\0" + path.read_bytes())
    return state.hexdigest()


def options_hash(asked: GaitRequest, knowledge_version: str) -> str:
    """Hash of what was asked for, of the files that it names, and of the program and its data.

    Parameters
    ----------
    asked
        For any recording of the batch; the recording and its forces do not count.
    knowledge_version
        Of the knowledge in use.

    Raises
    ------
    OSError
        When a file that was named cannot be read.
    """
    bare = replace(asked, recording=Path(), forces=None)
    parts: dict[str, str] = {
        "program": __version__,
        "knowledge": knowledge_version,
        "data": data_hash(),
    }
    for field in fields(bare):
        given = getattr(bare, field.name)
        named = isinstance(given, Path) and given.is_file()
        parts[f"asked {field.name}"] = sha256(given) if named else repr(given)
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
