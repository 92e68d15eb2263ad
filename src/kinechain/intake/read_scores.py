"""Reads scores of instruments, entered as they are or computed from the answers."""

from __future__ import annotations

import re

from kinechain.domain.case import Score
from kinechain.domain.instruments import Instrument, Scale
from kinechain.intake.names import key_of
from kinechain.intake.naming import resolve
from kinechain.intake.reader import Reader
from kinechain.intake.scoring import score
from kinechain.intake.tree import Entry, Items, Mapping, Node, Text, as_list, shown

KEYS: dict[str, tuple[str, ...]] = {
    "instrument": ("name", "id", "questionnaire"), "on": ("date", "day"),
    "score": ("value", "total", "result"), "scale": ("subscale",),
    "answers": ("items", "answer"),
}  # fmt: skip
_PROPER = {key_of(word) for key, words in KEYS.items() for word in (key, *words)}
PATH = "scores"
_MISSING = frozenset({"", "-", "–", "~", "?", "null", "none", "na", "n/a", "missing"})
_Answers = tuple[float | None, ...]
AGREE = 0.05
"""By how much an entered score may differ from the computed one, above its rounding."""


def read_scores(reader: Reader, node: Node) -> tuple[Score, ...]:
    """Read the part `scores`: one score for each entry, or one per scale from the answers."""
    found: dict[tuple[str, str, object], Score] = {}
    for one in as_list(node):
        line = one.line
        for new in _entry(reader, one):
            key = new.instrument, new.scale, new.on
            if key in found and found[key].value != new.value:
                when = f"of {new.on}" if new.on else "without a date"
                reader.report(
                    "warning",
                    line,
                    PATH,
                    f"The score {new.scale} of {new.instrument} {when} must be written once. "
                    "Got it again; the later one is used.",
                    "write on: with the date of each, or delete one",
                )
            found[key] = new
    return tuple(found.values())


def _entry(reader: Reader, node: Node) -> list[Score]:
    fields = _fields(reader, node)
    if fields is None:
        return []
    text, line = _name(reader, fields), fields["instrument"].line
    name = None
    if text is not None:
        name = resolve(reader, text, line, f"{PATH}.instrument", ("instrument",), guess=True)
    if name is None:
        return []
    instrument = reader.knowledge.instruments[name.id]
    on = None
    if "on" in fields:
        on = reader.day(fields["on"].value, f"{PATH}.on", f"date of {instrument.id}")
    scale = _scale(reader, instrument, fields)
    if scale is None:
        return []
    entered = None
    if "score" in fields:
        entered = _entered(reader, fields["score"].value, instrument, scale)
    if "answers" in fields:
        answers = _answers(reader, fields["answers"].value, instrument)
        values = None if answers is None else _computed(reader, instrument, answers, fields)
        if answers is None or values is None:
            return []
        _compare(reader, instrument, scale, entered, values, fields)
        kept = [scale] if "scale" in fields else instrument.scales
        _say_missing(reader, instrument, kept, answers, values, fields["answers"].line)
        return [
            Score(instrument=name.id, scale=one.id, value=values[one.id], on=on, items=answers)
            for one in kept
        ]
    if "score" not in fields:
        reader.wrong(
            line,
            PATH,
            f"entry of {instrument.id}",
            "given a score or answers",
            "neither",
            "add score: or answers:",
        )
    if entered is None:
        return []
    return [Score(instrument=name.id, scale=scale.id, value=entered, on=on)]


def _fields(reader: Reader, node: Node) -> dict[str, Entry] | None:
    """The fields of an entry; ``odi: 42`` is an instrument with its score."""
    example = "for example {instrument: odi, on: 2026-11-20, score: 42}"
    if not isinstance(node, Mapping):
        if not (isinstance(node, Text) and node.is_empty):
            got = "a list" if isinstance(node, Items) else repr(shown(node.value))
            reader.wrong(
                node.line, PATH, "entry of scores", "an instrument with its score", got, example
            )
        return None
    first = node.entries[0] if node.entries else None
    if first is not None and key_of(first.key) not in _PROPER:
        name = Entry("instrument", first.line, Text(first.key, first.line))
        value: list[Entry] = []
        if isinstance(first.value, Mapping):
            value = first.value.entries
        else:
            key = "answers" if isinstance(first.value, Items) else "score"
            value = [Entry(key, first.line, first.value)]
        node = Mapping([name, *value, *node.entries[1:]], node.line)
    fields = reader.fields(node, KEYS, f"{PATH}.")
    if "instrument" not in fields:
        reader.wrong(node.line, PATH, "entry of scores", "given an instrument", "none", example)
        return None
    return fields


