"""A recording under changes: recomputed and by published dose, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from kinechain.gait.what_if.agreement import WORDS as AGREEMENT
from kinechain.gait.what_if.answers import LoadChange
from kinechain.gait.what_if.asked import Changes
from kinechain.gait.what_if.dose_effect import WORDS as BASIS
from kinechain.gait.what_if.run import NO_MODEL, ChangeAnswer, WhatIf, what_if
from kinechain.service.gait.analysis import GaitAnalysis, GaitRequest, analyse_gait

SCHEMA_VERSION = "1.0"
NO_MASS = "Nothing is recomputed: the person's mass is not known, from no plate and by no option."


@dataclass(frozen=True, eq=False)
class RecordingWhatIf:
    """A recording and what is said about it under the changes.

    Attributes
    ----------
    analysis
        The recording as it is.
    answer
        What would be.
    """

    analysis: GaitAnalysis
    answer: WhatIf


def what_if_recording(asked: GaitRequest, changes: Changes) -> RecordingWhatIf:
    """Analyse a recording, and tell its loads under the changes.

    Parameters
    ----------
    asked
        Files and the person; nothing is recomputed without a model.
    changes
        What is asked for.

    Raises
    ------
    kinechain.gait.errors.GaitError
        When a file cannot be used or nothing is asked for.
    """
    analysis = analyse_gait(asked)
    solved, missing = analysis.solved, analysis.model_note or NO_MODEL
    if analysis.own is not None and not analysis.own.person.mass_known:
        solved, missing = None, NO_MASS
    return RecordingWhatIf(analysis, what_if(solved, analysis.measured, changes, missing))


def what_if_plain(found: RecordingWhatIf) -> Mapping[str, Any]:
    """The answer as plain values, for JSON.

    Parameters
    ----------
    found
        The answer.
    """
    analysis, answer = found.analysis, found.answer
    solved, asked = analysis.solved, analysis.asked
    return {
        "schema_version": SCHEMA_VERSION,
        "source": analysis.trial.recording.source,
        "model": None
        if solved is None
        else {"name": solved.model.name, "mass_kg": round(solved.model.mass_kg, 3)},
        "quality": list(analysis.findings.quality.reasons),
        "changes": [_answer(one, asked) for one in answer.answers],
        "together": [_row(one) for one in answer.together],
        "together_notes": list(answer.together_notes),
        "notes": list(answer.notes),
    }


def _answer(one: ChangeAnswer, asked: GaitRequest) -> dict[str, Any]:
    return {
        "change": one.kind,
        "title": one.title,
        "assumption": one.assumption,
        "not_recomputed": one.not_recomputed,
        "notes": list(one.notes),
        "recomputed": [_row(row) for row in one.recomputed],
        "published": [_published(row, asked) for row in one.published],
    }


def _row(one: LoadChange) -> dict[str, Any]:
    return {
        "load": one.load,
        "label": one.label,
        "side": one.side,
        "unit": one.unit,
        "now": _round(one.now),
        "then": _round(one.then),
        "difference": _round(one.difference),
        "percent": _round(one.percent, 1),
        "low_percent": _round(one.low, 1),
        "high_percent": _round(one.high, 1),
        "interval": one.interval,
        "steps": one.steps,
        "kind": one.kind,
    }


def _published(one: LoadChange, asked: GaitRequest) -> dict[str, Any]:
    effect = one.effect
    assert effect is not None, "every published answer has its dose"
    dose = effect.dose
    return {
        **_row(one),
        "dose": dose.dose,
        "effect": dose.effect,
        "amount": effect.amount,
        "amount_unit": "" if dose.effect == "standardised" else dose.unit,
        "effect_unit": dose.unit if dose.effect == "standardised" else "",
        "value": _round(effect.value),
        "low": _round(effect.low),
        "high": _round(effect.high),
        "basis": effect.basis,
        "basis_words": BASIS[effect.basis],
        "control": dose.control.text,
        "population": dose.population,
        "n": dose.n,
        "unlike": dose.unlike(asked.age_years, asked.sex),
        "design": dose.design,
        "certainty": dose.certainty,
        "certainty_reason": dose.certainty_reason,
        "agreement": one.agreement,
        "agreement_words": AGREEMENT[one.agreement] if one.agreement else "",
        "source": msgspec.to_builtins(dose.source),
        "where": dose.where,
        "note": dose.note,
    }


def _round(value: float | None, places: int = 4) -> float | None:
    return None if value is None else round(value, places)
