"""The report as one self-contained HTML page: no script, nothing fetched, strict policy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kinechain.domain.plan import Plan
from kinechain.report import body_map, labels, page, picture, sections, words


def render(
    assessment: Mapping[str, Any], extras: Mapping[str, Any], plan: Plan | None = None
) -> str:
    """Render the result as a page.

    Parameters
    ----------
    assessment, extras
        The plain result and what is shown beside it, see `kinechain.report.sections.build`.
        Without `sites` in the extras the page has no body map.
    plan
        The plan that was drafted on it.

    Returns
    -------
    str
        A whole HTML document. Everything that comes from a record is escaped; the only
        addresses in it are links to sources, and nothing is loaded.
    """
    report = sections.build(assessment, extras, plan)
    geometry = extras.get("sites") or {}
    drawn = picture.draw(body_map.read(geometry), report) if geometry else None
    style, policy = page.style()
    return (
        page.environment()
        .get_template("report.html.j2")
        .render(
            report=report,
            picture=drawn,
            style=style,
            policy=policy,
            words=words,
            interval=labels.interval,
        )
    )
