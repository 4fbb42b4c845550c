"""Who is signed in: a random token in the browser, its digest here, until it has been idle or open for too long."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update

from euthymia.clinic.accounts import Account
from euthymia.clinic.store import Store
from euthymia.clinic.tables import accounts, sessions

_SEEN_EVERY = timedelta(minutes=1)  # how often use is written down: not at every request


@dataclass(frozen=True, slots=True)
class Session:
    """One browser that is signed in. `csrf` must come back with everything that changes something."""

    account: Account
    csrf: str
    token: str


class Sessions:
    """Sessions in the clinic's store. `idle`: how long one lasts unused; `longest`: at the most."""

    def __init__(self, store: Store, clock: Callable[[], datetime], idle: timedelta, longest: timedelta) -> None:
        self._store = store
        self._clock = clock
        self._idle = idle
        self._longest = longest

    def begin(self, account: Account) -> Session:
        session = Session(account, secrets.token_urlsafe(32), secrets.token_urlsafe(32))
        now = self._clock().isoformat()
        row = {"token": _digest(session.token), "account": account.id, "csrf": session.csrf, "began_at": now, "seen_at": now}
        with self._store.writing() as connection:
            connection.execute(delete(sessions).where(sessions.c.began_at < (self._clock() - self._longest).isoformat()))
            connection.execute(insert(sessions), row)
        return session

    def find(self, token: str) -> Session | None:
        """None when there is none, it is over, or the account was closed."""
        wanted = select(sessions, accounts.c.name, accounts.c.role, accounts.c.must_change, accounts.c.closed)
        with self._store.reading() as connection:
            found = connection.execute(
                wanted.join(accounts, accounts.c.id == sessions.c.account).where(sessions.c.token == _digest(token))
            ).first()
        if found is None or found.closed or self._is_over(found.began_at, found.seen_at):
            return None
        self._seen(found.token, found.seen_at)
        return Session(Account(found.account, found.name, found.role, found.must_change), found.csrf, token)

    def end(self, token: str) -> None:
        with self._store.writing() as connection:
            connection.execute(delete(sessions).where(sessions.c.token == _digest(token)))

    def _is_over(self, began: str, seen: str) -> bool:
        now = self._clock()
        return now - datetime.fromisoformat(began) > self._longest or now - datetime.fromisoformat(seen) > self._idle

    def _seen(self, digest: str, before: str) -> None:
        now = self._clock()
        if now - datetime.fromisoformat(before) > _SEEN_EVERY:
            with self._store.writing() as connection:
                connection.execute(update(sessions).where(sessions.c.token == digest).values(seen_at=now.isoformat()))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
