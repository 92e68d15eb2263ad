"""``kinechain gait what-if``: the recording's own loads under a change."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from kinechain.cli.gait_options import request_of
from kinechain.cli.output import Refusal, show, table, title, wrapped
from kinechain.cli.program import Command
from kinechain.cli.progress import waiting

if TYPE_CHECKING:
    from kinechain.gait.what_if.asked import Angles, Changes

Side = Literal["left", "right"]
Group = tuple[str, str]
LEAST_SHOWN_PERCENT = 1.0
SIDES = ("left", "right", "both")
MARKS = (
    (" SD", "SD: standard deviations between people; no percentage follows from it."),
    ("% *", "* As taught in the study, which does not state how much; not for this amount."),
)
USUAL_CANE_PERCENT = 7.2
"""What people with knee pain put on a cane at most before anybody trained them: 7.2 (SD 2.5) %,
17 people (Hart 2019, doi 10.1016/j.gaitpost.2018.09.021)."""


@click.command("what-if", cls=Command, short_help="Tell a recording's loads under a change.")
@click.argument("recording", metavar="WALK", type=click.Path())
@click.option("--mass", "mass_change", metavar="KG", type=float,
              help="Body mass gained; -10 for ten kilograms lost.")  # fmt: skip
@click.option("--toe-out", metavar="[SIDE:]DEG", multiple=True,
              help="Turn the feet outwards by so much more; negative for toe-in.")  # fmt: skip
@click.option("--trunk-lean", metavar="[SIDE:]DEG", multiple=True,
              help="Lean the trunk so much more over the leg that stands.")  # fmt: skip
@click.option("--cane", metavar="SIDE[:PERCENT]",
              help="A cane in this hand, for the other leg, with at most so many per cent of body "
              "weight on it.  [default: 7.2]")  # fmt: skip
@click.option("--heel-height", metavar="CM", type=float, default=0.0,
              help="Heels of this height instead of flat shoes.")  # fmt: skip
@click.option("--lift", metavar="SIDE:CM", help="A lift under one foot.")  # fmt: skip
@click.option("--barefoot", is_flag=True, help="Without shoes.")
@click.option("--lateral-wedge", is_flag=True, help="Insoles higher at the outer edge.")
@click.option("--body-mass", "mass", metavar="KG", type=click.FloatRange(10, 300),
              help="What the person weighs now, for the model that ships; else from the "
              "plates.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON, no more.")
def what_if(recording: str, as_json: bool, **options: Any) -> None:
    """Tell what the loads of WALK would be under the changes, beside what they are.

    There are two kinds of answer, and each says which it is. Recomputed: mass, toe-out, trunk
    lean and cane are applied to the recording itself, alone and together, with the whole body in
    balance; this needs a model and the forces. Published dose: what people who were studied
    gained or lost, with interval and source, and never beyond what was studied. Doses are not
    combined. Where there are both, they stand side by side, and it is said if they disagree.
    """
    changes = _changes(options)
    if options.get("model") and (options.get("static") or options["mass"]):
        raise click.UsageError("--static and --body-mass scale the model that ships, not --model.")
    asked = request_of(Path(recording), options)
    from kinechain.gait.errors import GaitError
    from kinechain.service.gait.what_if import what_if_plain, what_if_recording

    try:
        with waiting("Computing"):
            plain = what_if_plain(what_if_recording(asked, changes))
    except (GaitError, OSError) as error:
        raise Refusal(str(error)) from error
    if as_json:
        show(json.dumps(plain, indent=2, ensure_ascii=False))
        return
    _show(plain)


def _changes(options: Mapping[str, Any]) -> Changes:
    from kinechain.gait.errors import GaitError
    from kinechain.gait.what_if.asked import Cane, Changes, Lift

    try:
        cane = lift = None
        if options["cane"] is not None:
            hand, share = _sided("--cane", options["cane"], "right:10")
            cane = Cane(_side("--cane", hand), USUAL_CANE_PERCENT if share is None else share)
        if options["lift"] is not None:
            side, height = _sided("--lift", options["lift"], "left:1")
            lift = Lift(_side("--lift", side), _number_of("--lift", height))
        changes = Changes(
            body_mass_kg=options["mass_change"] or 0.0,
            toe_out_deg=_angles("--toe-out", options["toe_out"]),
            trunk_lean_deg=_angles("--trunk-lean", options["trunk_lean"]),
            cane=cane,
            heel_height_cm=options["heel_height"],
            lift=lift,
            barefoot=options["barefoot"],
            lateral_wedge=options["lateral_wedge"],
        )
    except GaitError as error:
        raise click.UsageError(str(error)) from error
    if not changes.kinds:
        raise click.UsageError("Say what should change, for example --toe-out 5 or --mass -10.")
    return changes


def _sided(option: str, text: str, example: str) -> tuple[Side | None, float | None]:
    """A side and a number, either of which may be missing."""
    first, colon, rest = text.partition(":")
    side: Side | None = "left" if first == "left" else "right" if first == "right" else None
    number = rest if colon else "" if side else first
    try:
        if colon and side is None:
            raise ValueError
        return side, float(number) if number else None
    except ValueError:
        raise click.UsageError(f"{option} {text}: write it like {example}.") from None


def _side(option: str, side: Side | None) -> Side:
    if side is None:
        raise click.UsageError(f"{option} must say left or right.")
    return side


def _number_of(option: str, number: float | None) -> float:
    if number is None:
        raise click.UsageError(f"{option} must say how much.")
    return number


def _angles(option: str, given: tuple[str, ...]) -> Angles:
    """Angles of both legs from what was given, each leg once."""
    from kinechain.gait.what_if.asked import Angles

    found: dict[str, float] = {}
    for text in given:
        side, number = _sided(option, text, "5 or left:5")
        for one in ("left", "right") if side is None else (side,):
            if one in found:
                raise click.UsageError(f"{option} is given twice for the {one} side.")
            found[one] = _number_of(option, number)
    return Angles(**found)


def _show(plain: Mapping[str, Any]) -> None:
    model = plain["model"]
    whose = f"model {model['name']}, {model['mass_kg']:g} kg" if model else "no model"
    show(f"{plain['source']}: {whose}")
    for reason in plain["quality"]:
        show(wrapped(f"! Read with caution: {reason}"))
    for note in plain["notes"]:
        show(wrapped(f"! {note}"))
    numbers: dict[Group, int] = {}
    for one in plain["changes"]:
        _show_change(one, numbers)
    if plain["together"]:
        title("All recomputed changes together")
        for note in plain["together_notes"]:
            show(wrapped(f"! {note}", 2))
        _show_rows(plain["together"], numbers)
        show(wrapped("Published doses are not combined: nobody studied these changes together.", 2))
    _show_sources(plain["changes"], numbers)


def _show_change(one: Mapping[str, Any], numbers: dict[Group, int]) -> None:
    title(one["title"])
    if one["assumption"]:
        show(wrapped(f"Recomputed: {one['assumption']}", 2))
    if one["not_recomputed"]:
        show(wrapped(one["not_recomputed"], 2))
    for note in one["notes"]:
        show(wrapped(f"! {note}", 2))
    for row in one["published"]:
        numbers.setdefault(_group(row), len(numbers) + 1)
    _show_rows([*one["recomputed"], *one["published"]], numbers)
    told: dict[str, list[str]] = {}
    for row in one["published"]:
        if row["agreement"] not in (None, "agree"):
            place = f"[{numbers[_group(row)]}] {row['label']}, {row['side']}"
            told.setdefault(row["agreement_words"], []).append(place)
    for words, places in told.items():
        show(wrapped(f"{words} {'; '.join(places)}.", 2))


def _show_rows(rows: list[Mapping[str, Any]], numbers: Mapping[Group, int]) -> None:
    """The loads of one change, those of one joint and side together."""
    studied = {(row["load"], row["side"]) for row in rows if row["kind"] != "recomputed"}
    shown = [
        row
        for row in rows
        if row["kind"] != "recomputed"
        or (row["load"], row["side"]) in studied
        or abs(row["percent"] or 0.0) >= LEAST_SHOWN_PERCENT
    ]
    order = list(dict.fromkeys(row["load"] for row in shown))
    shown.sort(key=lambda row: (order.index(row["load"]), SIDES.index(row["side"])))
    if shown:
        show(table(("load", "side", "now", "then", "change", "%", "how"), [
            (row["label"], row["side"], _number(row["now"], row["unit"]),
             _number(row["then"], row["unit"]), _number(row["difference"], row["unit"], sign=True),
             _percent(row), _how(row, numbers))
            for row in shown
        ], right=(2, 3, 4)))  # fmt: skip
    for mark, meaning in MARKS:
        if any(_percent(row).endswith(mark) for row in shown):
            show(f"  {meaning}")
    if len(shown) < len(rows):
        show(f"  Loads that change by less than {LEAST_SHOWN_PERCENT:g} % are left out.")


def _number(value: float | None, unit: str, *, sign: bool = False) -> str:
    if value is None:
        return "-"
    return f"{value:{'+' if sign else ''}.3g} {unit}".rstrip()


def _percent(row: Mapping[str, Any]) -> str:
    if row["kind"] != "recomputed" and row["percent"] is None:
        return _effect(row)
    if row["percent"] is None:
        return "-"
    if row.get("effect") == "none":
        return "no significant change"
    text = f"{row['percent']:+.1f}"
    low, high = row["low_percent"], row["high_percent"]
    if low is not None and high - low > 0.1:
        text += f" ({low:+.1f} to {high:+.1f})"
    return text


def _effect(row: Mapping[str, Any]) -> str:
    """An effect that is no percentage of the load for the amount asked for."""
    value, low = row["value"], row["low"]
    if value is None:
        return "beyond what was studied" if row["basis"] == "beyond" else "-"
    if row["effect"] == "newton_per_unit":
        return "-"
    if row["effect"] == "direction":
        return "less" if value < 0 else "more"
    if row["effect"] == "none":
        return "no significant change"
    spread = "" if low is None else f" ({low:+g} to {row['high']:+g})"
    return f"{value:+g}{spread} {'SD' if row['effect'] == 'standardised' else '% *'}"


def _how(row: Mapping[str, Any], numbers: Mapping[Group, int]) -> str:
    return "recomputed" if row["kind"] == "recomputed" else f"dose [{numbers[_group(row)]}]"


def _group(row: Mapping[str, Any]) -> Group:
    """The people of one publication, whose doses are told under one number."""
    return row["source"]["title"], row["population"]


def _show_sources(changes: list[Mapping[str, Any]], numbers: Mapping[Group, int]) -> None:
    if not numbers:
        return
    title("Published doses")
    groups: dict[Group, dict[str, Mapping[str, Any]]] = {}
    for change in changes:
        for row in change["published"]:
            groups.setdefault(_group(row), {}).setdefault(row["dose"], row)
    for group, doses in groups.items():
        first = next(iter(doses.values()))
        source = first["source"]
        whom = group[1][0].upper() + group[1][1:]
        count = "" if first["n"] is None else f", n {first['n']}"
        doi = source.get("doi")
        certainty = f"{first['certainty'].replace('_', ' ')} ({first['certainty_reason']})"
        show(wrapped(
            f"[{numbers[group]}] {whom}{count}; {first['design'].replace('_', ' ')}; certainty "
            f"{certainty}. {first['unlike']} {source['title']}, {source['journal_or_body']} "
            f"{source['year']}, {first['where']}, {f'doi {doi}' if doi else source['url']}", 2, 4,
        ))  # fmt: skip
        for row in doses.values():
            interval = f" Interval: {row['interval']}." if row["interval"] else ""
            text = f"- {row['label']}: {row['basis_words']}; against {row['control']}."
            show(wrapped(f"{text}{interval} {row['note']}", 6))
