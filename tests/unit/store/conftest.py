from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kinechain.store import Store, open_store
from tests.support.clinic import KINDS, Clock, new_address


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def address(kind: str, tmp_path: Path) -> str:
    """Of an empty database with its tables."""
    return new_address(kind, tmp_path)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(address: str, clock: Clock) -> Iterator[Store]:
    with open_store(address, clock=clock) as opened:
        yield opened
