"""The version of a store's tables, and the way to today's."""

from pathlib import Path
from typing import Final

from sqlalchemy import Column, Connection, MetaData, Table, Text, inspect, select

from euthymia.errors import InputError, Problem

VERSION: Final = "1"
_versions = Table("alembic_version", MetaData(), Column("version_num", Text))


def require_version(connection: Connection, where: str) -> None:
    """For those who only read. Raises InputError where the tables are not today's."""
    found = known_version(connection, where)
    if found is None:
        raise InputError([Problem(where, 0, "", "holds no ledger yet; `euthymia assess … --record` makes the first record")])
    if found != VERSION:
        message = f"was written by an older euthymia (tables {found}, this program knows {VERSION}); the next record upgrades it"
        raise InputError([Problem(where, 0, "", message)])


def upgrade(connection: Connection, where: str) -> None:
    """Bring the tables to today's form, inside the caller's transaction. Raises InputError where it cannot be."""
    if known_version(connection, where) == VERSION:
        return
    from alembic import command  # noqa: PLC0415  a third of a second that only a new or an old store needs to wait for
    from alembic.config import Config  # noqa: PLC0415

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    command.upgrade(config, VERSION)


def known_version(connection: Connection, where: str) -> str | None:
    """None where there are no tables yet. Raises InputError where a newer program made them, or another one."""
    tables = inspect(connection).get_table_names()
    if not tables:
        return None
    if not {"records", _versions.name} <= {*tables}:
        other = next((name for name in tables if name not in ("records", _versions.name)), tables[0])
        raise InputError([Problem(where, 0, "", f"is a database of something else: it holds the table {other}")])
    found = str(connection.scalar(select(_versions.c.version_num)))
    if found.isdecimal() and int(found) <= int(VERSION):
        return found
    message = f"was written by a newer euthymia (tables {found}, this program knows {VERSION}); nothing was changed. Upgrade euthymia"
    raise InputError([Problem(where, 0, "", message)])
