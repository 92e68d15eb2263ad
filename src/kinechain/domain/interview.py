"""The nouns of an interview: what is asked, what was answered, what the answer says."""

from __future__ import annotations

from typing import Literal

import msgspec

from kinechain.domain.case import Side, State

Stage = Literal["opening", "danger", "history", "examination", "tests"]
Expects = Literal["text", "choice", "yes_no", "any_of"]
FactKind = Literal["field", "pain", "side", "part", "detail", "finding", "value", "enough"]

STAGES: tuple[Stage, ...] = ("opening", "danger", "history", "examination", "tests")


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """A finding or trait that a question asks about.

    Attributes
    ----------
    sides
        The sides asked about; empty when it has none.
    quantity
        The measured quantity whose value answers it as well; empty when there is none.
    """

    finding: str
    label: str
    text: str
    sides: tuple[Side, ...] = ()
    level: str | None = None
    quantity: str = ""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One question, in plain words, with the reason for asking it.

    Attributes
    ----------
    key
        What it is about; nothing is asked twice under one key.
    stage
        Which part of the interview it belongs to.
    why
        One short sentence.
    more
        What each answer would change, for who wants to know.
    choices
        Words to choose from, for the kind ``choice``; also shown for ``text``.
    items
        What is asked: one for ``yes_no``, several for ``any_of``, none for the opening.
    """

    key: str
    stage: Stage
    expects: Expects
    text: str
    why: str
    more: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
    hint: str = ""


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that an answer says of the person.

    Attributes
    ----------
    kind
        ``field`` sets a key of the case, ``pain`` adds a site, ``side`` gives sites their
        side, ``part`` says where in a site, ``detail`` sets a key of every pain that has
        none, ``finding`` records presence or absence, ``value`` a measured value;
        ``enough`` ends a stage and says nothing of the person.
    name
        Key, site, finding, quantity or stage.
    value
        What is set.
    values
        Parts of a site, or qualities.
    """

    kind: FactKind
    name: str
    value: str = ""
    values: tuple[str, ...] = ()
    state: State | None = None
    side: Side | None = None
    level: str | None = None


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A question and what was answered.

    Attributes
    ----------
    reply
        The words of the answer.
    shown
        How it was understood.
    facts
        What follows; nothing for "unknown" and "skip".
    """

    question: Question
    reply: str
    shown: str
    facts: tuple[Fact, ...] = ()
