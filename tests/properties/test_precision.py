"""The shipped knowledge at full size: 64-bit arithmetic against extended precision."""

from __future__ import annotations

import numpy as np
import pytest

from kinechain.inference.network import Assembly
from kinechain.inference.person import person_of
from kinechain.knowledge import load_knowledge
from tests.support.engine import close
from tests.support.precise import solve
from tests.support.shipped import sampled_case

pytestmark = pytest.mark.skipif(
    np.finfo(np.longdouble).eps > 2e-19, reason="this machine has no extended precision"
)


@pytest.mark.parametrize(
    ("condition", "findings", "positive", "tolerance"),
    [
        ("nonspecific_low_back_pain", 12, 4, 1e-9),
        ("lumbar_disc_herniation.l4_5.left", 20, 5, 1e-9),
        ("knee_osteoarthritis.right", 20, 6, 1e-9),
        ("spinal_infection", 25, 6, 1e-9),
        # Signed sums of present findings cancel: digits are lost with their number.
        ("nonspecific_knee_pain.left", 50, 5, 1e-7),
    ],
)
def test_marginals_agree(condition: str, findings: int, positive: int, tolerance: float) -> None:
    case = sampled_case(condition, findings, positive, seed=6)
    person = person_of(load_knowledge(), case)
    nodes = person.conditions
    assembly = Assembly(person.network, person.weighted, person.absent, nodes)
    run = assembly.run(person.weights())
    z, present = solve(person)
    assert sum(one.state == "present" for one in case.observations) <= positive
    assert run.z[0] == pytest.approx(float(z), rel=100 * tolerance, abs=0)
    close(assembly.marginals(run, nodes)[0], [float(present[node]) for node in nodes], tolerance)
