"""Patients that are being entered. Every answer is on the disk before it is acknowledged, and can be taken back."""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from euthymia.clinic.store import Store
from euthymia.clinic.tables import changes, charts, handovers
from euthymia.errors import InputError, Problem
from euthymia.facts.charting import fact_at, row_of, with_fact
from euthymia.facts.entering import Place

EMPTY: dict[str, Any] = {"schema": "euthymia.patient/1"}
DAY: Place = ("as_of",)  # the day of assessment, among the places of facts; no record of facts is called so
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that can be taken for another
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Chart:
    """One patient being entered. `version` counts the changes; `refused` holds answers that could not be taken, by fact.
    `as_of`: the day of assessment, none while it follows the calendar."""

    id: str
    owner: str
    pseudonym: str | None
    label: str
    data: dict[str, Any]
    refused: dict[str, Any]
    version: int
    what_if_of: str | None
    created_at: str
    changed_at: str
    as_of: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One answer to be saved. `seen`: the version of the chart that the page showed; `once` is the same when it is sent twice."""

    place: Place
    value: Any
    seen: int
    once: str


class Changed(Exception):
    """Somebody else, or another window, has changed the same fact meanwhile. `now` is what the chart holds."""

    def __init__(self, now: Any) -> None:
        super().__init__("changed meanwhile")
        self.now = now


class NoLonger(Exception):
    """The chart was removed or handed over meanwhile; nothing was saved."""


class Charts:
    """Charts in the clinic's store. A chart is found only by its owner."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def add(self, owner: str, label: str, data: dict[str, Any], pseudonym: str = "") -> Chart:
        """A new chart; a pseudonym is made where none is given. Raises InputError."""
        name = pseudonym.strip() or f"P-{''.join(secrets.choice(_LETTERS) for _ in range(8))}"
        _require_short(name, label)
        with self._store.writing() as connection:
            if connection.scalar(select(charts.c.id).where(charts.c.pseudonym == name)):
                raise InputError([Problem("pseudonym", 0, "", "is in use; choose another")])
            return self._insert(connection, owner, name, label, data, None)

    def what_if(self, chart: Chart) -> Chart:
        """The copy of a chart in which anything may be tried; made anew each time."""
        with self._store.writing() as connection:
            now = held(connection, chart)
            forget_copies(connection, chart.id)
            return self._insert(connection, now.owner, None, now.label, now.data, now)

    def _insert(self, connection: Connection, owner: str, name: str | None, label: str, data: dict[str, Any], of: Chart | None) -> Chart:
        now = self._now()
        row = {"id": secrets.token_urlsafe(12), "owner": owner, "pseudonym": name, "label": label.strip(), "version": 0}
        row |= {"data": json.dumps(data), "refused": "{}", "created_at": now, "changed_at": now}
        row |= {"what_if_of": of.id if of else None, "as_of": of.as_of if of else None}
        connection.execute(insert(charts), row)
        return _chart(connection.execute(select(charts).where(charts.c.id == row["id"])).one())

    def of_owner(self, owner: str) -> list[Chart]:
        """Without copies, the last changed first."""
        wanted = select(charts).where(charts.c.owner == owner, charts.c.what_if_of.is_(None)).order_by(charts.c.changed_at.desc())
        with self._store.reading() as connection:
            return [_chart(row) for row in connection.execute(wanted)]

    def find(self, chart: str, owner: str) -> Chart | None:
        with self._store.reading() as connection:
            row = connection.execute(select(charts).where(charts.c.id == chart, charts.c.owner == owner)).first()
        return None if row is None else _chart(row)

    # --- changing -------------------------------------------------------------------------------------------------------

    def enter(self, chart: Chart, account: str, entries: list[Entry]) -> Chart:
        """Save answers, all or none. Sent twice they are saved once. Raises Changed where one was changed after it was seen,
        and NoLonger, as all that changes a chart does."""
        with self._store.writing() as connection:
            now = held(connection, chart)
            for number, entry in enumerate(entries):
                now = self._entered(connection, now, account, entry, f"{entry.once}.{number}")
            return now

    def _entered(self, connection: Connection, chart: Chart, account: str, entry: Entry, once: str) -> Chart:
        own = connection.execute(_sent(chart, once)).first()
        if own is not None and json.loads(own.after) == entry.value:
            return chart
        before = chart.as_of if entry.place == DAY else fact_at(chart.data, entry.place)
        if before == entry.value:
            return self._settled(connection, chart, entry.place)
        # Another answer from the form whose first one was saved: its page did not hear of that, but it is no stranger's change.
        seen = entry.seen if own is None else max(entry.seen, own.version)
        # All of them: a cursor left halfway would hold its connection to what was there before, for whoever gets it next.
        later = connection.execute(select(changes).where(changes.c.chart == chart.id, changes.c.version > seen)).all()
        if any(_touches(change, entry.place) for change in later):
            raise Changed(before)
        name = once if own is None else f"{once}+{chart.version}"
        return self._write(connection, chart, account, entry.place, before, entry.value, name)

    def replace(self, chart: Chart, account: str, change: Callable[[dict[str, Any]], dict[str, Any]], once: str) -> Chart:
        """Many facts at once, as when a trial is taken out; one step of the history. `change` makes the new data from those of now."""
        with self._store.writing() as connection:
            now = held(connection, chart)
            if connection.execute(_sent(chart, once)).first() is not None:
                return now
            return self._write(connection, now, account, (), now.data, change(now.data), once)

    def _write(self, connection: Connection, chart: Chart, account: str, place: Place, before: Any, after: Any, once: str) -> Chart:
        data = chart.data if place == DAY else with_fact(chart.data, place, after) if place else after
        version, now = chart.version + 1, self._now()
        row = {"chart": chart.id, "version": version, "at": now, "account": account, "place": json.dumps(place), "once": once}
        connection.execute(insert(changes), row | {"before": json.dumps(before), "after": json.dumps(after)})
        refused = {fact: kept for fact, kept in chart.refused.items() if kept["place"] != list(place) and _stands(data, kept["place"])}
        values = {"data": json.dumps(data), "refused": json.dumps(refused), "version": version, "changed_at": now}
        values |= {"as_of": after} if place == DAY else {}
        connection.execute(update(charts).where(charts.c.id == chart.id).values(values))
        return _chart(connection.execute(select(charts).where(charts.c.id == chart.id)).one())

    def _settled(self, connection: Connection, chart: Chart, place: Place) -> Chart:
        """The same answer again takes back a refused one at its place."""
        refused = {fact: kept for fact, kept in chart.refused.items() if kept["place"] != list(place)}
        if refused == chart.refused:
            return chart
        connection.execute(update(charts).where(charts.c.id == chart.id).values(refused=json.dumps(refused)))
        return _chart(connection.execute(select(charts).where(charts.c.id == chart.id)).one())

    def keep_refused(self, chart: Chart, fact: str, place: Place, typed: Any, message: str) -> None:
        """An answer that cannot be taken is kept as it was typed, so that a reload does not lose it."""
        with self._store.writing() as connection:
            now = held(connection, chart)
            refused = now.refused | {fact: {"place": list(place), "typed": typed, "message": message}}
            connection.execute(update(charts).where(charts.c.id == chart.id).values(refused=json.dumps(refused)))

    def undo(self, chart: Chart, account: str, once: str) -> Chart:
        """Take back the last change that was not yet taken back; that is a change as well. Sent twice, it is taken back once.

        What a colleague entered who had the chart before is nothing to take back with a button.
        """
        with self._store.writing() as connection:
            now = held(connection, chart)
            own_since = connection.scalar(select(func.max(handovers.c.version)).where(handovers.c.chart == chart.id)) or 0
            done = [change for change in self._changes(connection, chart) if change["version"] > own_since]
            undone = [change["once"].split() for change in done if change["once"].startswith("undo ")]
            taken_back = {version for _, version, _ in undone}
            left = [change for change in done if not change["once"].startswith("undo ") and str(change["version"]) not in taken_back]
            if not left or once in {sent for _, _, sent in undone}:
                return now
            last = left[-1]
            mark = f"undo {last['version']} {once}"
            return self._write(connection, now, account, tuple(last["place"]), last["after"], last["before"], mark)

    def history(self, chart: Chart) -> list[dict[str, Any]]:
        """Every change, the first one first."""
        with self._store.reading() as connection:
            return self._changes(connection, chart)

    def entered_at(self, chart: Chart) -> dict[Place, str]:
        """When each fact was last changed; what it was before and after is not read."""
        wanted = select(changes.c.place, changes.c.at).where(changes.c.chart == chart.id).order_by(changes.c.version)
        with self._store.reading() as connection:
            return {tuple(json.loads(row.place)): row.at for row in connection.execute(wanted)}

    def _changes(self, connection: Connection, chart: Chart) -> list[dict[str, Any]]:
        rows = list(connection.execute(select(changes).where(changes.c.chart == chart.id).order_by(changes.c.version)))
        texts = ("place", "before", "after")
        return [{**row._asdict(), **{name: json.loads(getattr(row, name)) for name in texts}} for row in rows]

    def rename(self, chart: Chart, label: str) -> None:
        _require_short("x", label)
        with self._store.writing() as connection:
            held(connection, chart)
            connection.execute(update(charts).where(charts.c.id == chart.id).values(label=label.strip()))

    def remove(self, chart: Chart) -> None:
        """The chart, its copies and its history; records in the ledger are another matter."""
        with self._store.writing() as connection:
            _remove(connection, held(connection, chart).id)

    def forget(self, pseudonym: str) -> bool:
        """All that is kept of a patient here, whoever entered it: for an erasure. Was there anything?"""
        with self._store.writing() as connection:
            found = connection.scalar(select(charts.c.id).where(charts.c.pseudonym == pseudonym).with_for_update())
            if found is None:
                return False
            _remove(connection, found)
        self._store.scrub()
        return True

    def _now(self) -> str:
        return self._clock().isoformat()


