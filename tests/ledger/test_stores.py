"""What every store does, on SQLite and on PostgreSQL."""

import os
import re
import socket
import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import event, insert, text

from euthymia.errors import InputError
from euthymia.ledger.commitments import packed
from euthymia.ledger.opening import open_store
from euthymia.ledger.record import Asker, Draft, checkpoint
from euthymia.ledger.signing import Signer, is_signed, make_key
from euthymia.ledger.sql_store import SqlStore
from euthymia.ledger.store import StoredRulebook
from euthymia.ledger.tables import metadata, openings
from tests.conftest import Light
from tests.ledger.conftest import Maker
from tests.ledger.making import BY, PARTS, Say, at_once, chain, draft, everything, ledger_in, store_at

RULEBOOK = StoredRulebook("sha256:00", b"files", b"compiled")


# ---------------------------------------------------------------- records


def test_the_first_record_follows_an_opening(store_maker: Maker) -> None:
    """An empty ledger is opened by whoever records first, and every record holds the digest of the one before."""
    store = store_maker()
    added = ledger_in(store).append(draft())
    opening, first = chain(store)
    assert (opening.kind, opening.number, opening.data["before"], opening.by) == ("opening", 1, None, BY)
    assert (first, first.number, first.data["before"]) == (added, 2, opening.hash)
    assert opening.data["ledger"] == first.data["ledger"]


def test_records_come_back_byte_for_byte(store_maker: Maker) -> None:
    """Texts of any script, and contents of any size, are read as they were written."""
    drafts = [draft("Ænne Øre 患者 🫀", 300_000), draft("p\\x00'\";--", 10)]
    writer = store_maker()
    added = ledger_in(writer).append_all(drafts)
    rows = list(store_maker(writable=False).rows(1, PARTS))
    assert [row.sealed for row in rows] == added
    assert [row.parts for row in rows] == [{name: packed(part) for name, part in one.parts.items()} for one in drafts]
    assert [{name: row.part(name) for name in PARTS} for row in rows] == [one.parts for one in drafts]
    assert [row.pseudonym for row in rows] == [one.patient for one in drafts]


def test_parts_are_read_when_asked_for(store_maker: Maker) -> None:
    """Nothing of a patient is fetched that nobody wanted."""
    store = store_maker()
    ledger_in(store).append(draft())
    head, none, one = store.head(), store.row(2), store.row(2, ("facts",))
    assert head is not None and none is not None and one is not None
    assert (head.parts, none.parts, set(one.parts)) == ({}, {}, {"facts"})
    assert none.part("facts") == () and len(one.part("facts")) == 2
    assert store.row(3) is None


def test_rows_come_in_order_a_few_at_a_time(store_maker: Maker) -> None:
    """A long ledger is not read at once: what is added while the first of it is looked at is still found."""
    store = store_maker()
    ledger = ledger_in(store)
    ledger.append_all([draft(f"p{number % 3}") for number in range(120)])
    rows = store.rows()
    seen = [next(rows).sealed.number]
    ledger.append(draft())
    seen += [row.sealed.number for row in rows]
    assert seen == list(range(1, 123))
    assert [row.sealed.number for row in store.rows(after=100)] == list(range(101, 123))


def test_rows_come_backwards_a_few_at_a_time(store_maker: Maker) -> None:
    """The newest of a long ledger are there at once; what is added meanwhile is newer than all that is looked at."""
    store = store_maker()
    ledger = ledger_in(store)
    assert list(store.rows_back()) == []
    ledger.append_all([draft(f"p{number % 3}") for number in range(120)])
    rows = store.rows_back(parts=PARTS)
    first = next(rows)
    ledger.append(draft())
    assert (first.sealed.number, set(first.parts), first.pseudonym) == (121, set(PARTS), "p2")
    assert [row.sealed.number for row in rows] == list(range(120, 0, -1))
    assert [row.sealed.number for row in store.rows_back(5)] == [4, 3, 2, 1]
    of_one = [row.sealed.number for row in store.rows_back(119, subject=store.subject_of("p0"), kinds=("assessment",))]
    assert of_one == list(range(116, 1, -3))
    assert [row.sealed.number for row in store.rows_back(kinds=("opening",))] == [1]


