"""The command as a whole process: from the start of Python to its end.

Each command is started by a small process of its own, because the peak memory that Linux
reports for a child is never below that of the process that started it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

import kinechain
from benchmarks.timing import CannotRun, tell
from kinechain.service.bench_results import Row, row

REPEATS = 5
TIMEOUT_S = 600
EXAMPLES = Path(kinechain.__file__).parent / "examples"

STARTER = """
import json, os, subprocess, sys, time
start = time.perf_counter()
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
error = child.stderr.read().decode(errors="replace")
_, status, usage = os.wait4(child.pid, 0)
child.returncode = os.waitstatus_to_exitcode(status)
print(json.dumps({"seconds": time.perf_counter() - start, "kilobytes": usage.ru_maxrss,
                  "processor": usage.ru_utime + usage.ru_stime,
                  "status": child.returncode, "error": error[-2000:]}))
"""


def run(*, quick: bool = False) -> list[Row]:
    """Measure, and make the rows of the table.

    Parameters
    ----------
    quick
        One start each, without one to warm up.
    """
    count = 1 if quick else REPEATS
    example = min(EXAMPLES.glob("*.yaml"), default=None)
    if example is None:
        raise CannotRun(f"There is no example in {EXAMPLES}.")
    assess, memory = _measured(["assess", str(example), "--json"], count, warm_up=not quick)
    help_, help_memory = _measured(["--help"], count, warm_up=not quick)
    bare, _ = _measured(None, count, warm_up=not quick)
    return [
        row("kinechain assess, shipped example, median", assess, "s", at_most=1),
        row("kinechain assess, peak memory", memory, "MB"),
        row("kinechain --help, median", help_, "s"),
        row("kinechain --help, peak memory", help_memory, "MB"),
        row("python that does nothing, median", bare, "s"),
    ]


def program() -> list[str]:
    """The `kinechain` beside this Python, or the same by module where none is installed."""
    script = Path(sys.executable).parent / "kinechain"
    return [str(script)] if script.exists() else [sys.executable, "-m", "kinechain.cli"]


def _measured(
    arguments: Sequence[str] | None, repeats: int, *, warm_up: bool
) -> tuple[float, float]:
    """Median seconds and largest memory in MB of some starts."""
    command = [sys.executable, "-c", "pass"] if arguments is None else [*program(), *arguments]
    tell(f"process: {' '.join(command[-3:])}")
    if warm_up:
        started(command)
    found = [started(command) for _ in range(repeats)]
    seconds = median(one["seconds"] for one in found)
    return round(seconds, 3), round(max(one["kilobytes"] for one in found) / 1024, 1)


def started(
    command: Sequence[str], *, folder: Path | None = None, more: Mapping[str, str] | None = None
) -> dict[str, float]:
    """Run a command once.

    Parameters
    ----------
    command
        Program and arguments; its output is thrown away.
    folder
        Where it runs; here by default.
    more
        Variables of its environment beside those of this process.

    Returns
    -------
    dict
        Its ``seconds``, those of them that it had a ``processor``, and its peak memory in
        ``kilobytes``.

    Raises
    ------
    CannotRun
        When it fails.
    """
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", STARTER, *command],
        capture_output=True,
        text=True,
        check=True,
        timeout=TIMEOUT_S,
        cwd=folder,
        env={**os.environ, **(more or {})},
    )
    found = json.loads(done.stdout)
    if found["status"] != 0:
        raise CannotRun(f"{' '.join(command)} ended with {found['status']}: {found['error']}")
    return {key: found[key] for key in ("seconds", "processor", "kilobytes")}
