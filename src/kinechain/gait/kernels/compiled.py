"""How the inner loops are compiled. Imported only when they are: it brings in the compiler."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Mark a function as one of the inner loops: arrays and numbers in, nothing allocated.

    Parameters
    ----------
    function
        Written in what Numba understands; it may not allocate, so that its machine code needs
        nothing of Numba's own at run time.

    Returns
    -------
    F
        The same function, compiled at its first call.
    """
    return cast(F, numba.njit(error_model="numpy")(function))
