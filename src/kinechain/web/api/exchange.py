"""How requests are read and answers written: one set of types for checking and for the document.

The types are msgspec's, as those of the record are, so that nothing is described twice.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import Annotated, Any, TypeVar

import msgspec
from fastapi import HTTPException, Path, Request, Response

from kinechain.web.api.models import ID, Problem

Body = TypeVar("Body", bound=msgspec.Struct)
PLACE = "#/components/schemas/{name}"
JSON = "application/json"

PersonId = Annotated[str, Path(pattern=ID, description="Id of the person.")]
AssessmentId = Annotated[str, Path(pattern=ID, description="Id of the assessment.")]

PROBLEMS = {
    401: "Nobody is signed in.",
    403: "The account may not do this, or the token of the session is missing.",
    404: "There is no such thing.",
    409: "Somebody else was faster.",
    413: "More than a megabyte.",
    415: "The body is not JSON.",
    422: "The request is not of this form.",
    429: "Too many requests; `Retry-After` says for how long to wait.",
    503: "The database does not answer.",
}
ALWAYS = (401, 403, 422, 429, 503)


def reply(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An answer in JSON.

    Parameters
    ----------
    value
        A struct, or plain values.
    status, headers
        Of the answer.
    """
    return Response(msgspec.json.encode(value), status, headers, media_type=JSON)


def body(kind: type[Body]) -> Callable[[Request], Coroutine[Any, Any, Body]]:
    """A dependency that reads the body of a request.

    Parameters
    ----------
    kind
        What it has to be.
    """
    decoder = msgspec.json.Decoder(kind)

    async def read(request: Request) -> Body:
        sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if sent != JSON:
            raise HTTPException(415, f"Send the body as {JSON}.")
        try:
            return decoder.decode(await request.body())
        except (msgspec.MsgspecError, RecursionError, ValueError) as error:
            # The message names the place and what is wanted there, never what was sent.
            wrong = str(error) if isinstance(error, msgspec.ValidationError) else "It is no JSON."
            raise HTTPException(422, wrong) from None

    return read


def described(
    answer: type[msgspec.Struct],
    *more: int,
    status: int = 200,
    takes: type[msgspec.Struct] | None = None,
    conflict: type[msgspec.Struct] = Problem,
) -> dict[str, Any]:
    """What the decorator of a route needs for its description.

    Parameters
    ----------
    answer
        What it gives.
    status
        Of the answer.
    takes
        What its body is; then the header of the session's token is described too.
    conflict
        What comes with 409.
    more
        Statuses of what can go wrong beside what always can.
    """
    known = {*ALWAYS, *more, *((413, 415) if takes else ())}
    responses: dict[int | str, Any] = {
        one: {"description": PROBLEMS[one], **_content(conflict if one == 409 else Problem)}
        for one in sorted(known)
    }
    responses[status] = {"description": _first_line(answer), **_content(answer)}
    extra: dict[str, Any] = {}
    if takes is not None:
        extra["requestBody"] = {"required": True, **_content(takes)}
    return {"status_code": status, "responses": responses, "openapi_extra": extra,
            "response_model": None}  # fmt: skip


def _content(kind: type[msgspec.Struct]) -> dict[str, Any]:
    return {"content": {JSON: {"schema": {"$ref": PLACE.format(name=kind.__name__)}}}}


def _first_line(kind: type[msgspec.Struct]) -> str:
    return (kind.__doc__ or "").strip().split("\n")[0]
