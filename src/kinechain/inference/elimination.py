"""Bucket elimination over small tables, many weight vectors at once, and its reverse.

This is the only place where probabilities are multiplied and summed. It knows nothing of
medicine or of noisy-OR: it is given variables with a number of states, the scopes of some
tables, and for each run the tables themselves. A leading axis of every table runs over
weight vectors (patients, questions, parameter draws); a table that is the same for all of
them has length one there.

The forward pass eliminates one variable after the other and ends with the sum of products
``Z``. The backward pass walks the same buckets in reverse and yields, for every bucket,
the product of all tables summed down to that bucket's variables: every marginal of one
variable and of every pair that shares a table, from one sweep [1]_.

References
----------
.. [1] R. Dechter, Bucket elimination: a unifying framework for reasoning, Artificial
   Intelligence 113 (1999) 41-85. A. Darwiche, A differential approach to inference in
   Bayesian networks, Journal of the ACM 50 (2003) 280-305.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from heapq import heappop, heappush
from math import prod

import numpy as np

from kinechain.inference.buckets import (
    Bucket,
    Overlay,
    Table,
    as_columns,
    gather_index,
    products_of,
    sum_axes,
    sum_last,
)
from kinechain.inference.order import elimination_order

RECAST_LIMIT = 1 << 20
"""Entries that a table may have for the sake of a question about paths."""


class TableTooLarge(Exception):
    """The cheapest order found still needs a table beyond the limit."""

    def __init__(self, entries: int, variables: tuple[int, ...]) -> None:
        super().__init__(f"an elimination table would need {entries} entries")
        self.entries = entries
        self.variables = variables


class Plan:
    """An elimination order with everything that can be worked out before the numbers.

    Parameters
    ----------
    cards
        Number of states of each variable.
    scopes
        Variables of each table, in any order; tables passed to `run` have these axes.
    limit
        Largest number of entries that one table may have.
    order
        Elimination order to use; found by `elimination_order` when not given.

    Attributes
    ----------
    largest, total
        Entries of the largest bucket and of all buckets together.

    Raises
    ------
    TableTooLarge
        When a bucket would exceed `limit`.
    """

    def __init__(
        self,
        cards: Sequence[int],
        scopes: Sequence[tuple[int, ...]],
        limit: int = 1 << 22,
        order: Sequence[int] | None = None,
    ) -> None:
        self.order = list(order) if order is not None else elimination_order(len(cards), scopes)
        position = {variable: place for place, variable in enumerate(self.order)}
        self.cards = tuple(cards)
        self.scopes = tuple(scopes)
        self.limit = limit
        self.constants = [table for table, scope in enumerate(scopes) if not scope]
        self.bucket_of = position
        self.home: dict[int, int] = {}
        waiting: list[list[int]] = [[] for _ in self.order]
        for table, scope in enumerate(scopes):
            if scope:
                place = min(map(position.__getitem__, scope))
                waiting[place].append(table)
                self.home[table] = place
        messages: list[list[tuple[int, tuple[int, ...]]]] = [[] for _ in self.order]
        self.buckets: list[Bucket] = []
        for place, variable in enumerate(self.order):
            union = {variable}
            for table in waiting[place]:
                union.update(scopes[table])
            for _, rest in messages[place]:
                union.update(rest)
            scope = tuple(sorted(union, key=position.__getitem__, reverse=True))
            size = prod(cards[v] for v in scope)
            if size > limit:
                raise TableTooLarge(size, scope)
            bucket = Bucket(
                scope, cards, [(table, scopes[table]) for table in waiting[place]], messages[place]
            )
            if len(scope) > 1:
                bucket.parent = position[scope[-2]]
                messages[bucket.parent].append((place, scope[:-1]))
            self.buckets.append(bucket)
        self.component = list(range(len(self.buckets)))
        for place in range(len(self.buckets) - 1, -1, -1):
            if self.buckets[place].parent >= 0:
                self.component[place] = self.component[self.buckets[place].parent]
        self._recast: dict[tuple[int, tuple[int, ...]], Bucket] = {}
        self.largest = max((bucket.size for bucket in self.buckets), default=1)
        self.total = sum(bucket.size for bucket in self.buckets)

    def recast(self, place: int, cards: Mapping[int, int]) -> Bucket:
        """The bucket at `place` for other numbers of states."""
        old = self.buckets[place]
        key = (place, tuple(cards[variable] for variable in old.scope))
        if key in self._recast:
            return self._recast[key]
        size = prod(key[1])
        if size > max(2 * self.largest, RECAST_LIMIT):
            raise TableTooLarge(size, old.scope)
        tables = [
            (step.source, self.scopes[step.source]) for step in old.steps if not step.is_message
        ]
        messages = [
            (step.source, self.buckets[step.source].scope[:-1])
            for step in old.steps
            if step.is_message
        ]
        self._recast[key] = Bucket(old.scope, cards, tables, messages)
        return self._recast[key]

    def run(self, tables: Sequence[Table]) -> Run:
        """Eliminate all variables.

        Parameters
        ----------
        tables
            One per scope, of shape ``(B or 1, card, ...)`` with axes as in the scope.

        Returns
        -------
        Run
            Holds ``z`` of shape ``(B or 1,)`` and can sweep back for beliefs.
        """
        columns = [as_columns(table) for table in tables]
        messages: list[Table] = []
        products: list[list[Table]] = []
        z: Table = np.ones(1)
        for table in self.constants:
            z = z * columns[table][0]
        for bucket in self.buckets:
            chain = products_of(bucket, columns, messages)
            message = sum_last(chain[-1], bucket.cards[-1])
            messages.append(message)
            products.append(chain)
            if bucket.parent < 0:
                z = z * message[0]
        return Run(self, columns, products, messages, z)


class Run:
    """The result of one forward pass; beliefs come from a backward sweep made on demand."""

    def __init__(
        self,
        plan: Plan,
        columns: list[Table],
        products: list[list[Table]],
        messages: list[Table],
        z: Table,
    ) -> None:
        self.plan = plan
        self.z = z
        self._columns = columns
        self._products = products
        self._messages = messages
        self._outside: list[Table | None] | None = None
        self._cliques: dict[int, Table] = {}

    def sweep(self) -> None:
        """Run the backward pass, unless it was run before.

        It is the reverse of `Plan.run`, step by step: the derivative of a product with
        respect to one factor is the derivative of the whole times the other factor.
        """
        if self._outside is not None:
            return
        buckets = self.plan.buckets
        outside: list[Table | None] = [None] * len(buckets)
        self._outside = outside
        for place in range(len(buckets) - 1, -1, -1):
            bucket = buckets[place]
            if not bucket.steps or not bucket.steps[-1].is_message:
                continue
            down = self._down(place)
            chain = self._products[place]
            for index in range(len(bucket.steps) - 1, -1, -1):
                step = bucket.steps[index]
                if not step.is_message:
                    break
                share = down
                if index:
                    before = chain[index - 1]
                    if step.grown is not None:
                        before = before.take(gather_index(step.cards, step.grown), axis=0)
                    share = before if down is None else down * before
                if share is None:
                    share = np.ones((prod(step.cards), 1))
                outside[step.source] = sum_axes(share, step.cards, step.lost)
                if index and bucket.steps[index - 1].is_message:
                    factor = self._messages[step.source].take(
                        gather_index(step.cards, step.taken), axis=0
                    )
                    share = factor if down is None else down * factor
                    down = sum_axes(share, step.cards, step.shrunk)

    def ratio(self, tables: Mapping[int, Table], cards: Mapping[int, int]) -> Table:
        """Sum of products after a change of some tables, relative to before.

        Only the buckets between the changes and the bucket where these meet are worked
        off again; what lies beyond is known from the backward sweep.

        Parameters
        ----------
        tables
            New values of some tables.
        cards
            New numbers of states of some variables; every table of such a variable must
            be among `tables`.

        Returns
        -------
        ndarray of shape (B or 1,)

        Raises
        ------
        TableTooLarge
            When a bucket would exceed the plan's limit.
        """
        self.sweep()
        plan = self.plan
        columns = {table: as_columns(values) for table, values in tables.items()}
        waiting = {plan.home[table] for table in tables}
        waiting.update(plan.bucket_of[variable] for variable in cards)
        states = {**dict(enumerate(plan.cards)), **cards} if cards else {}
        queue = sorted(waiting)
        open_ones: dict[int, int] = {}
        for place in queue:
            root = plan.component[place]
            open_ones[root] = open_ones.get(root, 0) + 1
        messages = Overlay(self._messages)
        factors = Overlay(self._columns, columns)
        result: Table = np.ones(1)
        while queue:
            place = heappop(queue)
            bucket = plan.buckets[place]
            recast = bool(cards) and not cards.keys().isdisjoint(bucket.scope)
            product = products_of(
                plan.recast(place, states) if recast else bucket, factors, messages
            )[-1]
            root = plan.component[place]
            if open_ones[root] == 1:
                down = self._down(place, states[bucket.scope[-1]] if recast else None)
                after = product if down is None else product * down
                with np.errstate(invalid="ignore", divide="ignore"):
                    result = result * (after.sum(axis=0) / self._clique(place).sum(axis=0))
                continue
            card = states[bucket.scope[-1]] if recast else bucket.cards[-1]
            messages.new[place] = sum_last(product, card)
            if bucket.parent in waiting:
                open_ones[root] -= 1
            else:
                waiting.add(bucket.parent)
                heappush(queue, bucket.parent)
        return result

    def _down(self, place: int, card: int | None = None) -> Table | None:
        """What the rest of the network says about the bucket's variables; None for one."""
        assert self._outside is not None
        outside = self._outside[place]
        if outside is None:
            return None
        return np.repeat(outside, card or self.plan.buckets[place].cards[-1], axis=0)

    def _clique(self, place: int) -> Table:
        self.sweep()
        if place not in self._cliques:
            product = self._products[place][-1]
            down = self._down(place)
            self._cliques[place] = product if down is None else product * down
        return self._cliques[place]

    def belief(self, variable: int) -> Table:
        """Unnormalised marginal of one variable within its own connected component.

        Returns
        -------
        ndarray of shape (B or 1, card)
            Divide by its sum over the last axis to normalise: other components only
            contribute a common factor.
        """
        clique = self._clique(self.plan.bucket_of[variable])
        card = self.plan.cards[variable]
        return clique.reshape(-1, card, clique.shape[1]).sum(axis=0).T

    def pair_belief(self, table: int) -> Table:
        """Unnormalised marginal over the scope of one table of two variables.

        Returns
        -------
        ndarray of shape (B or 1, card, card)
            Axes as in the table's scope.
        """
        place = self.plan.home[table]
        bucket = self.plan.buckets[place]
        scope = self.plan.scopes[table]
        kept = [v for v in bucket.scope if v in scope]
        gone = [axis for axis, v in enumerate(bucket.scope) if v not in scope]
        values = sum_axes(self._clique(place), bucket.cards, gone).T
        values = values.reshape(-1, *(self.plan.cards[v] for v in kept))
        return values.transpose((0, *(1 + kept.index(v) for v in scope)))
