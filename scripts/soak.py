"""Kills the clinic's server while it saves, and puts it under load for minutes: ``make soak``.

Whatever a clinician was told is kept must be there afterwards, the trail must be whole, and the
server must not grow.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.clinic_client import Client, Unanswered
from benchmarks.clinic_data import begin, fill, person_id, sign_in
from benchmarks.clinic_load import Seen, Size, any_requests, open_case
from benchmarks.clinic_server import Server, free_port, new_secret, origin_of, running
from kinechain.knowledge import load_knowledge
from kinechain.store import open_store, verify

CLINICIANS = 4
SEED = 20261122
LONGEST_PAUSE_S = 0.2
AGAIN_S = 0.02
PATIENCE_S = 60.0
GROWTH_MB = 30.0


class Failed(Exception):
    """What must hold does not; the message says what."""


@dataclass
class Told:
    """What the clinicians were told.

    Attributes
    ----------
    kept
        Ids of the facts of which the server said that they are kept.
    sent
        Ids of all that were sent.
    is_over
        Whether they shall stop.
    """

    kept: set[str] = field(default_factory=set)
    sent: set[str] = field(default_factory=set)
    is_over: bool = False


async def write_notes(client: Client, person: str, csrf: str, told: Told, name: int) -> None:
    """Record one note after the other, each again until the server says that it is kept.

    Parameters
    ----------
    client, person, csrf
        Who writes about whom.
    told
        Takes what was said.
    name
        Of the writer; part of the ids.
    """
    number = 0
    while not told.is_over:
        number += 1
        fact = f"{name:08x}{number:024x}"
        told.sent.add(fact)
        fields = [("key", "note"), ("text", f"note {number}"), ("once", fact), ("revision", "1")]
        while not told.is_over:
            try:
                answer = await client.post(f"/persons/{person}/facts", fields, csrf=csrf)
            except Unanswered:
                await asyncio.sleep(AGAIN_S)
                continue
            if answer.status == 303:
                told.kept.add(fact)
                break
            if answer.status not in (429, 503):
                raise Failed(f"a note was answered with {answer.status}")
            await asyncio.sleep(10 * AGAIN_S)


async def kill_servers(starter: subprocess.Popen[bytes], kills: int, told: Told) -> None:
    """Start a server, kill it in the midst of its work, and so on.

    Parameters
    ----------
    starter
        Starts one for each line.
    kills
        How many.
    told
        Told when it is over.
    """
    chance = random.Random(SEED)  # noqa: S311 - the same kills each time
    assert starter.stdin is not None
    assert starter.stdout is not None
    try:
        for number in range(1, kills + 1):
            starter.stdin.write(b"\n")
            starter.stdin.flush()
            line = await asyncio.wait_for(asyncio.to_thread(starter.stdout.readline), PATIENCE_S)
            if not line.startswith(b"ready"):
                raise Failed("the server does not start")
            await _until_more_than(len(told.kept), told)
            await asyncio.sleep(chance.uniform(0.0, LONGEST_PAUSE_S))
            os.kill(int(line.split()[1]), signal.SIGKILL)
            if number % 20 == 0:
                say(f"  {number} servers killed, {len(told.kept)} notes acknowledged")
    finally:
        told.is_over = True


async def _until_more_than(count: int, told: Told) -> None:
    """Wait until it works: a server that is killed before its first answer proves nothing."""
    end = time.monotonic() + PATIENCE_S
    while len(told.kept) <= count:
        if time.monotonic() > end:
            raise Failed("the server answers nothing")
        await asyncio.sleep(AGAIN_S)


async def write_while_killing(
    starter: subprocess.Popen[bytes], port: int, persons: Sequence[str],
    sessions: Sequence[tuple[str, str]], kills: int,
) -> Told:  # fmt: skip
    """Clinicians write while their server is killed again and again.

    Parameters
    ----------
    starter, port, kills
        Of the servers.
    persons, sessions
        About whom each clinician writes; token and form token of each.
    """
    told = Told()
    writers = [
        write_notes(Client(port, origin_of(port), {"session": token}), person, csrf, told, number)
        for number, (person, (token, csrf)) in enumerate(zip(persons, sessions, strict=True), 1)
    ]
    await asyncio.gather(kill_servers(starter, kills, told), *writers)
    return told


def check_kills(folder: Path, kills: int) -> None:
    """Kill servers, and look at what is kept.

    Parameters
    ----------
    folder
        For the database.
    kills
        How many servers.

    Raises
    ------
    Failed
        Something acknowledged is lost, or the trail is broken.
    """
    say(f"{kills} servers are killed while {CLINICIANS} clinicians write:")
    database, secret, port = folder / "kills.sqlite", new_secret(), free_port()
    persons, sessions = begin(database, CLINICIANS), sign_in(database, secret, CLINICIANS)
    starter = subprocess.Popen(
        [sys.executable, "-m", "scripts.soak_server", str(database), str(port)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env={**os.environ, "KINECHAIN_SECRET": secret},
    )  # fmt: skip
    assert starter.stdin is not None
    assert starter.stdout is not None
    starter.stdout.readline()
    told = asyncio.run(write_while_killing(starter, port, persons, sessions, kills))
    starter.stdin.close()
    starter.wait(PATIENCE_S)
    with open_store(database) as store, store.reading() as tx:
        kept = {one.id for person in persons for one in tx.facts.history(person)}
        broken = verify(tx).broken
    say(f"  {len(told.sent)} notes sent, {len(told.kept)} acknowledged, {len(kept)} kept")
    if told.kept - kept:
        raise Failed(f"{len(told.kept - kept)} acknowledged notes are lost")
    if broken is not None:
        raise Failed(f"the trail is broken: {broken}")
    if len(told.kept) < kills:
        raise Failed("too few notes were written for this to say anything")
    say("  nothing acknowledged is lost; the trail is whole")


def check_load(folder: Path, minutes: float) -> None:
    """All kinds of requests without a pause, and what the server holds meanwhile.

    Parameters
    ----------
    folder
        For the database.
    minutes
        For so long.

    Raises
    ------
    Failed
        The server grows, or gives wrong answers.
    """
    say(f"Load for {minutes:g} minutes:")
    database, secret = folder / "load.sqlite", new_secret()
    size = Size(persons=2000, whole=200)
    fill(database, load_knowledge(), persons=size.persons, whole=size.whole)
    sessions = sign_in(database, secret, CLINICIANS)
    with running(database, secret) as server:
        memory, seen = asyncio.run(_load(server, sessions, size, minutes))
    if seen.errors:
        raise Failed(f"{len(seen.errors)} wrong answers: {sorted(set(seen.errors))}")
    # The first third fills what is kept for the next question.
    settled = memory[len(memory) // 3]
    if memory[-1] - settled > GROWTH_MB:
        raise Failed(f"the server grew from {settled:.0f} to {memory[-1]:.0f} MB")


async def _load(
    server: Server, sessions: Sequence[tuple[str, str]], size: Size, minutes: float
) -> tuple[list[float], Seen]:
    chance = random.Random(SEED)  # noqa: S311 - the same requests each time
    seen, memory, count = Seen(), [server.memory_mb()], 0
    clients = [Client(server.port, server.origin, {"session": token}) for token, _ in sessions]
    cases = [
        await open_case(client, person_id(number), csrf, seen)
        for number, (client, (_, csrf)) in enumerate(zip(clients, sessions, strict=True), 1)
    ]
    start = time.monotonic()
    while time.monotonic() - start < 60 * minutes:
        await any_requests(cases, 200, size, chance, seen)
        count += 200
        memory.append(server.memory_mb())
        say(f"  {count} requests, {memory[-1]:.0f} MB, {len(seen.errors)} wrong answers")
    for client in clients:
        client.close()
    return memory, seen


def say(text: str) -> None:
    """A line on standard output.

    Parameters
    ----------
    text
        What to say.
    """
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run both; the exit status is 1 when something does not hold.

    Parameters
    ----------
    arguments
        Without the program's name; by default those of the process.
    """
    parser = argparse.ArgumentParser(prog="python -m scripts.soak", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="servers to kill (200)")
    parser.add_argument("--minutes", type=float, default=10.0, help="of load (10)")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="kinechain-soak-") as folder:
        try:
            if given.kills:
                check_kills(Path(folder), given.kills)
            if given.minutes:
                check_load(Path(folder), given.minutes)
        except Failed as error:
            sys.stderr.write(f"Failed: {error}.\n")
            return 1
    say("All held.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
