"""The results of a batch as a table: one row per recording, parameter and side."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import msgspec

from kinechain.gait.errors import GaitError
from kinechain.gait.observations.deviations import Beside
from kinechain.gait.parameters.model import DEFINITIONS
from kinechain.gait.parameters.profile_score import Profile
from kinechain.gait.parameters.symmetry import Symmetry
from kinechain.service.gait.analysis import GaitAnalysis

Status = Literal["analysed", "poor", "refused", "failed"]
ENDINGS = {".parquet": "format parquet, compression zstd", ".csv": "format csv, header true"}
RECORDINGS_AT_ONCE = 500


class Value(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One parameter of one side of a recording, beside its norm.

    Attributes
    ----------
    parameter, label, unit
        Its name, and for people.
    side
        ``both`` where it has no side.
    value, sd, n
        Mean and standard deviation over the steps or strides, and how many these are.
    norm_mean, norm_sd, norm_low, norm_high, norm_population, norm_source, norm_documented
        What it is compared with; `norm_documented` is false where the source does not say who
        the people were.
    z
        Distance from the norm in its standard deviations.
    """

    parameter: str
    label: str
    unit: str
    side: str
    value: float | None
    sd: float | None = None
    n: int | None = None
    norm_mean: float | None = None
    norm_sd: float | None = None
    norm_low: float | None = None
    norm_high: float | None = None
    norm_population: str | None = None
    norm_source: str | None = None
    norm_documented: bool | None = None
    z: float | None = None


