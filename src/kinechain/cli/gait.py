"""``kinechain gait``: from a recording to steps, parameters, angles and moments."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kinechain.cli.output import Refusal, new_file, show, table, title, wrapped
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
              help="A scaled OpenSim model: angles, and moments where forces are.")  # fmt: skip
@click.option("--ik-tasks", metavar="SETUP.xml", type=click.Path(),
              help="Marker weights from a set-up file of OpenSim's tool.")  # fmt: skip
@click.option("--marker-names", metavar="FILE", type=click.Path(),
              help="A file that maps marker names onto places of the body.")  # fmt: skip
@click.option("--length-unit", type=click.Choice(["mm", "cm", "m"]),
              help="Where the file states none, or a wrong one.")  # fmt: skip
@click.option("--age", type=click.FloatRange(0, 120), help="For the norms, in years.")
@click.option("--sex", type=click.Choice(["female", "male"]), help="For the norms.")
@click.option("--opensim-filter", is_flag=True, help="Filter as OpenSim's tool does.")
@click.option("--ik-out", metavar="FILE.mot", type=click.Path(), help="Write the joint angles.")
@click.option("--id-out", metavar="FILE.sto", type=click.Path(),
              help="Write the generalised forces.")  # fmt: skip
@click.option("--trc-out", metavar="FILE.trc", type=click.Path(), help="Write the markers.")
@click.option("--grf-out", metavar="FILE.mot", type=click.Path(), help="Write the forces.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON, no more.")
def analyse(recording: str, as_json: bool, **options: Any) -> None:
    """Read WALK; find the steps; give every parameter beside its norm.

    With a model also joint angles, moments and how well the markers are met. The files that
    are written have OpenSim's formats, names and units. Nothing is concluded from a poor
    recording, and the reasons are said.
    """
    targets = {name: new_file(options[name]) for name in ("ik_out", "id_out", "trc_out", "grf_out")}
    if (targets["ik_out"] or targets["id_out"]) and not options["model"]:
        raise click.UsageError("--ik-out and --id-out need --model.")
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
    )
    try:
        with waiting("Analysing"):
            found = analyse_gait(asked)
        _write(found, targets)
    except (GaitError, OSError) as error:
        raise Refusal(str(error)) from error
    plain = as_plain(found)
    if as_json:
        show(json.dumps(plain, indent=2, ensure_ascii=False))
        return
    _show(plain)


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
        return
    if targets["ik_out"]:
        angles = solved.angles
        write_angles(targets["ik_out"], angles.times_s, angles.coordinates, angles.values,
                     solved.rotational)  # fmt: skip
    if targets["id_out"]:
        if solved.kinetics is None:
            raise Refusal(f"No moments could be computed. {' '.join(solved.notes)}")
        names = tuple(one.name for one in solved.model.coordinates)
        write_generalised_forces(targets["id_out"], solved.motion.times_s, names,
                                 solved.kinetics.generalised, solved.rotational)  # fmt: skip


def _show(plain: Mapping[str, Any]) -> None:
    show(f"{plain['source']}: {plain['frames']} frames at {plain['rate_hz']:g} Hz, "
         f"{plain['plates']} force plates, {len(plain['cycles'])} whole cycles")  # fmt: skip
    for reason in plain["quality"]:
        show(wrapped(f"! Nothing is concluded: {reason}"))
    _show_parameters(plain["parameters"])
    _show_offered(plain)
    _show_model(plain["model"])
    if plain["notes"]:
        title("Notes")
        for note in plain["notes"]:
            show(wrapped(f"- {note}", 2))


def _show_parameters(rows: list[dict[str, Any]]) -> None:
    from kinechain.gait.parameters.model import DEFINITIONS

    title("Parameters, beside people without disease")
    show(table(("", "side", "value", "unit", "norm", "z"), [
        (
            DEFINITIONS[one["name"]].label if one["name"] in DEFINITIONS else one["name"],
            one["side"],
            f"{one['mean']:.3g}" + (f" ({one['sd']:.2g})" if one["sd"] is not None else ""),
            DEFINITIONS[one["name"]].unit if one["name"] in DEFINITIONS else "",
            "-" if one["norm_mean"] is None else f"{one['norm_mean']:g}"
            + (f" ({one['norm_sd']:g})" if one["norm_sd"] else ""),
            "-" if one["z"] is None else f"{one['z']:+.1f}",
        )
        for one in rows
    ], right=(2, 4, 5)))  # fmt: skip


def _show_offered(plain: Mapping[str, Any]) -> None:
    present = [one for one in plain["offered"] if one["present"]]
    title("Findings offered, for a clinician to confirm")
    for one in present:
        z = "" if one["z"] is None else f", z {one['z']:+.1f}"
        show(wrapped(f"- {one['finding']}, {one['side']}: {one['value']:.3g} {one['unit']}{z}. "
                     f"{one['rule']} {one['caution']}".rstrip(), 2))  # fmt: skip
    if not present:
        show("  None.")


def _show_model(model: Mapping[str, Any] | None) -> None:
    if model is None:
        return
    title(f"Model {model['name']}, {model['mass_kg']:g} kg")
    show(f"  Markers are met within {model['marker_error_mm']:g} mm (root mean square).")
    for note in model["notes"]:
        show(wrapped(f"- {note}", 2))
    if not model["curves"]:
        show("  No whole cycle lies within the solved frames, so there are no mean curves.")
        return
    rows = [
        (name.replace("|", ", "), one["unit"], f"{min(one['mean']):.3g}",
         f"{max(one['mean']):.3g}", str(one["cycles"]))
        for name, one in model["curves"].items()
    ]  # fmt: skip
    show(table(("mean curve", "unit", "lowest", "highest", "cycles"), rows, right=(2, 3, 4)))
