"""The report as one self-contained HTML page: no script, nothing fetched, strict policy."""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Mapping
from typing import Any

import jinja2

from kinechain.report import body_map, labels, picture, sections, words

BAR_WIDTH = 200
"""Units of a probability bar from 0 to 1, as in ``_macros.html.j2``."""


def render(assessment: Mapping[str, Any], extras: Mapping[str, Any]) -> str:
    """Render the result as a page.

    Parameters
    ----------
    assessment, extras
        The plain result and what is shown beside it, see `kinechain.report.sections.build`.
        Without `sites` in the extras the page has no body map.

    Returns
    -------
    str
        A whole HTML document. Everything that comes from a record is escaped; the only
        addresses in it are links to sources, and nothing is loaded.
    """
    report = sections.build(assessment, extras)
    geometry = extras.get("sites") or {}
    drawn = picture.draw(body_map.read(geometry), report) if geometry else None
    style, policy = _style()
    return (
        _environment()
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


@functools.cache
def _environment() -> jinja2.Environment:
    """The package's own templates, read once."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("kinechain.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["percent"] = labels.percent
    environment.filters["odds"] = labels.odds_factor
    environment.filters["along"] = _along
    environment.filters["colour"] = picture.colour_of
    return environment


@functools.cache
def _style() -> tuple[str, str]:
    """The style sheet, and the content security policy that admits it and nothing else."""
    loader = _environment().loader
    assert loader is not None, "the environment is made with a loader"
    sheet = loader.get_source(_environment(), "report.css")[0].strip()
    digest = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return sheet, policy


def _along(probability: float) -> str:
    """Where a probability lies on a bar."""
    return f"{BAR_WIDTH * min(max(probability, 0.0), 1.0):.1f}"
