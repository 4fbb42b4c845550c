"""The day of assessment, as it is chosen on a chart."""

from datetime import date

from euthymia.errors import InputError, Problem
from euthymia.facts.days import day_of


def chosen_day(text: str, today: date) -> str:
    """The day, as YYYY-MM-DD. Raises InputError for what is no day of the calendar, and for one that is still to come."""
    try:
        day = day_of(text.strip())
    except ValueError as error:
        raise InputError([Problem("day", 0, "", str(error))]) from None
    if day > today:
        raise InputError([Problem("day", 0, "", f"{day.isoformat()} lies in the future; allowed: today or a day before")])
    return day.isoformat()
