"""Holds the network against published decision rules: `kinechain knowledge rules`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import msgspec

from kinechain.domain.decision_rules import DecisionRule, RuleAccuracy, Stratum
from kinechain.domain.studies import Measured
from kinechain.inference.elimination import TableTooLarge
from kinechain.knowledge import Knowledge
from kinechain.service.assess import red_flags
from kinechain.service.case_benchmark import ALARMS, is_alarm
from kinechain.service.case_scores import wilson
from kinechain.service.rule_grid import GridPatient, grid

Progress = Callable[[int, int], None]


class StratumResult(msgspec.Struct, frozen=True, kw_only=True):
    """A stratum of a rule: what was published, and what the network says of its patients.

    Attributes
    ----------
    published, low, high
        Probability of the condition with its 95 % interval, as far as known.
    derived
        Whether it follows from sensitivity, specificity and share, not being printed.
    network
        Mean over the patients of the stratum, each weighted by how often the network expects
        to see such a patient; None when there is none.
    least, most
        Lowest and highest probability of a patient.
    at_share
        The mean if as many people had the condition as in the publication; None where that is
        not known.
    inside
        Whether the mean lies in the interval; None without one.
    share
        Of the people whom the rule is applied to, by the network.
    """

    label: str
    published: float
    low: float | None
    high: float | None
    derived: bool
    network: float | None
    at_share: float | None
    least: float | None
    most: float | None
    inside: bool | None
    patients: int
    share: float
    source: str


class AccuracyResult(msgspec.Struct, frozen=True, kw_only=True):
    """Sensitivity and specificity of a cut: published, and among the network's patients."""

    at_least: float
    sensitivity: Measured
    specificity: Measured
    network_sensitivity: float
    network_specificity: float
    source: str


class AlarmResult(msgspec.Struct, frozen=True, kw_only=True):
    """How the program's alarm about a dangerous condition goes with the rule.

    An alarm is a raised red flag about the condition, or a probability from its threshold on,
    whose urgency is one of `ALARMS`.

    Attributes
    ----------
    positive, negative
        Share of the people with a positive and a negative rule who are alarmed, by the
        network; None when there are none.
    agree
        Share of all people in whom alarm and rule say the same.
    missed
        Patients with a positive rule and no alarm, of so many.
    """

    positive: float | None
    negative: float | None
    agree: float
    missed: int
    positive_patients: int


class RuleResult(msgspec.Struct, frozen=True, kw_only=True):
    """One rule.

    Attributes
    ----------
    share, network_share
        Of the people whom the rule was applied to, how many had the condition: as published,
        and as the network expects from their complaint, age and setting alone.
    orders_agree, pairs
        How many pairs of strata with different published probabilities the network has in the
        same order, of how many.
    alarm
        None where the condition has no threshold for action within a day.
    left_out
        Items for which the knowledge has nothing.
    reason
        Why the network could not be asked, if it could not.
    """

    id: str
    label: str
    condition: tuple[str, ...]
    patients: int
    share: float | None
    network_share: float | None
    strata: tuple[StratumResult, ...]
    orders_agree: int
    pairs: int
    accuracy: tuple[AccuracyResult, ...]
    alarm: AlarmResult | None
    left_out: tuple[str, ...]
    note: str
    sources: tuple[str, ...]
    reason: str = ""


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """All rules."""

    knowledge_version: str
    rules_version: str
    rules: tuple[RuleResult, ...]


def decision_rules(
    knowledge: Knowledge,
    rules: Mapping[str, DecisionRule],
    version: str,
    *,
    progress: Progress = lambda _done, _of: None,
) -> Rules:
    """Hold the network against every rule.

    Parameters
    ----------
    knowledge, rules, version
        The network, the rules, and the hash of the rules.
    progress
        Called with how many rules are done, of how many.
    """
    found: list[RuleResult] = []
    for number, rule in enumerate(rules.values()):
        progress(number, len(rules))
        try:
            found.append(result_of(knowledge, rule, grid(knowledge, rule)))
        except TableTooLarge as error:
            found.append(_refused(rule, str(error)))
    return Rules(knowledge_version=knowledge.version, rules_version=version, rules=tuple(found))


def result_of(
    knowledge: Knowledge, rule: DecisionRule, patients: Sequence[GridPatient]
) -> RuleResult:
    """Compare a rule with what the network makes of its patients.

    Parameters
    ----------
    knowledge
        Red flags and thresholds.
    rule, patients
        The rule and its patients, as `grid` gives them.
    """
    total = sum(one.share for one in patients)
    strata = tuple(_stratum(rule, stratum, patients, total) for stratum in rule.strata)
    agree, pairs = _order(strata)
    return RuleResult(
        id=rule.id,
        label=rule.label,
        condition=rule.condition,
        patients=len(patients),
        share=rule.people_with_it.value if rule.people_with_it else None,
        network_share=sum(one.share * one.probability for one in patients) / (total or 1.0),
        strata=strata,
        orders_agree=agree,
        pairs=pairs,
        accuracy=tuple(_accuracy(row, patients) for row in rule.accuracy),
        alarm=_alarm(knowledge, rule, patients),
        left_out=_left_out(rule),
        note=rule.note,
        sources=rule.sources,
    )


def _refused(rule: DecisionRule, reason: str) -> RuleResult:
    return RuleResult(
        id=rule.id, label=rule.label, condition=rule.condition, patients=0,
        share=None, network_share=None, strata=(),
        orders_agree=0, pairs=0, accuracy=(), alarm=None, left_out=_left_out(rule),
        note=rule.note, sources=rule.sources, reason=reason,
    )  # fmt: skip


