"""An invented result for the tests of the report. No person, no study and no figure is real."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

import kinechain

DATA = Path(kinechain.__file__).parent / "data"

LABELS = {
    "lumbar_disc_herniation": "Lumbar disc herniation with nerve-root irritation",
    "hip_osteoarthritis": "Hip osteoarthritis",
    "knee_osteoarthritis": "Knee osteoarthritis",
    "nonspecific_low_back_pain": "Non-specific low back pain",
    "cauda_equina_syndrome": "Cauda equina syndrome",
    "spinal_malignancy": "Spinal malignancy",
    "nerve_root_irritation": "Irritated nerve root {level}",
    "hip_joint_referral": "Pain referred from the hip joint",
    "knee_anterior": "Front of the knee",
    "thigh_anterior": "Front of the thigh",
    "low_back": "Low back",
    "femoral_nerve_stretch": "Femoral nerve stretch test",
    "knee_reflex_reduced": "Knee reflex reduced",
    "hip_internal_rotation_limited": "Hip internal rotation limited",
    "saddle_anaesthesia": "Numbness of the saddle area",
    "urinary_retention": "Cannot pass urine",
    "history_of_cancer": "Cancer in the past",
    "nerve_tension": "Nerve tension tests",
    "knee_crepitus": "Knee grinds on movement",
    "xray_hip_osteoarthritis": "Radiograph: hip osteoarthritis",
}

SOURCES: dict[str, dict[str, Any]] = {
    "invented2020a": {
        "title": "An invented study of nerve tension tests",
        "journal_or_body": "Journal of Invented Results",
        "year": 2020,
        "url": "https://example.org/invented-a",
    },
    "invented2021b": {
        "title": "An invented guideline on what cannot wait",
        "journal_or_body": "Invented Society",
        "year": 2021,
        "doi": "10.0000/invented.b",
    },
}


def assessment() -> dict[str, Any]:
    """An invented knee pain that comes from a nerve root in the back."""
    disc, hip, knee = (
        "lumbar_disc_herniation.l3_4.left",
        "hip_osteoarthritis.left",
        "knee_osteoarthritis.left",
    )
    return {
        "schema_version": "1.0",
        "program_version": "0.1.0",
        "knowledge_version": "invented0",
        "case_id": "invented-knee",
        "as_of": "2026-11-22",
        "red_flags": [
            _flag(
                "cauda_equina",
                "Possible cauda equina syndrome",
                "emergency_now",
                "raised",
                ["Numbness of the saddle area is recorded."],
                "Emergency MRI of the lumbar spine and surgical opinion now.",
            ),
            _flag(
                "cancer",
                "Possible spinal malignancy",
                "within_2_weeks",
                "to_ask",
                [],
                "MRI of the spine.",
            ),
        ],
        "not_excluded": [
            {
                "condition": "cauda_equina_syndrome",
                "label": "Cauda equina syndrome",
                "probability": 0.031,
                "high": 0.08,
                "threshold": 0.005,
                "ask": ["urinary_retention"],
            },
            {
                "condition": "spinal_malignancy",
                "label": "Spinal malignancy",
                "probability": 0.012,
                "high": 0.03,
                "threshold": 0.01,
                "ask": ["history_of_cancer"],
            },
        ],
        "conditions": [
            _condition("lumbar_disc_herniation", 0.71, 0.52, 0.85, 0.74, [disc]),
            _condition("hip_osteoarthritis", 0.22, 0.09, 0.4, 0.3, [hip]),
            _condition("knee_osteoarthritis", 0.12, 0.05, 0.25, 0.33, [knee]),
            _condition(
                "nonspecific_low_back_pain", 0.09, 0.03, 0.2, 0.2, ["nonspecific_low_back_pain"]
            ),
        ],
        "origins": [
            _origin(disc, "Lumbar disc herniation L3/4, left", 0.71, "l3_4", "left"),
            _origin(hip, "Hip osteoarthritis, left", 0.22, None, "left"),
            _origin(knee, "Knee osteoarthritis, left", 0.12, None, "left"),
            _origin(
                "nonspecific_low_back_pain", "Non-specific low back pain", 0.09, None, "midline"
            ),
        ],
        "sites": [
            _site(
                "knee_anterior",
                "left",
                0.05,
                [
                    _path([disc, "nerve_root_irritation.l4.left", "knee_anterior.left"], 0.62),
                    _path([hip, "hip_joint_referral.left", "knee_anterior.left"], 0.2),
                    _path([knee, "knee_anterior.left"], 0.13),
                ],
            ),
            _site(
                "thigh_anterior",
                "left",
                0.08,
                [
                    _path([disc, "nerve_root_irritation.l4.left", "thigh_anterior.left"], 0.7),
                    _path([hip, "hip_joint_referral.left", "thigh_anterior.left"], 0.22),
                ],
            ),
            _site(
                "low_back",
                "midline",
                0.55,
                [
                    _path(["nonspecific_low_back_pain", "low_back"], 0.25),
                    _path([disc, "low_back"], 0.2),
                ],
            ),
        ],
        "contributions": {
            disc: [
                _weight("nerve_tension", "femoral_nerve_stretch.left", 1.9, 2.1, "present"),
                _weight("reflex", "knee_reflex_reduced.left", 1.1, 1.3, "present"),
                _weight("nerve_tension", None, 2.2, 2.4, "present"),
                _weight("hip_motion", "hip_internal_rotation_limited.left", -0.3, 0.2, "present"),
            ],
            hip: [
                _weight("hip_motion", "hip_internal_rotation_limited.left", 0.9, 1.2, "present"),
                _weight("nerve_tension", "femoral_nerve_stretch.left", -0.7, 0.1, "present"),
            ],
            knee: [_weight("knee", "knee_crepitus.left", -1.0, -0.9, "absent")],
        },
        "next": [
            {
                "finding": "urinary_retention",
                "id": "urinary_retention",
                "label": "Cannot pass urine",
                "question": "Can you pass urine as usual?",
                "kind": "symptom",
                "burden": 0,
                "chance": 0.04,
                "gain_bits": 0.11,
                "threshold_crossings": 0.06,
                "if_present": [
                    {
                        "id": "cauda_equina_syndrome",
                        "label": "Cauda equina syndrome",
                        "present": 0.4,
                        "before": 0.031,
                    }
                ],
                "if_absent": [{"condition": "cauda_equina_syndrome", "explains": 0.004}],
            },
            {
                "finding": "xray_hip_osteoarthritis",
                "kind": "imaging",
                "burden": 3,
                "gain_bits": 0.31,
                "threshold_crossings": 0.0,
                "if_present": [{"condition": "hip_osteoarthritis", "explains": 0.6}],
                "if_absent": [{"condition": "hip_osteoarthritis", "explains": 0.05}],
            },
        ],
        "issues": [
            {
                "level": "warning",
                "where": "observations[3]",
                "message": "The side of the knee reflex was not recorded.",
                "remedy": "Record the side.",
            },
        ],
        "timing_ms": {"network": 41.5},
    }


def extras(*, with_map: bool = True) -> dict[str, Any]:
    """What is shown beside the invented result."""
    return {
        "case": {
            "age": 54,
            "sex": "female",
            "setting": "primary_care",
            "complaint": "new",
            "pain": [
                {
                    "site": "knee_anterior",
                    "side": "left",
                    "label": "Front of the knee",
                    "intensity": 7,
                },
                {
                    "site": "thigh_anterior",
                    "side": "left",
                    "label": "Front of the thigh",
                    "intensity": 4,
                },
                {"site": "low_back", "side": "midline", "label": "Low back", "intensity": 3},
            ],
            "findings": [
                {"label": "Femoral nerve stretch test", "state": "present", "side": "left"},
                {"label": "Knee grinds on movement", "state": "absent", "side": "left"},
            ],
        },
        "labels": dict(LABELS),
        "sources": {name: dict(source) for name, source in SOURCES.items()},
        "sites": geometry() if with_map else {},
    }


def geometry() -> dict[str, Any]:
    """The real body map, with the parts of the real generic sites."""
    folder = DATA / "body_map"
    parts = {site["id"]: site["parts"] for site in sites() if site.get("parts")}
    figures = {name: load(folder / f"{name}.yaml") for name in ("front", "back", "origins")}
    return {**figures, "parts": parts}


def sites() -> list[dict[str, Any]]:
    """Every body site as it stands in its file."""
    return [load(path) for path in sorted((DATA / "sites").glob("*.yaml"))]


def load(path: Path) -> dict[str, Any]:
    """One YAML file."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _flag(
    identifier: str, label: str, urgency: str, status: str, because: list[str], action: str
) -> dict[str, Any]:
    return {
        "id": identifier,
        "label": label,
        "urgency": urgency,
        "status": status,
        "basis": "rule",
        "because": because,
        "action": action,
        "sources": ["invented2021b"],
        "condition": "cauda_equina_syndrome",
        "ask": ["urinary_retention"],
    }


