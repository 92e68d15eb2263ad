"""Writes docs/reference/published-tables.md: the network beside every published row.

Takes some minutes; run it after a fit, as ``python -m scripts.write_published_tables``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from kinechain.knowledge.knowledge import DATA, read_knowledge
from kinechain.knowledge.studies import read_studies
from kinechain.service.fit import at_values
from kinechain.service.published_tables import Prepare, TableRow, Tables

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "published-tables.md"

HEAD = """# The network beside published tables

Written by `scripts/write_published_tables.py`; do not edit. For the people who entered each
study the network gives its own sensitivity, specificity, share or rate; it is *inside* when that
lies in the published 95 % interval, printed or computed from the number of people. How to read
it, and its limits: [the fit](../explanation/fit.md). `kinechain knowledge tables` prints the same.

Knowledge {knowledge}, studies {studies}.

"""


def main() -> int:
    """Hold the network against all rows and write the page."""
    studies, version, _ = read_studies(DATA / "studies")
    knowledge = read_knowledge(DATA)  # not the compiled one: figures go by identity here
    prepare = Prepare(knowledge, studies)
    values = prepare.prepared.template.figures.point()
    found = at_values(prepare, values, knowledge, version)
    PAGE.write_text(page(found, knowledge.version), encoding="utf-8")
    print(f"{PAGE} is written")
    return 0


def page(found: Tables, knowledge: str) -> str:
    """The page as Markdown.

    Parameters
    ----------
    found
        All rows.
    knowledge
        Version of the knowledge.
    """
    parts = [HEAD.format(knowledge=knowledge, studies=found.studies_version)]
    parts.append("| studies | rows | inside | of | per cent |\n| --- | --- | --- | --- | --- |\n")
    for one in found.summary:
        share = one.inside
        parts.append(
            f"| {one.part} | {one.kind} | {share.count} | {share.of} | {100 * share.value:.0f} |\n"
        )
    printed = sum(row.inside is None for row in found.rows)
    parts.append(f"\n{len(found.rows)} values, {printed} of them printed and not counted.\n")
    study = ""
    for row in found.rows:
        if row.study != study:
            study = row.study
            parts.append(f"\n## {study}\n\n")
            parts.append("| row | published | 95 % | network | | why |\n")
            parts.append("| --- | --- | --- | --- | --- | --- |\n")
        parts.append(_line(row))
    return "".join(parts)


def _line(row: TableRow) -> str:
    spread = f"{_number(row.low)} to {_number(row.high)}" if row.low is not None else ""
    verdict = {True: "inside", False: "**outside**", None: "not counted"}[row.inside]
    part = f", {row.part}" if row.inside is not None else ""
    why = "" if row.inside else row.reason.replace("|", "/")
    label = f"{row.label}: {row.measure.replace('_', ' ')}".replace("|", "/")
    return (
        f"| {label} | {_number(row.published)} | {spread} | {_number(row.network)} "
        f"| {verdict}{part} | {why} |\n"
    )


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"


if __name__ == "__main__":
    sys.exit(main())
