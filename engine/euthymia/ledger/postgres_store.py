"""The ledger of a team: PostgreSQL, one writer at a time by an advisory lock, every commit flushed to the disk."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, Connection, create_engine, text
from sqlalchemy.exc import OperationalError

from euthymia.errors import InputError, Problem
from euthymia.ledger.faults import LOCKED, NOT_SCRUBBED, STILL_READ, told
from euthymia.ledger.sql_store import SqlStore, SqlWriting

_LOCK = 0x65757468796D6961  # "euthymia"
_PATIENCE = 30.0  # seconds to wait for another writer
_SCRUB_PATIENCE = 10.0  # seconds to wait for readers that still hold old rows
_FORGETTING = ("openings", "patients")  # the tables from which something is deleted when a patient is forgotten


class PostgresStore(SqlStore):
    """`writable`: make the tables where they are missing."""

    def __init__(self, url: URL, *, writable: bool) -> None:
        engine = create_engine(url.set(drivername="postgresql+psycopg"), hide_parameters=True, pool_pre_ping=True)
        shown = url.set(query={name: value for name, value in url.query.items() if "password" not in name})
        super().__init__(engine, shown.render_as_string(hide_password=True), writable=writable)

    @contextmanager
    def writing(self) -> Iterator[SqlWriting]:
        """Statements see what was committed before each of them, so also what the last holder of the lock wrote."""
        with told(self.where), self._connected("READ COMMITTED") as connection, connection.begin():
            connection.execute(text("SET LOCAL synchronous_commit TO on"))
            connection.execute(text(f"SET LOCAL lock_timeout TO {_PATIENCE * 1000:.0f}"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            yield SqlWriting(connection, self.where)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with told(self.where), self._connected("REPEATABLE READ") as connection:
            yield connection

    def _connected(self, isolation: str) -> Connection:
        """Whatever the server's own default is."""
        return self.engine.execution_options(isolation_level=isolation).connect()

    def clear(self, *, patiently: bool) -> None:
        """Tables are written anew without what was deleted. Archives of the server's log and copies are the clinic's to delete."""
        until, pause = time.monotonic() + _SCRUB_PATIENCE * patiently, 0.05
        with told(self.where, NOT_SCRUBBED), self._connected("AUTOCOMMIT") as connection:
            connection.detach()
            connection.execute(text(f"SET lock_timeout TO {min(1.0, _SCRUB_PATIENCE) * 1000:.0f}"))  # whoever comes later waits behind this
            now = str(connection.scalar(text("SELECT CAST(pg_current_xact_id() AS xid)")))
            while not _written_anew(connection, now):
                if time.monotonic() + pause > until:
                    raise InputError([Problem(self.where, 0, "", STILL_READ)])
                time.sleep(pause)
                pause *= 2


def _written_anew(connection: Connection, since: str) -> bool:
    """Does nobody use the tables, or still see rows that were deleted before this transaction? The server keeps those."""
    for table in _FORGETTING:
        try:
            connection.execute(text(f"VACUUM FULL {table}"))
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != LOCKED:
                raise
            return False
        forgotten = text("SELECT age(relfrozenxid) <= age(CAST(:since AS xid)) FROM pg_class WHERE oid = CAST(:name AS regclass)")
        if not connection.scalar(forgotten, {"since": since, "name": table}):
            return False
    return True
