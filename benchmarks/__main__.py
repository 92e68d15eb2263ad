"""Runs benchmarks, prints a table of each, and writes ``benchmarks/results/<name>.json``.

All of them run on one core: the process binds itself to one processor and asks the linear
algebra library for one thread, before NumPy is imported. Only the clinic's server, which
`clinic_load` starts, has all of them.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
QUICK_RESULTS = ROOT / "build" / "benchmarks"
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

BENCHMARKS = {
    "inference_speed": "posterior, contributions, questions and draws on sampled patients",
    "inference_growth": "cost against positive findings and against the size of the knowledge",
    "against_pyagrum": "the same posterior by pyAgrum, on the largest part that it can do",
    "gait_kernels": "the gait laboratory beside OpenSim: agreement, speed, growth, memory",
    "gait_events": "contacts and offs against force plates on real recordings",
    "gait_modifications": "knee adduction moment under toe-in, toe-out and trunk sway",
    "gait_ground": "ground forces estimated from the motion, against force plates",
    "process": "the command as a whole process: time and memory",
    "clinic_live": "the clinic's answer to a switched finding: processor time of the request",
    "cases": "ranks of the true condition of published cases",
    "clinic_load": "the clinic's pages: many clinicians at once, many persons, many requests",
}


def on_one_core() -> None:
    """Bind this process, and those that it starts, to one processor and one thread."""
    for name in THREADS:
        os.environ[name] = "1"
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line names.

    Parameters
    ----------
    arguments
        Without the program's name; by default those of the process.

    Returns
    -------
    int
        The exit status: 0 also when a target is missed, 1 when a benchmark could not run.
    """
    known = "\n".join(f"  {name:<18}{words}" for name, words in BENCHMARKS.items())
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        epilog=f"benchmarks:\n{known}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="all of them if none is named")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="a few seconds each, to see that they work; the figures mean little",
    )
    parser.add_argument(
        "--results",
        type=Path,
        metavar="FOLDER",
        help="where the JSON goes; benchmarks/results, or with --quick build/benchmarks",
    )
    given = parser.parse_args(arguments)
    unknown = [name for name in given.names if name not in BENCHMARKS]
    if unknown:
        parser.error(
            f"There is no benchmark {', '.join(unknown)}. Choose from {', '.join(BENCHMARKS)}."
        )
    folder = given.results or (QUICK_RESULTS if given.quick else RESULTS)
    names = given.names or list(BENCHMARKS)
    done = [_run(name, given.quick, folder) for name in names]
    return 0 if all(done) else 1


def _run(name: str, quick: bool, folder: Path) -> bool:
    """Run one benchmark; False when it could not be run."""
    from benchmarks.timing import CannotRun, tell
    from kinechain.service.bench_results import print_table, write_results

    sys.stdout.write(f"{name}: {BENCHMARKS[name]}\n\n")
    sys.stdout.flush()
    try:
        rows = import_module(f"benchmarks.{name}").run(quick=quick)
    except CannotRun as error:
        tell("")
        sys.stderr.write(f"{name} could not be run: {error}\n\n")
        return False
    tell("")
    print_table(rows)
    path = write_results(name, rows, folder)
    missed = sum(one["met"] is False for one in rows)
    sys.stdout.write(f"\n{missed} targets missed. Written: {path}\n\n")
    sys.stdout.flush()
    return True


if __name__ == "__main__":
    on_one_core()
    sys.exit(main())
