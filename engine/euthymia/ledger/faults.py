"""What a database complains of, in one clear line; nothing of a patient is in it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from euthymia.errors import InputError, Problem

# A part of the database's own message, and what it means to somebody who wants to record a decision.
_MEANINGS = (
    ("readonly database", "cannot be written: it is read-only; nothing was recorded"),
    ("read-only", "cannot be written: it is read-only; nothing was recorded"),
    ("disk is full", "cannot be written: the disk is full; nothing was recorded"),
    ("no space left", "cannot be written: the disk is full; nothing was recorded"),
    ("disk i/o error", "cannot be read or written: the disk is full or failing; nothing was recorded"),
    ("malformed", "is damaged: the database cannot read its own pages. Restore it from a copy, and verify that"),
    ("not a database", "is no ledger: it is not a database"),
    ("locked", "is busy: another program has been writing for too long; nothing was recorded"),
    ("unable to open", "cannot be opened"),
)


@contextmanager
def told(where: str) -> Iterator[None]:
    """Faults of the database, its disk or its network become InputError; a wrong statement stays the program's defect."""
    try:
        yield
    except DBAPIError as error:
        said = str(error.orig).strip()
        meaning = next((meaning for part, meaning in _MEANINGS if part in said.casefold()), None)
        if meaning is None and not (error.connection_invalidated or type(error).__name__ in ("OperationalError", "InterfaceError")):
            raise
        first = said.splitlines()[0] if said else type(error.orig).__name__
        raise InputError([Problem(where, 0, "", meaning or f"cannot be used: {first}")]) from None
