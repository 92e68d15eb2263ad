"""What whoever runs the clinic's server does with accounts, by command and not by page."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from kinechain.domain.record import Role, User
from kinechain.service.clinic.accounts import Accounts
from kinechain.service.clinic.entry import AccountError

ACTOR = "command:users"
WORDS = 4
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
"""Without those that look like others."""


@dataclass(frozen=True)
class Listed:
    """An account as the list shows it.

    Attributes
    ----------
    has_second_factor
        Whether signing in asks for a code too.
    must_change
        Whether the password is one that was given to its owner.
    """

    user: User
    has_second_factor: bool
    must_change: bool


@dataclass(frozen=True)
class Administration:
    """Accounts, as the one who runs the server keeps them.

    Attributes
    ----------
    accounts
        Of the clinic.
    """

    accounts: Accounts

    def add(self, name: str, roles: tuple[Role, ...], display_name: str = "") -> str:
        """Add an account; the password that its owner changes at the first sign-in.

        Parameters
        ----------
        name
            By which its owner signs in.
        roles
            What it may do.
        display_name
            As others see it.

        Raises
        ------
        AccountError
            The name is taken or cannot be one.
        """
        password = self.new_password()
        self.accounts.add(
            name, roles, password, display_name=display_name, actor=ACTOR, must_change=True
        )
        return password

    def all(self) -> tuple[Listed, ...]:
        """All accounts by name."""
        with self.accounts.store.reading() as tx:
            found = [(one, tx.users.credentials(one.id)) for one in tx.users.all()]
        return tuple(
            Listed(one, held.totp_secret is not None, held.must_change) for one, held in found
        )

    def reset(self, name: str, *, lost_device: bool = False) -> str:
        """Give an account another password, which its owner changes at the next sign-in.

        All sessions of the account end.

        Parameters
        ----------
        name
            Of the account.
        lost_device
            Whether the second factor goes too.

        Raises
        ------
        AccountError
            There is no such account.
        """
        user, password = self._known(name), self.new_password()
        self.accounts.reset(user, password, actor=ACTOR, keep_second_factor=not lost_device)
        return password

    def lock(self, name: str, *, locked: bool) -> None:
        """Lock an account, which ends its sessions, or open it again.

        Parameters
        ----------
        name
            Of the account.
        locked
            Whether nobody gets in by it.

        Raises
        ------
        AccountError
            There is no such account.
        """
        user = self._known(name)
        with self.accounts.store.writing(ACTOR) as tx:
            if user.is_locked == locked:
                return
            tx.users.change(msgspec.structs.replace(user, is_locked=locked))
            if locked:
                tx.sessions.delete_of_user(user.id)

    def drop_second_factor(self, name: str) -> bool:
        """Take a second factor away whose device was lost; False where there was none.

        The password stays. All sessions end, because whoever has the device may be in one.

        Parameters
        ----------
        name
            Of the account.

        Raises
        ------
        AccountError
            There is no such account.
        """
        user = self._known(name)
        with self.accounts.store.writing(ACTOR) as tx:
            held = tx.users.credentials(user.id)
            if held.totp_secret is None:
                return False
            tx.users.set_credentials(user.id, msgspec.structs.replace(
                held, totp_secret=None, totp_last_step=0, recovery_hashes=()
            ))  # fmt: skip
            tx.sessions.delete_of_user(user.id)
            tx.audit.append("second_factor.off", f"user:{user.id}", {})
        return True

    def new_password(self) -> str:
        """A password that nobody can guess and that can be read out: ``k7fq-2mxd-...``."""
        # 32 letters divide 256, so each is as likely as any other.
        drawn = [LETTERS[one % len(LETTERS)] for one in self.accounts.sources.random(4 * WORDS)]
        return "-".join("".join(drawn[at : at + 4]) for at in range(0, 4 * WORDS, 4))

    def _known(self, name: str) -> User:
        with self.accounts.store.reading() as tx:
            found = tx.users.by_name(name)
        if found is None:
            raise AccountError(f"There is no account {name}. kinechain users list shows them.")
        return found


def signs_in(one: Listed) -> str:
    """How an account stands, in a word or two.

    Parameters
    ----------
    one
        The account.
    """
    if one.user.is_locked:
        return "locked"
    return "password given, not changed yet" if one.must_change else "active"
