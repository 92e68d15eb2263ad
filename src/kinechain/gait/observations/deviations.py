"""Parameters beside their norms, and the findings that follow.

Nothing here is evidence yet: a finding is offered to a clinician with its value, norm and
z-score, and becomes an observation of the case when the clinician confirms it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kinechain.domain.case import Observation
from kinechain.gait.observations.quality import Quality, judge
from kinechain.gait.observations.rules import Rule, read_rules
from kinechain.gait.parameters.model import DEFINITIONS, Measure
from kinechain.gait.parameters.norms import Norm, NormSource, find_norm
from kinechain.gait.parameters.trial import TrialMeasures
from kinechain.knowledge import Knowledge

Shown = Literal["left", "right", "midline"]


@dataclass(frozen=True)
class Beside:
    """One parameter beside its norm.

    Attributes
    ----------
    measure
        What was measured.
    norm, source
        What it is compared with; None where there is none that fits the person.
    z
        Distance in standard deviations; None where the norm has none.
    """

    measure: Measure
    norm: Norm | None
    source: NormSource | None
    z: float | None


@dataclass(frozen=True)
class Deviation:
    """A finding that the trial speaks for or against.

    Attributes
    ----------
    finding, side
        The id in the knowledge.
    present
        What the trial says.
    value, unit
        The parameter's, or the symmetry index in per cent.
    norm, norm_source, z
        What it is compared with.
    rule
        Why the limit lies where it lies.
    likelihood
        Where the likelihood ratio of this finding comes from, one sentence.
    caution
        What to bear in mind before confirming; empty where nothing.
    """

    finding: str
    side: Shown
    present: bool
    value: float
    unit: str
    norm: Norm | None
    norm_source: str
    z: float | None
    rule: str
    likelihood: str
    caution: str = ""


@dataclass(frozen=True)
class Findings:
    """What a trial offers to the finder.

    Attributes
    ----------
    quality
        Whether anything may be concluded.
    offered
        For the clinician to confirm or refuse; empty for a poor trial.
    not_judged
        Findings that the trial cannot tell, each with the reason.
    """

    quality: Quality
    offered: tuple[Deviation, ...]
    not_judged: tuple[tuple[str, str], ...]


def beside_norms(
    measures: tuple[Measure, ...], age_years: float | None = None, sex: str | None = None
) -> tuple[Beside, ...]:
    """Every parameter with the norm that fits the person.

    Parameters
    ----------
    measures
        Of one trial, or pooled over several.
    age_years, sex
        The person's; None where not known.
    """
    rows: list[Beside] = []
    for one in measures:
        if not one.values:
            continue
        found = find_norm(one.name, age_years, sex, with_sd=True) or find_norm(
            one.name, age_years, sex
        )
        norm, source = found if found is not None else (None, None)
        rows.append(Beside(one, norm, source, norm.z(one.mean) if norm is not None else None))
    return tuple(rows)


def find_deviations(
    trial: TrialMeasures,
    knowledge: Knowledge,
    age_years: float | None = None,
    sex: str | None = None,
    extra: tuple[Measure, ...] = (),
    doubt: str = "",
) -> Findings:
    """The findings that a trial speaks for or against.

    Parameters
    ----------
    trial
        As `measure_trial` gives it.
    knowledge
        Tells which findings there are and where their likelihood ratios come from.
    age_years, sex
        The person's; None where not known.
    extra
        Parameters that need a model, as ``knee_flexion_peak_swing``.
    doubt
        Why nothing is concluded from those; empty where nothing speaks against it.
    """
    quality = judge(trial)
    if not quality.good:
        return Findings(quality, (), ())
    offered: list[Deviation] = []
    open_: list[tuple[str, str]] = []
    for rule in read_rules().rules:
        if rule.finding not in knowledge.findings:
            open_.append((rule.finding, "The knowledge has no such finding."))
        elif rule.symmetry_of:
            found = _asymmetry(trial, rule, knowledge)
            if found is None:
                open_.append((rule.finding, "Both sides are needed."))
            else:
                offered.append(found)
        else:
            for side in ("left", "right") if rule.by_side else ("both",):
                if doubt and rule.measure in {one.name for one in extra}:
                    found = f"{DEFINITIONS[rule.measure].label}: {doubt}."
                else:
                    given = (*trial.measures, *extra)
                    found = _deviation(given, rule, side, knowledge, age_years, sex)
                if isinstance(found, str):
                    open_.append((rule.finding, found))
                else:
                    offered.append(found)
    return Findings(quality, tuple(offered), tuple(dict.fromkeys(open_)))


def _values(measures: tuple[Measure, ...], name: str, side: str) -> Measure | None:
    """One side's measure, or both sides' steps together."""
    wanted = ("both", "left", "right") if side == "both" else (side,)
    values = [x for one in measures if one.name == name and one.side in wanted for x in one.values]
    return Measure(name, "both", tuple(values)) if values else None


def _deviation(
    measures: tuple[Measure, ...],
    rule: Rule,
    side: str,
    knowledge: Knowledge,
    age_years: float | None,
    sex: str | None,
) -> Deviation | str:
    """The finding, or why it cannot be told."""
    label = DEFINITIONS[rule.measure].label
    measure = _values(measures, rule.measure, side)
    if measure is None:
        return f"{label} was not measured."
    found = find_norm(rule.measure, age_years, sex, with_sd=True)
    norm, source = found if found is not None else (None, None)
    z = norm.z(measure.mean) if norm is not None else None
    if z is None and rule.below is None:
        return f"{label}: there is no norm with a spread for this person's age."
    present = (
        (rule.below is not None and measure.mean < rule.below)
        or (z is not None and rule.below_z is not None and z < rule.below_z)
        or (z is not None and rule.above_z is not None and z > rule.above_z)
    )
    caution = ""
    if norm is not None and not norm.documented:
        caution = "The norm's source does not say who the people were."
    if len(measure.values) < 3:
        number = "one stride" if len(measure.values) == 1 else f"{len(measure.values)} strides"
        caution = f"{caution} It rests on {number}.".strip()
    return Deviation(
        finding=rule.finding,
        side="left" if side == "left" else "right" if side == "right" else "midline",
        present=present,
        value=measure.mean,
        unit=DEFINITIONS[rule.measure].unit,
        norm=norm,
        norm_source=norm.source if norm is not None and source is not None else "",
        z=z,
        rule=rule.reason,
        likelihood=likelihood_source(knowledge, rule.finding),
        caution=caution,
    )


def _asymmetry(trial: TrialMeasures, rule: Rule, knowledge: Knowledge) -> Deviation | None:
    found = [one for one in trial.symmetry if one.name == rule.symmetry_of]
    if not found or rule.symmetry_above_percent is None:
        return None
    index = found[0].index_percent
    shorter = "left" if index > 0 else "right"
    present = abs(index) > rule.symmetry_above_percent
    return Deviation(
        finding=rule.finding,
        side="midline",
        present=present,
        value=index,
        unit="%",
        norm=None,
        norm_source=rule.source,
        z=None,
        rule=rule.reason,
        likelihood=likelihood_source(knowledge, rule.finding),
        caution=f"The {shorter} stance is the shorter one." if present else "",
    )


def likelihood_source(knowledge: Knowledge, finding: str) -> str:
    """Where the weight of a finding comes from, in a sentence.

    Parameters
    ----------
    knowledge
        The knowledge in use.
    finding
        Its id.
    """
    soft = knowledge.findings[finding].soft
    if soft is not None and soft.mean_with.source:
        return f"Its likelihood ratio follows from the spread in {soft.mean_with.source}."
    sources: list[str] = []
    judged = 0
    for group in (knowledge.conditions, knowledge.links, knowledge.traits):
        for concept in group.values():
            for effect in concept.effects:
                if effect.to != finding:
                    continue
                if effect.estimate.source:
                    sources.append(effect.estimate.source)
                else:
                    judged += 1
    if not sources:
        return f"Its likelihood ratios rest on judgement ({judged} causes)."
    named = ", ".join(sorted(set(sources)))
    return f"Its likelihood ratios come from {named}, and from judgement for {judged} causes."


def confirmed(deviation: Deviation, on: object = None, by: str | None = None) -> Observation:
    """The observation that a clinician's confirmation makes of an offered finding.

    Parameters
    ----------
    deviation
        What was offered.
    on
        The date of the recording.
    by
        Who confirmed it.
    """
    return Observation(
        finding=deviation.finding,
        state="present" if deviation.present else "absent",
        side=deviation.side,
        on=on,  # type: ignore[arg-type]
        by=by,
        derived_from="gait",
    )