class Outcome(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one recording; one line of the journal.

    Attributes
    ----------
    recording, forces
        Paths from the folder of the batch; `forces` is the file that was taken beside it.
    sha256
        Of the recording's own file.
    inputs, options
        Hashes of all that was read for it, and of the program, its data and what was asked.
    status
        ``analysed``; ``poor`` when nothing may be concluded from it; ``refused`` when a file
        cannot be used; ``failed`` when the analysis broke off, which is tried again.
    where, what, remedy
        Of the error.
    quality
        Why nothing may be concluded, one sentence each.
    model, mass_kg
        The model that was fitted, and its mass.
    ground
        Where the forces on the feet come from: plates, estimated, none.
    seconds
        How long it took.
    """

    recording: str
    sha256: str
    inputs: str
    options: str
    status: Status
    program_version: str
    knowledge_version: str
    forces: str | None = None
    model: str | None = None
    mass_kg: float | None = None
    age_years: float | None = None
    sex: str | None = None
    ground: str | None = None
    quality: tuple[str, ...] = ()
    values: tuple[Value, ...] = ()
    where: str | None = None
    what: str | None = None
    remedy: str | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class Column:
    """A column of the table: its name, its type in SQL, and what it holds."""

    name: str
    kind: str
    text: str


COLUMNS: tuple[Column, ...] = (
    Column("recording", "VARCHAR", "the file, as a path from the folder of the batch"),
    Column("forces", "VARCHAR", "the file of forces that was taken beside it"),
    Column("sha256", "VARCHAR", "of the recording's file"),
    Column("status", "VARCHAR", "analysed, poor, refused or failed"),
    Column("parameter", "VARCHAR", "its name; empty where the recording gave none"),
    Column("label", "VARCHAR", "the parameter for people"),
    Column("side", "VARCHAR", "left, right or both"),
    Column("value", "DOUBLE", "mean over the steps or strides"),
    Column("sd", "DOUBLE", "standard deviation over them (n - 1)"),
    Column("n", "INTEGER", "how many steps or strides"),
    Column("unit", "VARCHAR", "of value, sd and norm"),
    Column("norm_mean", "DOUBLE", "of people without disease"),
    Column("norm_sd", "DOUBLE", "their standard deviation"),
    Column("norm_low", "DOUBLE", "their range, where the source gives one"),
    Column("norm_high", "DOUBLE", "the same"),
    Column("norm_population", "VARCHAR", "who they were"),
    Column("norm_source", "VARCHAR", "title of the publication or data set"),
    Column("norm_documented", "BOOLEAN", "false: the source does not say who they were"),
    Column("z", "DOUBLE", "(value - norm_mean) / norm_sd"),
    Column("quality", "VARCHAR", "good, or poor: nothing may be concluded from it"),
    Column("quality_reasons", "VARCHAR", "why, where it is poor"),
    Column("ground", "VARCHAR", "forces on the feet: plates, estimated or none"),
    Column("model", "VARCHAR", "the model that was fitted"),
    Column("mass_kg", "DOUBLE", "the mass of that model"),
    Column("age_years", "DOUBLE", "as given, for the norms"),
    Column("sex", "VARCHAR", "as given, for the norms"),
    Column("error_where", "VARCHAR", "file and field of what could not be used"),
    Column("error_what", "VARCHAR", "what is wrong with it"),
    Column("error_remedy", "VARCHAR", "what can be done"),
    Column("program_version", "VARCHAR", "of Kinechain"),
    Column("knowledge_version", "VARCHAR", "hash of its knowledge"),
)
"""The columns in their order; docs/reference/gait-files.md has the same list."""


def values_of(analysis: GaitAnalysis) -> tuple[Value, ...]:
    """Every parameter of an analysis beside its norm, then symmetry indices and profile scores.

    Parameters
    ----------
    analysis
        Of one recording.
    """
    values = [_value(one) for one in analysis.beside]
    values += [_symmetry(one) for one in analysis.measured.symmetry]
    return (*values, *(_scores(analysis.profile) if analysis.profile is not None else ()))


def _known(number: float) -> float | None:
    return number if math.isfinite(number) else None


def _value(one: Beside) -> Value:
    measure, norm = one.measure, one.norm
    definition = DEFINITIONS.get(measure.name)
    beside: dict[str, Any] = {}
    if norm is not None:
        beside = {
            "norm_mean": norm.mean,
            "norm_sd": norm.sd,
            "norm_low": norm.low,
            "norm_high": norm.high,
            "norm_population": norm.population,
            "norm_source": one.source.title if one.source else None,
            "norm_documented": norm.documented,
        }
    return Value(
        parameter=measure.name,
        label=definition.label if definition else measure.name,
        unit=definition.unit if definition else "",
        side=measure.side,
        value=_known(measure.mean),
        sd=_known(measure.sd),
        n=len(measure.values),
        z=one.z,
        **beside,
    )


def _symmetry(one: Symmetry) -> Value:
    definition = DEFINITIONS.get(one.name)
    label = definition.label if definition else one.name
    return Value(
        parameter=f"{one.name}_symmetry_index",
        label=f"{label}, symmetry index",
        unit="%",
        side="both",
        value=_known(one.index_percent),
    )


def _scores(profile: Profile) -> Iterator[Value]:
    """The Gait Profile Score and the Gait Variable Scores behind it."""
    whole = (("left", profile.left), ("right", profile.right), ("both", profile.overall))
    for side, score in whole:
        yield Value(
            parameter="gait_profile_score",
            label="Gait Profile Score",
            unit="deg",
            side=side,
            value=_known(score),
        )
    for (side, name), score in profile.variable_scores.items():
        yield Value(
            parameter=f"gait_variable_score_{name}",
            label=f"Gait Variable Score, {name.replace('_', ' ')}",
            unit="deg",
            side=side,
            value=_known(score),
        )


def rows_of(outcome: Outcome) -> Iterator[dict[str, Any]]:
    """The rows of one recording; one without a parameter where it gave none.

    Parameters
    ----------
    outcome
        What became of it.
    """
    good = outcome.status == "analysed"
    common = {
        "recording": outcome.recording,
        "forces": outcome.forces,
        "sha256": outcome.sha256,
        "status": outcome.status,
        "quality": "good" if good else "poor" if outcome.status == "poor" else None,
        "quality_reasons": " ".join(outcome.quality) or None,
        "ground": outcome.ground,
        "model": outcome.model,
        "mass_kg": outcome.mass_kg,
        "age_years": outcome.age_years,
        "sex": outcome.sex,
        "error_where": outcome.where,
        "error_what": outcome.what,
        "error_remedy": outcome.remedy,
        "program_version": outcome.program_version,
        "knowledge_version": outcome.knowledge_version,
    }
    if not outcome.values:
        yield common
    for one in outcome.values:
        yield {**common, **msgspec.structs.asdict(one)}


def check_table(path: Path) -> None:
    """Make sure before the work that its table can be written.

    Parameters
    ----------
    path
        Where it will be written.

    Raises
    ------
    GaitError
        When the name's ending is not known, or the folder cannot be written.
    """
    if path.suffix.lower() not in ENDINGS:
        raise GaitError(
            str(path),
            f"The name of the table must end in {' or '.join(ENDINGS)}. Got {path.suffix!r}.",
            "Name it results.parquet, for example.",
        )
    if not os.access(path.resolve().parent, os.W_OK):
        raise GaitError(str(path), "Its folder cannot be written.", "Name a file elsewhere.")
    import duckdb

    duckdb.connect(":memory:").close()


def write_table(path: Path, outcomes: Iterable[Outcome]) -> int:
    """Write the table in one step: either all of it is there, or the file is as before.

    DuckDB writes it from memory with what its wheel holds: no extension is loaded, nothing is
    fetched.

    Parameters
    ----------
    path
        A name that ends in ``.parquet`` or ``.csv``.
    outcomes
        Of all recordings, in the order of the table.

    Returns
    -------
    int
        How many rows it has.

    Raises
    ------
    OSError
        When it cannot be written.
    """
    import duckdb

    target = path.resolve()
    half = target.with_name(f".{target.name}.{os.getpid()}.part")
    offline: dict[str, Any] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    kinds = ", ".join(f"{one.name} {one.kind}" for one in COLUMNS)
    shape = json.dumps([{one.name: one.kind for one in COLUMNS}])
    waiting = iter(outcomes)
    try:
        with duckdb.connect(":memory:", config=offline) as database:
            database.execute(f"create table results ({kinds})")
            while some := list(islice(waiting, RECORDINGS_AT_ONCE)):
                rows = [row for one in some for row in rows_of(one)]
                database.execute(
                    "insert into results select unnest(from_json(?::json, ?), recursive := true)",
                    [msgspec.json.encode(rows).decode(), shape],
                )
            (count,) = database.execute("select count(*) from results").fetchall()[0]
            name = str(half).replace("'", "''")
            database.execute(f"copy results to '{name}' ({ENDINGS[path.suffix.lower()]})")
        with half.open("rb+") as file:
            os.fsync(file.fileno())
        half.replace(target)
    except duckdb.Error as error:
        raise OSError(f"{path} cannot be written: {error}") from error
    finally:
        with suppress(FileNotFoundError):
            half.unlink()
    return int(count)
