"""Writes the JSON Schemas of the plan and of the follow-up from the classes they describe.

Run as ``python -m scripts.write_schemas``; a test holds the files and the classes together.
The schema of the assessment is written by hand: ``src/kinechain/data/assessment.schema.json``.
"""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import msgspec

from kinechain.domain.follow_up import FollowUp
from kinechain.domain.plan import Plan

DATA = Path(__file__).parent.parent / "src" / "kinechain" / "data"
SCHEMAS: dict[str, tuple[type, str]] = {
    "plan.schema.json": (Plan, "Plan of a case"),
    "follow_up.schema.json": (FollowUp, "Follow-up of a case"),
}


def schema(kind: type, name: str, title: str) -> str:
    """The JSON Schema of a result, as text.

    Parameters
    ----------
    kind
        Its class.
    name
        Of the file.
    title
        Of the schema.
    """
    _, parts = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    for part in parts.values():
        _without_attributes(part)
    made = parts.pop(kind.__name__)
    top: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:kinechain:schema:{name.split('.')[0]}:1",
        "title": title,
        **made,
        "description": f"{made.get('description', '')} Within schema version 1.x keys are added, "
        "never renamed or removed: a reader passes over keys that it does not know.",
        "$defs": dict(sorted(parts.items())),
    }
    return json.dumps(top, indent=1, ensure_ascii=False) + "\n"


def _without_attributes(part: dict[str, Any]) -> None:
    """Move what a docstring says of each attribute to the property of that name."""
    text = inspect.cleandoc(part.get("description", ""))
    head, _, attributes = text.partition("\n\nAttributes\n----------\n")
    if head:
        part["description"] = " ".join(head.split())
    names: list[str] = []
    for line in attributes.splitlines():
        if line and not line.startswith(" "):
            names = [name.strip() for name in line.split(",")]
            continue
        for name in names:
            place = part["properties"].get(name)
            if place is not None and line.strip():
                place["description"] = f"{place.get('description', '')} {line.strip()}".strip()


def main() -> None:
    """Write all of them."""
    for name, (kind, title) in SCHEMAS.items():
        (DATA / name).write_text(schema(kind, name, title), encoding="utf-8")


if __name__ == "__main__":
    main()
