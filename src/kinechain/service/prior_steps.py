"""How the prior of a condition comes about for one person, one step at a time.

The same arithmetic as in `kinechain.inference.template`, told step by step with the figure
behind each; the tests hold the two together.
"""

from __future__ import annotations

import msgspec

from kinechain.domain.case import Case
from kinechain.domain.concepts import AgeBand, Condition
from kinechain.domain.estimate import Estimate
from kinechain.inference.template import band_for
from kinechain.knowledge import Knowledge


class PriorStep(msgspec.Struct, frozen=True, kw_only=True):
    """A step of the prior: what enters, the probability after it, the figure behind it."""

    what: str
    probability: float
    figure: Estimate | None = None


def prior_steps(knowledge: Knowledge, case: Case, condition: Condition) -> tuple[PriorStep, ...]:
    """The prior per person, over all levels and sides, before any finding or risk factor.

    Parameters
    ----------
    knowledge
        The settings.
    case
        Age, sex and setting of the person.
    condition
        Whose prior it is.

    Returns
    -------
    tuple of PriorStep
        From adults in general, or of this age, to this person's sex and setting.
    """
    prior = condition.prior
    band = band_for(prior.by_age, case)
    figure = band.estimate if band else prior.base
    steps = [PriorStep(what=_people(band), probability=figure.value, figure=figure)]
    odds = figure.value / (1 - figure.value)
    if prior.female_odds_ratio is not None and case.sex and not (band and band.sex):
        ratio = prior.female_odds_ratio.value
        odds *= (ratio if case.sex == "female" else 1.0) / (1 + 0.5 * (ratio - 1))
        steps.append(PriorStep(what=case.sex, probability=odds / (1 + odds),
                               figure=prior.female_odds_ratio))  # fmt: skip
    setting = knowledge.settings.get(case.setting or "")
    for rule in setting.odds if setting else ():
        if condition.id in rule.conditions and setting:
            odds *= rule.odds_ratio.value
            steps.append(PriorStep(what=f"seen in: {setting.label}",
                                   probability=odds / (1 + odds),
                                   figure=rule.odds_ratio))  # fmt: skip
    return tuple(steps)


def _people(band: AgeBand | None) -> str:
    if band is None:
        return "adults of every age"
    sex = {"female": "women", "male": "men", None: "people"}[band.sex]
    if band.to_years >= 120:
        return f"{sex} of {band.from_years:g} years and more"
    return f"{sex} of {band.from_years:g} to {band.to_years:g} years"