def _left_out(rule: DecisionRule) -> tuple[str, ...]:
    return tuple(item.label for item in rule.items if item.assumed is not None)


def _stratum(
    rule: DecisionRule, stratum: Stratum, patients: Sequence[GridPatient], total: float
) -> StratumResult:
    here = [one for one in patients if stratum.holds(one.score)]
    share = sum(one.share for one in here)
    mean = sum(one.share * one.probability for one in here) / share if share else None
    published, source = stratum.probability, stratum.source or ""
    if published is None:
        published, source = derived(rule, stratum)
    low, high = published.low, published.high
    if low is None and high is None and published.n:
        found = wilson(round(published.value * published.n), published.n)
        low, high = found.low, found.high
    inside = None
    if mean is not None and low is not None and high is not None:
        inside = low <= mean <= high
    return StratumResult(
        label=stratum.label,
        published=published.value,
        low=low,
        high=high,
        derived=stratum.probability is None,
        network=mean,
        at_share=_at_share(rule, here, patients),
        least=min((one.probability for one in here), default=None),
        most=max((one.probability for one in here), default=None),
        inside=inside,
        patients=len(here),
        share=share / total if total else 0.0,
        source=source,
    )


def _at_share(
    rule: DecisionRule, here: Sequence[GridPatient], patients: Sequence[GridPatient]
) -> float | None:
    """Mean probability of some patients, had the condition the published share among all."""
    published = rule.people_with_it
    ill = sum(one.share * one.probability for one in here)
    well = sum(one.share * (1 - one.probability) for one in here)
    everybody = sum(one.share for one in patients)
    all_ill = sum(one.share * one.probability for one in patients)
    if published is None or not here or not 0 < all_ill < everybody:
        return None
    factor = published.value / (1 - published.value) * (everybody - all_ill) / all_ill
    return ill * factor / (ill * factor + well)


def derived(rule: DecisionRule, stratum: Stratum) -> tuple[Measured, str]:
    """Probability of a stratum from the accuracy of the cut at which it begins or ends.

    Parameters
    ----------
    rule, stratum
        The stratum must begin at a cut of `rule.accuracy` that has a share, or end below it.

    Returns
    -------
    measured
        With the number of people in the stratum where the numbers with and without the
        condition are known.
    source
        Of the accuracy.
    """
    above = stratum.at_least is not None
    cut = stratum.at_least if stratum.at_least is not None else (stratum.at_most or 0.0) + 1
    row = next(one for one in rule.accuracy if one.at_least == cut and one.share is not None)
    share = row.share.value if row.share else 0.0
    with_it = row.sensitivity.value if above else 1 - row.sensitivity.value
    without = 1 - row.specificity.value if above else row.specificity.value
    people = share * with_it + (1 - share) * without
    value = share * with_it / people if people else 0.0
    if row.sensitivity.n is None or row.specificity.n is None:
        return Measured(value=value), row.source
    ill, well = round(with_it * row.sensitivity.n), round(without * row.specificity.n)
    return Measured(value=value, n=ill + well), row.source


def _order(strata: Sequence[StratumResult]) -> tuple[int, int]:
    """Pairs of strata in the same order, of those that differ as published."""
    known = [one for one in strata if one.network is not None]
    pairs = [
        (one, other)
        for place, one in enumerate(known)
        for other in known[place + 1 :]
        if one.published != other.published
    ]
    same = sum(
        (one.published < other.published) == ((one.network or 0.0) < (other.network or 0.0))
        for one, other in pairs
    )
    return same, len(pairs)


def _accuracy(row: RuleAccuracy, patients: Sequence[GridPatient]) -> AccuracyResult:
    ill = sum(one.share * one.probability for one in patients)
    well = sum(one.share * (1 - one.probability) for one in patients)
    above = [one for one in patients if one.score >= row.at_least]
    below = [one for one in patients if one.score < row.at_least]
    return AccuracyResult(
        at_least=row.at_least,
        sensitivity=row.sensitivity,
        specificity=row.specificity,
        network_sensitivity=sum(one.share * one.probability for one in above) / (ill or 1.0),
        network_specificity=sum(one.share * (1 - one.probability) for one in below) / (well or 1.0),
        source=row.source,
    )


def _alarm(
    knowledge: Knowledge, rule: DecisionRule, patients: Sequence[GridPatient]
) -> AlarmResult | None:
    dangers = [knowledge.conditions[name].danger for name in rule.condition]
    urgent = [danger for danger in dangers if danger and danger.urgency in ALARMS]
    if not urgent:
        return None
    threshold = min(danger.threshold.value for danger in urgent)
    alarmed = [
        one.probability >= threshold or _is_flagged(knowledge, rule.condition, one)
        for one in patients
    ]
    positive = [one.score >= rule.positive_from for one in patients]
    shares = [one.share for one in patients]

    def share_of(chosen: Sequence[bool]) -> float | None:
        people = sum(share for share, one in zip(shares, chosen, strict=True) if one)
        told = zip(shares, chosen, alarmed, strict=True)
        return sum(share for share, one, on in told if one and on) / people if people else None

    same = zip(shares, positive, alarmed, strict=True)
    return AlarmResult(
        positive=share_of(positive),
        negative=share_of([not one for one in positive]),
        agree=sum(share for share, one, on in same if one == on) / (sum(shares) or 1.0),
        missed=sum(one and not on for one, on in zip(positive, alarmed, strict=True)),
        positive_patients=sum(positive),
    )


def _is_flagged(knowledge: Knowledge, condition: Collection[str], patient: GridPatient) -> bool:
    return any(
        flag.condition in condition and is_alarm(flag)
        for flag in red_flags(patient.case, knowledge)
    )
