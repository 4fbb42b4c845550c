"""Records in a database, by SQLAlchemy: what SQLite and PostgreSQL have in common."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from typing import Any

from sqlalchemy import Connection, Engine, delete, exists, func, insert, select
from sqlalchemy.sql import Select

from euthymia.errors import InputError, Problem
from euthymia.ledger.record import Sealed
from euthymia.ledger.store import Row, StoredRulebook
from euthymia.ledger.tables import openings, patients, records, rulebooks, unscrubbed
from euthymia.ledger.upgrade import require_version, upgrade

_A_FEW = 50
_DISORDER = "its records are not in the order of their numbers"


class SqlWriting:
    """See store.Writing."""

    def __init__(self, connection: Connection, where: str) -> None:
        self.connection = connection
        self.where = where

    def head(self) -> Sealed | None:
        return self._last(select(records))

    def last_of_kinds(self, kinds: Collection[str]) -> Sealed | None:
        return self._last(select(records).where(records.c.kind.in_(kinds)))

    def _last(self, wanted: Select[Any]) -> Sealed | None:
        row = self.connection.execute(wanted.order_by(records.c.number.desc()).limit(1)).first()
        return None if row is None else _sealed(row, self.where)

    def last_of_subject(self, subject: str) -> int | None:
        last: int | None = self.connection.scalar(select(func.max(records.c.number)).where(records.c.subject == subject))
        return last

    def subject_of(self, pseudonym: str) -> str | None:
        return subject_of(self.connection, pseudonym)

    def add_patient(self, subject: str, pseudonym: str) -> None:
        self.connection.execute(insert(patients), {"subject": subject, "pseudonym": pseudonym})

    def add(self, record: Sealed, parts: Mapping[str, bytes]) -> None:
        row = {"number": record.number, "hash": record.hash, "body": record.body, "signature": record.signature}
        self.connection.execute(insert(records), row | {"kind": record.kind, "subject": record.subject})
        if parts:
            contents = [{"number": record.number, "part": name, "content": content} for name, content in parts.items()]
            self.connection.execute(insert(openings), contents)

    def add_rulebook(self, rulebook: StoredRulebook) -> None:
        """Once for each digest."""
        if not self.connection.scalar(select(exists().where(rulebooks.c.digest == rulebook.digest))):
            row = {"digest": rulebook.digest, "files": rulebook.files, "compiled": rulebook.compiled}
            self.connection.execute(insert(rulebooks), row)

    def forget(self, subject: str) -> None:
        of_subject = select(records.c.number).where(records.c.subject == subject)
        self.connection.execute(delete(openings).where(openings.c.number.in_(of_subject)))
        self.connection.execute(delete(patients).where(patients.c.subject == subject))
        self.connection.execute(insert(unscrubbed), {"subject": subject})

    def scrubbed(self, subjects: Collection[str]) -> None:
        self.connection.execute(delete(unscrubbed).where(unscrubbed.c.subject.in_(subjects)))


class SqlStore:
    """See store.Store. `reading` and `writing` are the database's own."""

    def __init__(self, engine: Engine, where: str, *, writable: bool) -> None:
        self.engine = engine
        self.where = where
        try:
            if writable:
                self.prepare()
                self._finish_scrubbing()
            else:
                with self.reading() as connection:
                    require_version(connection, where)
        except BaseException:
            self.close()
            raise

    def prepare(self) -> None:
        """Make the tables where they are missing."""
        with self.writing() as writing:
            upgrade(writing.connection, self.where)

    def writing(self) -> AbstractContextManager[SqlWriting]:
        """See store.Store."""
        raise NotImplementedError

    def reading(self) -> AbstractContextManager[Connection]:
        """Whatever is read inside is of one moment."""
        raise NotImplementedError

    def clear(self, *, patiently: bool) -> None:
        """Leave nothing of what was deleted in the files of the database. Raises InputError while somebody still reads it."""
        raise NotImplementedError

    def scrub(self, *, patiently: bool = True) -> None:
        left = self._unscrubbed()
        self.clear(patiently=patiently)
        with self.writing() as writing:
            writing.scrubbed(left)

    def _unscrubbed(self) -> list[str]:
        with self.reading() as connection:
            return list(connection.scalars(select(unscrubbed.c.subject)))

    def _finish_scrubbing(self) -> None:
        """After somebody was killed between an erasure and the end of it. Who still reads does not keep others from recording."""
        if self._unscrubbed():
            with suppress(InputError):
                self.scrub(patiently=False)

    def close(self) -> None:
        self.engine.dispose()

    def row(self, number: int, parts: Collection[str] = ()) -> Row | None:
        with self.reading() as connection:
            return next(self._rows(connection, _wanted().where(records.c.number == number), parts), None)

    def head(self) -> Row | None:
        with self.reading() as connection:
            return next(self._rows(connection, _wanted().order_by(records.c.number.desc()).limit(1), ()), None)

    def rows(
        self, after: int = 0, parts: Collection[str] = (), *, subject: str | None = None, kinds: Collection[str] = ()
    ) -> Iterator[Row]:
        wanted = _of(subject, kinds).order_by(records.c.number)
        while True:
            with self.reading() as connection:
                some = list(self._rows(connection, wanted.where(records.c.number > after).limit(_A_FEW), parts))
            yield from some
            if len(some) < _A_FEW:
                return
            if some[-1].sealed.number <= after:
                raise _damaged(self.where, _DISORDER)
            after = some[-1].sealed.number

    def rows_back(
        self, before: int | None = None, parts: Collection[str] = (), *, subject: str | None = None, kinds: Collection[str] = ()
    ) -> Iterator[Row]:
        wanted = _of(subject, kinds).order_by(records.c.number.desc())
        while True:
            next_few = wanted if before is None else wanted.where(records.c.number < before)
            with self.reading() as connection:
                some = list(self._rows(connection, next_few.limit(_A_FEW), parts))
            yield from some
            if len(some) < _A_FEW:
                return
            if before is not None and some[-1].sealed.number >= before:
                raise _damaged(self.where, _DISORDER)
            before = some[-1].sealed.number

    def count(self, kinds: Collection[str] = ()) -> int:
        wanted = select(func.count()).select_from(records)
        with self.reading() as connection:
            return connection.scalar(wanted.where(records.c.kind.in_(kinds)) if kinds else wanted) or 0

    def subject_of(self, pseudonym: str) -> str | None:
        with self.reading() as connection:
            return subject_of(connection, pseudonym)

    def rulebook(self, digest: str) -> StoredRulebook | None:
        with self.reading() as connection:
            row = connection.execute(select(rulebooks).where(rulebooks.c.digest == digest)).first()
        if row is None:
            return None
        if not (isinstance(row.files, bytes) and isinstance(row.compiled, bytes)):
            raise _damaged(self.where, f"the rulebook {digest} is not what was stored")
        return StoredRulebook(row.digest, row.files, row.compiled)

    def digests(self) -> list[str]:
        with self.reading() as connection:
            return list(connection.scalars(select(rulebooks.c.digest).order_by(rulebooks.c.digest)))

    def strays(self) -> list[str]:
        lost = select(openings.c.number).where(~exists().where(records.c.number == openings.c.number)).limit(1)
        unknown = select(patients.c.subject).where(~exists().where(records.c.subject == patients.c.subject)).limit(1)
        with self.reading() as connection:
            found = [("content of a record that is not there", lost), ("a patient of no record", unknown)]
            return [what for what, wanted in found if connection.scalar(wanted) is not None]

    def _rows(self, connection: Connection, wanted: Select[Any], parts: Collection[str]) -> Iterator[Row]:
        found = connection.execute(wanted).all()
        contents: dict[int, dict[str, bytes]] = {}
        if found and parts:
            numbers = [row.number for row in found]
            for kept in connection.execute(select(openings).where(openings.c.number.in_(numbers), openings.c.part.in_(parts))):
                if not isinstance(kept.content, bytes):
                    raise _damaged(self.where, f"the content of record {kept.number} is not what was stored")
                contents.setdefault(kept.number, {})[kept.part] = kept.content
        for row in found:
            record = _sealed(row, self.where)
            yield Row(record, row.kind, row.subject, row.previous, row.pseudonym, contents.get(row.number, {}))


