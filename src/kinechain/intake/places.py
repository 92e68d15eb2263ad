"""The side and level of a finding: what was meant, or that it makes no sense."""

from __future__ import annotations

from kinechain.domain.case import Side
from kinechain.domain.concepts import Finding, Site, Trait
from kinechain.intake.names import key_of
from kinechain.intake.reader import Reader
from kinechain.intake.recorded import SIDE_OF
from kinechain.intake.tree import shown

HAVE_TWO_HALVES = frozenset({"low_back", "neck", "mid_back", "abdomen", "head"})
"""Sites in the midline of which people rightly say that the left half hurts."""
_YES = frozenset({"yes", "true", "present", "positive", "absent", "negative"})


def side_and_level(reader: Reader, text: str) -> tuple[str | None, str | None]:
    """Side and level in ``left``, ``L5`` or ``left L5``; what is neither counts as a side."""
    if not text or key_of(text) in _YES:
        return None, None
    if key_of(text) in SIDE_OF:
        return text, None
    side: str | None = None
    level: str | None = None
    for word in text.split():
        if level is None and key_of(word) not in SIDE_OF and reader.names.look_up(word, ("level",)):
            level = word
        else:
            side = f"{side} {word}" if side else word
    if side and reader.names.look_up(text, ("level",)):
        return None, text
    return side, level


def sides_meant(
    reader: Reader, concept: Finding | Trait, text: str | None, line: int, path: str
) -> tuple[Side, ...] | None:
    """The sides meant; ``None`` when what was written makes no sense."""
    paired = concept.sides == "paired"
    if text is None:
        return ("unknown",) if paired else ("midline",)
    side = SIDE_OF.get(key_of(text)) if text != "?" else "unknown"
    if side is None:
        reader.wrong(
            line,
            path,
            f"side of {concept.id}",
            "left, right, both or unknown" if paired else "left out",
            repr(shown(text)),
            f"write {concept.id}: left, for example" if paired else f"write {concept.id} alone",
        )
        return None
    if paired:
        if side == "midline":
            reader.wrong(
                line,
                path,
                f"side of {concept.id}",
                "left, right, both or unknown",
                "midline",
                "it exists on two sides; say which",
            )
            return None
        return ("left", "right") if side == "both" else (side,)
    if side in ("left", "right", "both"):
        reader.wrong(
            line,
            path,
            f"side of {concept.id}",
            "left out, because it has no left and right",
            side,
            f"write {concept.id} alone, or a finding that has sides",
        )
        return None
    return ("midline",)


def level_meant(
    reader: Reader, concept: Finding | Trait, text: str | None, line: int, path: str
) -> str | None:
    """The level, "" when none is written, ``None`` when it makes no sense."""
    if text is None:
        return ""
    levels = [name.id for name in reader.names.look_up(text, ("level",))]
    fitting = [level for level in levels if level in concept.levels]
    if len(fitting) == 1:
        return fitting[0]
    if concept.levels:
        reader.wrong(
            line,
            path,
            f"level of {concept.id}",
            f"one of {', '.join(concept.levels)}",
            repr(shown(text)),
            "choose one of them, or leave the level out",
        )
    else:
        reader.wrong(
            line,
            path,
            f"level of {concept.id}",
            "left out, because it has no levels",
            repr(shown(text)),
            f"write {concept.id} alone",
        )
    return None


def side_of_site(
    reader: Reader, site: Site, text: str | None, line: int, key: str, of: str
) -> Side:
    """The side of a site that hurts or is treated; `of` says which, ``pain at`` for example."""
    paired = site.sides == "paired"
    if text is None:
        return "unknown" if paired else "midline"
    side = SIDE_OF.get(key_of(text)) if text != "?" else "unknown"
    if paired:
        if side in ("left", "right", "both", "unknown"):
            return side
        reader.wrong(
            line,
            key,
            f"side of the {of} {site.id}",
            "left, right, both or unknown",
            repr(shown(text)),
            f"say which {site.label.lower()} it is",
        )
        return "unknown"
    if side in ("midline", "unknown"):
        return "midline"
    if side in ("left", "right", "both") and site.id in HAVE_TWO_HALVES:
        return side
    reader.wrong(
        line,
        key,
        f"side of the {of} {site.id}",
        "left out, because the site lies in the midline",
        repr(shown(text)),
        "delete it, or name a site that has sides",
    )
    return "midline"
