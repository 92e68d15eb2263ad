"""Users and how they prove who they are; nothing of the latter reaches the trail."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, func, insert, select, update

from kinechain.domain.record import Credentials, User
from kinechain.store.columns import folded
from kinechain.store.errors import Conflict
from kinechain.store.repository import Repository, unknown, values
from kinechain.store.tables import users

OF_USER = ("id", "name", "display_name", "roles", "is_locked", "created_at")
OF_CREDENTIALS = ("password_hash", "totp_secret", "totp_last_step", "recovery_hashes",
                  "must_change")  # fmt: skip


class Users(Repository):
    """Those who sign in."""

    def add(self, user: User, credentials: Credentials) -> None:
        """Make a user.

        Parameters
        ----------
        user, credentials
            Who, and how they sign in.

        Raises
        ------
        Conflict
            When the name is taken; case and accents make no difference.
        """
        taken = self.by_name(user.name)
        if taken is not None or self.get(user.id) is not None:
            raise Conflict(
                "users",
                "There is already a user with this name.",
                "Choose another name.",
                mine=user.id,
                theirs=taken.id if taken else user.id,
            )
        row = {**values(user), **values(credentials), "name_key": folded(user.name)}
        self._tx.write(insert(users), row)
        self._tx.audit.append("user.add", f"user:{user.id}", {"roles": list(user.roles)})

    def get(self, user: str) -> User | None:
        """A user by id; None when there is none.

        Parameters
        ----------
        user
            The id.
        """
        row = self._tx.read(_fields(OF_USER).where(users.c.id == user)).one_or_none()
        return _user(row) if row else None

    def by_name(self, name: str) -> User | None:
        """A user by the name they sign in with; None when there is none.

        Parameters
        ----------
        name
            Case and accents make no difference.
        """
        query = _fields(OF_USER).where(users.c.name_key == folded(name))
        row = self._tx.read(query).one_or_none()
        return _user(row) if row else None

    def all(self) -> tuple[User, ...]:
        """All users by name."""
        rows = self._tx.read(_fields(OF_USER).order_by(users.c.name_key))
        return tuple(_user(row) for row in rows)

    def count(self) -> int:
        """How many there are."""
        return int(self._tx.read(select(func.count()).select_from(users)).scalar_one())

    def change(self, user: User) -> None:
        """Change display name, roles or lock; the name they sign in with stays.

        Parameters
        ----------
        user
            As it is to be.

        Raises
        ------
        StoreError
            When there is no such user.
        """
        before = self._known(user.id)
        row = {"display_name": user.display_name, "roles": user.roles, "is_locked": user.is_locked}
        self._tx.write(update(users).where(users.c.id == user.id).values(**row))
        detail: dict[str, Any] = {}
        if before.roles != user.roles:
            detail["roles"] = list(user.roles)
        if before.is_locked != user.is_locked:
            detail["is_locked"] = user.is_locked
        self._tx.audit.append("user.change", f"user:{user.id}", detail)

    def credentials(self, user: str) -> Credentials:
        """How a user proves who they are.

        Parameters
        ----------
        user
            The id.

        Raises
        ------
        StoreError
            When there is no such user.
        """
        row = self._tx.read(_fields(OF_CREDENTIALS).where(users.c.id == user)).one_or_none()
        if row is None:
            raise unknown(self._tx.where, "user", user)
        fields: dict[str, Any] = dict(row._mapping)  # pyright: ignore[reportPrivateUsage]
        fields["recovery_hashes"] = tuple(fields["recovery_hashes"])
        return Credentials(**fields)

    def set_credentials(self, user: str, credentials: Credentials) -> None:
        """Replace how a user proves who they are.

        Parameters
        ----------
        user
            The id.
        credentials
            All of them. The trail keeps which of them changed, and nothing for the mere use of
            a code.

        Raises
        ------
        StoreError
            When there is no such user.
        """
        before = self.credentials(user)
        row = values(credentials)
        self._tx.write(update(users).where(users.c.id == user).values(**row))
        changed = [name for name in OF_CREDENTIALS
                   if name != "totp_last_step" and getattr(before, name) != row[name]]  # fmt: skip
        if changed:
            self._tx.audit.append("user.credentials", f"user:{user}", {"changed": changed})

    def _known(self, user: str) -> User:
        found = self.get(user)
        if found is None:
            raise unknown(self._tx.where, "user", user)
        return found


def _fields(names: tuple[str, ...]) -> Any:
    return select(*(users.c[name] for name in names))


def _user(row: Row[Any]) -> User:
    fields: dict[str, Any] = dict(row._mapping)  # pyright: ignore[reportPrivateUsage]
    fields["roles"] = tuple(fields["roles"])
    return User(**fields)
