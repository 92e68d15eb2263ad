"""What to ask next: dangers first, then history, then examination, then tests."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import cast

from kinechain.domain.case import Case, Side
from kinechain.domain.concepts import Finding, Trait
from kinechain.domain.interview import STAGES, Item, Question, Stage
from kinechain.explanation.why import changes, in_sentence, why
from kinechain.inference.outlook import Outlook, outlook
from kinechain.inference.ranking import Worth, estimate, evaluate
from kinechain.inference.value import COST
from kinechain.knowledge import Knowledge
from kinechain.knowledge.knowledge import without_level
from kinechain.service.interview.dangers import danger_question
from kinechain.service.interview.opening import opening_question

ASKED_STAGES: tuple[Stage, ...] = ("history", "examination", "tests")
_HISTORY = ("symptom", "history", "response")
_TESTS = ("lab", "imaging")


@dataclass(frozen=True)
class Policy:
    """When a question is worth asking, and when the interview ends.

    Attributes
    ----------
    floor
        Value in bits, divided by the cost of the burden, below which nothing is asked: the
        stated tolerance of the stop rule (judgement; the benchmark shows what it does).
    patience
        An earlier stage goes first as long as its best question is worth this share of the
        best of the later ones.
    exact
        How many questions of each stage are evaluated exactly.
    hopeless
        Share of the floor below which an estimate is not checked exactly.
    """

    floor: float = 0.03
    patience: float = 0.33
    exact: int = 3
    hopeless: float = 0.25


@dataclass(frozen=True)
class Asked:
    """What was asked and what no more is to be asked.

    Attributes
    ----------
    keys
        Of all questions that were answered, in whatever way.
    items
        Findings with their level that were asked about.
    ended
        Stages of which the person wants no more.
    """

    keys: frozenset[str]
    items: frozenset[tuple[str, str | None]]
    ended: frozenset[str]

    def has(self, finding: str, level: str | None) -> bool:
        """Whether a finding was asked about, at this level or at all levels."""
        return (finding, level) in self.items or (finding, None) in self.items


def stage_of(concept: Finding | Trait) -> Stage:
    """The part of the interview to which a finding or trait belongs.

    Parameters
    ----------
    concept
        The finding or trait.
    """
    if isinstance(concept, Trait) or (concept.kind in _HISTORY and concept.burden == 0):
        return "history"
    return "tests" if concept.kind in _TESTS or concept.burden > 2 else "examination"


def thresholds_of(knowledge: Knowledge) -> dict[str, float]:
    """From which probability on each dangerous condition is acted upon.

    Parameters
    ----------
    knowledge
        The conditions.
    """
    return {
        name: condition.danger.threshold.value
        for name, condition in knowledge.conditions.items()
        if condition.danger
    }


def question_for(
    case: Case, asked: Asked, knowledge: Knowledge, policy: Policy, until: Stage = "tests"
) -> Question | None:
    """The most useful and least burdensome question, or None when none is worth asking.

    Parameters
    ----------
    case
        The person so far.
    asked
        What is not to be asked again.
    knowledge
        The knowledge.
    policy
        What is worth asking.
    until
        The last stage that is asked.
    """
    if "opening" not in asked.ended:
        first = opening_question(case, asked.keys, knowledge)
        if first is not None:
            return first
    if not case.pain and not case.observations:
        return None
    view = outlook(knowledge, case)
    if "danger" not in asked.ended:
        danger = _danger(case, view, knowledge, asked, "danger")
        if danger is not None:
            return danger
    stages: list[Stage] = [
        stage for stage in ASKED_STAGES
        if STAGES.index(stage) <= STAGES.index(until) and stage not in asked.ended
    ]  # fmt: skip
    return _worthwhile(case, view, knowledge, asked, policy, stages)


def _danger(
    case: Case, view: Outlook, knowledge: Knowledge, asked: Asked, stage: Stage
) -> Question | None:
    home = "history" if stage == "danger" else stage
    recorded = {(one.finding, one.level) for one in case.observations}
    recorded |= {(one.finding, None) for one in case.observations}

    def wanted(finding: str, level: str | None) -> bool:
        concept = knowledge.concept(finding)
        return (
            isinstance(concept, Finding | Trait)
            and stage_of(concept) == home
            and not asked.has(finding, level)
            and (finding, level) not in recorded
        )

    def make(finding: str, level: str | None) -> Item:
        return item_of(case, knowledge, finding, level)

    return danger_question(case, view, knowledge, stage, wanted, make)


def _worthwhile(
    case: Case,
    view: Outlook,
    knowledge: Knowledge,
    asked: Asked,
    policy: Policy,
    stages: list[Stage],
) -> Question | None:
    """The best question of the earliest stage that is nearly as useful as the later ones."""
    bounds = thresholds_of(knowledge)
    nodes = knowledge.graph.nodes
    candidates = [
        node for node in view.unanswered
        if not asked.has(nodes[node].template, nodes[node].level)
    ]  # fmt: skip
    by_stage: dict[Stage, list[Worth]] = {stage: [] for stage in stages}
    for worth in estimate(view, candidates, bounds):
        stage = stage_of(_concept(knowledge, worth.node))
        if stage in by_stage:
            by_stage[stage].append(worth)
    tops = [
        max((score(one, knowledge) for one in by_stage[stage]), default=0.0) for stage in stages
    ]
    found: list[tuple[Stage, Worth]] = []
    for place, stage in enumerate(stages):
        if stage == "examination":
            danger = _danger(case, view, knowledge, asked, stage)
            if danger is not None:
                return danger
        best = _best(view, by_stage[stage], bounds, policy)
        if best is None:
            continue
        if score(best, knowledge) >= policy.patience * max(tops[place + 1 :], default=0.0):
            return _question(view, best, candidates, stage, bounds)
        found.append((stage, best))
    if not found:
        return None
    stage, best = max(found, key=lambda one: score(one[1], knowledge))
    return _question(view, best, candidates, stage, bounds)


def _best(
    view: Outlook, estimates: Collection[Worth], bounds: Mapping[str, float], policy: Policy
) -> Worth | None:
    """The best question of a stage, one side of each finding; None when it is below the floor."""
    knowledge = view.person.knowledge
    nodes = knowledge.graph.nodes
    once: dict[tuple[str, str | None], Worth] = {}
    for worth in sorted(estimates, key=lambda one: -score(one, knowledge)):
        once.setdefault((nodes[worth.node].template, nodes[worth.node].level), worth)
    chosen = [
        worth.node
        for worth in list(once.values())[: policy.exact]
        if score(worth, knowledge) >= policy.floor * policy.hopeless
    ]
    found = evaluate(view, chosen, bounds)
    best = max(found, key=lambda one: (score(one, knowledge), nodes[one.node].id), default=None)
    return best if best is not None and score(best, knowledge) >= policy.floor else None


def score(worth: Worth, knowledge: Knowledge) -> float:
    """Value of a question for its burden.

    Parameters
    ----------
    worth
        What the question would tell.
    knowledge
        Where the burden stands.
    """
    return worth.value / COST[_concept(knowledge, worth.node).burden]


def _concept(knowledge: Knowledge, node: int) -> Finding | Trait:
    return cast("Finding | Trait", knowledge.concept(knowledge.graph.nodes[node].template))


def _question(
    view: Outlook,
    worth: Worth,
    candidates: list[int],
    stage: Stage,
    bounds: Mapping[str, float],
) -> Question:
    nodes = view.person.knowledge.graph.nodes
    one = nodes[worth.node]
    level = one.level if one.kind == "finding" else None
    sides = [
        nodes[node].side for node in candidates
        if nodes[node].template == one.template and nodes[node].level == one.level
    ]  # fmt: skip
    person = view.person
    item = item_of(person.case, person.knowledge, one.template, level,
                   tuple(side for side in sides if side))  # fmt: skip
    return Question(
        key=f"ask:{'.'.join(filter(None, (item.finding, item.level)))}",
        stage=stage,
        expects="yes_no",
        text=item.text,
        why=why(view, worth, bounds),
        more=changes(view, worth),
        items=(item,),
    )


def item_of(
    case: Case,
    knowledge: Knowledge,
    finding: str,
    level: str | None,
    sides: tuple[str, ...] = (),
) -> Item:
    """The item of a finding or trait.

    Parameters
    ----------
    case
        The person; a paired finding is asked of the sides that hurt.
    knowledge
        The words.
    finding, level
        What is asked; the level where it has one and one is meant.
    sides
        The sides asked of, when these are known already.
    """
    concept = cast("Finding | Trait", knowledge.concept(finding))
    paired = concept.sides == "paired" and set(concept.regions) != {"systemic"}
    about = tuple(cast("tuple[Side, ...]", sides) or _hurting(case)) if paired else ()
    soft = concept.soft if isinstance(concept, Finding) else None
    quantity = soft.quantity if soft else ""
    if concept.derive is not None and concept.derive.quantity:
        quantity = concept.derive.quantity
    label, text = without_level(concept.label), concept.question
    if level:
        words = in_sentence(knowledge.levels[level].label)
        label, text = f"{label}, {words}", f"{text.rstrip()} ({words})"
    return Item(finding=finding, label=label, text=text, sides=about, level=level,
                quantity=quantity)  # fmt: skip


def _hurting(case: Case) -> tuple[Side, ...]:
    """The sides on which it hurts; both when none is known."""
    both: tuple[Side, Side] = ("left", "right")
    found: list[Side] = [
        side for side in both if any(pain.side in (side, "both") for pain in case.pain)
    ]
    return tuple(found) or both
