"""Settings of all tests: the same random examples each time, unless a seed is given."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

SEED = os.environ.get("KINECHAIN_SEED")

settings.register_profile(
    "kinechain",
    derandomize=SEED is None,
    deadline=None,
    database=None,
    print_blob=True,
    report_multiple_bugs=False,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
    ],
)
settings.load_profile("kinechain")


def pytest_configure(config) -> None:
    if SEED is not None and hasattr(config.option, "hypothesis_seed"):
        import hypothesis.core

        config.option.hypothesis_seed = SEED
        hypothesis.core.global_force_seed = int(SEED)


def pytest_report_header() -> str:
    if SEED is None:
        return "random examples: seeded by each test's own code; KINECHAIN_SEED=1 draws others"
    return f"random examples: KINECHAIN_SEED={SEED}"
