"""Every test of the accounts has a desk of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.accounts import Desk, open_desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path)
