"""``kinechain case``: a new case file, and what is wrong with one."""

from __future__ import annotations

import click

from kinechain.cli.output import Refusal, new_file, show, show_issues, wrapped, write
from kinechain.cli.program import Commands


@click.group(cls=Commands)
def case() -> None:
    """Write a new case file, or check one."""


@case.command(short_help="Write a template with comments.")
@click.argument("file", metavar="[FILE]", required=False, type=click.Path())
def new(file: str | None) -> None:
    """Write a template with comments, to the output or into a new FILE."""
    from kinechain.intake.template import template

    target = new_file(file)
    if target is None:
        show(template(), newline=False)
        return
    if target.exists():
        raise Refusal(f"{target} exists and is left as it is. Name another file.")
    write(target, template())
    click.echo(f"The template is written: {target}")


@case.command(short_help="Say what is wrong with a case file.")
@click.argument("case_file", metavar="CASE.yaml", type=click.Path())
def check(case_file: str) -> None:
    """Say everything that is wrong with a case file, and what was understood."""
    from kinechain.intake import read_case
    from kinechain.knowledge import load_knowledge

    reading = read_case(case_file, load_knowledge())
    show_issues(reading.issues, err=False)
    count = {level: sum(issue.level == level for issue in reading.issues)
             for level in ("error", "warning")}  # fmt: skip
    found = reading.case
    derived = sum(one.derived_from is not None for one in found.observations)
    parts = (
        _count(len(found.pain), "painful site"),
        _count(len(found.observations), "finding") + (f" ({derived} derived)" if derived else ""),
        _count(len(found.measurements), "value"),
        _count(len(found.drugs), "drug"),
        _count(len(found.treatments), "treatment"),
    )
    show(wrapped(f"Understood: {', '.join(part for part in parts if not part.startswith('0 '))}."
                 if any(not part.startswith("0 ") for part in parts)
                 else "Nothing was understood."))  # fmt: skip
    show(f"{_count(count['error'], 'error')}, {_count(count['warning'], 'warning')}.")
    if reading.has_errors:
        raise click.exceptions.Exit(2)


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
