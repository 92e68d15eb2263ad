"""What the HTML pages share: the templates, one style sheet, and the policy that admits it."""

from __future__ import annotations

import base64
import functools
import hashlib

import jinja2

from kinechain.report import labels, picture

BAR_WIDTH = 200
"""Units of a probability bar from 0 to 1, as in ``_macros.html.j2``."""


@functools.cache
def environment() -> jinja2.Environment:
    """The package's own templates, read once; everything that they show is escaped."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("kinechain.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["percent"] = labels.percent
    made.filters["odds"] = labels.odds_factor
    made.filters["along"] = _along
    made.filters["colour"] = picture.colour_of
    return made


@functools.cache
def style() -> tuple[str, str]:
    """The style sheet, and the content security policy that admits it and nothing else."""
    loader = environment().loader
    assert loader is not None, "the environment is made with a loader"
    sheet = loader.get_source(environment(), "report.css")[0].strip()
    digest = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return sheet, policy


def _along(probability: float) -> str:
    """Where a probability lies on a bar."""
    return f"{BAR_WIDTH * min(max(probability, 0.0), 1.0):.1f}"
