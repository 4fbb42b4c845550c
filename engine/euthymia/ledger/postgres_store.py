"""The ledger of a team: PostgreSQL, one writer at a time by an advisory lock, every commit flushed to the disk."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, Connection, create_engine, text

from euthymia.ledger.faults import told
from euthymia.ledger.sql_store import SqlStore, SqlWriting
from euthymia.ledger.upgrade import require_version, upgrade

_LOCK = 0x65757468796D6961  # "euthymia"


class PostgresStore(SqlStore):
    """`writable`: make the tables where they are missing."""

    def __init__(self, url: URL, *, writable: bool) -> None:
        engine = create_engine(url.set(drivername="postgresql+psycopg"), hide_parameters=True, pool_pre_ping=True)
        super().__init__(engine, url.render_as_string(hide_password=True))
        if writable:
            with self._exclusively() as connection:
                upgrade(connection, self.where)
        else:
            with self.reading() as connection:
                require_version(connection, self.where)

    @contextmanager
    def writing(self) -> Iterator[SqlWriting]:
        with self._exclusively() as connection:
            yield SqlWriting(connection)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with told(self.where), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def _exclusively(self) -> Iterator[Connection]:
        with told(self.where), self.engine.begin() as connection:
            connection.execute(text("SET LOCAL synchronous_commit TO on"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            yield connection

    def scrub(self) -> None:
        """Tables are written anew without what was deleted. Archives of the server's log and copies are the clinic's to delete."""
        with told(self.where), self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for table in ("openings", "patients"):
                connection.execute(text(f"VACUUM FULL {table}"))
            connection.execute(text("CHECKPOINT"))
