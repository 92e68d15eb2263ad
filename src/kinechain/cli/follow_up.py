"""``kinechain follow-up``: what the course so far says, and what to do next."""

from __future__ import annotations

import click

from kinechain.cli.output import Refusal, colour, show, show_issues, width
from kinechain.cli.program import Command
from kinechain.cli.progress import waiting


@click.command("follow-up", cls=Command, short_help="Read the course of a case.")
@click.argument("case", metavar="CASE.yaml", type=click.Path())
@click.option("--json", "as_json", is_flag=True, help="Print the whole result as JSON, no more.")
def follow_up(case: str, as_json: bool) -> None:
    """Read dated scores and responses: lasting relief, responding, unchanged, worse, relapse.

    Says whether to stay, step up, step down or jump, with the evidence behind the thresholds,
    what share would have settled anyway, and what the responses say about the origin. An open
    red flag stays open whatever the scores say.
    """
    from kinechain.knowledge import load_knowledge
    from kinechain.service.assess import load_case
    from kinechain.service.plan import follow_up as run
    from kinechain.service.presentation import as_json as json_of
    from kinechain.service.presentation import words_beside
    from kinechain.service.refusal import is_unread

    knowledge = load_knowledge()
    reading = load_case(case, knowledge)
    if is_unread(reading):
        show_issues(reading.issues)
        raise Refusal("Nothing in this case can be followed up; see above.")
    with waiting("Following up"):
        result = run(reading, knowledge)
    if as_json:
        show(json_of(result), newline=False)
    else:
        from kinechain.report import follow_up_terminal

        page = follow_up_terminal.render(
            result, words_beside(knowledge), width=width(), colour=colour()
        )
        show(page, newline=False)
        show_issues(result.issues)
    if any(issue.level == "error" for issue in result.issues):
        raise click.exceptions.Exit(2)
