"""Pages as tagged PDF (PDF/UA-1), where WeasyPrint and the libraries that it needs are installed.

Nothing is fetched: a page gets the files that come with it, and no other address is opened.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any
from urllib.parse import urlsplit

PLACE = "http://page.invalid/"
"""Stands for the program in addresses; no such host can exist (RFC 2606)."""

LARGEST_PAGE = 1_500_000
WAIT_SECONDS = 20.0
_SHEET = re.compile(r"/\* figures \*/(.*?)/\* end of figures \*/", re.DOTALL)
_FIGURE = re.compile(r'(<svg class="map"[^>]*>)')
_TURN = threading.Lock()


class PdfError(Exception):
    """No PDF can be made.

    Parameters
    ----------
    what, remedy
        Sentences for whoever wanted it.
    """

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what, remedy)
        self.what = what
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.what} {self.remedy}"


class NoPdf(PdfError):
    """WeasyPrint, or something that it needs from the system, is not there."""


class PdfTooLarge(PdfError):
    """The page is longer than is turned into a PDF."""


class PdfBusy(PdfError):
    """Others are waiting for theirs."""


def write_pdf(page: str, files: Mapping[str, bytes], *, paper: str = "A4") -> bytes:
    """Turn a page into a tagged PDF; one at a time, because layout is not made for threads.

    Parameters
    ----------
    page
        A whole HTML document with title and language.
    files
        What it may load, by path: ``/static/print.css``. Everything else is refused. Of style
        sheets the part between the comments ``figures`` and ``end of figures`` is also put
        into the body map, whose renderer reads no other.
    paper
        ``A4`` or ``letter``.

    Raises
    ------
    PdfError
        When it cannot be done: not installed, too large, too many at once.
    """
    engine = _engine()
    if len(page) > LARGEST_PAGE:
        raise PdfTooLarge(
            "This page is too long to be made into a PDF.", "Print it from the browser."
        )
    if not _TURN.acquire(timeout=WAIT_SECONDS):
        raise PdfBusy("Too many PDFs are being made.", "Try again in a moment.")
    try:
        return engine(_with_figure_style(page, files), files, paper)
    finally:
        _TURN.release()


def why_no_pdf() -> str:
    """Why there are no PDFs here, and what to do about it; empty where they can be made."""
    try:
        _engine()
    except NoPdf as error:
        return str(error)
    return ""


Engine = Callable[[str, Mapping[str, bytes], str], bytes]


@cache
def _engine() -> Engine:
    """What makes a PDF; imported when the first one is wanted, because it takes a while."""
    try:
        from weasyprint import CSS, HTML
        from weasyprint.urls import URLFetcher, URLFetcherResponse
    except ImportError as error:
        raise NoPdf(
            f"PDFs need the package {error.name or 'weasyprint'}.",
            "pip install 'kinechain[clinic]'; until then, print from the browser.",
        ) from error
    except OSError as error:
        raise NoPdf(
            "PDFs need Pango, which is not installed on the server.",
            "apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core "
            "(or your system's package of Pango); until then, print from the browser.",
        ) from error
    for name in ("weasyprint", "fontTools"):  # its remarks on style sheets are for their author
        logging.getLogger(name).setLevel(logging.CRITICAL)

    class OwnFiles(URLFetcher):
        """Gives the files of the page, and nothing else from anywhere."""

        def __init__(self, files: Mapping[str, bytes]) -> None:
            super().__init__(allowed_protocols=[])
            self._files = files

        def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
            found = self._files.get(urlsplit(url).path) if url.startswith(PLACE) else None
            if found is None:
                raise ValueError("refused")
            return URLFetcherResponse(url, found, {"Content-Type": "text/css"})

    def made(page: str, files: Mapping[str, bytes], paper: str) -> bytes:
        fetcher = OwnFiles(files)
        size = CSS(string=f"@page {{ size: {paper} !important }}", url_fetcher=fetcher)
        document = HTML(string=page, base_url=PLACE, url_fetcher=fetcher)
        done = document.write_pdf(stylesheets=[size], pdf_variant="pdf/ua-1")
        assert done is not None, "it goes to nowhere else"
        return done

    return made


def _with_figure_style(page: str, files: Mapping[str, bytes]) -> str:
    parts = [match[1] for one in files.values() for match in _SHEET.finditer(one.decode())]
    if not parts:
        return page
    return _FIGURE.sub(lambda match: f"{match[0]}<style>{''.join(parts)}</style>", page)
