"""A gait analysis as one self-contained HTML page, with a figure that can be stepped through.

The page has one script of its own, which the policy admits by its hash and nothing else; it
draws the figure from numbers. Without it the still pictures stand there all the same.
"""

from __future__ import annotations

import base64
import hashlib

from kinechain.report import page
from kinechain.report.gait.catalogue import LIMIT_SD
from kinechain.report.gait.curves import BOTTOM, LEFT, RIGHT, TOP
from kinechain.report.gait.model import GaitView
from kinechain.report.gait.words import NOTHING_COMPARED, NOTHING_DEVIATES, lower, signed

Z_HALF, Z_UNIT, Z_MOST = 64.0, 14.5, 4.0
"""Middle of the bar of a z-score, units for one standard deviation, and where it ends."""


def render(view: GaitView) -> str:
    """Render a gait analysis as a page.

    Parameters
    ----------
    view
        In words, curves and figures.

    Returns
    -------
    str
        A whole HTML document. Everything that comes from a recording is escaped; the only
        addresses in it are links to sources, and nothing is loaded.
    """
    sheet, script = _text("report.css") + "\n" + _text("gait.css"), _text("gait.js")
    return (
        page.environment()
        .get_template("gait.html.j2")
        .render(
            gait=view,
            style=sheet,
            script=script,
            policy=_policy(sheet, script),
            signed=signed,
            nothing_deviates=NOTHING_DEVIATES,
            nothing_compared=NOTHING_COMPARED,
            lower=lower,
            along=z_place,
            limit=LIMIT_SD,
            limits=(z_place(-LIMIT_SD), z_place(LIMIT_SD)),
            plot={"left": LEFT, "right": RIGHT, "top": TOP, "bottom": BOTTOM},
            percents=(0, 20, 40, 60, 80, 100),
        )
    )


def z_place(z: float) -> float:
    """Where a z-score lies on its bar; what is beyond the bar's end stands at it.

    Parameters
    ----------
    z
        In standard deviations.

    Examples
    --------
    >>> z_place(0.0), z_place(-9.0)
    (64.0, 6.0)
    """
    return round(Z_HALF + Z_UNIT * min(max(z, -Z_MOST), Z_MOST), 1)


def _text(name: str) -> str:
    loader = page.environment().loader
    assert loader is not None, "the environment is made with a loader"
    return loader.get_source(page.environment(), name)[0].strip()


def _policy(sheet: str, script: str) -> str:
    """What the page may do: show its own style, run its own script, nothing else."""
    style_hash, script_hash = (
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for text in (sheet, script)
    )
    return (
        f"default-src 'none'; style-src 'sha256-{style_hash}'; "
        f"script-src 'sha256-{script_hash}'; base-uri 'none'; form-action 'none'"
    )
