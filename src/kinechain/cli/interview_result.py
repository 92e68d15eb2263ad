"""What an interview ends with: alarms first, then origins, then what is not excluded."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click

from kinechain.cli.figures import percent
from kinechain.cli.output import wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kinechain.domain.assessment import Assessment, Flag
    from kinechain.knowledge import Knowledge

ORIGINS, OPEN, ASKED = 5, 6, 3
SMALL = 0.01


def result_lines(result: Assessment, knowledge: Knowledge, path: str) -> Iterator[str]:
    """The lines of the closing screen.

    Parameters
    ----------
    result
        The assessment of the case.
    knowledge
        The words for what to ask.
    path
        Where the case was saved.
    """
    raised = [flag for flag in result.red_flags if flag.status == "raised"]
    yield from _title("What cannot wait")
    if not raised:
        yield "  No red flag is raised by what was answered."
    for flag in raised:
        yield from _flag(flag)
    yield from _title("Leading origins, how probably each explains the pain (90 % interval)")
    leading = [one for one in result.conditions if one.explains >= SMALL][:ORIGINS]
    if not leading:
        yield "  Nothing that the program knows explains the pain well."
    for one in leading:
        span = f"({percent(one.low).strip()} to {percent(one.high).strip()})"
        yield wrapped(f"{percent(one.explains)} {span}  {one.label}", 2, 20)
    yield from _title("Dangerous and not excluded")
    if not result.not_excluded:
        yield "  Nothing that the program knows."
    for one in result.not_excluded[:OPEN]:
        words = ", ".join(knowledge.label(name).lower() for name in one.ask[:ASKED])
        settle = f"; would settle it: {words}" if words else ""
        yield wrapped(
            f"{one.label}: {percent(one.probability).strip()}, one acts from "
            f"{percent(one.threshold).strip()} on{settle}", 2)  # fmt: skip
    yield ""
    yield f"The full report: kinechain assess {shlex.quote(path)}"


def _title(text: str) -> Iterator[str]:
    yield "\n" + click.style(text.upper(), bold=True)


def _flag(flag: Flag) -> Iterator[str]:
    urgency = flag.urgency.replace("_", " ")
    yield wrapped(click.style(f"{urgency}: {flag.label}.", bold=True), 2)
    because = f"Because: {'; '.join(flag.because)}. " if flag.because else ""
    yield wrapped(f"{because}{flag.action}", 4, 0)
