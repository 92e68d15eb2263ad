"""`kinechain serve`: where it listens, what it says, and how it ends."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec
import pytest

from kinechain.store import open_store
from kinechain.web import serving
from kinechain.web.settings import Settings, SettingsError
from tests.unit.cli.conftest import Run

SECRET = {"KINECHAIN_SECRET": "a secret that only the tests know, 48 bytes long"}


@pytest.fixture
def taken() -> Iterator[socket.socket]:
    """A port of this machine that is in use."""
    with closing(serving.listen("127.0.0.1", 0)) as one:
        yield one


def port_of(one: socket.socket) -> int:
    return one.getsockname()[1]


def served(**more: object) -> serving.Served:
    given = {"database": "", "folder": "", "origin": "http://localhost:8000", **more}
    return msgspec.convert(given, serving.Served)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    for name in ("KINECHAIN_DATABASE_URL", "KINECHAIN_DATABASE_URL_FILE", "KINECHAIN_SECRET"):
        monkeypatch.delenv(name, raising=False)


def test_a_port_in_use_is_said_at_once_with_another_one(
    run: Run, taken: socket.socket, tmp_path: Path
) -> None:
    done = run("serve", "--port", port_of(taken))
    assert done.exit_code == 2
    assert f"Port {port_of(taken)} is in use" in done.stderr
    assert f"--port {port_of(taken) + 1}" in done.stderr
    assert not list(tmp_path.iterdir()), "nothing is made before the port is taken"


def test_an_address_of_another_machine_is_said() -> None:
    with pytest.raises(SettingsError, match="no address of this machine"):
        serving.listen("192.0.2.1", 8000)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "clinic.example"])
@pytest.mark.parametrize("origin", [(), ("--origin", "http://clinic.example")])
def test_other_machines_reach_it_only_by_https(
    run: Run, host: str, origin: tuple[str, ...]
) -> None:
    done = run("serve", "--host", host, *origin)
    assert done.exit_code == 2
    assert "--origin https://" in done.stderr


def test_an_open_address_behind_a_proxy_is_refused_too(run: Run) -> None:
    with closing(serving.listen("127.0.0.1", 0)) as one:
        port = port_of(one)
    done = run("serve", "--port", port, "--origin", "http://clinic.example")
    assert done.exit_code == 2
    assert "not HTTPS" in done.stderr
    assert "KINECHAIN_TRUSTED_PROXIES" in done.stderr


@pytest.mark.parametrize("origin", ["clinic.example", "https://clinic.example/kinechain"])
def test_an_origin_that_is_none_is_said(run: Run, origin: str) -> None:
    done = run("serve", "--port", 65_000, "--origin", origin)
    assert done.exit_code == 2
    assert "Remedy" in done.stderr


@pytest.mark.parametrize(
    ("host", "port", "origin"),
    [
        ("127.0.0.1", 8000, "http://localhost:8000"), ("::1", 8000, "http://localhost:8000"),
        ("localhost", 80, "http://localhost"), ("0.0.0.0", 8000, "http://localhost:8000"),
        ("192.0.2.1", 8000, "http://192.0.2.1:8000"), ("fd00::1", 80, "http://[fd00::1]"),
    ],
)  # fmt: skip
def test_the_address_is_as_browsers_write_it(host: str, port: int, origin: str) -> None:
    from kinechain.cli.serve import _own_origin  # pyright: ignore[reportPrivateUsage]

    assert _own_origin(host, port) == origin
    assert Settings("x", b"x" * 40, origin).origin == origin


def test_each_of_several_processes_makes_the_same_application(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "clinic.sqlite"
    open_store(file, create=True).close()
    one = served(database=str(file), folder=str(tmp_path), origin="https://clinic.example",
                 is_demonstration=True)  # fmt: skip
    monkeypatch.setenv(serving.SERVED, msgspec.json.encode(one).decode())
    made = serving.application()
    settings: Settings = made.state.settings
    assert settings.origin == "https://clinic.example"
    assert settings.is_demonstration
    assert settings == serving.settings_of(one, str(file), os.environ)
    assert str(settings.secret) not in os.environ[serving.SERVED]
    made.state.clinic.store.close()


def test_in_a_clinic_administrators_need_a_second_factor() -> None:
    assert serving.settings_of(served(), "x", SECRET).need_second_factor == {"administrator"}
    shown = serving.settings_of(served(is_demonstration=True), "x", SECRET)
    assert not shown.need_second_factor


@contextmanager
def started(folder: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], int, list[str]]]:
    """The program in a process of its own, with what it said until it was ready."""
    with closing(serving.listen("127.0.0.1", 0)) as one:
        port = port_of(one)
    command = [sys.executable, "-m", "kinechain", "serve", "--port", str(port), *words]
    environment = {**os.environ, "XDG_DATA_HOME": str(folder), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env=environment) as process:  # fmt: skip
        assert process.stdout is not None
        said: list[str] = []
        for line in process.stdout:
            said.append(line.strip())
            if "Ctrl-C" in line:
                break
        try:
            yield process, port, said
        finally:
            process.kill()


def ask(port: int, method: str, path: str, **more: str) -> tuple[int, str]:
    """Status and location of an answer."""
    origin = f"http://localhost:{port}"
    headers = {"Host": origin.removeprefix("http://"), "Origin": origin,
               "Content-Type": "application/x-www-form-urlencoded"}  # fmt: skip
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request(method, path, headers=headers, **more)
        with connection.getresponse() as answer:
            answer.read()
            return answer.status, answer.getheader("location") or ""


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_it_starts_says_how_to_sign_in_and_ends_with_ctrl_c(tmp_path: Path, workers: int) -> None:
    with started(tmp_path, "--workers", str(workers)) as (process, port, said):
        assert said[0] == f"Kinechain is at http://localhost:{port}", said
        found = re.search(r"Sign in as (\S+) with the password (\S+)", "\n".join(said))
        assert found
        form = f"name={found[1]}&password={found[2]}"
        assert ask(port, "POST", "/sign-in", body=form) == (303, "/")
        assert ask(port, "GET", "/health")[0] == 200
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=60)
        assert process.returncode == 0, rest
        assert "Ended." in rest
        assert "Traceback" not in rest


@pytest.mark.slow
def test_a_start_with_nobody_in_it_says_how_to_add_somebody(tmp_path: Path) -> None:
    with started(tmp_path, "--database", str(tmp_path / "own.sqlite")) as (_, _, said):
        assert "There is no account yet: kinechain users add NAME --role clinician" in said
        assert not any("demo" in line.lower() for line in said)
