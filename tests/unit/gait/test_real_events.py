"""Events of real recordings: plates prove the feet, markers agree with forces. Prints the table."""

from __future__ import annotations

import numpy as np
import pytest
import yaml

from kinechain.gait.events.combine import METHOD_FILE
from tests.support.gait import REAL_TRIALS, needs_real_data, real_measures

pytestmark = needs_real_data


def table() -> dict[str, dict[str, tuple[list[float], int]]]:
    """Trial to kind to marker minus force in ms, and how many steps markers missed."""
    return {
        name: {
            kind: ([1000 * x for x in one.differences_s], one.missed)
            for kind, one in real_measures(name).agreement.items()
        }
        for name in REAL_TRIALS
    }


def test_print_the_table() -> None:
    print(f"\n{'recording':22}{'contact: marker - force, ms':>32}{'off: marker - force, ms':>32}")
    rows = table()
    for name, kinds in rows.items():
        cells = [
            " ".join(f"{x:+.0f}" for x in kinds[kind][0]) + " missed" * kinds[kind][1]
            for kind in ("contact", "off")
        ]
        print(f"{name:22}{cells[0]:>32}{cells[1]:>32}")
    for kind in ("contact", "off"):
        every = np.array([x for kinds in rows.values() for x in kinds[kind][0]])
        bias, spread = every.mean(), every.std(ddof=1)
        print(f"{kind}: n {every.size}, bias {bias:+.1f} ms, spread {spread:.1f} ms")


@pytest.mark.parametrize(("kind", "spread_ms"), [("contact", 14.0), ("off", 9.0)])
def test_bias_and_spread(kind: str, spread_ms: float) -> None:
    rows = [kinds[kind] for kinds in table().values()]
    every = np.array([x for differences, _ in rows for x in differences])
    assert every.size >= 28
    assert sum(missed for _, missed in rows) <= 1
    assert every.std(ddof=1) < spread_ms
    shipped = yaml.safe_load(METHOD_FILE.read_text(encoding="utf-8"))[kind]
    assert abs(1000 * shipped["bias_s"] - every.mean()) < 3.0


@pytest.mark.parametrize("name", REAL_TRIALS)
def test_every_load_is_a_proved_foot_or_has_its_reason(name: str) -> None:
    trial = real_measures(name)
    assert trial.events.contacts
    for one in trial.events.contacts:
        assert (one.side is None) == bool(one.reason)
        if one.side is not None:
            assert one.distance_m < 0.05
            assert one.other_m > 0.3
    unproved = [one for one in trial.events.contacts if one.side is None]
    assert len(unproved) == (1 if name == "duarte walk2" else 0)


@pytest.mark.parametrize("kind", ["", "TI", "TO", "TS"])
def test_two_plates_named_for_one_foot_are_told_apart(kind: str) -> None:
    """The set-up files of these trials put both plates under the right foot."""
    contacts = real_measures(f"opencap walking{kind}").events.contacts
    assert {one.plate: one.side for one in contacts} == {0: "right", 1: "left"}


@pytest.mark.parametrize("name", ["core test_walking", "core walking2", "core walking5"])
def test_heel_beside_the_plate_is_seen(name: str) -> None:
    partial = [one for one in real_measures(name).events.contacts if one.heel_on is False]
    assert [one.side for one in partial] == ["left"]


@pytest.mark.parametrize("name", REAL_TRIALS)
def test_phases_are_human(name: str) -> None:
    for one in real_measures(name).cycles:
        assert 0.85 < one.duration_s < 1.35
        assert one.off_s is not None
        assert 55 < 100 * (one.off_s - one.start_s) / one.duration_s < 70
