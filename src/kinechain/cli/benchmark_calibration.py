"""``kinechain benchmark calibration``: how far the probabilities can be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kinechain.cli.base_rates import base_rates_option, with_own_rates
from kinechain.cli.benchmark import RESULTS, processors
from kinechain.cli.output import Refusal, show, table, title, wrapped
from kinechain.cli.program import Command
from kinechain.cli.progress import waiting

if TYPE_CHECKING:
    from collections.abc import Callable

    from kinechain.service.calibration import CalibrationBenchmark, WorldResult
    from kinechain.service.calibration_scores import Bin, Scores

PATIENTS, DRAWS = 60, 100


@click.command(cls=Command, short_help="Compare probabilities with simulated truth.")
@click.option("--patients", metavar="N", type=click.IntRange(1, 100_000), default=PATIENTS,
              show_default=True, help="How many in each world.")  # fmt: skip
@click.option("--seed", metavar="N", type=click.IntRange(0, 2**31), default=0, show_default=True,
              help="Seed of everything random.")  # fmt: skip
@click.option("--draws", metavar="N", type=click.IntRange(20, 10_000), default=DRAWS,
              show_default=True, help="Parameter draws behind each interval.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON, no more.")
@click.option("--jobs", metavar="N", type=click.IntRange(1, 256),
              help="Processes; as many as there are processors if not given.")  # fmt: skip
@click.option("--results", metavar="FOLDER", type=click.Path(file_okay=False), default=RESULTS,
              show_default=True, help="Where calibration.json is written.")  # fmt: skip
@base_rates_option
def calibration(
    patients: int,
    seed: int,
    draws: int,
    as_json: bool,
    jobs: int | None,
    results: str,
    base_rates: str | None,
) -> None:
    """Compare probabilities and intervals with the truth, on simulated patients.

    Patients come with pain in some region; recorded are their exposures, the sites of the region
    and 15 to 25 findings. They are drawn from the network itself, which proves only that the
    computation is right, and from worlds that differ from it: figures drawn from their
    intervals, tests that err together, a tenth of the edges missing, prevalence three times off.

    Every third patient has intervals. The default takes about eight minutes on one processor.
    """
    from kinechain.knowledge import load_knowledge
    from kinechain.service.bench_results import write_results
    from kinechain.service.calibration import result_rows, run_calibration

    _, rates = with_own_rates(base_rates, load_knowledge())
    with waiting("Simulating patients") as tell:
        result = run_calibration(patients, seed, draws=draws, rates=rates,
                                 jobs=jobs or processors(),
                                 progress=lambda done, of: tell(f"{done} of {of}"))  # fmt: skip
    if as_json:
        from kinechain.service.presentation import as_json as text_of

        show(text_of(result), newline=False)
    else:
        _show(result)
    try:
        path = write_results("calibration", result_rows(result), results)
    except OSError as error:
        raise Refusal(f"{results}/calibration.json cannot be written: {error.strerror}.") from error
    click.echo(f"{'' if as_json else chr(10)}All rows are written: {path}", err=as_json)


def _show(result: CalibrationBenchmark) -> None:
    show(
        f"{result.patients} simulated patients in each world, seed {result.seed}, "
        f"{result.draws} draws, {result.setting}, knowledge {result.knowledge_version}"
    )
    for name, words in (("explains", "that a condition explains the pain"),
                        ("present", "that a condition is present")):  # fmt: skip
        title(f"Probability {words}")
        _table(result, lambda one, name=name: getattr(one, name))
    show("")
    for words in result.definitions:
        show(wrapped(words, 0, 0))
    title("The worlds")
    for one in result.worlds:
        show(wrapped(f"{one.world}: {one.definition}", 2))
    title("Reliability of explains: promised and observed, in per cent (predictions)")
    show(table(("promised", *(one.world for one in result.worlds)), _reliability(result),
               right=range(1, len(result.worlds) + 1)))  # fmt: skip


def _table(result: CalibrationBenchmark, of: Callable[[WorldResult], Scores]) -> None:
    heads = ("world", "error", "chance, 99 %", "Brier", "skill", "covered", "width",
             "distance")  # fmt: skip
    show(table(heads, [_row(one.world, of(one)) for one in result.worlds], right=range(1, 8)))


def _row(name: str, found: Scores) -> tuple[str, ...]:
    one, held = found.calibration, found.coverage
    covered = width = distance = "-"
    if held.share is not None and held.low is not None and held.high is not None:
        covered = f"{100 * held.share:.0f} ({100 * held.low:.0f}-{100 * held.high:.0f})"
    if held.width is not None:
        width = f"{100 * held.width:.1f}"
    if held.distance is not None:
        distance = f"{100 * held.distance:.1f}"
    return (name, f"{100 * one.error:.1f}", f"{100 * one.by_chance:.1f}, {100 * one.limit:.1f}",
            f"{found.brier:.2f}", f"{100 * found.skill:.0f}", covered, width, distance)  # fmt: skip


def _reliability(result: CalibrationBenchmark) -> list[tuple[str, ...]]:
    columns: list[dict[tuple[float, float], Bin]] = [
        {(one.low, one.high): one for one in world.explains.calibration.bins}
        for world in result.worlds
    ]
    edges = sorted({edge for column in columns for edge in column})
    return [
        (
            f"{100 * low:g} to {100 * high:g}",
            *(_cell(column.get((low, high))) for column in columns),
        )
        for low, high in edges
    ]


def _cell(one: Bin | None) -> str:
    if one is None:
        return "-"
    return f"{100 * one.predicted:.0f} / {100 * one.observed:.0f} ({one.n})"
