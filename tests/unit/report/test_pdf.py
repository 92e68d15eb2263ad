"""Pages as PDF: tagged, from the page's own files alone, and a clear word where there are none."""

from __future__ import annotations

import builtins
import socket
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from kinechain.report import pdf
from tests.support.pdf import inside, is_accessible, media_box, pages, tags

PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>A page</title>
<link rel="stylesheet" href="/static/own.css?v=1">{head}</head><body><h1>A page</h1>{body}
</body></html>"""
OWN = {"/static/own.css": b"p { break-before: page; } @page { size: 50mm 50mm; }"}


def page(body: str = "<p>One</p><p>Two</p>", head: str = "") -> str:
    return PAGE.format(body=body, head=head)


@pytest.fixture
def _installed() -> None:
    reason = pdf.why_no_pdf()
    if reason:
        pytest.skip(reason)


@pytest.fixture
def _anew() -> Iterator[None]:
    pdf._engine.cache_clear()
    yield
    pdf._engine.cache_clear()


@pytest.mark.usefixtures("_installed")
def test_it_is_tagged_with_title_and_language() -> None:
    body = (
        '<h2>Part</h2><table><tr><th scope="row">A</th><td>1</td></tr></table><ul><li>x</li></ul>'
    )
    made = pdf.write_pdf(page(body), OWN)
    is_accessible(made)
    assert b"A page" in inside(made)
    assert [tags(made, kind) for kind in ("H1", "H2", "TH", "TD", "LI")] == [1, 1, 1, 1, 1]


@pytest.mark.usefixtures("_installed")
@pytest.mark.parametrize(("paper", "size"), [("A4", (595.3, 841.9)), ("letter", (612, 792))])
def test_own_files_are_used_and_the_paper_is_the_one_asked_for(
    paper: str, size: tuple[float, float]
) -> None:
    made = pdf.write_pdf(page(), OWN, paper=paper)
    assert media_box(made) == pytest.approx(size, abs=0.1)
    assert pages(made) == 3
    assert pages(pdf.write_pdf(page(), {})) == 1


@pytest.mark.usefixtures("_installed")
def test_nothing_else_is_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret.css"
    secret.write_text("p { break-before: page; }")
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        server.setblocking(False)
        place = f"http://127.0.0.1:{server.getsockname()[1]}"
        everywhere = "".join(
            f'<link rel="stylesheet" href="{one}">'
            for one in (f"{place}/a.css", secret.as_uri(), "//127.0.0.1/a.css", str(secret),
                        "data:text/css,p%7Bbreak-before:page%7D", "/static/other.css")
        )  # fmt: skip
        body = (
            f'<p>One</p><p>Two</p><img alt="x" src="{place}/a.png">'
            f'<object data="{place}/b"></object>'
            f'<img alt="x" src="{secret.as_uri()}"><embed src="{place}/c">'
            f'<svg xmlns="http://www.w3.org/2000/svg"><title>x</title>'
            f'<image href="{place}/d.png" width="9" height="9"/><use href="{place}/e.svg#f"/></svg>'
            f'<a rel="attachment" href="{secret.as_uri()}">x</a>'
            f'<p style="background:url({place}/g.png)">x</p>'
        )
        head = everywhere + f"<style>@import url({place}/h.css); @font-face "
        head += f"{{font-family: x; src: url({place}/i.ttf)}} h1 {{font-family: x}}</style>"
        made = pdf.write_pdf(page(body, head), {})
        with pytest.raises(BlockingIOError):
            server.accept()
    assert pages(made) == 1, "no style sheet of others is used"
    assert b"break-before" not in inside(made), "no file is attached"


@pytest.mark.usefixtures("_installed")
def test_a_page_that_is_too_long_is_not_begun() -> None:
    with pytest.raises(pdf.PdfTooLarge, match="Print it from the browser"):
        pdf.write_pdf(page("x" * pdf.LARGEST_PAGE), {})


@pytest.mark.usefixtures("_installed")
def test_who_waits_too_long_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "WAIT_SECONDS", 0.01)
    with pdf._TURN, pytest.raises(pdf.PdfBusy, match="Try again"):
        pdf.write_pdf(page(), {})


@pytest.mark.usefixtures("_installed")
def test_the_map_gets_the_style_of_its_figures() -> None:
    files = {"/static/own.css": b"/* figures */.seam{fill:red}/* end of figures */ p{color:blue}"}
    styled = pdf._with_figure_style('<svg class="map" role="img"><g/></svg><svg></svg>', files)
    assert (
        styled == '<svg class="map" role="img"><style>.seam{fill:red}</style><g/></svg><svg></svg>'
    )


@pytest.mark.usefixtures("_anew")
@pytest.mark.parametrize(
    ("missing", "said"),
    [
        (ModuleNotFoundError("no", name="weasyprint"), "pip install 'kinechain[clinic]'"),
        (OSError("cannot load library 'libpango-1.0-0'"), "apt install libpango-1.0-0"),
    ],
)
def test_where_it_is_not_installed_the_remedy_is_named(
    missing: Exception, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.partition(".")[0] == "weasyprint":
            raise missing
        return before(name, *rest, **more)

    for name in [one for one in sys.modules if one.partition(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", without)
    assert said in pdf.why_no_pdf()
    assert "print from the browser" in pdf.why_no_pdf()
    with pytest.raises(pdf.NoPdf):
        pdf.write_pdf(page(), {})
