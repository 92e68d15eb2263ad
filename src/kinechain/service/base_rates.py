"""A clinic's own base rates in use: what a case and its reader are told of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec

from kinechain.domain.case import Issue
from kinechain.intake import CaseReading
from kinechain.knowledge import Knowledge
from kinechain.knowledge.base_rates import BaseRates, with_base_rates
from kinechain.knowledge.base_rates_file import read_base_rates

NAMED = 5
"""How many replaced rates are named; all of them stand in the file."""


def clinic_knowledge(path: str | Path, knowledge: Knowledge) -> tuple[Knowledge, BaseRates]:
    """The knowledge with the base rates of a clinic's file.

    Parameters
    ----------
    path
        The file; ``docs/how-to/state-your-base-rates.md`` explains it.
    knowledge
        The knowledge to replace them in.

    Returns
    -------
    knowledge, rates
        The knowledge has another version.

    Raises
    ------
    BaseRatesError
        When anything in the file is wrong.
    """
    rates = read_base_rates(Path(path), knowledge)
    return with_base_rates(knowledge, rates), rates


def in_clinic(reading: CaseReading, rates: BaseRates, knowledge: Knowledge) -> CaseReading:
    """The case as one of the clinic: seen in its setting, and told whose rates are used.

    Parameters
    ----------
    reading
        What was read of the case; a setting that it states stays.
    rates
        The clinic's rates.
    knowledge
        The knowledge before they were applied.
    """
    case = reading.case
    issues = [*reading.issues, told(rates, knowledge)]
    if rates.setting and case.setting is None:
        case = msgspec.structs.replace(case, setting=rates.setting)
    elif rates.setting and case.setting != rates.setting:
        issues.append(
            Issue(
                level="warning",
                where="base rates",
                message="The base rates were counted in another setting "
                f"({_setting(rates.setting, knowledge)}) than the case states "
                f"({_setting(case.setting, knowledge)}); for their conditions they are used all "
                "the same.",
                remedy="correct the setting of the case, or assess it without the base rates",
            )
        )
    return replace(reading, case=case, issues=tuple(issues))


def told(rates: BaseRates, knowledge: Knowledge) -> Issue:
    """What the reader of a result is told of the rates behind it.

    Parameters
    ----------
    rates
        The clinic's rates.
    knowledge
        The knowledge before they were applied.
    """
    lines: list[str] = []
    for name, rate in list(rates.conditions.items())[:NAMED]:
        before = knowledge.conditions[name].prior.base.value
        label = knowledge.label(name)
        lines.append(f"{label} {_percent(rate.value)} instead of {_percent(before)}")
    more = len(rates.conditions) - len(lines)
    named = "; ".join(lines) + (f"; and {more} more" if more else "")
    count = len(rates.conditions)
    return Issue(
        level="info",
        where="base rates",
        message=f"The base rates of {count} {'condition is' if count == 1 else 'conditions are'} "
        f"the clinic's own ({rates.source}), at all ages: {named}.",
        remedy="leave out --base-rates to use those of the knowledge",
    )


def _setting(name: str | None, knowledge: Knowledge) -> str:
    setting = knowledge.settings.get(name or "")
    return setting.label.lower() if setting else str(name)


def _percent(value: float) -> str:
    return f"{100 * value:.2g} %"
