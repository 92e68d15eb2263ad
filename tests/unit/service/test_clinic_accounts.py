"""Accounts: signing in, the second factor, sessions, what owners change."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from argon2 import PasswordHasher

from kinechain.domain.record import Credentials, User
from kinechain.service.clinic import second_factor
from kinechain.service.clinic.devices import known_device, with_account
from kinechain.service.clinic.entry import AccountError, Client
from kinechain.service.clinic.passwords import Busy, Passwords, WeakPassword, check_password
from kinechain.service.clinic.tokens import digest_of
from tests.support.accounts import CHEAP, PASSWORD, SECRET, Desk, open_desk

IDLE = timedelta(minutes=30)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path)


def changed(desk: Desk, **fields: Any) -> User:
    """Anna's account with something changed by an administrator."""
    with desk.store.writing("tests") as tx:
        tx.users.change(msgspec.structs.replace(desk.anna, **fields))
    return msgspec.structs.replace(desk.anna, **fields)


def held(desk: Desk) -> Credentials:
    with desk.store.reading() as tx:
        return tx.users.credentials(desk.anna.id)


def test_the_right_password_opens_a_session(desk: Desk) -> None:
    entry = desk.try_()
    assert entry.outcome == "in"
    found = desk.accounts.find(entry.token, IDLE)
    assert found is not None
    assert (found.user, found.session.stage, found.due) == (desk.anna, "full", "")


@pytest.mark.parametrize("typed", ["ANNA", " anna ", "Ánna"])
def test_the_name_is_found_however_it_is_typed(desk: Desk, typed: str) -> None:
    assert desk.try_(name=typed).outcome == "in"


def test_the_password_is_the_same_however_the_keyboard_composes_it(desk: Desk) -> None:
    desk.accounts.add("zoe", ("clinician",), "caf\u00e9 heron kettle")
    assert desk.try_("cafe\u0301 heron kettle", name="zoe").outcome == "in"


class Watched(PasswordHasher):
    """Counts what is compared, and how many at once; slow, as the true one is."""

    def __init__(self, seconds: float = 0) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.seconds, self.compared, self.now, self.most = seconds, 0, 0, 0
        self._lock = threading.Lock()
        self._stop = threading.Event()

    def verify(self, hash: Any, password: Any) -> Any:  # noqa: A002
        with self._lock:
            self.compared += 1
            self.now += 1
            self.most = max(self.most, self.now)
        self._stop.wait(self.seconds)
        try:
            return super().verify(hash, password)
        finally:
            with self._lock:
                self.now -= 1


def test_a_name_that_nobody_has_costs_the_same_work(tmp_path: Path) -> None:
    hasher = Watched()
    desk = open_desk(tmp_path, passwords=Passwords(hasher))
    for name in ("anna", "nobody", "", "anna' or 1=1 --"):
        hasher.compared = 0
        assert desk.try_("wrong", name=name).outcome == "refused"
        assert hasher.compared == 1


def test_a_locked_account_costs_the_same_work_and_says_the_same(tmp_path: Path) -> None:
    hasher = Watched()
    desk = open_desk(tmp_path, passwords=Passwords(hasher))
    changed(desk, is_locked=True)
    hasher.compared = 0
    assert desk.try_().outcome == "refused"
    assert hasher.compared == 1


def test_a_flood_of_attempts_is_worked_on_a_few_at_a_time(tmp_path: Path) -> None:
    hasher = Watched(0.02)
    desk = open_desk(tmp_path, passwords=Passwords(hasher, at_once=2, patience_s=0.05))
    hasher.most = 0
    with ThreadPoolExecutor(24) as pool:
        entries = list(pool.map(lambda n: desk.try_("wrong", f"203.0.113.{n}"), range(24)))
    assert hasher.most <= 2
    assert {one.outcome for one in entries} == {"refused", "busy"}


def test_a_flood_does_not_hold_every_thread(tmp_path: Path) -> None:
    passwords = Passwords(Watched(0.3), at_once=1, waiting=2, patience_s=5)
    begun = time.monotonic()
    with ThreadPoolExecutor(20) as pool:
        done = list(pool.map(lambda _: ended(passwords, begun), range(20)))
    at_once = [seconds for seconds, busy in done if busy]
    assert len(at_once) == 17
    assert max(at_once) < 0.3


