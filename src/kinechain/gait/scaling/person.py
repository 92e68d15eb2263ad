"""The shipped model for one trial: scaled, with the mass found or given, ready to be solved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from kinechain.gait.model.setup import KinematicsSetup
from kinechain.gait.scaling.mass import mass_from_standing, mass_from_walk
from kinechain.gait.scaling.notes import elsewhere_note
from kinechain.gait.scaling.places import Places
from kinechain.gait.scaling.scale import ScaledModel, scale_model

if TYPE_CHECKING:
    from kinechain.gait.io.read import Trial
    from kinechain.gait.parameters.trial import TrialMeasures
    from kinechain.gait.recording import Markers
    from kinechain.gait.scaling.tables import Sex
    from kinechain.gait.solution import Solved

NOMINAL_KG = 70.0


@dataclass(frozen=True, eq=False)
class Person:
    """The shipped model in a person's size, and the part of the trial that it can follow.

    Attributes
    ----------
    scaled
        The model.
    mass_known
        Whether its mass is the person's. Otherwise only what is divided by mass means anything.
    mass_source
        Where the mass comes from, in words.
    measured
        The trial, its markers blanked outside the frames that tell the model's pose; without its
        forces where the mass is not known.
    notes
        What was assumed, one sentence each.
    """

    scaled: ScaledModel
    mass_known: bool
    mass_source: str
    measured: TrialMeasures
    notes: tuple[str, ...]

    @property
    def setup(self) -> KinematicsSetup:
        """The weights of the markers, as a fit wants them."""
        return KinematicsSetup(dict(self.scaled.weights), (), (-np.inf, np.inf), "")

    def notes_with(self, solved: Solved) -> tuple[str, ...]:
        """The notes, and which markers do not sit where the standing trial had them.

        Parameters
        ----------
        solved
            The trial solved with this model.
        """
        other = elsewhere_note(solved.angles) if self.scaled.source == "standing" else ""
        return (*self.notes, other) if other else self.notes


def person_of(
    measured: TrialMeasures,
    static: Trial | None = None,
    mass_kg: float | None = None,
    height_m: float | None = None,
    sex: Sex | None = None,
) -> Person:
    """Scale the shipped model to the person in a trial.

    Parameters
    ----------
    measured
        The walk.
    static
        The person standing; without it the walk itself is taken.
    mass_kg
        The person's; by default from force plates. Without these a nominal mass stands for it.
    height_m, sex
        The person's, where known.

    Raises
    ------
    GaitError
        As :func:`kinechain.gait.scaling.scale.scale_model` says.
    """
    mass, known, source = _mass(measured, static, mass_kg)
    walk = Places(measured.recording.markers, measured.names)
    if static is None:
        scaled = scale_model(walk.markers, walk.names, mass, height_m, sex)
    else:
        markers = static.recording.markers
        scaled = scale_model(markers, static.names, mass, height_m, sex, walk)
    notes = list(scaled.notes)
    forces = measured.recording.forces
    if mass_kg is None:
        notes.append(source)
    if not known and forces is not None:
        notes.append("Without the mass the plates' forces cannot be divided by it: no moments.")
        forces = None
    whole = len(walk.markers.times_s)
    used = scaled.span.stop - scaled.span.start
    if used < whole:
        notes.append(f"{used} of {whole} frames show enough markers; the others are left out.")
    recording = replace(measured.recording, markers=_only(walk.markers, scaled.span), forces=forces)
    return Person(scaled, known, source, replace(measured, recording=recording), tuple(notes))


def _mass(
    measured: TrialMeasures, static: Trial | None, mass_kg: float | None
) -> tuple[float, bool, str]:
    """The mass, whether it is the person's, and a sentence on where it comes from."""
    if mass_kg is not None:
        return mass_kg, True, "Body mass as given."
    found = None if static is None else mass_from_standing(static.recording, static.names)
    found = mass_from_walk(measured) if found is None else found
    if found is not None:
        return found.mass_kg, True, found.sentence()
    return NOMINAL_KG, False, (
        f"The body mass is not known (--mass): {NOMINAL_KG:.0f} kg stand for it, and only what is "
        "divided by mass is given."
    )  # fmt: skip


def _only(markers: Markers, span: slice) -> Markers:
    """The markers, blanked outside a span of frames."""
    positions = np.full_like(markers.positions_m, np.nan)
    positions[span] = markers.positions_m[span]
    return replace(markers, positions_m=positions)
