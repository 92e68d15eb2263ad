"""All frames of a recording: the fit from frame to frame, and places from poses."""

from __future__ import annotations

import math

from kinechain.gait.kernels.compiled import compiled
from kinechain.gait.kernels.fit import fit_frame
from kinechain.gait.kernels.layout import FloatArray, IntArray, Room, Targets, Tree
from kinechain.gait.kernels.tree import couple, place_bodies

BETTER = 0.999
TINY = 1e-12


@compiled
def copy_row(source: FloatArray, out: FloatArray) -> None:
    """Copy one row of numbers."""
    for c in range(source.shape[0]):
        out[c] = source[c]


@compiled
def fit_frames(
    tree: Tree,
    targets: Targets,
    room: Room,
    seen: FloatArray,
    goals: FloatArray,
    starts: FloatArray,
    q: FloatArray,
    cost: FloatArray,
    steps: IntArray,
) -> None:
    """Fit every frame; each starts where the two before it lead.

    Parameters
    ----------
    tree, targets
        The model and what is fitted; `targets.coordinate_target` is overwritten.
    room
        To work in; its `column` is given.
    seen
        Shape (n, m, 3), m, ground frame; NaN where a marker was not seen.
    goals
        Shape (n, c): targets of coordinate tasks in each frame; one row serves all frames.
    starts
        Shape (s, c): poses from which the first frame is tried; the best is kept, the earlier
        one of two that are equal.
    q
        Out, shape (n, c), rad or m.
    cost
        Out, shape (n,), m2 x weight.
    steps
        Out, shape (n,): iterations taken, negative where a frame did not converge.
    """
    pose, count = room.pose, starts.shape[0]
    best = math.inf
    for turn in range(count + seen.shape[0]):
        frame = max(turn - count, 0)
        if turn <= count or goals.shape[0] > 1:
            copy_row(goals[frame if goals.shape[0] > 1 else 0], targets.coordinate_target)
        if turn < count:
            copy_row(starts[turn], pose)
        elif turn == count:
            copy_row(q[0], pose)
        elif frame >= 2:
            for k in range(targets.free.shape[0]):
                c = targets.free[k]
                pose[c] += q[frame - 1, c] - q[frame - 2, c]
        value, taken, converged = fit_frame(tree, targets, seen[frame], pose, room)
        if turn < count:
            if turn == 0 or value < BETTER * best - TINY:
                best = value
                copy_row(pose, q[0])
            continue
        couple(tree, pose, room.rate)
        copy_row(pose, q[frame])
        cost[frame] = value
        steps[frame] = taken if converged else -taken - 1


@compiled
def marker_places(
    tree: Tree,
    room: Room,
    body: IntArray,
    place: FloatArray,
    q: FloatArray,
    out: FloatArray,
) -> None:
    """Where the model's markers are in every pose.

    Parameters
    ----------
    tree, room
        The model, and where to work.
    body, place
        Shapes (m,) and (m, 3): the body each marker is on, and where, m.
    q
        Shape (n, c), rad or m; dependent coordinates as they stand.
    out
        Shape (n, m, 3), m, ground frame.
    """
    rotation, origin = room.rotation, room.origin
    for frame in range(q.shape[0]):
        place_bodies(tree, q[frame], rotation, origin, room.spin, room.shift, room.work)
        for marker in range(body.shape[0]):
            b = body[marker]
            for i in range(3):
                out[frame, marker, i] = origin[b, i] + (
                    rotation[b, i, 0] * place[marker, 0]
                    + rotation[b, i, 1] * place[marker, 1]
                    + rotation[b, i, 2] * place[marker, 2]
                )


@compiled
def body_poses(
    tree: Tree, room: Room, q: FloatArray, rotation: FloatArray, origin: FloatArray
) -> None:
    """Rotation (n, b, 3, 3) and origin (n, b, 3), m, of every body in the ground frame."""
    for frame in range(q.shape[0]):
        place_bodies(
            tree, q[frame], rotation[frame], origin[frame], room.spin, room.shift, room.work
        )


@compiled
def marker_jacobian(
    tree: Tree,
    room: Room,
    body: IntArray,
    place: FloatArray,
    q: FloatArray,
    out: FloatArray,
) -> None:
    """How each marker moves with each coordinate, couplers not followed.

    Parameters
    ----------
    tree, room
        The model, and where to work.
    body, place
        Shapes (m,) and (m, 3): the body each marker is on, and where, m.
    q
        Shape (n, c), rad or m.
    out
        Shape (n, m, 3, c), zero before.
    """
    spin, shift = room.spin, room.shift
    for frame in range(q.shape[0]):
        place_bodies(tree, q[frame], room.rotation, room.origin, spin, shift, room.work)
        for marker in range(body.shape[0]):
            b = body[marker]
            p = room.work[0]
            for i in range(3):
                p[i] = room.origin[b, i]
                for k in range(3):
                    p[i] += room.rotation[b, i, k] * place[marker, k]
            joint = b - 1
            while joint >= 0:
                for k in range(6):
                    c = tree.own[joint, k]
                    if c < 0:
                        break
                    w, v, column = spin[c], shift[c], out[frame, marker]
                    column[0, c] = v[0] + w[1] * p[2] - w[2] * p[1]
                    column[1, c] = v[1] + w[2] * p[0] - w[0] * p[2]
                    column[2, c] = v[2] + w[0] * p[1] - w[1] * p[0]
                joint = tree.parent[joint] - 1