def ended(passwords: Passwords, begun: float) -> tuple[float, bool]:
    try:
        passwords.is_right("", "x", "stranger")
    except Busy:
        return time.monotonic() - begun, True
    return time.monotonic() - begun, False


def test_who_is_told_to_come_again_has_lost_no_try(tmp_path: Path) -> None:
    hasher = Watched(0.3)
    desk = open_desk(tmp_path, passwords=Passwords(hasher, at_once=1, patience_s=0.01))
    with ThreadPoolExecutor(8) as pool:
        entries = list(pool.map(lambda _: desk.try_("wrong"), range(5)))
    assert sum(one.outcome == "busy" for one in entries) >= 3
    hasher.seconds = 0
    assert desk.try_().outcome == "in"


def test_a_known_browser_does_not_queue_behind_a_flood(tmp_path: Path) -> None:
    hasher = Watched(0.5)
    desk = open_desk(tmp_path, passwords=Passwords(hasher, at_once=1, patience_s=0.1))
    with ThreadPoolExecutor(2) as pool:
        stranger = pool.submit(desk.try_, "wrong", "203.0.113.9")
        threading.Event().wait(0.1)
        assert desk.try_(device=desk.device).outcome == "in"
        assert stranger.result().outcome == "refused"


def test_a_better_hash_is_kept_at_the_next_sign_in(desk: Desk) -> None:
    before = held(desk).password_hash
    stronger = Passwords(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    accounts = msgspec_replace(desk, stronger)
    assert accounts.sign_in("anna", PASSWORD, Client("192.0.2.7")).outcome == "in"
    assert held(desk).password_hash != before
    assert accounts.sign_in("anna", PASSWORD, Client("192.0.2.7")).outcome == "in"


def msgspec_replace(desk: Desk, passwords: Passwords) -> Any:
    return type(desk.accounts)(desk.store, SECRET, desk.accounts.sources, passwords=passwords)


def test_a_password_that_is_changed_while_it_is_tried_opens_nothing(tmp_path: Path) -> None:
    """Between comparing and opening, somebody who found out resets it."""
    hasher = Watched()
    desk = open_desk(tmp_path, passwords=Passwords(hasher))
    compared = hasher.verify

    def verify(kept: Any, password: Any) -> Any:
        result = compared(kept, password)
        desk.accounts.reset(desk.anna, "lantern gravel otter", actor="tests",
                            keep_second_factor=True)  # fmt: skip
        return result

    hasher.verify = verify  # type: ignore[method-assign]
    assert desk.try_().outcome == "refused"


# -- sessions ---------------------------------------------------------------------------------


def test_each_sign_in_has_a_new_token_and_only_its_digest_is_kept(desk: Desk) -> None:
    first, second = desk.try_().token, desk.try_().token
    assert first != second
    with desk.store.reading() as tx:
        assert tx.sessions.get(first) is None
        assert tx.sessions.get(digest_of(first)) is not None


def test_a_token_that_somebody_chose_opens_nothing(desk: Desk) -> None:
    assert desk.accounts.find("chosen by somebody", IDLE) is None
    entry = desk.accounts.sign_in("anna", PASSWORD, Client("192.0.2.7"), "chosen by somebody")
    assert entry.token != "chosen by somebody"
    assert desk.accounts.find("chosen by somebody", IDLE) is None


def test_signing_in_again_ends_the_session_that_the_browser_had(desk: Desk) -> None:
    before = desk.try_().token
    desk.accounts.sign_in("anna", PASSWORD, Client("192.0.2.7"), before)
    assert desk.accounts.find(before, IDLE) is None


def test_a_session_ends_without_requests(desk: Desk) -> None:
    token = desk.try_().token
    for _ in range(5):
        desk.clock.pass_(minutes=29)
        assert desk.accounts.find(token, IDLE) is not None
    desk.clock.pass_(minutes=31)
    assert desk.accounts.find(token, IDLE) is None


def test_a_session_ends_at_the_latest_however_it_is_used(desk: Desk) -> None:
    token = desk.try_().token
    for _ in range(36):
        desk.clock.pass_(minutes=20)
        found = desk.accounts.find(token, IDLE)
    assert found is None


def test_an_ended_session_is_forgotten_at_the_next_sign_in(desk: Desk) -> None:
    token = desk.try_().token
    desk.clock.pass_(hours=13)
    desk.try_()
    with desk.store.reading() as tx:
        assert tx.sessions.get(digest_of(token)) is None


def test_signing_out_ends_the_session_on_the_server(desk: Desk) -> None:
    token = desk.try_().token
    desk.accounts.sign_out(token)
    assert desk.accounts.find(token, IDLE) is None
    assert desk.actions()[-1] == "sign_out"


def test_the_other_sessions_end_and_this_one_goes_on(desk: Desk) -> None:
    mine, others = desk.try_().token, [desk.try_().token for _ in range(3)]
    desk.accounts.end_others(desk.anna.id, mine)
    assert desk.accounts.find(mine, IDLE) is not None
    assert all(desk.accounts.find(one, IDLE) is None for one in others)


def test_a_database_that_cannot_be_written_can_still_be_looked_at(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kinechain.store import StoreError

    token = desk.try_().token
    desk.clock.pass_(minutes=5)

    def full(_actor: str) -> Any:
        raise StoreError("clinic", "The disk is full.", "Make room.", "disk")

    monkeypatch.setattr(desk.store, "writing", full)
    assert desk.accounts.find(token, IDLE) is not None


# -- second factor ----------------------------------------------------------------------------


def half_way(desk: Desk) -> str:
    entry = desk.try_()
    assert entry.outcome == "second_factor"
    assert entry.device == "", "a browser is known only after the second factor"
    return entry.token


def coded(desk: Desk, token: str, code: str, network: str = "192.0.2.7", device: str = "") -> str:
    return desk.accounts.second_factor(token, code, Client(network, device)).outcome


def test_with_a_second_factor_the_password_is_not_enough(desk: Desk) -> None:
    device, _ = desk.with_second_factor()
    token = half_way(desk)
    found = desk.accounts.find(token, IDLE)
    assert found is not None
    assert found.session.stage == "password"
    desk.clock.pass_(seconds=30)
    entry = desk.accounts.second_factor(token, device.at(desk.clock.now), Client("192.0.2.7"))
    assert entry.outcome == "in"
    assert entry.token != token
    assert desk.accounts.find(token, IDLE) is None


def test_a_code_is_good_once_also_the_one_that_set_it_up(desk: Desk) -> None:
    device, _ = desk.with_second_factor()
    setting_up = device.at(desk.clock.now)
    assert coded(desk, half_way(desk), setting_up) == "refused"
    desk.clock.pass_(seconds=30)
    code = device.at(desk.clock.now)
    assert coded(desk, half_way(desk), code) == "in"
    assert coded(desk, half_way(desk), code) == "refused"


def test_an_older_code_than_the_last_one_is_refused(desk: Desk) -> None:
    device, _ = desk.with_second_factor()
    desk.clock.pass_(seconds=60)
    before = device.at(desk.clock.now - timedelta(seconds=30))
    assert coded(desk, half_way(desk), device.at(desk.clock.now)) == "in"
    assert coded(desk, half_way(desk), before) == "refused"


@pytest.mark.parametrize(("apart", "outcome"), [(-60, "refused"), (-30, "in"), (30, "in"),
                                                (60, "refused")])  # fmt: skip
def test_clocks_may_be_half_a_minute_apart(desk: Desk, apart: int, outcome: str) -> None:
    device, _ = desk.with_second_factor()
    desk.clock.pass_(minutes=5)
    code = device.at(desk.clock.now + timedelta(seconds=apart))
    assert coded(desk, half_way(desk), code) == outcome


def test_a_recovery_code_is_good_once(desk: Desk) -> None:
    _, codes = desk.with_second_factor()
    assert len(set(codes)) == second_factor.RECOVERY_CODES
    assert coded(desk, half_way(desk), codes[3].upper().replace("-", " ")) == "in"
    assert coded(desk, half_way(desk), codes[3]) == "refused"
    assert len(held(desk).recovery_hashes) == second_factor.RECOVERY_CODES - 1


def test_setting_it_up_again_ends_the_former_codes(desk: Desk) -> None:
    first, codes = desk.with_second_factor()
    desk.clock.pass_(minutes=1)
    desk.with_second_factor()
    desk.clock.pass_(minutes=1)
    assert coded(desk, half_way(desk), codes[0]) == "refused"
    assert coded(desk, half_way(desk), first.at(desk.clock.now)) == "refused"


def test_the_database_alone_gives_no_codes(desk: Desk) -> None:
    device, codes = desk.with_second_factor()
    with desk.store.reading() as tx:
        kept = msgspec.json.encode(tx.users.credentials(desk.anna.id)).decode()
    assert device.secret not in kept
    assert not any(one in kept or one.replace("-", "") in kept for one in codes)
    other = second_factor.key_of(b"another secret", desk.anna.id, str(held(desk).totp_secret))
    assert other != device.secret


def test_six_digits_cannot_be_tried_from_many_networks(desk: Desk) -> None:
    desk.with_second_factor()
    desk.clock.pass_(minutes=1)
    outcomes = []
    for number in range(40):
        token = desk.try_(network=f"203.0.113.{number}").token
        outcomes.append(coded(desk, token, f"{number:06}", f"203.0.113.{number}"))
    assert outcomes.count("refused") == 10
    assert set(outcomes[10:]) == {"wait"}


def test_and_the_owner_on_a_known_browser_is_not_held_up_by_that(desk: Desk) -> None:
    device, _ = desk.with_second_factor()
    for number in range(20):
        coded(desk, desk.try_(network="203.0.113.5").token, f"{number:06}", "203.0.113.5")
    desk.clock.pass_(seconds=30)
    token = desk.try_(device=desk.device).token
    assert coded(desk, token, device.at(desk.clock.now), device=desk.device) == "in"


def test_the_time_for_the_code_is_short(desk: Desk) -> None:
    device, _ = desk.with_second_factor()
    token = half_way(desk)
    desk.clock.pass_(minutes=11)
    assert coded(desk, token, device.at(desk.clock.now)) == "refused"


def test_a_wrong_first_code_turns_nothing_on(desk: Desk) -> None:
    seed, key, address = desk.own.new_second_factor(desk.anna)
    assert address.startswith("otpauth://totp/Kinechain:anna?secret=" + key)
    with pytest.raises(AccountError, match="clock"):
        desk.own.keep_second_factor(desk.anna, seed, "000000")
    assert held(desk).totp_secret is None


def test_roles_that_need_one_have_to_set_it_up_first(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, need_second_factor=frozenset({"administrator"}))
    token = desk.try_().token
    found = desk.accounts.find(token, IDLE)
    assert found is not None
    assert found.due == ""
    changed(desk, roles=("clinician", "administrator"))
    found = desk.accounts.find(token, IDLE)
    assert found is not None
    assert found.due == "second_factor"
    desk.with_second_factor()
    found = desk.accounts.find(token, IDLE)
    assert found is not None
    assert found.due == ""


# -- what owners and administrators change ----------------------------------------------------


def test_changing_the_password_ends_every_session(desk: Desk) -> None:
    before = [desk.try_().token for _ in range(2)]
    token = desk.own.change_password(desk.anna, PASSWORD, "lantern gravel otter")
    assert all(desk.accounts.find(one, IDLE) is None for one in before)
    assert desk.accounts.find(token, IDLE) is not None
    assert desk.try_().outcome == "refused"
    assert desk.try_("lantern gravel otter").outcome == "in"


def test_the_old_password_is_asked_for_and_cannot_be_tried_without_end(desk: Desk) -> None:
    for _ in range(5):
        with pytest.raises(AccountError, match="present password"):
            desk.own.change_password(desk.anna, "wrong", "lantern gravel otter")
    with pytest.raises(AccountError, match="Too many"):
        desk.own.change_password(desk.anna, PASSWORD, "lantern gravel otter")
    assert desk.try_().outcome == "in", "signing in is counted apart"
    desk.clock.pass_(minutes=2)
    desk.own.change_password(desk.anna, PASSWORD, "lantern gravel otter")


def test_a_reset_password_has_to_be_changed_first(desk: Desk) -> None:
    token = desk.try_().token
    desk.accounts.reset(desk.anna, "lantern gravel otter", actor="tests", keep_second_factor=True)
    assert desk.accounts.find(token, IDLE) is None
    found = desk.accounts.find(desk.try_("lantern gravel otter").token, IDLE)
    assert found is not None
    assert found.due == "password"
    token = desk.own.change_password(desk.anna, "lantern gravel otter", "willow copper tram")
    found = desk.accounts.find(token, IDLE)
    assert found is not None
    assert found.due == ""


def test_a_reset_after_a_lost_device_takes_the_second_factor_off(desk: Desk) -> None:
    desk.with_second_factor()
    desk.accounts.reset(desk.anna, "lantern gravel otter", actor="tests", keep_second_factor=True)
    assert held(desk).totp_secret is not None
    desk.accounts.reset(desk.anna, "lantern gravel otter", actor="tests", keep_second_factor=False)
    assert held(desk).totp_secret is None


@pytest.mark.parametrize("name", ["", "   ", "a\nb", "a\x00b", "x" * 65])
def test_some_names_cannot_be(desk: Desk, name: str) -> None:
    with pytest.raises(AccountError):
        desk.accounts.add(name.replace("a\nb", "a\x07b"), ("clinician",), "lantern gravel otter")


def test_a_name_is_there_once_however_it_is_written(desk: Desk) -> None:
    with pytest.raises(AccountError, match="already"):
        desk.accounts.add("Ánna", ("clinician",), "lantern gravel otter")


def test_roles_are_the_known_ones(desk: Desk) -> None:
    for roles in ((), ("owner",), ("clinician", "root")):
        with pytest.raises(AccountError, match="roles"):
            desk.accounts.add("eve", roles, "lantern gravel otter")  # type: ignore[arg-type]


@pytest.mark.parametrize("password", ["short", "anna-is-my-name", "passwordpassword",
    "abababababab", "abcdefghijkl", "qwertyuiopas", "123456789012", "aaaaaaaaaaaa", "x" * 201,
    "Kinechain 2026"])  # fmt: skip
def test_weak_passwords_are_refused(desk: Desk, password: str) -> None:
    with pytest.raises(WeakPassword):
        check_password(password, "anna")
    with pytest.raises(AccountError):
        desk.own.change_password(desk.anna, PASSWORD, password)


def test_a_short_name_forbids_no_password() -> None:
    check_password("heron kettle violin", "e")


def test_passwords_and_tokens_never_reach_the_trail(desk: Desk) -> None:
    _, codes = desk.with_second_factor()
    token = desk.try_().token
    desk.try_("a wrong password of mine")
    with desk.store.reading() as tx:
        text = msgspec.json.encode(list(tx.audit.entries())).decode()
    for secret in (PASSWORD, token, digest_of(token), "a wrong password", *codes, "anna"):
        assert secret not in text


# -- known browsers ---------------------------------------------------------------------------


def test_a_browser_is_known_for_the_accounts_that_signed_in_on_it(desk: Desk) -> None:
    berta = desk.accounts.add("berta", ("clinician",), PASSWORD)
    assert known_device(SECRET, desk.device, desk.anna.id)
    assert not known_device(SECRET, desk.device, berta.id)
    both = desk.try_(name="berta", device=desk.device).device
    first, second = (known_device(SECRET, both, one.id) for one in (desk.anna, berta))
    assert first == second == both.split(".")[0]


def test_two_browsers_are_told_apart(desk: Desk) -> None:
    other = desk.try_().device
    assert other.split(".")[0] != desk.device.split(".")[0]
    swapped = ".".join([other.split(".")[0], desk.device.split(".")[1]])
    assert not known_device(SECRET, swapped, desk.anna.id)


def test_another_secret_makes_every_browser_unknown(desk: Desk) -> None:
    assert not known_device(b"another", desk.device, desk.anna.id)


@pytest.mark.parametrize("shown", ["", ".", "x", "0" * 32, "0" * 32 + "." + "0" * 32,
                                   "0" * 32 + ("." + "0" * 32) * 500, "ü" * 32])  # fmt: skip
def test_what_was_made_up_is_no_known_browser(desk: Desk, shown: str) -> None:
    assert not known_device(SECRET, shown, desk.anna.id)
    assert known_device(SECRET, desk.try_(device=shown).device, desk.anna.id)


def test_a_browser_is_known_for_the_last_accounts_only() -> None:
    shown = ""
    for number in range(12):
        shown = with_account(SECRET, shown, f"account-{number}", bytes)
    assert [bool(known_device(SECRET, shown, f"account-{n}")) for n in range(12)] == (
        [False] * 4 + [True] * 8
    )


def test_hashing_waits_no_longer_than_it_may() -> None:
    passwords = Passwords(CHEAP.hasher, at_once=1, patience_s=0.01)
    with passwords._turn("stranger"), pytest.raises(Busy):
        passwords.is_right("", "x", "stranger")
    assert not passwords.is_right("", "x", "stranger")
