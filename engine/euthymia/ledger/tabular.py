"""Records as rows of a table: what a spreadsheet can hold of them."""

import csv
import io
from collections.abc import Callable, Iterator

from euthymia.ledger.listing import Filters, listed
from euthymia.ledger.store import Store
from euthymia.rulebook.base import SEVERITIES
from euthymia.rulebook.conditions import STATUSES

COLUMNS = (
    "number", "at", "clock_went_back", "kind", "role", "name", "patient", "subject", "previous", "erased", "program", "on", "rulebook",
    "facts", *STATUSES, *SEVERITIES, "to", "verdict", "reason", "hash", "signed",
)  # fmt: skip
NOT_CARRIED = (
    "CSV does not carry facts, derivations, answers, notes, commitments, rulebooks and signatures. It cannot be verified or replayed: "
    "export NDJSON for that."
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def rows(store: Store, step: Callable[[], None] = lambda: None) -> Iterator[str]:
    """Lines of CSV (RFC 4180, without their line ends), the first with the names of the columns."""
    yield _line(COLUMNS)
    for item in listed(store, Filters(), step):
        flat = item | item.get("alerts", {})
        yield _line([_cell(flat.get(column)) for column in COLUMNS])


def _cell(value: object) -> str:
    """Empty where there is nothing. A text that a spreadsheet would run as a formula gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


def _line(cells: Iterator[str] | tuple[str, ...] | list[str]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="").writerow(cells)
    return stream.getvalue()
