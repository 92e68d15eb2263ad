"""What makes one think of a condition."""

from __future__ import annotations

from kinechain.knowledge import load_knowledge
from kinechain.knowledge.hallmarks import SEEN, hallmarks
from tests.support.knowledge import small_knowledge


def test_frequent_with_it_and_rare_without() -> None:
    """The sign in 0.8 with arthritis, the test in 0.4 with strain, against 0.1 without."""
    known = small_knowledge()
    assert hallmarks(known, ["arthritis"]) == ("sign",)
    assert hallmarks(known, ["strain"]) == ("test",)
    assert hallmarks(known, ["arthritis", "strain"]) == ("sign", "test")
    assert hallmarks(known, []) == ()
    assert hallmarks(known, ["nothing"]) == ()


def test_only_what_is_seen_before_anybody_is_referred() -> None:
    known = load_knowledge()
    for name in ("lumbar_disc_herniation", "septic_arthritis"):
        found = hallmarks(known, [name])
        assert found
        assert {known.findings[one].kind for one in found} <= set(SEEN)
