"""The clinic's database: a SQLite file, or a schema of its own in PostgreSQL beside the ledger."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, QueuePool, create_engine, inspect, text
from sqlalchemy.engine import make_url

from euthymia.errors import InputError, Problem
from euthymia.ledger.faults import told
from euthymia.ledger.sqlite_store import make_private

_PATIENCE = 30.0  # seconds to wait for another writer
_SCHEMA = "euthymia_clinic"
_POSTGRES = ("postgresql://", "postgres://")
_OUTCOME = "nothing was saved"
_VERSION, _VERSIONS = "2", "alembic_version"


class Store:
    """Transactions of the clinic's database. One serves many threads."""

    def __init__(self, where: str) -> None:
        """`where`: a file, made where it is missing, or postgresql://user@host/database. Raises InputError."""
        self.engine, self.where = _postgres(where) if where.startswith(_POSTGRES) else _sqlite(Path(where).expanduser())
        self._immediate = self.engine.dialect.name == "sqlite"
        try:
            with self.reading() as connection:
                _require_known(connection, self.where)  # before anything of a strange file is changed
            with self.writing() as connection:
                _upgrade(connection)
        except BaseException:
            self.close()
            raise

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """All that is written inside is on the disk at the end, or nothing is. Raises InputError."""
        with told(self.where, _OUTCOME), self.engine.connect() as connection:
            if not self._immediate:
                with connection.begin():
                    yield connection
                return
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # a transaction that starts by reading could not get the lock any more
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.exec_driver_sql("COMMIT")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with told(self.where, _OUTCOME), self.engine.connect() as connection:
            yield connection

    def scrub(self) -> None:
        """After somebody was forgotten: empty SQLite's log, which still holds older pages; what is read at this moment keeps it."""
        if self._immediate:
            with told(self.where, "what was removed may still stand in older pages"), self.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").all()

    def alive(self) -> bool:
        """Does the database answer?"""
        try:
            with self.reading() as connection:
                return bool(connection.scalar(text("SELECT 1")))
        except InputError:
            return False

    def close(self) -> None:
        self.engine.dispose()


def _sqlite(path: Path) -> tuple[Engine, str]:
    make_private(path)

    def connect() -> sqlite3.Connection:
        made = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "foreign_keys=ON", "temp_store=MEMORY"):
            made.execute(f"PRAGMA {pragma}").close()
        return made

    return create_engine("sqlite+pysqlite://", creator=connect, poolclass=QueuePool, pool_size=20, hide_parameters=True), str(path)


def _postgres(where: str) -> tuple[Engine, str]:
    url = make_url(where).set(drivername="postgresql+psycopg")
    shown = url.set(query={}).render_as_string(hide_password=True)
    try:
        with_schema = {"options": f"-csearch_path={_SCHEMA} -csynchronous_commit=on"}
        engine = create_engine(url, hide_parameters=True, pool_pre_ping=True, pool_size=20, connect_args=with_schema)
    except ModuleNotFoundError:
        message = "PostgreSQL needs the library psycopg: install euthymia with `euthymia[postgresql]`"
        raise InputError([Problem("--database", 0, "", message)]) from None
    try:
        with told(shown, _OUTCOME), engine.begin() as connection:
            if not inspect(connection).has_schema(_SCHEMA):  # where there is one, the right to make one is not needed
                connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {_SCHEMA}"))
    except BaseException:
        engine.dispose()
        raise
    return engine, shown


def _require_known(connection: Connection, where: str) -> None:
    """Raises InputError where a newer program made the tables, or another one."""
    tables = inspect(connection).get_table_names()
    if not tables:
        return
    if not {"charts", _VERSIONS} <= {*tables}:
        other = next((name for name in tables if name not in ("charts", _VERSIONS)), tables[0])
        raise InputError([Problem(where, 0, "", f"is a database of something else: it holds the table {other}")])
    found = str(connection.scalar(text(f"SELECT version_num FROM {_VERSIONS}")))
    if not found.isdecimal() or int(found) > int(_VERSION):
        message = f"was written by a newer euthymia (tables {found}, this program knows {_VERSION}); nothing was changed. Upgrade euthymia"
        raise InputError([Problem(where, 0, "", message)])


def _upgrade(connection: Connection) -> None:
    """Bring the tables to today's form, inside the caller's transaction."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    command.upgrade(config, _VERSION)
