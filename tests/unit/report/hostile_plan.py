"""The invented plan with every free text replaced by something hostile."""

from __future__ import annotations

import msgspec

from kinechain.domain.plan import Plan
from tests.unit.report import invented_plan
from tests.unit.report.test_renderers import HOSTILE

KEPT = {
    "schema_version", "urgency", "status", "standing", "basis", "certainty_basis", "direction",
    "strength", "certainty", "severity", "kind", "part", "role", "state", "level",
}  # fmt: skip
"""Keys of which the values come from closed sets."""


def plan() -> Plan:
    """The plan as a hostile record would make it."""
    changed = _hostile(msgspec.to_builtins(invented_plan.plan()))
    return msgspec.convert(changed, Plan)


def _hostile(value: object, key: str = "") -> object:
    if isinstance(value, dict):
        return {name: _hostile(one, str(name)) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_hostile(one, key) for one in value]
    # patient sections keep how their headings begin, so that each looks as it does in earnest
    return f"{value} {HOSTILE}" if isinstance(value, str) and key not in KEPT else value
