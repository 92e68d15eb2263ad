"""From what somebody typed to an entry of a case file, and back. What it means, the intake says."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import yaml

from kinechain.domain.record import FactKey

LONGEST = 2000
AS_WRITTEN: frozenset[FactKey] = frozenset({"note", "consent"})
"""Keys whose text is not looked into."""
NAMED: dict[FactKey, str] = {
    "finding_present": "finding", "finding_absent": "finding", "pain": "site", "no_pain": "site",
    "value": "quantity", "score": "instrument", "treatment": "treatment",
}  # fmt: skip
"""Under which key a full entry names what it is about."""
CONTENT: dict[FactKey, str] = {
    "finding_present": "side", "finding_absent": "side", "pain": "side", "no_pain": "side",
    "value": "value", "score": "score", "treatment": "response",
}  # fmt: skip
"""What a short entry, ``name: content``, says of it."""
DATED: frozenset[FactKey] = frozenset(
    {"finding_present", "finding_absent", "pain", "value", "score", "treatment"}
)
"""Keys whose entry can say the day that it is about."""
SIDED: frozenset[FactKey] = frozenset(
    {"finding_present", "finding_absent", "pain", "no_pain", "value", "treatment"}
)
_SEVERAL = re.compile(r"^[\w ]+:\s[^{}\[\]]*,\s*[\w ]+:\s")
_SAFE = re.compile(r"[\w(][\w./%+() -]*[\w%)]|\w")
_REFUSED = (yaml.AliasToken, yaml.AnchorToken, yaml.TagToken)


class EntryError(ValueError):
    """What was typed cannot be read as an entry; the message says what to do."""


def read_entry(key: FactKey, text: str, *, side: str = "", on: date | None = None) -> Any:
    """The entry that somebody typed.

    Parameters
    ----------
    key
        What it is.
    text
        As the case format takes it: ``fever``, ``knee_effusion: right``,
        ``finding: paraesthesia, side: right, level: l3``.
    side, on
        Where they were chosen beside the text.

    Raises
    ------
    EntryError
        When there is nothing, too much, or something that is no entry.

    Examples
    --------
    >>> read_entry("finding_present", "fever")
    'fever'
    >>> read_entry("pain", "groin", side="left")
    {'site': 'groin', 'side': 'left'}
    """
    text = text.strip()
    if not text:
        raise EntryError("Write what is to be recorded.")
    if len(text) > LONGEST:
        raise EntryError(f"An entry has at most {LONGEST} characters.")
    entry = text if key in AS_WRITTEN else _read(text)
    if side and key in SIDED:
        entry = _with(key, entry, "side", side)
    if on is not None and key in DATED:
        entry = _with(key, entry, "on", on.isoformat())
    return entry


def entry_text(entry: Any) -> str:
    """An entry as somebody would type it.

    Parameters
    ----------
    entry
        Plain JSON.

    Examples
    --------
    >>> entry_text({"site": "groin", "side": "left"})
    '{site: groin, side: left}'
    """
    if isinstance(entry, dict) and len(entry) == 1:
        return _flow(entry)[1:-1]
    return entry if isinstance(entry, str) else _flow(entry)


def _flow(value: Any) -> str:
    match value:
        case dict():
            return (
                "{" + ", ".join(f"{_flow(key)}: {_flow(one)}" for key, one in value.items()) + "}"
            )
        case list() | tuple():
            return "[" + ", ".join(_flow(one) for one in value) + "]"
        case bool() | int() | float() | None:
            return json.dumps(value)
        case _:
            text = str(value)
            return text if _SAFE.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def _read(text: str) -> Any:
    flow = "{" + text + "}" if _SEVERAL.match(text) else text
    try:
        if any(isinstance(token, _REFUSED) for token in yaml.scan(flow, yaml.BaseLoader)):
            raise EntryError("An entry has no anchors, aliases or tags (no &, * or ! before it).")
        found = yaml.load(flow, Loader=yaml.BaseLoader)  # noqa: S506 - it builds text only
    except (yaml.YAMLError, RecursionError):
        return text  # then it is taken as plain words, and the intake says what it makes of them
    if isinstance(found, str | dict | list) and found:
        return _plain(found, 0)
    return text


def _plain(value: Any, depth: int) -> Any:
    """Text, lists and mappings with text for keys, as JSON has them."""
    if depth > 4:
        raise EntryError("An entry is not nested so deeply.")
    match value:
        case dict():
            return {str(key): _plain(one, depth + 1) for key, one in value.items()}
        case list():
            return [_plain(one, depth + 1) for one in value]
        case _:
            return str(value)


def _with(key: FactKey, entry: Any, name: str, value: str) -> Any:
    """The entry with one thing more, unless it says so itself."""
    full = _full(key, entry)
    if not isinstance(full, Mapping) or name in full:
        return entry
    return {**full, name: value}


def _full(key: FactKey, entry: Any) -> Any:
    """An entry in full: what it is about, and what is said of it, each under its key."""
    named = NAMED[key]
    if isinstance(entry, str):
        return {named: entry}
    if isinstance(entry, dict) and named not in entry and len(entry) == 1:
        ((name, content),) = entry.items()
        return {named: name, CONTENT[key]: content}
    return entry
