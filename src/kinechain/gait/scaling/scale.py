"""A model of the person: the shipped skeleton, scaled to what the markers show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from kinechain.gait.errors import GaitError
from kinechain.gait.events.model import SIDES, Side
from kinechain.gait.marker_names import MarkerMap
from kinechain.gait.model.assembly import assemble
from kinechain.gait.model.model import Model
from kinechain.gait.model.parts import ModelMarker, Parts
from kinechain.gait.recording import FloatArray, Markers
from kinechain.gait.scaling.build import make_bodies, make_joints, make_markers
from kinechain.gait.scaling.holds import Figure, Hold, holds, leg_frames, upper_frames
from kinechain.gait.scaling.legs import Leg, Pelvis, find_leg, find_pelvis, pelvis_frames
from kinechain.gait.scaling.notes import hip_note, knee_notes, locked_note, unplaced_note
from kinechain.gait.scaling.places import (
    STANDING_M,
    Places,
    missing_places,
    stillest,
    thinned,
)
from kinechain.gait.scaling.size import forefoot, lengths_of, origins_of, size_of
from kinechain.gait.scaling.skeleton import Skeleton, full_body
from kinechain.gait.scaling.support import (
    LARGEST_LOST_SHARE,
    is_needed,
    locked_where,
    longest_run,
    rest_jacobian,
    told_at,
    untold,
)
from kinechain.gait.scaling.tables import JointCentres, Segment, Sex, joint_centres, segment_table
from kinechain.gait.scaling.upper import Arm, find_arm, find_trunk, neck_path
from kinechain.gait.sides import exchanged_sides

Source = Literal["standing", "walk"]
FEWEST_FRAMES = 10


@dataclass(frozen=True, eq=False)
class ScaledModel:
    """The shipped skeleton in the person's size.

    Attributes
    ----------
    model
        An ordinary model; its markers have the recording's names, its default pose is the one
        seen.
    lengths_m
        Lengths between joint centres by body, with the width of the pelvis and the leg's length.
    mass_kg, height_m
        Of the person; the height is estimated from the legs where it was not given.
    sex
        Whose table of segments was used; None for the mean of both.
    locked
        Coordinates that the markers do not tell.
    weights
        How much each marker counts in the fit, by name.
    span
        Frames of the walk in which the markers tell pelvis, legs and trunk: the longest run.
    notes
        What was assumed, one sentence each.
    source
        Whether the legs were scaled from somebody standing or from the walk itself.
    """

    model: Model
    lengths_m: Mapping[str, float]
    mass_kg: float
    height_m: float
    sex: Sex | None
    locked: tuple[str, ...]
    weights: Mapping[str, float]
    span: slice
    notes: tuple[str, ...]
    source: Source


def scale_model(
    static_or_walk: Markers,
    names: MarkerMap,
    mass_kg: float,
    height_m: float | None = None,
    sex: Sex | None = None,
    walk: Places | None = None,
) -> ScaledModel:
    """Scale the shipped skeleton to a person.

    Somebody who stands is taken from the stillest second. A walk gives lengths and places of
    markers as medians over its frames, and the foot's level and the knee's alignment from the
    frames in which the foot lies flat. With both, the legs come from the one who stands, trunk
    and arms from the walk, because arms are often raised in standing trials.

    Parameters
    ----------
    static_or_walk
        Ground frame, facing forward.
    names
        Their anatomical names.
    mass_kg
        Of the person.
    height_m
        Of the person; sizes only what no marker shows.
    sex
        Which table of segments to use; the mean of both for None.
    walk
        The walk to be analysed, where the markers given are those of somebody standing.

    Returns
    -------
    ScaledModel
        Its bodies' masses sum to `mass_kg`.

    Raises
    ------
    GaitError
        Places that a model of the legs needs are not marked; it lists them. Or left and right
        are exchanged, or hardly a moment shows them all.
    """
    frame, moved_m = stillest(static_or_walk)
    source: Source = "standing" if moved_m < STANDING_M else "walk"
    places = Places(frame if source == "standing" else thinned(static_or_walk), names)
    _check(places)
    skeleton, rows, centres = full_body(), segment_table().of(sex), joint_centres()
    sparse = None if walk is None else Places(thinned(walk.markers), walk.names)
    upper = _shows_trunk(sparse, places, centres, sex)
    figure, scale, height = _figure(places, upper, rows, centres, sex, height_m)
    held = holds(figure, skeleton, centres)
    markers = make_markers(places, skeleton, leg_frames(figure, held))
    if figure.trunk.measured:  # head and arms alone would turn a trunk of assumed size
        markers += make_markers(upper, skeleton, upper_frames(figure))
    lengths = lengths_of(figure, rows, scale)
    parts = _parts(figure, skeleton, held, rows, lengths, mass_kg, markers)
    model, locked, span = _locked(parts, walk.markers if walk else static_or_walk)
    notes = [_from_walk(source, walk is not None, moved_m), *knee_notes(figure)]
    notes.append(hip_note(places, figure))
    if upper is not places:
        notes.append("Trunk and arms were scaled from the walk.")
    if sex is None:
        notes.append("The sex is not known: the mean of the tables for women and men is used.")
    if not figure.trunk.measured:
        notes.append(
            "No marker shows the trunk: it is taken as upright, of the usual size, and markers of "
            "head and arms are not used."
        )
    notes += [locked_note(skeleton, locked), unplaced_note(walk or places, skeleton)]
    lengths |= {"pelvis_width": figure.pelvis.width_m, "leg": figure.pelvis.leg_length_m}
    kept = tuple(one for one in notes if one)
    weights = _weights(model, skeleton, {**places.names.anatomical, **upper.names.anatomical})
    return ScaledModel(model, lengths, mass_kg, height, sex, locked, weights, span, kept, source)


def _weights(model: Model, skeleton: Skeleton, known: Mapping[str, str]) -> dict[str, float]:
    return {
        name: skeleton.weights.get(known[name].partition(".")[0], 1.0) for name in model.markers
    }


def _check(places: Places) -> None:
    missing = missing_places(places)
    if missing:
        raise GaitError(
            "the model that ships", f"These places are not marked: {', '.join(missing)}.",
            "Give a standing trial that has them (--static), name them (--marker-names), or give "
            "a model of your own (--model).",
        )  # fmt: skip
    exchanged = exchanged_sides(places.markers, places.names)
    if exchanged:
        raise GaitError("the model that ships", exchanged[0], "Correct the names or the axes.")


def _shows_trunk(
    walk: Places | None, places: Places, centres: JointCentres, sex: Sex | None
) -> Places:
    """The recording from which trunk and arms are scaled."""
    if walk is None or walk.both("asis") is None or walk.back_of_pelvis() is None:
        return places
    pelvis = Pelvis(pelvis_frames(walk), {}, np.zeros(3), 0.0, 0.0)
    return places if neck_path(walk, pelvis, centres, sex) is None else walk


def _figure(
    places: Places,
    upper: Places,
    rows: Mapping[str, Segment],
    centres: JointCentres,
    sex: Sex | None,
    height_m: float | None,
) -> tuple[Figure, float, float]:
    """The person as the markers show it, its size over the table's people's, and its height."""
    pelvis = find_pelvis(places, centres, centres.lumbar(sex))
    legs: dict[Side, Leg] = {s: find_leg(places, pelvis, s, centres) for s in SIDES}
    scale, height = size_of(legs, rows, centres.ankle_height_m, height_m)
    carrier = pelvis if upper is places else replace(pelvis, frames=pelvis_frames(upper))
    trunk = find_trunk(upper, carrier, centres, sex, scale * rows["torso"].length_m)
    arms: dict[Side, Arm] = {s: find_arm(upper, trunk, s, centres, rows, scale) for s in SIDES}
    toes: dict[Side, FloatArray | None] = {s: forefoot(places, legs[s]) for s in SIDES}
    return Figure(pelvis, legs, trunk, arms, carrier.frames, toes), scale, height


def _parts(
    figure: Figure,
    skeleton: Skeleton,
    held: Mapping[str, Hold],
    rows: Mapping[str, Segment],
    lengths_m: Mapping[str, float],
    mass_kg: float,
    markers: tuple[ModelMarker, ...],
) -> Parts:
    joints, coordinates = make_joints(skeleton, held, figure.pelvis.frames)
    bodies = make_bodies(skeleton, rows, lengths_m, origins_of(figure, held), mass_kg)
    gravity = np.array(skeleton.gravity_m_s2)
    return Parts(skeleton.name, gravity, bodies, joints, coordinates, (), markers)


def _locked(parts: Parts, walk: Markers) -> tuple[Model, tuple[str, ...], slice]:
    """The model with everything locked that the walk's markers do not tell, and its good frames."""
    kept = tuple(one for one in parts.markers if one.name in walk.names)
    parts = replace(parts, markers=kept)
    model = assemble(parts, parts.name)
    table = rest_jacobian(model)
    columns = [walk.names.index(name) for name in model.markers]
    seen = np.isfinite(walk.positions_m[:, columns].sum(axis=2))
    free, lost = untold(table[seen.any(axis=0)], [int(one) for one in model.free])
    told = told_at(table, free, seen)
    needed = np.array([is_needed(model.coordinates[one]) for one in free])
    span = longest_run(np.all(told[:, needed], axis=1))
    if span.stop - span.start < min(FEWEST_FRAMES, len(seen)):
        raise GaitError(
            "the model that ships",
            "Hardly a moment shows enough markers of pelvis, legs and trunk together.",
            "Fill the gaps, or give a model of your own (--model).",
        )
    away = (~told[span]).mean(axis=0) > LARGEST_LOST_SHARE
    lost += [number for number, gone in zip(free, away, strict=True) if gone]
    locked = tuple(model.coordinates[one].name for one in sorted(lost))
    parts = replace(parts, coordinates=locked_where(parts.coordinates, locked))
    return assemble(parts, parts.name), locked, span


def _from_walk(source: Source, other: bool, moved_m: float) -> str:
    if source == "standing":
        return ""
    moves = f"The standing trial moves by {1000 * moved_m:.0f} mm, so it is taken as a walk. "
    return (
        f"{moves if other else ''}The legs were scaled from a walk: lengths and places of markers "
        "are medians, the foot's level and the knee's alignment come from the frames in which the "
        "foot lies flat. A standing trial is better."
    )
