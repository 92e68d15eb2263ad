"""A part of the knowledge: some of the conditions, with everything that hangs on them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import msgspec

from kinechain.knowledge import Knowledge
from kinechain.knowledge.knowledge import assemble
from kinechain.knowledge.read import FOLDERS


def part_of(knowledge: Knowledge, conditions: Collection[str]) -> Knowledge:
    """The knowledge reduced to some conditions.

    Kept are the links, findings and sites that these reach, the traits that change their
    priors or feed those links, and everything that is not part of the network.

    Parameters
    ----------
    knowledge
        The whole.
    conditions
        Ids of the conditions to keep.
    """
    things: dict[str, dict[str, Any]] = {
        folder: dict(getattr(knowledge, folder)) for folder in FOLDERS
    }
    reached = _reached(knowledge, conditions)
    risks = {risk.trait for name in conditions for risk in knowledge.conditions[name].prior.risks}
    feeding = {
        name
        for name, trait in knowledge.traits.items()
        if any(effect.to in reached for effect in trait.effects)
    }
    kept = {
        "conditions": set(conditions),
        "traits": risks | feeding,
        "links": reached & knowledge.links.keys(),
        "findings": reached & knowledge.findings.keys(),
        "sites": (reached & knowledge.sites.keys())
        | {name for name in knowledge.sites if reached.intersection(knowledge.parts(name))},
    }
    for folder, names in kept.items():
        things[folder] = {
            name: _within(thing, reached) for name, thing in things[folder].items() if name in names
        }
    return assemble(things, f"{knowledge.version}, {len(conditions)} conditions")


def _reached(knowledge: Knowledge, conditions: Collection[str]) -> set[str]:
    """Ids of the conditions and of all that they can cause, other conditions left out."""
    found: set[str] = set()
    waiting = list(conditions)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [
                effect.to
                for effect in getattr(knowledge.concept(name), "effects", ())
                if effect.to not in knowledge.conditions
            ]
    return found


def _within(thing: Any, reached: Collection[str]) -> Any:
    """A cause without the effects on what is left out; a site without such parts."""
    changes: dict[str, Any] = {}
    if getattr(thing, "effects", ()):
        changes["effects"] = tuple(one for one in thing.effects if one.to in reached)
    if getattr(thing, "parts", ()):
        changes["parts"] = tuple(name for name in thing.parts if name in reached)
    return msgspec.structs.replace(thing, **changes) if changes else thing
