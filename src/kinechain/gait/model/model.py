"""A model: names for the user, arrays for the kernels, both immutable."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from kinechain.gait.kernels.layout import FloatArray, IntArray, Tree
from kinechain.gait.model.parts import Coordinate


def frozen(array: Any) -> Any:
    """The array, contiguous and closed for writing.

    Parameters
    ----------
    array
        Any array.
    """
    out = np.ascontiguousarray(array)
    out.flags.writeable = False
    return out


@dataclass(frozen=True, eq=False)
class Model:
    """A tree of rigid bodies with markers.

    Attributes
    ----------
    name
        As in the file.
    bodies
        Names; the first is the ground, body j + 1 is the child of joint j.
    joints
        Names, parents before children.
    coordinates
        In the order of the file.
    markers, marker_body, marker_place_m
        Names, number of the body, shape (m,), and place in it, shape (m, 3), m.
    tree
        What the kernels read.
    """

    name: str
    bodies: tuple[str, ...]
    joints: tuple[str, ...]
    coordinates: tuple[Coordinate, ...]
    markers: tuple[str, ...]
    marker_body: IntArray
    marker_place_m: FloatArray
    tree: Tree

    @cached_property
    def coordinate_number(self) -> dict[str, int]:
        """The place of each coordinate by its name."""
        return {one.name: number for number, one in enumerate(self.coordinates)}

    @cached_property
    def default_pose(self) -> FloatArray:
        """Default values of the coordinates, shape (c,), rad or m; couplers not applied."""
        return frozen(np.array([one.default for one in self.coordinates]))

    @property
    def mass_kg(self) -> float:
        """Mass of all bodies."""
        return float(self.tree.mass.sum())

    @property
    def free(self) -> IntArray:
        """Numbers of the coordinates that are neither locked nor dependent, leaves first."""
        own = self.tree.own[::-1].ravel()
        return np.array(
            [
                number
                for number in own[own >= 0]
                if not self.coordinates[number].locked and self.tree.coupler[number, 0] < 0
            ],
            np.int64,
        )
