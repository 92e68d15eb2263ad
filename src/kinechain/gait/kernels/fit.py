"""The pose that fits the markers of one frame best.

Minimised is the sum over markers of weight x squared distance, plus the sum over coordinate
tasks of weight x squared deviation. No Jacobian is formed: with the weights as masses the
markers are point masses on the bodies, and the normal matrix is the mass matrix of the tree,
gathered from the leaves to the root (Featherstone 2008, chapter 6). The term of the second
derivatives that Gauss-Newton leaves out comes from the same sums, so the steps are Newton's,
damped as by Levenberg and Marquardt where that fails. Bounds hold by projection: a coordinate at
a bound whose gradient points outward is left out of the step.
"""

from __future__ import annotations

import math

from kinechain.gait.kernels.compiled import compiled
from kinechain.gait.kernels.layout import SUMS, FloatArray, Room, Targets, Tree
from kinechain.gait.kernels.tree import couple, place_bodies

ITERATIONS = 200
LAST_STEP = 1e-5  # rad or m; Newton's error after such a step is of the order of its square
TINY_STEP = 1e-9
NEWTON_BELOW = 0.05  # rad or m: Newton's matrix is used once steps are this small
MOST_STEP = 0.5  # rad or m: keeps a far start from going round and round
FIRST_DAMPING = 1e-6
MOST_DAMPING = 1e10
FLOOR = 1e-9  # of the largest diagonal element: holds what no marker holds


@compiled
def cost_at(tree: Tree, targets: Targets, seen: FloatArray, q: FloatArray, room: Room) -> float:
    """Place the bodies for `q` and gather weights and residuals of the markers on each body."""
    couple(tree, q, room.rate)
    place_bodies(tree, q, room.rotation, room.origin, room.spin, room.shift, room.work)
    room.sums[:] = 0.0
    cost = 0.0
    for marker in range(targets.body.shape[0]):
        w = targets.weight[marker]
        if w == 0.0 or math.isnan(seen[marker, 0]):
            continue
        body = targets.body[marker]
        r, o, s = room.rotation[body], room.origin[body], room.sums[body]
        a, b, c = targets.place[marker, 0], targets.place[marker, 1], targets.place[marker, 2]
        x = o[0] + r[0, 0] * a + r[0, 1] * b + r[0, 2] * c
        y = o[1] + r[1, 0] * a + r[1, 1] * b + r[1, 2] * c
        z = o[2] + r[2, 0] * a + r[2, 1] * b + r[2, 2] * c
        dx, dy, dz = seen[marker, 0] - x, seen[marker, 1] - y, seen[marker, 2] - z
        cost += w * (dx * dx + dy * dy + dz * dz)
        wx, wy, wz = w * x, w * y, w * z
        s[0] += w
        s[1] += wx
        s[2] += wy
        s[3] += wz
        s[4] += wx * x
        s[5] += wy * y
        s[6] += wz * z
        s[7] += wx * y
        s[8] += wx * z
        s[9] += wy * z
        s[10] += w * dx
        s[11] += w * dy
        s[12] += w * dz
        s[13] += wx * dx
        s[14] += wx * dy
        s[15] += wx * dz
        s[16] += wy * dx
        s[17] += wy * dy
        s[18] += wy * dz
        s[19] += wz * dx
        s[20] += wz * dy
        s[21] += wz * dz
    for k in range(targets.free.shape[0]):
        number = targets.free[k]
        away = q[number] - targets.coordinate_target[number]
        cost += targets.coordinate_weight[number] * away * away
    return float(cost)


@compiled
def add_pairs(tree: Tree, joint: int, place: int, newton: bool, room: Room) -> None:
    """Add to the matrix what a joint's coordinate shares with itself and those above it.

    Parameters
    ----------
    tree
        The model.
    joint, place
        The coordinate is ``tree.own[joint, place]``.
    newton
        Whether the second derivatives count.
    room
        Its sums are those of the whole branch; `matrix` and `slope` are added to.
    """
    c = tree.own[joint, place]
    row = room.column[c]
    w, v, s = room.spin[c], room.shift[c], room.sums[joint + 1]
    fx = s[0] * v[0] + w[1] * s[3] - w[2] * s[2]
    fy = s[0] * v[1] + w[2] * s[1] - w[0] * s[3]
    fz = s[0] * v[2] + w[0] * s[2] - w[1] * s[1]
    tx = s[2] * v[2] - s[3] * v[1] + (s[5] + s[6]) * w[0] - s[7] * w[1] - s[8] * w[2]
    ty = s[3] * v[0] - s[1] * v[2] - s[7] * w[0] + (s[4] + s[6]) * w[1] - s[9] * w[2]
    tz = s[1] * v[1] - s[2] * v[0] - s[8] * w[0] - s[9] * w[1] + (s[4] + s[5]) * w[2]
    rate = room.rate[c]
    room.slope[row] -= rate * (
        v[0] * s[10]
        + v[1] * s[11]
        + v[2] * s[12]
        + w[0] * (s[18] - s[20])
        + w[1] * (s[19] - s[15])
        + w[2] * (s[14] - s[16])
    )
    if newton:
        trace = s[13] + s[17] + s[21]
        tx -= (
            v[1] * s[12]
            - v[2] * s[11]
            + (s[13] * w[0] + s[14] * w[1] + s[15] * w[2] - trace * w[0])
        )
        ty -= (
            v[2] * s[10]
            - v[0] * s[12]
            + (s[16] * w[0] + s[17] * w[1] + s[18] * w[2] - trace * w[1])
        )
        tz -= (
            v[0] * s[11]
            - v[1] * s[10]
            + (s[19] * w[0] + s[20] * w[1] + s[21] * w[2] - trace * w[2])
        )
    above, last = joint, place
    while above >= 0:
        for k in range(last + 1):
            d = tree.own[above, k]
            if d < 0:
                break
            other = room.column[d]
            if other < 0:
                continue
            vd, wd = room.shift[d], room.spin[d]
            value = vd[0] * fx + vd[1] * fy + vd[2] * fz + wd[0] * tx + wd[1] * ty + wd[2] * tz
            value *= rate * room.rate[d]
            room.matrix[row, other] += value
            if d != c:
                room.matrix[other, row] += value
        above, last = tree.parent[above] - 1, 5


