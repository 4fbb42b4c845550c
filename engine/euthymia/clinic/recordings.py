"""Which records of the ledger were made from which chart. One form records once, whatever ends in between."""

from collections.abc import Callable, Iterable
from typing import Protocol

from sqlalchemy import Connection, insert, select

from euthymia.clinic.charts import Chart, held
from euthymia.clinic.store import Store
from euthymia.clinic.tables import recorded


class Known(Protocol):
    """What the ledger holds of a patient."""

    def numbers(self) -> Iterable[int]: ...
    def is_same(self, number: int) -> bool: ...


class Recordings:
    """Notes in the clinic's store; the records themselves are in the ledger, which is another one."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def record(self, chart: Chart, once: str, known: Known, append: Callable[[], int]) -> tuple[int, bool]:
        """The number of the record that this form makes, and whether it was written now. Raises NoLonger, and what the others raise.

        The server may have ended after a record was written and before it was noted here. So `known` tells which records there are
        that this chart may have made, and which of them says what `append` would write: that one is taken instead.
        Nobody else records or hands over the same patient meanwhile, in this server or in another.
        """
        with self._store.writing() as connection:
            now = held(connection, chart)
            if (done := _sent(connection, chart, once)) is not None:
                return done, False
            left = _not_noted(connection, known.numbers())
            same = next((number for number in left if known.is_same(number)), None)
            number = append() if same is None else same
            for one in {*left, number}:
                _note(connection, now, one, once if one == number else _found(one))
            return number, same is None

    def sent(self, chart: Chart, once: str) -> int | None:
        """The record that this very form has made."""
        with self._store.reading() as connection:
            return _sent(connection, chart, once)

    def take_in(self, chart: Chart, numbers: Iterable[int]) -> None:
        """Records of this chart that may not have been noted. Those that were, for this chart or another, stay as they are."""
        wanted = list(numbers)
        with self._store.reading() as connection:
            if not _not_noted(connection, wanted):
                return
        with self._store.writing() as connection:
            now = held(connection, chart)
            for number in _not_noted(connection, wanted):
                _note(connection, now, number, _found(number))

    def of_chart(self, chart: Chart) -> list[int]:
        """Numbers in the ledger, the last one first."""
        with self._store.reading() as connection:
            found = connection.scalars(select(recorded.c.number).where(recorded.c.chart == chart.id))
            return sorted(found, reverse=True)

    def owner_of(self, number: int) -> tuple[str, str] | None:
        """Account and chart of a record."""
        with self._store.reading() as connection:
            row = connection.execute(select(recorded.c.owner, recorded.c.chart).where(recorded.c.number == number)).first()
        return None if row is None else (row.owner, row.chart)


def _sent(connection: Connection, chart: Chart, once: str) -> int | None:
    found: int | None = connection.scalar(select(recorded.c.number).where(recorded.c.chart == chart.id, recorded.c.once == once))
    return found


def _note(connection: Connection, chart: Chart, number: int, once: str) -> None:
    row = {"number": number, "chart": chart.id, "owner": chart.owner, "version": chart.version, "once": once}
    connection.execute(insert(recorded), row)


def _not_noted(connection: Connection, numbers: Iterable[int]) -> list[int]:
    """The last one first."""
    wanted = set(numbers)
    return sorted(wanted - set(connection.scalars(select(recorded.c.number).where(recorded.c.number.in_(wanted)))), reverse=True)


def _found(number: int) -> str:
    return f"found {number}"
