"""Every kind of message: where it stands, its words, its remedy, and what is read all the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from kinechain.intake import CaseReading, parse_case
from tests.unit.intake.made_up import KNOWLEDGE

ROWS: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "messages.yaml").read_text(encoding="utf-8")
)
PAIN = "pain: [first_mtp]\n"


def read(row: dict[str, Any]) -> CaseReading:
    text = row["text"].rstrip("\n") + "\n"
    if not row.get("whole") and "pain:" not in text:
        text += PAIN
    return parse_case(text, KNOWLEDGE, "f.yaml")


def short(finding: str, side: str) -> str:
    return finding if side == "midline" else f"{finding}.{side}"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_message(row: dict[str, Any]) -> None:
    found = list(read(row).issues)
    for wanted in row["issues"]:
        match = next(
            (
                issue
                for issue in found
                if issue.level == wanted["level"]
                and f"{issue.where} ".startswith(f"f.yaml:{wanted['line']} ")
                and wanted["message"] in issue.message
                and wanted.get("remedy", "") in issue.remedy
            ),
            None,
        )
        assert match, f"{wanted} is not in {found}"
        found.remove(match)
    extra = [issue for issue in found if issue.level != "info"]
    assert not extra


@pytest.mark.parametrize(
    "row", [row for row in ROWS if {"present", "absent"} & set(row)], ids=lambda row: row["name"]
)
def test_valid_part_is_read(row: dict[str, Any]) -> None:
    observations = read(row).case.observations
    for state in {"present", "absent"} & set(row):
        got = {short(o.finding, o.side) for o in observations if o.state == state}
        assert got == set(row[state])


@pytest.mark.parametrize("row", [r for r in ROWS if "pain" in r], ids=lambda row: row["name"])
def test_valid_pain_is_read(row: dict[str, Any]) -> None:
    assert [f"{pain.site}.{pain.side}" for pain in read(row).case.pain] == row["pain"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_message_has_its_form(row: dict[str, Any]) -> None:
    for issue in read(row).issues:
        assert issue.message.endswith((".", "?")), issue
        if issue.level == "error":
            assert issue.remedy, issue
            assert " must be " in issue.message or " must stand " in issue.message, issue
