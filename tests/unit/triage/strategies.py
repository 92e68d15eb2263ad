"""Random rules and random cases, for the laws of triage."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from kinechain.domain.case import Case, Measurement, Observation, Pain, Side, State

SIDES: tuple[Side, ...] = ("left", "right", "midline", "both", "unknown")
STATES: tuple[State, ...] = ("present", "absent")
LETTERS = tuple("abcdef")


def rules(leaf: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Rules over the given leaves, as they would stand in a file."""

    def deeper(part: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        parts = st.lists(part, min_size=1, max_size=4)
        counted = parts.flatmap(
            lambda of: st.integers(1, len(of)).map(
                lambda count: {"at_least": {"count": count, "of": of}}
            )
        )
        return st.one_of(
            parts.map(lambda of: {"all": of}),
            parts.map(lambda of: {"any": of}),
            part.map(lambda rule: {"not": rule}),
            counted,
        )

    return st.recursive(leaf, deeper, max_leaves=10)


letter_rules = rules(st.sampled_from(LETTERS).map(lambda name: {"finding": name}))
"""Rules over the findings a to f."""

letter_cases = st.dictionaries(st.sampled_from(LETTERS), st.sampled_from(STATES)).map(
    lambda states: Case(
        id="random",
        observations=tuple(
            Observation(finding=name, state=state) for name, state in states.items()
        ),
    )
)
"""Cases in which some of the findings a to f are recorded."""


def random_cases(findings: list[str], sites: list[str]) -> st.SearchStrategy[Case]:
    """Cases with anything in them, sensible or not."""
    number = st.one_of(
        st.none(), st.floats(allow_nan=True, allow_infinity=True), st.integers(-5, 200)
    )
    pain = st.builds(
        Pain,
        site=st.sampled_from([*sites, "nowhere", ""]),
        side=st.sampled_from(SIDES),
        onset=st.sampled_from([None, "sudden", "gradual", ""]),
        duration_weeks=number,
    )
    observation = st.builds(
        Observation,
        finding=st.sampled_from([*findings, "unheard_of"]),
        state=st.sampled_from(STATES),
        side=st.sampled_from(SIDES),
        level=st.sampled_from([None, "knee", "hip", "l5", "nowhere"]),
        likelihood_ratio=st.sampled_from([None, None, None, 0.5, 3.0]),
    )
    measurement = st.builds(
        Measurement,
        quantity=st.sampled_from(["temperature", "heart_rate", "respiratory_rate", "other"]),
        value=st.floats(allow_nan=True, allow_infinity=True),
    )
    return st.builds(
        Case,
        id=st.just("random"),
        age_years=number,
        sex=st.sampled_from([None, "female", "male"]),
        pain=st.lists(pain, max_size=5).map(tuple),
        drawing_complete=st.booleans(),
        observations=st.lists(observation, max_size=25).map(tuple),
        measurements=st.lists(measurement, max_size=3).map(tuple),
        drugs=st.lists(st.sampled_from(["anticoagulant", "denosumab", ""])).map(tuple),
    )