def test_rows_are_filtered_by_subject_and_kind(store_maker: Maker) -> None:
    """Of one patient, of some kinds, and of both."""
    store = store_maker()
    ledger = ledger_in(store)
    ledger.append_all([draft(f"p{number % 3}") for number in range(180)])
    ledger.append(Draft("response", BY, {"to": 2}, "p0"))
    subject = store.subject_of("p0")
    of_one = [*range(2, 182, 3), 182]
    assert [row.sealed.number for row in store.rows(subject=subject)] == of_one
    assert [row.sealed.number for row in store.rows(subject=subject, kinds=("assessment",))] == of_one[:-1]
    assert [row.sealed.number for row in store.rows(kinds=("opening", "response"))] == [1, 182]
    assert [row.sealed.number for row in store.rows(after=170, parts=PARTS, subject=subject)] == [173, 176, 179, 182]
    assert (store.count(), store.count(("assessment",)), store.count(("opening", "response"))) == (182, 180, 2)


def test_a_record_names_the_one_before_it_of_the_same_patient(store_maker: Maker) -> None:
    """Under a random name; only the store knows whose it is."""
    store = store_maker()
    ledger = ledger_in(store)
    added = [ledger.append(draft(patient)) for patient in ("p1", "p2", "p1", "p2", "p1")]
    rows = list(store.rows(1))
    assert [row.previous for row in rows] == [None, None, 2, 3, 4]
    assert [record.data["previous"] for record in added] == [None, None, 2, 3, 4]
    assert [row.pseudonym for row in rows] == ["p1", "p2", "p1", "p2", "p1"]
    assert [row.subject for row in rows] == [record.subject for record in added]
    assert {record.subject for record in added} == {store.subject_of("p1"), store.subject_of("p2")}
    assert store.subject_of("p3") is None
    assert all("p1" not in record.body and "p2" not in record.body for record in added)


def test_a_rulebook_is_stored_once(store_maker: Maker) -> None:
    """However many records name it."""
    store = store_maker()
    ledger = ledger_in(store)
    for rulebook in (RULEBOOK, StoredRulebook("sha256:01", b"", b"\x00\xff"), StoredRulebook(RULEBOOK.digest, b"others", b"others")):
        ledger.append(draft(), rulebook)
    assert store.digests() == ["sha256:00", "sha256:01"]
    assert store.rulebook(RULEBOOK.digest) == RULEBOOK
    assert store.rulebook("sha256:02") is None


def test_a_clock_that_goes_back_is_recorded(store_maker: Maker) -> None:
    """The order of records stays that of their numbers, and the next record is measured by the one before it."""
    start = datetime(2026, 11, 20, 12, tzinfo=UTC)
    times = iter([start, start, start - timedelta(hours=1), start - timedelta(hours=1), start + timedelta(microseconds=1)])
    store = store_maker()
    ledger = ledger_in(store, clock=lambda: next(times))
    for number in range(4):
        ledger.append(draft(f"p{number}"))
    assert [record.data["clock_went_back"] for record in chain(store)] == [False, False, True, False, False]
    assert [row.pseudonym for row in store.rows(1)] == ["p0", "p1", "p2", "p3"]


# ---------------------------------------------------------------- all or nothing


def test_an_exception_while_writing_leaves_nothing(store_maker: Maker) -> None:
    """Neither the record nor a patient nor a rulebook; the store goes on."""
    store = store_maker()
    ledger = ledger_in(store)
    ledger.append(draft())
    before = everything(store)
    with pytest.raises(ZeroDivisionError):
        write_and_fail(store)
    assert everything(store) == before
    assert ledger.append(draft()).number == 3


def write_and_fail(store: SqlStore) -> None:
    with store.writing() as writing:
        writing.add_patient("subject", "somebody")
        writing.add_rulebook(RULEBOOK)
        assert writing.subject_of("somebody") == "subject"
        raise ZeroDivisionError


