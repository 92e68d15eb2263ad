"""Reads treatments that were tried: which, when, where, and what they did."""

from __future__ import annotations

import re
from datetime import date

from kinechain.domain.case import Side, TriedTreatment
from kinechain.intake.amounts import duration_weeks, lifetime
from kinechain.intake.entries import named_entry
from kinechain.intake.names import key_of
from kinechain.intake.naming import named
from kinechain.intake.places import side_of_site
from kinechain.intake.reader import Reader
from kinechain.intake.recorded import SIDE_OF, Tried
from kinechain.intake.treatment_names import treatment_meant
from kinechain.intake.tree import Entry, Mapping, Node, Text, as_list, shown
from kinechain.intake.words_inside import words_of

RESPONSES: dict[str, tuple[str, ...]] = {
    "none": ("no change", "unchanged", "no effect", "no", "no response", "no relief"),
    "partial": ("better", "improved", "some relief", "some", "yes", "good"),
    "complete": ("full", "resolved", "complete relief", "cured"),
    "worse": ("worsened", "deteriorated"),
    "unknown": ("not known",),
}
KEYS: dict[str, tuple[str, ...]] = {
    "treatment": ("name", "id"), "response": ("effect", "result"),
    "on": ("since", "date", "start", "started"), "until": ("end", "ended", "stopped"),
    "weeks": ("duration weeks",), "duration": ("for",), "site": ("where", "joint", "region"),
    "side": ("sides",), "relief": ("relief percent", "pain relief"),
    "relief_for": ("relief lasted", "relief duration"),
}  # fmt: skip
_PROPER = {key_of(word) for key, words in KEYS.items() for word in (key, *words)}
PATH = "treatments"
DAYS = 7
LONGEST_WEEKS = 7000
LEAST_OF_COMPLETE = 50
"""Per cent of relief below which a response is certainly not complete."""
ROUNDING_WEEKS = 1
"""How much longer than from start to end a stated number of weeks may be."""


def read_treatments(reader: Reader, node: Node, age_years: float | None) -> list[Tried]:
    """Read the part `treatments`.

    Parameters
    ----------
    reader
        Takes the issues.
    node
        A list of names, of ``name: response``, or of mappings.
    age_years
        No treatment lasts longer.
    """
    tried: list[Tried] = []
    for one in as_list(node):
        fields: dict[str, Entry] = {}
        full = _with_name(one)
        text, line = named_entry(reader, full, KEYS, "treatment", PATH, fields.update)
        if text is not None:
            tried.append(Tried(_one(reader, text, fields, line, age_years), line))
    return tried


def _with_name(node: Node) -> Node:
    """``exercise: partial`` as a mapping with all its keys."""
    if not isinstance(node, Mapping) or not node.entries:
        return node
    first = node.entries[0]
    if key_of(first.key) in _PROPER:
        return node
    name = Entry("treatment", first.line, Text(first.key, first.line))
    if isinstance(first.value, Mapping):
        return Mapping([name, *first.value.entries, *node.entries[1:]], node.line)
    response = Entry("response", first.line, first.value)
    return Mapping([name, response, *node.entries[1:]], node.line)


def _one(
    reader: Reader, text: str, fields: dict[str, Entry], line: int, age_years: float | None
) -> TriedTreatment:
    name = shown(text)
    response = None
    if "response" in fields:
        response = reader.choice(
            fields["response"].value, f"{PATH}.response", f"response to {name}", RESPONSES
        )
    percent = _percent(reader, fields, name)
    if _contradict(reader, response, percent, name, line):
        response, percent = "unknown", None
    on, until = _days(reader, fields, name)
    changed = response in ("partial", "complete", "worse") or (response is None and percent)
    if changed and on is None:
        reader.report(
            "info",
            line,
            PATH,
            f"The start of {name} is not known, "
            "so it is not known either which findings came after it.",
            "add on: with the date of its start",
        )
    site, side = _place(reader, text, fields, name, line)
    relief_weeks = None
    if "relief_for" in fields:
        relief_weeks = duration_weeks(
            reader, fields["relief_for"].value, f"{PATH}.relief_for", age_years,
            f"duration of the relief from {name}",
        )  # fmt: skip
    return TriedTreatment(
        treatment=name,
        response=response,
        on=on,
        id=treatment_meant(reader, text, line, PATH),
        until=until,
        weeks=_weeks(reader, fields, name, age_years, on, until),
        site=site,
        side=side,
        relief_percent=percent,
        relief_weeks=relief_weeks,
    )


def _percent(reader: Reader, fields: dict[str, Entry], name: str) -> float | None:
    if "relief" not in fields:
        return None
    node = fields["relief"].value
    if isinstance(node, Text):
        node = Text(re.sub(r"\s*(?:%|per ?cent)$", "", node.value.strip()), node.line, node.quoted)
    return reader.number(
        node, f"{PATH}.relief", f"relief from {name} in per cent of the pain", 0, 100
    )


