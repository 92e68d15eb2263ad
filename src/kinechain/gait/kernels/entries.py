"""The functions that the library of machine code offers, as C can call them.

Each takes three pointers: to the sizes, to pointers to float64, to pointers to int64, in the
order that `arguments` builds. Imported only when the library is compiled.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba.np.numpy_support import carray

from kinechain.gait.kernels.compiled import compiled
from kinechain.gait.kernels.dynamics import inverse_dynamics_frames
from kinechain.gait.kernels.frames import body_poses, fit_frames, marker_jacobian, marker_places
from kinechain.gait.kernels.layout import SUMS, Loads, Moving, Room, Targets, Tree
from kinechain.gait.kernels.smoothing import cubic_at, quintic_at, quintic_spline, recursive_filter

TREE_REALS, TREE_INTEGERS = 10, 6
ROOM_REALS = 14


@compiled
def tree_of(sizes: Any, x: Any, k: Any) -> Tree:
    """The model from the first arguments."""
    b, c, rows = sizes[0], sizes[1], sizes[2]
    j = b - 1
    return Tree(
        carray(k[0], (j,)),
        carray(x[0], (j, 3, 3)),
        carray(x[1], (j, 3)),
        carray(x[2], (j, 3, 3)),
        carray(x[3], (j, 3)),
        carray(x[4], (j, 6, 3)),
        carray(k[1], (j, 6)),
        carray(k[2], (j, 6)),
        carray(k[3], (j, 6, 3)),
        carray(x[5], (rows, 5)),
        carray(k[4], (c,)),
        carray(k[5], (c, 3)),
        carray(x[6], (b,)),
        carray(x[7], (b, 3)),
        carray(x[8], (b, 3, 3)),
        carray(x[9], (3,)),
    )


@compiled
def room_of(sizes: Any, x: Any, k: Any) -> Room:
    """The room to work in, which follows the model."""
    b, c, u = sizes[0], sizes[1], sizes[3]
    n = TREE_REALS
    return Room(
        carray(x[n], (b, 3, 3)),
        carray(x[n + 1], (b, 3)),
        carray(x[n + 2], (c, 3)),
        carray(x[n + 3], (c, 3)),
        carray(x[n + 4], (c,)),
        carray(x[n + 5], (b, SUMS)),
        carray(x[n + 6], (u, u)),
        carray(x[n + 7], (u, u)),
        carray(x[n + 8], (u,)),
        carray(x[n + 9], (u,)),
        carray(x[n + 10], (u,)),
        carray(x[n + 11], (c,)),
        carray(x[n + 12], (c,)),
        carray(x[n + 13], (4, 3)),
        carray(k[TREE_INTEGERS], (c,)),
    )


def fit_frames_entry(sizes: Any, x: Any, k: Any) -> None:
    """`fit_frames`: sizes b, c, rows, u, then m, n, number of goals and of starts."""
    c, u, m, n, goals, starts = sizes[1], sizes[3], sizes[4], sizes[5], sizes[6], sizes[7]
    r, i = TREE_REALS + ROOM_REALS, TREE_INTEGERS + 1
    targets = Targets(
        carray(k[i], (m,)),
        carray(x[r], (m, 3)),
        carray(x[r + 1], (m,)),
        carray(k[i + 1], (u,)),
        carray(x[r + 2], (c,)),
        carray(x[r + 3], (c,)),
        carray(x[r + 4], (c,)),
        carray(x[r + 5], (c,)),
    )
    fit_frames(
        tree_of(sizes, x, k),
        targets,
        room_of(sizes, x, k),
        carray(x[r + 6], (n, m, 3)),
        carray(x[r + 7], (goals, c)),
        carray(x[r + 8], (starts, c)),
        carray(x[r + 9], (n, c)),
        carray(x[r + 10], (n,)),
        carray(k[i + 2], (n,)),
    )


def marker_places_entry(sizes: Any, x: Any, k: Any) -> None:
    """`marker_places`: sizes b, c, rows, u, then m, n."""
    c, m, n = sizes[1], sizes[4], sizes[5]
    r, i = TREE_REALS + ROOM_REALS, TREE_INTEGERS + 1
    marker_places(
        tree_of(sizes, x, k),
        room_of(sizes, x, k),
        carray(k[i], (m,)),
        carray(x[r], (m, 3)),
        carray(x[r + 1], (n, c)),
        carray(x[r + 2], (n, m, 3)),
    )


def marker_jacobian_entry(sizes: Any, x: Any, k: Any) -> None:
    """`marker_jacobian`: sizes b, c, rows, u, then m, n."""
    c, m, n = sizes[1], sizes[4], sizes[5]
    r, i = TREE_REALS + ROOM_REALS, TREE_INTEGERS + 1
    marker_jacobian(
        tree_of(sizes, x, k),
        room_of(sizes, x, k),
        carray(k[i], (m,)),
        carray(x[r], (m, 3)),
        carray(x[r + 1], (n, c)),
        carray(x[r + 2], (n, m, 3, c)),
    )


def body_poses_entry(sizes: Any, x: Any, k: Any) -> None:
    """`body_poses`: sizes b, c, rows, u, then n."""
    b, c, n = sizes[0], sizes[1], sizes[4]
    r = TREE_REALS + ROOM_REALS
    body_poses(
        tree_of(sizes, x, k),
        room_of(sizes, x, k),
        carray(x[r], (n, c)),
        carray(x[r + 1], (n, b, 3, 3)),
        carray(x[r + 2], (n, b, 3)),
    )


def inverse_dynamics_entry(sizes: Any, x: Any, k: Any) -> None:
    """`inverse_dynamics_frames`: sizes b, c, rows, then n, number of loads, rows of wrenches."""
    b, c, n, loads, wrenches = sizes[0], sizes[1], sizes[3], sizes[4], sizes[5]
    r, i = TREE_REALS, TREE_INTEGERS
    moving = Moving(
        carray(x[r], (b, 3, 3)),
        carray(x[r + 1], (b, 3)),
        carray(x[r + 2], (b, 3)),
        carray(x[r + 3], (b, 3)),
        carray(x[r + 4], (b, 3)),
        carray(x[r + 5], (b, 3)),
        carray(x[r + 6], (c, 3)),
        carray(x[r + 7], (c, 3)),
        carray(x[r + 8], (b - 1, 3)),
        carray(x[r + 9], (b, 6)),
        carray(x[r + 10], (15, 3)),
    )
    measured = Loads(
        carray(k[i], (loads,)),
        carray(x[r + 11], (n, loads, 3)),
        carray(x[r + 12], (n, loads, 3)),
        carray(x[r + 13], (n, loads, 3)),
    )
    inverse_dynamics_frames(
        tree_of(sizes, x, k),
        carray(x[r + 14], (n, c)),
        carray(x[r + 15], (n, c)),
        carray(x[r + 16], (n, c)),
        measured,
        moving,
        carray(x[r + 17], (n, c)),
        carray(x[r + 18], (wrenches, b - 1, 9)),
        carray(x[r + 19], (n, 3)),
    )


def recursive_filter_entry(sizes: Any, x: Any, _k: Any) -> None:
    """`recursive_filter`: sizes n, c, order."""
    n, c, order = sizes[0], sizes[1], sizes[2]
    recursive_filter(
        carray(x[0], (n, c)),
        carray(x[1], (order + 1,)),
        carray(x[2], (order + 1,)),
        carray(x[3], (order, c)),
    )


def quintic_spline_entry(sizes: Any, x: Any, _k: Any) -> None:
    """`quintic_spline`: sizes n, c."""
    n, c = sizes[0], sizes[1]
    quintic_spline(
        carray(x[0], (n,)),
        carray(x[1], (n, c)),
        carray(x[2], (n, c)),
        carray(x[3], (n, c)),
        carray(x[4], (3, n, 2, 2)),
    )


def quintic_at_entry(sizes: Any, x: Any, _k: Any) -> None:
    """`quintic_at`: sizes n, c, number of times."""
    n, c, at = sizes[0], sizes[1], sizes[2]
    quintic_at(
        carray(x[0], (n,)),
        carray(x[1], (n, c)),
        carray(x[2], (n, c)),
        carray(x[3], (n, c)),
        carray(x[4], (at,)),
        carray(x[5], (at, c)),
    )


def cubic_at_entry(sizes: Any, x: Any, _k: Any) -> None:
    """`cubic_at`: sizes n, c, number of times."""
    n, c, at = sizes[0], sizes[1], sizes[2]
    cubic_at(
        carray(x[0], (n,)),
        carray(x[1], (n, c)),
        carray(x[2], (at,)),
        carray(x[3], (n, c)),
        carray(x[4], (n,)),
        carray(x[5], (at, c)),
    )


ENTRIES: dict[str, Callable[..., None]] = {
    "fit_frames": fit_frames_entry,
    "marker_places": marker_places_entry,
    "marker_jacobian": marker_jacobian_entry,
    "body_poses": body_poses_entry,
    "inverse_dynamics": inverse_dynamics_entry,
    "recursive_filter": recursive_filter_entry,
    "quintic_spline": quintic_spline_entry,
    "quintic_at": quintic_at_entry,
    "cubic_at": cubic_at_entry,
}
