"""The shipped schemas are those of the classes, and closed against silent change."""

from __future__ import annotations

import json

import jsonschema
import pytest

from scripts.write_schemas import DATA, SCHEMAS, schema


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_the_schema_is_that_of_the_class(name: str) -> None:
    kind, title = SCHEMAS[name]
    assert (DATA / name).read_text(encoding="utf-8") == schema(kind, name, title), (
        "run python -m scripts.write_schemas"
    )


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_the_schema_is_one(name: str) -> None:
    made = json.loads((DATA / name).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(made)
    assert set(made["required"]) == set(made["properties"]), "every key is always there"


def test_the_plan_has_every_key_of_the_agreed_contract() -> None:
    made = json.loads((DATA / "plan.schema.json").read_text(encoding="utf-8"))
    parts = made["$defs"]
    top = {"plan_version", "parts", "treatments", "first_tests", "approvals", "patient_page"}
    treatment = {
        "id", "label", "step", "status", "for_origins", "why", "gate", "statements", "effects",
        "harms", "contraindicated_by", "role", "review_on",
    }  # fmt: skip
    effect = {"outcome", "value", "low", "high", "unit", "weeks", "certainty", "source"}
    assert top <= set(made["properties"])
    assert treatment <= set(parts["PlannedTreatment"]["properties"])
    assert {"condition", "met"} <= set(parts["Gate"]["properties"])
    assert {"body", "year", "direction", "strength", "source"} <= set(
        parts["PlanStatement"]["properties"]
    )
    assert effect <= set(parts["PlanEffect"]["properties"])
    assert {"part", "role", "goals"} <= set(parts["PlanPart"]["properties"])
    assert {"measure", "target", "by"} <= set(parts["Goal"]["properties"])
    assert {"role", "state"} <= set(parts["Approval"]["properties"])
