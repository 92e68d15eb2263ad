"""Writes docs/reference/gait-benchmarks.md from what `make bench` measured of the gait laboratory.

Run it after ``make bench ARGS="gait_kernels gait_events gait_modifications"``, as
``python -m scripts.write_gait_benchmarks``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "gait-benchmarks.md"
RESULTS = ROOT / "benchmarks" / "results"

HEAD = """# The gait laboratory, measured

Written by `scripts/write_gait_benchmarks.py` from `benchmarks/results`; do not edit. To measure
again:

```bash
make bench ARGS="gait_kernels gait_events gait_modifications"
```

The recordings are not part of the project. `KINECHAIN_REAL_DATA` names a folder with them: the
walks of OpenSim's Gait2354 and Rajagopal models, OpenSim's own C3D walks, a C3D file of BMClab,
four walks of OpenCap's validation study. OpenSim is needed for nothing but this comparison. It
may live in an
environment of its own:

```bash
python3 -m venv build/opensim
build/opensim/bin/pip install opensim
KINECHAIN_OPENSIM_PYTHON=build/opensim/bin/python make bench ARGS=gait_kernels
```

Without it the agreement is measured against results of OpenSim 4.6 that lie beside the recordings,
and the rows that compare times are left out.
"""

TITLES = {
    "gait_kernels": """## Beside OpenSim

The same model, markers and weights, both on one core, one after the other in one run. *Inverse
kinematics* is the solver alone, without files, on both sides. *From files to files* reads model,
set-up, markers and forces, solves, and writes angles and moments. *Whole process* is a new process
that does so: `kinechain gait analyse` with `--ik-out` and `--id-out`, which also finds steps,
parameters, loads and deviations, against OpenSim's two tools in one process. Times are the fewest
of several (warm) or the median (processes); processor time is what matters where other work runs
on the machine. *Energy balance* is the largest difference between the power of all moments and
forces and the change of energy, as a share of the peak power, along OpenSim's own splines. *Ten
minutes* are a real walk's frames forwards and backwards, at 100 frames a second.""",
    "gait_events": """## Steps

The force method against the plain crossing of the threshold, read from the files by nothing of this
program; the marker method against the forces of the same steps.""",
    "gait_modifications": """## Loads in the direction that the literature gives

One healthy adult, one walk of each kind. In people with osteoarthritis of the knee toes in lower
the first peak of the knee adduction moment and raise the second, toes out lower the second, and
leaning
the trunk lowers the first peak and the impulse (Silva and others 2022, meta-analysis,
[doses](load-doses.md)). Only the left leg has whole stances on a plate in the normal walk.""",
}


def render(folder: Path = RESULTS) -> str:
    """The page.

    Parameters
    ----------
    folder
        With the results as JSON.
    """
    parts = [HEAD]
    for name, title in TITLES.items():
        content: dict[str, Any] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        machine = content["machine"]
        parts += [
            f"{title}\n",
            (
                f"{content['date']}, version {content['program_version']}, "
                f"{machine['processor']}, {machine['cores']} cores, Python {machine['python']}, "
                f"NumPy {machine['numpy']}.\n"
            ),
            table(content["rows"]),
        ]
    return "\n".join(parts)


def table(rows: list[dict[str, Any]]) -> str:
    """Rows as Markdown.

    Parameters
    ----------
    rows
        Of a benchmark.
    """
    lines = ["| measured | value | unit | promised | kept |", "|---|---:|---|---|---|"]
    for one in rows:
        kept = {None: "", True: "yes", False: "**no**"}[one["met"]]
        value = "-" if one["value"] is None else f"{one['value']:.3g}"
        if one["value"] is not None and abs(one["value"]) >= 1000:
            value = f"{one['value']:.0f}"
        lines.append(
            f"| {one['metric']} | {value} | {one['unit']} | {one['target'] or ''} | {kept} |"
        )
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the page."""
    PAGE.write_text(render(), encoding="utf-8")
    print(f"{PAGE} is written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
