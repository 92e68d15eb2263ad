"""What the owner of an account changes: the password, the second factor."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from kinechain.domain.record import User
from kinechain.service.clinic import second_factor, throttle
from kinechain.service.clinic.accounts import Accounts
from kinechain.service.clinic.entry import AccountError
from kinechain.service.clinic.passwords import Busy


@dataclass(frozen=True)
class OwnAccount:
    """Changes that an owner makes, each after the password was asked for once more.

    Attributes
    ----------
    accounts
        All of the clinic.
    """

    accounts: Accounts

    def change_password(self, user: User, old: str, new: str) -> str:
        """Change a password; all sessions of the account end, and a new one begins.

        Parameters
        ----------
        user
            Whose.
        old, new
            As typed.

        Returns
        -------
        str
            Token of the new session.

        Raises
        ------
        AccountError
            The old one is wrong, or the new one is too weak.
        """
        self.prove(user, old)
        if old == new:
            raise AccountError("The new password is the old one. Take another one.")
        hashed = self.accounts.hashed(new, user.name)
        with self.accounts.store.writing(user.id) as tx:
            held = tx.users.credentials(user.id)
            tx.users.set_credentials(user.id, msgspec.structs.replace(
                held, password_hash=hashed, must_change=False
            ))  # fmt: skip
            tx.sessions.delete_of_user(user.id)
            return self.accounts.begin(tx, user.id, "full")

    def prove(self, user: User, password: str) -> None:
        """Ask the owner of a session for the password once more.

        Parameters
        ----------
        user
            Whose.
        password
            As typed.

        Raises
        ------
        AccountError
            It is wrong, or was wrong too often.
        """
        now, counts = self.accounts.sources.now(), throttle.for_owner(self.accounts.secret, user.id)
        with self.accounts.store.writing(user.id) as tx:
            wait = throttle.wait_s(tx, counts, now)
            if not wait:
                throttle.charge(tx, counts, now)
            held = tx.users.credentials(user.id)
        if wait:
            raise AccountError(f"Too many attempts. Try again in {-(-wait // 60)} min.")
        try:
            right = self.accounts.passwords.is_right(held.password_hash, password, "known")
        except Busy:
            raise AccountError("Many are signing in. Try again in a few seconds.") from None
        if not right:
            raise AccountError("The present password is not right.")
        with self.accounts.store.writing(user.id) as tx:
            throttle.take_back(tx, counts, forget=True)

    def new_second_factor(self, user: User, seed: str = "") -> tuple[str, str, str]:
        """A second factor that is not kept yet.

        Parameters
        ----------
        user
            Whose.
        seed
            The one that was shown before; a new one by default.

        Returns
        -------
        tuple of str
            Its seed, the authenticator's key, and the address for a QR code.
        """
        seed = seed or second_factor.new_seed(self.accounts.sources.random)
        key = second_factor.key_of(self.accounts.secret, user.id, seed)
        return seed, key, second_factor.address_of(user.name, key)

    def keep_second_factor(self, user: User, seed: str, code: str) -> tuple[str, ...]:
        """Turn the second factor on, after a first right code.

        Parameters
        ----------
        user
            Whose.
        seed
            As :meth:`new_second_factor` gave it.
        code
            Of the owner's device, as a proof that it holds the key.

        Returns
        -------
        tuple of str
            Codes for a lost device; shown once, each good for one time.

        Raises
        ------
        AccountError
            The code is wrong.
        """
        key = second_factor.key_of(self.accounts.secret, user.id, seed)
        step = second_factor.step_of(key, code, self.accounts.sources.now().timestamp())
        if step is None:
            raise AccountError("The code is not right. Check the clock of the device; try again.")
        codes = second_factor.new_recovery_codes(self.accounts.sources.random)
        with self.accounts.store.writing(user.id) as tx:
            held = tx.users.credentials(user.id)
            tx.users.set_credentials(user.id, msgspec.structs.replace(
                held, totp_secret=seed, totp_last_step=step,
                recovery_hashes=tuple(second_factor.digest_of_recovery(one) for one in codes),
            ))  # fmt: skip
            tx.audit.append("second_factor.on", f"user:{user.id}", {})
        return codes
