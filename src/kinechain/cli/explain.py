"""``kinechain explain``: the whole account of one origin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kinechain.cli.figures import basis, factor, figure, percent
from kinechain.cli.output import Refusal, show, show_issues, title, wrapped
from kinechain.cli.program import Command
from kinechain.cli.progress import waiting

if TYPE_CHECKING:
    from kinechain.domain.assessment import ContributionResult
    from kinechain.domain.estimate import Estimate
    from kinechain.knowledge import Knowledge
    from kinechain.service.account import Account, Swing

OTHERS_SHOWN = 5
SMALLEST_WEIGHT = 0.05
"""Log odds below which a finding is only named."""


@click.command(cls=Command, short_help="Give the whole account of one origin.")
@click.argument("case", metavar="CASE.yaml", type=click.Path())
@click.argument("condition", metavar="CONDITION")
@click.option("--json", "as_json", is_flag=True, help="Print the account as JSON, no more.")
def explain(case: str, condition: str, as_json: bool) -> None:
    """Give the whole account of one origin in a case.

    How common it is and how that was worked out, what every finding does to it and by which
    source, the paths to the painful sites, and what would change it.

    CONDITION is an id, a label or a synonym, for its likeliest level and side; or the id of an
    origin, lumbar_disc_herniation.l4_5.left for example.
    """
    from kinechain.knowledge import load_knowledge
    from kinechain.service.account import account
    from kinechain.service.assess import load_case
    from kinechain.service.catalogue import UnknownName, find_condition
    from kinechain.service.refusal import is_unread

    knowledge = load_knowledge()
    try:
        find_condition(condition, knowledge)
    except UnknownName as error:
        raise Refusal(not_known("condition", error.text, error.nearest)) from error
    reading = load_case(case, knowledge)
    if is_unread(reading):
        show_issues(reading.issues)
        raise Refusal("Nothing in this case can be explained; see above.")
    with waiting("Computing the account"):
        found = account(reading, knowledge, condition)
    if as_json:
        from kinechain.service.presentation import as_json as text_of

        show(text_of(found), newline=False)
    else:
        show_account(found, knowledge)
        show_issues(found.issues)
    if any(issue.level == "error" for issue in found.issues):
        raise click.exceptions.Exit(2)


def not_known(kind: str, text: str, nearest: tuple[str, ...]) -> str:
    """The refusal of a name, with the nearest right ones.

    Parameters
    ----------
    kind
        What was looked for.
    text
        What the user wrote.
    nearest
        Ids that are like it.
    """
    from kinechain.report.labels import clean

    hint = f"Nearest: {', '.join(nearest)}." if nearest else "Nothing is like it."
    more = " kinechain conditions lists all." if kind == "condition" else ""
    return f"There is no {kind} {clean(text)[:80]!r}. {hint}{more}"


def show_account(found: Account, knowledge: Knowledge) -> None:
    """Write an account.

    Parameters
    ----------
    found
        The account.
    knowledge
        The titles of sources.
    """
    name = found.origin.label if found.origin else found.label
    show(click.style(name, bold=True) + f"   case {found.case_id}")
    show(wrapped(found.summary, 0, 0))
    _show_result(found)
    _show_prior(found)
    _show_weights(found)
    title("Paths to the painful sites")
    for one in found.paths:
        chain = one.path.sentence or " → ".join(one.path.labels)
        show(wrapped(f"{one.site}: {chain}", 2, 4))
        show(wrapped(f"fired: {percent(one.path.fired)} ({percent(one.path.low)} to "
                     f"{percent(one.path.high)}); share of this pain: "
                     f"{percent(one.path.responsibility)}", 6, 0))  # fmt: skip
    if not found.paths:
        show("  None: it leads to no pain that this person came with.")
    title("What would change it")
    for swing in found.swings:
        _show_swing(swing)
    if not found.swings:
        show("  No open question that was valued moves it noticeably.")
    _show_sources(found, knowledge)


def _show_result(found: Account) -> None:
    title("Result")
    origin = found.origin
    if origin is None:
        show(wrapped("None: the findings contradict each other, so there is nothing to account "
                     "for. See the issues.", 2, 0))  # fmt: skip
        return
    show(wrapped(f"explains the pain: {percent(origin.explains)} (90 % interval "
                 f"{percent(origin.low)} to {percent(origin.high)})", 2))  # fmt: skip
    show(f"  is there: {percent(origin.present)}")
    show(wrapped(f"{percent(origin.judgement_share)} of its log odds rest on judgement", 2))
    if found.others:
        show(wrapped(f"at any level and side: explains {percent(found.explains)}, is there "
                     f"{percent(found.present)}", 2))  # fmt: skip
    for one in found.others[:OTHERS_SHOWN]:
        show(wrapped(f"{one.id}: explains {percent(one.explains)}, is there "
                     f"{percent(one.present)}", 4))  # fmt: skip
    if found.threshold:
        show(wrapped(f"dangerous: one acts from {percent(found.threshold.value)} on; "
                     f"{basis(found.threshold)}", 2))  # fmt: skip
    for flag in found.red_flags:
        state = "raised" if flag.status == "raised" else "still to ask"
        show(wrapped(f"red flag, {state}: {flag.label}. {flag.action}", 2))


def _show_prior(found: Account) -> None:
    title("How common it is before any finding")
    for step in found.prior:
        show(wrapped(f"{step.what}: {100 * step.probability:.2g} %", 2))
        if step.figure is not None:
            show(wrapped(f"{figure(step.figure)}; {basis(step.figure)}", 6, 0))
    if found.risks:
        show("  Recorded risk factors (they are weighed with the findings below):")
    for risk in found.risks:
        show(wrapped(f"{risk.label}, {risk.state}: odds ratio {figure(risk.odds_ratio)}; "
                     f"{basis(risk.odds_ratio)}", 4))  # fmt: skip


def _show_weights(found: Account) -> None:
    title("What every finding does to it")
    show(wrapped("The first factor is what is lost when the finding is taken out of the whole "
                 "case, the second what it does alone; they differ where findings say the same. "
                 "Below stand the figures: how often it is seen without any cause, then each arrow "
                 "from the finding back to the origin.", 2, 0))  # fmt: skip
    weak = [one.result for one in found.contributions if not _counts(one.result)]
    for one in found.contributions:
        if _counts(one.result):
            show(wrapped(_weight(one.result), 2, 4))
            for figures in one.figures:
                show(wrapped(f"{figure(figures)}, {_short(figures)}", 6, 2))
    if not found.contributions:
        show("  Nothing is recorded.")
    if weak:
        show(wrapped(f"hardly any effect: {'; '.join(_named(one) for one in weak)}", 2, 4))


def _counts(one: ContributionResult) -> bool:
    return max(abs(one.removed), abs(one.alone)) >= SMALLEST_WEIGHT


def _named(one: ContributionResult) -> str:
    return one.label if one.state == "present" else f"{one.label}, {one.state}"


def _weight(one: ContributionResult) -> str:
    sign = "+" if one.removed > 0 else "-"
    rests = ", ".join(one.sources)
    if one.judgement:
        rests = f"{rests}, judgement" if rests else "judgement"
    return (f"{sign} {_named(one)}: {factor(one.removed)} (alone {factor(one.alone)}) "
            f"[{rests}]")  # fmt: skip


def _short(estimate: Estimate) -> str:
    """Where a figure comes from, in a few words."""
    seen = f" ({estimate.source} looked at)" if estimate.source else ""
    if estimate.is_judgement:
        return f"judgement{seen}: {estimate.reason or ''}"
    return ", ".join(part for part in (estimate.source, estimate.where) if part)


def _show_swing(swing: Swing) -> None:
    step = swing.question
    show(wrapped(f"{step.label} ({step.kind}): now {percent(swing.now)}; if present "
                 f"{percent(swing.if_present)}, if absent {percent(swing.if_absent)}; present with "
                 f"a chance of {percent(step.chance)}", 2))  # fmt: skip
    if step.question:
        show(wrapped(step.question, 6, 0))


def _show_sources(found: Account, knowledge: Knowledge) -> None:
    figures = [step.figure for step in found.prior if step.figure]
    figures += [risk.odds_ratio for risk in found.risks]
    cited = [one.source for one in figures if one.source]
    for one in found.contributions:
        if _counts(one.result):
            cited += one.result.sources
            cited += [each.source for each in one.figures if each.source]
    title("Sources, whose figures are used or were looked at")
    for name in dict.fromkeys(cited):
        source = knowledge.sources.get(name)
        if source:
            parts = (source.title.rstrip("."), source.journal_or_body, source.year, source.url)
            show(wrapped(f"{name}: {'. '.join(str(part) for part in parts if part)}", 2, 4))
    if not cited:
        show("  None: nothing was published on the figures used here.")
