"""Everything that is said about a recording under the changes asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kinechain.gait.errors import GaitError
from kinechain.gait.what_if.answers import (
    OF_TRUNK,
    LoadChange,
    Loads,
    absolute_loads,
    dose_changes,
    recomputed_changes,
)
from kinechain.gait.what_if.asked import Angles, Changes, Kind
from kinechain.gait.what_if.recompute import ASSUMPTIONS, Recomputed, recompute

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kinechain.gait.parameters.trial import TrialMeasures
    from kinechain.gait.series import Series
    from kinechain.gait.solution import Solved

NO_MODEL = "Nothing is recomputed without a model."
NO_LOADS = (
    "No load of the recording is known: no stance lies wholly on a plate within the solved frames."
)
BY_DOSE_ONLY = "Mechanics alone do not tell how people walk with it; only published doses do."


@dataclass(frozen=True, eq=False)
class ChangeAnswer:
    """What is said about one of the changes, by itself.

    Attributes
    ----------
    kind, title
        Which change, and how much of it.
    assumption
        Of the recomputation, one sentence; empty where there is none.
    recomputed, published
        The loads' changes, by kind of answer.
    not_recomputed
        Why nothing was recomputed; empty where something was.
    notes
        What makes the recomputed answer doubtful.
    """

    kind: Kind
    title: str
    assumption: str
    recomputed: tuple[LoadChange, ...]
    published: tuple[LoadChange, ...]
    not_recomputed: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class WhatIf:
    """The answer to all changes.

    Attributes
    ----------
    changes
        What was asked for.
    answers
        Each change by itself.
    together
        All recomputed changes at once; empty where fewer than two could be recomputed. Published
        doses are never combined.
    together_notes
        What makes that doubtful, one sentence each.
    notes
        On the recording, one sentence each.
    """

    changes: Changes
    answers: tuple[ChangeAnswer, ...]
    together: tuple[LoadChange, ...]
    together_notes: tuple[str, ...]
    notes: tuple[str, ...]


def what_if(
    solved: Solved | None, measured: TrialMeasures, changes: Changes, missing: str = NO_MODEL
) -> WhatIf:
    """Recompute what mechanics allow, look up what was published, and put both side by side.

    Parameters
    ----------
    solved
        The recording with a model; None without one.
    measured
        The trial.
    changes
        What is asked for.
    missing
        Why there is no model, a sentence.

    Raises
    ------
    GaitError
        Nothing is asked for.
    """
    if not changes.kinds:
        raise GaitError("what-if", "No change is asked for.", "Give one, such as --toe-out 5.")
    now: Loads = {}
    like: Mapping[tuple[str, str], Series] = {}
    if solved is not None:
        now, like = absolute_loads(solved, measured)
    mass_kg = solved.model.mass_kg if solved is not None else float("nan")
    answers: list[ChangeAnswer] = []
    possible: list[Kind] = []
    for kind in changes.kinds:
        done, reason = _alone(solved, measured, changes, kind)
        if solved is None and kind in changes.recomputed_kinds:
            reason = missing
        alone = _rows(done, measured, now, like)
        if done is not None:
            possible.append(kind)
        answers.append(
            ChangeAnswer(
                kind,
                title_of(changes, kind),
                ASSUMPTIONS[kind] if done is not None else "",
                alone,
                dose_changes(changes, kind, now, alone, mass_kg),
                reason,
                done.notes if done is not None else (),
            )
        )
    joint, notes = (), ()
    if len(possible) > 1 and solved is not None:
        done = recompute(solved, measured, _only(changes, *possible))
        joint = _rows(done, measured, now, like)
        notes = done.notes if done is not None else ()
    about = (NO_LOADS,) if solved is not None and not now else ()
    return WhatIf(changes, tuple(answers), joint, notes, about)


def _alone(
    solved: Solved | None, measured: TrialMeasures, changes: Changes, kind: Kind
) -> tuple[Recomputed | None, str]:
    """One change recomputed by itself, or why not."""
    if kind not in changes.recomputed_kinds:
        return None, BY_DOSE_ONLY
    if solved is None:
        return None, ""
    try:
        return recompute(solved, measured, _only(changes, kind)), ""
    except GaitError as error:
        return None, f"It was not recomputed. {error.what} {error.remedy}"


def _only(changes: Changes, *kinds: Kind) -> Changes:
    """The changes without all others."""
    return replace(
        changes,
        body_mass_kg=changes.body_mass_kg if "body_mass" in kinds else 0.0,
        toe_out_deg=changes.toe_out_deg if "toe_out" in kinds else Angles(),
        trunk_lean_deg=changes.trunk_lean_deg if "trunk_lean" in kinds else Angles(),
        cane=changes.cane if "cane" in kinds else None,
    )


def _rows(
    done: Recomputed | None,
    measured: TrialMeasures,
    now: Loads,
    like: Mapping[tuple[str, str], Series],
) -> tuple[LoadChange, ...]:
    if done is None:
        return ()
    then, _ = absolute_loads(done.solved, measured, like)
    for leg, solved in done.of_leg.items():
        own, _ = absolute_loads(solved, measured, like)
        then.update({key: own[key] for key in own if key[1] == leg and key[0] not in OF_TRUNK})
    return recomputed_changes(now, then)


def title_of(changes: Changes, kind: Kind) -> str:
    """A change in words, with its amount.

    Parameters
    ----------
    changes
        What is asked for.
    kind
        Which of them.
    """
    match kind:
        case "body_mass":
            return f"Body mass {changes.body_mass_kg:+g} kg"
        case "toe_out":
            return f"Toe-out {_angles(changes.toe_out_deg)}"
        case "trunk_lean":
            return f"Trunk lean over the standing leg {_angles(changes.trunk_lean_deg)}"
        case "cane":
            assert changes.cane is not None, "only called for what is asked"
            share = changes.cane.percent_body_weight
            return f"Cane in the {changes.cane.hand} hand, up to {share:g} % of body weight"
        case "heel_height":
            return f"Heels of {changes.heel_height_cm:g} cm"
        case "lift":
            assert changes.lift is not None, "only called for what is asked"
            return f"Lift of {changes.lift.height_cm:g} cm under the {changes.lift.side} foot"
        case "barefoot":
            return "Barefoot instead of shoes"
        case "lateral_wedge":
            return "Lateral wedge insoles"


def _angles(angles: Angles) -> str:
    if angles.left == angles.right:
        return f"{angles.left:+g} degrees on both sides"
    return ", ".join(f"{angles.of(side):+g} degrees {side}" for side in angles.sides)
