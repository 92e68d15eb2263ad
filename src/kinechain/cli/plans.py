"""``kinechain plans``: compare two plans, and give a role's word on one."""

from __future__ import annotations

from pathlib import Path

import click

from kinechain.cli.output import Refusal, show, write
from kinechain.cli.program import Commands

ROLES = ("spine_specialist", "pain_physician", "physical_therapist", "patient")
STATES = ("approved", "changes_wanted", "pending")


@click.group(cls=Commands)
def plans() -> None:
    """Compare two plans, or record an approval."""


@plans.command(short_help="Say what differs between two plans.")
@click.argument("before", metavar="BEFORE.json", type=click.Path())
@click.argument("after", metavar="AFTER.json", type=click.Path())
@click.option("--json", "as_json", is_flag=True, help="Print the differences as JSON, no more.")
def compare(before: str, after: str, as_json: bool) -> None:
    """Say what differs between two plans that `kinechain plan --json` wrote."""
    import msgspec

    from kinechain.care import compare as differences
    from kinechain.service.plan import PlanFileError, read_plan

    try:
        found = differences(read_plan(before), read_plan(after))
    except PlanFileError as error:
        raise Refusal(str(error)) from error
    if as_json:
        show(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
        return
    for one in found:
        show(f"{one.kind.replace('_', ' ')}: {one.words}")
    if not found:
        show("The two plans say the same.")


@plans.command(short_help="Record a role's word on a plan.")
@click.argument("plan", metavar="PLAN.json", type=click.Path())
@click.option("--role", type=click.Choice(ROLES), required=True, help="Who speaks.")
@click.option("--by", metavar="NAME", required=True, help="Their name or initials.")
@click.option("--state", type=click.Choice(STATES), default="approved", show_default=True,
              help="What they say.")  # fmt: skip
@click.option("--on", metavar="DATE", help="The day, as 2026-11-22.")
@click.option("--note", metavar="TEXT", help="Why.")
def approve(plan: str, role: str, by: str, state: str, on: str | None, note: str | None) -> None:
    """Record a role's word in the plan's file; the rest of the plan stays as it is."""
    from datetime import date

    from kinechain.care import RevisionError
    from kinechain.care import approve as answered
    from kinechain.service.plan import PlanFileError, read_plan
    from kinechain.service.presentation import as_json

    try:
        day = date.fromisoformat(on).isoformat() if on else None
    except ValueError as error:
        raise Refusal(f"The day must be a date as 2026-11-22. Got {on!r}.") from error
    try:
        changed = answered(read_plan(plan), role, state, by=by, on=day, note=note)  # type: ignore[arg-type]
    except (PlanFileError, RevisionError) as error:
        raise Refusal(str(error)) from error
    write(Path(plan), as_json(changed))
    waiting = [one.role for one in changed.approvals if one.state != "approved"]
    missing = f" Still to approve: {', '.join(waiting)}." if waiting else " All have approved."
    show(f"{role}: {state}.{missing}")