def test_several_records_are_added_all_or_none(store_maker: Maker) -> None:
    """The second cannot be made: the first is not there either, nor the opening."""
    times = iter([datetime(2026, 11, 20, tzinfo=UTC)] * 2)
    store = store_maker()
    empty = everything(store)
    with pytest.raises(StopIteration):
        ledger_in(store, clock=lambda: next(times)).append_all([draft("p1"), draft("p2")], RULEBOOK)
    assert everything(store) == empty
    assert [record.number for record in ledger_in(store).append_all([draft("p1"), draft("p2")])] == [2, 3]


# ---------------------------------------------------------------- several at once


def writers(where: str, many: int, each: int) -> list[list[str]]:
    """Processes that open the store, and add records, at the same moment; what each says is the numbers and digests it was given."""

    def task(number: int, say: Say) -> None:
        with store_at(where) as store:
            ledger = ledger_in(store)
            for _ in range(each):
                added = ledger.append(draft(f"p{number}"))
                say(f"{added.number} {added.hash}")

    return at_once(many, task)


def test_writers_at_once_lose_nothing_and_keep_one_chain(store_maker: Maker, light: Light) -> None:
    """Four processes, twenty-five records each."""
    store = store_maker()
    said = light(writers, store_maker.where, 4, 25).result()
    assert [len(lines) for lines in said] == [25] * 4
    records = chain(store)
    assert sorted(line for lines in said for line in lines) == sorted(f"{record.number} {record.hash}" for record in records[1:])
    for number in range(4):
        own = [row for row in store.rows(1, PARTS) if row.pseudonym == f"p{number}"]
        assert [f"{row.sealed.number} {row.sealed.hash}" for row in own] == said[number]
        assert all(set(row.parts) == set(PARTS) for row in own)
    assert store.strays() == []


def test_two_who_open_a_ledger_at_the_same_moment_open_one(store_maker: Maker, light: Light) -> None:
    """Both make the tables, and both make the first record: one of them waits for the other."""
    said = light(writers, store_maker.where, 2, 1).result()
    assert sorted(line.split()[0] for lines in said for line in lines) == ["2", "3"]
    assert [record.kind for record in chain(store_maker(writable=False))] == ["opening", "assessment", "assessment"]


def test_several_files_are_each_begun_by_three_at_the_same_moment(tmp_path: Path, light: Light) -> None:
    """Making a file has more moments than one at which another process can meet it."""
    for number in range(5):
        where = str(tmp_path / f"{number}.sqlite")
        said = light(writers, where, 3, 1).result()
        assert sorted(line.split()[0] for lines in said for line in lines) == ["2", "3", "4"]
        with store_at(where, writable=False) as store:
            assert [record.kind for record in chain(store)] == ["opening", *["assessment"] * 3]


def test_a_ledger_opened_twice_by_one_program_loses_nothing(store_maker: Maker, light: Light) -> None:
    """Whoever comes and goes meanwhile must not take its log for one that nobody uses any more."""
    store = store_maker()
    said = [ledger_in(store).append(draft()).hash]
    for _ in range(2):
        store_maker()
        said += [line.split()[1] for [line] in light(writers, store_maker.where, 1, 1).result()]
        said.append(ledger_in(store).append(draft()).hash)
    store_maker.close()
    with store_at(store_maker.where, writable=False) as reader:
        assert [record.hash for record in chain(reader)[1:]] == said


def test_a_reader_does_not_block_a_writer(store_maker: Maker) -> None:
    """The reader goes on seeing the moment at which it began."""
    writer, reader = store_maker(), store_maker(writable=False)
    ledger = ledger_in(writer)
    ledger.append(draft())
    count_records = text("SELECT count(*) FROM records")
    with reader.reading() as connection:
        assert connection.scalar(count_records) == 2
        assert ledger.append(draft()).number == 3
        assert connection.scalar(count_records) == 2
    assert reader.count() == 3


