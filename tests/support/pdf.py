"""What is in a PDF, as far as tests ask for it, without a library that reads them."""

from __future__ import annotations

import re
import zlib

STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)


def inside(made: bytes) -> bytes:
    """All objects of a PDF, those in compressed streams too."""
    parts = [made]
    for match in STREAM.finditer(made):
        try:
            parts.append(zlib.decompress(match[1]))
        except zlib.error:
            continue
    return b"\n".join(parts)


def pages(made: bytes) -> int:
    """How many pages it has."""
    return len(re.findall(rb"/Type /Page\b(?!s)", inside(made)))


def media_box(made: bytes) -> tuple[float, float]:
    """Width and height of its first page in points."""
    found = re.search(rb"/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]", inside(made))
    assert found
    return float(found[1]), float(found[2])


def tags(made: bytes, kind: str) -> int:
    """How many elements of a kind its structure has."""
    return len(re.findall(rb"/S /%s\b" % kind.encode(), inside(made)))


def is_accessible(made: bytes) -> None:
    """Whether it says and has what PDF/UA-1 asks for, as far as a program can see that."""
    text = inside(made)
    assert made.startswith(b"%PDF-1.7")
    for wanted in (b'pdfuaid:part="1"', b"/Marked true", b"/DisplayDocTitle true", b"/Lang (en)",
                   b"<dc:title>", b"/StructTreeRoot", b"/Tabs /S"):  # fmt: skip
        assert wanted in text, wanted
    assert tags(made, "H1") == 1
    assert tags(made, "Figure") == len(re.findall(rb"/Alt [(<]", text)), "each is described"
    assert text.count(b"/FontDescriptor ") >= text.count(b"/FontFile") > 0, "fonts come along"
    links = re.findall(rb"<<[^>]*/Subtype /Link.*?>>\n", text)
    assert all(re.search(rb"/Contents [(<]", one) for one in links)
    assert b"/JavaScript" not in text
    assert b"/Launch" not in text
