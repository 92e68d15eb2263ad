"""How arrays cross the border to the machine code: sizes, then numbers, then whole numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from kinechain.gait.kernels.layout import SUMS, FloatArray, IntArray, Moving, Room, Tree


class Arguments(NamedTuple):
    """What an entry is called with.

    Attributes
    ----------
    sizes
        Lengths of the arrays' axes.
    reals, integers
        The arrays, in the order in which the entry takes them.
    """

    sizes: tuple[int, ...]
    reals: tuple[FloatArray, ...]
    integers: tuple[IntArray, ...]

    def __add__(self, other: object) -> Arguments:
        """The arguments of both, one after the other."""
        assert isinstance(other, Arguments)
        return Arguments(
            self.sizes + other.sizes, self.reals + other.reals, self.integers + other.integers
        )


def arguments(sizes: Sequence[int], *arrays: npt.NDArray[Any]) -> Arguments:
    """Sort arrays by what they hold.

    Parameters
    ----------
    sizes
        Lengths of axes.
    *arrays
        Contiguous arrays of float64 or int64.
    """
    reals = tuple(array for array in arrays if array.dtype == np.float64)
    integers = tuple(array for array in arrays if array.dtype == np.int64)
    assert len(reals) + len(integers) == len(arrays), "only float64 and int64 cross the border"
    assert all(array.flags.c_contiguous for array in arrays), "arrays must be contiguous"
    return Arguments(tuple(sizes), reals, integers)


def of_tree(tree: Tree) -> Arguments:
    """A model's: bodies, coordinates and rows of its table, then its arrays in order.

    Parameters
    ----------
    tree
        The model.
    """
    return arguments((len(tree.mass), len(tree.source), len(tree.table)), *tree)


def room_for(tree: Tree, free: IntArray) -> tuple[Room, Arguments]:
    """Arrays for the fit to work in, and the same as arguments.

    Parameters
    ----------
    tree
        The model.
    free
        Shape (u,): the coordinates that may change.
    """
    b, c, u = len(tree.mass), len(tree.source), len(free)
    place = np.full(c, -1, np.int64)
    place[free] = np.arange(u)
    shapes = ((b, 3, 3), (b, 3), (c, 3), (c, 3), (c,), (b, SUMS), (u, u), (u, u), (u,), (u,),
              (u,), (c,), (c,), (4, 3))  # fmt: skip
    blocks = [np.zeros(shape) for shape in shapes]
    room = Room._make([*blocks, place[tree.source]])
    return room, arguments((u,), *room)


def moving_for(tree: Tree) -> Arguments:
    """Arrays for inverse dynamics to work in; the ground rests.

    Parameters
    ----------
    tree
        The model.
    """
    b, c = len(tree.mass), len(tree.source)
    shapes = ((b, 3, 3), *[(b, 3)] * 5, (c, 3), (c, 3), (b - 1, 3), (b, 6), (15, 3))
    moving = Moving(*(np.zeros(shape) for shape in shapes))
    moving.rotation[0] = np.eye(3)
    return arguments((), *moving)
