"""A short note for a medical record: printable ASCII, under 40 lines."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

from kinechain.report import model, sections, words
from kinechain.report.labels import ascii_only, interval, percent

WIDTH = 78
MOST_LINES = 39


def render(assessment: Mapping[str, Any], extras: Mapping[str, Any]) -> str:
    """Render the result as a note to paste.

    What cannot wait is never cut; the rest is kept as far as the lines reach, and the last
    lines say how much was left out and what the note is for.

    Parameters
    ----------
    assessment, extras
        The plain result and what is shown beside it, see `kinechain.report.sections.build`.

    Returns
    -------
    str
        Printable ASCII, at most 39 lines unless more than that cannot wait.
    """
    report = sections.build(assessment, extras)
    urgent = _lines(_urgent(report), raised=True)
    rest = [
        line
        for block in (
            _not_excluded(report),
            _origins(report),
            _sites(report),
            _against(report),
            _next(report),
            _issues(report),
        )
        for line in _lines(block)
    ]
    version = f"Kinechain {report.program_version}, knowledge {report.knowledge_version}."
    foot = _lines([f"{report.intended_use} {version}"])
    head = _lines([_title(report)])
    room = MOST_LINES - len(head) - len(urgent) - len(foot)
    if len(rest) > room:
        kept = max(0, room - 1)
        cut = f"({len(rest) - kept} more lines in the full report)"
        rest = [*rest[:kept], cut]
    return "\n".join([*head, *urgent, *rest, *foot]) + "\n"


def _lines(paragraphs: list[str], *, raised: bool = False) -> list[str]:
    """Wrap paragraphs; each continues two blanks further in."""
    lines: list[str] = []
    for paragraph in paragraphs:
        lines += textwrap.wrap(
            ascii_only(paragraph),
            WIDTH,
            subsequent_indent="    " if raised or paragraph.startswith("  ") else "  ",
            break_on_hyphens=False,
        )
    return lines


def _title(report: model.Report) -> str:
    parts = [f"KINECHAIN, case {report.case_id}", report.as_of, report.person]
    return ", ".join(part for part in parts if part)


def _urgent(report: model.Report) -> list[str]:
    raised = [
        f"  ! {flag.label} - {flag.urgency_words.lower()}: {flag.action}" for flag in report.raised
    ]
    asked = [flag.label for flag in report.to_ask]
    to_ask = [f"  Still to ask about: {'; '.join(asked)}"] if asked else []
    return (
        ["CANNOT WAIT:", *raised, *to_ask]
        if raised
        else [f"CANNOT WAIT: {words.NOTHING_RAISED[0].lower()}{words.NOTHING_RAISED[1:]}", *to_ask]
    )


def _not_excluded(report: model.Report) -> list[str]:
    entries = [
        f"{entry.label} {percent(entry.probability)} (acts from {percent(entry.threshold)})"
        for entry in report.not_excluded
    ]
    return [f"NOT EXCLUDED: {'; '.join(entries) or 'nothing above its threshold'}."]


def _origins(report: model.Report) -> list[str]:
    lines = ["LIKELY ORIGINS (probability of explaining the pain, 90 % interval):"]
    for origin in report.origins[:4]:
        where = f" ({origin.where})" if origin.where else ""
        numbers = f"{percent(origin.explains)} ({interval(origin.low, origin.high)})"
        lines.append(f"  {origin.rank}. {origin.label}{where}: {numbers}. {origin.reason}")
    return lines if report.origins else ["LIKELY ORIGINS: none computed; see the issues."]


def _sites(report: model.Report) -> list[str]:
    lines = ["PAINFUL SITES:"]
    for site in report.sites:
        paths = [
            f"{' -> '.join(path.steps[:-1] or path.steps)} {percent(path.responsibility)}"
            for path in site.paths[:2]
        ]
        paths.append(f"unexplained {percent(site.unexplained)}")
        lines.append(f"  {site.label}: {'; '.join(paths)}")
    return lines if report.sites else ["PAINFUL SITES: none recorded."]


def _against(report: model.Report) -> list[str]:
    lines: list[str] = []
    for view in report.evidence[:1]:
        rows = (("For", view.supporting), ("Against", view.opposing))
        for word, findings in rows:
            named = [f"{row.finding}{_absent(row)}" for row in findings[:4]]
            if named:
                lines.append(f"{word.upper()} {view.label}: {'; '.join(named)}.")
    return lines


def _absent(row: model.EvidenceRow) -> str:
    return "" if row.state == "present" else f" {row.state}"


def _next(report: model.Report) -> list[str]:
    steps = [f"{step.how.lower()}: {step.label}" for step in report.next[:4]]
    return [f"NEXT: {'; '.join(steps)}."] if steps else []


def _issues(report: model.Report) -> list[str]:
    return [f"{issue.level.upper()}: {issue.message} {issue.remedy}" for issue in report.issues]
