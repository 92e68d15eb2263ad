"""From the plain result to what every report shows; no layout, no input or output."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kinechain.domain.plan import Plan
from kinechain.report import model, words
from kinechain.report.contract import (
    Assessment,
    CaseShown,
    Change,
    Extras,
    NextQuestion,
    NotExcluded,
    RedFlag,
    SourceShown,
    read_assessment,
    read_extras,
)
from kinechain.report.evidence import evidence_views
from kinechain.report.labels import Labels, clean, doi_url, percent, safe_url
from kinechain.report.origins import origin_views, ranked
from kinechain.report.paths import site_views
from kinechain.report.plan import build_plan
from kinechain.report.plan_model import PlanView

ORIGINS_SHOWN = 6
NEXT_SHOWN = 6
CITED = ("recommended", "contraindicated", "not_yet")
"""Of which treatments an assessment cites the sources; the plan itself cites all."""


class Numbering:
    """Numbers sources in the order in which they are first cited."""

    def __init__(self) -> None:
        self._order: dict[str, int] = {}

    def refs(self, sources: Iterable[str]) -> tuple[int, ...]:
        """Numbers of these sources, ascending."""
        numbers = {self._order.setdefault(source, len(self._order) + 1) for source in sources}
        return tuple(sorted(numbers))

    def listed(self, known: Mapping[str, SourceShown]) -> tuple[model.SourceView, ...]:
        """All cited sources with their numbers; an unknown one is listed by its id."""
        return tuple(
            _source_view(number, source, known.get(source))
            for source, number in self._order.items()
        )


def build(
    assessment: Mapping[str, Any], extras: Mapping[str, Any], plan: Plan | None = None
) -> model.Report:
    """Put the result of an assessment into words.

    Parameters
    ----------
    assessment
        The plain result, as ``data/assessment.schema.json`` describes it.
    extras
        What is shown beside it, see `kinechain.report.contract.Extras`.
    plan
        The plan that was drafted on it.

    Raises
    ------
    msgspec.ValidationError
        If either does not have the agreed form.
    """
    result, shown = read_assessment(assessment), read_extras(extras)
    labels = Labels(known=shown.labels)
    numbering = Numbering()
    flags = sorted(result.red_flags, key=lambda flag: words.urgency_order(flag.urgency))
    raised = tuple(_flag(f, numbering) for f in flags if f.status == "raised")
    to_ask = tuple(_flag(f, numbering) for f in flags if f.status == "to_ask")
    order = ranked(result)
    sites = site_views(result, shown.case, labels, [entry.condition for entry in order])
    origins = origin_views(result, order[:ORIGINS_SHOWN], sites, labels)
    return model.Report(
        case_id=clean(result.case_id),
        person=_person(shown.case),
        as_of=clean(result.as_of or ""),
        raised=raised,
        to_ask=to_ask,
        not_excluded=_not_excluded(result.not_excluded, labels),
        origins=origins,
        more_origins=max(0, len(order) - ORIGINS_SHOWN),
        sites=sites,
        evidence=evidence_views(result, origins, labels, numbering.refs),
        next=tuple(_next(question, labels) for question in result.next[:NEXT_SHOWN]),
        plan=build_plan(plan, shown.labels, numbering.refs, CITED) if plan is not None else None,
        issues=_issues(result),
        findings=_findings(shown),
        sources=numbering.listed(shown.sources),
        program_version=clean(result.program_version),
        knowledge_version=clean(result.knowledge_version),
        intended_use=words.INTENDED_USE,
    )


def plan_report(
    plan: Plan, extras: Mapping[str, Any]
) -> tuple[PlanView, tuple[model.SourceView, ...]]:
    """A plan by itself in words, with the sources that it cites.

    Parameters
    ----------
    plan
        The plan.
    extras
        What is shown beside it, see `kinechain.report.contract.Extras`.
    """
    shown = read_extras(extras)
    numbering = Numbering()
    view = build_plan(plan, shown.labels, numbering.refs)
    return view, numbering.listed(shown.sources)


def _flag(flag: RedFlag, numbering: Numbering) -> model.FlagView:
    return model.FlagView(
        label=clean(flag.label),
        urgency=flag.urgency,
        urgency_words=words.urgency_words(flag.urgency),
        status_words=words.status_words(flag.status),
        basis_words=words.basis_words(flag.basis),
        because=tuple(clean(sentence).rstrip(".") for sentence in flag.because),
        action=clean(flag.action),
        refs=numbering.refs(flag.sources),
    )


def _not_excluded(
    entries: tuple[NotExcluded, ...], labels: Labels
) -> tuple[model.NotExcludedView, ...]:
    """The furthest above its threshold first."""
    return tuple(
        model.NotExcludedView(
            label=clean(entry.label) or labels.of(entry.condition),
            probability=entry.probability,
            high=entry.high,
            threshold=entry.threshold,
            ask=tuple(labels.of(finding) for finding in entry.ask),
        )
        for entry in sorted(entries, key=lambda e: -e.probability / max(e.threshold, 1e-9))
    )


def _person(case: CaseShown) -> str:
    parts: list[str] = []
    if case.age is not None:
        parts.append(f"{case.age:.0f} years")
    parts += [clean(part).replace("_", " ") for part in (case.sex, case.setting) if part]
    if case.complaint:
        parts.append(f"{clean(case.complaint)} complaint")
    return ", ".join(parts)


def _next(question: NextQuestion, labels: Labels) -> model.NextView:
    return model.NextView(
        how=words.kind_words(question.kind),
        label=clean(question.label) or labels.of(question.id or question.finding),
        question=clean(question.question),
        gain_bits=question.gain_bits,
        threshold_crossings=question.threshold_crossings,
        burden=question.burden,
        if_present=_changes(question.if_present, labels),
        if_absent=_changes(question.if_absent, labels),
    )


def _changes(changes: tuple[Change, ...], labels: Labels) -> str:
    return "; ".join(_change(change, labels) for change in changes[:3])


def _change(change: Change, labels: Labels) -> str:
    name = clean(change.label) or labels.of(change.condition or change.id)
    before = f"{percent(change.before)} → " if change.before is not None else ""
    return f"{name} {before}{percent(change.after)}"


def _issues(result: Assessment) -> tuple[model.IssueView, ...]:
    order = ("error", "warning", "info")
    return tuple(
        model.IssueView(
            level=words.issue_words(issue.level),
            where=clean(issue.where),
            message=clean(issue.message),
            remedy=clean(issue.remedy),
        )
        for issue in sorted(result.issues, key=lambda issue: order.index(issue.level))
    )


def _findings(shown: Extras) -> tuple[model.FindingView, ...]:
    return tuple(
        model.FindingView(
            label=_with_side(clean(finding.label), finding.side),
            state=words.state_words(finding.state),
        )
        for finding in shown.case.findings
    )


def _with_side(label: str, side: str | None) -> str:
    if not side or side in ("midline", "unknown") or label.endswith(side):
        return label
    return f"{label}, {clean(side)}"


def _source_view(number: int, source: str, known: SourceShown | None) -> model.SourceView:
    if known is None:
        return model.SourceView(number=number, title=clean(source), detail="", url=None)
    url = safe_url(known.url)
    if url is None:
        url = doi_url(known.doi)
    detail = [clean(known.journal_or_body or ""), str(known.year or "")]
    return model.SourceView(
        number=number,
        title=clean(known.title).rstrip("."),
        detail=", ".join(part for part in detail if part),
        url=url,
    )
