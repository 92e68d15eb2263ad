"""A folder of knowledge files small enough to be read in no time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def figure(value: float) -> dict[str, Any]:
    """A judged probability with odds of a third to three times as high."""
    odds = value / (1 - value)
    low, high = odds / 3, odds * 3
    return {"value": value, "low": low / (1 + low), "high": high / (1 + high),
            "basis": "judgement", "reason": "invented"}  # fmt: skip


def write_folder(folder: Path) -> None:
    """Two conditions, two findings, a site, and a study about them."""
    files: dict[str, dict[str, Any]] = {
        "conditions/arthritis": {
            "label": "Arthritis", "summary": "?", "prior": {"base": figure(0.2)},
            "effects": [{"to": "sign", "activation": figure(0.6)},
                        {"to": "knee", "activation": figure(0.8)}],
        },
        "conditions/strain": {
            "label": "Strain", "summary": "?", "prior": {"base": figure(0.1)},
            "effects": [{"to": "sign", "activation": figure(0.3)},
                        {"to": "test", "activation": figure(0.5)},
                        {"to": "knee", "activation": figure(0.5)}],
        },
        "findings/sign": {"label": "Sign", "kind": "exam", "question": "?", "leak": figure(0.1)},
        "findings/test": {"label": "Test", "kind": "exam", "question": "?", "leak": figure(0.05)},
        "sites/knee": {"label": "Knee", "definition": "?", "leak": figure(0.05)},
        "sources/smith2001": {"title": "?", "url": "?", "type": "study"},
        "studies/smith2001": {
            "rows": [
                {"id": "sign", "kind": "single", "label": "The sign", "condition": ["arthritis"],
                 "test": {"of": ["sign"]}, "people": {"complaint": ["knee"]},
                 "sensitivity": {"value": 0.8, "low": 0.7, "high": 0.9},
                 "specificity": {"value": 0.6, "n": 80}, "where": "table 2"},
                {"id": "odd", "kind": "rate", "label": "Odd", "rate": {"value": 0.3, "n": 10},
                 "where": "table 3", "unusable": "nobody knows what was counted"},
            ],
        },
    }  # fmt: skip
    for name, content in files.items():
        path = folder / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        content = {"id": path.stem, **content}  # JSON is YAML
        path.write_text(json.dumps(content), encoding="utf-8")
