"""The reviewed knowledge as one immutable value, and where it is loaded from."""

from __future__ import annotations

import re
from contextlib import suppress
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import msgspec

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
from kinechain.knowledge.fitted import FILE, apply, fitted_version, read_fitted
from kinechain.knowledge.graph import Graph, GraphError, expand
from kinechain.knowledge.read import read_folder

DATA = Path(__file__).parent.parent / "data"
COMPILED = Path(__file__).parent.parent / "_knowledge.msgpack"


def without_level(label: str) -> str:
    """A label without the place of its level.

    Parameters
    ----------
    label
        As it stands in a file.

    Examples
    --------
    >>> without_level("Joint swollen ({level})")
    'Joint swollen'
    """
    return " ".join(re.sub(r"\(?\{level\}\)?", " ", label).split())


class KnowledgeError(Exception):
    """The knowledge cannot be used; `issues` says what is wrong with it."""

    def __init__(self, issues: list[Issue]) -> None:
        lines = [f"{issue.where}: {issue.message}" for issue in issues]
        super().__init__("\n".join(lines))
        self.issues = issues


class Knowledge(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Everything the program knows, by id, and the graph that follows from it.

    Attributes
    ----------
    version
        Hash of the content; the same knowledge has the same version everywhere.
    """

    version: str
    sources: dict[str, Source]
    levels: dict[str, Level]
    quantities: dict[str, Quantity]
    settings: dict[str, Setting]
    sites: dict[str, Site]
    conditions: dict[str, Condition]
    traits: dict[str, Trait]
    links: dict[str, Link]
    findings: dict[str, Finding]
    red_flags: dict[str, RedFlag]
    graph: Graph
    treatments: dict[str, Treatment] = msgspec.field(default_factory=dict[str, Treatment])
    health_factors: dict[str, HealthFactor] = msgspec.field(default_factory=dict[str, HealthFactor])
    drug_classes: dict[str, DrugClass] = msgspec.field(default_factory=dict[str, DrugClass])
    courses: dict[str, Course] = msgspec.field(default_factory=dict[str, Course])
    instruments: dict[str, Instrument] = msgspec.field(default_factory=dict[str, Instrument])

    @cached_property
    def index(self) -> dict[str, int]:
        """Place of each node of the graph, by id."""
        return {node.id: place for place, node in enumerate(self.graph.nodes)}

    @cached_property
    def instances(self) -> dict[str, tuple[int, ...]]:
        """Places of the instances of each template, hidden tendencies left out."""
        found: dict[str, list[int]] = {}
        for place, node in enumerate(self.graph.nodes):
            if node.kind != "tendency":
                found.setdefault(node.template, []).append(place)
        return {name: tuple(places) for name, places in found.items()}

    @cached_property
    def words(self) -> dict[str, str]:
        """The label of everything that a case or a plan may name, without places for levels."""
        groups: tuple[dict[str, Any], ...] = (
            self.findings, self.traits, self.sites, self.quantities, self.conditions,
            self.treatments, self.health_factors, self.drug_classes,
        )  # fmt: skip
        return {
            name: without_level(thing.label) for group in groups for name, thing in group.items()
        }

    @cached_property
    def generic_sites(self) -> dict[str, tuple[str, ...]]:
        """For each site with parts, the sites without parts that make it up."""
        return {name: self.parts(name) for name, site in self.sites.items() if site.parts}

    def concept(self, name: str) -> Condition | Trait | Link | Finding | Site:
        """The template called `name`.

        Raises
        ------
        KeyError
            When there is none.
        """
        for group in (self.conditions, self.traits, self.links, self.findings, self.sites):
            if name in group:
                return group[name]  # type: ignore[return-value]
        raise KeyError(name)

    def label(self, node_id: str) -> str:
        """A node's or template's name as a person would say it."""
        place = self.index.get(node_id)
        if place is None:
            return without_level(self.concept(node_id).label)
        node = self.graph.nodes[place]
        concept = self.concept(node.template)
        level = self.levels[node.level].label if node.level else ""
        if "{level}" in concept.label:
            words = concept.label.replace("{level}", level).strip()
        elif level:
            words = f"{concept.label}, {level}"
        else:
            words = concept.label
        return f"{words}, {node.side}" if node.side else words

    def parts(self, site: str) -> tuple[str, ...]:
        """The sites without parts that make up `site`; itself when it has none."""
        concept = self.sites[site]
        if not concept.parts:
            return (site,)
        found: dict[str, None] = {}
        for part in concept.parts:
            found.update(dict.fromkeys(self.parts(part)))
        return tuple(found)


def read_knowledge(folder: Path, *, fitted: bool = True) -> Knowledge:
    """Read and expand the knowledge in `folder`.

    Parameters
    ----------
    folder
        A folder of knowledge files.
    fitted
        Whether judged figures take their fitted values; otherwise all are as entered.

    Raises
    ------
    KnowledgeError
        When a file cannot be read or the graph cannot be built.
    """
    things, version, issues = read_folder(folder)
    if issues:
        raise KnowledgeError(issues)
    if fitted:
        try:
            values = read_fitted(folder)
        except ValueError as error:
            where = Issue(level="error", where=FILE, message=str(error))
            raise KnowledgeError([where]) from error
        if values is not None:
            things, _ = apply(things, values)
            version = fitted_version(version, folder)
    return assemble(things, version)


def assemble(things: dict[str, dict[str, Any]], version: str) -> Knowledge:
    """Make the immutable value of what was read.

    Raises
    ------
    KnowledgeError
        When the graph cannot be built.
    """
    try:
        graph = expand(
            things["conditions"],
            things["traits"],
            things["links"],
            things["findings"],
            things["sites"],
        )
    except GraphError as error:
        raise KnowledgeError(
            [
                Issue(
                    level="error",
                    where=where,
                    message=message,
                    remedy="correct the effect in that file",
                )
                for where, message in error.problems
            ]
        ) from error
    return Knowledge(version=version, graph=graph, **things)


@lru_cache(maxsize=4)
def load_knowledge(folder: str | None = None) -> Knowledge:
    """Load the knowledge that ships with the program, or that in `folder`.

    The shipped knowledge is read from one compiled file when that is newer than every
    YAML file, otherwise from the YAML files.

    Parameters
    ----------
    folder
        A folder of knowledge files; by default the shipped one.

    Raises
    ------
    KnowledgeError
        When the knowledge cannot be used.
    """
    if folder is not None:
        return read_knowledge(Path(folder))
    if COMPILED.exists() and not _stale():
        return msgspec.msgpack.decode(COMPILED.read_bytes(), type=Knowledge)
    knowledge = read_knowledge(DATA)
    with suppress(OSError):  # installed where it cannot write: only slower
        write_compiled(knowledge, COMPILED)
    return knowledge


def write_compiled(knowledge: Knowledge, path: Path) -> None:
    """Write the knowledge as one file, replacing it in one step."""
    partial = path.with_suffix(".partial")
    partial.write_bytes(msgspec.msgpack.encode(knowledge))
    partial.replace(path)


def _stale() -> bool:
    """Whether a YAML file or the reading code is newer than the compiled file."""
    compiled = COMPILED.stat().st_mtime_ns
    if not DATA.exists():
        return False
    folders = [path for path in DATA.iterdir() if path.is_dir()]
    if any(path.stat().st_mtime_ns > compiled for path in folders):
        return True
    code = Path(__file__).parent
    here = [*code.glob("*.py"), *(code.parent / "domain").glob("*.py")]
    return any(
        path.stat().st_mtime_ns > compiled
        for path in [
            *here,
            *DATA.glob(FILE),
            *(file for folder in folders for file in folder.glob("*.yaml")),
        ]
    )
