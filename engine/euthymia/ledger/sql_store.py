"""Records in a database, by SQLAlchemy: what SQLite and PostgreSQL have in common."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Engine, delete, exists, func, insert, select
from sqlalchemy.sql import Select

from euthymia.ledger.record import Sealed
from euthymia.ledger.store import Row, StoredRulebook
from euthymia.ledger.tables import openings, patients, records, rulebooks

_A_FEW = 50


class SqlWriting:
    """See store.Writing."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def head(self) -> Sealed | None:
        return self._last(select(records))

    def last_of_kinds(self, kinds: Collection[str]) -> Sealed | None:
        return self._last(select(records).where(records.c.kind.in_(kinds)))

    def _last(self, wanted: Select[Any]) -> Sealed | None:
        row = self.connection.execute(wanted.order_by(records.c.number.desc()).limit(1)).first()
        return None if row is None else sealed(row)

    def last_of_subject(self, subject: str) -> int | None:
        return self.connection.scalar(select(func.max(records.c.number)).where(records.c.subject == subject))

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


class SqlStore:
    """See store.Store. `reading` and `writing` are the database's own."""

    def __init__(self, engine: Engine, where: str) -> None:
        self.engine = engine
        self.where = where

    def writing(self) -> AbstractContextManager[SqlWriting]:
        raise NotImplementedError

    def reading(self) -> AbstractContextManager[Connection]:
        raise NotImplementedError

    def scrub(self) -> None:
        raise NotImplementedError

    def close(self) -> None:
        self.engine.dispose()

    def row(self, number: int, parts: Collection[str] = ()) -> Row | None:
        with self.reading() as connection:
            return next(_rows(connection, _wanted().where(records.c.number == number), parts), None)

    def head(self) -> Row | None:
        with self.reading() as connection:
            return next(_rows(connection, _wanted().order_by(records.c.number.desc()).limit(1), ()), None)

    def rows(
        self, after: int = 0, parts: Collection[str] = (), *, subject: str | None = None, kinds: Collection[str] = ()
    ) -> Iterator[Row]:
        wanted = _wanted()
        if subject is not None:
            wanted = wanted.where(records.c.subject == subject)
        if kinds:
            wanted = wanted.where(records.c.kind.in_(kinds))
        while True:
            with self.reading() as connection:
                some = list(_rows(connection, wanted.where(records.c.number > after).order_by(records.c.number).limit(_A_FEW), parts))
            yield from some
            if len(some) < _A_FEW:
                return
            after = some[-1].sealed.number

    def count(self) -> int:
        with self.reading() as connection:
            return connection.scalar(select(func.count()).select_from(records)) or 0

    def subject_of(self, pseudonym: str) -> str | None:
        with self.reading() as connection:
            return subject_of(connection, pseudonym)

    def rulebook(self, digest: str) -> StoredRulebook | None:
        with self.reading() as connection:
            row = connection.execute(select(rulebooks).where(rulebooks.c.digest == digest)).first()
        return None if row is None else StoredRulebook(row.digest, row.files, row.compiled)

    def digests(self) -> list[str]:
        with self.reading() as connection:
            return list(connection.scalars(select(rulebooks.c.digest).order_by(rulebooks.c.digest)))

    def strays(self) -> list[str]:
        lost = select(openings.c.number).where(~exists().where(records.c.number == openings.c.number)).limit(1)
        unknown = select(patients.c.subject).where(~exists().where(records.c.subject == patients.c.subject)).limit(1)
        with self.reading() as connection:
            found = [("content of a record that is not there", lost), ("a patient of no record", unknown)]
            return [what for what, wanted in found if connection.scalar(wanted) is not None]


def sealed(row: Any) -> Sealed:
    return Sealed(row.number, row.body, row.hash, row.signature)


def subject_of(connection: Connection, pseudonym: str) -> str | None:
    return connection.scalar(select(patients.c.subject).where(patients.c.pseudonym == pseudonym))


def _wanted() -> Select[Any]:
    earlier = records.alias("earlier")
    previous = (
        select(func.max(earlier.c.number))
        .where(earlier.c.subject == records.c.subject, earlier.c.number < records.c.number)
        .scalar_subquery()
    )
    joined = records.outerjoin(patients, patients.c.subject == records.c.subject)
    return select(records, previous.label("previous"), patients.c.pseudonym).select_from(joined)


def _rows(connection: Connection, wanted: Select[Any], parts: Collection[str]) -> Iterator[Row]:
    found = connection.execute(wanted).all()
    contents: dict[int, dict[str, bytes]] = {}
    if found and parts:
        numbers = [row.number for row in found]
        of_these = select(openings).where(openings.c.number.in_(numbers), openings.c.part.in_(parts)).order_by(openings.c.number)
        for number, some in groupby(connection.execute(of_these), lambda row: int(row.number)):
            contents[number] = {row.part: row.content for row in some}
    for row in found:
        yield Row(sealed(row), row.kind, row.subject, row.previous, row.pseudonym, contents.get(row.number, {}))
