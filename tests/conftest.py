"""Settings of all tests: the same random examples each time, unless a seed is given."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

from tests.support import required

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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    required.hold(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    required.hold(report)
    return report


def pytest_report_header() -> str:
    if SEED is None:
        return "random examples: seeded by each test's own code; KINECHAIN_SEED=1 draws others"
    return f"random examples: KINECHAIN_SEED={SEED}"
