"""Patients that go from one clinician to another: the chart with its history and its label, and what was recorded of it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, func, insert, select, update

from euthymia.clinic.charts import Chart, forget_copies, held
from euthymia.clinic.store import Store
from euthymia.clinic.tables import accounts, charts, handovers, recorded
from euthymia.errors import InputError, Problem

_CLINICIAN = "clinician"


@dataclass(frozen=True, slots=True)
class Handover:
    """One chart that went from one account to another, by their names. `by`: who saw to it, the sender or an administrator; `version`:
    of the chart from then on."""

    chart: str
    pseudonym: str
    version: int
    at: str
    sender: str
    receiver: str
    by: str
    opened: bool


class Handovers:
    """Handovers in the clinic's store. A chart belongs to one clinician at any moment."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def hand_over(self, chart: Chart, receiver: str, once: str) -> int:
        """One patient, by the owner; how many went. Sent twice, it goes once. Raises NoLonger, and InputError without such a colleague."""
        with self._store.writing() as connection:
            _require_clinician(connection, chart.owner, receiver)
            held(connection, chart)
            if _is_done(connection, chart.owner, once):
                return 0
            self._give(connection, chart.id, chart.owner, receiver, chart.owner, once)
            connection.execute(update(recorded).where(recorded.c.chart == chart.id).values(owner=receiver))
            return 1

    def hand_over_all(self, sender: str, receiver: str, account: str, once: str) -> int:
        """Every patient of a clinician, by the administrator `account`; how many went. Sent twice, they go once. Raises InputError."""
        with self._store.writing() as connection:
            _require_clinician(connection, sender, receiver)
            wanted = select(charts.c.id).where(charts.c.owner == sender, charts.c.what_if_of.is_(None))
            found = connection.scalars(wanted.order_by(charts.c.id).with_for_update()).all()
            if _is_done(connection, sender, once):
                return 0
            if not found:
                raise InputError([Problem("patients", 0, "", "this account has no patients")])
            for chart in found:
                self._give(connection, chart, sender, receiver, account, once)
            connection.execute(update(recorded).where(recorded.c.owner == sender).values(owner=receiver))
            return len(found)

    def _give(self, connection: Connection, chart: str, sender: str, receiver: str, account: str, once: str) -> None:
        forget_copies(connection, chart)
        connection.execute(update(charts).where(charts.c.id == chart).values(owner=receiver, version=charts.c.version + 1))
        version = connection.scalar(select(charts.c.version).where(charts.c.id == chart))
        row = {"chart": chart, "version": version, "at": self._clock().isoformat(), "sender": sender, "receiver": receiver}
        connection.execute(insert(handovers), row | {"account": account, "once": once, "opened": False})

    def open(self, chart: Chart) -> None:
        """Its new owner has looked at it."""
        unopened = (handovers.c.chart == chart.id, handovers.c.receiver == chart.owner, handovers.c.opened.is_(False))
        with self._store.reading() as connection:
            if connection.execute(select(handovers.c.chart).where(*unopened)).first() is None:
                return
        with self._store.writing() as connection:
            connection.execute(update(handovers).where(*unopened).values(opened=True))

    # --- who had what ---------------------------------------------------------------------------------------------------

    def of_chart(self, chart: str) -> list[Handover]:
        """The first one first."""
        return self._found(handovers.c.chart == chart)

    def to(self, account: str) -> dict[str, Handover]:
        """How patients came to this account, by chart: the last time, of those that it still has."""
        return {found.chart: found for found in self._found(handovers.c.receiver == account, charts.c.owner == account)}

    def away_from(self, account: str) -> list[Handover]:
        """Patients that this account had and has no longer, the last one first, each by the last time that it went."""
        found = {one.chart: one for one in self._found(handovers.c.sender == account, charts.c.owner != account)}
        return sorted(found.values(), key=lambda one: one.at, reverse=True)

    def sent(self, chart: str, sender: str) -> Handover | None:
        """The last time that this account handed the chart over, or an administrator for it."""
        found = self._found(handovers.c.chart == chart, handovers.c.sender == sender)
        return found[-1] if found else None

    def is_done(self, sender: str, once: str) -> bool:
        """Has this very form done it already?"""
        with self._store.reading() as connection:
            return _is_done(connection, sender, once)

    def together(self, sender: str) -> list[tuple[Handover, int]]:
        """What went from this account at one time, told by one of the patients, with their number; the last first."""
        found = Counter[tuple[str, str, str]]()
        one_of: dict[tuple[str, str, str], Handover] = {}
        for one in self._found(handovers.c.sender == sender):
            found[one.at, one.receiver, one.by] += 1
            one_of[one.at, one.receiver, one.by] = one
        return [(one_of[when], found[when]) for when in sorted(found, reverse=True)]

    def numbers(self) -> dict[str, int]:
        """How many patients each account has."""
        wanted = select(charts.c.owner, func.count().label("number")).where(charts.c.what_if_of.is_(None)).group_by(charts.c.owner)
        with self._store.reading() as connection:
            return {row.owner: row.number for row in connection.execute(wanted)}

    def _found(self, *which: ColumnElement[bool]) -> list[Handover]:
        with self._store.reading() as connection:
            return [_handover(row) for row in connection.execute(_wanted().where(*which)).mappings()]


def _is_done(connection: Connection, sender: str, once: str) -> bool:
    done = select(handovers.c.chart).where(handovers.c.sender == sender, handovers.c.once == once)
    return connection.execute(done).first() is not None


def _wanted() -> Select[Any]:
    sender, receiver, by = accounts.alias(), accounts.alias(), accounts.alias()
    joined = handovers.join(charts, charts.c.id == handovers.c.chart)
    for account, column in ((sender, handovers.c.sender), (receiver, handovers.c.receiver), (by, handovers.c.account)):
        joined = joined.join(account, account.c.id == column)
    names = (sender.c.name.label("sender"), receiver.c.name.label("receiver"), by.c.name.label("by"))
    shown = (handovers.c.chart, charts.c.pseudonym, handovers.c.version, handovers.c.at, *names, handovers.c.opened)
    return select(*shown).select_from(joined).order_by(handovers.c.at, handovers.c.version)


def _handover(row: RowMapping) -> Handover:
    return Handover(**row)


def _require_clinician(connection: Connection, sender: str, receiver: str) -> None:
    """Raises InputError unless somebody else who may sign in as a clinician; they stay so until the end of the transaction."""
    found = connection.execute(select(accounts).where(accounts.c.id == receiver).with_for_update(read=True)).first()
    if found is None or found.closed or found.role != _CLINICIAN or receiver == sender:
        raise InputError([Problem("to", 0, "", "choose a colleague whose account is open")])
