"""What a database complains of, in one clear line; nothing of a patient is in it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from euthymia.errors import Defect, InputError, Problem

STILL_READ = "the content was removed, but another program still reads older pages; end it and run `euthymia ledger scrub`"
NOT_SCRUBBED = "the content was removed, but older pages may still hold it; run `euthymia ledger scrub`"
LOCKED = "55P03"

_NOTHING = "nothing was recorded"
_BUSY = f"is busy: another program has been writing for too long; {_NOTHING}"
_FULL = f"cannot be written: the disk is full; {_NOTHING}"
_DAMAGED = "is damaged: the database cannot read its own pages. Restore it from a copy, and verify that"

# PostgreSQL names what happened by a code, in whatever language its messages are.
_CODES = {
    LOCKED: _BUSY,
    "25006": f"cannot be written: it is read-only; {_NOTHING}",
    "42501": f"cannot be used: this user of the database lacks the right to do so; {_NOTHING}",
    "53100": _FULL,
}

# A part of SQLite's own message, and what it means to somebody who wants to record a decision.
_MEANINGS = (
    ("readonly database", f"cannot be written: it or its folder is read-only; {_NOTHING}"),
    ("disk is full", _FULL),
    ("disk i/o error", f"cannot be read or written: the disk is full or failing; {_NOTHING}"),
    ("malformed", _DAMAGED),
    ("could not decode", _DAMAGED),
    ("too big", _DAMAGED),
    ("not a database", "is not a database"),
    ("locked", _BUSY),
    ("unable to open", "cannot be opened"),
)


@contextmanager
def told(where: str, outcome: str = _NOTHING) -> Iterator[None]:
    """Faults of the database, its disk or its network become InputError; a wrong statement stays the program's defect."""
    try:
        yield
    except UnicodeDecodeError:  # SQLite's own message, where it cites a damaged file
        raise InputError([Problem(where, 0, "", _DAMAGED)]) from None
    except DBAPIError as error:
        said = str(error.orig).strip()
        code = getattr(error.orig, "sqlstate", None)
        meaning = _CODES.get(code) if code else next((meaning for part, meaning in _MEANINGS if part in said.casefold()), None)
        if meaning is None and not (error.connection_invalidated or type(error).__name__ in ("OperationalError", "InterfaceError")):
            # The server's own words may cite what was written; the place of the mistake is enough.
            raise Defect(f"the database refused a statement: {type(error.orig).__name__}").with_traceback(error.__traceback__) from None
        first = said.splitlines()[0] if said else type(error.orig).__name__
        message = (meaning or f"cannot be used: {first}").replace(_NOTHING, outcome)
        raise InputError([Problem(where, 0, "", message)]) from None
