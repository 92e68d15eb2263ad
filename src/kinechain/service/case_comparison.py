"""The network beside naive Bayes, case by case: who has the true condition in the top."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb

import msgspec

from kinechain.service.case_scores import COMMON, TOPS, Scored, is_within
from kinechain.service.published import KINDS


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """The network and naive Bayes on the same cases: who has the true condition in the top.

    Attributes
    ----------
    network_only, naive_only
        Ids of the cases that only one of them has.
    p
        Of the exact McNemar test, two-sided: how probably the cases that only one has would be
        divided as unevenly, or more so, by chance.
    """

    kind: str
    top: int
    both: int
    network_only: tuple[str, ...]
    naive_only: tuple[str, ...]
    neither: int
    p: float


def against_naive(cases: Sequence[Scored]) -> tuple[Compared, ...]:
    """Hold the network's ranks against those of naive Bayes, case by case.

    Parameters
    ----------
    cases
        The scored cases; those outside the knowledge are left out.

    Returns
    -------
    tuple of Compared
        For the two common kinds together and for all, and for each of `TOPS`.
    """
    found: list[Compared] = []
    for name, kinds in ((" and ".join(COMMON), COMMON), ("all", KINDS)):
        chosen = [one for one in cases if one.kind in kinds and not one.outside]
        found += [_compared(name, chosen, top) for top in TOPS if chosen]
    return tuple(found)


def _compared(name: str, cases: Sequence[Scored], top: int) -> Compared:
    pairs = [(one.id, is_within(one.rank, top), is_within(one.rank_naive, top)) for one in cases]
    network = tuple(case for case, ours, theirs in pairs if ours and not theirs)
    naive = tuple(case for case, ours, theirs in pairs if theirs and not ours)
    both = sum(ours and theirs for _, ours, theirs in pairs)
    return Compared(
        kind=name,
        top=top,
        both=both,
        network_only=network,
        naive_only=naive,
        neither=len(pairs) - both - len(network) - len(naive),
        p=mcnemar(len(network), len(naive)),
    )


def mcnemar(one: int, other: int) -> float:
    """Two-sided p of the exact McNemar test.

    Parameters
    ----------
    one, other
        Cases that only the one, and only the other, got right.

    Examples
    --------
    >>> mcnemar(1, 5)
    0.21875
    >>> mcnemar(3, 3)
    1.0
    """
    total = one + other
    tail = sum(comb(total, place) for place in range(min(one, other) + 1))
    return min(1.0, 2 * tail / 2**total)
