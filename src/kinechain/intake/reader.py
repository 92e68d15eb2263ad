"""What reading every part of a case has in common: issues, fields, texts, numbers, dates."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from datetime import date

from kinechain.domain.case import Issue, IssueLevel
from kinechain.domain.concepts import Finding, Trait
from kinechain.intake.misspelled import meant_key, meant_word
from kinechain.intake.names import Name, Names, key_of
from kinechain.intake.recorded import RecordedFactor
from kinechain.intake.tree import Entry, Items, Mapping, Node, Text, shown
from kinechain.knowledge import Knowledge

MOST_ISSUES = 100
MOST_LISTED = 8
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,15}(?:[.,][0-9]{1,15})?|\.[0-9]{1,15})(?:[eE][+-]?[0-9]+)?")
_AMBIGUOUS_COMMA = re.compile(r"[+-]?[0-9]{1,3},[0-9]{3}")
_NOT_FINITE = frozenset({"nan", "inf", "infinity"})


@dataclass
class Reader:
    """The state of reading one case.

    Attributes
    ----------
    file
        What the file is called in issues.
    as_of
        The day of the assessment, once it is read; no date may be later.
    lost_pain
        Whether a site of pain may have been written that could not be used as it stands.
    followers
        What follows from each quantity, once it has been looked up.
    factors
        Health factors, wherever they were written.
    class_of_trait
        The class of drugs that a trait is about, once it has been looked up.
    inside
        What was found inside longer texts.
    errors
        How many errors there are so far, also those beyond `MOST_ISSUES`.
    """

    knowledge: Knowledge
    names: Names
    file: str
    issues: list[Issue] = field(default_factory=list[Issue])
    as_of: date | None = None
    lost_pain: bool = False
    followers: dict[str, list[Finding | Trait]] = field(
        default_factory=dict[str, "list[Finding | Trait]"]
    )
    factors: list[RecordedFactor] = field(default_factory=list[RecordedFactor])
    class_of_trait: dict[str, str] | None = None
    inside: dict[tuple[str, tuple[object, ...]], tuple[Name, ...]] = field(
        default_factory=dict[tuple[str, tuple[object, ...]], "tuple[Name, ...]"]
    )
    errors: int = 0
    left_out: int = 0

    def report(
        self, level: IssueLevel, line: int, key: str, message: str, remedy: str = ""
    ) -> None:
        """Add an issue; after `MOST_ISSUES` they are only counted."""
        self.errors += level == "error"
        if len(self.issues) >= MOST_ISSUES:
            self.left_out += 1
            return
        self.issues.append(
            Issue(
                level=level,
                where=f"{self.file}:{line} {shown(key)}".rstrip(),
                message=message,
                remedy=remedy,
            )
        )

    def wrong(
        self, line: int, key: str, what: str, constraint: str, got: str, remedy: str = ""
    ) -> None:
        """Report an error in the one form that all messages have."""
        self.report("error", line, key, f"The {what} must be {constraint}. Got {got}.", remedy)

    def fields(
        self, mapping: Mapping, allowed: MappingOf[str, tuple[str, ...]], path: str
    ) -> dict[str, Entry]:
        """The entries of a mapping by their proper key; unknown keys are reported.

        A key that can only be a misspelling is an error too, but its value is used.

        Parameters
        ----------
        mapping
            What was written.
        allowed
            Proper keys, each with other words for it.
        path
            Where the mapping stands, for issues.
        """
        proper = {key_of(word): key for key, words in allowed.items() for word in (key, *words)}
        there = {proper.get(key_of(entry.key)) for entry in mapping.entries}
        found: dict[str, Entry] = {}
        for entry in mapping.entries:
            key = proper.get(key_of(entry.key))
            if key is None:
                key = self._unknown(entry, proper, there, path)
                self.lost_pain = self.lost_pain or not path
            if key is None:
                continue
            if key in found:
                self.wrong(
                    entry.line,
                    f"{path}{key}",
                    f"{key} of a case",
                    "written once",
                    f"it again, under {shown(entry.key)!r}",
                    "delete one of them",
                )
                continue
            found[key] = entry
        return found

    def _unknown(
        self, entry: Entry, proper: dict[str, str], there: set[str | None], path: str
    ) -> str | None:
        """Report an unknown key; the key that it is used as, if it can only be that one."""
        if self.errors > MOST_ISSUES:
            self.report("error", entry.line, path, "The keys of a case must be known.")
            return None
        use, names = meant_key(entry.key, proper, there)
        read = f" It is read as {use!r} for now." if use else " What stands under it is not read."
        where = f" of {path.rstrip('.')}" if path else " of a case"
        known = ", ".join(dict.fromkeys(proper.values()))
        self.report(
            "error",
            entry.line,
            f"{path}{entry.key}",
            f"The keys{where} must be known. Got {shown(entry.key)!r}.{read}",
            (f"did you mean {either(names)}? " if names else "") + f"known: {known}",
        )
        return use

    def text(self, node: Node, key: str, what: str) -> str | None:
        """One piece of text; ``None`` when there is none or it is something else."""
        if isinstance(node, Text):
            return None if node.is_empty else node.value.strip() or None
        self.wrong(
            node.line,
            key,
            what,
            "one value",
            "a list" if isinstance(node, Items) else "a mapping",
            "write the value on the same line as the key",
        )
        return None

    def choice(
        self, node: Node, key: str, what: str, options: MappingOf[str, tuple[str, ...]]
    ) -> str | None:
        """One of a few words, each with other words for it; an evident misspelling is used."""
        text = self.text(node, key, what)
        if text is None:
            return None
        known = {key_of(word): option for option, words in options.items()
                 for word in (option, *words)}  # fmt: skip
        found = known.get(key_of(text))
        if found is None:
            found, near = meant_word(text, known)
            constraint = either(list(options)) if len(options) <= MOST_LISTED else "a known word"
            read = f", read as {found} for now" if found else ""
            self.wrong(
                node.line,
                key,
                what,
                constraint,
                f"{shown(text)!r}{read}",
                f"did you mean {near}?" if near else f"choose one of {', '.join(options)}",
            )
        return found

    def number(self, node: Node, key: str, what: str, low: float, high: float) -> float | None:
        """A finite number from `low` to `high`."""
        text = self.text(node, key, what)
        if text is None:
            return None
        value = self.number_in(text, node.line, key, what)
        if value is not None and not low <= value <= high:
            self.wrong(
                node.line,
                key,
                what,
                f"from {low:g} to {high:g}",
                shown(text),
                "correct it, or leave it out when it is not known",
            )
            return None
        return value

    def number_in(self, text: str, line: int, key: str, what: str) -> float | None:
        """The number that a text is; a decimal comma is understood where it is unambiguous."""
        if text.casefold().lstrip("+-.") in _NOT_FINITE:
            self.wrong(line, key, what, "a finite number", shown(text), "leave it out")
            return None
        if not _NUMBER.fullmatch(text) or _AMBIGUOUS_COMMA.fullmatch(text):
            comma = " (is the comma a decimal point?)" if "," in text else ""
            self.wrong(
                line,
                key,
                what,
                "a number",
                f"{shown(text)!r}{comma}",
                "write digits with a decimal point",
            )
            return None
        value = float(text.replace(",", "."))
        if not math.isfinite(value):
            self.wrong(line, key, what, "a finite number", shown(text), "leave it out")
            return None
        return value

    def day(self, node: Node, key: str, what: str) -> date | None:
        """A date in the form 2026-11-22, not after the day of the assessment."""
        text = self.text(node, key, what)
        if text is None:
            return None
        try:
            day = date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-..-..", text) else None
        except ValueError:
            day = None
        if day is None:
            self.wrong(
                node.line,
                key,
                what,
                "a date written as 2026-11-22",
                repr(shown(text)),
                "write year, month and day with hyphens",
            )
        elif self.as_of is not None and day > self.as_of:
            self.wrong(
                node.line,
                key,
                what,
                f"no later than as_of ({self.as_of})",
                shown(text),
                "correct one of the two dates; the date is left out",
            )
            return None
        return day


def either(words: list[str]) -> str:
    """Words as alternatives: ``a, b or c``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
