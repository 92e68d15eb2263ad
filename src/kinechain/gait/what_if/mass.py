"""A body of another mass that moves in the same way."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kinechain.gait.errors import GaitError
from kinechain.gait.model.model import frozen
from kinechain.gait.what_if.closing import State

if TYPE_CHECKING:
    from kinechain.gait.kinetics.inverse import AppliedForce

ASSUMPTION = (
    "All segments gain or lose the same share of their mass, the shape stays, and the person "
    "walks as recorded."
)
LARGEST_SHARE = 0.5


def with_mass(state: State, gained_kg: float) -> State:
    """Scale the mass of every segment and every force by the same factor.

    The motion stays, so that every moment and force scales by that factor exactly, and the
    residual with them.

    Parameters
    ----------
    state
        The state before.
    gained_kg
        Negative when lost.

    Raises
    ------
    GaitError
        When the mass would change by more than a half.
    """
    model = state.model
    if abs(gained_kg) > LARGEST_SHARE * model.mass_kg:
        raise GaitError(
            "what-if, mass",
            f"It must change by at most half of {model.mass_kg:.1f} kg. Got {gained_kg:+g} kg.",
            "Ask for less.",
        )
    factor = 1.0 + gained_kg / model.mass_kg
    tree = model.tree._replace(
        mass=frozen(model.tree.mass * factor), inertia=frozen(model.tree.inertia * factor)
    )

    def scaled(one: AppliedForce) -> AppliedForce:
        return replace(one, force_N=one.force_N * factor, moment_Nm=one.moment_Nm * factor)

    return State(
        replace(model, tree=tree),
        state.motion,
        tuple(scaled(one) for one in state.ground),
        state.share,
        tuple(scaled(one) for one in state.others),
    )
