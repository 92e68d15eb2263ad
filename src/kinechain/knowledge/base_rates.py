"""A clinic's own base rates in place of the knowledge's.

The rest of the knowledge stays as it is. The version changes, so that a result tells with which
rates it was made.
"""

from __future__ import annotations

import hashlib

import msgspec

from kinechain.domain.concepts import Condition, Setting
from kinechain.domain.estimate import Estimate, Source
from kinechain.knowledge.knowledge import Knowledge

SOURCE = "own_base_rates"
"""Id of the source that the replaced figures cite."""


class Rate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How probably an adult whom the clinic serves has a condition, with symptoms, within four
    weeks.

    Attributes
    ----------
    value, low, high
        The rate and its 95 % interval.
    n
        Of how many people it was counted.
    """

    value: float
    low: float
    high: float
    n: int | None = None


class BaseRates(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The content of a file of base rates.

    Attributes
    ----------
    source
        Where they come from, in words.
    setting
        Where the clinic's patients are seen, for cases that do not say it.
    """

    source: str
    conditions: dict[str, Rate]
    setting: str | None = None


def with_base_rates(knowledge: Knowledge, rates: BaseRates) -> Knowledge:
    """The knowledge with a clinic's own base rates.

    For each condition listed the rate stands for all ages, and the setting no longer changes
    it: it was counted there. Sex and risk factors still do, about the stated mean, and levels
    and sides share it as before.

    Parameters
    ----------
    knowledge
        The knowledge to copy.
    rates
        Rates of conditions that it has.

    Raises
    ------
    KeyError
        For a condition that it does not have.
    """
    conditions = dict(knowledge.conditions)
    for name, rate in rates.conditions.items():
        conditions[name] = _with_rate(conditions[name], rate, rates)
    settings = {name: _without(one, rates) for name, one in knowledge.settings.items()}
    source = Source(id=SOURCE, title=f"Own base rates: {rates.source}", url="", type="own data")
    return msgspec.structs.replace(
        knowledge,
        version=rated_version(knowledge.version, rates),
        conditions=conditions,
        settings=settings,
        sources={**knowledge.sources, SOURCE: source},
    )


def rated_version(version: str, rates: BaseRates) -> str:
    """The version of a knowledge together with base rates.

    Parameters
    ----------
    version
        Of the knowledge.
    rates
        The order of the conditions and of the keys does not matter.
    """
    content = msgspec.json.encode(rates, order="deterministic")
    return hashlib.sha256(version.encode() + b"\0" + content).hexdigest()[:12]


def _with_rate(condition: Condition, rate: Rate, rates: BaseRates) -> Condition:
    estimate = Estimate(
        value=rate.value,
        low=rate.low,
        high=rate.high,
        basis="study",
        source=SOURCE,
        where="the clinic's own figures",
        population="people whom the clinic serves",
        setting=rates.setting,
        n=rate.n,
    )
    prior = msgspec.structs.replace(condition.prior, base=estimate, by_age=())
    return msgspec.structs.replace(condition, prior=prior)


def _without(setting: Setting, rates: BaseRates) -> Setting:
    odds = tuple(
        msgspec.structs.replace(
            rule, conditions=tuple(one for one in rule.conditions if one not in rates.conditions)
        )
        for rule in setting.odds
    )
    return msgspec.structs.replace(setting, odds=tuple(rule for rule in odds if rule.conditions))
