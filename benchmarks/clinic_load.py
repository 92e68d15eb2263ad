"""The clinic under load: many clinicians at once, many persons in the database, many requests.

The server is a process of its own, as `kinechain serve` starts it, and shares the machine's
cores with the clinicians. Each clinician has a case open and switches a finding every few
seconds; the page then asks twice, as in a browser: for the answer at once, and, when no further
click has come for 0.8 s, in full.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from time import perf_counter

from benchmarks.clinic_client import Answer, Client, Fields, Unanswered
from benchmarks.clinic_data import fill, person_id, sign_in
from benchmarks.clinic_server import Server, new_secret, running
from benchmarks.timing import percentile_95, tell
from kinechain.knowledge import load_knowledge
from kinechain.service.bench_results import Row, row

SEED = 20261122
PAUSE_S = 0.8
LIVE_MS, PAGE_MS = 250.0, 150.0
GROWTH_MB = 20.0


@dataclass(frozen=True)
class Size:
    """How much is done.

    Attributes
    ----------
    persons, whole
        In the database, and of them with a whole record.
    clinicians
        At once.
    seconds
        For so long they click.
    think_s
        The mean time between two clicks of one clinician.
    looks
        How often each page is asked for.
    requests
        So many while the memory is watched, after a tenth of them to warm up.
    """

    persons: int = 100_000
    whole: int = 1_000
    clinicians: int = 50
    seconds: float = 60.0
    think_s: float = 5.0
    looks: int = 100
    requests: int = 10_000


QUICK = Size(persons=60, whole=2, clinicians=2, seconds=1.0, think_s=0.5, looks=2, requests=8)


@dataclass
class Seen:
    """What was measured.

    Attributes
    ----------
    times_ms
        Of each kind of request.
    errors
        Answers that were none, by kind and status.
    """

    times_ms: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def note(self, kind: str, answer: Answer, *right: int) -> None:
        """Note an answer.

        Parameters
        ----------
        kind, answer
            What was asked, and what came.
        *right
            Which statuses are right.
        """
        self.times_ms.setdefault(kind, []).append(1000 * answer.seconds)
        if answer.status not in right:
            self.errors.append(f"{kind}: {answer.status}")


@dataclass
class Case:
    """A case as it lies open on a clinician's screen.

    Attributes
    ----------
    client, person, csrf
        Who has it open, whose it is, and the token of the session.
    fields, choices
        The form of the page: as it stands, and what can be chosen.
    counter
        How many clicks there were.
    """

    client: Client
    person: str
    csrf: str
    fields: dict[str, str]
    choices: dict[str, list[str]]
    counter: int = 0

    def click(self, chance: random.Random) -> None:
        """Switch any finding."""
        name = chance.choice(sorted(self.choices))
        others = [one for one in self.choices[name] if one != self.fields.get(name)]
        self.fields[name] = chance.choice(others)
        self.counter += 1

    async def ask(self, mode: str) -> Answer:
        """Ask what follows.

        Parameters
        ----------
        mode
            ``glance`` or ``full``.
        """
        form: Fields = [*{**self.fields, "counter": str(self.counter), "mode": mode}.items()]
        return await self.client.post(
            f"/persons/{self.person}/assessment/preview", form, csrf=self.csrf, partly=True
        )


async def open_case(client: Client, person: str, csrf: str, seen: Seen) -> Case:
    """Open the assessment page of a person.

    Parameters
    ----------
    client, person, csrf
        As a case has them.
    seen
        Takes the time.
    """
    answer = await client.get(f"/persons/{person}/assessment")
    seen.note("assessment page", answer, 200)
    fields, choices = answer.inputs("what-if")
    return Case(client, person, csrf, dict(fields), choices)


async def clinician(case: Case, size: Size, chance: random.Random, seen: Seen) -> None:
    """Switch findings until the time is up.

    Parameters
    ----------
    case
        On the screen.
    size, chance, seen
        How long and how often; where the choices come from; what takes the times.
    """
    end = perf_counter() + size.seconds
    await asyncio.sleep(chance.uniform(0, size.think_s))
    while perf_counter() < end:
        think_s = chance.uniform(0.2, 1.8) * size.think_s
        case.click(chance)
        seen.note("at once", await case.ask("glance"), 200)
        await asyncio.sleep(min(think_s, PAUSE_S))
        if think_s > PAUSE_S:
            asked = perf_counter()
            # 204: superseded, which cannot be here; nobody clicks while waiting for it.
            seen.note("in full", await case.ask("full"), 200)
            await asyncio.sleep(max(0.0, think_s - PAUSE_S - (perf_counter() - asked)))


def run(*, quick: bool = False) -> list[Row]:
    """Measure, and make the rows of the table.

    Parameters
    ----------
    quick
        A few persons, clinicians and seconds.
    """
    size = QUICK if quick else Size()
    with tempfile.TemporaryDirectory(prefix="kinechain-load-") as folder:
        database, secret = Path(folder) / "clinic.sqlite", new_secret()
        tell(f"clinic_load: making {size.persons} persons")
        draws = 2 if quick else None
        fill(database, load_knowledge(), persons=size.persons, whole=size.whole, draws=draws)
        sessions = sign_in(database, secret, size.clinicians)
        with running(database, secret) as server:
            return asyncio.run(_measure(server, sessions, size))


async def _measure(server: Server, sessions: list[tuple[str, str]], size: Size) -> list[Row]:
    chance, seen = random.Random(SEED), Seen()
    clients = [Client(server.port, server.origin, {"session": token}) for token, _ in sessions]
    try:
        rows = [*await _pages(clients[0], size, chance, seen)]
        rows += await _clicks(server, clients, sessions, size, chance, seen)
        rows += await _memory(server, clients, sessions, size, chance, seen)
    finally:
        for client in clients:
            client.close()
    told = f"; {', '.join(sorted(set(seen.errors)))}" if seen.errors else ""
    return [*rows, row(f"wrong answers{told}", len(seen.errors), at_most=0)]


async def _pages(client: Client, size: Size, chance: random.Random, seen: Seen) -> list[Row]:
    """The pages of a clinic with very many persons, asked for one at a time."""
    tell("clinic_load: pages")
    for look in range(size.looks + 1):
        if look == 1:
            seen.times_ms.clear()  # the first of each kind warms up
        seen.note("worklist", await client.get("/worklist"), 200)
        group = chance.choice(["urgent", "waiting", "due"])
        seen.note("worklist, a group", await client.get(f"/worklist?group={group}"), 200)
        person = person_id(chance.randint(1, size.whole))
        seen.note("person page", await client.get(f"/persons/{person}"), 200)
    many = f"{size.persons:,} persons"
    return [
        one
        for kind in ("worklist", "worklist, a group", "person page")
        for one in _rows(f"{many}: {kind}", seen.times_ms[kind], PAGE_MS)
    ]


async def _clicks(
    server: Server, clients: list[Client], sessions: list[tuple[str, str]], size: Size,
    chance: random.Random, seen: Seen,
) -> list[Row]:  # fmt: skip
    """Many clinicians at once."""
    tell(f"clinic_load: {size.clinicians} clinicians open a case")
    cases = [
        await open_case(client, person_id(number), csrf, seen)
        for number, (client, (_, csrf)) in enumerate(zip(clients, sessions, strict=True), 1)
    ]
    tell(f"clinic_load: {size.clinicians} clinicians click for {size.seconds:.0f} s")
    used, start = server.processor_s(), perf_counter()
    each = [random.Random(chance.random()) for _ in cases]
    found = await asyncio.gather(
        *(clinician(case, size, own, seen) for case, own in zip(cases, each, strict=True)),
        return_exceptions=True,
    )
    for error in found:
        if isinstance(error, Unanswered):
            seen.errors.append(str(error))
        elif isinstance(error, BaseException):
            raise error
    took = perf_counter() - start
    name = f"{size.clinicians} clinicians, a click each {size.think_s:g} s: "
    at_once, in_full = seen.times_ms.get("at once", []), seen.times_ms.get("in full", [])
    return [
        *_rows(f"{name}what-if at once", at_once, LIVE_MS),
        *_rows(f"{name}what-if in full", in_full, None),
        row(f"{name}clicks answered a second", round(len(at_once) / took, 2), "1/s"),
        row(f"{name}cores that the server kept busy",
            round((server.processor_s() - used) / took, 2)),
        *_rows("assessment page, one at a time", seen.times_ms["assessment page"], None),
    ]  # fmt: skip


async def _memory(
    server: Server, clients: list[Client], sessions: list[tuple[str, str]], size: Size,
    chance: random.Random, seen: Seen,
) -> list[Row]:  # fmt: skip
    """All kinds of requests, and what the server holds before and after."""
    cases = [
        await open_case(client, person_id(chance.randint(1, size.whole)), csrf, seen)
        for client, (_, csrf) in list(zip(clients, sessions, strict=True))[:4]
    ]
    warm = ceil(size.requests / 10)
    tell(f"clinic_load: {size.requests} requests, memory")
    await any_requests(cases, warm, size, chance, seen)
    before, start = server.memory_mb(), perf_counter()
    await any_requests(cases, size.requests, size, chance, seen)
    rate, after = size.requests / (perf_counter() - start), server.memory_mb()
    return [
        row(f"memory of the server after {warm} requests", round(before, 1), "MB"),
        row(f"memory gained over {size.requests} further requests", round(after - before, 1), "MB",
            at_most=GROWTH_MB),
        row(f"requests of all kinds, {len(cases)} at a time", round(rate, 1), "1/s"),
    ]  # fmt: skip


async def any_requests(
    cases: list[Case], count: int, size: Size, chance: random.Random, seen: Seen
) -> None:
    """So many requests, by some clinicians at once without a pause."""
    left = iter(range(count))
    muted = Seen(errors=seen.errors)

    async def work(case: Case, own: random.Random) -> None:
        for _ in left:
            person = person_id(own.randint(1, size.whole))
            match own.randrange(8):
                case 0:
                    muted.note("worklist", await case.client.get("/worklist"), 200)
                case 1:
                    muted.note("person", await case.client.get(f"/persons/{person}"), 200)
                case 2:
                    opened = await open_case(case.client, person, case.csrf, muted)
                    case.person, case.fields = opened.person, opened.fields
                    case.choices, case.counter = opened.choices, 0
                case 3 if own.random() < 0.2:
                    muted.note("in full", await case.ask("full"), 200)
                case _:
                    case.click(own)
                    muted.note("at once", await case.ask("glance"), 200)

    await asyncio.gather(*(work(case, random.Random(chance.random())) for case in cases))


def _rows(name: str, times: list[float], target_95_ms: float | None) -> list[Row]:
    """Rows of the median, the 95th and the 99th percentile."""
    ordered = sorted(times)
    middle = ordered[len(ordered) // 2] if ordered else None
    last = ordered[ceil(0.99 * len(ordered)) - 1] if ordered else None
    return [
        row(f"{name}, median", middle and round(middle, 1), "ms"),
        row(f"{name}, 95th percentile", percentile_95(times), "ms", at_most=target_95_ms),
        row(f"{name}, 99th percentile", last and round(last, 1), "ms"),
    ]