def _condition(
    condition: str, explains: float, low: float, high: float, present: float, origins: list[str]
) -> dict[str, Any]:
    return {
        "condition": condition,
        "label": LABELS[condition],
        "explains": explains,
        "low": low,
        "high": high,
        "present": present,
        "origins": origins,
    }


def _origin(
    identifier: str, label: str, explains: float, level: str | None, side: str
) -> dict[str, Any]:
    return {
        "id": identifier,
        "condition": identifier.split(".")[0],
        "label": label,
        "level": level,
        "side": side,
        "explains": explains,
        "low": explains * 0.6,
        "high": min(1.0, explains * 1.3),
        "present": explains,
        "prior": 0.01,
        "judgement_share": 0.35,
    }


def _site(site: str, side: str, unexplained: float, paths: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "site": site,
        "label": LABELS[site],
        "side": side,
        "paths": paths,
        "unexplained": unexplained,
    }


def _path(nodes: list[str], share: float) -> dict[str, Any]:
    return {
        "path": nodes,
        "labels": [],
        "fired": share,
        "low": share * 0.6,
        "high": min(1.0, share * 1.2),
        "responsibility": share,
        "sentence": "",
    }


def _weight(
    group: str, finding: str | None, removed: float, alone: float, state: str
) -> dict[str, Any]:
    return {
        "group": group,
        "finding": finding,
        "label": "",
        "state": state,
        "removed": removed,
        "alone": alone,
        "sources": ["invented2020a"],
        "judgement": False,
    }
