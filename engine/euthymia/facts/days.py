"""Days as people write them in files and on the command line."""

from datetime import date

from euthymia.errors import found

_FIRST_YEAR, _LAST_YEAR = 1900, 2200


def day_of(written: object) -> date:
    """A day of the calendar; 2026-02-31 is none. Raises ValueError with what was found and what is allowed."""
    try:
        day = date.fromisoformat(written) if isinstance(written, str) else None
    except ValueError:
        day = None
    if day is None or day.isoformat() != written or not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise ValueError(f"found '{found(written)}'; allowed: a day, YYYY-MM-DD, {_FIRST_YEAR} to {_LAST_YEAR}")
    return day
