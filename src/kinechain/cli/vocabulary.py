"""``kinechain findings`` and ``kinechain conditions``: search the vocabulary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kinechain.cli.output import show, wrapped
from kinechain.cli.program import Command

if TYPE_CHECKING:
    from kinechain.intake.names import Kind
    from kinechain.intake.search import Found
    from kinechain.knowledge import Knowledge

RECORDED: tuple[Kind, ...] = ("finding", "trait", "site", "quantity", "setting")


@click.command(cls=Command, short_help="Search what a case file can name.")
@click.argument("text", nargs=-1)
def findings(text: tuple[str, ...]) -> None:
    """Search what a case file can name: findings, traits, painful sites, values, settings.

    Without TEXT all of them are listed. TEXT is compared with ids, labels and synonyms.
    """
    _search(" ".join(text), RECORDED)


@click.command(cls=Command, short_help="Search the possible origins of pain.")
@click.argument("text", nargs=-1)
def conditions(text: tuple[str, ...]) -> None:
    """Search the conditions that the program knows as origins of pain.

    Without TEXT all of them are listed. TEXT is compared with ids, labels and synonyms.
    """
    _search(" ".join(text), ("condition",))


def _search(text: str, kinds: tuple[Kind, ...]) -> None:
    from kinechain.intake import search
    from kinechain.knowledge import load_knowledge

    knowledge = load_knowledge()
    found = search(knowledge, text, kinds)
    for one in found:
        _show(one, knowledge)
    if not found:
        click.echo(f"Nothing is called {text!r}. Try one word of it, or none for the whole list.",
                   err=True)  # fmt: skip
        raise click.exceptions.Exit(1)


def _show(found: Found, knowledge: Knowledge) -> None:
    groups: dict[str, dict[str, Any]] = {
        "finding": knowledge.findings, "trait": knowledge.traits, "site": knowledge.sites,
        "condition": knowledge.conditions, "quantity": knowledge.quantities,
        "setting": knowledge.settings,
    }  # fmt: skip
    thing = groups[found.kind][found.id]
    show(f"{click.style(found.id, bold=True)}  {found.label}")
    parts = [described(found.kind, thing, knowledge)]
    if thing.synonyms:
        parts.append(f"also: {', '.join(thing.synonyms)}")
    show(wrapped("; ".join(part for part in parts if part), 4, 0))


def described(kind: str, thing: Any, knowledge: Knowledge) -> str:
    """The kind of a thing with its sides and levels, in words.

    Parameters
    ----------
    kind
        As `kinechain.intake.names.Kind` has them.
    thing
        What stands in its file.
    knowledge
        The words for levels.
    """
    if kind == "quantity":
        units = ", ".join(dict.fromkeys([thing.unit, *thing.units]))
        return f"value in {units}, {thing.plausible_low:g} to {thing.plausible_high:g} {thing.unit}"
    if kind == "setting":
        return "setting"
    words = {"finding": getattr(thing, "kind", ""), "trait": "history or exposure",
             "site": "painful site", "condition": "condition"}[kind]  # fmt: skip
    parts = [words]
    if thing.sides == "paired":
        parts.append("left or right")
    if thing.levels:
        parts.append("levels " + " ".join(thing.levels))
    if getattr(thing, "parts", ()):
        parts.append(f"somewhere in: {', '.join(thing.parts)}")
    if getattr(thing, "danger", None):
        parts.append("dangerous")
    if getattr(thing, "unspecific", False):
        parts.append("unspecific")
    return ", ".join(parts)
