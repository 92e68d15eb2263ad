"""Reads OpenSim's XML without trusting it, and takes from it only what is well formed."""

from __future__ import annotations

import math
import xml.parsers.expat as expat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import numpy.typing as npt

from kinechain.gait.errors import ModelError
from kinechain.gait.io.whole_file import whole_file

LARGEST_FILE_BYTES = 100_000_000
MOST_ELEMENTS = 1_000_000  # a body with 600 muscles has a quarter of that
DEEPEST = 200
LONGEST_SHOWN = 60


@dataclass(frozen=True)
class Node:
    """An element of a document, with its place in it for messages.

    Attributes
    ----------
    file
        The file's name as the user gave it.
    element
        The element itself.
    above
        The element in which it lies; None for the root.
    """

    file: str
    element: ElementTree.Element
    above: Node | None = None

    @property
    def path(self) -> str:
        """The way from the root: ``Model/JointSet/CustomJoint[hip_r]``."""
        name = self.name[:LONGEST_SHOWN] if self.above else ""
        step = f"{self.tag}[{name}]" if name else self.tag
        return f"{self.above.path}/{step}" if self.above else step

    @property
    def tag(self) -> str:
        """The element's tag."""
        return self.element.tag

    @property
    def name(self) -> str:
        """The element's `name`, empty where it has none."""
        return self.element.get("name", "").strip()

    def error(self, what: str, remedy: str) -> ModelError:
        """What is wrong with this element.

        Parameters
        ----------
        what
            A sentence about it.
        remedy
            What the user can do.
        """
        return ModelError(f"{self.file}, {self.path}", what, remedy)

    def children(self) -> Iterator[Node]:
        """All elements right below."""
        for child in self.element:
            yield Node(self.file, child, self)

    def find(self, *tags: str) -> Node | None:
        """The first child with one of these tags.

        Parameters
        ----------
        *tags
            The tags that will do.
        """
        for child in self.element:
            if child.tag in tags:
                return Node(self.file, child, self)
        return None

    def need(self, *tags: str) -> Node:
        """The first child with one of these tags, which must be there.

        Parameters
        ----------
        *tags
            The tags that will do.
        """
        found = self.find(*tags)
        if found is None:
            wanted = " or ".join(f"<{tag}>" for tag in tags)
            raise self.error(f"{wanted} is missing.", "Open the model in OpenSim 4, save it again.")
        return found

    def objects(self, tag: str) -> list[Node]:
        """The members of an OpenSim set below: ``<BodySet><objects>...``.

        Parameters
        ----------
        tag
            The set's tag; a set that is not there has no members.
        """
        found = self.find(tag)
        if found is None:
            return []
        inner = found.find("objects")
        return [] if inner is None else list(inner.children())

    def text(self, tag: str, default: str | None = None) -> str:
        """The text of a child, without white space around it.

        Parameters
        ----------
        tag
            The child's tag.
        default
            Given where the child is missing or empty; None demands it.
        """
        found = self.find(tag)
        text = "" if found is None else (found.element.text or "").strip()
        if text:
            return text
        if default is None:
            raise self.error(f"<{tag}> is missing or empty.", "Give it a value.")
        return default

    def flag(self, tag: str, *, default: bool) -> bool:
        """A child that is ``true`` or ``false``.

        Parameters
        ----------
        tag
            The child's tag.
        default
            Taken where it is missing.
        """
        text = self.text(tag, str(default)).lower()
        if text not in {"true", "false", "1", "0"}:
            raise self.error(f"<{tag}> is '{text}'.", "Write true or false.")
        return text in {"true", "1"}

    def numbers(
        self, tag: str, count: int | None = None, default: str | None = None
    ) -> npt.NDArray[np.float64]:
        """A child that is a list of finite numbers.

        Parameters
        ----------
        tag
            The child's tag.
        count
            How many there must be; None allows any number of them.
        default
            The text taken where the child is missing; None demands it.
        """
        words = self.text(tag, default).split()
        try:
            values = [float(word) for word in words]
        except ValueError:
            text = " ".join(words)[:60]
            raise self.error(
                f"<{tag}> is not numbers: '{text}'.", "Write numbers with spaces between."
            ) from None
        if not all(math.isfinite(value) for value in values):
            raise self.error(f"<{tag}> has a number that is not finite.", "Give finite numbers.")
        if count is not None and len(values) != count:
            raise self.error(f"<{tag}> has {len(values)} numbers.", f"Give {count} of them.")
        return np.array(values)

    def number(self, tag: str, default: float | None = None) -> float:
        """A child that is one finite number.

        Parameters
        ----------
        tag
            The child's tag.
        default
            Taken where it is missing; None demands it.
        """
        return float(self.numbers(tag, 1, None if default is None else repr(default))[0])


def parse(data: bytes, file: str) -> Node:
    """Read an XML document; declarations of types and entities are refused.

    Parameters
    ----------
    data
        The file's bytes.
    file
        Its name, for messages.

    Returns
    -------
    Node
        The root.

    Raises
    ------
    ModelError
        The bytes are not XML, or declare a document type (which no OpenSim file does, and
        which is how a file can be made to grow without bound).
    """
    builder = ElementTree.TreeBuilder()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    depth = count = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth, count
        depth, count = depth + 1, count + 1
        if count > MOST_ELEMENTS:
            raise ModelError(f"{file}, line {parser.CurrentLineNumber}",
                             f"There are more than {MOST_ELEMENTS} elements.",
                             "No OpenSim file has; check where it comes from.")  # fmt: skip
        if depth > DEEPEST:
            raise ModelError(f"{file}, line {parser.CurrentLineNumber}",
                             f"Elements are nested more than {DEEPEST} deep.",
                             "No OpenSim file is; check where it comes from.")  # fmt: skip
        builder.start(tag, attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag)

    def refuse(*_: object) -> None:
        raise ModelError(
            f"{file}, line {parser.CurrentLineNumber}",
            "The file declares a document type or entities (<!DOCTYPE>).",
            "No OpenSim file does; remove the declaration if you trust it.",
        )

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(data, True)  # noqa: FBT003 - expat's own signature
        root = builder.close()
    except (expat.ExpatError, LookupError, AssertionError, ValueError) as wrong:
        if isinstance(wrong, ModelError):
            raise
        raise ModelError(
            file,
            f"This is not well-formed XML: {wrong}.",
            "Check that the file is whole and is the one you mean.",
        ) from None
    return Node(file, root)


def open_document(path: Path) -> Node:
    """Read an XML file.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    Node
        Its root, which is ``<OpenSimDocument>`` or what older files have there.

    Raises
    ------
    ModelError
        The file cannot be read, or :func:`parse` refuses it.
    """
    return parse(whole_file(path, LARGEST_FILE_BYTES, ModelError), str(path))


def version_of(root: Node) -> int:
    """The version of an OpenSim document: 40000 for OpenSim 4.0, 20302 for 2.3.2.

    Parameters
    ----------
    root
        The document's root.
    """
    if root.tag != "OpenSimDocument":
        raise root.error(
            "The root is not <OpenSimDocument>.",
            "Give an OpenSim file; files before OpenSim 1.9 can be saved again by OpenSim.",
        )
    text = root.element.get("Version", "")
    if not text.isdigit():
        raise root.error(f"The document's Version is '{text}'.", "Save it again with OpenSim.")
    return int(text)
