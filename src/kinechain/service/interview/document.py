"""The case file of an interview: what stood in it before, and what the answers add.

Keys that no answer touches keep their text, with all comments. A key that is touched is
written anew with its old entries first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import yaml

from kinechain.domain.interview import Fact
from kinechain.intake.names import key_of
from kinechain.intake.read_case import KEYS
from kinechain.intake.read_pain import KEYS as PAIN_KEYS

SiteOf = Callable[[str], str]

_TOP = {key_of(word): key for key, words in KEYS.items() for word in (key, *words)}
_PAIN = {key_of(word): key for key, words in PAIN_KEYS.items() for word in (key, *words)}
_STATES = {"present": "present", "positive": "present", "absent": "absent",
           "negative": "absent", "notpresent": "absent"}  # fmt: skip


class _Plain(yaml.SafeDumper):
    """Writes every scalar as the text it is: a case file has no types but text."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.yaml_implicit_resolvers = {}

    def ignore_aliases(self, data: Any) -> bool:
        """A case file has no aliases."""
        return True


def document(original: str, facts: Iterable[Fact], site_of: SiteOf) -> str:
    """The text of a case file with what the answers say.

    Parameters
    ----------
    original
        The text of the file before the interview; it must be readable without errors.
    facts
        What was answered, in order.
    site_of
        Gives the id of a site that a file names.

    Returns
    -------
    str
        Without facts the original itself.
    """
    facts = [fact for fact in facts if fact.kind != "enough"]
    if not facts:
        return original
    before = _loaded(original)
    after = {key: _copied(value) for key, value in before.items()}
    touched: set[str] = set()
    for fact in facts:
        touched.add(_apply(after, fact, site_of))
    return _written(original, before, after, touched)


def _loaded(text: str) -> dict[str, Any]:
    value: Any = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - builds text only
    return value if isinstance(value, dict) else {}


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(one) for key, one in value.items()}
    return [_copied(one) for one in value] if isinstance(value, list) else value


def _key(found: dict[str, Any], name: str, proper: dict[str, str]) -> str:
    """The key under which `name` stands already, whatever it is called; else `name`."""
    return next((key for key in found if proper.get(key_of(key)) == name), name)


def _apply(case: dict[str, Any], fact: Fact, site_of: SiteOf) -> str:
    """Enter one fact; the top-level key that it changes."""
    match fact.kind:
        case "field":
            key = _key(case, fact.name, _TOP)
            case[key] = fact.value
            return key
        case "finding":
            return _finding(case, fact)
        case "value":
            key = _key(case, "values", _TOP)
            case[key] = [*_listed(case.get(key)), _value(fact)]
            return key
        case _:
            key = _key(case, "pain", _TOP)
            case[key] = _pains(_pain_entries(case.get(key)), fact, site_of)
            return key


def _pains(pains: list[dict[str, Any]], fact: Fact, site_of: SiteOf) -> list[dict[str, Any]]:
    if fact.kind == "pain":
        entry = {"site": fact.name}
        return [*pains, {**entry, "side": fact.side} if fact.side else entry]
    found: list[dict[str, Any]] = []
    for pain in pains:
        site = site_of(str(pain.get(_key(pain, "site", _PAIN), "")))
        key = _key(pain, {"side": "side", "part": "site"}.get(fact.kind, fact.name), _PAIN)
        if fact.kind == "part" and site == fact.name:
            found += [{**pain, key: part} for part in fact.values]
        elif fact.kind == "side" and site in fact.values and not pain.get(key):
            found.append({**pain, key: fact.side})
        elif fact.kind == "detail" and not pain.get(key) and not _has_duration(pain, fact):
            found.append({**pain, key: list(fact.values) if fact.values else fact.value})
        else:
            found.append(pain)
    return found


def _has_duration(pain: dict[str, Any], fact: Fact) -> bool:
    return fact.name == "duration" and bool(pain.get("duration_weeks"))


def _finding(case: dict[str, Any], fact: Fact) -> str:
    key = _key(case, "findings", _TOP)
    lists = case[key] if isinstance(case.get(key), dict) else {}
    state = _key(lists, str(fact.state), _STATES)
    entry: Any = fact.name
    if fact.level:
        entry = {"finding": fact.name, **({"side": fact.side} if fact.side else {}),
                 "level": fact.level}  # fmt: skip
    elif fact.side:
        entry = {fact.name: fact.side}
    case[key] = {**lists, state: [*_listed(lists.get(state)), entry]}
    return key


def _value(fact: Fact) -> Any:
    if not fact.side:
        return {fact.name: fact.value}
    number, _, unit = fact.value.partition(" ")
    return {"quantity": fact.name, "value": number, "unit": unit, "side": fact.side}


def _listed(value: Any) -> list[Any]:
    """The entries of a part that may be a list, a mapping, one word or nothing."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        if {"finding", "quantity", "site"} & value.keys():
            return [value]
        return [{key: one} for key, one in value.items()]
    return [value] if value else []


def _pain_entries(value: Any) -> list[dict[str, Any]]:
    """Every pain as a mapping that begins with its site."""
    if isinstance(value, dict) and any(key_of(key) in _PAIN for key in value):
        value = [value]
    found: list[dict[str, Any]] = []
    for one in _listed(value):
        if not isinstance(one, dict):
            found.append({"site": one})
        elif any(_PAIN.get(key_of(key)) == "site" for key in one):
            found.append(one)
        elif one:
            (site, rest), *more = one.items()
            beside = rest if isinstance(rest, dict) else {"side": rest} if rest else {}
            found.append({"site": site, **beside, **dict(more)})
    return found


def _written(
    original: str, before: dict[str, Any], after: dict[str, Any], touched: set[str]
) -> str:
    parts = _parts(original)
    if parts is None:
        return _dumped({key: value for key, value in after.items() if value != ""})
    head, blocks = parts
    text = head
    for key, block in blocks:
        text += _renewed(key, block, after) if key in touched else block
        text += "" if text.endswith("\n") else "\n"
    new = {key: value for key, value in after.items() if key not in before}
    return text + (_dumped(new) if new else "")


def _renewed(key: str, block: str, after: dict[str, Any]) -> str:
    """A key written anew, with the comments that followed it."""
    lines = block.splitlines(keepends=True)
    end = len(lines)
    while end > 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return _dumped({key: after[key]}) + "".join(lines[end:])


def _parts(original: str) -> tuple[str, list[tuple[str, str]]] | None:
    """The text before the first key, and each key with its text; None if it is no such file."""
    if not original.strip():
        return original, []
    node: Any = yaml.compose(original, Loader=yaml.BaseLoader)
    if node is None:
        return original if original.endswith("\n") else original + "\n", []
    if not isinstance(node, yaml.MappingNode) or node.flow_style:
        return None
    keys = [(str(key.value), int(key.start_mark.line)) for key, _ in node.value]
    lines = original.splitlines(keepends=True)
    starts = [line for _, line in keys]
    if any(key.start_mark.column for key, _ in node.value) or len(set(starts)) < len(starts):
        return None
    ends = [*starts[1:], len(lines)]
    blocks = [
        (key, "".join(lines[start:end])) for (key, start), end in zip(keys, ends, strict=True)
    ]
    return "".join(lines[: starts[0]]), blocks


def _dumped(value: dict[str, Any]) -> str:
    return str(
        yaml.dump(value, Dumper=_Plain, allow_unicode=True, sort_keys=False, width=96,
                  default_flow_style=False)
    )  # fmt: skip