def test_a_reader_sees_a_patient_whole_or_not_at_all(store_maker: Maker) -> None:
    """Somebody is forgotten between two questions of one reading: it shows name and contents still."""
    writer, reader = store_maker(), store_maker(writable=False)
    ledger_in(writer).append(draft())
    left = ["forget"]

    @event.listens_for(reader.engine, "before_cursor_execute")
    def between(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if "FROM openings" in statement and left:
            left.clear()
            with writer.writing() as writing:
                writing.forget(str(writing.subject_of("p1")))

    [first], [second] = list(reader.rows(1, PARTS)), list(reader.rows(1, PARTS))
    assert not left
    assert (first.pseudonym, set(first.parts)) == ("p1", set(PARTS))
    assert (second.pseudonym, set(second.parts)) == (None, set())


def test_a_server_that_isolates_more_keeps_one_chain(postgres_maker: Maker, light: Light, postgres: Any) -> None:
    """Where transactions see only what was there when they began, the writer who waited still finds the last record."""
    name = postgres_maker.where.rpartition("/")[2]
    postgres.run(f"ALTER DATABASE {name} SET default_transaction_isolation TO 'serializable'")
    said = light(writers, postgres_maker.where, 3, 5).result()
    assert [len(lines) for lines in said] == [5] * 3
    assert len(chain(postgres_maker(writable=False))) == 16


# ---------------------------------------------------------------- signatures


def made(folder: Path, name: str) -> Signer:
    return make_key(folder / name)


@pytest.mark.parametrize("other", [None, "another"])
def test_a_signed_ledger_refuses_who_has_not_its_key(store_maker: Maker, tmp_path: Path, other: str | None) -> None:
    """Nothing is written, neither a record nor an erasure."""
    store = store_maker()
    ledger_in(store, made(tmp_path, "key")).append(draft())
    before = everything(store)
    stranger = ledger_in(store, other and made(tmp_path, other))
    for attempt in (lambda: stranger.append(draft("p2")), lambda: stranger.erase("p1", BY)):
        with pytest.raises(InputError, match=r"is signed.*nothing was recorded"):
            attempt()
    assert everything(store) == before


def test_an_unsigned_ledger_refuses_a_signature(store_maker: Maker, tmp_path: Path) -> None:
    """Signing begins with a record that says so."""
    store = store_maker()
    ledger_in(store).append(draft())
    with pytest.raises(InputError, match="is not signed so far"):
        ledger_in(store, made(tmp_path, "key")).append(draft())
    assert store.count() == 2


def test_a_change_of_key_is_signed_with_the_key_before(store_maker: Maker, tmp_path: Path) -> None:
    """From the next record on, the new one counts, and the old one is refused."""
    first, second = made(tmp_path, "first"), made(tmp_path, "second")
    store = store_maker()
    ledger = ledger_in(store, first)
    ledger.append(draft())
    ledger.change_key(second, BY)
    ledger.append(draft())
    signed = [checkpoint(record.data["ledger"], record.number, record.hash) for record in chain(store)]
    signatures = [str(record.signature) for record in chain(store)]
    by = [[signer for signer in (first, second) if is_signed(signer.public, *pair)] for pair in zip(signed, signatures, strict=True)]
    assert by == [[first], [first], [first], [second]]
    with pytest.raises(InputError, match="is signed with another key"):
        ledger_in(store, first).append(draft())


def test_signing_can_begin_late(store_maker: Maker, tmp_path: Path) -> None:
    """The record that names the key is the last without a signature."""
    store = store_maker()
    ledger = ledger_in(store)
    ledger.append(draft())
    ledger.change_key(made(tmp_path, "key"), BY)
    ledger.append(draft())
    assert [record.signature is not None for record in chain(store)] == [False, False, False, True]


# ---------------------------------------------------------------- forgetting


def test_an_erasure_removes_one_patient(store_maker: Maker) -> None:
    """Contents and name of this one go, the sealed texts stay, the others keep theirs."""
    store = store_maker()
    ledger = ledger_in(store)
    ledger.append_all([draft("p1"), draft("p2"), draft("p1")])
    sealed = chain(store)
    subject = store.subject_of("p1")
    erasure = ledger.erase("p1", Asker("auditor", "a1"))
    assert chain(store) == [*sealed, erasure]
    assert (erasure.kind, erasure.subject, erasure.by, erasure.data["previous"]) == ("erasure", subject, Asker("auditor", "a1"), 4)
    rows = list(store.rows(1, PARTS))
    assert [(row.pseudonym, set(row.parts)) for row in rows] == [(None, set()), ("p2", set(PARTS)), (None, set()), (None, set())]
    assert [row.subject for row in rows] == [subject, store.subject_of("p2"), subject, subject]
    assert store.subject_of("p1") is None
    assert store.strays() == []


def test_a_patient_who_comes_again_is_somebody_else(store_maker: Maker) -> None:
    """Nothing links the new records to those that were erased; who was erased cannot be erased again."""
    store = store_maker()
    ledger = ledger_in(store)
    before = ledger.append(draft())
    ledger.erase("p1", BY)
    with pytest.raises(InputError, match="holds no patient of this name"):
        ledger.erase("p1", BY)
    after = ledger.append(draft())
    assert after.subject not in (None, before.subject)
    assert after.data["previous"] is None
    row = store.row(after.number, PARTS)
    assert row is not None and row.pseudonym == "p1" and set(row.parts) == set(PARTS)


def test_what_belongs_to_no_record_is_found(store_maker: Maker) -> None:
    """A patient without records, and contents without a record, which the database itself would have refused."""
    store = store_maker()
    ledger_in(store).append(draft())
    assert store.strays() == []
    with store.writing() as writing:
        writing.add_patient("subject", "somebody")
    assert store.strays() == ["a patient of no record"]
    loosen = {"sqlite": "PRAGMA foreign_keys=OFF", "postgresql": "ALTER TABLE openings DROP CONSTRAINT openings_number_fkey"}
    with store.engine.connect() as connection:
        connection.execute(text(loosen[store_maker.kind]))
        connection.execute(insert(openings), {"number": 99, "part": "facts", "content": b""})
        connection.commit()
    assert store.strays() == ["content of a record that is not there", "a patient of no record"]


# ---------------------------------------------------------------- tables


def test_the_migrations_make_the_tables_that_the_program_knows(store_maker: Maker) -> None:
    """Column for column, with their keys and indices; and they are the same after something was forgotten."""
    store = store_maker()
    for _ in range(2):
        with store.reading() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
            assert compare_metadata(context, metadata) == []
        ledger_in(store).append(draft())
        ledger_in(store).erase("p1", BY)


def run(store: SqlStore, statement: str) -> None:
    with store.writing() as writing:
        writing.connection.execute(text(statement))


def test_a_store_of_a_newer_program_is_left_alone(store_maker: Maker) -> None:
    """Readers and writers are told to upgrade, and nothing is changed."""
    store = store_maker()
    ledger_in(store).append(draft())
    for version in ("2", "99", "a1b2c3"):
        run(store, f"UPDATE alembic_version SET version_num = '{version}'")
        before = everything(store)
        for writable in (True, False):
            with pytest.raises(InputError, match=rf"written by a newer euthymia \(tables {version}, .* nothing was changed\. Upgrade"):
                store_maker(writable)
        assert everything(store) == before


def somebody_elses(maker: Maker, statements: list[str]) -> Any:
    """Tables of another program in the database, and what can be compared later."""
    if maker.kind == "sqlite":
        with closing(sqlite3.connect(maker.where)) as connection:
            for statement in statements:
                connection.execute(statement)
            connection.commit()
        return lambda: Path(maker.where).read_bytes()
    store = maker()
    for table in (*reversed(metadata.sorted_tables), "alembic_version"):
        run(store, f"DROP TABLE {table}")
    for statement in statements:
        run(store, statement)
    return lambda: everything(store)


@pytest.mark.parametrize(
    "statements",
    [
        ["CREATE TABLE invoices (number integer)", "INSERT INTO invoices VALUES (7)"],
        [
            "CREATE TABLE invoices (number integer)",
            "CREATE TABLE alembic_version (version_num text)",
            "INSERT INTO alembic_version VALUES (1)",
        ],
        ["CREATE TABLE records (invoice integer)"],
    ],
    ids=["another table", "another that is migrated", "one of the same name"],
)
def test_a_database_of_something_else_is_left_alone(store_maker: Maker, statements: list[str]) -> None:
    """Whoever mistook the file or the address loses nothing."""
    contents = somebody_elses(store_maker, statements)
    before = contents()
    for writable in (True, False):
        with pytest.raises(InputError, match=r"is a database of something else: it holds the table (invoices|records)"):
            store_maker(writable)
    assert contents() == before
    assert not list(Path(store_maker.where).parent.glob("ledger.sqlite-*"))


def test_a_reader_makes_no_ledger(store_maker: Maker) -> None:
    """Where there is no file, none is made, and no tables in an empty database."""
    with pytest.raises(InputError, match=r"no such ledger|holds no ledger yet"):
        store_maker(writable=False)
    assert not list(Path(store_maker.where).parent.glob("ledger*"))
    store = store_maker()  # were there tables, this would refuse them or find records
    assert (store.count(), store.head(), store.digests(), list(store.rows())) == (0, None, [], [])


# ---------------------------------------------------------------- one file


def test_a_new_file_is_its_owners_alone(tmp_path: Path) -> None:
    """The file, the folder that is made for it, and the log beside it, whatever the system's default is."""
    before = os.umask(0)
    try:
        with store_at(str(tmp_path / "new" / "ledger.sqlite")) as store:
            ledger_in(store).append(draft())
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "new").iterdir()}
    finally:
        os.umask(before)
    assert modes == {"ledger.sqlite": 0o600, "ledger.sqlite-wal": 0o600, "ledger.sqlite-shm": 0o600}
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


