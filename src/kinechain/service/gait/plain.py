"""An analysis as plain values, for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from kinechain.gait.events.cycles import POINTS
from kinechain.gait.observations.deviations import Beside
from kinechain.service.gait.analysis import GaitAnalysis


def curves(analysis: GaitAnalysis) -> dict[str, dict[str, Any]]:
    """Every quantity on 101 points of the cycle, mean and spread by side.

    Parameters
    ----------
    analysis
        With a solved model.

    Returns
    -------
    dict
        By name and side: `mean`, `sd` (lists of 101), `cycles`, `unit`.
    """
    found: dict[str, dict[str, Any]] = {}
    for series in analysis.series:
        for cut in series.over_cycles(analysis.measured.cycles):
            found[f"{series.name}|{cut.side}"] = {
                "unit": series.unit,
                "cycles": len(cut.curves),
                "mean": [round(float(v), 6) for v in cut.mean],
                "sd": [None if np.isnan(v) else round(float(v), 6) for v in cut.sd],
            }
    return found


def as_plain(analysis: GaitAnalysis) -> Mapping[str, Any]:
    """The analysis as plain values, for JSON.

    Parameters
    ----------
    analysis
        The analysis.
    """
    trial, measured, solved = analysis.trial, analysis.measured, analysis.solved
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
        "model": None
        if solved is None
        else {
            "name": solved.model.name,
            "mass_kg": round(solved.model.mass_kg, 3),
            "marker_error_mm": round(solved.marker_error_mm, 2),
            "notes": list(solved.notes),
            "points": POINTS,
            "ground": solved.ground,
            "curves": curves(analysis),
        },
        "notes": list(measured.notes),
        "timing_ms": analysis.timing_ms,
    }


def _beside(one: Beside) -> dict[str, Any]:
    norm = one.norm
    return {
        "name": one.measure.name,
        "side": one.measure.side,
        "mean": round(one.measure.mean, 4),
        "sd": None if np.isnan(one.measure.sd) else round(one.measure.sd, 4),
        "steps": len(one.measure.values),
        "norm_mean": norm.mean if norm else None,
        "norm_sd": norm.sd if norm else None,
        "z": None if one.z is None else round(one.z, 2),
        "population": norm.population if norm else None,
        "source": one.source.title if one.source else None,
    }
