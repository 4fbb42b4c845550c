"""From the name of a store to a store: a file, or the address of a PostgreSQL database."""

from pathlib import Path

from euthymia.errors import InputError, Problem
from euthymia.ledger.store import Store

_POSTGRES = ("postgresql://", "postgres://")


def open_store(where: str, *, writable: bool) -> Store:
    """Raises InputError when it cannot be used. Only writers make a store that is not there yet."""
    if where.startswith(_POSTGRES):
        return _postgres(where, writable=writable)
    if "://" in where:
        scheme = where.partition("://")[0]
        raise InputError([Problem("--ledger", 0, "", f"found {scheme}://…; allowed: a file, or postgresql://user@host/database")])
    from euthymia.ledger.sqlite_store import SqliteStore  # noqa: PLC0415  a database library takes half a second to read

    return SqliteStore(Path(where).expanduser(), writable=writable)


def _postgres(where: str, *, writable: bool) -> Store:
    from sqlalchemy.engine import make_url  # noqa: PLC0415
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415

    from euthymia.ledger.postgres_store import PostgresStore  # noqa: PLC0415

    try:
        return PostgresStore(make_url(where), writable=writable)
    except ArgumentError:
        raise InputError([Problem("--ledger", 0, "", "is no address of a database; allowed: postgresql://user@host/database")]) from None
    except ModuleNotFoundError as error:
        if error.name != "psycopg":
            raise
        message = "PostgreSQL needs the library psycopg: install euthymia with `euthymia[postgresql]`"
        raise InputError([Problem("--ledger", 0, "", message)]) from None
