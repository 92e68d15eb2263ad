"""Reads a clinic's file of base rates, strictly: whatever is wrong is told, and nothing used."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from math import isfinite
from pathlib import Path
from typing import Any

import yaml

from kinechain.domain.case import Issue
from kinechain.knowledge.base_rates import BaseRates, Rate
from kinechain.knowledge.knowledge import Knowledge

LARGEST_FILE = 100_000
LONGEST_SOURCE = 300
KEYS = ("source", "setting", "conditions")
RATE_KEYS = ("value", "low", "high", "n")
SHOWN = 40
FORM = "{value: 0.04, low: 0.02, high: 0.07, n: 1200}"


class BaseRatesError(Exception):
    """A file of base rates cannot be used; `issues` says all that is wrong with it."""

    def __init__(self, issues: tuple[Issue, ...]) -> None:
        super().__init__("\n".join(f"{one.where}: {one.message}" for one in issues))
        self.issues = issues


def read_base_rates(path: Path, knowledge: Knowledge) -> BaseRates:
    """Read a clinic's own base rates.

    Parameters
    ----------
    path
        The file.
    knowledge
        Whose conditions and settings it may name.

    Raises
    ------
    BaseRatesError
        With everything that is wrong, each with file, line, key and remedy.
    """
    reader = _Reader(path.name)
    found = reader.read(path, knowledge)
    if reader.issues or found is None:
        raise BaseRatesError(tuple(reader.issues))
    return found


class _Reader:
    """Gathers what is wrong on the way."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.issues: list[Issue] = []

    def tell(self, key: str, line: int, message: str, remedy: str) -> None:
        """Note something wrong."""
        where = f"{self.name}, line {line}" + (f", {key}" if key else "")
        self.issues.append(Issue(level="error", where=where, message=message, remedy=remedy))

    def read(self, path: Path, knowledge: Knowledge) -> BaseRates | None:
        """The rates, as far as they could be read."""
        root = self._root(path)
        if root is None:
            return None
        entries = self._entries(root, "", KEYS)
        source = self._text(entries, "source", "say where the rates come from, with the years")
        if len(source) > LONGEST_SOURCE:
            self.tell("source", _line(entries["source"]),
                      f"The source must be at most {LONGEST_SOURCE} characters. It has "
                      f"{len(source)}.", "shorten it")  # fmt: skip
        setting = self._setting(entries, knowledge) if "setting" in entries else None
        rates: dict[str, Rate] = {}
        if "conditions" not in entries:
            self.tell("conditions", 1, "The key 'conditions' must be there. It is missing.",
                      f"list them, as knee_osteoarthritis: {FORM}")  # fmt: skip
        else:
            rates = dict(self._rates(entries["conditions"], knowledge))
        return BaseRates(source=source, setting=setting, conditions=rates)

    def _root(self, path: Path) -> Any:
        """The document as nodes that know their line; nothing in it is constructed."""
        try:
            with path.open("rb") as file:
                raw = file.read(LARGEST_FILE + 1)
            if len(raw) > LARGEST_FILE:
                self.tell("", 1, f"The file must be at most {LARGEST_FILE // 1000} kB. It is "
                          "larger.", "check that this is the right file")  # fmt: skip
                return None
            text = raw.decode("utf-8-sig")
            for event in yaml.parse(text, Loader=yaml.SafeLoader):
                if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                    self.tell("", event.start_mark.line + 1, "The file must be written without "
                              "anchors (&) and aliases (*).", "write the values out")  # fmt: skip
                    return None
            return yaml.compose(text, Loader=yaml.SafeLoader) or yaml.MappingNode("", [])
        except OSError as error:
            self.tell("", 1, f"The file must be readable. Got: {error.strerror}.",
                      "check the path")  # fmt: skip
        except UnicodeDecodeError:
            self.tell("", 1, "The file must be text in UTF-8.", "save it as UTF-8")
        except (yaml.YAMLError, RecursionError) as error:
            mark = getattr(error, "problem_mark", None)
            said = getattr(error, "problem", None) or "it cannot be read"
            self.tell("", mark.line + 1 if mark else 1, f"The file must be YAML. Got: {said}.",
                      "correct this line; text with a colon needs quotes")  # fmt: skip
        return None

    def _entries(self, node: Any, key: str, known: tuple[str, ...]) -> dict[str, Any]:
        """Keys and values of a mapping; those that are unknown or stand twice are told."""
        found: dict[str, Any] = {}
        for name, line, value in self._pairs(node, key):
            inside = f"{key}.{name}" if key else name
            if name not in known:
                self.tell(inside, line, f"The key must be one of {', '.join(known)}. Got "
                          f"{_shown(name)!r}.", _meant(name, known))  # fmt: skip
            elif name in found:
                self.tell(inside, line, "The key must stand once. It stands twice.",
                          "delete one")  # fmt: skip
            else:
                found[name] = value
        return found

    def _pairs(self, node: Any, key: str) -> Iterator[tuple[str, int, Any]]:
        if not isinstance(node, yaml.MappingNode):
            self.tell(key, _line(node), "Keys with values must stand here. Got "
                      f"{_kind(node)}.", "see the page 'State your own base rates'")  # fmt: skip
            return
        for left, right in node.value:
            yield (left.value if isinstance(left, yaml.ScalarNode) else "?", _line(left), right)

    def _text(self, entries: Mapping[str, Any], key: str, remedy: str) -> str:
        node = entries.get(key)
        text = node.value if isinstance(node, yaml.ScalarNode) else ""
        words = " ".join(str(text).split())
        if not words or not words.isprintable():
            line = _line(node) if node is not None else 1
            said = "It is missing." if node is None else f"Got {_kind(node)}."
            self.tell(key, line, f"The key {key!r} must have a text. {said}", remedy)
        return words

    def _setting(self, entries: Mapping[str, Any], knowledge: Knowledge) -> str | None:
        before = len(self.issues)
        name = self._text(entries, "setting", f"write one of {', '.join(knowledge.settings)}")
        if len(self.issues) > before:
            return None
        wanted = name.casefold()
        for setting in knowledge.settings.values():
            words = (setting.id, setting.label, *setting.synonyms)
            if wanted in {word.casefold() for word in words}:
                return setting.id
        self.tell("setting", _line(entries["setting"]),
                  f"The setting must be one of {', '.join(knowledge.settings)}. Got "
                  f"{_shown(name)!r}.", _meant(name, tuple(knowledge.settings)))  # fmt: skip
        return None

    def _rates(self, node: Any, knowledge: Knowledge) -> Iterator[tuple[str, Rate]]:
        seen: set[str] = set()
        for name, line, value in self._pairs(node, "conditions"):
            key = f"conditions.{_shown(name)}"
            if name not in knowledge.conditions:
                self.tell(key, line, "The condition must be one that the knowledge has. Got "
                          f"{_shown(name)!r}.",
                          f"{_meant(name, tuple(knowledge.conditions))}; kinechain conditions "
                          "finds their names")  # fmt: skip
            elif name in seen:
                self.tell(key, line, "The condition must stand once. It stands twice.",
                          "delete one")  # fmt: skip
            seen.add(name)
            rate = self._rate(value, key)
            if rate is not None:
                yield name, rate
        if not seen and isinstance(node, yaml.MappingNode):
            self.tell("conditions", _line(node), "At least one condition must be listed. Got "
                      "none.", f"add one, as knee_osteoarthritis: {FORM}")  # fmt: skip

    def _rate(self, node: Any, key: str) -> Rate | None:
        before = len(self.issues)
        entries = self._entries(node, key, RATE_KEYS)
        if len(self.issues) > before:
            return None
        ends = ("value", "low", "high")
        numbers = {name: self._number(entries, name, key, _line(node)) for name in ends}
        n = self._count(entries, key) if "n" in entries else None
        if len(self.issues) > before:
            return None
        value, low, high = (float(one or 0.0) for one in numbers.values())
        if not 0 < low <= value <= high < 1:
            self.tell(key, _line(node), "The figures must be in the order 0 < low <= value <= "
                      f"high < 1. Got low {low:g}, value {value:g}, high {high:g}.",
                      "give shares, not per cent: 0.04 for 4 %; with no case among n people, "
                      "1 / n is a cautious value and 3 / n the upper end")  # fmt: skip
            return None
        return Rate(value=value, low=low, high=high, n=n)

    def _number(self, entries: Mapping[str, Any], name: str, key: str, line: int) -> float | None:
        node = entries.get(name)
        if node is None:
            self.tell(f"{key}.{name}", line, f"The key {name!r} must be there. It is missing.",
                      f"write all three, as {FORM}; low and high are the ends of the 95 % "
                      "interval")  # fmt: skip
            return None
        try:
            found = float(node.value) if isinstance(node, yaml.ScalarNode) else float("nan")
        except ValueError:
            found = float("nan")
        if isfinite(found):
            return found
        self.tell(f"{key}.{name}", _line(node), f"A number must stand here. Got {_kind(node)}.",
                  "write a share with a decimal point, as 0.04")  # fmt: skip
        return None

    def _count(self, entries: Mapping[str, Any], key: str) -> int | None:
        node = entries["n"]
        text = node.value.strip() if isinstance(node, yaml.ScalarNode) else ""
        if text.isascii() and text.isdigit() and 0 < int(text[:12]) < 10**10:
            return int(text)
        self.tell(f"{key}.n", _line(node), "A whole number of people must stand here. Got "
                  f"{_kind(node)}.", "write how many were counted, or leave n out")  # fmt: skip
        return None


def _line(node: Any) -> int:
    mark = getattr(node, "start_mark", None)
    return int(mark.line) + 1 if mark is not None else 1


def _kind(node: Any) -> str:
    if isinstance(node, yaml.ScalarNode):
        return repr(_shown(str(node.value))) if node.value else "nothing"
    return "a list" if isinstance(node, yaml.SequenceNode) else "keys with values"


def _shown(text: str) -> str:
    words = " ".join("".join(c if c.isprintable() else "?" for c in text[: 4 * SHOWN]).split())
    return words if len(words) <= SHOWN else f"{words[: SHOWN - 1]}…"


def _meant(written: str, known: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(written[: 2 * SHOWN], known, n=1)
    return f"did you mean {near[0]!r}?" if near else "correct or delete it"