@compiled
def gather(tree: Tree, targets: Targets, q: FloatArray, newton: bool, room: Room) -> None:
    """Matrix and gradient of half the cost, for the free coordinates, from the bodies' sums."""
    room.matrix[:] = 0.0
    room.slope[:] = 0.0
    for joint in range(tree.parent.shape[0] - 1, -1, -1):
        for place in range(6):
            c = tree.own[joint, place]
            if c < 0:
                break
            if room.column[c] >= 0:
                add_pairs(tree, joint, place, newton, room)
        above = tree.parent[joint]
        for i in range(SUMS):
            room.sums[above, i] += room.sums[joint + 1, i]
    for k in range(targets.free.shape[0]):
        c = targets.free[k]
        w = targets.coordinate_weight[c]
        room.matrix[k, k] += w
        room.slope[k] += w * (q[c] - targets.coordinate_target[c])


@compiled
def solve(a: FloatArray, b: FloatArray) -> bool:
    """Solve a symmetric system in place, reading only the upper triangle.

    Unknowns with an empty row become 0. With the coordinates of the leaves first the factor is
    as sparse as the tree (Featherstone 2008, section 6.5), so zeros are passed over.

    Returns
    -------
    bool
        Whether the matrix is positive definite, empty rows apart.
    """
    n = b.shape[0]
    for k in range(n):
        if a[k, k] == 0.0:
            continue
        if not a[k, k] > 0.0:
            return False
        inverse = 1.0 / a[k, k]
        for i in range(k + 1, n):
            if a[k, i] != 0.0:
                f = a[k, i] * inverse
                for j in range(i, n):
                    a[i, j] -= f * a[k, j]
                b[i] -= f * b[k]
    for k in range(n - 1, -1, -1):
        total = b[k]
        for i in range(k + 1, n):
            total -= a[k, i] * b[i]
        b[k] = total / a[k, k] if a[k, k] != 0.0 else 0.0
    return True


@compiled
def try_step(targets: Targets, q: FloatArray, damping: float, room: Room) -> float:
    """Put the next pose into `room.trial`: the largest change in it, infinite if there is none."""
    u = targets.free.shape[0]
    factor, matrix, step, held, trial = room.factor, room.matrix, room.step, room.held, room.trial
    largest = 0.0
    for k in range(u):
        largest = max(largest, matrix[k, k])
        c = targets.free[k]
        outward = (q[c] <= targets.low[c] and room.slope[k] > 0.0) or (
            q[c] >= targets.high[c] and room.slope[k] < 0.0
        )
        held[k] = 1.0 if outward else 0.0
    for k in range(u):
        step[k] = (held[k] - 1.0) * room.slope[k]
        for i in range(k, u):
            factor[k, i] = matrix[k, i] * (1.0 - held[k]) * (1.0 - held[i])
        if held[k] == 0.0:
            factor[k, k] += damping * abs(matrix[k, k]) + FLOOR * largest + 1e-300
    if not solve(factor, step):
        return math.inf
    for c in range(q.shape[0]):
        trial[c] = q[c]
    longest = MOST_STEP
    for k in range(u):
        longest = max(longest, abs(step[k]))
    widest = 0.0
    for k in range(u):
        c = targets.free[k]
        whole = q[c] + step[k] * (MOST_STEP / longest)
        trial[c] = min(max(whole, targets.low[c]), targets.high[c])
        widest = max(widest, abs(trial[c] - q[c]))
    return float(widest)


@compiled
def fit_frame(
    tree: Tree, targets: Targets, seen: FloatArray, q: FloatArray, room: Room
) -> tuple[float, int, bool]:
    """Improve the pose `q` in place: its cost, the steps taken, and whether they came to rest.

    Each function is called in one place only, for each place multiplies the machine code.
    """
    trial = room.trial
    for c in range(q.shape[0]):
        trial[c] = min(max(q[c], targets.low[c]), targets.high[c])
    cost, widest, damping = math.inf, 0.5 * NEWTON_BELOW, 0.0
    newton, again = True, False  # `again`: only the matrix is to be gathered anew
    for step in range(ITERATIONS):
        new_cost = cost_at(tree, targets, seen, trial, room)
        if new_cost <= cost or again:
            if not again:
                for c in range(q.shape[0]):
                    q[c] = trial[c]
                cost = new_cost
                if widest < LAST_STEP:
                    return cost, step, True
                newton = widest < NEWTON_BELOW
                damping = 0.0 if newton else max(0.1 * damping, FIRST_DAMPING)
            gather(tree, targets, q, newton, room)
        elif widest < LAST_STEP and new_cost < cost * (1.0 + 1e-9):
            return cost, step, True  # rounding is all that is left
        elif newton:
            widest = math.inf
        else:
            damping *= 10.0
        again = False
        if widest < math.inf:
            widest = try_step(targets, q, damping, room)
        if widest < TINY_STEP:
            return cost, step, True
        if widest == math.inf:
            damping = FIRST_DAMPING if newton else 10.0 * damping
            newton, again, widest = False, True, 1.0
            for c in range(q.shape[0]):
                trial[c] = q[c]
        if damping > MOST_DAMPING:
            break
    return cost, ITERATIONS, False
