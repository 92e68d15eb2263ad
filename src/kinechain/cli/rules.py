"""``kinechain knowledge rules``: the network beside published decision rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kinechain.cli.output import Refusal, show, table, title, wrapped
from kinechain.cli.program import Command
from kinechain.cli.progress import waiting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kinechain.service.decision_rules import RuleResult, Rules, StratumResult


@click.command(cls=Command, short_help="Hold the network against published decision rules.")
@click.option("--rule", metavar="ID", help="Only this rule.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON, no more.")
def rules(rule: str | None, as_json: bool) -> None:
    """Run the network on every patient that a published decision rule can tell apart.

    For each stratum of the score: the published probability of the condition beside the mean
    and the range of the network's; whether the network has the strata in the same order; whether
    its alarm goes with a positive rule.
    """
    from kinechain.knowledge import load_knowledge
    from kinechain.knowledge.decision_rules import FOLDER, check_rules, read_rules
    from kinechain.knowledge.knowledge import DATA
    from kinechain.service.decision_rules import decision_rules

    known = load_knowledge()
    found, version, issues = read_rules(DATA / FOLDER)
    issues += check_rules(found, known)
    if issues:
        raise Refusal("; ".join(f"{one.where}: {one.message}" for one in issues[:3]))
    if rule is not None:
        if rule not in found:
            raise Refusal(f"there is no rule called {rule!r}; there are {', '.join(found)}")
        found = {rule: found[rule]}
    with waiting("Asking the network") as tell:
        result = decision_rules(known, found, version,
                                progress=lambda done, of: tell(f"{done} of {of}"))  # fmt: skip
    if as_json:
        from kinechain.service.presentation import as_json as text_of

        show(text_of(result), newline=False)
        return
    _show(result)


def _show(result: Rules) -> None:
    for one in result.rules:
        _show_rule(one)
    _show_summary(result)


def _show_rule(one: RuleResult) -> None:
    title(f"{one.label} ({', '.join(one.condition)})")
    if one.reason:
        show(wrapped(f"The network cannot be asked: {one.reason}.", 2))
        return
    heads = ("stratum", "published, %", "95 %", "network, %", "range", "at that share",
             "patients", "")  # fmt: skip
    show(table(heads, [_cells(stratum) for stratum in one.strata], right=(1, 3, 5, 6)))
    show(wrapped(_in_words(one), 2))
    for row in one.accuracy:
        show(wrapped(
            f"From {row.at_least:g}: sensitivity {row.sensitivity.value:.2f}, network "
            f"{row.network_sensitivity:.2f}; specificity {row.specificity.value:.2f}, network "
            f"{row.network_specificity:.2f} ({row.source}).", 2))  # fmt: skip
    if one.left_out:
        show(wrapped(f"Not in the knowledge: {'; '.join(one.left_out)}.", 2))
    if one.note:
        show(wrapped(one.note, 2))


def _cells(one: StratumResult) -> tuple[str, ...]:
    verdict = {True: "inside", False: "OUTSIDE", None: ""}[one.inside]
    return (
        one.label,
        f"{'~' if one.derived else ''}{_percent(one.published)}",
        _range(one.low, one.high),
        _percent(one.network),
        _range(one.least, one.most),
        _percent(one.at_share),
        str(one.patients),
        verdict,
    )


def _in_words(one: RuleResult) -> str:
    words = [f"{one.orders_agree} of {one.pairs} pairs of strata in the published order."]
    if one.share is not None:
        words.append(f"With the condition: {_percent(one.share)} % of the people as published, "
                     f"{_percent(one.network_share)} % by the network.")  # fmt: skip
    if one.alarm:
        words.append(
            f"Alarm: {_percent(one.alarm.positive)} % with a positive rule, "
            f"{_percent(one.alarm.negative)} % with a negative one; none in {one.alarm.missed} of "
            f"{one.alarm.positive_patients} patients with a positive rule."
        )
    return " ".join(words)


def _show_summary(result: Rules) -> None:
    strata: Sequence[StratumResult] = [s for one in result.rules for s in one.strata]
    judged = [one for one in strata if one.inside is not None]
    title("In all")
    show(wrapped(
        f"{len(result.rules)} rules, {sum(one.patients for one in result.rules)} patients; "
        f"{sum(one.orders_agree for one in result.rules)} of "
        f"{sum(one.pairs for one in result.rules)} pairs of strata in the published order; "
        f"{sum(bool(one.inside) for one in judged)} of {len(judged)} strata with an interval "
        f"inside it. Knowledge {result.knowledge_version}, rules {result.rules_version}.",
        0, 0))  # fmt: skip
    show(wrapped(
        "~ follows from the printed sensitivity, specificity and share. Network: the mean over "
        "the patients of the stratum, each as often as the network expects; at that share: the "
        "same if as many had the condition as in the publication.", 0, 0))  # fmt: skip


def _percent(value: float | None) -> str:
    if value is None:
        return "-"
    if 0 < value < 0.0005:
        return "<0.1"
    return f"{100 * value:.1f}" if value < 0.1 else f"{100 * value:.0f}"


def _range(low: float | None, high: float | None) -> str:
    return "-" if low is None or high is None else f"{_percent(low)} to {_percent(high)}"
