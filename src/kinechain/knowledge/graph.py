"""Expands the templates over level and side into one acyclic graph of instances."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import msgspec

from kinechain.domain.concepts import Effect
from kinechain.domain.estimate import Estimate

NodeKind = Literal["tendency", "trait", "condition", "link", "finding", "site"]
CAUSES: tuple[NodeKind, ...] = ("tendency", "trait", "condition", "link")


class Node(msgspec.Struct, frozen=True):
    """One instance of a template, such as ``nerve_root_irritation.l4.left``."""

    id: str
    template: str
    kind: NodeKind
    level: str | None
    side: str | None


class Edge(msgspec.Struct, frozen=True):
    """`parent` may switch `child` on; `effect` is the index of the template's figure.

    ``effect == -1`` marks the edge of a hidden tendency, whose strength is computed.
    """

    parent: int
    child: int
    effect: int


class Graph(msgspec.Struct, frozen=True):
    """Nodes in topological order (causes before effects) and the edges between them.

    Attributes
    ----------
    figures
        The distinct template figures that edges refer to; the two sides of the body share
        theirs.
    sensitivities
        For each figure, whether it is a sensitivity (else an activation).
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    figures: tuple[Estimate, ...]
    sensitivities: tuple[bool, ...]


class GraphError(Exception):
    """The templates cannot be expanded; `problems` holds (where, message) pairs."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{where}: {message}" for where, message in problems))
        self.problems = problems


def instance_id(template: str, level: str | None, side: str | None) -> str:
    """Join the parts of an instance's id: ``template[.level][.side]``."""
    return ".".join(part for part in (template, level, side) if part)


def instances(concept: Any) -> list[tuple[str | None, str | None]]:
    """All (level, side) pairs of a template."""
    sides = ("left", "right") if concept.sides == "paired" else (None,)
    return [(level, side) for level in (concept.levels or (None,)) for side in sides]


def targets(
    effect: Effect, level: str | None, side: str | None, target: Any
) -> list[tuple[str | None, str | None]]:
    """Instances of `target` that an effect reaches from a cause at `level` and `side`.

    Raises
    ------
    ValueError
        When levels cannot be matched.
    """
    listed = None
    if effect.levels is not None:
        listed = effect.levels.get(level or "*", effect.levels.get("*"))
        if listed is None:
            return []
    if target.levels:
        if listed is None:
            if level is None:
                raise ValueError(f"{effect.to} has levels: say which, as levels: {{'*': [...]}}")
            listed = (level,)
        unknown = [name for name in listed if name not in target.levels]
        if unknown:
            raise ValueError(f"{effect.to} has no level {', '.join(unknown)}")
        reached: Iterable[str | None] = listed
    else:
        if listed:
            raise ValueError(f"{effect.to} has no levels; write [] for it")
        reached = (None,)
    if target.sides == "midline":
        sides: tuple[str | None, ...] = (None,)
    elif side is None or effect.side == "both":
        sides = ("left", "right")
    elif effect.side == "other":
        sides = ("right",) if side == "left" else ("left",)
    else:
        sides = (side,)
    return [(to_level, to_side) for to_level in reached for to_side in sides]


def expand(
    conditions: Mapping[str, Any],
    traits: Mapping[str, Any],
    links: Mapping[str, Any],
    findings: Mapping[str, Any],
    sites: Mapping[str, Any],
) -> Graph:
    """Build the graph of all instances.

    A condition that can affect both sides gets a hidden node, the shared tendency, as a
    cause of the two sides at each level.

    Raises
    ------
    GraphError
        With every unresolved reference, unmatched level, doubled edge and cycle.
    """
    groups: list[tuple[NodeKind, Mapping[str, Any]]] = [
        ("trait", traits),
        ("condition", conditions),
        ("link", links),
        ("finding", findings),
        ("site", sites),
    ]
    draft = _Draft()
    for kind, group in groups:
        for name, concept in group.items():
            draft.add_template(name, kind, concept)
    for name, (kind, concept) in draft.templates.items():
        if kind in CAUSES:
            draft.add_effects(name, concept)
    return draft.finish()


