"""The clinic's live answers: from a click on a finding to the parts of the page, on the server.

Each record is toggled as a clinician would: every finding that is worth asking, both ways, and
recorded findings the other way round. What is timed is the whole request through the
application: session, intake, triage, posterior, words, body map, templates; not the network.
It is processor time, so that what else the machine does counts as little as possible.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Any

import yaml

from benchmarks.timing import CannotRun, tell, time_rows
from kinechain.service.bench_results import Row, row

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from kinechain.domain.record import Fact, StoredAssessment

ROOT = Path(__file__).resolve().parent.parent
SETS = {
    "demonstration": ROOT / "src" / "kinechain" / "examples" / "demonstration",
    "published cases": ROOT / "tests" / "cases",
}
ORIGIN = "http://localhost"
DRAWS = 20
TARGET_MS = 100.0
QUESTIONS, RECORDED = 2, 2
"""So many of each are toggled in a record."""


@dataclass(frozen=True)
class Scene:
    """A person with an assessment, ready to be toggled."""

    person: str
    stored: StoredAssessment
    facts: tuple[Fact, ...]

    def toggles(self) -> Iterator[dict[str, str]]:
        """What a clinician may click."""
        for question in self.stored.result["next"][:QUESTIONS]:
            for state in ("present", "absent"):
                yield {f"node.{question['id']}": state}
        findings = [one for one in self.facts if one.key in ("finding_present", "finding_absent")]
        for fact in findings[:RECORDED]:
            other = "absent" if fact.key == "finding_present" else "present"
            yield {f"fact.{fact.id}": other}


class Clinic:
    """An application with one clinician, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        from fastapi.testclient import TestClient

        from kinechain.knowledge import load_knowledge
        from kinechain.service.clinic.tokens import Sources
        from kinechain.store import open_store
        from kinechain.web.application import create_app
        from kinechain.web.settings import Settings

        self.knowledge, self.sources = load_knowledge(), Sources()
        self.store = open_store(folder / "clinic.sqlite", create=True)
        settings = Settings(self.store.where, b"a secret for the benchmark alone" * 2, ORIGIN)
        self.app = create_app(settings, self.store, self.knowledge)
        self.app.state.clinic.accounts.add("anna", ("clinician",), "heron kettle violin")
        self.browser: TestClient = TestClient(self.app, base_url=ORIGIN)
        form = {"name": "anna", "password": "heron kettle violin"}
        page = self.browser.post("/sign-in", data=form, headers={"Origin": ORIGIN})
        token = re.search(r'name="csrf" value="([^"]+)"', page.text)
        if token is None:
            raise CannotRun("The benchmark could not sign in.")
        self.csrf = token[1]

    def scene(self, file: Path) -> Scene:
        """A person with the facts of a case, assessed."""
        from kinechain.service.clinic.assessments import Assessments
        from kinechain.service.clinic.demonstration import facts_of
        from kinechain.service.clinic.records import Records

        content = yaml.safe_load(file.read_text("utf-8"))
        records = Records(self.store, self.sources)
        person = records.begin(file.stem, "bench", facts=facts_of(content["record"]))
        with self.store.reading() as tx:
            record = records.read(tx, person.id)
        assert record is not None, "it was just begun"
        made = Assessments(self.store, self.knowledge, self.sources).make(
            record, "bench", draws=DRAWS
        )
        return Scene(person.id, made.stored, record.current)

    def forget(self) -> None:
        """Let the process know no answer any more, but the plans of networks."""
        from kinechain.service.clinic.live import Live

        self.app.state.live = Live(self.knowledge)

    def click(self, scene: Scene, toggles: dict[str, str], mode: str = "glance") -> float:
        """Milliseconds of one answer."""
        form: dict[str, Any] = {
            "csrf": self.csrf, "assessment": scene.stored.id, "mode": mode, "page": "bench",
            "counter": 1, **toggles,
        }  # fmt: skip
        address = f"/persons/{scene.person}/assessment/preview"
        headers = {"HX-Request": "true", "Origin": ORIGIN}
        start = process_time()
        answer = self.browser.post(address, data=form, headers=headers)
        taken = 1000 * (process_time() - start)
        if answer.status_code != 200 or "part-urgent" not in answer.text:
            raise CannotRun(f"A click was answered with {answer.status_code}.")
        return taken


def run(*, quick: bool = False) -> list[Row]:
    """Time the answers.

    Parameters
    ----------
    quick
        One record of each set, and one finding in it.
    """
    if find_spec("fastapi") is None or find_spec("httpx2") is None:
        raise CannotRun("The clinic's packages are missing: make bench installs them.")
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        clinic = Clinic(Path(folder))
        for name, cases in SETS.items():
            files = sorted(cases.glob("*.yaml"))
            rows += _measured(clinic, name, files[:1] if quick else files, 1 if quick else None)
        clinic.store.close()
    return rows


def _measured(clinic: Clinic, name: str, files: list[Path], clicks: int | None) -> list[Row]:
    times: dict[str, list[float]] = {}
    large = 0
    for number, file in enumerate(files, 1):
        tell(f"{name}: record {number} of {len(files)}")
        scene = clinic.scene(file)
        is_large = any("large case" in one["message"] for one in scene.stored.result["issues"])
        large += is_large
        kind = "large" if is_large else "exact"
        for toggles in islice(scene.toggles(), clicks):
            clinic.forget()
            clinic.click(scene, {})  # the page has read its assessment before
            alarms = clinic.click(scene, toggles, "flags")
            first = clinic.click(scene, toggles)
            again = clinic.click(scene, toggles)
            clinic.forget()
            clinic.click(scene, {})
            known = clinic.click(scene, toggles)
            for words, taken in (
                ("red flags alone", alarms), (f"all, {kind} network", first),
                (f"all, {kind} network, plan kept", known), ("all, asked before", again),
            ):  # fmt: skip
                times.setdefault(words, []).append(taken)
    found = [
        row(f"{name}: records", len(files), ""),
        row(f"{name}: of them simplified, because large", large, ""),
    ]
    for words in sorted(times):
        target = TARGET_MS if "large" not in words else None
        found += time_rows(f"{name}: {words}", times[words], target_95_ms=target)
    return found
