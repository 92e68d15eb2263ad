"""Reads where it hurts, and how."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from kinechain.domain.case import Course, Pain
from kinechain.intake.amounts import duration_weeks, lifetime
from kinechain.intake.names import key_of
from kinechain.intake.naming import named
from kinechain.intake.places import side_of_site
from kinechain.intake.reader import Reader
from kinechain.intake.tree import Entry, Items, Mapping, Node, Text, as_list

KEYS: dict[str, tuple[str, ...]] = {
    "site": ("where", "location", "place"), "side": ("sides",),
    "intensity": ("severity", "score", "nrs"), "quality": ("character", "qualities"),
    "onset": ("began",), "duration": ("since", "lasting"), "duration_weeks": (),
    "course": ("complaint",), "on": ("date", "day"),
}  # fmt: skip
COURSES: dict[str, tuple[str, ...]] = {
    "new": (), "changed": ("worse", "different"), "longstanding": ("old", "chronic"),
}  # fmt: skip
ONSETS: dict[str, tuple[str, ...]] = {
    "sudden": ("abrupt", "suddenly"), "gradual": ("slow", "gradually", "insidious"),
    "after_injury": ("injury", "trauma", "traumatic", "after a fall"),
}  # fmt: skip
QUALITIES = frozenset({
    "aching", "dull", "sharp", "stabbing", "throbbing", "pulsating", "cramping", "pressing",
    "pulling", "heavy", "stiff", "sore", "burning", "electric", "electric_shock", "shooting",
    "tingling", "numb", "pricking", "itching", "cold", "tearing", "ripping", "boring", "gnawing",
    "deep", "superficial", "tight", "tender", "squeezing", "tiring", "radiating", "diffuse",
    "constant", "intermittent",
})  # fmt: skip
_PROPER = {key_of(word) for key, words in KEYS.items() for word in (key, *words)}


def read_pain(reader: Reader, node: Node, complaint: Course, age_years: float | None) -> list[Pain]:
    """Read the part `pain` of a case.

    Parameters
    ----------
    reader
        Takes the issues.
    node
        A list of sites, each a name, ``name: side``, or a mapping.
    complaint
        The course of pains that do not say their own.
    age_years
        No pain lasts longer.
    """
    alone = not isinstance(node, Mapping) or any(key_of(e.key) in _PROPER for e in node.entries)
    nodes = as_list(node) if alone or not isinstance(node, Mapping) else [
        Mapping([entry], entry.line) for entry in node.entries
    ]  # fmt: skip
    pains: list[Pain] = []
    seen: set[tuple[str, str]] = set()
    before = reader.errors
    for one in nodes:
        pain = _one(reader, one, complaint, age_years)
        if pain is None:
            continue
        if (pain.site, pain.side) in seen:
            reader.report(
                "warning",
                one.line,
                "pain",
                f"The pain at {pain.site} "
                f"({pain.side}) should be written once. It is written again.",
                "put both entries together",
            )
        seen.add((pain.site, pain.side))
        pains.append(pain)
    reader.lost_pain = reader.lost_pain or reader.errors > before
    return pains


def read_painless(
    reader: Reader, node: Node, pains: Sequence[Pain], age_years: float | None
) -> list[Pain]:
    """Read the part `no_pain` of a case: sites where pain was denied.

    Parameters
    ----------
    reader
        Takes the issues.
    node
        As for `read_pain`.
    pains
        Where it does hurt; a site that stands in both parts counts as painful.
    age_years
        As for `read_pain`.
    """
    hurting = {(pain.site, pain.side) for pain in pains}
    found: list[Pain] = []
    for pain in read_pain(reader, node, "new", age_years):
        if (pain.site, pain.side) in hurting:
            reader.report(
                "error",
                getattr(node, "line", 1),
                "no_pain",
                f"The site {pain.site} ({pain.side}) must be painful or not. It stands under "
                "'pain' and under 'no_pain'; it counts as painful.",
                "delete one of the entries",
            )
            continue
        found.append(pain)
    return found


def _one(reader: Reader, node: Node, complaint: Course, age_years: float | None) -> Pain | None:
    shape = _shape(reader, node)
    if shape is None:
        return None
    text, fields, line = shape
    found = named(reader, text, line, "pain", ("site",), guess=True)
    if found.name is None:
        reader.lost_pain = True
        return None
    site = reader.knowledge.sites[found.name.id]
    where = f"pain at {site.id}"

    def value(key: str) -> Node | None:
        return fields[key].value if key in fields else None

    intensity = None
    if (one := value("intensity")) is not None:
        intensity = _intensity(reader, one, where)
    if intensity == 0:
        reader.report(
            "warning",
            line,
            "pain.intensity",
            f"The intensity of the {where} should be "
            "over 0. A pain of 0 is no pain; it is left out.",
            "delete the entry, or write the worst intensity of the last days",
        )
        return None
    side_text = found.side
    if (one := value("side")) is not None:
        side_text = reader.text(one, "pain.side", f"side of the {where}") or side_text
    course: str | None = None
    if (one := value("course")) is not None:
        course = reader.choice(one, "pain.course", f"course of the {where}", COURSES)
    onset: str | None = None
    if (one := value("onset")) is not None:
        onset = reader.choice(one, "pain.onset", f"onset of the {where}", ONSETS)
    day = value("on")
    return Pain(
        site=site.id,
        side=side_of_site(reader, site, side_text, line, "pain.side", "pain at"),
        intensity=intensity,
        quality=_qualities(reader, value("quality"), where),
        onset=onset,
        duration_weeks=_duration(reader, fields, age_years),
        course=cast("Course", course or complaint),
        on=reader.day(day, "pain.on", f"date of the {where}") if day is not None else None,
    )


def _shape(reader: Reader, node: Node) -> tuple[str, dict[str, Entry], int] | None:
    if isinstance(node, Text):
        return None if node.is_empty else (node.value.strip(), {}, node.line)
    if isinstance(node, Items) or not node.entries:
        reader.lost_pain = True
        reader.wrong(
            node.line,
            "pain",
            "entry of pain",
            "a site or a mapping that begins with site:",
            "a list inside the list",
            "check the indentation and the dashes",
        )
        return None
    first = node.entries[0]
    if key_of(first.key) not in _PROPER and not any(key_of(e.key) == "site" for e in node.entries):
        rest = [*node.entries[1:]]
        if isinstance(first.value, Mapping):
            rest += first.value.entries
        elif not (isinstance(first.value, Text) and first.value.is_empty):
            rest.append(Entry("side", first.line, first.value))
        return first.key, reader.fields(Mapping(rest, node.line), KEYS, "pain."), first.line
    fields = reader.fields(node, KEYS, "pain.")
    name = None
    if "site" in fields:
        name = reader.text(fields["site"].value, "pain.site", "site of a pain")
    if name is None:
        reader.lost_pain = True
        reader.wrong(
            node.line,
            "pain",
            "entry of pain",
            "given a site",
            "none",
            "begin it with site:, low_back for example",
        )
        return None
    return name, fields, fields["site"].line


def _intensity(reader: Reader, node: Node, where: str) -> float | None:
    if isinstance(node, Text) and node.value.replace(" ", "").endswith("/10"):
        node = Text(node.value.replace(" ", "").removesuffix("/10"), node.line)
    return reader.number(node, "pain.intensity", f"intensity of the {where}", 0, 10)


def _qualities(reader: Reader, node: Node | None, where: str) -> tuple[str, ...]:
    if node is None:
        return ()
    known = QUALITIES | {
        quality
        for concept in (*reader.knowledge.findings.values(), *reader.knowledge.traits.values())
        if concept.derive is not None
        for quality in concept.derive.pain_quality
    }
    options = {quality: (quality.replace("_", " "),) for quality in sorted(known)}
    found: list[str] = []
    for one in as_list(node):
        words = [one]
        if isinstance(one, Text) and "," in one.value:
            words = [Text(word, one.line) for word in one.value.split(",")]
        for word in words:
            quality = reader.choice(word, "pain.quality", f"quality of the {where}", options)
            if quality is not None and quality not in found:
                found.append(quality)
    return tuple(found)


def _duration(reader: Reader, fields: dict[str, Entry], age_years: float | None) -> float | None:
    if "duration" in fields and "duration_weeks" in fields:
        reader.wrong(
            fields["duration_weeks"].line,
            "pain.duration_weeks",
            "duration of a pain",
            "written once",
            "duration and duration_weeks",
            "delete one of them",
        )
    if "duration" in fields:
        return duration_weeks(reader, fields["duration"].value, "pain.duration", age_years)
    if "duration_weeks" in fields:
        node = fields["duration_weeks"].value
        weeks = reader.number(node, "pain.duration_weeks", "duration of a pain in weeks", 0, 7000)
        if weeks is not None:
            return lifetime(reader, weeks, node, "pain.duration_weeks", age_years)
    return None
