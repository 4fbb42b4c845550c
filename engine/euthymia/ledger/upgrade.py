"""The version of a store's tables, and the way to today's."""

from pathlib import Path
from typing import Final

from sqlalchemy import Column, Connection, MetaData, Table, Text, inspect, select

from euthymia.errors import InputError, Problem

VERSION: Final = "1"
_versions = Table("alembic_version", MetaData(), Column("version_num", Text))


def require_version(connection: Connection, where: str) -> None:
    """For those who only read. Raises InputError where the tables are not today's."""
    found = _version(connection)
    if found != VERSION:
        raise InputError(
            [Problem(where, 0, "", _complaint(found) or "holds no ledger yet; `euthymia assess … --record` makes the first record")]
        )


def upgrade(connection: Connection, where: str) -> None:
    """Bring the tables to today's form, inside the caller's transaction. Raises InputError where a newer program made them."""
    found = _version(connection)
    if found == VERSION:
        return
    if complaint := _complaint(found):
        raise InputError([Problem(where, 0, "", complaint)])
    if found is None and (others := inspect(connection).get_table_names()):
        raise InputError([Problem(where, 0, "", f"is a database of something else: it holds the table {others[0]}")])
    from alembic import command  # noqa: PLC0415  a third of a second that only a new or an old store needs to wait for
    from alembic.config import Config  # noqa: PLC0415

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    command.upgrade(config, VERSION)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table(_versions.name):
        return None
    return connection.scalar(select(_versions.c.version_num))


def _complaint(found: str | None) -> str | None:
    """Versions are numbered; one that is not known here is of a newer program."""
    known = found is None or (found.isdecimal() and int(found) <= int(VERSION))
    return (
        None
        if known
        else f"was written by a newer euthymia (tables {found}, this program knows {VERSION}); nothing was changed. Upgrade euthymia"
    )
