"""An analysis as plain values, for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from kinechain.gait.events.cycles import POINTS
from kinechain.gait.observations.deviations import Beside
from kinechain.gait.parameters.profile_score import Profile
from kinechain.gait.solution import Solved
from kinechain.service.gait.analysis import GaitAnalysis
from kinechain.service.gait.own_model import own_plain


def curves(analysis: GaitAnalysis) -> dict[str, dict[str, Any]]:
    """Every quantity on 101 points of the cycle, mean and spread by side.

    Parameters
    ----------
    analysis
        With a solved model.

    Returns
    -------
    dict
        By name and side: `label`, `unit`, `cycles`, `mean`, `sd` (lists of 101).
    """
    found: dict[str, dict[str, Any]] = {}
    for series in analysis.series:
        for cut in series.over_cycles(analysis.measured.cycles):
            found[f"{series.name}|{cut.side}"] = {
                "label": series.label,
                "unit": series.unit,
                "cycles": len(cut.curves),
                "mean": np.round(cut.mean, 6).tolist(),
                "sd": np.round(cut.sd, 6).tolist() if len(cut.curves) > 1 else [None] * POINTS,
            }
    return found


def as_plain(analysis: GaitAnalysis) -> Mapping[str, Any]:
    """The analysis as plain values, for JSON.

    Parameters
    ----------
    analysis
        The analysis.
    """
    trial, measured = analysis.trial, analysis.measured
    markers = trial.recording.markers
    return {
        "schema_version": "1.0",
        "source": trial.recording.source,
        "frames": len(markers.times_s),
        "rate_hz": markers.rate_hz,
        "plates": len(trial.recording.forces.plates) if trial.recording.forces else 0,
        "events": [
            {"side": one.side, "kind": one.kind, "time_s": round(one.time_s, 4)}
            for one in measured.events.events
        ],
        "agreement": {
            kind: {
                "mean_s": None if not one.differences_s else round(one.mean_s, 4),
                "missed": one.missed,
                "steps": one.steps,
            }
            for kind, one in measured.agreement.items()
        },
        "cycles": [
            {"side": one.side, "start_s": one.start_s, "end_s": one.end_s}
            for one in measured.cycles
        ],
        "parameters": [_beside(one) for one in analysis.beside],
        "symmetry": [
            {"name": one.name, "index_percent": one.index_percent} for one in measured.symmetry
        ],
        "quality": list(analysis.findings.quality.reasons),
        "offered": [
            {
                "finding": one.finding,
                "side": one.side,
                "present": one.present,
                "value": one.value,
                "unit": one.unit,
                "z": one.z,
                "norm_source": one.norm_source,
                "rule": one.rule,
                "likelihood": one.likelihood,
                "caution": one.caution,
            }
            for one in analysis.findings.offered
        ],
        "not_judged": [list(pair) for pair in analysis.findings.not_judged],
        "model": None if analysis.solved is None else _model(analysis, analysis.solved),
        "profile": None if analysis.profile is None else _profile(analysis.profile),
        "notes": list(measured.notes),
        "timing_ms": analysis.timing_ms,
    }


def _model(analysis: GaitAnalysis, solved: Solved) -> dict[str, Any]:
    return {
        "name": solved.model.name,
        "mass_kg": round(solved.model.mass_kg, 3),
        "marker_error_mm": round(solved.marker_error_mm, 2),
        "notes": [*solved.notes, *analysis.load_notes],
        "points": POINTS,
        "ground": solved.ground,
        "curves": curves(analysis),
        "own": None if analysis.own is None else own_plain(analysis.own),
    }


def _rounded(value: float, places: int) -> float | None:
    """For JSON, which has no NaN."""
    return round(float(value), places) if np.isfinite(value) else None


def _profile(profile: Profile) -> dict[str, Any]:
    return {
        "unit": "deg",
        "left": _rounded(profile.left, 3),
        "right": _rounded(profile.right, 3),
        "overall": _rounded(profile.overall, 3),
        "variables": {
            f"{name}|{side}": round(score, 3)
            for (side, name), score in profile.variable_scores.items()
        },
        "missing": list(profile.missing),
        "reference": profile.reference,
    }


def _beside(one: Beside) -> dict[str, Any]:
    norm = one.norm
    return {
        "name": one.measure.name,
        "side": one.measure.side,
        "mean": round(one.measure.mean, 4),
        "sd": None if np.isnan(one.measure.sd) else round(one.measure.sd, 4),
        "cv_percent": _rounded(100.0 * one.measure.coefficient_of_variation, 2),
        "steps": len(one.measure.values),
        "norm_mean": norm.mean if norm else None,
        "norm_sd": norm.sd if norm else None,
        "z": None if one.z is None else round(one.z, 2),
        "population": norm.population if norm else None,
        "documented": norm.documented if norm else None,
        "source": one.source.title if one.source else None,
    }
