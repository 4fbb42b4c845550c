"""Who may sign in: accounts with a role, a password of which only the hash is kept, and a lock after wrong ones."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import insert, select, update

from euthymia.clinic.store import Store
from euthymia.clinic.tables import accounts, sessions
from euthymia.errors import InputError, Problem
from euthymia.ledger.record import ROLES

SHORTEST, LONGEST = 12, 200  # letters of a password
TRIES = 5  # wrong passwords in a row before the account is locked
LOCKED_FOR = timedelta(minutes=15)
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Account:
    """One who may sign in. `must_change`: the password was given by somebody else."""

    id: str
    name: str
    role: str
    must_change: bool = False
    closed: bool = False
    locked_until: str | None = None


class Accounts:
    """Accounts in the clinic's store. `clock` gives the time of day with its zone."""

    def __init__(self, store: Store, clock: Callable[[], datetime], hasher: PasswordHasher | None = None) -> None:
        """`hasher`: of passwords; the library's own cost when left out."""
        self._store = store
        self._clock = clock
        self._hasher = hasher or PasswordHasher()
        # Checked where there is no such account, so that an answer takes as long as for one that is there.
        self._nobody = self._hasher.hash(secrets.token_hex(16))

    def add(self, name: str, role: str, password: str, *, must_change: bool) -> Account:
        """Raises InputError with everything that is wrong."""
        problems = [*_name_problems(name), *_role_problems(role), *password_problems(password)]
        if problems:
            raise InputError(problems)
        account = Account(secrets.token_hex(8), name.strip(), role, must_change)
        row = {"id": account.id, "name": account.name, "role": role, "password": self._hasher.hash(password), "must_change": must_change}
        with self._store.writing() as connection:
            if connection.scalar(select(accounts.c.id).where(accounts.c.name == account.name)):
                raise InputError([Problem("name", 0, "", f"'{account.name}' has an account already; choose another name")])
            connection.execute(insert(accounts), row | {"closed": False, "failures": 0, "created_at": self._now().isoformat()})
        return account

    def check(self, name: str, password: str) -> Account | None:
        """The account, if the password is right and it is neither locked nor closed. A wrong one is counted."""
        row, may = self._begun_try(name.strip())
        right = self._is_right(self._nobody if row is None else row.password, password)
        if row is None or not may or not right:
            return None
        with self._store.writing() as connection:
            connection.execute(update(accounts).where(accounts.c.id == row.id).values(failures=0, locked_until=None))
        return _account(row)

    def _is_right(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password[: LONGEST + 1])
        except (VerificationError, InvalidHashError):
            return False

    def _is_locked(self, until: str | None) -> bool:
        return until is not None and datetime.fromisoformat(until) > self._now()

    def _begun_try(self, name: str) -> tuple[Any, bool]:
        """The account, and whether its password may be tried now. A try counts before it is known to be wrong: tries side by side are each
        a try, and none of them is made once there were enough."""
        with self._store.writing() as connection:
            row = connection.execute(select(accounts).where(accounts.c.name == name).with_for_update()).first()
            if row is None or row.closed or self._is_locked(row.locked_until):
                return row, False
            failures = row.failures + 1
            until = (self._now() + LOCKED_FOR).isoformat() if failures >= TRIES else None
            values = {"failures": failures % TRIES, "locked_until": until}
            connection.execute(update(accounts).where(accounts.c.id == row.id).values(values))
            return row, True

    def change_password(self, account: str, password: str, *, must_change: bool) -> None:
        """All sessions of the account end. Raises InputError."""
        if problems := password_problems(password):
            raise InputError(problems)
        hashed = self._hasher.hash(password)
        with self._store.writing() as connection:
            values = {"password": hashed, "must_change": must_change, "failures": 0, "locked_until": None}
            connection.execute(update(accounts).where(accounts.c.id == account).values(values))
            connection.execute(sessions.delete().where(sessions.c.account == account))

    def close(self, account: str, *, closed: bool) -> None:
        """A closed account can no longer sign in; its sessions end at once."""
        with self._store.writing() as connection:
            connection.execute(update(accounts).where(accounts.c.id == account).values(closed=closed))
            connection.execute(sessions.delete().where(sessions.c.account == account))

    def all(self) -> list[Account]:
        with self._store.reading() as connection:
            return [_account(row) for row in connection.execute(select(accounts).order_by(accounts.c.name))]

    def by_id(self, account: str) -> Account | None:
        with self._store.reading() as connection:
            row = connection.execute(select(accounts).where(accounts.c.id == account)).first()
        return None if row is None else _account(row)

    def _now(self) -> datetime:
        return self._clock()


def password_problems(password: str) -> list[Problem]:
    """Length is what counts; rules about letters and digits make passwords worse."""
    if not SHORTEST <= len(password) <= LONGEST:
        return [Problem("password", 0, "", f"found {len(password)} letters; allowed: {SHORTEST} to {LONGEST}")]
    if len(set(password)) < 5:
        return [Problem("password", 0, "", "uses too few different letters")]
    return []


def _name_problems(name: str) -> list[Problem]:
    word = name.strip()
    if word and len(word) <= _LONGEST_NAME and word.isprintable() and ":" not in word:
        return []
    return [Problem("name", 0, "", f"must be 1 to {_LONGEST_NAME} letters without a colon")]


def _role_problems(role: str) -> list[Problem]:
    return [] if role in ROLES else [Problem("role", 0, "", f"found '{role[:20]}'; allowed: {', '.join(ROLES)}")]


def _account(row: object) -> Account:
    names = ("id", "name", "role", "must_change", "closed", "locked_until")
    return Account(**{name: getattr(row, name) for name in names})
