"""``kinechain knowledge``: what the program knows, on what it rests, and whether it is sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kinechain.cli.output import Refusal, show, table, wrapped
from kinechain.cli.program import Commands
from kinechain.cli.progress import waiting
from kinechain.cli.rules import rules
from kinechain.cli.tables import fit, tables

if TYPE_CHECKING:
    from kinechain.service.coverage import Coverage


@click.group(cls=Commands, short_help="Check and show what the program knows.")
def knowledge() -> None:
    """Check the knowledge, see what it covers, look at what stands in it."""


@knowledge.command(short_help="Prove what can be proved about it.")
@click.option("--folder", metavar="FOLDER", type=click.Path(exists=True, file_okay=False),
              help="Check this folder of knowledge files instead of the shipped one.")  # fmt: skip
def check(folder: str | None) -> None:
    """Prove what can be proved about the knowledge; exit status 1 when there is an error."""
    from pathlib import Path

    from kinechain.knowledge.check import check_folder

    with waiting("Checking the knowledge"):
        issues = check_folder(Path(folder)) if folder else check_folder()
    for issue in issues:
        remedy = f" ({issue.remedy})" if issue.remedy else ""
        click.echo(f"{issue.level}: {issue.where}: {issue.message}{remedy}")
    errors = sum(issue.level == "error" for issue in issues)
    warnings = sum(issue.level == "warning" for issue in issues)
    show(f"{errors} errors, {warnings} warnings")
    if errors:
        raise click.exceptions.Exit(1)


@knowledge.command(short_help="List the conditions and their figures.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON, no more.")
def coverage(as_json: bool) -> None:
    """List the conditions: how many figures, from where, how many judged, what is missing."""
    from kinechain.knowledge import load_knowledge
    from kinechain.service.coverage import coverage as count

    with waiting("Counting"):
        found = count(load_knowledge())
    if as_json:
        from kinechain.service.presentation import as_json as text_of

        show(text_of(found), newline=False)
        return
    _show_coverage(found)


def _show_coverage(found: Coverage) -> None:
    rows = [
        (
            f"{one.condition}{' !' if one.dangerous else ''}",
            str(one.figures),
            str(one.studies),
            f"{100 * one.judgements / max(one.figures, 1):.0f} %",
            str(one.sources),
            one.reviewed_on,
            "; ".join(one.missing),
        )
        for one in found.conditions
    ]
    heads = ("condition (! dangerous)", "figures", "studies", "judged", "sources", "reviewed",
             "missing")  # fmt: skip
    show(table(heads, rows, right=(1, 2, 3, 4)))
    show("")
    show(wrapped(
        f"In all {len(found.conditions)} conditions, {found.findings} findings, {found.traits} "
        f"traits, {found.links} links, {found.sites} sites, {found.red_flags} red flags; "
        f"{found.figures} figures, {100 * found.judgements / max(found.figures, 1):.0f} % of them "
        f"judged; {found.sources} sources. Knowledge {found.knowledge_version}.",
        0, 0))  # fmt: skip


@knowledge.command(name="show", short_help="Show one thing with its numbers.")
@click.argument("name", metavar="ID")
def show_(name: str) -> None:
    """Show one thing with its numbers and where they come from.

    ID is any id: of a condition, finding, trait, link, site, red flag, quantity, level, setting,
    source, treatment, health factor, drug class, course or instrument. For a finding the causes
    that bear on it are shown, for a source what cites it. A label or a synonym will do too.
    """
    from kinechain.cli.explain import not_known
    from kinechain.cli.things import show_thing
    from kinechain.knowledge import load_knowledge
    from kinechain.service.catalogue import UnknownName, find

    known = load_knowledge()
    try:
        found = find(name, known)
    except UnknownName as error:
        raise Refusal(not_known("thing called", error.text, error.nearest)) from error
    for place, thing in enumerate(found):
        if place:
            show("")
        show_thing(thing, known)


knowledge.add_command(tables)
knowledge.add_command(fit)
knowledge.add_command(rules)
