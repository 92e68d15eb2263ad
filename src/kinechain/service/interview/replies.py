"""What people answer to yes-or-no questions: parsed leniently, never guessed."""

from __future__ import annotations

import re

from kinechain.domain.case import Side, State
from kinechain.domain.interview import Fact, Item, Question
from kinechain.intake.names import key_of
from kinechain.intake.recorded import SIDE_OF
from kinechain.knowledge import Knowledge

YES = frozenset({"y", "yes", "yeah", "yep", "yup", "present", "positive", "true", "+", "pos"})
NO = frozenset({"n", "no", "nope", "none", "absent", "negative", "false", "never", "neg", "-"})
UNKNOWN = frozenset({"u", "unknown", "?", "unsure", "dontknow", "idontknow", "notsure",
                     "notknown", "notdone", "nottested", "notexamined", "noidea"})  # fmt: skip
SKIP = frozenset({"", "s", "skip", "pass"})
ALL = frozenset({"all", "everything", "allofthem"})
_FILLERS = frozenset({"the", "side", "on", "only", "sided", "at", "level", "and", "a", "bit",
                      "little", "is", "it"})  # fmt: skip
_NUMBER = re.compile(r"[<>~]?\s*[0-9]+([.,][0-9]+)?\s*[^0-9]*")

Understood = tuple[tuple[Fact, ...], str]


class ReplyError(ValueError):
    """An answer that cannot be used, and what would be one."""


def says_nothing(reply: str) -> str:
    """``unknown`` or ``skipped`` when the reply is that; else empty.

    Parameters
    ----------
    reply
        What was answered.
    """
    word = _plain(reply)
    if word in SKIP:
        return "skipped"
    return "unknown" if word in UNKNOWN or reply.strip() == "?" else ""


def understood(question: Question, reply: str, knowledge: Knowledge) -> Understood:
    """What a reply to a question of one or several items says.

    Parameters
    ----------
    question
        Of the kind ``yes_no`` or ``any_of``.
    reply
        What was answered.
    knowledge
        The words for levels, and what is measured.

    Raises
    ------
    ReplyError
        When it cannot be understood.
    """
    nothing = says_nothing(reply)
    if nothing:
        return (), nothing
    if question.expects == "yes_no":
        return _single(question.items[0], reply, knowledge)
    return _several(question, reply, knowledge)


def _plain(reply: str) -> str:
    text = reply.strip().casefold().rstrip(".!")
    return text if text in {"+", "-", "?"} else key_of(text)


def _single(item: Item, reply: str, knowledge: Knowledge) -> Understood:
    if item.quantity and _NUMBER.fullmatch(reply.strip()):
        side = item.sides[0] if len(item.sides) == 1 else None
        if item.sides and side is None:
            raise ReplyError("This is measured on one side. Answer yes or no with the side.")
        text = _with_unit(reply.strip(), knowledge.quantities[item.quantity].unit)
        return (Fact(kind="value", name=item.quantity, value=text, side=side),), text
    words = [word for word in re.split(r"[\s,;:()]+", reply.strip().casefold()) if word]
    state: State | None = None
    side: Side | None = None
    level: str | None = None
    for word in words:
        known_level = _level(word, item, knowledge)
        if _plain(word) in YES and state != "absent":
            state = "present"
        elif _plain(word) in NO and state != "present":
            state = "absent"
        elif word in SIDE_OF and item.sides:
            side = SIDE_OF[word] if side in (None, SIDE_OF[word]) else "both"
        elif known_level:
            level = known_level
        elif word not in _FILLERS:
            raise ReplyError(_help(item))
    if state is None and side is None and level is None:
        raise ReplyError(_help(item))
    return _facts(item, state or "present", side, level)


def _with_unit(text: str, unit: str) -> str:
    found = re.fullmatch(r"(.*?[0-9])\s*([^0-9]*)", text)
    if found and not found[2] and unit != "1":
        return f"{found[1]} {unit}"
    return f"{found[1]} {found[2]}".strip() if found else text


