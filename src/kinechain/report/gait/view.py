"""From what the gait laboratory found to what every report shows; no layout."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from kinechain.gait.observations.deviations import Beside, Findings
from kinechain.gait.observations.quality import model_doubt
from kinechain.gait.observations.rules import read_rules
from kinechain.gait.parameters.norms import NormSource
from kinechain.gait.parameters.profile_score import VARIABLES, Profile, Reference
from kinechain.gait.parameters.trial import TrialMeasures
from kinechain.gait.series import Series
from kinechain.gait.solution import Solved
from kinechain.report.contract import SourceShown
from kinechain.report.gait import curves as gait_curves
from kinechain.report.gait.catalogue import is_of_model
from kinechain.report.gait.deviations import (
    deviations,
    inside_and_without,
    offered_views,
    told_in_full,
)
from kinechain.report.gait.figure import draw_figure
from kinechain.report.gait.method import method_lines
from kinechain.report.gait.model import GaitView, Ground, PanelGroup, ProfileView, ScoreBar
from kinechain.report.gait.table import norm_source, parameter_groups, tiles
from kinechain.report.gait.words import (
    GAIT_INTENDED_USE,
    counted,
    ground_words,
    number,
    person_words,
)
from kinechain.report.labels import Labels, clean
from kinechain.report.sections import Numbering
from kinechain.report.words import join_words


@dataclass(frozen=True, eq=False)
class GaitResult:
    """What a gait analysis found, as the report takes it.

    Attributes
    ----------
    file
        The recording's name without its folders.
    measured, beside, findings, solved, series, profile, load_notes
        As the laboratory gives them.
    reference
        The user's curves, to draw beside the person's.
    model_note
        Why there is no model; empty where there is one.
    labels, sources
        Words for ids of findings, and the knowledge's sources.
    """

    file: str
    measured: TrialMeasures
    beside: tuple[Beside, ...]
    findings: Findings
    solved: Solved | None = None
    series: tuple[Series, ...] = ()
    profile: Profile | None = None
    load_notes: tuple[str, ...] = ()
    model_note: str = ""
    reference: Reference | None = None
    age_years: float | None = None
    sex: str | None = None
    opensim_filter: bool = False
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    sources: Mapping[str, SourceShown] = field(default_factory=dict[str, SourceShown])
    program_version: str = ""
    knowledge_version: str = ""


def build(result: GaitResult, *, drawn: bool = True) -> GaitView:
    """Put a gait analysis into words, curves and a figure.

    Parameters
    ----------
    result
        What was found.
    drawn
        Whether the stick figure and the model's own curves are wanted; a terminal shows neither.
    """
    measured, findings = result.measured, result.findings
    numbering = Numbering()
    doubt = "" if result.solved is None else model_doubt(result.solved.marker_error_mm)
    beside = result.beside
    if doubt:
        beside = tuple(
            replace(one, z=None) if is_of_model(one.measure.name) else one for one in beside
        )
    good = findings.quality.good
    ground = _ground(result)
    forces = measured.recording.forces
    deviating, further = told_in_full(
        deviations(
            beside, measured.symmetry, findings, numbering.refs, estimated=ground == "estimated"
        )
    )
    normal, without = inside_and_without(beside, findings)
    table, notes = parameter_groups(beside, measured.symmetry, numbering.refs, judged=good)
    known = {name: one for name, one in result.sources.items() if any(map(str.isdigit, name))}
    offered = offered_views(findings, Labels(known=result.labels), known, numbering.refs)
    clinical, raw = _curves(result, drawn=drawn)
    figure = draw_figure(measured, result.solved) if drawn else None
    return GaitView(
        file=clean(result.file),
        person=person_words(result.age_years, result.sex),
        recorded=_recorded(measured),
        ground=ground,
        ground_words=ground_words(
            ground, len(forces.plates) if forces else 0, model=result.solved is not None
        ),
        reasons=tuple(clean(one) for one in findings.quality.reasons),
        tiles=tiles(beside, judged=good),
        deviations=deviating,
        further=further,
        normal=normal,
        no_norm=without,
        doubt=clean(doubt),
        person_missing=_missing(result),
        figure=figure,
        clinical=clinical,
        raw=raw,
        no_curves=_no_curves(result, bool(clinical or raw)),
        table=table,
        norm_notes=notes,
        profile=_profile(result.profile) if result.profile is not None else None,
        offered=tuple(one for one in offered if one.present),
        absent=tuple(one for one in offered if not one.present),
        not_judged=tuple(
            (clean(Labels(known=result.labels).of(name)), clean(reason))
            for name, reason in findings.not_judged
        ),
        method=method_lines(
            measured, result.solved, result.load_notes, opensim_filter=result.opensim_filter
        ),
        sources=numbering.listed({**result.sources, **_norm_sources(result)}),
        intended_use=GAIT_INTENDED_USE,
        program_version=clean(result.program_version),
        knowledge_version=clean(result.knowledge_version),
    )


def _missing(result: GaitResult) -> str:
    """What of the person would find more norms."""
    known = {"age": result.age_years, "sex": result.sex}
    missing = [name for name, value in known.items() if value is None]
    if not missing:
        return ""
    words = join_words(missing).capitalize()
    one = len(missing) == 1
    return (
        f"{words} {'was' if one else 'were'} not given; some norms need {'it' if one else 'them'}."
    )


def _ground(result: GaitResult) -> Ground:
    if result.solved is not None:
        return result.solved.ground
    return "plates" if result.measured.recording.forces is not None else "none"


def _recorded(measured: TrialMeasures) -> str:
    times = measured.recording.markers.times_s
    seconds = float(times[-1] - times[0]) if len(times) else 0.0
    cycles = measured.cycles
    left, right = (sum(one.side == side for one in cycles) for side in ("left", "right"))
    counts = f"{left} left and {counted(right, 'right cycle')}" if cycles else "no whole cycle"
    belt = f", on a belt at {measured.belt_m_per_s:.2f} m/s" if measured.belt_m_per_s else ""
    return f"{seconds:.1f} s, {counts}{belt}"


def _norm_sources(result: GaitResult) -> dict[str, SourceShown]:
    """Sources of norms and rules, under the keys by which the report cites them."""
    known: dict[str, NormSource] = dict(read_rules().sources)
    for one in result.beside:
        if one.norm is not None and one.source is not None:
            known[one.norm.source] = one.source
    return {
        norm_source(name): SourceShown(
            title=one.title,
            journal_or_body=one.journal_or_body,
            year=one.year,
            url=one.url,
            doi=one.doi or None,
        )
        for name, one in known.items()
    }


def _curves(
    result: GaitResult, *, drawn: bool
) -> tuple[tuple[PanelGroup, ...], tuple[PanelGroup, ...]]:
    cycles = result.measured.cycles
    peaks = {one.measure.name: one.norm for one in result.beside if one.norm is not None}
    reference = result.reference.curves if result.reference is not None else {}
    beside = gait_curves.Beside(reference=reference, peaks=peaks)
    clinical = gait_curves.clinical_groups(result.series, cycles, beside)
    return clinical, gait_curves.raw_groups(result.series, cycles) if drawn else ()


def _no_curves(result: GaitResult, any_drawn: bool) -> str:
    """Why curves are missing; empty where they are drawn."""
    if any_drawn:
        return ""
    if result.solved is None:
        reason = clean(result.model_note) or "No model was used."
        return f"There are no joint angles and no moments. {reason}"
    return "No whole cycle lies within the frames that the model solved, so there are no curves."


def _profile(profile: Profile) -> ProfileView:
    scores = profile.variable_scores
    totals = [profile.left, profile.right]
    longest = max([*scores.values(), *(one for one in totals if one == one)], default=1.0)
    rows: list[tuple[str, float | None, float | None]] = [
        (name.replace("_", " ").capitalize(), scores.get(("left", name)),
         scores.get(("right", name)))
        for name in VARIABLES if ("left", name) in scores or ("right", name) in scores
    ]  # fmt: skip
    rows.append(
        ("All of this side (Gait Profile Score)", _known(profile.left), _known(profile.right))
    )
    return ProfileView(
        overall=f"{number(profile.overall, 'deg')}°" if not np.isnan(profile.overall) else "",
        bars=tuple(
            ScoreBar(
                label=label,
                left=None if left is None else left / longest,
                right=None if right is None else right / longest,
                left_words="" if left is None else f"{number(left, 'deg')}°",
                right_words="" if right is None else f"{number(right, 'deg')}°",
            )
            for label, left, right in rows
        ),
        reference=clean(profile.reference),
        missing=", ".join(clean(one).replace("_", " ") for one in profile.missing),
    )


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value
