"""Cases over the knowledge that ships with the program: arbitrary, mirrored, sampled from it."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
from hypothesis import strategies as st

from kinechain.domain.case import Case, Observation, Pain
from kinechain.inference.person import person_of
from kinechain.knowledge import Knowledge, load_knowledge
from kinechain.knowledge.knowledge import assemble

OTHER = {"left": "right", "right": "left"}
GROUPS = ("conditions", "traits", "links", "findings", "sites")


def observed(knowledge: Knowledge, name: str, level: int, side: str, state: str) -> Observation:
    """An observation of `name`, with a level and side where it has them."""
    concept = knowledge.concept(name)
    return Observation(
        finding=name,
        state=state,
        side=side if concept.sides == "paired" else "midline",
        level=concept.levels[level % len(concept.levels)] if concept.levels else None,
    )


@st.composite
def shipped_cases(draw: st.DrawFn, findings: int = 6, pains: int = 2) -> Case:
    """Pains and findings in any combination, sensible or not, most of them on one side."""
    knowledge = load_knowledge()
    side = draw(st.sampled_from(["left", "right"]))
    places = [name for name, site in knowledge.sites.items() if not site.parts]
    chosen = draw(st.lists(st.sampled_from(places), unique=True, min_size=1, max_size=pains))
    names = draw(
        st.lists(
            st.sampled_from(sorted(knowledge.findings)),
            unique=True,
            min_size=findings // 2,
            max_size=findings,
        )
    )
    return Case(
        id="random",
        age_years=draw(st.sampled_from([None, 30.0, 55.0, 75.0])),
        sex=draw(st.sampled_from([None, "female", "male"])),
        setting=draw(st.sampled_from([None, *sorted(knowledge.settings)])),
        pain=tuple(
            Pain(site=name, side=side if knowledge.sites[name].sides == "paired" else "midline")
            for name in chosen
        ),
        observations=tuple(
            observed(
                knowledge,
                name,
                draw(st.integers(0, 5)),
                side,
                draw(st.sampled_from(["present", "absent"])),
            )
            for name in names
        ),
    )


def mirrored(case: Case) -> Case:
    """The same case with left and right exchanged."""

    def swap(thing: Any) -> Any:
        return msgspec.structs.replace(thing, side=OTHER.get(thing.side, thing.side))

    return msgspec.structs.replace(
        case, pain=tuple(map(swap, case.pain)), observations=tuple(map(swap, case.observations))
    )


def relabelled(knowledge: Knowledge) -> tuple[Knowledge, dict[str, str]]:
    """The same knowledge under other names, which turn the alphabetical order around."""
    old = sorted(name for group in GROUPS for name in getattr(knowledge, group))
    new = {name: f"n{len(old) - place:04d}" for place, name in enumerate(old)}
    things: dict[str, dict[str, Any]] = {
        name: getattr(knowledge, name) for name in ("sources", "levels", "quantities", "red_flags")
    }
    replace = msgspec.structs.replace
    for group in GROUPS:
        renamed = {}
        for name, concept in getattr(knowledge, group).items():
            changes: dict[str, Any] = {"id": new[name]}
            if hasattr(concept, "effects"):
                changes["effects"] = tuple(replace(one, to=new[one.to]) for one in concept.effects)
            if hasattr(concept, "prior"):
                changes["prior"] = replace(
                    concept.prior,
                    risks=tuple(
                        replace(risk, trait=new[risk.trait]) for risk in concept.prior.risks
                    ),
                )
            if group == "sites":
                changes["parts"] = tuple(new[part] for part in concept.parts)
            renamed[new[name]] = replace(concept, **changes)
        things[group] = dict(sorted(renamed.items()))
    things["settings"] = {
        name: replace(
            setting,
            odds=tuple(
                replace(rule, conditions=tuple(new[one] for one in rule.conditions))
                for rule in setting.odds
            ),
        )
        for name, setting in knowledge.settings.items()
    }
    return assemble(things, f"relabelled {knowledge.version}"), new


def renamed_case(case: Case, names: dict[str, str]) -> Case:
    """The same case in the words of relabelled knowledge."""
    replace = msgspec.structs.replace
    return replace(
        case,
        pain=tuple(replace(pain, site=names[pain.site]) for pain in case.pain),
        observations=tuple(replace(one, finding=names[one.finding]) for one in case.observations),
    )


def sampled_case(condition: str, findings: int, positive: int, seed: int) -> Case:
    """A person drawn from the network with `condition` present, as an examiner would record.

    At most `positive` findings are recorded as present, the others of `findings` as absent.
    """
    knowledge, random = load_knowledge(), np.random.default_rng(seed)
    graph = knowledge.graph.nodes
    network = person_of(knowledge, Case(id="nobody", age_years=60.0)).network
    here = knowledge.index[condition]
    side = graph[here].side or "left"
    present = np.zeros(network.size, bool)
    for node, pairs in enumerate(network.parents):
        none = 1 - network.leak[0, node]
        for parent, edge in pairs:
            none *= 1 - network.activation[0, edge] * present[parent]
        present[node] = node == here or random.random() > none
    seen = [
        node
        for node, one in enumerate(graph)
        if one.kind == "finding"
        and one.side in (side, None)
        and knowledge.findings[one.template].kind != "response"  # nothing was treated yet
    ]
    on = random.permutation([node for node in seen if present[node]])[:positive]
    off = random.permutation([node for node in seen if not present[node]])[: findings - len(on)]
    pains = [
        one
        for node, one in enumerate(graph)
        if one.kind == "site" and present[node] and one.side in (side, None)
    ]
    back = next(one for one in graph if one.kind == "site" and one.side is None)
    return Case(
        id="sampled",
        age_years=60.0,
        pain=tuple(
            Pain(site=one.template, side=one.side or "midline") for one in (pains or [back])[:3]
        ),
        observations=tuple(
            Observation(
                finding=graph[node].template,
                side=graph[node].side or "midline",
                level=graph[node].level,
                state="present" if present[node] else "absent",
            )
            for node in [*on, *off]
        ),
    )
