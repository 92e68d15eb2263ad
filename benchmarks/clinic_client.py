"""A browser without a screen: keeps one connection and a session, reads and sends forms.

Many of them have to fit beside the server on two cores, so it knows of HTTP only what the
clinic's server speaks.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from time import perf_counter
from urllib.parse import urlencode

Fields = list[tuple[str, str]]
INPUT = re.compile(r"<input\b[^>]*>")
ATTRIBUTE = re.compile(r"""([\w-]+)(?:="([^"]*)")?""")
PATIENCE_S = 60.0
IDLE_S = 3.0
"""The server hangs up after 5 s; a connection that was idle for longer than this is not used."""


class Unanswered(Exception):
    """The server went away before its answer was whole."""


@dataclass(frozen=True)
class Answer:
    """What came back.

    Attributes
    ----------
    status
        The HTTP status.
    headers
        By their names in small letters.
    body
        As sent.
    seconds
        From the first byte of the request to the last of the answer.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    def inputs(self, form: str) -> tuple[Fields, dict[str, list[str]]]:
        """What a page would send, and what can be chosen instead.

        Parameters
        ----------
        form
            Its id; fields outside name it, those inside follow its beginning.

        Returns
        -------
        tuple
            Names with values as they stand, and for each group of radio buttons its values.
        """
        text = self.text
        start = text.index(f'<form id="{form}"')
        inside = range(start, text.index("</form>", start))
        fields: Fields = []
        choices: dict[str, list[str]] = {}
        for match in INPUT.finditer(text):
            found = {name: unescape(value) for name, value in ATTRIBUTE.findall(match[0])}
            if match.start() not in inside and found.get("form") != form:
                continue
            name, value = found.get("name", ""), found.get("value", "")
            if found.get("type") == "radio":
                choices.setdefault(name, []).append(value)
                if "checked" not in found:
                    continue
            if name:
                fields.append((name, value))
        return fields, choices


@dataclass
class Client:
    """One browser at the clinic.

    Attributes
    ----------
    port
        Of the server on this machine.
    origin
        As the server knows itself.
    cookies
        By name; the server's own are added.
    """

    port: int
    origin: str
    cookies: dict[str, str] = field(default_factory=dict)
    _reader: asyncio.StreamReader | None = None
    _writer: asyncio.StreamWriter | None = None
    _used: float = 0.0

    async def get(self, path: str) -> Answer:
        """Ask for a page.

        Parameters
        ----------
        path
            With its query.
        """
        return await self._ask("GET", path, b"", ())

    async def post(
        self, path: str, fields: Fields, *, csrf: str = "", partly: bool = False
    ) -> Answer:
        """Send a form.

        Parameters
        ----------
        path
            Where to.
        fields
            Names and values.
        csrf
            The session's token, where it is not among the fields.
        partly
            As the pages' own script does, for a part of the page.
        """
        more = ["Content-Type: application/x-www-form-urlencoded", f"Origin: {self.origin}",
                "Sec-Fetch-Site: same-origin"]  # fmt: skip
        if csrf:
            more.append(f"X-CSRF-Token: {csrf}")
        if partly:
            more.append("HX-Request: true")
        return await self._ask("POST", path, urlencode(fields).encode(), more)

    def close(self) -> None:
        """Hang up."""
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None

    async def _ask(self, method: str, path: str, body: bytes, more: Sequence[str]) -> Answer:
        head = [f"{method} {path} HTTP/1.1", f"Host: {self.origin.partition('://')[2]}",
                f"Content-Length: {len(body)}", *more]  # fmt: skip
        if self.cookies:
            head.append("Cookie: " + "; ".join(f"{k}={v}" for k, v in self.cookies.items()))
        start = perf_counter()
        if start - self._used > IDLE_S:
            self.close()
        try:
            async with asyncio.timeout(PATIENCE_S):
                if self._writer is None:
                    self._reader, self._writer = await asyncio.open_connection(
                        "127.0.0.1", self.port
                    )
                self._writer.write("\r\n".join([*head, "", ""]).encode() + body)
                status, headers, content = await self._answer()
        except (OSError, EOFError, ValueError, TimeoutError) as error:
            self.close()
            raise Unanswered(f"{method}: {type(error).__name__}") from error
        self._used = perf_counter()
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Answer(status, headers, content, self._used - start)

    async def _answer(self) -> tuple[int, dict[str, str], bytes]:
        assert self._reader is not None
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers: dict[str, str] = {}
        for line in head[1:]:
            name, _, value = line.partition(":")
            name, value = name.strip().lower(), value.strip()
            if name == "set-cookie":
                key, _, content = value.partition(";")[0].partition("=")
                self.cookies[key] = content
            elif name:
                headers[name] = value
        status = int(head[0].split()[1])
        if headers.get("transfer-encoding") == "chunked":
            return status, headers, await self._chunks()
        length = int(headers.get("content-length", 0))
        return status, headers, await self._reader.readexactly(length)

    async def _chunks(self) -> bytes:
        assert self._reader is not None
        found: list[bytes] = []
        while size := int(await self._reader.readline(), 16):
            found.append(await self._reader.readexactly(size))
            await self._reader.readline()
        await self._reader.readline()
        return b"".join(found)
