"""Words for ids, numbers as a reader wants them, and text that cannot do harm."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping

import msgspec

NO_BREAK = "\N{NO-BREAK SPACE}"

_SPACES = re.compile(r"\s+")
_SIDES = ("left", "right")
_ASCII = str.maketrans(
    {
        "\N{EN DASH}": "-",
        "\N{EM DASH}": "-",
        "\N{MINUS SIGN}": "-",
        "\N{HYPHEN}": "-",
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{LEFT DOUBLE QUOTATION MARK}": '"',
        "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
        "\N{GREATER-THAN OR EQUAL TO}": ">=",
        "\N{LESS-THAN OR EQUAL TO}": "<=",
        "\N{MULTIPLICATION SIGN}": "x",
        "\N{RIGHTWARDS ARROW}": "->",
        "\N{DEGREE SIGN}": " deg",
        "\N{HORIZONTAL ELLIPSIS}": "...",
        "\N{BULLET}": "*",
        "\N{MICRO SIGN}": "u",
        "\N{LATIN SMALL LETTER SHARP S}": "ss",
    }
)


class Labels(msgspec.Struct, frozen=True, kw_only=True):
    """Looks up the words for ids, whole (``x.l4.left``) or by template, level and side."""

    known: Mapping[str, str]

    def of(self, identifier: str) -> str:
        """Words for an id; the id itself in words when nothing is known.

        Examples
        --------
        >>> Labels(known={"calf": "Calf"}).of("calf.left")
        'Calf, left'
        """
        if identifier in self.known:
            return clean(self.known[identifier])
        template, *rest = identifier.split(".")
        words = clean(self.known.get(template, template.replace("_", " ")))
        levels = [part for part in rest if part not in (*_SIDES, "midline")]
        sides = [part for part in rest if part in _SIDES]
        for part in levels:
            name = self.level(part)
            words = words.replace("{level}", name) if "{level}" in words else f"{words} {name}"
        for part in sides:
            words = words.replace("{side}", part) if "{side}" in words else f"{words}, {part}"
        return words.replace(" {level}", "").replace(" {side}", "")

    def level(self, level: str | None) -> str:
        """A level's name, as known or as written clinically; empty without a level."""
        return clean(self.known.get(level, level_words(level))) if level else ""

    def site(self, site: str, side: str | None) -> str:
        """A site with its side, when it has one.

        Examples
        --------
        >>> Labels(known={"knee_anterior": "Front of the knee"}).site("knee_anterior", "left")
        'Front of the knee, left'
        """
        words = self.of(site)
        return f"{words}, {clean(side)}" if side and side not in ("midline", "unknown") else words


def level_words(level: str) -> str:
    """A level's id as it is written clinically.

    Examples
    --------
    >>> level_words("l4_5"), level_words("l5_s1"), level_words("s1"), level_words("first_mtp")
    ('L4/5', 'L5/S1', 'S1', 'first mtp')
    """
    if re.fullmatch(r"[clts]\d+(_[clts]?\d+)?", level):
        return level.upper().replace("_", "/")
    return level.replace("_", " ")


def clean(text: str) -> str:
    """Text on one line without control, formatting or direction characters.

    A terminal obeys escape sequences and a reader believes reversed text; neither may come
    from a record.

    Examples
    --------
    >>> clean(f"knee{chr(27)}[31m  pain")
    'knee[31m pain'
    """
    spaced = _SPACES.sub(" ", text)
    kept = (c for c in spaced if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    return "".join(kept).strip()


def ascii_only(text: str) -> str:
    """Text in printable ASCII, for records that accept nothing else.

    Examples
    --------
    >>> ascii_only("Lasègue \N{GREATER-THAN OR EQUAL TO} 30\N{DEGREE SIGN}")
    'Lasegue >= 30 deg'
    """
    plain = unicodedata.normalize("NFKD", text.translate(_ASCII))
    kept = (c for c in plain if not unicodedata.combining(c))
    return "".join(c if " " <= c <= "~" else "?" for c in kept)


def percent(probability: float) -> str:
    """A probability in per cent, never falsely certain; its sign does not leave its number.

    Examples
    --------
    >>> [percent(p).replace(NO_BREAK, " ") for p in (0.0004, 0.034, 0.62, 0.9996)]
    ['<0.1 %', '3.4 %', '62 %', '>99 %']
    """
    value = 100 * probability
    if value < 0.1:
        shown = "<0.1"
    elif value < 9.95:
        shown = f"{value:.1f}"
    elif value > 99.4:
        shown = ">99"
    else:
        shown = f"{value:.0f}"
    return f"{shown}{NO_BREAK}%"


def interval(low: float, high: float) -> str:
    """A 90 % interval in per cent.

    Examples
    --------
    >>> interval(0.41, 0.83).replace(NO_BREAK, " ")
    '41 to 83 %'
    """
    return f"{percent(low).split(NO_BREAK)[0]} to {percent(high)}"


def odds_factor(log_odds: float) -> str:
    """By how much the odds are multiplied, or divided.

    Examples
    --------
    >>> odds_factor(1.386), odds_factor(-0.693)
    ('odds × 4.0', 'odds ÷ 2.0')
    """
    factor = math.exp(min(abs(log_odds), 20.0))
    shown = f"{factor:.1f}" if factor < 9.95 else f"{factor:.0f}" if factor < 1000 else ">1000"
    return f"odds × {shown}" if log_odds >= 0 else f"odds ÷ {shown}"


def safe_url(url: str | None) -> str | None:
    """The address if it is an ordinary web address, else nothing."""
    if url is None:
        return None
    address = clean(url)
    return address if re.match(r"https?://[^\s\"'<>]+$", address) else None


def doi_url(doi: str | None) -> str | None:
    """The address of a DOI if it has the form of one, else nothing.

    Examples
    --------
    >>> doi_url("10.1000/182")
    'https://doi.org/10.1000/182'
    """
    if doi is None or not re.fullmatch(r"10\.\d{4,9}/\S+", clean(doi)):
        return None
    return safe_url(f"https://doi.org/{clean(doi)}")