def test_every_connection_to_a_file_is_told_what_matters(sqlite_maker: Maker) -> None:
    """To flush each record to the disk, to overwrite what is deleted, and to refuse contents without a record."""
    store = sqlite_maker()
    with store.writing() as first, store.reading() as second:
        for connection in (first.connection, second):
            settings = ("journal_mode", "synchronous", "secure_delete", "foreign_keys")
            assert [connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in settings] == ["wal", 2, 1, 1]


# ---------------------------------------------------------------- one server


def test_a_password_is_in_no_message(postgres_maker: Maker) -> None:
    """Not where the store is named, nor where a connection is refused, wherever in the address it stands."""
    where = postgres_maker.where
    password = re.findall(":([0-9a-f]{32})@", where)[0]
    said = [postgres_maker().where, repr(postgres_maker().engine)]
    elsewhere = where.replace(f":{password}", "") + f"?password={password}"
    said.append(open_and_close(elsewhere))
    wrong = password[::-1]
    for address in (where.replace(password, wrong), elsewhere.replace(password, wrong), where + "x", elsewhere.replace("?", "x?")):
        with pytest.raises(InputError) as refused:
            open_store(address, writable=True)
        said.append(f"{refused.value} {refused.value.problems!r}")
    assert not [line for line in said if password in line or wrong in line]
    assert all("127.0.0.1" in line for line in said)


