"""Reads the shipped red flags, and cases written on one line, for the tests of triage."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

import kinechain.domain
from kinechain.domain.case import Case, Measurement, Observation, Pain
from kinechain.domain.concepts import RedFlag

DATA = Path(kinechain.domain.__file__).parents[1] / "data"
SIDES = {"left", "right", "both", "unknown", "midline"}
KEYS = {"age", "sex", "pain", "drawn", "weeks", "onset", "present", "absent", "values", "drugs",
        "why"}  # fmt: skip


@cache
def flags() -> dict[str, RedFlag]:
    """The shipped red flags by id."""
    folder = DATA / "red_flags"
    return {
        path.stem: msgspec.convert(yaml.safe_load(path.read_text("utf-8")), RedFlag)
        for path in sorted(folder.glob("*.yaml"))
    }


@cache
def site_parts() -> dict[str, tuple[str, ...]]:
    """The parts of the generic sites."""
    sites = (yaml.safe_load(path.read_text("utf-8")) for path in (DATA / "sites").glob("*.yaml"))
    return {site["id"]: tuple(site["parts"]) for site in sites if site.get("parts")}


@cache
def labels() -> dict[str, str]:
    """The labels of findings, traits and sites."""
    found: dict[str, str] = {}
    for folder in ("findings", "traits", "sites"):
        for path in (DATA / folder).glob("*.yaml"):
            found[path.stem] = yaml.safe_load(path.read_text("utf-8"))["label"]
    return found


def case(spec: dict[str, Any]) -> Case:
    """A case from its compact form.

    `pain` and `present` hold ids, with side and level after points (``calf.left``,
    ``joint_warmth.knee.right``); `weeks` and `onset` hold for every pain.
    """
    assert set(spec) <= KEYS, f"unknown keys {set(spec) - KEYS}"
    return Case(
        id="compact",
        age_years=spec.get("age"),
        sex=spec.get("sex"),
        drawing_complete=spec.get("drawn", False),
        pain=tuple(
            Pain(
                site=name,
                side=side,
                duration_weeks=spec.get("weeks"),
                onset=spec.get("onset"),
            )
            for name, _, side in map(_split, spec.get("pain", ()))
        ),
        observations=tuple(
            Observation(finding=name, state=state, side=side, level=level)
            for state in ("present", "absent")
            for name, level, side in map(_split, spec.get(state, ()))
        ),
        measurements=tuple(
            Measurement(quantity=name, value=value)
            for name, value in spec.get("values", {}).items()
        ),
        drugs=tuple(spec.get("drugs", ())),
    )


def _split(text: str) -> tuple[str, str | None, Any]:
    name, *rest = text.split(".")
    side = next((part for part in rest if part in SIDES), "midline")
    level = next((part for part in rest if part not in SIDES), None)
    return name, level, side
