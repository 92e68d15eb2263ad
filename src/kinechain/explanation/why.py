"""Why a question is asked, in one short sentence, and what its answers would change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from kinechain.inference.network import Array
from kinechain.inference.outlook import Outlook, some_of
from kinechain.inference.ranking import Worth
from kinechain.knowledge import Knowledge

NOTICEABLE = 0.01
"""Changes of a probability by less than this are not worth a word."""
OPPOSITE = 0.2
"""How far a second condition must move the other way to be told from the first."""
SHOWN = 3
MOST_NAMED = 3


def in_sentence(label: str) -> str:
    """A label as it stands inside a sentence.

    Parameters
    ----------
    label
        A condition's or finding's label.

    Examples
    --------
    >>> in_sentence("Hip osteoarthritis"), in_sentence("ACL tear"), in_sentence("L4/5 disc")
    ('hip osteoarthritis', 'ACL tear', 'L4/5 disc')
    """
    first = label.split(" ", 1)[0]
    proper = first[1:] != first[1:].lower() or any(c.isdigit() for c in first)
    return label if proper or first.endswith("'s") else label[:1].lower() + label[1:]


def listed(words: Sequence[str], last: str = "and") -> str:
    """Words as an enumeration.

    Parameters
    ----------
    words
        At least one.
    last
        The word before the last.

    Examples
    --------
    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def why_danger(conditions: Iterable[str], knowledge: Knowledge) -> str:
    """Why dangers are asked about.

    Parameters
    ----------
    conditions
        Ids of the conditions behind the red flags; some are not in the knowledge.
    knowledge
        Their labels.
    """
    words = [name_of(one, knowledge) for one in dict.fromkeys(conditions)]
    if len(words) > MOST_NAMED:
        words = [*words[:MOST_NAMED], "others"]
    verb = "is" if len(words) == 1 else "are"
    return f"because {listed(words)} {verb} not excluded"


def name_of(condition: str, knowledge: Knowledge) -> str:
    """The words for a condition inside a sentence.

    Parameters
    ----------
    condition
        Its id.
    knowledge
        The labels; an id that it does not know is taken apart.
    """
    if condition in knowledge.conditions:
        label = re.sub(r"\s*\(?\{level\}\)?\s*|\s*\(\)", " ", knowledge.label(condition))
        return in_sentence(" ".join(label.split()))
    return condition.replace("_", " ")


def why(outlook: Outlook, worth: Worth, thresholds: Mapping[str, float]) -> str:
    """Why a single question is asked.

    Parameters
    ----------
    outlook
        What is likely now.
    worth
        What the question would tell.
    thresholds
        Probability from which on a dangerous condition is acted upon, by condition id.
    """
    knowledge = outlook.person.knowledge
    danger = _crossed(outlook, worth, thresholds)
    if danger:
        return f"because {name_of(danger, knowledge)} is not excluded"
    now, yes, no = (
        _origins(outlook, one) for one in (outlook.present, worth.present, worth.absent)
    )
    names = list(outlook.families)
    swing = yes - no
    first = int(np.argmax(swing))
    second = int(np.argmin(swing))
    if swing[first] >= NOTICEABLE and swing[second] <= -max(NOTICEABLE, OPPOSITE * swing[first]):
        above, below = name_of(names[first], knowledge), name_of(names[second], knowledge)
        return f"tells {above} from {below}"
    if swing[first] >= NOTICEABLE:
        return f"speaks for or against {name_of(names[first], knowledge)}"
    if swing[second] <= -NOTICEABLE:
        return f"speaks for or against {name_of(names[second], knowledge)}"
    leading = names[int(np.argmax(now))]
    return f"tells more about {name_of(leading, knowledge)}, its side or its level"


def changes(outlook: Outlook, worth: Worth) -> tuple[str, ...]:
    """What either answer would change most, one line for each answer.

    Parameters
    ----------
    outlook
        What is likely now.
    worth
        What the question would tell.
    """
    now = _origins(outlook, outlook.present)
    names = list(outlook.families)
    knowledge = outlook.person.knowledge
    found: list[str] = []
    for word, after in (("yes", worth.present), ("no", worth.absent)):
        then = _origins(outlook, after)
        order = np.argsort(-np.abs(then - now), kind="stable")[:SHOWN]
        words = [
            f"{name_of(names[place], knowledge)} {now[place]:.0%} -> {then[place]:.0%}"
            for place in order
            if abs(then[place] - now[place]) >= NOTICEABLE / 2
        ]
        found.append(f"if {word}: {'; '.join(words) if words else 'hardly any change'}")
    return tuple(found)


def _origins(outlook: Outlook, chance: Array) -> Array:
    relevant = chance * outlook.relevance
    return np.array([float(some_of(relevant, one)) for one in outlook.families.values()])


def _crossed(outlook: Outlook, worth: Worth, thresholds: Mapping[str, float]) -> str:
    """The danger that either answer carries over its threshold, with the largest move."""
    best, name = 0.0, ""
    for one, places in outlook.families.items():
        if one not in thresholds:
            continue
        bound = thresholds[one]
        before = float(some_of(outlook.present, places))
        for chance, after in ((worth.yes, worth.present), (1 - worth.yes, worth.absent)):
            then = float(some_of(after, places))
            moved = chance * abs(then - before) / bound
            if (then >= bound) != (before >= bound) and moved > best:
                best, name = moved, one
    return name
