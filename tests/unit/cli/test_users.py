"""`kinechain users`: what the one who runs the server does with accounts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kinechain.service.clinic.accounts import Accounts
from kinechain.service.clinic.administration import LETTERS
from kinechain.service.clinic.entry import Client
from kinechain.service.clinic.own_account import OwnAccount
from kinechain.service.clinic.passwords import check_password
from kinechain.service.clinic.second_factor import step_of
from kinechain.service.clinic.tokens import Sources
from kinechain.store import open_store
from tests.unit.cli.conftest import Run

SECRET = "a secret that only the tests know, 48 bytes long"
HERE = Client("192.0.2.7")


@pytest.fixture
def accounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Accounts]:
    """Those of a database that the environment names."""
    file = tmp_path / "clinic.sqlite"
    monkeypatch.setenv("KINECHAIN_DATABASE_URL", str(file))
    monkeypatch.setenv("KINECHAIN_SECRET", SECRET)
    with open_store(file, create=True) as store:
        yield Accounts(store, SECRET.encode(), Sources())


def password_in(text: str) -> str:
    found = re.search(r"password (\S+)$", text, re.MULTILINE)
    assert found, text
    return found[1]


def added(run: Run, name: str = "anna", *more: str) -> str:
    made = run("users", "add", name, "--role", "clinician", *more)
    assert made.exit_code == 0, made.output
    return password_in(made.stdout)


def test_an_account_is_added_and_signs_in_with_the_password_shown(
    run: Run, accounts: Accounts
) -> None:
    password = added(run, "anna", "--display-name", "Dr Anna Berg", "--role", "therapist")
    entry = accounts.sign_in("Anna", password, HERE)
    assert entry.outcome == "in"
    found = accounts.find(entry.token, accounts.longest)
    assert found is not None
    assert found.user.roles == ("clinician", "therapist")
    assert found.due == "password", "its owner chooses another one"
    listed = run("users", "list")
    assert "Dr Anna Berg" in listed.stdout
    assert "password given, not changed yet" in listed.stdout
    assert password not in listed.stdout


def test_the_first_account_makes_the_database(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("KINECHAIN_DATABASE_URL", raising=False)
    missing = run("users", "list")
    assert missing.exit_code == 2
    assert "There is no database" in missing.stderr
    added(run)
    assert "anna" in run("users", "list").stdout
    assert (tmp_path / "data/kinechain/secret").stat().st_mode & 0o077 == 0


@pytest.mark.usefixtures("accounts")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "ANNA", "--role", "clinician"), "already an account"),
        (("add", "a\nb" * 40, "--role", "clinician"), "1 to 64 characters"),
        (("add", "berta"), "--role"),
        (("add", "berta", "--role", "owner"), "owner"),
        (("lock", "nobody"), "There is no account nobody"),
        (("reset", "nobody"), "There is no account nobody"),
        (("second-factor", "nobody"), "There is no account nobody"),
    ],
)
def test_what_cannot_be_done_is_said(run: Run, words: tuple[str, ...], said: str) -> None:
    added(run)
    done = run("users", *words)
    assert done.exit_code == 2
    assert said in done.stderr


def test_a_locked_account_lets_nobody_in_until_it_is_opened(run: Run, accounts: Accounts) -> None:
    password = added(run)
    token = accounts.sign_in("anna", password, HERE).token
    assert run("users", "lock", "anna").exit_code == 0
    assert run("users", "lock", "anna").exit_code == 0
    assert accounts.find(token, accounts.longest) is None
    assert accounts.sign_in("anna", password, HERE).outcome == "refused"
    assert "locked" in run("users", "list").stdout
    assert run("users", "unlock", "anna").exit_code == 0
    assert accounts.find(token, accounts.longest) is None, "the old session stays ended"
    assert accounts.sign_in("anna", password, HERE).outcome == "in"


def test_a_reset_ends_sessions_and_the_old_password(run: Run, accounts: Accounts) -> None:
    old = added(run)
    token = accounts.sign_in("anna", old, HERE).token
    new = password_in(run("users", "reset", "anna").stdout)
    assert new != old
    assert accounts.find(token, accounts.longest) is None
    assert accounts.sign_in("anna", old, HERE).outcome == "refused"
    assert accounts.sign_in("anna", new, HERE).outcome == "in"


def with_second_factor(accounts: Accounts, name: str) -> None:
    with accounts.store.reading() as tx:
        user = tx.users.by_name(name)
    assert user is not None
    own = OwnAccount(accounts)
    seed, key, _ = own.new_second_factor(user)
    from pyotp.totp import TOTP

    code = TOTP(key).now()
    assert step_of(key, code, accounts.sources.now().timestamp()) is not None
    own.keep_second_factor(user, seed, code)


def test_a_lost_device_is_taken_away_and_the_password_stays(run: Run, accounts: Accounts) -> None:
    password = added(run)
    assert "had no second factor" in run("users", "second-factor", "anna").stdout
    with_second_factor(accounts, "anna")
    assert accounts.sign_in("anna", password, HERE).outcome == "second_factor"
    assert run("users", "second-factor", "anna").exit_code == 0
    assert accounts.sign_in("anna", password, HERE).outcome == "in"


def test_a_reset_takes_the_second_factor_only_when_told(run: Run, accounts: Accounts) -> None:
    added(run)
    with_second_factor(accounts, "anna")
    password = password_in(run("users", "reset", "anna").stdout)
    assert accounts.sign_in("anna", password, HERE).outcome == "second_factor"
    password = password_in(run("users", "reset", "anna", "--lost-device").stdout)
    assert accounts.sign_in("anna", password, HERE).outcome == "in"


def test_every_act_is_in_the_trail_and_no_password(run: Run, accounts: Accounts) -> None:
    passwords = [added(run)]
    run("users", "lock", "anna")
    run("users", "unlock", "anna")
    passwords.append(password_in(run("users", "reset", "anna").stdout))
    with accounts.store.reading() as tx:
        acts = list(tx.audit.entries())
    mine = [one.action for one in acts if one.actor == "command:users"]
    assert mine == ["user.add", "user.change", "user.change", "user.credentials"]
    assert not any(password in str(one) for one in acts for password in passwords)


def test_passwords_are_long_enough_and_easily_read(run: Run, accounts: Accounts) -> None:
    made = {added(run, f"name {number}") for number in range(5)}
    assert len(made) == 5
    for one in made:
        check_password(one, "anna")
        assert set(one) <= {*LETTERS, "-"}
    assert not set("l1o0") & set(LETTERS)
    assert 256 % len(LETTERS) == 0