def _sealed(row: Any, where: str) -> Sealed:
    """SQLite finds values of other types than it was given where its file was damaged."""
    there, maybe = (row.hash, row.body, row.kind), (row.signature, row.subject)
    if not (all(isinstance(value, str) for value in there) and all(isinstance(value, str | None) for value in maybe)):
        raise _damaged(where, f"record {row.number} is not what was stored")
    return Sealed(row.number, row.body, row.hash, row.signature)


def _damaged(where: str, what: str) -> InputError:
    return InputError([Problem(where, 0, "", f"is damaged: {what}. Restore it from a copy, and verify that")])


def subject_of(connection: Connection, pseudonym: str) -> str | None:
    return connection.scalar(select(patients.c.subject).where(patients.c.pseudonym == pseudonym))


def _of(subject: str | None, kinds: Collection[str]) -> Select[Any]:
    wanted = _wanted()
    if subject is not None:
        wanted = wanted.where(records.c.subject == subject)
    return wanted.where(records.c.kind.in_(kinds)) if kinds else wanted


def _wanted() -> Select[Any]:
    earlier = records.alias("earlier")
    previous = (
        select(func.max(earlier.c.number))
        .where(earlier.c.subject == records.c.subject, earlier.c.number < records.c.number)
        .scalar_subquery()
    )
    joined = records.outerjoin(patients, patients.c.subject == records.c.subject)
    return select(records, previous.label("previous"), patients.c.pseudonym).select_from(joined)
