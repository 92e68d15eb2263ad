"""``kinechain benchmark courses``: what the plan says of published courses of treatment."""

from __future__ import annotations

from pathlib import Path

import click

from kinechain.cli.benchmark import RESULTS, processors
from kinechain.cli.output import Refusal, show, show_issues, table, title, wrapped
from kinechain.cli.program import Command
from kinechain.cli.progress import waiting


@click.command(cls=Command, short_help="Plan for published courses of treatment.")
@click.argument("folder", metavar="FOLDER", type=click.Path(exists=True, file_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON, no more.")
@click.option("--jobs", metavar="N", type=click.IntRange(1, 256),
              help="Processes; as many as there are processors if not given.")  # fmt: skip
@click.option("--results", metavar="FOLDER", type=click.Path(file_okay=False), default=RESULTS,
              show_default=True, help="Where courses.json is written.")  # fmt: skip
def courses(folder: str, as_json: bool, jobs: int | None, results: str) -> None:
    """Plan for every published case in FOLDER, as found and with its diagnosis known.

    Says for each whether what finally worked is in the plan and at which step, whether anything
    that would have harmed is offered, and whether emergencies are sent the same day.
    """
    from kinechain.knowledge import load_knowledge
    from kinechain.service.bench_results import write_results
    from kinechain.service.course_benchmark import course_rows, run_courses
    from kinechain.service.presentation import as_json as text_of
    from kinechain.service.published import read_published

    found, issues = read_published(Path(folder), load_knowledge())
    if issues:
        show_issues(issues)
        raise Refusal("Nothing was run; see above.")
    with waiting("Planning for published cases") as tell:
        result = run_courses(found, jobs=jobs or processors(),
                             progress=lambda done, of: tell(f"{done} of {of}"))  # fmt: skip
    rows = course_rows(result)
    if as_json:
        show(text_of(result), newline=False)
    else:
        title(f"{len(result.cases)} published courses, knowledge {result.knowledge_version}")
        show(table(("", "value", "", "asked"), [
            (str(one["metric"]), f"{one['value']:.0f}", str(one["unit"]), str(one["target"] or ""))
            for one in rows
        ], right=(1,)))  # fmt: skip
        title("Every case: what worked, with the diagnosis known (as found)")
        for one in result.cases:
            known = ", ".join(f"{p.treatment} {p.status} at step {p.step}"
                              for p in one.as_known.worked) or "not told"  # fmt: skip
            as_found = ", ".join(p.status for p in one.as_found.worked)
            harm = sorted({*one.as_known.harmful, *one.as_found.harmful})
            marks = f"; HARMFUL offered: {', '.join(harm)}" if harm else ""
            if one.sent in ("emergency_now", "same_day"):
                marks += f"; sent: {one.as_known.sent} ({one.as_found.sent})"
            show(wrapped(f"{Path(one.path).stem} ({one.condition}): {known} ({as_found}){marks}"))
    try:
        path = write_results("courses", rows, results)
    except OSError as error:
        raise Refusal(f"{results}/courses.json cannot be written: {error.strerror}.") from error
    click.echo(f"{'' if as_json else chr(10)}All rows are written: {path}", err=as_json)