class _Draft:
    """A graph while it is being put together."""

    def __init__(self) -> None:
        self.templates: dict[str, tuple[NodeKind, Any]] = {}
        self._nodes: dict[str, Node] = {}
        self._edges: dict[tuple[str, str], int] = {}
        self._figures: list[Estimate] = []
        self._sensitivities: list[bool] = []
        self._problems: list[tuple[str, str]] = []

    def add_template(self, name: str, kind: NodeKind, concept: Any) -> None:
        """Add the instances of a template, and the tendency that its two sides share."""
        if name in self.templates:
            self._problems.append((name, f"is both a {self.templates[name][0]} and a {kind}"))
        self.templates[name] = (kind, concept)
        if kind == "site" and concept.parts:
            return
        for level, side in instances(concept):
            node = Node(instance_id(name, level, side), name, kind, level, side)
            self._nodes[node.id] = node
        if kind == "condition" and concept.sides == "paired" and concept.prior.other_side:
            for level in concept.levels or (None,):
                hidden = instance_id(f"{name}:tendency", level, None)
                self._nodes[hidden] = Node(hidden, name, "tendency", level, None)
                for side in ("left", "right"):
                    self._edges[hidden, instance_id(name, level, side)] = -1

    def add_effects(self, name: str, concept: Any) -> None:
        """Add the edges of all effects of a cause."""
        for effect in concept.effects:
            if effect.to not in self.templates:
                self._problems.append((name, f"has an effect on {effect.to}, which does not exist"))
                continue
            kind, target = self.templates[effect.to]
            if kind == "trait" or (kind == "site" and target.parts):
                self._problems.append((name, f"cannot have an effect on the {kind} {effect.to}"))
                continue
            self._figures.append(effect.estimate)
            self._sensitivities.append(effect.sensitivity is not None)
            for level, side in instances(concept):
                try:
                    reached = targets(effect, level, side, target)
                except ValueError as error:
                    self._problems.append((name, str(error)))
                    break
                for to_level, to_side in reached:
                    self._add_edge(
                        instance_id(name, level, side), instance_id(effect.to, to_level, to_side)
                    )

    def _add_edge(self, parent: str, child: str) -> None:
        if (parent, child) in self._edges:
            self._problems.append((parent, f"reaches {child} by two effects"))
        self._edges[parent, child] = len(self._figures) - 1

    def finish(self) -> Graph:
        """Order the nodes and give the graph, or tell every problem."""
        if self._problems:
            raise GraphError(sorted(set(self._problems)))
        order = _topological(list(self._nodes), self._edges)
        index = {name: place for place, name in enumerate(order)}
        edges = (
            Edge(index[parent], index[child], figure)
            for (parent, child), figure in self._edges.items()
        )
        return Graph(
            nodes=tuple(self._nodes[name] for name in order),
            edges=tuple(sorted(edges, key=lambda edge: (edge.child, edge.parent))),
            figures=tuple(self._figures),
            sensitivities=tuple(self._sensitivities),
        )


def _topological(names: list[str], edges: Mapping[tuple[str, str], int]) -> list[str]:
    """Order causes before effects, keeping the given order where it is free."""
    waiting = dict.fromkeys(names, 0)
    children: dict[str, list[str]] = {name: [] for name in names}
    for parent, child in edges:
        waiting[child] += 1
        children[parent].append(child)
    ready = [name for name in names if not waiting[name]]
    order: list[str] = []
    for name in ready:  # grows while it is walked
        order.append(name)
        for child in children[name]:
            waiting[child] -= 1
            if not waiting[child]:
                ready.append(child)
    if len(order) < len(names):
        circle = sorted(set(names) - set(order))
        raise GraphError([(circle[0], f"lies on a circle of causes among {', '.join(circle)}")])
    return order
