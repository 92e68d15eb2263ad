"""From a motion and its events to what the ground gives each foot."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from kinechain.gait.errors import GaitError
from kinechain.gait.events.model import SIDES
from kinechain.gait.gaps import runs
from kinechain.gait.kinetics.ground.balance import FootWrench, Wrench
from kinechain.gait.kinetics.ground.foot import (
    FOOT,
    FootPlace,
    foot_places,
    joint_spot,
    points_on,
)
from kinechain.gait.kinetics.ground.method import GroundMethod, ground_method
from kinechain.gait.kinetics.ground.sharing import Feet, share_out
from kinechain.gait.kinetics.ground.support import BoolArray, FootSupport, find_supports
from kinechain.gait.kinetics.inverse import AppliedForce, inverse_dynamics

if TYPE_CHECKING:
    from kinechain.gait.events.model import Events, Side
    from kinechain.gait.kinematics.motion import Motion
    from kinechain.gait.kinetics.inverse import Kinetics
    from kinechain.gait.marker_names import MarkerMap
    from kinechain.gait.model.model import Model
    from kinechain.gait.recording import FloatArray

# Judgement: errors of the events can part two stances by so much, running does by more.
LONGEST_FLIGHT_S = 0.04
# Judgement: shares of the body's mass whose motion no marker shows, above which the estimate is
# refused, and above which it is said.
MOST_UNSEEN, SOME_UNSEEN = 0.25, 0.03


@dataclass(frozen=True, eq=False)
class GroundEstimate:
    """What the ground gives the feet, measured or estimated.

    Attributes
    ----------
    applied
        On the left and on the right foot; zero where it is not known.
    estimated
        By side, shape (n,): frames in which the foot stands and its force is an estimate.
    known
        By side, shape (n,): frames in which the foot swings, or its force is measured or
        estimated.
    remainder
        What the motion asks beside these forces, about the pelvis's joint; NaN where either
        foot is not known. It is the error of motion, model and estimate together.
    notes
        What the reader has to know, one sentence each.
    """

    applied: tuple[AppliedForce, AppliedForce]
    estimated: dict[Side, BoolArray]
    known: dict[Side, BoolArray]
    remainder: Wrench
    notes: tuple[str, ...]


def estimate_ground(
    model: Model,
    motion: Motion,
    events: Events,
    names: MarkerMap,
    *,
    forward: FloatArray | None = None,
    plates: Mapping[Side, tuple[FootWrench, BoolArray]] | None = None,
    sides: Collection[Side] = SIDES,
    seen: Collection[str] | None = None,
    method: GroundMethod | None = None,
    exact: bool = False,
) -> GroundEstimate:
    """Ground reaction forces of a walk without plates, or with plates under some steps only.

    The wrench that both feet bear is what holds the pelvis when nothing else does. In single
    support it is the standing foot's; in double support both feet share it
    (:mod:`kinechain.gait.kinetics.ground.balance`). A foot on a plate is measured, and the other
    one bears the rest.

    Parameters
    ----------
    model, motion
        The whole body and its motion.
    events
        When the feet meet and leave the ground.
    names
        Anatomical names of the model's markers.
    forward
        Shape (2,): direction of walking in the ground plane (forward, right).
    plates
        What plates measured on a foot, at the motion's times, and in which frames (shape (n,)).
    sides
        The feet whose steps beside plates are estimated; the other foot has none there.
    seen
        Names of the markers that the motion was fitted to; all by default.
    method
        Other figures than the shipped ones.
    exact
        Hold the whole body's wrench exactly, whatever it asks of the feet: then there is no
        remainder, and the motion's errors go into the points of application.

    Raises
    ------
    GaitError
        The model does not stand on the ground by one joint or has no feet; markers do not show
        most of the body; no step is known; both feet are off the ground, as in running.
    """
    unseen = _unseen_share(model, seen)
    _check(model, unseen)
    chosen = method or ground_method()
    total = _whole_body(model, motion)
    places = foot_places(model, motion, names)
    supports = find_supports(events, motion.times_s)
    _no_flight(supports, motion.times_s)
    turn = _turn(forward)
    feet = _feet(places, supports, plates or {}, turn)
    found, certain = share_out(
        total.turned(turn), feet, motion.times_s, model.mass_kg, chosen, exact=exact
    )
    estimated: dict[Side, BoolArray] = {
        side: feet.bears(side) & certain & (side in sides) for side in SIDES
    }
    if not any(one.any() for one in estimated.values()):
        raise GaitError(
            "ground forces",
            "There is no step whose contact and off, and those of the other foot, are known.",
            "Give a recording with at least one whole step of each foot.",
        )
    known: dict[Side, BoolArray] = {
        side: estimated[side] | feet.covered[side] | (one.known & ~one.on)
        for side, one in supports.items()
    }
    wrenches = [
        found[side].only(estimated[side] | feet.covered[side]).turned(turn.T) for side in SIDES
    ]
    left, right = (
        AppliedForce(FOOT[side], one.force_N, one.point_m, one.moment_Nm)
        for side, one in zip(SIDES, wrenches, strict=True)
    )
    both = (known["left"] & known["right"])[:, None]
    rest = total.without(wrenches[0]).without(wrenches[1])
    remainder = Wrench(
        np.where(both, rest.force_N, np.nan), np.where(both, rest.moment_Nm, np.nan), rest.about_m
    )
    notes = _notes(chosen, feet, estimated, motion.times_s, unseen)
    return GroundEstimate((left, right), estimated, known, remainder, notes)


def known_kinetics(model: Model, kinetics: Kinetics, known: dict[Side, BoolArray]) -> Kinetics:
    """The kinetics without what hangs on a foot whose force is not known.

    Parameters
    ----------
    model
        The model.
    kinetics
        As :func:`kinechain.gait.kinetics.inverse.inverse_dynamics` gives them.
    known
        As in :class:`GroundEstimate`.

    Returns
    -------
    Kinetics
        NaN, where a foot is not known, at all joints between it and the ground's joint.
    """
    generalised = kinetics.generalised.copy()
    force, moment = kinetics.joint_force_N.copy(), kinetics.joint_moment_Nm.copy()
    for side, here in known.items():
        body = model.bodies.index(FOOT[side])
        while body > 0:
            joint = body - 1
            own = model.tree.own[joint]
            force[~here, joint] = np.nan
            moment[~here, joint] = np.nan
            generalised[np.ix_(~here, own[own >= 0])] = np.nan
            body = int(model.tree.parent[joint])
    return replace(kinetics, generalised=generalised, joint_force_N=force, joint_moment_Nm=moment)


def _check(model: Model, unseen: float) -> None:
    if np.count_nonzero(model.tree.parent == 0) != 1:
        raise GaitError(
            f"model {model.name}",
            "Its ground forces follow from its motion only if one joint holds it to the ground.",
            "Use a whole-body model.",
        )
    if unseen > MOST_UNSEEN:
        raise GaitError(
            "ground forces",
            f"No marker shows how {100 * unseen:.0f} % of the body's mass moves, so the ground's "
            "forces cannot be estimated.",
            "Record markers on the trunk, or measure with force plates.",
        )


def _whole_body(model: Model, motion: Motion) -> Wrench:
    """What must hold the body to the ground, about the joint that does."""
    kinetics = inverse_dynamics(model, motion)
    root = int(np.flatnonzero(model.tree.parent == 0)[0])
    centre = points_on(model, motion.values, [(root + 1, joint_spot(model, root))])
    return Wrench(
        kinetics.joint_force_N[:, root].copy(), kinetics.joint_moment_Nm[:, root].copy(),
        centre[:, 0],
    )  # fmt: skip


def _unseen_share(model: Model, seen: Collection[str] | None) -> float:
    """Share of the mass of bodies that could move by themselves and show no marker."""
    shown = np.zeros(len(model.bodies), bool)
    for name, body in zip(model.markers, model.marker_body, strict=True):
        shown[body] |= seen is None or name in seen
    tree = model.tree
    for joint in reversed(range(len(model.joints))):  # who sees the child sees what holds it
        shown[tree.parent[joint]] |= shown[joint + 1]
    hidden = np.zeros(len(model.bodies), bool)
    for joint in range(len(model.joints)):
        own = tree.own[joint][tree.own[joint] >= 0]
        moves = bool((tree.coupler[own, 0] < 0).any())
        hidden[joint + 1] = hidden[tree.parent[joint]] or (moves and not shown[joint + 1])
    return float(tree.mass[hidden].sum() / tree.mass.sum())


def _no_flight(supports: dict[Side, FootSupport], times: FloatArray) -> None:
    left, right = supports["left"], supports["right"]
    for first, last in runs(left.known & right.known & ~left.on & ~right.on):
        if times[last] - times[first] > LONGEST_FLIGHT_S:
            raise GaitError(
                f"ground forces, {times[first]:.2f} to {times[last]:.2f} s",
                "Both feet are off the ground. The estimate holds for walking, not for running "
                "or jumping.",
                "Measure with force plates; or correct the events, if the person walked.",
            )


def _turn(forward: FloatArray | None) -> FloatArray:
    """Rows are forward, up and right in the ground frame."""
    ahead, right = (1.0, 0.0) if forward is None else forward / np.linalg.norm(forward)
    return np.array([[ahead, 0.0, right], [0.0, 1.0, 0.0], [-right, 0.0, ahead]])


def _feet(
    places: dict[Side, FootPlace],
    supports: dict[Side, FootSupport],
    plates: Mapping[Side, tuple[FootWrench, BoolArray]],
    turn: FloatArray,
) -> Feet:
    n = len(supports["left"].on)
    none = FootWrench(np.zeros((n, 3)), np.zeros((n, 3)), np.zeros((n, 3)))
    measured: dict[Side, FootWrench] = dict.fromkeys(SIDES, none)
    covered: dict[Side, BoolArray] = {side: np.zeros(n, bool) for side in SIDES}
    for side, (wrench, here) in plates.items():
        covered[side] = here
        measured[side] = wrench.only(here).turned(turn)
    placed: dict[Side, FootPlace] = {side: one.turned(turn) for side, one in places.items()}
    return Feet(placed, supports, measured, covered)


def _notes(
    method: GroundMethod,
    feet: Feet,
    estimated: dict[Side, BoolArray],
    times: FloatArray,
    unseen: float,
) -> tuple[str, ...]:
    some = any(one.any() for one in feet.covered.values())
    owner = [side for side in SIDES if estimated[side].any()]
    steps = "all steps" if len(owner) == len(SIDES) else f"the {owner[0]} foot's steps"
    what = f"{steps} beside the plates" if some else steps
    notes = [
        f"The ground's forces of {what} are estimated from the motion, not measured. "
        + method.error.sentence()
    ]
    lost = [feet.bears(side) & ~estimated[side] & estimated[side].any() for side in SIDES]
    step = float(np.median(np.diff(times)))
    seconds = step * float(np.count_nonzero(lost[0] | lost[1]))
    if seconds > step:
        notes.append(
            f"For {seconds:.2f} s no force is estimated, and the legs have no moments: at the ends "
            "of the recording, where a step is not whole, or where markers jump."
        )
    if unseen > SOME_UNSEEN:
        notes.append(
            f"No marker shows how {100 * unseen:.0f} % of the body's mass moves by itself; it was "
            "taken to move with the rest, which makes the estimate worse."
        )
    return tuple(notes)
