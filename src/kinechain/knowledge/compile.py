"""Compiles the knowledge into the one file that a wheel ships.

Run as ``python -m kinechain.knowledge.compile OUT``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from kinechain.knowledge.knowledge import DATA, read_knowledge, write_compiled


def main(arguments: list[str] | None = None) -> int:
    """Compile the shipped knowledge into the file named by the first argument."""
    arguments = sys.argv[1:] if arguments is None else arguments
    write_compiled(read_knowledge(DATA), Path(arguments[0]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
