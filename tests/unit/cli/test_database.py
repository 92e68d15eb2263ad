"""`kinechain database upgrade`, `backup`, `restore` and `audit verify`."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from kinechain.service.clinic.database import database_address
from kinechain.store import StoreError, open_store
from tests.support.schema_dump import lived_in
from tests.unit.cli.conftest import Run


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clinic's database, named by the environment as in a clinic."""
    file = tmp_path / "clinic.sqlite"
    with open_store(file, create=True) as store:
        lived_in(store)
    monkeypatch.setenv("KINECHAIN_DATABASE_URL", f"sqlite:///{file}")
    return file


def end_of(text: str) -> str:
    """The digest that the output names."""
    return text.rpartition("Its end: ")[2].strip()


def test_a_database_is_made_backed_up_and_restored(
    run: Run, database: Path, tmp_path: Path
) -> None:
    backup, other = tmp_path / "backup.sqlite", tmp_path / "folder" / "other.sqlite"
    made = run("backup", backup)
    assert made.exit_code == 0, made.output
    assert "3 facts, 1 assessments, 1 opinions" in made.stdout
    head = end_of(made.stdout)
    with open_store(database) as store, store.reading() as tx:
        last = tx.audit.head()
    assert last is not None
    assert (last.action, last.detail["head"]) == ("database.backup", head)
    restored = run("restore", backup, "--database", other)
    assert restored.exit_code == 0, restored.output
    assert end_of(restored.stdout) == head
    verified = run("audit", "verify", "--database", other, "--head", head)
    assert verified.exit_code == 0, verified.output
    assert "The trail holds." in verified.stdout
    assert end_of(verified.stdout) != head  # the restoring is in it
    again = run("restore", backup, "--database", other)
    assert again.exit_code == 2
    assert "not empty" in again.stderr


def test_a_broken_trail_ends_with_1_and_is_still_backed_up(
    run: Run, database: Path, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("DROP TRIGGER audit_no_update")
        connection.execute("UPDATE audit SET actor = 'somebody' WHERE number = 4")
        connection.commit()
    for words in (("audit", "verify"), ("backup", tmp_path / "backup.sqlite")):
        done = run(*words)
        assert done.exit_code == 1
        assert "NOT WHAT ITS TRAIL TELLS OF. Entry 4 does not hold. It was changed" in done.stdout
    refused = run("restore", tmp_path / "backup.sqlite", "--database", tmp_path / "other")
    assert refused.exit_code == 2
    assert "--accept-broken" in refused.stderr
    assert not (tmp_path / "other").exists()
    taken = run("restore", "--accept-broken", tmp_path / "backup.sqlite", "--database",
                tmp_path / "other")  # fmt: skip
    assert taken.exit_code == 1
    assert run("audit", "verify", "--database", tmp_path / "other").exit_code == 1


def test_what_was_cut_off_ends_with_1(run: Run, database: Path) -> None:
    head = end_of(run("audit", "verify").stdout)
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("DROP TRIGGER audit_no_delete")
        connection.execute("DELETE FROM audit WHERE action = 'link.add' AND number = "
                           "(SELECT max(number) FROM audit)")  # fmt: skip
        connection.commit()
    assert run("audit", "verify").exit_code == 0
    done = run("audit", "verify", "--head", head.upper())
    assert done.exit_code == 1
    assert "cut off" in done.stdout


def test_upgrade_says_what_it_did(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "new" / "clinic.sqlite"
    assert "made, schema" in run("database", "upgrade", "--database", file).stdout
    assert "nothing to do" in run("database", "upgrade", "--database", file).stdout


@pytest.mark.parametrize(
    "words",
    [("audit", "verify"), ("backup", "x"), ("backup", "x", "--database", "mysql://a:hidden@b/c")],
)
def test_no_database_is_one_line_and_2(
    run: Run, words, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KINECHAIN_DATABASE_URL", str(tmp_path / "nothing.sqlite"))
    done = run(*words)
    assert done.exit_code == 2
    assert done.stderr.startswith("Error: ")
    assert len(done.stderr.splitlines()) == 1
    assert "hidden" not in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("words", [("audit", "verify"), ("backup", "x"), ("restore", "x"),
                                   ("database", "upgrade")])  # fmt: skip
def test_without_the_extra_the_commands_say_how_to_install_it(
    run: Run, words, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = ("sqlalchemy", "kinechain.store", "kinechain.service.clinic")
    for name in [one for one in sys.modules if one.startswith(loaded)]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    done = run(*words)
    assert done.exit_code == 2
    assert "pip install 'kinechain[clinic]'" in done.stderr


def test_where_the_database_is(tmp_path: Path) -> None:
    named = tmp_path / "url"
    named.write_text("postgresql://clinic@db/kinechain\n")
    environment = {"HOME": "/home/anna"}
    assert database_address(environment).startswith("/home/anna/.local/share/kinechain/")
    assert database_address({"XDG_DATA_HOME": "/data"}) == "/data/kinechain/clinic.sqlite"
    environment["KINECHAIN_DATABASE_URL_FILE"] = str(named)
    assert database_address(environment) == "postgresql://clinic@db/kinechain"
    environment["KINECHAIN_DATABASE_URL"] = "sqlite:///x"
    assert database_address(environment) == "sqlite:///x"
    assert database_address(environment, "given") == "given"
    for content in (None, b"", b"\xff"):
        named.unlink(missing_ok=True)
        if content is not None:
            named.write_bytes(content)
        with pytest.raises(StoreError, match="cannot be read, or is empty"):
            database_address({"KINECHAIN_DATABASE_URL_FILE": str(named)})