def _name(reader: Reader, fields: dict[str, Entry]) -> str | None:
    entry = fields["instrument"]
    text = reader.text(entry.value, f"{PATH}.instrument", "instrument of a score")
    if text is None and isinstance(entry.value, Text):
        reader.wrong(
            entry.line, PATH, "instrument of a score", "named", "nothing", "write odi, for example"
        )
    return text


def _scale(reader: Reader, instrument: Instrument, fields: dict[str, Entry]) -> Scale | None:
    """The scale that is meant, the main one unless it is named."""
    name: str | None = instrument.main_scale
    if "scale" in fields:
        options = {one.id: (one.label,) for one in instrument.scales}
        node = fields["scale"].value
        name = reader.choice(node, f"{PATH}.scale", f"scale of {instrument.id}", options)
    return next((one for one in instrument.scales if one.id == name), None)


def _entered(reader: Reader, node: Node, instrument: Instrument, scale: Scale) -> float | None:
    if isinstance(node, Text):
        whole = rf"(?<=[0-9])\s*(?:%|/\s*{scale.high:g})$"
        node = Text(re.sub(whole, "", node.value.strip()), node.line, node.quoted)
        if node.is_empty or not node.value:
            reader.wrong(
                node.line,
                f"{PATH}.score",
                f"score {scale.id} of {instrument.id}",
                f"from {scale.low:g} to {scale.high:g}",
                "nothing",
                "delete the entry when it is not known",
            )
            return None
    what = f"score {scale.id} of {instrument.id}"
    return reader.number(node, f"{PATH}.score", what, scale.low, scale.high)


def _answers(reader: Reader, node: Node, instrument: Instrument) -> _Answers | None:
    """The answers in turn; ``None`` when one of them is no number."""
    nodes = as_list(node)
    if isinstance(node, Text):  # 3, 2, -, 4
        nodes = [Text(part, node.line) for part in re.split(r"\s*[,;]\s*|\s+", node.value.strip())]
    found: list[float | None] = []
    before = reader.errors
    for number, one in enumerate(nodes, start=1):
        if isinstance(one, Text) and one.value.strip().casefold() in _MISSING:
            found.append(None)
            continue
        what = f"answer to item {number} of {instrument.id}"
        text = reader.text(one, f"{PATH}.answers", what)
        found.append(reader.number_in(text, one.line, f"{PATH}.answers", what) if text else None)
    return None if reader.errors > before else tuple(found)


def _computed(
    reader: Reader, instrument: Instrument, answers: _Answers, fields: dict[str, Entry]
) -> dict[str, float | None] | None:
    """The score of each scale; an error for each answer that the instrument does not admit."""
    try:
        return score(instrument, answers)
    except ValueError as error:
        node = fields["answers"].value
        for words in str(error).splitlines():
            item = re.search(r"item ([0-9]+)", words)
            line = node.line
            if item and isinstance(node, Items) and int(item[1]) <= len(node.values):
                line = node.values[int(item[1]) - 1].line
            parts = re.fullmatch(r"(.*?\. Got .*?\.)(?: (.*))?", words)
            message, remedy = (parts[1], parts[2]) if parts else (words, None)
            reader.report(
                "error",
                line,
                f"{PATH}.answers",
                message,
                remedy or f"give one answer for each of the {instrument.n_items} items",
            )
        return None


def _compare(
    reader: Reader, instrument: Instrument, scale: Scale, entered: float | None,
    values: dict[str, float | None], fields: dict[str, Entry],
) -> None:  # fmt: skip
    computed = values[scale.id]
    if entered is None or computed is None:
        return
    if abs(entered - computed) > 0.5 * 10**-scale.decimals + AGREE:
        reader.report(
            "warning",
            fields["score"].line,
            f"{PATH}.score",
            f"The score {scale.id} of {instrument.id} must be that of its answers "
            f"({computed:g}). Got {entered:g}; the computed one is used.",
            "correct the score or the answers",
        )


def _say_missing(
    reader: Reader, instrument: Instrument, scales: list[Scale] | tuple[Scale, ...],
    answers: _Answers, values: dict[str, float | None], line: int,
) -> None:  # fmt: skip
    for scale in scales:
        if values[scale.id] is not None:
            continue
        given = sum(answers[item - 1] is not None for item in scale.items)
        least = len(scale.items) if scale.missing == "none" else scale.least_answered
        if scale.method == "mean_of_scales":
            given = sum(values[name] is not None for name in scale.scales)
            least = scale.least_answered
        kind = "scales" if scale.method == "mean_of_scales" else "answers"
        reader.report(
            "warning",
            line,
            f"{PATH}.answers",
            f"The {kind} for the score {scale.id} of {instrument.id} must be at least {least}. "
            f"Got {given}; it has no value.",
            "complete the answers that are missing, if they are known",
        )
