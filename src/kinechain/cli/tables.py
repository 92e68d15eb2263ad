"""``kinechain knowledge tables`` and ``fit``: the network beside the published figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kinechain.cli.output import Refusal, show, table, title, wrapped
from kinechain.cli.program import Command
from kinechain.cli.progress import waiting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kinechain.domain.studies import Study
    from kinechain.service.published_tables import Tables

ASKED = {"fitted": 85, "held out": 70}
"""In per cent: rows that should lie inside their interval."""


@click.command(cls=Command, short_help="Hold the network against published tables.")
@click.option("--entered", is_flag=True, help="Use the figures as entered, not as fitted.")
@click.option("--outside", is_flag=True,
              help="Print only the rows outside, and what keeps them there.")  # fmt: skip
@click.option("--study", metavar="ID", help="Only the rows of this study.")
@click.option("--condition", metavar="ID", help="Only the rows about this condition.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON, no more.")
def tables(
    entered: bool, outside: bool, study: str | None, condition: str | None, as_json: bool
) -> None:
    """Print every published row beside what the network gives for the people who entered.

    A row is inside when the network's value lies in the published 95 % interval (printed, or
    computed from the number of people). Rows without either are printed and not counted.
    """
    from kinechain.knowledge.knowledge import DATA, read_knowledge
    from kinechain.service.fit import at_values
    from kinechain.service.published_tables import Prepare, tables_at

    studies, version = _studies(study, condition)
    with waiting("Holding the network against the studies") as tell:
        known = read_knowledge(DATA, fitted=not entered)
        prepare = Prepare(known, studies, lambda done, of: tell(f"{done} of {of}"))
        values = prepare.prepared.template.figures.point()
        if outside or study or condition:  # what keeps a row outside takes as long again
            found = at_values(prepare, values, known, version)
        else:
            found = tables_at(prepare, values, known, version)
    if as_json:
        from kinechain.service.presentation import as_json as text_of

        show(text_of(found), newline=False)
        return
    _show_rows(found, outside)
    show_summary(found)


@click.command(cls=Command, short_help="Fit the judged figures to published tables.")
@click.option("--seed", type=int, default=1, show_default=True,
              help="Which whole studies are held out.")  # fmt: skip
@click.option("--steps", type=click.IntRange(0), default=12, show_default=True,
              help="Most steps of the optimiser.")  # fmt: skip
@click.option("--out", metavar="FILE", type=click.Path(dir_okay=False),
              help="Where to write the values, instead of into the shipped knowledge.")  # fmt: skip
def fit(seed: int, steps: int, out: str | None) -> None:
    """Adjust the judged figures, each within its interval, to reproduce published tables.

    Four fifths of the studies are fitted; the others are held out, whole, to see whether the
    fit holds for them. The values are written to fitted.yaml in the folder of the knowledge.
    """
    from pathlib import Path

    from kinechain.knowledge.fitted import FILE, write_fitted
    from kinechain.knowledge.knowledge import DATA
    from kinechain.service.fit import fit_knowledge

    if out and not Path(out).resolve().parent.is_dir():
        raise Refusal(f"there is no folder {Path(out).parent}; make it, or name another "
                      "file with --out")  # fmt: skip
    studies, version = _studies(None, None)
    with waiting("Fitting") as tell:
        found = fit_knowledge(DATA, studies, version, seed=seed, steps=steps, tell=tell)
    path = Path(out) if out else DATA / FILE
    try:
        write_fitted(found.fitted, path)
    except OSError as error:
        raise Refusal(f"cannot write {path}: {error.strerror}; name another with --out") from error
    title("Before the fit")
    show_summary(found.before)
    title("After the fit")
    show_summary(found.after)
    falls = " -> ".join(f"{one:.0f}" for one in found.misfit)
    show(f"\n{len(found.fitted.values)} figures moved; misfit {falls}; written to {path}")


def _studies(study: str | None, condition: str | None) -> tuple[Mapping[str, Study], str]:
    """The study rows, or those wanted."""
    import msgspec

    from kinechain.knowledge.knowledge import DATA
    from kinechain.knowledge.studies import read_studies

    studies, version, issues = read_studies(DATA / "studies")
    if issues:
        raise Refusal("; ".join(f"{one.where}: {one.message}" for one in issues[:3]))
    if study is not None:
        if study not in studies:
            raise Refusal(f"there is no study called {study!r}; kinechain knowledge tables "
                          "--json names them all")  # fmt: skip
        studies = {study: studies[study]}
    if condition is not None:
        kept = {
            name: msgspec.structs.replace(
                one, rows=tuple(row for row in one.rows if condition in row.condition)
            )
            for name, one in studies.items()
        }
        studies = {name: one for name, one in kept.items() if one.rows}
        if not studies:
            raise Refusal(f"no study row is about a condition called {condition!r}; kinechain "
                          "knowledge coverage lists the conditions")  # fmt: skip
    return studies, version


def _show_rows(found: Tables, outside: bool) -> None:
    """Write the rows, those of one study together."""
    study = ""
    for row in found.rows:
        if outside and row.inside is not False:
            continue
        if row.study != study:
            study = row.study
            show(click.style(f"\n{study}", bold=True))
        verdict = {True: "inside ", False: "OUTSIDE", None: "-      "}[row.inside]
        spread = f" ({_number(row.low)} to {_number(row.high)})" if row.low is not None else ""
        network = f", network {_number(row.network)}" if row.network is not None else ""
        held = ", held out" if row.part == "held out" else ""
        show(wrapped(f"{verdict} {row.label}: {row.measure.replace('_', ' ')} "
                     f"{_number(row.published)}{spread}{network}{held}", 2, 8))  # fmt: skip
        if row.inside is not True and row.reason:
            show(wrapped(row.reason, 10, 0))


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.2g}" if abs(value) < 0.1 or abs(value) >= 10 else f"{value:.2f}"


def show_summary(found: Tables) -> None:
    """Write how many rows lie inside their interval.

    Parameters
    ----------
    found
        The tables.
    """
    cells = [
        (
            one.part,
            one.kind,
            f"{one.inside.count} of {one.inside.of}",
            f"{100 * one.inside.value:.0f} %",
            f"{ASKED[one.part]} %" if one.kind == "all" else "",
        )
        for one in found.summary
    ]
    show(table(("studies", "rows", "inside", "", "asked"), cells, right=(2, 3, 4)))
    printed = sum(row.inside is None for row in found.rows)
    show(wrapped(
        f"{len(found.rows)} values; {printed} of them are printed and not counted (no interval, "
        f"or the network cannot be asked). Knowledge {found.knowledge_version}, studies "
        f"{found.studies_version}.", 0, 0))  # fmt: skip
