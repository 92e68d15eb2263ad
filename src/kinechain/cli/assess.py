"""``kinechain assess``: from a case file to its assessment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kinechain.cli.base_rates import base_rates_option, case_in_clinic
from kinechain.cli.output import Refusal, colour, new_file, show, show_issues, width, write
from kinechain.cli.program import Command
from kinechain.cli.progress import waiting

if TYPE_CHECKING:
    from pathlib import Path

    from kinechain.domain.assessment import Assessment
    from kinechain.intake import CaseReading
    from kinechain.knowledge import Knowledge

MOST_DRAWS = 10_000
MOST_SEED = 2**32 - 1


@click.command(cls=Command, short_help="Assess a case.")
@click.argument("case", metavar="CASE.yaml", type=click.Path())
@click.option("--json", "as_json", is_flag=True, help="Print the whole result as JSON, no more.")
@click.option("--text", "as_text", is_flag=True, help="Print a short note to paste into a record.")
@click.option("--html", metavar="FILE", type=click.Path(),
              help="Also write a page with the body map.")  # fmt: skip
@click.option("--draws", metavar="N", type=click.IntRange(1, MOST_DRAWS),
              help="Parameter draws behind the intervals; 200 if not given.")  # fmt: skip
@click.option("--seed", metavar="N", type=click.IntRange(0, MOST_SEED), default=0,
              help="Seed of the draws; 0 if not given.")  # fmt: skip
@base_rates_option
def assess(
    case: str,
    as_json: bool,
    as_text: bool,
    html: str | None,
    draws: int | None,
    seed: int,
    base_rates: str | None,
) -> None:
    """Assess a case: what cannot wait, the likely origins, the paths, what to ask next.

    Errors in the file are all reported, and the rest of it is assessed all the same; the exit
    status is then 2.
    """
    if as_json and as_text:
        raise click.UsageError("--json and --text exclude each other.")
    target = new_file(html)
    from kinechain.knowledge import load_knowledge
    from kinechain.service.assess import load_case

    knowledge = load_knowledge()
    knowledge, reading = case_in_clinic(base_rates, knowledge, load_case(case, knowledge))
    result, unread = _result(reading, knowledge, draws, seed)
    form = "json" if as_json else "text" if as_text else "terminal"
    if unread and form != "json":
        show_issues(result.issues)
        raise Refusal("Nothing in this case can be assessed; see above.")
    try:
        _output(result, reading, knowledge, form, None if unread else target)
    except (click.ClickException, OSError):
        raise
    except Exception:
        _show_flags(result)  # whatever goes wrong, these must be seen
        raise
    if any(issue.level == "error" for issue in result.issues):
        raise click.exceptions.Exit(2)


def _result(
    reading: CaseReading, knowledge: Knowledge, draws: int | None, seed: int
) -> tuple[Assessment, bool]:
    """The result, and whether nothing could be read for one."""
    from kinechain.service.assess import assess as run
    from kinechain.service.refusal import is_unread, refused

    if is_unread(reading):
        return refused(reading, knowledge), True
    with waiting("Assessing"):
        if draws is None:
            return run(reading, knowledge, seed=seed), False
        return run(reading, knowledge, draws=draws, seed=seed), False


def _output(
    result: Assessment, reading: CaseReading, knowledge: Knowledge, form: str, target: Path | None
) -> None:
    from kinechain.service.plan import make_plan
    from kinechain.service.presentation import as_json, extras, plain

    if form == "json":
        show(as_json(result), newline=False)
        if target is None:
            return
    plan = make_plan(reading, knowledge, assessment=result).plan if result.origins else None
    shown = plain(result)
    beside: dict[str, Any] = extras(reading.case, knowledge, body_map=target is not None)
    if form == "text":
        from kinechain.report import text

        show(text.render(shown, beside), newline=False)
        show_issues(result.issues)
    elif form == "terminal":
        from kinechain.report import terminal

        page = terminal.render(shown, beside, width=width(), colour=colour(), plan=plan)
        show(page, newline=False)
    if target is not None:
        from kinechain.report import html

        write(target, html.render(shown, beside, plan))
        click.echo(f"The report is written: {target}", err=form != "terminal")


def _show_flags(result: Assessment) -> None:
    """The raised red flags in plain words, for when the report cannot be made."""
    for flag in result.red_flags:
        if flag.status == "raised":
            click.echo(f"! {flag.urgency.replace('_', ' ')}: {flag.label}. {flag.action}", err=True)
