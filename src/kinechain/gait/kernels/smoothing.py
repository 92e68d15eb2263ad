"""Recursive filters and interpolating splines over the columns of a table."""

from __future__ import annotations

from kinechain.gait.kernels.compiled import compiled
from kinechain.gait.kernels.layout import FloatArray


@compiled
def recursive_filter(x: FloatArray, b: FloatArray, a: FloatArray, state: FloatArray) -> None:
    """Filter the columns of `x` forward in time, in place.

    Parameters
    ----------
    x
        Shape (n, c).
    b, a
        Shape (k + 1,): numerator and denominator, ``a[0]`` is 1.
    state
        Shape (k, c): what the filter holds before the first row (direct form II transposed);
        overwritten.
    """
    order = b.shape[0] - 1
    for row in range(x.shape[0]):
        for c in range(x.shape[1]):
            given = x[row, c]
            out = b[0] * given + state[0, c]
            for k in range(order - 1):
                state[k, c] = b[k + 1] * given + state[k + 1, c] - a[k + 1] * out
            state[order - 1, c] = b[order] * given - a[order] * out
            x[row, c] = out


@compiled
def quintic_blocks(t: FloatArray, lower: FloatArray, middle: FloatArray, upper: FloatArray) -> None:
    """The conditions on slope and bend at the knots: third and fourth derivative go on.

    Shapes (n, 2, 2) each: what the knots before, at and after a knot contribute. At the ends
    both derivatives are zero, which makes the spline natural.
    """
    n = t.shape[0]
    lower[:] = 0.0
    middle[:] = 0.0
    upper[:] = 0.0
    for i in range(n - 1):
        h = t[i + 1] - t[i]
        h2, h3 = h * h, h * h * h
        # right of knot i: minus the third, minus the fourth derivative at its beginning
        middle[i, 0, 0] += 36.0 / h2
        middle[i, 0, 1] += 9.0 / h
        upper[i, 0, 0] += 24.0 / h2
        upper[i, 0, 1] -= 3.0 / h
        middle[i, 1, 0] -= 192.0 / h3
        middle[i, 1, 1] -= 36.0 / h2
        upper[i, 1, 0] -= 168.0 / h3
        upper[i, 1, 1] += 24.0 / h2
        # left of knot i + 1: both derivatives at its end
        lower[i + 1, 0, 0] -= 24.0 / h2
        lower[i + 1, 0, 1] -= 3.0 / h
        middle[i + 1, 0, 0] -= 36.0 / h2
        middle[i + 1, 0, 1] += 9.0 / h
        lower[i + 1, 1, 0] -= 168.0 / h3
        lower[i + 1, 1, 1] -= 24.0 / h2
        middle[i + 1, 1, 0] -= 192.0 / h3
        middle[i + 1, 1, 1] += 36.0 / h2


@compiled
def quintic_right(t: FloatArray, y: FloatArray, slope: FloatArray, bend: FloatArray) -> None:
    """The right-hand side of the conditions, into `slope` and `bend`."""
    slope[:] = 0.0
    bend[:] = 0.0
    for i in range(t.shape[0] - 1):
        h = t[i + 1] - t[i]
        for c in range(y.shape[1]):
            third = 60.0 * (y[i + 1, c] - y[i, c]) / (h * h * h)
            fourth = 6.0 * third / h
            slope[i, c] += third
            bend[i, c] -= fourth
            slope[i + 1, c] -= third
            bend[i + 1, c] -= fourth


