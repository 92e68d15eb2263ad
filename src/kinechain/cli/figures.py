"""Figures of the knowledge in words: value, interval, and what they rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kinechain.domain.estimate import Estimate


def figure(estimate: Estimate) -> str:
    """A figure with its interval.

    Parameters
    ----------
    estimate
        The figure.
    """
    unit = f" {estimate.unit}" if estimate.unit else ""
    if estimate.entered is not None:
        value = f"{estimate.value:.3g}, fitted; entered {estimate.entered:g}"
        return f"{value} ({estimate.low:g} to {estimate.high:g}){unit}"
    return f"{estimate.value:g} ({estimate.low:g} to {estimate.high:g}){unit}"


def basis(estimate: Estimate) -> str:
    """What a figure rests on: the place in a study and its people, or a judgement's reason.

    Parameters
    ----------
    estimate
        The figure.
    """
    if estimate.is_judgement:
        seen = f", having looked at {estimate.source}" if estimate.source else ""
        return f"judgement{seen}: {estimate.reason or 'no reason given'}"
    people = [
        estimate.population,
        f"n = {estimate.n}" if estimate.n else None,
        f"entered: {estimate.entry}" if estimate.entry else None,
        f"compared with: {estimate.comparator}" if estimate.comparator else None,
        f"setting: {estimate.setting}" if estimate.setting else None,
    ]
    place = ", ".join(part for part in (estimate.source, estimate.where) if part)
    words = "; ".join([place, *(part for part in people if part)])
    return f"{words}; {estimate.reason}" if estimate.reason else words


def disagreements(estimate: Estimate) -> list[str]:
    """The figures that were not chosen, each with its source and the reason.

    Parameters
    ----------
    estimate
        The figure that was chosen.
    """
    return [f"not chosen: {other.value} ({other.source}): {other.reason}"
            for other in estimate.disagrees]  # fmt: skip


def factor(log_odds: float) -> str:
    """By how much odds are multiplied or divided.

    Parameters
    ----------
    log_odds
        Natural logarithm of the factor.
    """
    from kinechain.report.labels import odds_factor

    return odds_factor(log_odds)


def percent(probability: float) -> str:
    """A probability in per cent.

    Parameters
    ----------
    probability
        Between 0 and 1.
    """
    from kinechain.report.labels import NO_BREAK
    from kinechain.report.labels import percent as words

    return words(probability).replace(NO_BREAK, " ")
