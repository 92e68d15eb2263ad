"""The program that the page of the interface shows, against a clinic that is served."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house.tree import ROOT, blocks
from tests.support.browser import Site
from tests.support.web import PASSWORD

PAGE = ROOT / "docs/reference/web-api.md"


def test_the_program_of_the_page_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (program,) = (text for _, kind, text in blocks(PAGE) if kind == "{code-block} python")
    site = Site(tmp_path)
    site.accounts.add("demo", ("clinician",), PASSWORD)
    site.start()
    try:
        here = program.replace("http://localhost:8000", site.origin).replace(
            '"..."', repr(PASSWORD)
        )
        exec(compile(here, PAGE.name, "exec"), {"__name__": "__main__"})
    finally:
        site.stop()
        site.store.close()
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 3
    assert all(0 <= float(one.split()[-1]) <= 1 for one in said)
