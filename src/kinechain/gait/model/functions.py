"""Functions of one coordinate, as rows of a table that the kernels read."""

from __future__ import annotations

import numpy as np

from kinechain.gait.kernels.layout import POLYNOMIAL, SPLINE, FloatArray
from kinechain.gait.model.document import Node

KNOWN = (
    "Constant", "LinearFunction", "PolynomialFunction", "SimmSpline", "NaturalCubicSpline",
    "natCubicSpline", "PiecewiseLinearFunction", "MultiplierFunction",
)  # fmt: skip


class Function:
    """A polynomial or a piecewise cubic.

    Parameters
    ----------
    kind
        `POLYNOMIAL` or `SPLINE`.
    rows
        Shape (n, 5): for a spline knot, value and the coefficients of the first, second and
        third power from there; for a polynomial one coefficient a row, highest power first.
    """

    def __init__(self, kind: int, rows: FloatArray) -> None:
        self.kind = kind
        self.rows = rows

    def scaled(self, factor: float) -> Function:
        """The function times a number.

        Parameters
        ----------
        factor
            The number.
        """
        rows = self.rows.copy()
        rows[:, 0 if self.kind == POLYNOMIAL else slice(1, 5)] *= factor
        return Function(self.kind, rows)

    @property
    def is_plain(self) -> bool:
        """Whether it is the coordinate itself or its negative, without an offset counted."""
        return self.kind == POLYNOMIAL and len(self.rows) == 2 and abs(self.rows[0, 0]) == 1.0


def polynomial(*coefficients: float) -> Function:
    """A polynomial.

    Parameters
    ----------
    *coefficients
        Highest power first.
    """
    rows = np.zeros((len(coefficients), 5))
    rows[:, 0] = coefficients
    return Function(POLYNOMIAL, rows)


def simm_spline(x: FloatArray, y: FloatArray) -> Function:
    """The cubic spline that SIMM and OpenSim use.

    Its third derivative at each end is that of the cubic through the four outermost points
    (Forsythe, Malcolm and Moler 1977), not zero curvature as the name NaturalCubicSpline says.

    Parameters
    ----------
    x, y
        Shape (n,), n at least 2; `x` rising.

    Returns
    -------
    Function
        Through all points, with a straight line beyond each end.
    """
    n = len(x)
    width = np.diff(x)
    slope = np.diff(y) / width
    if n == 2:
        c = np.zeros(2)
    else:
        matrix = np.zeros((n, n))
        right = np.zeros(n)
        inner = np.arange(1, n - 1)
        matrix[inner, inner] = 2.0 * (width[:-1] + width[1:])
        matrix[inner, inner - 1] = width[:-1]
        matrix[inner, inner + 1] = width[1:]
        right[1:-1] = slope[1:] - slope[:-1]
        matrix[0, 0], matrix[0, 1] = -width[0], width[0]
        matrix[-1, -1], matrix[-1, -2] = -width[-1], width[-1]
        if n > 3:
            bend = (slope[1:] - slope[:-1]) / (x[2:] - x[:-2])
            right[0] = (bend[1] - bend[0]) * width[0] ** 2 / (x[3] - x[0])
            right[-1] = -(bend[-1] - bend[-2]) * width[-1] ** 2 / (x[-1] - x[-4])
        c = np.linalg.solve(matrix, right)
    rows = np.zeros((n, 5))
    rows[:, 0], rows[:, 1], rows[:, 3] = x, y, 3.0 * c
    rows[:-1, 2] = slope - width * (c[1:] + 2.0 * c[:-1])
    rows[-1, 2] = slope[-1] + width[-1] * (c[-2] + 2.0 * c[-1])
    rows[:-1, 4] = np.diff(c) / width
    rows[-1, 4] = rows[-2, 4]
    return Function(SPLINE, rows)


def piecewise_linear(x: FloatArray, y: FloatArray) -> Function:
    """Straight lines from point to point, the outermost going on.

    Parameters
    ----------
    x, y
        Shape (n,), n at least 2; `x` rising.
    """
    rows = np.zeros((len(x), 5))
    rows[:, 0], rows[:, 1] = x, y
    rows[:-1, 2] = np.diff(y) / np.diff(x)
    rows[-1, 2] = rows[-2, 2]
    return Function(SPLINE, rows)


def _points(node: Node) -> tuple[FloatArray, FloatArray]:
    x, y = node.numbers("x"), node.numbers("y")
    if len(x) != len(y) or len(x) < 2:
        raise node.error(
            f"The function has {len(x)} x and {len(y)} y.", "Give at least two of each."
        )
    if not (np.diff(x) > 0).all():
        raise node.error("The function's x do not rise.", "Sort its points; give each x once.")
    return x, y


def find_function(node: Node) -> Node | None:
    """The function below an element: right below, or below <function>.

    Parameters
    ----------
    node
        A transform axis, a multiplier or a coupler.
    """
    for child in node.children():
        if child.tag in {"function", "coupled_coordinates_function"}:
            return next(child.children(), None)
        if child.name == "function" or child.tag in KNOWN or child.tag.endswith("Function"):
            return child
    return None


def read_function(node: Node) -> Function:
    """Read a function of one coordinate.

    Parameters
    ----------
    node
        Its element.

    Raises
    ------
    ModelError
        The kind of function is not known, or its numbers are wrong.
    """
    match node.tag:
        case "Constant":
            return polynomial(node.number("value", 0.0))
        case "LinearFunction":
            return polynomial(*node.numbers("coefficients", 2, "1 0"))
        case "PolynomialFunction":
            return polynomial(*node.numbers("coefficients"))
        case "SimmSpline" | "NaturalCubicSpline" | "natCubicSpline":
            return simm_spline(*_points(node))
        case "PiecewiseLinearFunction":
            return piecewise_linear(*_points(node))
        case "MultiplierFunction":
            inner = find_function(node)
            if inner is None:
                raise node.error("The function to multiply is missing.", "Give it.")
            return read_function(inner).scaled(node.number("scale", 1.0))
        case _:
            raise node.error(
                f"A function of the kind {node.tag} is not known.",
                f"Replace it with one of {', '.join(KNOWN[:4])}.",
            )


def evaluate(function: Function, x: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Value, first and second derivative at many places.

    Parameters
    ----------
    function
        The function.
    x
        Shape (n,), rad or m.

    Returns
    -------
    value, slope, bend
        Shape (n,) each.
    """
    rows = function.rows
    if function.kind == POLYNOMIAL:
        powers = rows[:, 0]
        first = np.polyder(powers)
        value, slope = np.polyval(powers, x), np.polyval(first, x)
        bend = np.polyval(np.polyder(first), x)
        return np.asarray(value, float), np.asarray(slope, float), np.asarray(bend, float)
    k = np.clip(np.searchsorted(rows[:, 0], x, side="right") - 1, 0, len(rows) - 2)
    inside = (x >= rows[0, 0]) & (x <= rows[-1, 0])
    end = np.where(x < rows[0, 0], 0, len(rows) - 1)
    b, c, d = rows[k, 2], rows[k, 3], rows[k, 4]
    u = x - rows[k, 0]
    value = np.where(
        inside,
        rows[k, 1] + u * (b + u * (c + u * d)),
        rows[end, 1] + (x - rows[end, 0]) * rows[end, 2],
    )
    slope = np.where(inside, b + u * (2.0 * c + 3.0 * u * d), rows[end, 2])
    return value, slope, np.where(inside, 2.0 * c + 6.0 * u * d, 0.0)
