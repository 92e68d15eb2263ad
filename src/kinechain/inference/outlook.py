"""A quick posterior for a conversation: what is likely, and what probably explains the pain.

Between two questions of an interview there is no time for the full posterior. Three things
make this one fast. Links below which nothing was found are folded into their causes
(`folding`), so an absent answer changes weights and never the structure; the elimination plan
is kept from one question to the next; and how far a condition explains the complaint is
carried upstream edge by edge, instead of tracking unions of paths.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from kinechain.domain.case import Case
from kinechain.inference.elimination import Run
from kinechain.inference.loosening import loosen
from kinechain.inference.network import Array, Assembly
from kinechain.inference.person import Person, person_of
from kinechain.inference.reach import reaching
from kinechain.inference.value import unanswered
from kinechain.knowledge import Knowledge

LARGEST = 1 << 12
"""Entries of one table; where more would be needed weak edges are cut."""

LOOSE = 1 << 10
"""Entries of one table once edges are cut: smaller, because no plan is kept then."""

PLANS_KEPT = 64

Structure = tuple[tuple[int, tuple[tuple[int, int], ...]], ...]


@dataclass(frozen=True)
class Outlook:
    """What is likely at one moment of an interview.

    Attributes
    ----------
    person, assembly, run
        The folded network with the evidence, its pairwise form and the forward pass.
    conditions
        Condition instances that can cause a complaint, as places in the knowledge's graph.
    present, explains
        Probability of each, and that it explains a complaint (approximate).
    possible
        Whether the evidence is possible at all; if not, the probabilities mean nothing.
    unanswered
        Graph nodes of findings and traits about which nothing is recorded.
    """

    person: Person
    assembly: Assembly
    run: Run
    conditions: tuple[int, ...]
    present: Array
    explains: Array
    possible: bool
    unanswered: tuple[int, ...]

    @property
    def relevance(self) -> Array:
        """How far each condition, if present, explains the complaint."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.clip(np.nan_to_num(self.explains / self.present), 0, 1)

    @property
    def families(self) -> dict[str, tuple[int, ...]]:
        """Places in `conditions` of the instances of each condition."""
        found: dict[str, list[int]] = {}
        for place, node in enumerate(self.conditions):
            found.setdefault(self.person.knowledge.graph.nodes[node].template, []).append(place)
        return {name: tuple(places) for name, places in found.items()}


def outlook(knowledge: Knowledge, case: Case, largest: int = LARGEST) -> Outlook:
    """Infer quickly what is likely.

    Parameters
    ----------
    knowledge
        The knowledge.
    case
        The person so far.
    largest
        Largest table allowed, in entries.
    """
    whole = person_of(knowledge, case)
    left = tuple(unanswered(whole))
    person, assembly = _assembled(whole, largest)
    run = assembly.run(person.weights())
    upstream = person.uncut().network.ancestors(person.complaints)
    conditions = tuple(node for node in person.conditions if node in upstream)
    present = assembly.marginals(run, conditions)[0]
    possible = bool(np.isfinite(run.z[0]) and run.z[0] > 0 and np.isfinite(present).all())
    explains = np.zeros(len(conditions))
    if possible:
        reach = reaching(person, assembly, run, upstream)
        explains = present * np.array([float(reach[n][0]) if n in reach else 0 for n in conditions])
    return Outlook(person, assembly, run, conditions, present, explains, possible, left)


def _assembled(person: Person, largest: int) -> tuple[Person, Assembly]:
    """The folded person on a plan that is kept; where tables would be too large, the person
    with weak edges cut (`loosening`).
    """
    folded = person.folded()
    ends = tuple(node for place, node in enumerate(folded.nodes) if not folded.folds(place))
    structure = tuple((node, folded.network.parents[node]) for node in ends)
    plan = _plan(_Holder(folded), structure, largest)
    if plan is not None:
        return folded, plan.on(folded.network)
    return loosen(person, min(largest, LOOSE), careful=False)


class _Holder:
    """A person as the key of a plan: only the knowledge counts beside the structure."""

    def __init__(self, person: Person) -> None:
        self.person = person

    def __hash__(self) -> int:
        return hash(self.person.knowledge.version)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Holder) and other.person.knowledge is self.person.knowledge


@lru_cache(maxsize=PLANS_KEPT)
def _plan(holder: _Holder, structure: Structure, largest: int) -> Assembly | None:
    """The pairwise form for evidence on these nodes; None where a table would be too large."""
    person = holder.person
    ends = [node for node, _ in structure]
    upstream = person.network.ancestors(person.complaints)
    wanted = [node for node in person.conditions if node in upstream]
    assembly = Assembly(person.network, ends, (), wanted, largest)
    if not assembly.fits():
        return None
    _ = assembly.plan  # made here, once for all who use it
    holder.person = replace(person, items=(), nodes=(), multipliers=())  # keeps little alive
    return assembly


def some_of(chances: Array, places: tuple[int, ...]) -> Array:
    """Probability that at least one of several instances is the case, at most.

    Parameters
    ----------
    chances
        Of all instances, along the last axis.
    places
        Which of them. Levels of one condition seldom come together, so the sum is close.
    """
    return np.minimum(chances[..., list(places)].sum(axis=-1), 1.0)
