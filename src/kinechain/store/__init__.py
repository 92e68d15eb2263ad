"""The clinic's record in a database: SQLite by default, PostgreSQL for many users.

Needs the extra ``clinic``: pip install 'kinechain[clinic]'.
"""

from kinechain.store.backup import back_up, restore
from kinechain.store.errors import Conflict, StoreError
from kinechain.store.facts import current
from kinechain.store.store import Store, open_store
from kinechain.store.transaction import Transaction
from kinechain.store.upgrading import upgrade_database
from kinechain.store.verification import Broken, Verified, verify
from kinechain.store.worklist import Group

__all__ = [
    "Broken",
    "Conflict",
    "Group",
    "Store",
    "StoreError",
    "Transaction",
    "Verified",
    "back_up",
    "current",
    "open_store",
    "restore",
    "upgrade_database",
    "verify",
]
