"""The recording's own motion and forces under the changes that mechanics allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from kinechain.gait.errors import GaitError
from kinechain.gait.kinetics.inverse import inverse_dynamics
from kinechain.gait.what_if import cane, mass, toe_out, trunk_lean
from kinechain.gait.what_if.asked import Changes, Kind
from kinechain.gait.what_if.balance import residual
from kinechain.gait.what_if.closing import State, recorded

if TYPE_CHECKING:
    from kinechain.gait.events.model import Side
    from kinechain.gait.parameters.trial import TrialMeasures
    from kinechain.gait.solution import Solved
    from kinechain.gait.what_if.toe_out import LegTurn

ASSUMPTIONS: dict[Kind, str] = {
    "body_mass": mass.ASSUMPTION,
    "toe_out": toe_out.ASSUMPTION,
    "trunk_lean": trunk_lean.ASSUMPTION,
    "cane": cane.ASSUMPTION,
}
LARGEST_TILT = 0.10
LARGEST_GAP_M = 0.01


@dataclass(frozen=True, eq=False)
class Recomputed:
    """A recording under a change.

    Attributes
    ----------
    kinds
        What was changed, in this order.
    solved
        Model, motion, forces and kinetics afterwards.
    of_leg
        The same with the toe-out of one leg only, for that leg's loads: a leg that swings turned
        out would carry its knee outwards further than people do, and the other leg, which stands
        meanwhile, would bear that. Empty where no more than one leg turns.
    assumptions
        One sentence for each change.
    tilt_share
        Largest horizontal force that the balance added, over body weight.
    residual_change
        Largest change of the residual in frames in which all feet are on plates, as a share of
        body weight (moments: of body weight times 1 m), beyond its scaling with mass.
    notes
        What makes the result doubtful, one sentence each.
    """

    kinds: tuple[Kind, ...]
    solved: Solved
    of_leg: Mapping[Side, Solved]
    assumptions: tuple[str, ...]
    tilt_share: float
    residual_change: float
    notes: tuple[str, ...]


def recompute(solved: Solved, measured: TrialMeasures, changes: Changes) -> Recomputed | None:
    """Apply the changes that mechanics allow, all together.

    Mass first, then the feet, the trunk and the cane, each on the state that the one before
    left, so that the result is the joint effect.

    Parameters
    ----------
    solved
        The model's motion with the forces on the feet.
    measured
        The trial.
    changes
        What is asked for.

    Returns
    -------
    Recomputed or None
        None where none of the changes can be recomputed.

    Raises
    ------
    GaitError
        The ground's forces are not known, or a change does not fit the trial or the model.
    """
    kinds = changes.recomputed_kinds
    if not kinds:
        return None
    if solved.kinetics is None or not solved.applied:
        raise GaitError(
            measured.recording.source,
            "The forces of the ground are not known, so nothing can be recomputed.",
            "Give the forces of the plates that go with the recording.",
        )
    start = recorded(solved.model, solved.motion, solved.applied)
    turns = [
        toe_out.leg_turn(start.model, start.motion, measured, side, changes.toe_out_deg.of(side))
        for side in changes.toe_out_deg.sides
    ]
    whole = _changed(start, measured, changes, turns)
    of_leg: dict[Side, State] = {
        one.side: _changed(start, measured, changes, [one]) for one in turns if len(turns) > 1
    }
    tilt = max(_tilt(start, one) for one in (of_leg.values() or [whole]))
    return Recomputed(
        kinds,
        _solved(solved, whole),
        _each(solved, of_leg),
        tuple(ASSUMPTIONS[kind] for kind in kinds),
        tilt,
        max(_residual_change(start, one) for one in (whole, *of_leg.values())),
        _doubts(tilt, max((one.gap_m for one in turns), default=0.0)),
    )


def _each(solved: Solved, states: Mapping[Side, State]) -> dict[Side, Solved]:
    return {side: _solved(solved, one) for side, one in states.items()}


def _changed(
    start: State, measured: TrialMeasures, changes: Changes, turns: Sequence[LegTurn]
) -> State:
    """All changes one after the other; of the legs those given turn."""
    state = start
    if changes.body_mass_kg:
        state = mass.with_mass(state, changes.body_mass_kg)
    if turns:
        state = toe_out.with_turns(state, turns)
    if changes.trunk_lean_deg.sides:
        state = trunk_lean.with_lean(state, measured, changes.trunk_lean_deg)
    if changes.cane is not None and changes.cane.percent_body_weight > 0.0:
        state = cane.with_cane(state, measured, changes.cane)
    return state


def _doubts(tilt: float, gap_m: float) -> tuple[str, ...]:
    found: list[str] = []
    if gap_m > LARGEST_GAP_M:
        found.append(
            f"The model's joints cannot turn the feet so wholly: up to {1000 * gap_m:.0f} mm of "
            "the way are missing."
        )
    if tilt > LARGEST_TILT:
        found.append(
            f"The balance asks for {100 * tilt:.0f} % of body weight more to the side: so large a "
            "change people answer by walking otherwise, which is not computed."
        )
    return tuple(found)


def _solved(solved: Solved, state: State) -> Solved:
    """The state with its kinetics; its forces are no longer those of the plates."""
    return replace(
        solved,
        model=state.model,
        motion=state.motion,
        applied=state.forces,
        ground="estimated",
        kinetics=inverse_dynamics(state.model, state.motion, state.forces),
    )


def _weight(state: State) -> float:
    return state.model.mass_kg * float(np.linalg.norm(state.model.tree.gravity))


def _tilt(start: State, end: State) -> float:
    factor = end.model.mass_kg / start.model.mass_kg
    apart = [
        (after.force_N - factor * before.force_N)[:, [0, 2]]
        for before, after in zip(start.ground, end.ground, strict=True)
    ]
    return float(np.max(np.linalg.norm(apart, axis=2))) / _weight(end)


def _residual_change(start: State, end: State) -> float:
    factor = end.model.mass_kg / start.model.mass_kg
    before = residual(start.model, start.motion, start.forces)
    after = residual(end.model, end.motion, end.forces)
    whole = start.share.sum(axis=1) > 1.0 - 1e-12
    if not whole.any():
        return 0.0
    apart = np.abs(after.force_N - factor * before.force_N)[whole].max()
    turned = np.abs(after.moment_Nm - factor * before.moment_Nm)[whole].max()
    return float(max(apart, turned)) / _weight(end)
