"""Accounts: signing in, the second factor, sessions, and what an owner changes."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from kinechain.domain.record import ROLES, Credentials, Role, Session, User
from kinechain.service.clinic import second_factor, throttle
from kinechain.service.clinic.devices import known_device, with_account
from kinechain.service.clinic.entry import AccountError, Client, Due, Entry, SignedIn
from kinechain.service.clinic.passwords import Busy, Passwords, WeakPassword, check_password
from kinechain.service.clinic.tokens import Sources, digest_of
from kinechain.store import Store, StoreError, Transaction

SECOND_FACTOR_TIME = timedelta(minutes=10)
SEEN_EVERY = timedelta(minutes=1)
LONGEST_NAME = 64
SIGN_IN = "command:sign-in"


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
    passwords
        How they are hashed.
    need_second_factor
        Roles that have to set one up before anything else.
    """

    store: Store
    secret: bytes = field(repr=False)
    sources: Sources
    longest: timedelta = timedelta(hours=12)
    passwords: Passwords = field(default_factory=Passwords)
    need_second_factor: frozenset[Role] = frozenset()

    def add(
        self, name: str, roles: tuple[Role, ...], password: str, *, display_name: str = "",
        actor: str = "command:users", must_change: bool = False,
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
        must_change
            Whether its owner has to choose another password first.

        Raises
        ------
        AccountError
            The name is taken or cannot be one, there is no such role, or the password is too
            weak.
        """
        name = " ".join(name.split())
        if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
            raise AccountError(f"A name has 1 to {LONGEST_NAME} characters that can be seen.")
        if not roles or not set(roles) <= set(ROLES):
            raise AccountError(f"An account has one or more of the roles {', '.join(ROLES)}.")
        user = User(
            id=self.sources.new_id(), name=name, display_name=display_name.strip() or name,
            roles=roles, created_at=self.sources.now(),
        )  # fmt: skip
        hashed = self.hashed(password, name)
        with self.store.writing(actor) as tx:
            if tx.users.by_name(user.name) is not None:
                raise AccountError(f"There is already an account {user.name}.")
            tx.users.add(user, Credentials(password_hash=hashed, must_change=must_change))
        return user

    def sign_in(self, name: str, password: str, client: Client, before: str = "") -> Entry:
        """Try a name and a password.

        A name that nobody has takes as long as a wrong password and gives the same answer.

        Parameters
        ----------
        name, password
            As typed.
        client
            Where the attempt comes from.
        before
            Token of a session that the browser still has; it ends.
        """
        now = self.sources.now()
        with self.store.writing(SIGN_IN) as tx:
            user = tx.users.by_name(name.strip())
            held = tx.users.credentials(user.id) if user is not None else Credentials()
            who = user.id if user is not None else "unknown"
            account = user.id if user is not None else f"nobody {name.strip().casefold()}"
            device = known_device(self.secret, client.device, account)
            counts = throttle.for_password(
                tx, self.secret, account, client.network, device, now
            )  # fmt: skip
            wait = throttle.wait_s(tx, counts, now)
            if wait:
                return Entry("wait", wait_s=wait)
            # Counted first: of many attempts at the same moment only the free ones are tried.
            throttle.charge(tx, counts, now)
        try:
            right = self.passwords.is_right(
                held.password_hash, password, "known" if device else "stranger"
            )
            outdated = right and self.passwords.is_outdated(held.password_hash)
            better = self.passwords.hash(password) if outdated else held.password_hash
        except Busy:
            with self.store.writing(SIGN_IN) as tx:
                throttle.take_back(tx, counts, forget=False)
            return Entry("busy")
        with self.store.writing(user.id if user is not None else SIGN_IN) as tx:
            user = self._unchanged(tx, user, held)
            if user is None or not right or user.is_locked:
                tx.audit.append("sign_in.refused", f"user:{who}", {})
                return Entry("refused")
            if better != held.password_hash:
                tx.users.set_credentials(
                    user.id, msgspec.structs.replace(held, password_hash=better)
                )  # fmt: skip
            throttle.take_back(tx, counts, forget=True)
            tx.sessions.delete_expired(now)
            self._end(tx, before)
            if held.totp_secret is not None:
                return Entry("second_factor", self.begin(tx, user.id, "password"))
            tx.audit.append("sign_in", f"user:{user.id}", {})
            token = self.begin(tx, user.id, "full")
        return Entry("in", token, self._device(client, user))

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
        with self.store.writing(SIGN_IN) as tx:
            session = tx.sessions.get(digest_of(token))
            if session is None or session.stage != "password" or session.expires_at <= now:
                return Entry("refused")
            user = tx.users.get(session.user or "")
            if user is None or user.is_locked:
                return Entry("refused")
            device = known_device(self.secret, client.device, user.id)
            counts = throttle.for_code(self.secret, user.id, device)
            wait = throttle.wait_s(tx, counts, now)
            if wait:
                return Entry("wait", wait_s=wait)
            held = tx.users.credentials(user.id)
            used = self._after_code(user, held, code, now)
            if used is None:
                throttle.charge(tx, counts, now)
                tx.audit.append("second_factor.refused", f"user:{user.id}", {})
                return Entry("refused")
            tx.users.set_credentials(user.id, used)
            tx.sessions.delete(session.digest)
            throttle.take_back(tx, counts, forget=True)
            tx.audit.append("sign_in", f"user:{user.id}", {"second_factor": True})
            opened = self.begin(tx, user.id, "full")
        return Entry("in", opened, self._device(client, user))

    def find(self, token: str, idle: timedelta) -> SignedIn | None:
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
            held = tx.users.credentials(user.id)
        if now - session.seen_at > idle:
            return None
        if now - session.seen_at > SEEN_EVERY:  # not at every click
            # A database that can only be read any more can still be looked at.
            with contextlib.suppress(StoreError), self.store.writing(user.id) as tx:
                tx.sessions.touch(session.digest, seen_at=now, expires_at=session.expires_at)
        has_second = held.totp_secret is not None
        due: Due = ""
        if held.must_change:
            due = "password"
        elif not has_second and not self.need_second_factor.isdisjoint(user.roles):
            due = "second_factor"
        return SignedIn(session, user, due, has_second)

    def sign_out(self, token: str) -> None:
        """End a session.

        Parameters
        ----------
        token
            From the cookie.
        """
        with self.store.writing("command:sign-out") as tx:
            self._end(tx, token)

    def end_others(self, user: str, token: str) -> int:
        """End all other sessions of an account; how many there were.

        Parameters
        ----------
        user
            Id of the account.
        token
            Of the session that goes on.
        """
        with self.store.writing(user) as tx:
            ended = tx.sessions.delete_of_user(user, but=digest_of(token))
            tx.audit.append("sign_out.others", f"user:{user}", {"sessions": ended})
        return ended

    def reset(self, user: User, password: str, *, actor: str, keep_second_factor: bool) -> None:
        """Give an account another password, which its owner has to change at once.

        Parameters
        ----------
        user
            Whose.
        password
            Good for one sign-in.
        actor
            Who does it, for the trail.
        keep_second_factor
            Whether it stays; False after the device was lost.

        Raises
        ------
        AccountError
            The password is too weak.
        """
        hashed = self.hashed(password, user.name)
        with self.store.writing(actor) as tx:
            held = tx.users.credentials(user.id) if keep_second_factor else Credentials()
            tx.users.set_credentials(user.id, msgspec.structs.replace(
                held, password_hash=hashed, must_change=True
            ))  # fmt: skip
            tx.sessions.delete_of_user(user.id)

    def _unchanged(self, tx: Transaction, user: User | None, held: Credentials) -> User | None:
        """The user as of now; None where another password was set while this one was tried."""
        if user is None or tx.users.credentials(user.id).password_hash != held.password_hash:
            return None
        return tx.users.get(user.id)

    def _after_code(
        self, user: User, held: Credentials, code: str, now: datetime
    ) -> Credentials | None:
        if held.totp_secret is None:
            return None
        key = second_factor.key_of(self.secret, user.id, held.totp_secret)
        return second_factor.after_code(held, key, code, now.timestamp())

    def hashed(self, password: str, name: str) -> str:
        """What is kept of a new password.

        Parameters
        ----------
        password, name
            As typed.

        Raises
        ------
        AccountError
            It is too weak.
        """
        try:
            check_password(password, name)
            return self.passwords.hash(password)
        except WeakPassword as error:
            raise AccountError(str(error)) from None
        except Busy:
            raise AccountError("Many are signing in. Try again in a few seconds.") from None

    def begin(self, tx: Transaction, user: str, stage: Literal["password", "full"]) -> str:
        """Begin a session; its token.

        Parameters
        ----------
        tx
            Writing.
        user
            Id of the account.
        stage
            ``password`` while the code of the second factor is missing.
        """
        token, now = self.sources.new_token(), self.sources.now()
        lasts = self.longest if stage == "full" else SECOND_FACTOR_TIME
        tx.sessions.add(
            Session(
                digest=digest_of(token), user=user, csrf=self.sources.new_token(), stage=stage,
                created_at=now, seen_at=now, expires_at=now + lasts,
            )
        )  # fmt: skip
        return token

    def _end(self, tx: Transaction, token: str) -> None:
        session = tx.sessions.get(digest_of(token)) if token else None
        if session is not None:
            tx.sessions.delete(session.digest)
            tx.audit.append("sign_out", f"user:{session.user}", {})

    def _device(self, client: Client, user: User) -> str:
        return with_account(self.secret, client.device, user.id, self.sources.random)
