"""The ground's forces on the feet, estimated from the motion of the whole body.

Where no plate measured, the sum of what the ground gives both feet still follows from the
motion of all bodies: mass times acceleration, and the change of angular momentum. What the motion
does not tell is how two standing feet share it, and it tells the point of application badly. So
it is balanced, by weighted least squares, against where the load lies under a foot in the course
of a stance. How far the result is from plates is in `data/gait_methods/ground_reactions.yaml`.
"""

from kinechain.gait.kinetics.ground.balance import FootWrench, Wrench
from kinechain.gait.kinetics.ground.estimate import GroundEstimate, estimate_ground, known_kinetics
from kinechain.gait.kinetics.ground.method import GroundError, GroundMethod, ground_method
from kinechain.gait.kinetics.ground.plates import plates_on_feet, unmeasured_feet
from kinechain.gait.kinetics.ground.support import FootSupport, find_supports

__all__ = [
    "FootSupport",
    "FootWrench",
    "GroundError",
    "GroundEstimate",
    "GroundMethod",
    "Wrench",
    "estimate_ground",
    "find_supports",
    "ground_method",
    "known_kinetics",
    "plates_on_feet",
    "unmeasured_feet",
]
