"""Accounts: password, second factor, sessions."""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Literal

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from pyotp.totp import TOTP

from kinechain.domain.record import Credentials, Role, Session, User
from kinechain.service.clinic import throttle
from kinechain.service.clinic.tokens import Sources, digest_of, hidden
from kinechain.store import Store, Transaction

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200
STEP_S = 30
HASHER = PasswordHasher()  # argon2id with the library's present defaults (RFC 9106, low memory)
RECOVERY_CODES = 8
SECOND_FACTOR_TIME = timedelta(minutes=10)
COMMON = frozenset({"password", "kinechain", "123456789012", "qwertyuiop", "letmein"})


class AccountError(ValueError):
    """What was asked of an account cannot be done; the message may be shown."""


@dataclass(frozen=True)
class Entry:
    """How an attempt to sign in ended.

    Attributes
    ----------
    outcome
        ``in``; ``second_factor``: the password was right, the code is missing; ``refused``;
        ``wait``: too many attempts.
    token
        Of the new session, for the cookie.
    device
        For the cookie by which the browser is known the next time.
    wait_s
        For how long no attempt is taken.
    """

    outcome: Literal["in", "second_factor", "refused", "wait"]
    token: str = ""
    device: str = ""
    wait_s: int = 0


@dataclass(frozen=True)
class Client:
    """Where an attempt comes from.

    Attributes
    ----------
    network
        Its address.
    device
        What the browser shows as known; empty when it shows nothing.
    """

    network: str
    device: str = ""


