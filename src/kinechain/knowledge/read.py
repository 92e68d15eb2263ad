"""Reads the folder of YAML files into the domain's nouns, strictly."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Protocol, TypeVar

import msgspec
import yaml

from kinechain.domain.care import Course, DrugClass, HealthFactor, Treatment
from kinechain.domain.case import Issue
from kinechain.domain.concepts import (
    Condition,
    Finding,
    Level,
    Link,
    Quantity,
    RedFlag,
    Setting,
    Site,
    Trait,
)
from kinechain.domain.estimate import Source
from kinechain.domain.instruments import Instrument

FOLDERS: dict[str, type] = {
    "sources": Source,
    "levels": Level,
    "quantities": Quantity,
    "settings": Setting,
    "sites": Site,
    "conditions": Condition,
    "traits": Trait,
    "links": Link,
    "findings": Finding,
    "red_flags": RedFlag,
    "treatments": Treatment,
    "health_factors": HealthFactor,
    "drug_classes": DrugClass,
    "courses": Course,
    "instruments": Instrument,
}


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


class Digest(Protocol):
    """What takes up bytes, as the hashes of `hashlib` do."""

    def update(self, data: bytes, /) -> None:
        """Take up some more."""
        ...


Thing = TypeVar("Thing", bound=_Identified)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Safe YAML without dates (they stay text) and without silent duplicate keys."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _mapping(loader: Any, node: Any) -> dict[Any, Any]:
    result: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in result:
            line = key_node.start_mark.line + 1
            raise yaml.YAMLError(f"line {line}: the key {key!r} stands twice")
        result[key] = loader.construct_object(value_node, deep=True)
    return result


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def read_folder(folder: Path) -> tuple[dict[str, dict[str, Any]], str, list[Issue]]:
    """Read every file below `folder`.

    Parameters
    ----------
    folder
        A folder laid out as `FOLDERS` says.

    Returns
    -------
    things
        For each kind of file, the things read, by id, in alphabetical order.
    version
        First 12 hexadecimal digits of the SHA-256 of all files' names and contents.
    issues
        What could not be read; such files are left out of `things`.
    """
    digest = hashlib.sha256()
    issues: list[Issue] = []
    things = {
        name: read_files(folder / name, type_, digest, issues) for name, type_ in FOLDERS.items()
    }
    return things, digest.hexdigest()[:12], issues


def read_files(
    folder: Path,
    type_: type[Thing],
    digest: Digest,
    issues: list[Issue],
    pattern: str = "*.yaml",
) -> dict[str, Thing]:
    """Read every file of one kind.

    Parameters
    ----------
    folder
        Where the files lie.
    type_
        What each of them is.
    digest
        Takes up the name and content of each file.
    issues
        Takes up what is wrong; a file that cannot be read is left out of the result.
    pattern
        Which files.

    Returns
    -------
    dict
        The things read, by id, in alphabetical order of the files.
    """
    things: dict[str, Thing] = {}
    for path in sorted(folder.glob(pattern)):
        where = f"{folder.name}/{path.name}"
        text = path.read_bytes()
        digest.update(where.encode() + b"\0" + text + b"\0")
        try:
            thing = msgspec.convert(yaml.load(text, Loader=_Loader), type_)  # noqa: S506
        except (yaml.YAMLError, msgspec.ValidationError) as error:
            issues.append(
                Issue(
                    level="error",
                    where=where,
                    message=str(error),
                    remedy="see docs/reference/knowledge-format.md",
                )
            )
            continue
        if thing.id != path.stem:
            issues.append(
                Issue(
                    level="error",
                    where=where,
                    message=f"the id {thing.id!r} differs from the file's name",
                    remedy="rename one of them",
                )
            )
        things[thing.id] = thing
    return things