def _contradict(
    reader: Reader, response: str | None, percent: float | None, name: str, line: int
) -> bool:
    """Whether response and relief cannot both be true; it is an error then."""
    if response is None or percent is None:
        return False
    wanted = {
        "complete": (percent < LEAST_OF_COMPLETE, f"at least {LEAST_OF_COMPLETE} %"),
        "partial": (percent == 0, "over 0 %"),
        "none": (percent >= LEAST_OF_COMPLETE, f"under {LEAST_OF_COMPLETE} %"),
        "worse": (percent > 0, "0 %"),
    }
    wrong, constraint = wanted.get(response, (False, ""))
    if wrong:
        reader.wrong(
            line,
            f"{PATH}.relief",
            f"relief from {name}",
            f"{constraint} when its response is {response}",
            f"{percent:g} %; neither of the two is used",
            "correct one of them",
        )
    return wrong


def _days(reader: Reader, fields: dict[str, Entry], name: str) -> tuple[date | None, date | None]:
    """Start and end."""
    on = until = None
    if "on" in fields:
        on = reader.day(fields["on"].value, f"{PATH}.on", f"start of {name}")
    if "until" in fields:
        until = reader.day(fields["until"].value, f"{PATH}.until", f"end of {name}")
        if on is not None and until is not None and until < on:
            reader.wrong(
                fields["until"].line,
                f"{PATH}.until",
                f"end of {name}",
                f"no earlier than its start ({on})",
                str(until),
                "correct one of the two dates; the end is left out",
            )
            until = None
    return on, until


def _weeks(
    reader: Reader, fields: dict[str, Entry], name: str, age_years: float | None,
    on: date | None, until: date | None,
) -> float | None:  # fmt: skip
    """For how long it was kept up: as written, otherwise from its start to its end or to now."""
    if "weeks" in fields and "duration" in fields:
        reader.wrong(
            fields["duration"].line,
            f"{PATH}.duration",
            f"duration of {name}",
            "written once",
            "weeks and duration",
            "delete one of them",
        )
    end = until or reader.as_of
    span = (end - on).days / DAYS if on is not None and end is not None else None
    entry = fields.get("weeks") or fields.get("duration")
    if entry is None:
        # an end that was written and cannot be used is not "until now"
        return None if until is None and "until" in fields else span
    what = f"duration of {name}"
    given = _written_weeks(reader, entry, "weeks" in fields, what, age_years)
    if given is not None and span is not None and given > span + ROUNDING_WEEKS:
        reader.report(
            "warning",
            entry.line,
            f"{PATH}.{entry.key}",
            f"The {what} must be no longer than from its start to "
            f"{'its end' if until else 'as_of'} ({span:.3g} weeks). Got {given:.3g} weeks; "
            "the shorter one is used.",
            "correct the dates or the duration",
        )
        return span
    return given


def _written_weeks(
    reader: Reader, entry: Entry, plain: bool, what: str, age_years: float | None
) -> float | None:
    node = entry.value
    is_text = isinstance(node, Text) and any(c.isalpha() for c in node.value)
    key = f"{PATH}.{entry.key}"
    if not plain or is_text:
        return duration_weeks(reader, node, key, age_years, what)
    weeks = reader.number(node, key, f"{what} in weeks", 0, LONGEST_WEEKS)
    return None if weeks is None else lifetime(reader, weeks, node, key, age_years, what)


def _place(
    reader: Reader, text: str, fields: dict[str, Entry], name: str, line: int
) -> tuple[str | None, Side]:
    """What was treated, and its side, which can stand in the name: left hip injection."""
    in_name = {SIDE_OF.get(key_of(word)) for word in words_of(text) if len(word) > 1}
    sides = [side for side in ("left", "right", "both") if side in in_name]
    side_text: str | None = sides[0] if len(sides) == 1 else "both" if sides else None
    site = None
    if "site" in fields:
        node = fields["site"].value
        written = reader.text(node, f"{PATH}.site", f"site of {name}")
        if written is not None:
            found = named(reader, written, node.line, f"{PATH}.site", ("site",), guess=True)
            site = reader.knowledge.sites[found.name.id] if found.name else None
            side_text = found.side or side_text
    if "side" in fields:
        node, line = fields["side"].value, fields["side"].line
        side_text = reader.text(node, f"{PATH}.side", f"side of {name}") or side_text
    if site is not None:
        of = f"treatment {name} at"
        return site.id, side_of_site(reader, site, side_text, line, f"{PATH}.side", of)
    side = SIDE_OF.get(key_of(side_text)) if side_text and side_text != "?" else "unknown"
    if side is None:
        reader.wrong(
            line,
            f"{PATH}.side",
            f"side of {name}",
            "left, right, both, midline or unknown",
            repr(shown(side_text or "")),
            "choose one of them, or leave it out",
        )
    return None, side or "unknown"
