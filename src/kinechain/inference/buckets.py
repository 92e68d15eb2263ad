"""The steps of bucket elimination: how tables are aligned, multiplied and summed.

Tables are two-dimensional here: entries first, weight vectors second. Which entry of a
factor belongs to which entry of a product is looked up in an index that depends on the
numbers of states only and is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import prod
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.float64]


SMALL, MEDIUM = 1 << 14, 1 << 18
"""Entries up to which indices are kept: many small ones, some of medium size, no large one,
so that memory stays bounded."""


def gather_index(cards: tuple[int, ...], strides: tuple[int, ...]) -> NDArray[np.intp]:
    """For every entry of a bucket, the entry of one of its tables.

    Parameters
    ----------
    cards
        States of the bucket's variables.
    strides
        Stride of each of these variables in the table; zero for those it lacks.
    """
    size = prod(cards)
    if size <= SMALL:
        return _small_index(cards, strides)
    return _medium_index(cards, strides) if size <= MEDIUM else _index(cards, strides)


def _index(cards: tuple[int, ...], strides: tuple[int, ...]) -> NDArray[np.intp]:
    index = np.zeros(1, np.intp)
    for card, stride in zip(cards, strides, strict=True):
        index = (index[:, None] + np.arange(card, dtype=np.intp) * stride).ravel()
    return index


_small_index = lru_cache(maxsize=8192)(_index)
_medium_index = lru_cache(maxsize=128)(_index)


def strides(
    inner: Sequence[int], scope: Sequence[int], cards: Sequence[int] | Mapping[int, int]
) -> tuple[int, ...]:
    """Strides, in a table over `inner`, of the variables of `scope`; zero where absent."""
    found: dict[int, int] = {}
    stride = 1
    for variable in reversed(inner):
        found[variable] = stride
        stride *= cards[variable]
    return tuple(found.get(variable, 0) for variable in scope)


class Step(NamedTuple):
    """One factor of a bucket's product, joined to the product so far.

    `cards` are the variables after joining; `taken` and `grown` the strides of the factor
    and of the product so far in them; `lost` and `shrunk` the axes that the factor and the
    product so far lack.
    """

    source: int
    is_message: bool
    cards: tuple[int, ...]
    taken: tuple[int, ...]
    grown: tuple[int, ...] | None
    lost: tuple[int, ...]
    shrunk: tuple[int, ...]


class Bucket:
    """One elimination step: which factors meet, in which order, and what they leave.

    Given tables come first, then messages, small before large: each product is made over
    no more variables than the factors so far have.
    """

    __slots__ = ("cards", "parent", "scope", "size", "steps")

    def __init__(
        self,
        scope: tuple[int, ...],
        cards: Sequence[int] | Mapping[int, int],
        tables: Sequence[tuple[int, tuple[int, ...]]],
        messages: Sequence[tuple[int, tuple[int, ...]]],
    ) -> None:
        self.scope = scope  # the eliminated variable last
        self.cards = tuple(cards[variable] for variable in scope)
        self.size = prod(self.cards)
        self.parent = -1
        self.steps: list[Step] = []
        joined: tuple[int, ...] = ()
        factors = [(False, *one) for one in sorted(tables, key=lambda one: len(one[1]))]
        factors += [(True, *one) for one in sorted(messages, key=lambda one: len(one[1]))]
        for place, (is_message, source, inner) in enumerate(factors):
            last = place == len(factors) - 1
            union = scope if last else tuple(v for v in scope if v in inner or v in joined)
            self.steps.append(
                Step(
                    source,
                    is_message,
                    tuple(cards[v] for v in union),
                    strides(inner, union, cards),
                    None if joined == union else strides(joined, union, cards),
                    tuple(axis for axis, v in enumerate(union) if v not in inner),
                    tuple(axis for axis, v in enumerate(union) if v not in joined),
                )
            )
            joined = union


def as_columns(table: Table) -> Table:
    """Entries first, weight vectors second."""
    return table.reshape(table.shape[0], -1).T


def products_of(
    bucket: Bucket, columns: Sequence[Table] | Overlay, messages: Sequence[Table] | Overlay
) -> list[Table]:
    """Product of the bucket's factors after each step."""
    chain: list[Table] = []
    product: Table | None = None
    for step in bucket.steps:
        factor = (messages if step.is_message else columns)[step.source]
        factor = factor.take(gather_index(step.cards, step.taken), axis=0)
        if product is None:
            product = factor
        elif step.grown is None:
            product = product * factor
        else:
            product = product.take(gather_index(step.cards, step.grown), axis=0) * factor
        chain.append(product)
    if product is None:  # a variable in no table: its states are summed
        chain.append(np.ones((bucket.size, 1)))
    return chain


class Overlay:
    """A list of tables, some of which are replaced."""

    def __init__(self, old: Sequence[Table], new: dict[int, Table] | None = None) -> None:
        self.old = old
        self.new: dict[int, Table] = {} if new is None else new

    def __getitem__(self, place: int) -> Table:
        found = self.new.get(place)
        return self.old[place] if found is None else found


def sum_last(product: Table, card: int) -> Table:
    """Sum over the variable that varies fastest."""
    if card == 2:
        return product[0::2] + product[1::2]
    return product.reshape(-1, card, product.shape[1]).sum(axis=1)


def sum_axes(product: Table, cards: tuple[int, ...], axes: Sequence[int]) -> Table:
    """Sum over some variables, the slowest first so that the rest stays contiguous."""
    shape = list(cards)
    rows = product.shape[1]
    for axis in sorted(axes):
        outer = prod(shape[:axis])
        inner = prod(shape[axis + 1 :]) * rows
        cube = product.reshape(outer, shape[axis], inner)
        product = cube[:, 0] + cube[:, 1]
        for state in range(2, shape[axis]):
            product = product + cube[:, state]
        shape[axis] = 1
    return product.reshape(-1, rows)
