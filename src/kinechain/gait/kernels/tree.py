"""Where the bodies of a model are for given coordinates, and how each coordinate moves them."""

from __future__ import annotations

import math

from kinechain.gait.kernels.compiled import compiled
from kinechain.gait.kernels.layout import POLYNOMIAL, FloatArray, Tree


@compiled
def evaluate(
    table: FloatArray, kind: int, first: int, rows: int, x: float
) -> tuple[float, float, float]:
    """Value, first and second derivative of a function of one coordinate.

    A spline goes on in a straight line beyond its ends, as OpenSim's SimmSpline does.
    """
    if kind == POLYNOMIAL:
        value = table[first, 0]
        slope = 0.0
        bend = 0.0
        for row in range(first + 1, first + rows):
            bend = bend * x + 2.0 * slope
            slope = slope * x + value
            value = value * x + table[row, 0]
        return value, slope, bend
    last = first + rows - 1
    if x < table[first, 0]:
        return table[first, 1] + (x - table[first, 0]) * table[first, 2], table[first, 2], 0.0
    if x > table[last, 0]:
        return table[last, 1] + (x - table[last, 0]) * table[last, 2], table[last, 2], 0.0
    low = first
    high = last
    while high - low > 1:
        middle = (low + high) // 2
        if x < table[middle, 0]:
            high = middle
        else:
            low = middle
    d = x - table[low, 0]
    b, c, e = table[low, 2], table[low, 3], table[low, 4]
    value = table[low, 1] + d * (b + d * (c + d * e))
    return value, b + d * (2.0 * c + 3.0 * d * e), 2.0 * c + 6.0 * d * e


@compiled
def rotate_about(r: FloatArray, x: float, y: float, z: float, angle: float) -> None:
    """Turn the frame `r` (its columns are the axes) about the unit vector (x, y, z) in it."""
    s = math.sin(angle)
    c = math.cos(angle)
    t = 1.0 - c
    m00, m01, m02 = t * x * x + c, t * x * y - s * z, t * x * z + s * y
    m10, m11, m12 = t * x * y + s * z, t * y * y + c, t * y * z - s * x
    m20, m21, m22 = t * x * z - s * y, t * y * z + s * x, t * z * z + c
    for i in range(3):
        a, b, d = r[i, 0], r[i, 1], r[i, 2]
        r[i, 0] = a * m00 + b * m10 + d * m20
        r[i, 1] = a * m01 + b * m11 + d * m21
        r[i, 2] = a * m02 + b * m12 + d * m22


@compiled
def compose(
    r: FloatArray,
    o: FloatArray,
    inner: FloatArray,
    place: FloatArray,
    out_rotation: FloatArray,
    out_origin: FloatArray,
) -> None:
    """A frame that is given in another, into `out_rotation` and `out_origin`."""
    for i in range(3):
        a, b, c = r[i, 0], r[i, 1], r[i, 2]
        out_origin[i] = o[i] + a * place[0] + b * place[1] + c * place[2]
        for k in range(3):
            out_rotation[i, k] = a * inner[0, k] + b * inner[1, k] + c * inner[2, k]


@compiled
def rest_ground(rotation: FloatArray, origin: FloatArray) -> None:
    """Body 0 is the ground and stays where it is."""
    for i in range(3):
        origin[0, i] = 0.0
        for k in range(3):
            rotation[0, i, k] = 1.0 if i == k else 0.0


@compiled
def place_bodies(
    tree: Tree,
    q: FloatArray,
    rotation: FloatArray,
    origin: FloatArray,
    spin: FloatArray,
    shift: FloatArray,
    room: FloatArray,
) -> None:
    """Where every body is, and how every coordinate moves what hangs on it.

    Parameters
    ----------
    tree
        The model.
    q
        Shape (c,), rad or m.
    rotation, origin
        Out, shapes (b, 3, 3) and (b, 3): each body's frame in the ground, m.
    spin, shift
        Out, shapes (c, 3): a unit of change of the coordinate moves a point at p on any body
        beyond the joint by ``shift + spin x p``, all in the ground.
    room
        Shape (4, 3): to work in.
    """
    r, o = room[:3], room[3]
    axes, coordinate, function, table = tree.axes, tree.coordinate, tree.function, tree.table
    spin[:] = 0.0
    shift[:] = 0.0
    rest_ground(rotation, origin)
    for j in range(tree.parent.shape[0]):
        p = tree.parent[j]
        compose(rotation[p], origin[p], tree.parent_rotation[j], tree.parent_place[j], r, o)
        for slot in range(3, 9):
            k = slot % 6  # the translations first: they lie in the frame before it turns
            c = coordinate[j, k]
            x = float(q[c]) if c >= 0 else 0.0
            first, rows = function[j, k, 1], function[j, k, 2]
            value, slope, _ = evaluate(table, function[j, k, 0], first, rows, x)
            if c < 0 and value == 0.0:
                continue
            ax, ay, az = axes[j, k, 0], axes[j, k, 1], axes[j, k, 2]
            sx = r[0, 0] * ax + r[0, 1] * ay + r[0, 2] * az
            sy = r[1, 0] * ax + r[1, 1] * ay + r[1, 2] * az
            sz = r[2, 0] * ax + r[2, 1] * ay + r[2, 2] * az
            if k >= 3:
                o[0] += value * sx
                o[1] += value * sy
                o[2] += value * sz
                if c >= 0:
                    shift[c, 0] += slope * sx
                    shift[c, 1] += slope * sy
                    shift[c, 2] += slope * sz
                continue
            if c >= 0:
                spin[c, 0] += slope * sx
                spin[c, 1] += slope * sy
                spin[c, 2] += slope * sz
                shift[c, 0] -= slope * (sy * o[2] - sz * o[1])
                shift[c, 1] -= slope * (sz * o[0] - sx * o[2])
                shift[c, 2] -= slope * (sx * o[1] - sy * o[0])
            rotate_about(r, ax, ay, az, value)
        out, place = tree.child_rotation[j], tree.child_place[j]
        compose(r, o, out, place, rotation[j + 1], origin[j + 1])


@compiled
def couple(tree: Tree, q: FloatArray, rate: FloatArray) -> None:
    """Set the dependent coordinates in `q`, and in `rate` their change with their source."""
    for c in range(q.shape[0]):
        rate[c] = 1.0
        if tree.coupler[c, 0] >= 0:
            q[c], rate[c], _ = evaluate(
                tree.table,
                tree.coupler[c, 0],
                tree.coupler[c, 1],
                tree.coupler[c, 2],
                float(q[tree.source[c]]),
            )