def _level(word: str, item: Item, knowledge: Knowledge) -> str | None:
    levels = knowledge.concept(item.finding).levels
    key = key_of(word)
    return next(
        (one for one in levels if key in (key_of(one), key_of(knowledge.levels[one].label))), None
    )


def _facts(item: Item, state: State, side: Side | None, level: str | None) -> Understood:
    """One fact for each side that the answer speaks of."""
    other = item.level is not None and level not in (None, item.level)
    level = level or item.level

    def fact(state: State, side: Side | None) -> Fact:
        return Fact(kind="finding", name=item.finding, state=state, side=side, level=level)

    words = f", {level}" if other else ""
    if not item.sides:
        return (fact(state, None),), _word(state) + words
    if side is None or side == "unknown":
        if state == "absent":
            whole: Side = "both" if len(item.sides) > 1 else next(iter(item.sides))
            return (fact("absent", whole),), "no" + words
        if side is None and len(item.sides) > 1:
            raise ReplyError("Which side: left, right or both?")
        where: Side = "unknown" if side else next(iter(item.sides))
        return (fact("present", where),), f"yes, {where}{words}"
    if state == "absent":
        return (fact("absent", side),), f"no, {side}{words}"
    facts = [fact("present", side)]
    rest = () if side == "both" else item.sides
    facts += [fact("absent", one) for one in rest if one != side]
    return tuple(facts), f"yes, {side}{words}"


def _word(state: State) -> str:
    return "yes" if state == "present" else "no"


def _help(item: Item) -> str:
    sides = ", left, right, both" if item.sides else ""
    return f"Answer yes, no, unknown or skip{sides}" + (
        ", or the value with its unit." if item.quantity else "."
    )


def _several(question: Question, reply: str, knowledge: Knowledge) -> Understood:
    items = question.items
    word = _plain(reply)
    if word in NO:
        return _each(items, dict.fromkeys(range(len(items)), "no"), knowledge)
    if word in ALL or (word in YES and len(items) == 1):
        return _each(items, dict.fromkeys(range(len(items)), "yes"), knowledge)
    if word in YES:
        raise ReplyError("Which of them? Answer with the numbers, 1 3 for example.")
    said: dict[int, str] = {}
    parts = re.findall(r"([0-9]{1,2})\s*([^0-9,;]*)[,;]?", reply)
    if not re.fullmatch(r"\s*([0-9]{1,2}\s*[^0-9,;]*[,;]?\s*)+", reply):
        raise ReplyError(
            "Answer none, the numbers of those that are so (1 3), a number with unknown "
            "(2 unknown), unknown or skip."
        )
    for number, words in parts:
        place = int(number) - 1
        if not 0 <= place < len(items):
            raise ReplyError(f"There is no number {number}; they run from 1 to {len(items)}.")
        said[place] = _without_and(words) or "yes"
    if all(_plain(words) in NO for words in said.values()):
        raise ReplyError("Name those that are so, or answer none.")
    said = {**dict.fromkeys(range(len(items)), "no"), **said}  # who names some denies the rest
    return _each(items, said, knowledge)


def _without_and(words: str) -> str:
    return re.sub(r"\b(and|or)\b|[+&]", " ", words).strip(" .")


def _each(items: tuple[Item, ...], said: dict[int, str], knowledge: Knowledge) -> Understood:
    facts: list[Fact] = []
    shown: list[str] = []
    for place, item in enumerate(items):
        words = said[place]
        if says_nothing(words):
            shown.append(f"{item.label}: {says_nothing(words)}")
            continue
        if _plain(words) in YES and len(item.sides) > 1:
            words = "yes unknown"  # a danger counts on whichever side; it need not be asked again
        found, text = _single(item, words.replace("unknown", "?"), knowledge)
        facts += found
        if text != "no":
            shown.append(f"{item.label}: {text}")
    return tuple(facts), "; ".join(shown) or "none of them"
