"""Everything that a solved model adds to what the markers and plates tell."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from kinechain.gait.loads.angles import angle_series
from kinechain.gait.loads.frames import pose_of
from kinechain.gait.loads.joints import chain_loads
from kinechain.gait.loads.measures import load_measures
from kinechain.gait.parameters.symmetry import Symmetry, symmetries
from kinechain.gait.series import Series, model_series

if TYPE_CHECKING:
    from kinechain.gait.parameters.model import Measure
    from kinechain.gait.parameters.trial import TrialMeasures
    from kinechain.gait.solution import Solved


@dataclass(frozen=True, eq=False)
class ModelResults:
    """What a model makes of a trial.

    Attributes
    ----------
    series
        The model's coordinates and generalised forces, clinical angles, named loads.
    measures
        The parameters of loads and angles.
    measured
        The trial with these and their symmetry added.
    notes
        What could not be told, and why, one sentence each.
    """

    series: tuple[Series, ...]
    measures: tuple[Measure, ...]
    measured: TrialMeasures
    notes: tuple[str, ...]


def model_results(
    solved: Solved, measured: TrialMeasures, height_m: float | None = None
) -> ModelResults:
    """Every curve and parameter of a solved trial.

    Parameters
    ----------
    solved
        The model's motion and kinetics.
    measured
        The trial.
    height_m
        The person's, for moments by body size; None leaves these out.
    """
    pose = pose_of(solved.model, solved.motion.values)
    angles = angle_series(solved, measured, pose)
    loads = chain_loads(solved, measured, pose=pose)
    more = load_measures((*angles, *loads.series), measured, height_m)
    whole = replace(
        measured,
        measures=(*measured.measures, *more),
        symmetry=(*measured.symmetry, *load_symmetries(more)),
    )
    series = (*model_series(solved), *angles, *loads.series)
    return ModelResults(series, more, whole, loads.notes)


def load_symmetries(measures: tuple[Measure, ...]) -> tuple[Symmetry, ...]:
    """Symmetry of moments, forces and ranges.

    Extremes of angles are left out: their zero is a convention.

    Parameters
    ----------
    measures
        As :func:`load_measures` gives them.
    """
    alike = [
        one
        for one in measures
        if one.name.endswith("_range") or "moment" in one.name or "force" in one.name
    ]
    return tuple(one for one in symmetries(alike) if np.isfinite(one.index_percent))
