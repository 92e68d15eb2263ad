"""YAML files of the gait laboratory, read by the C parser where it is there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from kinechain.gait.errors import GaitError

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Path) -> Any:
    """The contents of a YAML file.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    GaitError
        When the file is missing, no text, or no YAML.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - safe
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise GaitError(str(path), f"It cannot be read ({error}).", "Correct the file.") from None
