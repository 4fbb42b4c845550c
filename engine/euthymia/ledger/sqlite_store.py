"""The ledger in one file: SQLite with a write-ahead log, every record flushed to the disk before it is acknowledged."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EACCES, EISDIR
from pathlib import Path

from sqlalchemy import Connection, QueuePool, create_engine
from sqlalchemy.exc import OperationalError

from euthymia.errors import InputError, Problem
from euthymia.ledger.faults import NOT_SCRUBBED, STILL_READ, told
from euthymia.ledger.sql_store import SqlStore, SqlWriting
from euthymia.ledger.upgrade import known_version

_PATIENCE = 30.0  # seconds to wait for another writer
_SCRUB_PATIENCE = 10.0  # seconds to wait for readers that still hold old pages


class SqliteStore(SqlStore):
    """`writable`: make the file and its tables where they are missing."""

    def __init__(self, path: Path, *, writable: bool) -> None:
        self._path = path
        if writable:
            make_private(path)
        elif not path.is_file():
            raise InputError([Problem(str(path), 0, "", "no such ledger; `euthymia assess … --record` makes one")])
        mode = "rw" if writable else _reading_mode(path)
        pool = {"creator": lambda: _connect(path, mode), "poolclass": QueuePool}  # by itself it would take this for a store in memory
        super().__init__(create_engine("sqlite+pysqlite://", hide_parameters=True, **pool), str(path), writable=writable)

    def prepare(self) -> None:
        with self.reading() as connection:
            known_version(connection, self.where)  # before anything of a strange file is changed
        with told(self.where):
            self._keep_log()
        super().prepare()

    def _keep_log(self) -> None:
        """SQLite does not wait by itself when somebody else is opening the file at this moment."""
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                with self.engine.connect() as connection:
                    connection.exec_driver_sql("PRAGMA journal_mode=WAL")
                return
            except OperationalError as error:
                if "locked" not in str(error.orig) or time.monotonic() > until:
                    raise
                time.sleep(0.01)

    @contextmanager
    def writing(self) -> Iterator[SqlWriting]:
        with told(self.where), self._exclusively() as connection:
            yield SqlWriting(connection, self.where)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with told(self.where), self.engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            yield connection

    @contextmanager
    def _exclusively(self) -> Iterator[Connection]:
        """The write lock is taken at once: a transaction that starts by reading could not get it any more."""
        with self.engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.rollback()  # no fault where the database has rolled back by itself
                raise
            connection.exec_driver_sql("COMMIT")

    def clear(self, *, patiently: bool) -> None:
        """The tables are written anew, old pages overwritten (secure_delete), and the log that still holds older ones is emptied."""
        with told(self.where, NOT_SCRUBBED), self._exclusively() as connection:
            _write_anew(connection)
        until = time.monotonic() + _SCRUB_PATIENCE * patiently
        with told(self.where, NOT_SCRUBBED), self.engine.connect() as connection:
            connection.detach()
            connection.exec_driver_sql("PRAGMA busy_timeout=0")  # waiting for readers inside SQLite would hold up writers
            while connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar_one():
                if time.monotonic() > until:
                    raise InputError([Problem(self.where, 0, "", STILL_READ)])
                time.sleep(0.05)


def _write_anew(connection: Connection) -> None:
    """secure_delete clears what is deleted, not the copies that SQLite left behind in other pages when it moved rows between them."""
    for name in ("openings", "patients"):
        made = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (name,)).scalar_one()
        connection.exec_driver_sql(f"ALTER TABLE {name} RENAME TO old_{name}")
        connection.exec_driver_sql(made)
        connection.exec_driver_sql(f"INSERT INTO {name} SELECT * FROM old_{name}")
        connection.exec_driver_sql(f"DROP TABLE old_{name}")


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
    writing = ("synchronous=FULL", "secure_delete=ON", "foreign_keys=ON") if mode == "rw" else ()
    try:
        for pragma in ("temp_store=MEMORY", *writing):
            connection.execute(f"PRAGMA {pragma}").close()
    except BaseException:
        connection.close()
        raise
    return connection


def make_private(path: Path) -> None:
    """An empty file that only its owner may read, unless one is there. That is not opened: closing it would end SQLite's locks on it."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            with suppress(FileExistsError):  # somebody else makes it at this moment
                os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        if path.is_dir():
            raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
        if not os.access(path, os.W_OK):
            raise PermissionError(EACCES, os.strerror(EACCES))
    except OSError as error:
        raise InputError([Problem(str(path), 0, "", f"cannot be written: {error.strerror or error}; nothing was recorded")]) from None


def _reading_mode(path: Path) -> str:
    """A copy on a read-only medium, to which nobody can be writing, is read as it is; otherwise readers need the log's side files."""
    log = path.with_name(path.name + "-wal")
    still = not os.access(path.parent, os.W_OK) and not (log.exists() and log.stat().st_size)
    return "ro&immutable=1" if still else "ro"
