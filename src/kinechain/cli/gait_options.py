"""The options of `kinechain gait analyse` for the other commands that analyse recordings."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from kinechain.cli.output import Refusal

if TYPE_CHECKING:
    from kinechain.service.gait import GaitRequest

OUTPUTS = frozenset({"as_json", "html", "ik_out", "id_out", "trc_out", "grf_out"})
"""What `analyse` does with a result; no other command takes these over."""

OPTION_OF = {"names": "marker_names", "tasks": "ik_tasks", "age_years": "age"}
"""Options that are not called as the field of `GaitRequest` that they fill."""


def with_analysis_options(
    command: click.Command, analyse: click.Command, without: Collection[str] = ()
) -> click.Command:
    """Give a command the options with which `analyse` reads a recording.

    Parameters
    ----------
    command
        It gets them behind its own.
    analyse
        The command that has them.
    without
        Names of options that make no sense there.
    """
    own = {one.name for one in command.params}
    command.params += [
        one
        for one in analyse.params
        if isinstance(one, click.Option) and one.name not in {*OUTPUTS, *without, *own}
    ]
    return command


def request_of(recording: Path, options: Mapping[str, Any]) -> GaitRequest:
    """What is asked of the laboratory.

    Parameters
    ----------
    recording
        The file.
    options
        As the command got them.

    Raises
    ------
    Refusal
        When a file that an option names is not there.
    """
    from kinechain.service.gait import GaitRequest

    given: dict[str, Any] = {}
    for field in fields(GaitRequest):
        value = options.get(option_of(field.name, options))
        if value is None:
            continue
        is_path = "Path" in str(field.type)
        if is_path and not Path(value).is_file():
            raise Refusal(f"There is no file {value}.")
        given[field.name] = Path(value) if is_path else value
    made: GaitRequest = cast("Any", GaitRequest)(**{**given, "recording": recording})
    if options.get("model") and (options.get("static") or options.get("mass")):
        raise click.UsageError("--static and --mass scale the model that ships, not --model.")
    return made


def option_of(field: str, options: Collection[str]) -> str:
    """The option that fills a field: its own name, or that without the unit.

    Parameters
    ----------
    field
        Of `GaitRequest`.
    options
        The names that there are.
    """
    if field in options:
        return field
    return OPTION_OF.get(field, field.rpartition("_")[0])
