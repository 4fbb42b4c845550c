"""An author's own copies of rule files. The rules in force are never touched."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from euthymia.clinic.store import Store
from euthymia.clinic.tables import edits
from euthymia.errors import InputError, Problem

LARGEST = 300_000  # characters in one file
_MOST = 60  # files of one account
_LARGEST_TOGETHER = 4_000_000


@dataclass(frozen=True, slots=True)
class Edit:
    """One file as its author left it. `base`: digest of the rulebook that it was copied from; `version` counts how often it was saved."""

    path: str
    text: str
    base: str
    version: int
    changed_at: str


class SavedMeanwhile(Exception):
    """Another window has saved or discarded the same copy. `now` is what is kept; None where nothing is."""

    def __init__(self, now: Edit | None) -> None:
        super().__init__("saved meanwhile")
        self.now = now


class Edits:
    """Copies in the clinic's store; each is found by its owner only."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def of_owner(self, account: str) -> list[Edit]:
        wanted = select(edits).where(edits.c.account == account).order_by(edits.c.path)
        with self._store.reading() as connection:
            return [_edit(row) for row in connection.execute(wanted)]

    def find(self, account: str, path: str) -> Edit | None:
        with self._store.reading() as connection:
            return _found(connection, account, path)

    def save(self, account: str, made: Edit) -> Edit:
        """`made.version` is the version that the page showed, 0 where there was no copy. Raises SavedMeanwhile and InputError."""
        with self._store.writing() as connection:
            now = _found(connection, account, made.path)
            if (now.version if now else 0) != made.version:
                raise SavedMeanwhile(now)
            _require_room(connection, account, made)
            values = {"text": made.text, "version": made.version + 1, "changed_at": self._clock().isoformat(timespec="seconds")}
            if now is None:
                row = {"account": account, "path": made.path, "base": made.base}
                connection.execute(insert(edits), row | values)
            else:
                connection.execute(update(edits).where(edits.c.account == account, edits.c.path == made.path).values(values))
            saved = _found(connection, account, made.path)
        assert saved is not None
        return saved

    def discard(self, account: str, path: str) -> None:
        with self._store.writing() as connection:
            connection.execute(delete(edits).where(edits.c.account == account, edits.c.path == path))


def _require_room(connection: Connection, account: str, made: Edit) -> None:
    """One account cannot fill the disk of the server."""
    if len(made.text) > LARGEST:
        raise InputError([Problem(made.path, 0, "", f"longer than {LARGEST:,} characters, the most that is kept")])
    others = select(func.count(), func.coalesce(func.sum(func.length(edits.c.text)), 0))
    number, length = connection.execute(others.where(edits.c.account == account, edits.c.path != made.path)).one()
    if number >= _MOST or length + len(made.text) > _LARGEST_TOGETHER:
        raise InputError([Problem(made.path, 0, "", f"you keep {number} copies already; download or discard some of them first")])


def _found(connection: Connection, account: str, path: str) -> Edit | None:
    row = connection.execute(select(edits).where(edits.c.account == account, edits.c.path == path)).first()
    return None if row is None else _edit(row)


def _edit(row: object) -> Edit:
    return Edit(*(getattr(row, name) for name in ("path", "text", "base", "version", "changed_at")))
