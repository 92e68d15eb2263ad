"""Every route of the application, and requests to them with whatever one likes in each field."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from httpx2 import Response
from starlette.routing import Mount

from kinechain.web.security.csrf import SAFE
from tests.support.web import Browser

PART = re.compile(r"\{(\w+)(?::\w+)?\}")


@dataclass(frozen=True)
class Known:
    """A route with one of its methods."""

    name: str
    path: str
    method: str
    fields: tuple[str, ...]
    queries: tuple[str, ...]
    takes_json: bool

    @property
    def changes(self) -> bool:
        """Whether it is for changing something."""
        return self.method not in SAFE

    @property
    def parts(self) -> tuple[str, ...]:
        """The names in its path."""
        return tuple(PART.findall(self.path))

    def address(self, values: Mapping[str, str], otherwise: str = "x") -> str:
        """Its path with values for the names in it, written as a browser writes them."""
        return PART.sub(lambda match: quote(values.get(match[1], otherwise)), self.path)

    def ask(
        self, browser: Browser, values: Mapping[str, str] | None = None, text: str = "x",
        **more: Any,
    ) -> Response:  # fmt: skip
        """Send a request as the clinic's pages do, with a text in every field."""
        address = self.address(values or {}, text)
        query = dict.fromkeys(self.queries, text)
        if not self.changes:
            return browser.request(self.method, address, params=query, **more)
        content = {**dict.fromkeys(self.fields, text), **(values or {})}
        if self.takes_json:
            return browser.submit_json(address, content, self.method, params=query, **more)
        return browser.submit(address, content, method=self.method, params=query, **more)


def routes(app: FastAPI) -> list[Known]:
    """All routes; one with two methods comes twice. What is mounted comes by its name alone."""
    found: list[Known] = []
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        path, name = context.path or "", context.name or ""
        if isinstance(route, Mount):
            found.append(Known(name, f"{path}/clinic.css", "GET", (), (), takes_json=False))
            continue
        assert isinstance(route, APIRoute), f"{path} is no route of FastAPI: nothing guards it"
        fields, queries = _names(route.dependant)
        given = _json_fields(route.dependant)
        takes_json = given is not None or (bool(fields) and not _is_form(route.dependant))
        fields = fields or given or ()
        found += [
            Known(name, path, method, fields, queries, takes_json)
            for method in sorted(context.methods or ())
        ]
    return found


def _names(dependant: Dependant) -> tuple[tuple[str, ...], tuple[str, ...]]:
    fields: list[str] = []
    for one in dependant.body_params:
        inner = getattr(one.field_info.annotation, "model_fields", None)
        fields += list(inner) if inner else [one.alias]
    queries = [one.alias for one in dependant.query_params]
    for inner in dependant.dependencies:
        more = _names(inner)
        fields += more[0]
        queries += more[1]
    return tuple(dict.fromkeys(fields)), tuple(dict.fromkeys(queries))


def _json_fields(dependant: Dependant) -> tuple[str, ...] | None:
    """The fields of a struct that is read by `kinechain.web.api.exchange.body`."""
    for inner in dependant.dependencies:
        if getattr(inner.call, "__qualname__", "").startswith("body."):
            kind = inspect.getclosurevars(inner.call).nonlocals["decoder"].type
            return tuple(kind.__struct_fields__)
    return None


def _is_form(dependant: Dependant) -> bool:
    kinds = [type(one.field_info).__name__ for one in dependant.body_params]
    return any(kind in ("Form", "File") for kind in kinds) or any(
        _is_form(inner) for inner in dependant.dependencies
    )
