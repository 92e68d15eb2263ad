"""A person with an assessment, shared by tests that only look, or for one test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kinechain.domain.record import StoredAssessment
from kinechain.service.clinic.records import NewFact
from tests.support.assessed import (
    EFFUSION,
    EVIL,
    PAIN,
    STAIRS,
    assess,
    begun,
)
from tests.support.web import Web, open_web


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """One application for all tests that only look."""
    made = open_web(tmp_path_factory.mktemp("web"))
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def seen(shared: Web) -> tuple[Web, str, StoredAssessment]:
    """A person with an assessment, which no test changes."""
    wrong = NewFact("finding_present", EVIL)
    person = begun(shared, PAIN, STAIRS, EFFUSION, wrong, label=f"Person {EVIL}")
    return shared, person, assess(shared, person)


@pytest.fixture
def own(web: Web) -> tuple[Web, str, StoredAssessment]:
    """A person with an assessment, for one test."""
    person = begun(web, PAIN, STAIRS, EFFUSION)
    return web, person, assess(web, person)
