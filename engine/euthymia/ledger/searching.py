"""The newest records that are as somebody wants them, a page at a time, however long the ledger is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from euthymia.errors import InputError
from euthymia.ledger.listing import PARTS, Filters, line, passes_content, passes_time_and_role, require_known
from euthymia.ledger.rulebooks import Compiled
from euthymia.ledger.sound import require_sound
from euthymia.ledger.store import Row, Store


@dataclass(frozen=True, slots=True)
class Found:
    """One page. `older`: records before this number were not looked at yet; `looked`: how many were."""

    lines: tuple[dict[str, Any], ...] = ()
    older: int | None = None
    looked: int = 0


def newest(store: Store, filters: Filters, before: int | None, most: int, enough: Callable[[], bool] = lambda: False) -> Found:
    """Ends with `most` records, or when `enough` says so. A record that is not what was sealed is always among them, with its flaw.

    Raises InputError for names that no rulebook of the ledger knows.
    """
    rulebooks = Compiled(store)
    require_known(filters, rulebooks, store.where)
    subject = None if filters.patient is None else store.subject_of(filters.patient)
    if filters.patient is not None and subject is None:
        return Found()
    lines: list[dict[str, Any]] = []
    looked = 0
    for row in store.rows_back(before, subject=subject, kinds=() if filters.kind is None else (filters.kind,)):
        found = _found(row, store, filters, rulebooks)
        looked += 1
        lines += [] if found is None else [found]
        if len(lines) >= most or enough():
            return Found(tuple(lines), row.sealed.number if row.sealed.number > 1 else None, looked)
    return Found(tuple(lines), None, looked)


def _found(row: Row, store: Store, filters: Filters, rulebooks: Compiled) -> dict[str, Any] | None:
    """What a patient told is read only of records that may be wanted."""
    try:
        require_sound(row, store.where, ())
        if not passes_time_and_role(row, filters):
            return None
        whole = store.row(row.sealed.number, PARTS)
        if whole is None:
            return None
        require_sound(whole, store.where, PARTS)
        return line(whole, rulebooks) if not filters.content or passes_content(whole, filters, rulebooks) else None
    except InputError as error:
        return {"number": row.sealed.number, "flaw": error.problems[0].message}
