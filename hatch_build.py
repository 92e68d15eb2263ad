"""Build hook: the wheel ships the knowledge twice, as YAML files and compiled into one file.

The compiled file makes start-up fast; the YAML files are what a reader and
``kinechain knowledge show`` need. It is written below ``build/`` and put into the wheel from
there, so that the wheel never holds one that a working copy left behind.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

COMPILED = "_knowledge.msgpack"


class KnowledgeHook(BuildHookInterface[Any]):
    """Compiles ``src/kinechain/data`` when a standard wheel is built."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile the knowledge and add it to the wheel.

        Parameters
        ----------
        version
            ``standard`` or ``editable``; an editable install reads the YAML files.
        build_data
            What hatchling will put into the wheel; changed in place.

        Raises
        ------
        SystemExit
            If the knowledge does not compile: a wheel without it must not be built.
        """
        if version == "editable":
            return
        root = Path(self.root)
        target = root / "build" / "wheel" / COMPILED
        target.parent.mkdir(parents=True, exist_ok=True)
        environment = {**os.environ, "PYTHONPATH": str(root / "src")}
        command = [sys.executable, "-m", "kinechain.knowledge.compile", str(target)]
        done = subprocess.run(command, env=environment, cwd=root, check=False)
        if done.returncode != 0 or not target.is_file():
            raise SystemExit(
                "The knowledge does not compile, so no wheel is built. "
                "Run `kinechain knowledge check` to see what is wrong."
            )
        build_data["force_include"][str(target)] = f"kinechain/{COMPILED}"
