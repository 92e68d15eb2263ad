"""From untrusted bytes to clean text, or a refusal."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from kinechain.domain.case import Issue
from kinechain.intake.tree import shown

LARGEST_FILE = 1_000_000
MOST_FAULTY_LINES = 10
BIDIRECTIONAL = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
LINE_BREAKS = str.maketrans({"\u2028": " ", "\u2029": " ", "\ufeff": " "})


class Refusal(Exception):
    """The whole document is refused, and why."""

    def __init__(self, line: int, message: str, remedy: str) -> None:
        super().__init__(message)
        self.line, self.message, self.remedy = line, message, remedy


def read_bytes(path: Path) -> bytes:
    """The contents of a file, unless it is too large.

    Raises
    ------
    Refusal
        When the file is over `LARGEST_FILE` (known before it is read) or cannot be read.
    """
    try:
        size = path.stat().st_size
        if size <= LARGEST_FILE:
            with path.open("rb") as file:
                raw = file.read(LARGEST_FILE + 1)
            size = len(raw) if len(raw) > LARGEST_FILE else size
            if size <= LARGEST_FILE:
                return raw
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        message = f"The case file must be readable. Got: {shown(reason)}."
        raise Refusal(1, message, "check the path") from error
    raise Refusal(
        1,
        f"The case file must be at most {LARGEST_FILE // 1_000_000} MB. "
        f"Got {size / 1e6:.0f} MB; it is refused.",
        "a case is a few kilobytes of text; check that this is the right file",
    )


def decoded(raw: bytes, issues: list[Issue], name: str) -> str:
    """The text of a file, cleaned of what may not stand in it.

    Raises
    ------
    Refusal
        When it is no text, or has faulty characters on more than `MOST_FAULTY_LINES` lines.
    """
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in raw:
        raise Refusal(
            1,
            "The case file must be text in UTF-8. Got UTF-16 or binary data with control "
            "characters; it is refused.",
            "save it as UTF-8",
        )
    text = raw.decode("utf-8", errors="replace").removeprefix("\ufeff")
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(LINE_BREAKS)
    kept: list[str] = []
    faulty: list[tuple[int, str]] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.isprintable() and "\ufffd" not in line:
            kept.append(line)
            continue
        wrong = next((c for c in line if is_control(c) or c == "\ufffd"), None)
        if wrong is not None:
            faulty.append((number, wrong))
            line = "".join(" " if is_control(c) else c for c in line)
        kept.append(line)
    if len(faulty) > MOST_FAULTY_LINES:
        raise Refusal(
            faulty[0][0],
            "The case file must be text in UTF-8 without control characters. "
            f"{len(faulty)} lines are not; it is refused.",
            "check that this is the right file, and save it as UTF-8",
        )
    for number, wrong in faulty:
        got = (
            "bytes that are not UTF-8"
            if wrong == "\ufffd"
            else (f"the control character U+{ord(wrong):04X}")
        )
        issues.append(
            Issue(
                level="error",
                where=f"{name}:{number}",
                message=f"The characters of this line must be printable UTF-8. Got {got}.",
                remedy="delete it, or save the file as UTF-8; the rest of the line is read",
            )
        )
    return "\n".join(kept)


def is_control(character: str) -> bool:
    """Whether a character controls a terminal or hides text instead of showing something."""
    return (character in BIDIRECTIONAL) or (
        character not in "\t\n" and unicodedata.category(character) == "Cc"
    )