@compiled
def quintic_spline(
    t: FloatArray, y: FloatArray, slope: FloatArray, bend: FloatArray, work: FloatArray
) -> None:
    """First and second derivative of the natural quintic spline through every column.

    Parameters
    ----------
    t
        Shape (n,), rising, n at least 3.
    y
        Shape (n, c).
    slope, bend
        Out, shape (n, c).
    work
        Shape (3, n, 2, 2): to work in.
    """
    n = t.shape[0]
    lower, middle, upper = work[0], work[1], work[2]
    quintic_blocks(t, lower, middle, upper)
    quintic_right(t, y, slope, bend)
    for i in range(n):
        m = middle[i]
        if i > 0:
            u, w = upper[i - 1], lower[i]
            for r in range(2):
                m[r, 0] -= w[r, 0] * u[0, 0] + w[r, 1] * u[1, 0]
                m[r, 1] -= w[r, 0] * u[0, 1] + w[r, 1] * u[1, 1]
            for c in range(y.shape[1]):
                d, s = slope[i - 1, c], bend[i - 1, c]
                slope[i, c] -= w[0, 0] * d + w[0, 1] * s
                bend[i, c] -= w[1, 0] * d + w[1, 1] * s
        f = 1.0 / (m[0, 0] * m[1, 1] - m[0, 1] * m[1, 0])
        a00, a01, a10, a11 = f * m[1, 1], -f * m[0, 1], -f * m[1, 0], f * m[0, 0]
        for k in range(2):
            x, z = upper[i, 0, k], upper[i, 1, k]
            upper[i, 0, k], upper[i, 1, k] = a00 * x + a01 * z, a10 * x + a11 * z
        for c in range(y.shape[1]):
            x, z = slope[i, c], bend[i, c]
            slope[i, c], bend[i, c] = a00 * x + a01 * z, a10 * x + a11 * z
    for i in range(n - 2, -1, -1):
        u = upper[i]
        for c in range(y.shape[1]):
            d, s = slope[i + 1, c], bend[i + 1, c]
            slope[i, c] -= u[0, 0] * d + u[0, 1] * s
            bend[i, c] -= u[1, 0] * d + u[1, 1] * s


@compiled
def quintic_at(
    t: FloatArray, y: FloatArray, slope: FloatArray, bend: FloatArray, at: FloatArray,
    out: FloatArray,
) -> None:  # fmt: skip
    """The quintic spline at other times, which rise: shape (k, c) into `out`."""
    i = 0
    for row in range(at.shape[0]):
        while i < t.shape[0] - 2 and at[row] >= t[i + 1]:
            i += 1
        h, u = t[i + 1] - t[i], at[row] - t[i]
        for c in range(y.shape[1]):
            rise = y[i + 1, c] - y[i, c]
            d0, d1 = h * slope[i, c], h * slope[i + 1, c]
            s0, s1 = h * h * bend[i, c], h * h * bend[i + 1, c]
            x = u / h
            cubic = 10.0 * rise - 6.0 * d0 - 4.0 * d1 - 1.5 * s0 + 0.5 * s1
            fourth = -15.0 * rise + 8.0 * d0 + 7.0 * d1 + 1.5 * s0 - s1
            fifth = 6.0 * rise - 3.0 * d0 - 3.0 * d1 - 0.5 * s0 + 0.5 * s1
            out[row, c] = y[i, c] + x * (
                d0 + x * (0.5 * s0 + x * (cubic + x * (fourth + x * fifth)))
            )


@compiled
def cubic_at(
    t: FloatArray, y: FloatArray, at: FloatArray, bend: FloatArray, scale: FloatArray,
    out: FloatArray,
) -> None:  # fmt: skip
    """The natural cubic spline through every column at other times, which rise.

    Parameters
    ----------
    t, y
        Shapes (n,) and (n, c), n at least 3.
    at
        Shape (k,).
    bend, scale
        Shapes (n, c) and (n,): to work in.
    out
        Shape (k, c).
    """
    n, columns = y.shape
    bend[:] = 0.0
    scale[:] = 0.0
    for i in range(1, n - 1):
        before, after = t[i] - t[i - 1], t[i + 1] - t[i]
        pivot = 2.0 * (before + after) - before * scale[i - 1]
        scale[i] = after / pivot
        for c in range(columns):
            jump = (y[i + 1, c] - y[i, c]) / after - (y[i, c] - y[i - 1, c]) / before
            bend[i, c] = (6.0 * jump - before * bend[i - 1, c]) / pivot
    for i in range(n - 2, 0, -1):
        for c in range(columns):
            bend[i, c] -= scale[i] * bend[i + 1, c]
    i = 0
    for row in range(at.shape[0]):
        while i < n - 2 and at[row] >= t[i + 1]:
            i += 1
        h, u = t[i + 1] - t[i], at[row] - t[i]
        for c in range(columns):
            s0, s1 = bend[i, c], bend[i + 1, c]
            slope = (y[i + 1, c] - y[i, c]) / h - h * (2.0 * s0 + s1) / 6.0
            out[row, c] = y[i, c] + u * (slope + u * (0.5 * s0 + u * (s1 - s0) / (6.0 * h)))
