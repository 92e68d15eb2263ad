"""Where everything must run, a test that is skipped for what the machine lacks fails instead.

KINECHAIN_REQUIRE_ALL=1 says so; the tests before a release are run that way.
"""

from __future__ import annotations

import os

import pytest

VARIABLE = "KINECHAIN_REQUIRE_ALL"
MAY_BE_MISSING = (
    "everything can be written by root",
    "KINECHAIN_REAL_DATA names no folder",
    "KINECHAIN_REAL_DATA does not name the folder",
)
"""Reasons for which a test may be skipped even then."""


def is_required() -> bool:
    """Whether nothing else may be skipped."""
    return os.environ.get(VARIABLE, "") not in ("", "0")


def reason_of(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Why a test was skipped."""
    told = report.longrepr
    return told[2] if isinstance(told, tuple) else str(told)


def hold(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Make a failure of a skip that is not allowed."""
    if report.outcome != "skipped" or hasattr(report, "wasxfail") or not is_required():
        return
    reason = reason_of(report)
    if not any(one in reason for one in MAY_BE_MISSING):
        report.outcome = "failed"
        report.longrepr = f"{VARIABLE} is set, and this was skipped: {reason}"