@dataclass(frozen=True)
class Accounts:
    """The accounts of a clinic.

    Attributes
    ----------
    store
        Where they are kept.
    secret
        The server's key.
    sources
        Time and chance.
    longest
        After this time a session ends, whatever happens.
    """

    store: Store
    secret: bytes
    sources: Sources
    longest: timedelta = timedelta(hours=12)

    def add(
        self, name: str, roles: tuple[Role, ...], password: str, *, display_name: str = "",
        actor: str = "command:users",
    ) -> User:  # fmt: skip
        """Add an account.

        Parameters
        ----------
        name
            By which its owner signs in.
        roles
            What it may do.
        password
            At least 12 characters.
        display_name
            As others see it.
        actor
            Who adds it, for the trail.

        Raises
        ------
        AccountError
            The name is taken, or the password is too weak.
        """
        check_password(password, name)
        user = User(
            id=self.sources.new_id(), name=name.strip(), display_name=display_name or name,
            roles=roles, created_at=self.sources.now(),
        )  # fmt: skip
        hashed = HASHER.hash(password)
        with self.store.writing(actor) as tx:
            if tx.users.by_name(user.name) is not None:
                raise AccountError(f"There is already an account {user.name}.")
            tx.users.add(user, Credentials(password_hash=hashed))
        return user

    def sign_in(self, name: str, password: str, client: Client) -> Entry:
        """Try a name and a password.

        A name that nobody has takes as long as a wrong password and gives the same answer.

        Parameters
        ----------
        name, password
            As typed.
        client
            Where the attempt comes from.
        """
        now = self.sources.now()
        counts = throttle.places(name, client.network, self._known_device(name, client))
        with self.store.reading() as tx:
            wait = throttle.wait_s(tx, counts, now)
            user = tx.users.by_name(name.strip())
            held = tx.users.credentials(user.id) if user is not None else None
        if wait:
            return Entry("wait", wait_s=wait)
        right = _verified(held.password_hash if held else "", password)
        if user is None or held is None or not right or user.is_locked:
            with self.store.writing("command:sign-in") as tx:
                throttle.failed(tx, counts, now)
                known = user.id if user is not None else "unknown"
                tx.audit.append("sign_in.refused", f"user:{known}", {})
            return Entry("refused")
        with self.store.writing(user.id) as tx:
            if HASHER.check_needs_rehash(held.password_hash):
                better = msgspec.structs.replace(held, password_hash=HASHER.hash(password))
                tx.users.set_credentials(user.id, better)
            if held.totp_secret is not None:
                return Entry("second_factor", self._open(tx, user.id, "password"))
            throttle.forget(tx, counts)
            tx.audit.append("sign_in", f"user:{user.id}", {})
            token = self._open(tx, user.id, "full")
        return Entry("in", token, self._device(user.name))

    def second_factor(self, token: str, code: str, client: Client) -> Entry:
        """Try the code of the second factor, or a recovery code.

        Parameters
        ----------
        token
            Of the session that the password opened.
        code
            As typed.
        client
            Where the attempt comes from.
        """
        now = self.sources.now()
        with self.store.writing("command:sign-in") as tx:
            session = tx.sessions.get(digest_of(token))
            if session is None or session.stage != "password" or session.expires_at <= now:
                return Entry("refused")
            user = tx.users.get(session.user or "")
            if user is None or user.is_locked:
                return Entry("refused")
            counts = throttle.places(
                user.name, client.network, self._known_device(user.name, client)
            )
            wait = throttle.wait_s(tx, counts, now)
            if wait:
                return Entry("wait", wait_s=wait)
            held = tx.users.credentials(user.id)
            used = self._accepted(held, code)
            if used is None:
                throttle.failed(tx, counts, now)
                tx.audit.append("second_factor.refused", f"user:{user.id}", {})
                return Entry("refused")
            tx.users.set_credentials(user.id, used)
            tx.sessions.delete(session.digest)
            throttle.forget(tx, counts)
            tx.audit.append("sign_in", f"user:{user.id}", {"second_factor": True})
            opened = self._open(tx, user.id, "full")
        return Entry("in", opened, self._device(user.name))

    def find(self, token: str, idle: timedelta) -> tuple[Session, User] | None:
        """The session of a cookie with its user; None when it has ended.

        Parameters
        ----------
        token
            From the cookie.
        idle
            Time without a request after which it ends.
        """
        now = self.sources.now()
        with self.store.reading() as tx:
            session = tx.sessions.get(digest_of(token))
            user = tx.users.get(session.user) if session and session.user else None
        if session is None or user is None or user.is_locked or session.expires_at <= now:
            return None
        if now - session.seen_at > idle:
            return None
        if now - session.seen_at > timedelta(minutes=1):  # not at every click
            with self.store.writing(user.id) as tx:
                tx.sessions.touch(session.digest, seen_at=now, expires_at=session.expires_at)
        return session, user

    def sign_out(self, token: str) -> None:
        """End a session.

        Parameters
        ----------
        token
            From the cookie.
        """
        with self.store.writing("command:sign-out") as tx:
            tx.sessions.delete(digest_of(token))

    def new_second_factor(self, name: str) -> tuple[str, str]:
        """A secret for a second factor, not kept yet, and its address for a QR code.

        Parameters
        ----------
        name
            Of the account.
        """
        secret = base64.b32encode(self.sources.random(20)).decode()
        return secret, TOTP(secret).provisioning_uri(name=name, issuer_name="Kinechain")

    def keep_second_factor(self, user: User, secret: str, code: str) -> tuple[str, ...]:
        """Turn the second factor on, after a first right code.

        Parameters
        ----------
        user
            Whose.
        secret
            As :meth:`new_second_factor` gave it.
        code
            Of the owner's device, as a proof that it holds the secret.

        Returns
        -------
        tuple of str
            Codes for a lost device; shown once, each good for one time.

        Raises
        ------
        AccountError
            The code is wrong.
        """
        trial = Credentials(totp_secret=secret)
        if self._accepted(trial, code) is None:
            raise AccountError("The code is not right. Check the clock of the device; try again.")
        codes = tuple(self.sources.random(5).hex() for _ in range(RECOVERY_CODES))
        with self.store.writing(user.id) as tx:
            held = tx.users.credentials(user.id)
            tx.users.set_credentials(user.id, msgspec.structs.replace(
                held, totp_secret=secret, totp_last_step=0,
                recovery_hashes=tuple(digest_of(one) for one in codes),
            ))  # fmt: skip
            tx.audit.append("second_factor.on", f"user:{user.id}", {})
        return codes

    def _accepted(self, held: Credentials, code: str) -> Credentials | None:
        """The credentials after a right code, which is not right a second time."""
        typed = "".join(code.split()).lower()
        if digest_of(typed) in held.recovery_hashes:
            rest = tuple(one for one in held.recovery_hashes if one != digest_of(typed))
            return msgspec.structs.replace(held, recovery_hashes=rest)
        if held.totp_secret is None:
            return None
        step = int(self.sources.now().timestamp()) // STEP_S
        totp = TOTP(held.totp_secret)
        for candidate in (step, step - 1, step + 1):
            if candidate > held.totp_last_step and hmac.compare_digest(
                typed, totp.generate_otp(candidate)
            ):
                return msgspec.structs.replace(held, totp_last_step=candidate)
        return None

    def _open(self, tx: Transaction, user: str, stage: Literal["password", "full"]) -> str:
        token, now = self.sources.new_token(), self.sources.now()
        lasts = self.longest if stage == "full" else SECOND_FACTOR_TIME
        tx.sessions.add(
            Session(
                digest=digest_of(token), user=user, csrf=self.sources.new_token(), stage=stage,
                created_at=now, seen_at=now, expires_at=now + lasts,
            )
        )  # fmt: skip
        return token

    def _device(self, name: str) -> str:
        """What a browser that signed in shows the next time."""
        return hidden("device", self.secret.hex(), name.strip().casefold())

    def _known_device(self, name: str, client: Client) -> str:
        return client.device if client.device == self._device(name) else ""


def check_password(password: str, name: str) -> None:
    """Refuse a password that is easily guessed (NIST SP 800-63B: length before rules).

    Parameters
    ----------
    password, name
        As typed.

    Raises
    ------
    AccountError
        It is too short, too long, the name, or one of the most common.
    """
    plain = password.casefold().strip()
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise AccountError(
            f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters; a few words "
            "that do not belong together are good."
        )
    if name.casefold() in plain or any(one in plain for one in COMMON) or len(set(plain)) < 5:
        raise AccountError("This password is easily guessed. Take a few words that do not belong "
                           "together.")  # fmt: skip


def _verified(kept: str, password: str) -> bool:
    """Whether a password is right; takes its time also where there is nothing to compare."""
    try:
        return HASHER.verify(kept or _nobodys(), password) and bool(kept)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    return HASHER.hash("nobody has this password")
