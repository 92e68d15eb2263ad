"""What was written about a finding, with its place in the file, and words for sides."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from kinechain.domain.case import Observation, Side, State, TriedTreatment
from kinechain.intake.names import key_of
from kinechain.knowledge import Knowledge

SIDES: dict[Side, tuple[str, ...]] = {
    "left": ("l", "lt", "left side", "left-sided"),
    "right": ("r", "rt", "right side", "right-sided"),
    "both": ("bilateral", "both sides", "bilaterally", "left and right", "b"),
    "midline": ("middle", "centre", "center", "central"),
    "unknown": ("one side", "not known", "?"),
}
SIDE_OF: dict[str, Side] = {
    key_of(word): side for side, words in SIDES.items() for word in (side, *words) if key_of(word)
}


@dataclass(frozen=True)
class Recorded:
    """An observation and the place where it was written."""

    observation: Observation
    line: int
    key: str


@dataclass(frozen=True)
class RecordedFactor:
    """A health factor that was written, and where."""

    id: str
    state: State
    line: int
    key: str


@dataclass(frozen=True)
class Tried:
    """A treatment that was tried, and where it was written."""

    treatment: TriedTreatment
    line: int


def instances(knowledge: Knowledge, observation: Observation) -> frozenset[tuple[str, str]]:
    """The sides and levels that an observation speaks of, at least one of which is meant."""
    concept = knowledge.concept(observation.finding)
    sides: tuple[str, ...] = ("midline",)
    if concept.sides == "paired":
        one = observation.side in ("left", "right")
        sides = (observation.side,) if one else ("left", "right")
    levels = (observation.level,) if observation.level else concept.levels or ("",)
    return frozenset(product(sides, levels))
