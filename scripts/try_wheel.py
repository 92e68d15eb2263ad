"""Builds the wheel, installs it into an empty virtual environment and uses it from elsewhere.

What a user gets who installs Kinechain without its source: the commands, the knowledge as YAML
files and compiled, the shipped example, the type marker. Leaves the wheel in ``dist/``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements" / "run.txt"
NEEDED = ("kinechain/_knowledge.msgpack", "kinechain/py.typed")
NEEDED_BELOW = ("kinechain/data/conditions/", "kinechain/data/sources/", "kinechain/examples/",
                "kinechain/data/gait_norms/", "kinechain/data/gait_samples/")  # fmt: skip
SMOOTH = (
    "import numpy as np\n"
    "from kinechain.gait.kinematics.smoothing import lowpass\n"
    "print(round(lowpass(np.arange(50) / 100, np.ones((50, 2))).mean(), 6))"
)


def say(text: str) -> None:
    """Print a line at once."""
    print(text, flush=True)


def pip(python: Path | str, *arguments: str) -> None:
    """Run pip; stop with its output when it fails."""
    command = [str(python), "-m", "pip", "--disable-pip-version-check", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} did not work:\n{done.stdout}{done.stderr}")


def build() -> Path:
    """Build the wheel with what is installed here, and look into it."""
    target = ROOT / "dist"
    for old in target.glob("kinechain-*.whl"):
        old.unlink()
    pip(sys.executable, "wheel", "--no-deps", "--no-build-isolation", "-w", str(target), ".")
    (wheel,) = target.glob("kinechain-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    missing = [name for name in NEEDED if name not in names]
    missing += [n for n in NEEDED_BELOW if not any(one.startswith(n) for one in names)]
    if missing:
        raise SystemExit(f"The wheel lacks {', '.join(missing)}.")
    stray = [one for one in names if one.startswith(("tests/", "benchmarks/", "docs/"))]
    if stray:
        raise SystemExit(f"The wheel holds {stray[0]}, which does not belong there.")
    return wheel


def use(folder: Path) -> None:
    """Run the installed commands from a folder that has nothing to do with the source."""
    program = folder / "venv" / "bin" / "kinechain"
    python = folder / "venv" / "bin" / "python"
    environment = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}

    def run(*command: Path | str) -> str:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=folder, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            words = " ".join(str(part) for part in command)
            raise SystemExit(f"{words} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout

    say("  " + run(program, "--version").strip())
    find = "import kinechain; from pathlib import Path; print(Path(kinechain.__file__).parent)"
    package = Path(run(python, "-c", find).strip())
    if folder not in package.parents:
        raise SystemExit(f"kinechain was imported from {package}, not from the wheel.")
    compiled = package / "_knowledge.msgpack"
    written = compiled.stat().st_mtime_ns
    run(program, "knowledge", "check")
    for example in sorted((package / "examples").glob("*.yaml")):
        run(program, "assess", example, "--html", folder / "report.html")
        result = json.loads(run(program, "assess", example, "--json"))
        best = result["conditions"][0]
        say(f"  {example.stem}: {best['label']} {best['explains']:.2f}")
    first_use(python, folder, {**environment, "XDG_CACHE_HOME": str(folder / "cache")})
    if compiled.stat().st_mtime_ns != written:
        raise SystemExit("The compiled knowledge of the wheel was taken for outdated and remade.")
    if not (folder / "report.html").is_file():
        raise SystemExit("No example was assessed, or no report was written.")


def first_use(python: Path, folder: Path, environment: dict[str, str]) -> None:
    """The gait kernels are compiled at their first use, which is said, and never again."""
    said: list[str] = []
    for words in ("prepared and used", "used again"):
        start = time.perf_counter()
        done = subprocess.run(
            [str(python), "-c", SMOOTH],
            cwd=folder, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode != 0 or done.stdout.strip() != "1.0":
            raise SystemExit(f"The gait kernels do not work:\n{done.stdout}{done.stderr}")
        said.append(done.stderr.strip())
        say(f"  gait kernels {words}: {time.perf_counter() - start:.1f} s")
    if not said[0].startswith("Preparing the gait kernels") or said[1]:
        raise SystemExit(f"The preparation of the gait kernels was announced so: {said}")


def main() -> None:
    """Build, install, use."""
    say("Building the wheel ...")
    wheel = build()
    say(f"{wheel.relative_to(ROOT)}: {wheel.stat().st_size / 1e6:.1f} MB")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        say("Installing it into an empty virtual environment ...")
        venv.create(folder / "venv", with_pip=True)
        python = folder / "venv" / "bin" / "python"
        locked = ("--require-hashes", "--no-deps", "--only-binary", ":all:")
        pip(python, "install", *locked, "-r", str(LOCK))
        pip(python, "install", "--no-deps", str(wheel))
        pip(python, "check")
        say("Using it there ...")
        use(folder)
    say("The wheel works.")


if __name__ == "__main__":
    main()
