"""Ranks of the true condition of the published cases: `kinechain benchmark cases`."""

from __future__ import annotations

from pathlib import Path

from benchmarks.timing import CannotRun, tell
from kinechain.knowledge import load_knowledge
from kinechain.service.bench_results import Row
from kinechain.service.case_benchmark import run_cases
from kinechain.service.case_scores import result_rows
from kinechain.service.published import read_published

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "cases"


def run(*, quick: bool = False) -> list[Row]:
    """Assess the cases, and make the rows of the table.

    Parameters
    ----------
    quick
        Only the case with the shortest record.
    """
    found, issues = read_published(FOLDER, load_knowledge())
    if issues:
        problems = "; ".join(f"{issue.where}: {issue.message}" for issue in issues)
        raise CannotRun(f"{FOLDER} cannot be read: {problems}")
    if not found:
        raise CannotRun(f"There are no cases in {FOLDER}.")
    result = run_cases(
        [min(found, key=lambda one: len(one.text))] if quick else found,
        progress=lambda done, of: tell(f"cases: {done} of {of}"),
    )
    return result_rows(result.summaries)