def open_and_close(where: str) -> str:
    with store_at(where) as store:
        return store.where


def test_a_server_that_does_not_answer_is_told_of() -> None:
    """In one line, without a traceback."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        for writable in (True, False):
            with pytest.raises(InputError, match="cannot be used: ") as refused:
                open_store(f"postgresql://clinic@127.0.0.1:{port}/ledger", writable=writable)
            assert len(str(refused.value).splitlines()) == 1


def test_a_user_without_rights_is_told_of(postgres_maker: Maker, postgres: Any) -> None:
    """One who may not make tables, and one who may only read."""
    number = next(_numbers)
    postgres.run(f"CREATE ROLE guest{number} LOGIN PASSWORD 'guest'")
    name = postgres_maker.where.rpartition("/")[2]
    guest = f"postgresql://guest{number}:guest@127.0.0.1:{postgres.port}/{name}"
    with pytest.raises(InputError, match="lacks the right"):
        open_store(guest, writable=True)
    ledger_in(postgres_maker()).append(draft())
    with pytest.raises(InputError, match="lacks the right"):
        open_store(guest, writable=False)
    run(postgres_maker(), f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO guest{number}")
    with store_at(guest, writable=False) as reader:
        assert len(chain(reader)) == 2
    with store_at(guest) as store, pytest.raises(InputError, match=r"lacks the right.*nothing was recorded"):
        ledger_in(store).append(draft())


_numbers = count()
