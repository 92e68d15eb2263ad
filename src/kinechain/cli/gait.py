"""``kinechain gait``: from a recording to steps, parameters, angles and moments."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kinechain.cli.gait_batch import batch
from kinechain.cli.gait_observations import observations
from kinechain.cli.gait_options import with_analysis_options
from kinechain.cli.gait_sample import sample
from kinechain.cli.gait_what_if import what_if
from kinechain.cli.output import Refusal, colour, new_file, show, width, write
from kinechain.cli.program import Commands
from kinechain.cli.progress import waiting

if TYPE_CHECKING:
    from kinechain.service.gait import GaitAnalysis


@click.group(cls=Commands)
def gait() -> None:
    """Analyse recordings of walking: C3D, TRC with MOT, OpenSim models."""


@gait.command(short_help="Analyse one recording.")
@click.argument("recording", metavar="WALK", type=click.Path())
@click.option("--forces", metavar="FILE", type=click.Path(),
              help="Forces to a TRC file: MOT, STO, or an external-loads XML.")  # fmt: skip
@click.option("--model", metavar="MODEL.osim", type=click.Path(),
              help="A scaled OpenSim model, instead of the one that ships.")  # fmt: skip
@click.option("--static", metavar="FILE", type=click.Path(),
              help="The person standing, to scale the model that ships.")  # fmt: skip
@click.option("--mass", type=click.FloatRange(10, 300),
              help="In kg, for the model that ships; else from the plates.")  # fmt: skip
@click.option("--ik-tasks", metavar="SETUP.xml", type=click.Path(),
              help="Marker weights from a set-up file of OpenSim's tool.")  # fmt: skip
@click.option("--marker-names", metavar="FILE", type=click.Path(),
              help="A file that maps marker names onto places of the body.")  # fmt: skip
@click.option("--length-unit", type=click.Choice(["mm", "cm", "m"]),
              help="Where the file states none, or a wrong one.")  # fmt: skip
@click.option("--age", type=click.FloatRange(0, 120), help="For the norms, in years.")
@click.option("--sex", type=click.Choice(["female", "male"]), help="For the norms.")
@click.option("--height", type=click.FloatRange(0.4, 2.6),
              help="In m, for moments by body weight and height.")  # fmt: skip
@click.option("--reference", metavar="FILE", type=click.Path(),
              help="Curves of people without disease, for the Gait Profile Score.")  # fmt: skip
@click.option("--opensim-filter", is_flag=True, help="Filter as OpenSim's tool does.")
@click.option("--ik-out", metavar="FILE.mot", type=click.Path(), help="Write the joint angles.")
@click.option("--id-out", metavar="FILE.sto", type=click.Path(),
              help="Write the generalised forces.")  # fmt: skip
@click.option("--trc-out", metavar="FILE.trc", type=click.Path(), help="Write the markers.")
@click.option("--grf-out", metavar="FILE.mot", type=click.Path(), help="Write the forces.")
@click.option("--html", metavar="FILE", type=click.Path(),
              help="Also write a page with curves and a moving figure.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON, no more.")
def analyse(recording: str, as_json: bool, **options: Any) -> None:
    """Read WALK; find the steps; give every parameter beside its norm.

    Where the markers suffice also joint angles, moments and how well the markers are met, by
    the model that ships or one that is given. The files that are written have OpenSim's
    formats, names and units. Nothing is concluded from a poor recording, and the reasons are
    said.
    """
    targets = {
        name: new_file(options[name]) for name in ("ik_out", "id_out", "trc_out", "grf_out", "html")
    }
    if options["model"] and (options["static"] or options["mass"]):
        raise click.UsageError("--static and --mass scale the model that ships, not --model.")
    from kinechain.gait.errors import GaitError
    from kinechain.service.gait import GaitRequest, analyse_gait, as_plain

    asked = GaitRequest(
        recording=Path(recording),
        forces=_path(options["forces"]),
        model=_path(options["model"]),
        tasks=_path(options["ik_tasks"]),
        names=_path(options["marker_names"]),
        length_unit=options["length_unit"],
        age_years=options["age"],
        sex=options["sex"],
        opensim_filter=options["opensim_filter"],
        reference=_path(options["reference"]),
        height_m=options["height"],
        static=_path(options["static"]),
        mass_kg=options["mass"],
    )
    try:
        with waiting("Analysing"):
            found = analyse_gait(asked)
        _write(found, targets)
    except (GaitError, OSError) as error:
        raise Refusal(str(error)) from error
    if as_json:
        show(json.dumps(as_plain(found), indent=2, ensure_ascii=False))
    _report(found, targets["html"], quiet=as_json)


def _path(given: str | None) -> Path | None:
    return Path(given) if given else None


def _write(found: GaitAnalysis, targets: Mapping[str, Path | None]) -> None:
    """Write what was asked for, in OpenSim's formats."""
    from kinechain.gait.io.forces import write_forces
    from kinechain.gait.io.motion import write_angles, write_generalised_forces
    from kinechain.gait.io.readers.trc import write_trc

    recording, solved = found.trial.recording, found.solved
    if targets["trc_out"]:
        write_trc(targets["trc_out"], recording.markers)
    if targets["grf_out"]:
        if recording.forces is None:
            raise Refusal(f"{recording.source} holds no forces to write.")
        write_forces(targets["grf_out"], recording.forces)
    if solved is None:
        if targets["ik_out"] or targets["id_out"]:
            raise Refusal(found.model_note)
        return
    if targets["ik_out"]:
        angles = solved.angles
        write_angles(targets["ik_out"], angles.times_s, angles.coordinates, angles.values,
                     solved.rotational)  # fmt: skip
    if targets["id_out"]:
        if solved.kinetics is None:
            raise Refusal(f"No moments could be computed. {' '.join(solved.notes)}")
        if found.own is not None and not found.own.person.mass_known:
            raise Refusal("The moments need the body mass: give --mass.")
        names = tuple(one.name for one in solved.model.coordinates)
        write_generalised_forces(targets["id_out"], solved.motion.times_s, names,
                                 solved.kinetics.generalised, solved.rotational)  # fmt: skip


def _report(found: GaitAnalysis, page: Path | None, *, quiet: bool) -> None:
    """On the terminal unless JSON is there, and as a page where one is wanted."""
    if quiet and page is None:
        return
    from kinechain.service.gait.view import gait_view

    view = gait_view(found, drawn=page is not None)
    if not quiet:
        from kinechain.report.gait import terminal

        show(terminal.render(view, width=width(), colour=colour()), newline=False)
    if page is not None:
        from kinechain.report.gait import html

        write(page, html.render(view))
        click.echo(f"The report is written: {page}", err=quiet)


gait.add_command(with_analysis_options(batch, analyse, without={"forces"}))
gait.add_command(with_analysis_options(observations, analyse))
gait.add_command(sample)
gait.add_command(with_analysis_options(what_if, analyse))
