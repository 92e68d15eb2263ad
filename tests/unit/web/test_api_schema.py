"""The JSON interface against its own description: whatever is sent, it answers as it says."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import given, settings
from schemathesis import GenerationMode

from kinechain.service.clinic.assessments import Assessments
from kinechain.service.clinic.records import Records
from kinechain.web.api.document import PREFIX, described_api
from tests.support.web import ORIGIN, SESSION, Web, knowledge, open_web

EXAMPLES, FEW = 15, 4
SLOW = {
    ("/persons/{person}/assessments", "post"),
    ("/persons/{person}/assessments/{assessment}/recompute", "post"),
    ("/persons/{person}/assessments/{assessment}/preview", "post"),
}
"""These compute something for as long as it takes."""

_turns = itertools.count()


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    made = open_web(tmp_path_factory.mktemp("api"))
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def assessment(web: Web) -> str:
    with web.store.reading() as tx:
        record = Records(web.store, web.sources).read(tx, web.person)
    assert record is not None
    service = Assessments(web.store, knowledge(), web.sources)
    return service.make(record, web.users["clinician"].id, draws=1).stored.id


class EverywhereElse:
    """The application, asked from a new network each time: the limit of requests is for others."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        number = next(_turns)
        network = f"198.{18 + number // 65536 % 2}.{number // 256 % 256}.{number % 256}"
        await self._app({**scope, "client": (network, 50000)}, receive, send)


OPERATIONS = [
    (path, method, mode)
    for path, operations in described_api(SESSION)["paths"].items()
    for method, operation in operations.items()
    for mode in GenerationMode
    if mode is GenerationMode.POSITIVE or {"parameters", "requestBody"} & set(operation)
]
"""Of each what is right, and what is wrong where there is anything to send."""


@pytest.fixture(scope="module")
def described(web: Web) -> Any:
    document = web.as_("nobody").get("/api/v1/openapi.json").json()
    for operations in document["paths"].values():
        for one in operations.values():
            del one["security"]  # every request brings it; see test_api
    schema = schemathesis.openapi.from_dict(document)
    schema.app = EverywhereElse(web.app)
    return schema


def as_written(body: Any) -> Any:
    """The body with what no schema can say: 2.0 is not written for 2, nobody is born tomorrow."""
    if isinstance(body, dict):
        body = {name: as_written(one) for name, one in body.items()}
        return {**body, "birth_date": "1960-02-29"} if body.get("birth_date") else body
    if isinstance(body, list):
        return [as_written(one) for one in body]
    return int(body) if isinstance(body, float) and body.is_integer() else body


@pytest.mark.parametrize(("path", "method", "mode"), OPERATIONS)
def test_answers_as_described(
    described: Any, web: Web, assessment: str, path: str, method: str, mode: GenerationMode
) -> None:
    browser, known = web.as_("clinician"), {"person": web.person, "assessment": assessment}
    operation = described[path][method.upper()]

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=FEW if (path, method) in SLOW else EXAMPLES)
    def ask(case: Any) -> None:
        web.clock.pass_(seconds=1)
        if mode is GenerationMode.POSITIVE:  # what is there is asked for, not what could be
            case.path_parameters = {name: known[name] for name in case.path_parameters or {}}
            case.body = as_written(case.body)
        case.call_and_validate(
            base_url=f"{ORIGIN}{PREFIX}", cookies={SESSION: browser.cookies[SESSION]},
            headers={"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin",
                     "X-CSRF-Token": browser.csrf},
        )  # fmt: skip

    ask()