def held(connection: Connection, chart: Chart) -> Chart:
    """The chart as it is now; nobody else changes it until the end of the transaction. Raises NoLonger."""
    row = connection.execute(select(charts).where(charts.c.id == chart.id, charts.c.owner == chart.owner).with_for_update()).first()
    if row is None:
        raise NoLonger
    return _chart(row)


def _remove(connection: Connection, chart: str) -> None:
    forget_copies(connection, chart)
    for table in (changes, handovers):
        connection.execute(delete(table).where(table.c.chart == chart))
    connection.execute(delete(charts).where(charts.c.id == chart))


def forget_copies(connection: Connection, chart: str) -> None:
    """What was tried of a chart; nobody else has it."""
    copies = select(charts.c.id).where(charts.c.what_if_of == chart)
    connection.execute(delete(changes).where(changes.c.chart.in_(copies)))
    connection.execute(delete(charts).where(charts.c.what_if_of == chart))


def _sent(chart: Chart, once: str) -> Any:
    """The last change that was made by this very form."""
    same = or_(changes.c.once == once, changes.c.once.startswith(f"{once}+", autoescape=True))
    return select(changes).where(changes.c.chart == chart.id, same).order_by(changes.c.version.desc())


def _touches(change: Any, place: Place) -> bool:
    """Did a change alter what stands at this place? One of many facts at once may have left it as it was."""
    where = tuple(json.loads(change.place))
    if where != place[: len(where)]:
        return False
    inside = place[len(where) :]
    return bool(fact_at(json.loads(change.before), inside) != fact_at(json.loads(change.after), inside))


def _stands(data: dict[str, Any], place: list[str]) -> bool:
    """Is there still a trial or problem to which the place belongs?"""
    return len(place) < 3 or row_of(data.get(place[0]) or [], place[1]) is not None


def _require_short(name: str, label: str) -> None:
    words = (("pseudonym", name), ("label", label))
    problems = [Problem(what, 0, "", f"must be at most {_LONGEST} printable letters") for what, word in words
                if len(word) > _LONGEST or not word.isprintable()]  # fmt: skip
    if problems:
        raise InputError(problems)


def _chart(row: Any) -> Chart:
    given = row._asdict()
    return Chart(**{**given, "data": json.loads(given["data"]), "refused": json.loads(given["refused"])})
