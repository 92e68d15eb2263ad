"""The shipped model in a trial: scaled, solved, or the reason why it cannot be."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from kinechain.gait.errors import GaitError
from kinechain.gait.io.read import read_trial
from kinechain.gait.model.setup import read_kinematics_setup
from kinechain.gait.scaling.person import Person, person_of
from kinechain.gait.solution import Solved, solve

if TYPE_CHECKING:
    from kinechain.gait.parameters.trial import TrialMeasures
    from kinechain.service.gait.analysis import GaitRequest


@dataclass(frozen=True, eq=False)
class OwnModel:
    """What the shipped model makes of a trial.

    Attributes
    ----------
    person
        The model in the person's size.
    solved
        The trial, with what was assumed among its notes.
    """

    person: Person
    solved: Solved


def solve_own(asked: GaitRequest, measured: TrialMeasures) -> tuple[OwnModel | None, str]:
    """Scale the shipped model to the person and solve the trial with it.

    Parameters
    ----------
    asked
        Files and the person.
    measured
        The trial.

    Returns
    -------
    own, reason
        None and a sentence where the markers do not suffice.

    Raises
    ------
    GaitError
        When a standing trial was given and cannot be used.
    """
    try:
        static = (
            None
            if asked.static is None
            else read_trial(asked.static, None, asked.names, asked.length_unit)
        )
        sex: Any = asked.sex
        person = person_of(measured, static, asked.mass_kg, asked.height_m, sex)
        setup = read_kinematics_setup(asked.tasks) if asked.tasks else person.setup
        found = solve(person.scaled.model, person.measured, setup,
                      opensim_filter=asked.opensim_filter)  # fmt: skip
    except GaitError as error:
        if asked.static is not None or asked.tasks is not None:
            raise
        return None, f"No joint angles and moments. {error.what} {error.remedy}"
    notes = (*person.notes_with(found), *found.notes)
    return OwnModel(person, replace(found, notes=notes)), ""


def own_plain(own: OwnModel) -> dict[str, Any]:
    """How the shipped model was scaled, as plain values for JSON.

    Parameters
    ----------
    own
        The solved model.
    """
    scaled = own.person.scaled
    return {
        "scaled_from": scaled.source,
        "mass_known": own.person.mass_known,
        "mass_source": own.person.mass_source,
        "height_m": round(scaled.height_m, 3),
        "sex": scaled.sex,
        "lengths_m": {name: round(value, 4) for name, value in scaled.lengths_m.items()},
        "locked": list(scaled.locked),
    }
