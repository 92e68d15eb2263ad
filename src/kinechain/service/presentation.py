"""What a report shows beside the result: the case, words for ids, sources, the body map."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
import yaml

from kinechain.domain.assessment import Assessment
from kinechain.domain.case import Case, Observation
from kinechain.knowledge import Knowledge

BODY_MAP = ("front", "back", "origins")


def plain(assessment: Assessment) -> dict[str, Any]:
    """The result as plain values, as the renderers of `kinechain.report` take it.

    Parameters
    ----------
    assessment
        The result.
    """
    return msgspec.to_builtins(assessment)


def as_json(result: msgspec.Struct) -> str:
    """A result as indented JSON that ends with a newline.

    Parameters
    ----------
    result
        An assessment, an account, a benchmark.
    """
    return msgspec.json.format(msgspec.json.encode(result), indent=2).decode() + "\n"


def extras(case: Case, knowledge: Knowledge, *, body_map: bool = False) -> dict[str, Any]:
    """Everything that the renderers need beside the result.

    Parameters
    ----------
    case, knowledge
        Of the assessment.
    body_map
        Whether to read the figures too; only the page draws them.

    Returns
    -------
    dict
        As `kinechain.report.contract.Extras` describes it.
    """
    return {
        **words_beside(knowledge),
        "case": case_shown(case, knowledge),
        "sites": figures(knowledge) if body_map else {},
    }


def words_beside(knowledge: Knowledge) -> dict[str, Any]:
    """What any result of the program is shown with: words for ids, and sources.

    Parameters
    ----------
    knowledge
        Of the result.
    """
    return {
        "labels": labels(knowledge),
        "sources": {
            name: {
                "title": source.title,
                "journal_or_body": source.journal_or_body,
                "year": source.year,
                "url": source.url,
                "doi": source.doi,
            }
            for name, source in knowledge.sources.items()
        },
    }


def case_shown(case: Case, knowledge: Knowledge) -> dict[str, Any]:
    """The person as a report shows it.

    Parameters
    ----------
    case, knowledge
        Of the assessment.
    """
    pains = [
        {
            "site": pain.site,
            "side": pain.side,
            "label": _site_label(pain.site, knowledge),
            "intensity": pain.intensity,
            "quality": pain.quality,
            "onset": pain.onset,
            "duration_weeks": pain.duration_weeks,
            "course": pain.course,
        }
        for pain in case.pain
    ]
    findings = [
        {"label": finding_label(one, knowledge), "state": one.state, "side": one.side}
        for one in case.observations
    ]
    findings += [
        {"label": f"{knowledge.conditions[name].label}, known", "state": "present", "side": None}
        for name in case.known_conditions
        if name in knowledge.conditions
    ]
    setting = knowledge.settings.get(case.setting or "")
    return {
        "age": case.age_years,
        "sex": case.sex,
        "setting": setting.label if setting else case.setting,
        "complaint": case.complaint,
        "pain": pains,
        "findings": findings,
    }


def finding_label(one: Observation, knowledge: Knowledge) -> str:
    """An observation's finding with its level, without its side.

    Parameters
    ----------
    one
        The observation.
    knowledge
        The words.
    """
    try:
        words = knowledge.concept(one.finding).label
    except KeyError:
        words = one.finding.replace("_", " ")
    known = knowledge.levels.get(one.level or "")
    level = known.label if known else one.level or ""
    if "{level}" in words:
        return " ".join(words.replace("{level}", level).split())
    return f"{words}, {level}" if level else words


def labels(knowledge: Knowledge) -> dict[str, str]:
    """Words for every id that a result may hold.

    Parameters
    ----------
    knowledge
        The words.
    """
    groups = (
        knowledge.levels, knowledge.quantities, knowledge.links, knowledge.traits,
        knowledge.findings, knowledge.conditions, knowledge.sites, knowledge.treatments,
    )  # fmt: skip
    return {name: thing.label for group in groups for name, thing in group.items()}


def figures(knowledge: Knowledge) -> dict[str, Any]:
    """The body map with the parts of generic sites, as the page draws it.

    Parameters
    ----------
    knowledge
        Which sites have parts.
    """
    parts = knowledge.generic_sites
    return {**_drawn(), "parts": parts}


@cache
def _drawn() -> dict[str, Any]:
    """The files of the body map, from wherever the package is installed."""
    folder = files("kinechain") / "data" / "body_map"
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return {
        name: yaml.load((folder / f"{name}.yaml").read_text("utf-8"), Loader=loader)  # noqa: S506
        for name in BODY_MAP
    }


def _site_label(name: str, knowledge: Knowledge) -> str:
    site = knowledge.sites.get(name)
    return site.label if site else name.replace("_", " ")
