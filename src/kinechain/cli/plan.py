"""``kinechain plan``: one stepped plan for the team, and a page for the patient."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kinechain.cli.base_rates import base_rates_option, case_in_clinic
from kinechain.cli.output import Refusal, colour, new_file, show, show_issues, width, write
from kinechain.cli.program import Command
from kinechain.cli.progress import waiting

if TYPE_CHECKING:
    from pathlib import Path

    from kinechain.domain.plan import Plan
    from kinechain.intake import CaseReading
    from kinechain.knowledge import Knowledge


@click.command(cls=Command, short_help="Draft the plan of a case.")
@click.argument("case", metavar="CASE.yaml", type=click.Path())
@click.option("--json", "as_json", is_flag=True, help="Print the whole plan as JSON, no more.")
@click.option("--patient", is_flag=True, help="Print the patient's page, no more.")
@click.option("--html", metavar="FILE", type=click.Path(),
              help="Also write the plan and the patient's page as one page.")  # fmt: skip
@click.option("--previous", metavar="PLAN.json", type=click.Path(),
              help="The last version of this plan; says what changed since.")  # fmt: skip
@base_rates_option
def plan(
    case: str,
    as_json: bool,
    patient: bool,
    html: str | None,
    previous: str | None,
    base_rates: str | None,
) -> None:
    """Draft one plan: what to test first, what to do, what waits for what, who does it.

    Every treatment of the knowledge gets a status with its reasons. Red flags come first. The
    exit status is 2 when the case has errors; its valid part is planned for all the same.
    """
    if as_json and patient:
        raise click.UsageError("--json and --patient exclude each other.")
    target = new_file(html)
    from kinechain.knowledge import load_knowledge
    from kinechain.service.assess import load_case

    knowledge = load_knowledge()
    knowledge, reading = case_in_clinic(base_rates, knowledge, load_case(case, knowledge))
    made = _made(reading, knowledge, previous)
    _output(made, knowledge, "json" if as_json else "patient" if patient else "terminal", target)
    if any(issue.level == "error" for issue in made.issues):
        if not as_json:
            show_issues(issue for issue in made.issues if issue.level == "error")
        raise click.exceptions.Exit(2)


def _made(reading: CaseReading, knowledge: Knowledge, previous: str | None) -> Plan:
    from kinechain.care import RevisionError
    from kinechain.service.plan import PlanFileError, make_plan, read_plan
    from kinechain.service.refusal import is_unread

    if is_unread(reading):
        show_issues(reading.issues)
        raise Refusal("Nothing in this case can be planned for; see above.")
    try:
        old = read_plan(previous) if previous else None
        with waiting("Planning"):
            return make_plan(reading, knowledge, previous=old).plan
    except (PlanFileError, RevisionError) as error:
        raise Refusal(str(error)) from error


def _output(made: Plan, knowledge: Knowledge, form: str, target: Path | None) -> None:
    from kinechain.service.presentation import as_json, words_beside

    if form == "json":
        show(as_json(made), newline=False)
        if target is None:
            return
    from kinechain.report import plan_terminal, sections

    view, sources = sections.plan_report(made, words_beside(knowledge))
    if form == "patient":
        show(plan_terminal.render_patient(view, width=width(), colour=colour()), newline=False)
    elif form == "terminal":
        page = plan_terminal.render(view, sources, width=width(), colour=colour())
        show(page, newline=False)
    if target is not None:
        from kinechain.report import plan_html

        write(target, plan_html.render(view, sources))
