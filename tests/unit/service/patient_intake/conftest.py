"""Every test of the intake has a person of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kinechain.service.clinic.records import Records
from kinechain.service.clinic.tokens import Sources
from kinechain.store import open_store
from tests.support.clinic import new_address
from tests.support.patient_intake import Desk, come


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = open_store(new_address("sqlite", tmp_path))
    yield come(store, Records(store, Sources()).begin("Somebody", "anna").id)
    store.close()
