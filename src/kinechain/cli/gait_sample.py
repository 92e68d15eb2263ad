"""``kinechain gait sample``: recordings to try the laboratory with."""

from __future__ import annotations

from pathlib import Path

import click

from kinechain.cli.output import Refusal, new_file, show
from kinechain.cli.program import Command

WHAT = {
    "synthetic_walk.c3d": "a walk with three force plates",
    "synthetic_walk.yaml": "what is true of it",
    "dropping_walk.trc": "a slow walk with a pelvis that drops",
    "dropping_walk_grf.mot": "its forces",
    "dropping_walk.yaml": "what is true of it",
    "case.yaml": "an invented person with pain beside the hip",
}


@click.command(cls=Command, short_help="Write recordings to try the laboratory with.")
@click.argument("folder", metavar="FOLDER", type=click.Path())
def sample(folder: str) -> None:
    """Write two synthetic walks, what is true of them, and an invented case into FOLDER.

    Nobody walked them: they are computed, so that everything about them is known. FOLDER is made
    if it is not there; a file that exists is never written over.
    """
    target = Path(folder)
    if not target.is_dir():
        new_file(folder)
        if target.exists():
            raise Refusal(f"{folder} is a file. Name a folder.")
    from kinechain.gait.errors import GaitError
    from kinechain.service.gait.sample import write_sample

    try:
        written = write_sample(target)
    except GaitError as error:
        raise Refusal(str(error)) from error
    except OSError as error:
        raise Refusal(f"{folder} cannot be written: {error.strerror}.") from error
    wide = max(len(str(path)) for path in written)
    for path in written:
        show(f"{path!s:<{wide}}  {WHAT[path.name]}")
    show(f"\nBegin with: kinechain gait analyse {target / 'synthetic_walk.c3d'}")
