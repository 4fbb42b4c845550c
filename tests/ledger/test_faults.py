"""What was acknowledged is there, whatever happens to the program, the disk, the file or the server; and the user is told in one line."""

import os
import random
import resource
import secrets
import shutil
import sqlite3
import subprocess
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from itertools import islice
from pathlib import Path

import pytest
from bench.postgres import NOBODY, Server

from euthymia.errors import InputError
from euthymia.ledger import postgres_store, sql_store, sqlite_store
from euthymia.ledger.opening import open_store
from euthymia.ledger.sql_store import SqlStore
from euthymia.ledger.store import Row, StoredRulebook
from tests.conftest import Light
from tests.ledger.conftest import Maker
from tests.ledger.making import BY, PARTS, Say, Task, as_nobody, chain, draft, forked, heard, killed, ledger_in, noon, store_at

NOTHING = "nothing was recorded"


# ---------------------------------------------------------------- kill -9


def append_till_killed(store: SqlStore, seed: int) -> Task:
    """Says what is there, adds records of all sizes as fast as it can, and says each that was acknowledged."""

    def task(say: Say) -> None:
        rng = random.Random(seed)
        say(number_of_last(store))
        ledger = ledger_in(store)
        while True:
            added = ledger.append(draft(f"p{rng.randrange(9)}", int(10 ** rng.uniform(1, 4.5)), rng))
            say(f"{added.number} {added.hash}")

    return task


def number_of_last(store: SqlStore) -> int:
    head = store.head()
    return 0 if head is None else head.sealed.number


def kill_writers(where: str, rounds: int, longest: float) -> tuple[list[list[str]], list[str]]:
    """What was acknowledged to the writer of each round before it was killed, and what a later one found missing."""
    rng = random.Random(rounds)
    said: list[list[str]] = []
    wrong = []
    known = 0
    with store_at(where) as store:
        ledger_in(store).append(draft())
        for turn in range(rounds):
            store.close()  # no connection goes to the other process: each makes its own, and finds the log as the one before left it
            found, *acknowledged = killed(append_till_killed(store, turn), rng.uniform(0, longest), words=turn % 3) or [str(known)]
            if int(found) < known:
                wrong.append(f"round {turn}: found {found}, and {known} had been acknowledged")
            known = max(known, *(int(line.split()[0]) for line in [found, *acknowledged]))
            said.append(acknowledged)
    return said, wrong


@pytest.mark.parametrize(("kind", "rounds", "longest"), [("sqlite", 120, 0.015), ("postgres", 30, 0.02)])
def test_a_writer_killed_at_any_moment_loses_nothing(
    request: pytest.FixtureRequest, light: Light, kind: str, rounds: int, longest: float
) -> None:
    """Many writers, one after the other: before they had begun, between records, and in the middle of one."""
    maker: Maker = request.getfixturevalue(f"{kind}_maker")
    said, wrong = light(kill_writers, maker.where, rounds, longest).result()
    assert wrong == []
    store = maker(writable=False)
    there = {f"{record.number} {record.hash}" for record in chain(store)}
    acknowledged = [line for lines in said for line in lines]
    assert not [line for line in acknowledged if line not in there]
    assert all(set(row.parts) == set(PARTS) for row in store.rows(1, PARTS))
    assert store.strays() == []
    assert any(said) and not all(said)  # some were killed before their first record, and some later


def forget_till_killed(store: SqlStore) -> Task:
    """Records a patient and forgets him again, over and over."""

    def task(say: Say) -> None:
        ledger = ledger_in(store)
        while True:
            patient = secrets.token_hex(8)
            added = ledger.append_all([draft(patient, 20_000), draft(patient, 100)])
            say(f"recorded {added[0].subject}")
            ledger.erase(patient, BY)
            say(f"erased {added[0].subject}")

    return task


def kill_forgetting(where: str, rounds: int, longest: float) -> list[list[str]]:
    rng = random.Random(rounds)
    said = []
    with store_at(where) as store:
        for turn in range(rounds):
            store.close()
            said.append(killed(forget_till_killed(store), rng.uniform(0, longest), words=turn % 3))
    return said


def state_of(rows: list[Row]) -> tuple[bool, bool]:
    """Of the records of one patient: is an erasure among them, and are there contents?"""
    assessments = [row for row in rows if row.kind == "assessment"]
    whole = {row.pseudonym is not None and set(row.parts) == set(PARTS) for row in assessments}
    bare = {row.pseudonym is None and not row.parts for row in assessments}
    assert len(assessments) == 2 and (whole, bare) in (({True}, {False}), ({False}, {True}))
    return any(row.kind == "erasure" for row in rows), whole == {True}


@pytest.mark.parametrize(("kind", "rounds", "longest"), [("sqlite", 60, 0.015), ("postgres", 24, 0.02)])
def test_a_patient_is_forgotten_wholly_or_not_at_all(
    request: pytest.FixtureRequest, light: Light, kind: str, rounds: int, longest: float
) -> None:
    """Killed in the middle of an erasure: it is recorded and all contents are gone, or it is not and all are there."""
    maker: Maker = request.getfixturevalue(f"{kind}_maker")
    said = light(kill_forgetting, maker.where, rounds, longest).result()
    store = maker(writable=False)
    chain(store)
    assert store.strays() == []
    of_subject: dict[str, list[Row]] = {}
    for row in store.rows(1, PARTS):
        of_subject.setdefault(str(row.subject), []).append(row)
    states = {subject: state_of(rows) for subject, rows in of_subject.items()}
    assert {*states.values()} <= {(True, False), (False, True)}
    words = [tuple(line.split()) for lines in said for line in lines]
    assert {subject for _, subject in words} <= states.keys()
    assert all(states[subject] == (True, False) for what, subject in words if what == "erased")
    assert {lines[-1].split()[0] for lines in said if lines} == {"recorded", "erased"}  # some were killed while they erased


# ---------------------------------------------------------------- the disk


def fill(store: SqlStore, least: int = 3) -> tuple[list[str], str]:
    """Records until one is refused; what was acknowledged, and what was told."""
    ledger = ledger_in(store)
    said: list[str] = []
    while True:
        try:
            added = ledger.append(draft(f"p{len(said)}", 9000, random.Random(len(said))))
        except InputError as error:
            assert len(said) >= least
            return said, str(error)
        said.append(f"{added.number} {added.hash}")


def full_then_freed(where: str) -> list[str]:
    """In a process whose files must not grow beyond half a megabyte, till they may again."""

    def task(say: Say) -> None:
        with store_at(where) as store:
            resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, resource.RLIM_INFINITY))
            said, told = fill(store)
            say(told)
            before = store.count()
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            say(before == store.count() == len(said) + 1)
            said.append("{0.number} {0.hash}".format(ledger_in(store).append(draft())))
            for line in said:
                say(line)

    return heard(*forked(task))


def test_a_file_that_cannot_grow_loses_nothing(sqlite_maker: Maker, light: Light) -> None:
    """The user is told, nothing half written stays, and recording goes on when there is room."""
    told, counted, *said = light(full_then_freed, sqlite_maker.where).result()
    assert told == f"{sqlite_maker.where}: cannot be read or written: the disk is full or failing; {NOTHING}"
    assert counted == "True"
    store = sqlite_maker(writable=False)
    assert [f"{record.number} {record.hash}" for record in chain(store)[1:]] == said
    assert store.strays() == []


def set_most_pages(store: SqlStore, most: int) -> None:
    with store.engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count={most}")


def require_refused_then_goes_on(store: SqlStore, make_room: Callable[[], None]) -> None:
    said, told = fill(store)
    assert told == f"{store.where}: cannot be written: the disk is full; {NOTHING}"
    assert [f"{record.number} {record.hash}" for record in chain(store)[1:]] == said
    assert store.strays() == []
    make_room()
    assert ledger_in(store).append(draft()).number == len(said) + 2
    assert all(set(row.parts) == set(PARTS) for row in store.rows(1, PARTS))


def test_a_full_database_loses_nothing(sqlite_maker: Maker) -> None:
    """SQLite itself says that it is full, in the middle of a record."""
    store = sqlite_maker()
    set_most_pages(store, 60)
    require_refused_then_goes_on(store, lambda: set_most_pages(store, 100_000))


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """Of less than a megabyte; where this user may not mount one, the test is left out."""
    folder = Path(tempfile.mkdtemp(prefix="euthymia-small-"))
    mounting = shutil.which("mount"), "-t", "tmpfs", "-o", "size=800k", "tmpfs", folder
    try:
        if mounting[0] is None or subprocess.run(mounting, check=False, capture_output=True).returncode:
            pytest.skip("a small disk cannot be mounted here")
        try:
            yield folder
        finally:
            subprocess.run(["umount", folder], check=True)
    finally:
        folder.rmdir()


def test_a_full_disk_loses_nothing(small_disk: Path) -> None:
    """A real one, made small; something else on it is then removed."""
    other = small_disk / "other"
    other.write_bytes(bytes(300_000))
    with store_at(str(small_disk / "ledger.sqlite")) as store:
        require_refused_then_goes_on(store, other.unlink)


def test_a_full_disk_while_old_pages_are_cleared_is_told_apart(sqlite_maker: Maker) -> None:
    """The erasure stands; what is left to do is said."""
    store = sqlite_maker()
    ledger_in(store).append_all([draft("p1", 200_000), draft("p2", 200_000)])
    set_most_pages(store, 70)
    with pytest.raises(InputError, match=r"the disk is full; the content was removed, but .* run `euthymia ledger scrub`"):
        ledger_in(store).erase("p1", BY)
    assert [record.kind for record in chain(store)][-1] == "erasure"
    set_most_pages(store, 100_000)
    store.scrub()
    assert [(row.pseudonym, set(row.parts)) for row in store.rows(1, PARTS)] == [(None, set()), ("p2", set(PARTS)), (None, set())]


# ---------------------------------------------------------------- rights


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """One that another user can reach."""
    folder = Path(tempfile.mkdtemp(prefix="euthymia-open-"))
    yield folder
    folder.chmod(0o700)
    shutil.rmtree(folder)


def use_as_nobody(where: str) -> list[str]:
    ready = draft()  # here: the other user may be unable to read what of Python was not read yet

    def task(say: Say) -> None:
        with store_at(where, writable=False) as store:
            say(f"{len(chain(store))} records, {sum(len(row.parts) for row in store.rows(parts=PARTS))} parts")
        with store_at(where) as store:
            say(ledger_in(store).append(ready).number)

    return as_nobody(task, NOBODY)


@pytest.mark.parametrize(
    ("file_mode", "folder_mode", "outcome"),
    [
        (0o600, 0o700, "4"),
        (0o400, 0o700, f"cannot be written: Permission denied; {NOTHING}"),
        (0o600, 0o500, f"cannot be written: it or its folder is read-only; {NOTHING}"),
        (0o400, 0o500, f"cannot be written: Permission denied; {NOTHING}"),
    ],
    ids=["all rights", "read-only file", "read-only folder", "read-only both"],
)
def test_what_is_read_only_can_be_read(open_folder: Path, light: Light, file_mode: int, folder_mode: int, outcome: str) -> None:
    """A writer is told why not; a reader, on a medium that nobody can write, sees everything."""
    file = open_folder / "ledger.sqlite"
    with store_at(str(file)) as store:
        ledger_in(store).append_all([draft(), draft()])
    if os.geteuid() == 0:
        os.chown(file, NOBODY, NOBODY)
        os.chown(open_folder, NOBODY, NOBODY)
    file.chmod(file_mode)
    open_folder.chmod(folder_mode)
    read, written = light(use_as_nobody, str(file)).result()
    assert read == "3 records, 6 parts"
    assert written == (outcome if outcome == "4" else f"refused: {file}: {outcome}")


def test_a_ledger_cannot_be_made_in_a_folder_that_is_read_only(open_folder: Path, light: Light) -> None:
    """Neither there nor in a folder that would have to be made."""
    open_folder.chmod(0o555)
    for where in (open_folder / "ledger.sqlite", open_folder / "new" / "ledger.sqlite"):
        assert light(make_as_nobody, str(where)).result() == [f"refused: {where}: cannot be written: Permission denied; {NOTHING}"]
    assert list(open_folder.iterdir()) == []


def make_as_nobody(where: str) -> list[str]:
    def task(say: Say) -> None:
        with store_at(where):
            say("made")

    return as_nobody(task, NOBODY)


# ---------------------------------------------------------------- several writers


def test_a_second_writer_waits_for_the_first(store_maker: Maker) -> None:
    """And then records what it has."""
    first, second = store_maker(), store_maker()
    ledger_in(first).append(draft())
    order: list[str] = []

    def clock() -> datetime:
        order.append("the second writes")
        return noon()

    waiting = threading.Thread(target=lambda: ledger_in(second, clock=clock).append(draft("p2")))
    with first.writing() as writing:
        waiting.start()
        waiting.join(0.2)
        writing.add_patient("subject", "p2")
        order.append("the first is done")
    waiting.join()
    assert order == ["the first is done", "the second writes"]
    assert [record.subject for record in chain(first)][2] == "subject"


def test_a_writer_does_not_wait_for_ever(store_maker: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says that another one is writing, and nothing is recorded; later it can be."""
    first = store_maker()
    ledger_in(first).append(draft())
    monkeypatch.setattr(sqlite_store, "_PATIENCE", 0.05)
    monkeypatch.setattr(postgres_store, "_PATIENCE", 0.05)
    second = store_maker()
    with first.writing(), pytest.raises(InputError, match=f"is busy: another program has been writing for too long; {NOTHING}"):
        ledger_in(second).append(draft())
    assert first.count() == 2
    assert ledger_in(second).append(draft()).number == 3


# ---------------------------------------------------------------- a damaged file

PAGE = 4096
CLEAR = ("is damaged: ", "is not a database", "holds no ledger yet", "was written by a newer euthymia")


def read_all(where: str) -> list[object]:
    """Whatever a store can be asked."""
    with store_at(where, writable=False) as store:
        found: list[object] = [(row, row.parts) for row in store.rows(parts=PARTS)]
        found += [store.head(), store.count(), store.subject_of("p1"), store.strays(), store.row(5, PARTS)]
        return [*found, *(store.rulebook(digest) for digest in store.digests()), *store.rows(kinds=("opening",))]


def outcome_of(where: str, whole: list[object]) -> str:
    """Of reading a damaged store: what is told, or `differs`, or `same` where nothing that is read was damaged."""
    return str(told_of(lambda: "same" if read_all(where) == whole else "differs"))


def is_clear(told: str) -> bool:
    return told.startswith(CLEAR) and len(told.splitlines()) == 1


def garbled(content: bytes, at: int, rng: random.Random) -> bytes:
    """A page of zeros, of noise, with a few wrong bytes, or another page in its place."""
    page = bytearray(content[at : at + PAGE])
    for _ in range(10):
        page[rng.randrange(PAGE)] = rng.randrange(256)
    another = rng.randrange(len(content) // PAGE) * PAGE
    instead = rng.choice([bytes(PAGE), rng.randbytes(PAGE), bytes(page), content[another : another + PAGE]])
    return content[:at] + instead + content[at + PAGE :]


def test_a_damaged_page_is_told_or_seen(sqlite_maker: Maker, tmp_path: Path) -> None:
    """Every page of the file in turn: no fault of the database comes out as anything but one clear line."""
    with store_at(sqlite_maker.where) as store:
        ledger_in(store).append_all([draft(f"p{number % 5}", 100 + 70 * number) for number in range(100)])
    whole = read_all(sqlite_maker.where)
    content = Path(sqlite_maker.where).read_bytes()
    rng = random.Random(8)
    outcomes: Counter[str] = Counter()
    for at in range(0, len(content), PAGE):
        damaged = tmp_path / f"{at}.sqlite"
        damaged.write_bytes(garbled(content, at, rng))
        outcomes[outcome_of(str(damaged), whole)] += 1
    clear = {told: times for told, times in outcomes.items() if is_clear(told)}
    assert clear.keys() | {"differs", "same"} >= outcomes.keys()
    assert sum(clear.values()) and outcomes["differs"]
    assert outcomes["same"] < outcomes.total() / 4  # some pages hold nothing that is asked for


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("UPDATE records SET body = CAST(body AS BLOB) WHERE number = 2", "record 2 is not what was stored"),
        ("UPDATE records SET hash = x'00' WHERE number = 2", "record 2 is not what was stored"),
        ("UPDATE records SET subject = x'00' WHERE number = 2", "record 2 is not what was stored"),
        ("UPDATE openings SET content = 'text' WHERE number = 2", "the content of record 2 is not what was stored"),
        ("UPDATE rulebooks SET files = 7", "the rulebook sha256:00 is not what was stored"),
        ("UPDATE patients SET pseudonym = CAST(x'7031ff' AS TEXT)", "the database cannot read its own pages"),
        ("UPDATE sqlite_master SET name = CAST(x'7031ff' AS TEXT) WHERE name = 'patients'", "the database cannot read its own pages"),
    ],
)
def test_values_that_nobody_stored_are_told_of(sqlite_maker: Maker, damage: str, told: str) -> None:
    """As a damaged page may hold them: of another type, or no text in any encoding. Nothing of them is shown."""
    with store_at(sqlite_maker.where) as store:
        ledger_in(store).append(draft(), StoredRulebook("sha256:00", b"files", b"compiled"))
    with closing(sqlite3.connect(sqlite_maker.where)) as connection:
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute(damage)
        connection.commit()
    assert told_of(lambda: read_all(sqlite_maker.where)) == f"is damaged: {told}. Restore it from a copy, and verify that"


def test_exchanged_pages_are_not_read_for_ever(sqlite_maker: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    """Records that are not in the order of their numbers would be found again and again, however many are read at a time."""
    with store_at(sqlite_maker.where) as store:
        ledger_in(store).append_all([draft() for _ in range(60)])
    file = Path(sqlite_maker.where)
    content = file.read_bytes()
    pages = [content[at : at + PAGE] for at in range(0, len(content), PAGE)]
    one, other, *_ = (number for number, page in enumerate(pages) if page[:1] == b"\x0d" and b"euthymia.record/1" in page)
    pages[one], pages[other] = pages[other], pages[one]
    file.write_bytes(b"".join(pages))
    reader = sqlite_maker(writable=False)
    outcomes = []
    for few in range(2, 12):
        monkeypatch.setattr(sql_store, "_A_FEW", few)
        outcomes.append(told_of(lambda: len([*islice(reader.rows(), 1000)])))
    assert 1000 not in outcomes
    assert "is damaged: its records are not in the order of their numbers" in {str(told).partition(".")[0] for told in outcomes}


def told_of(act: Callable[[], object]) -> object:
    """What comes of it, or what the user is told."""
    try:
        return act()
    except InputError as error:
        [problem] = error.problems
        return problem.message


@pytest.mark.parametrize("size", [0, 1, 100, 4096, 0.3, 0.5, 0.9])
def test_a_truncated_file_is_told_of(sqlite_maker: Maker, size: float) -> None:
    """At once, or when the missing part is read."""
    with store_at(sqlite_maker.where) as store:
        ledger_in(store).append_all([draft(f"p{number % 5}", 100 + 60 * number) for number in range(60)])
    whole = read_all(sqlite_maker.where)
    file = Path(sqlite_maker.where)
    os.truncate(file, int(size * file.stat().st_size) if 0 < size < 1 else int(size))
    assert is_clear(outcome_of(str(file), whole))


@pytest.mark.parametrize("content", [random.Random(7).randbytes(50_000), b"type: patient\n" * 500, bytes(20_000)])
def test_a_file_that_is_no_database_is_left_alone(sqlite_maker: Maker, content: bytes) -> None:
    """Whoever named the wrong file finds it unchanged."""
    file = Path(sqlite_maker.where)
    file.write_bytes(content)
    for writable in (True, False):
        with pytest.raises(InputError, match="is not a database"):
            sqlite_maker(writable)
    assert file.read_bytes() == content
    assert list(file.parent.iterdir()) == [file]


def test_an_empty_file_becomes_a_ledger(sqlite_maker: Maker) -> None:
    """As a new one would; a reader is told that nothing is there yet."""
    Path(sqlite_maker.where).touch()
    with pytest.raises(InputError, match="holds no ledger yet"):
        sqlite_maker(writable=False)
    assert ledger_in(sqlite_maker()).append(draft()).number == 2


@pytest.mark.parametrize("writable", [True, False])
def test_a_folder_is_no_ledger(tmp_path: Path, writable: bool) -> None:
    """Named by mistake: told in one line, and nothing is made in it."""
    with pytest.raises(InputError, match=r"Is a directory; nothing was recorded|no such ledger"):
        open_store(str(tmp_path), writable=writable)
    assert list(tmp_path.iterdir()) == []


def test_a_log_that_was_torn_ends_with_the_last_whole_record(sqlite_maker: Maker, tmp_path: Path) -> None:
    """Power fails while the log beside the file is written: wherever it is cut, a chain of whole records is left."""
    store = sqlite_maker()
    ledger_in(store).append_all([draft("p1"), draft("p2")])
    store.scrub()
    marks = [0]
    for number in range(6):
        ledger_in(store).append(draft(f"p{number}", 6000))
        marks.append(Path(f"{store.where}-wal").stat().st_size)
    file, log = (Path(f"{store.where}{end}").read_bytes() for end in ("", "-wal"))
    copy = tmp_path / "copy.sqlite"
    for cut in range(0, len(log) + 1, 5003):
        for beside in tmp_path.glob("copy.sqlite*"):
            beside.unlink()
        copy.write_bytes(file)
        Path(f"{copy}-wal").write_bytes(log[:cut])
        with store_at(str(copy)) as torn:
            assert len(chain(torn)) == 3 + max(place for place, mark in enumerate(marks) if mark <= cut)
            assert all(set(row.parts) == set(PARTS) for row in torn.rows(1, PARTS))


# ---------------------------------------------------------------- the server


def append_till_refused(where: str) -> tuple[list[str], str]:
    with store_at(where) as store:
        return fill(store)


def test_a_server_that_loses_power_keeps_what_was_acknowledged(postgres: Server, postgres_maker: Maker, light: Light) -> None:
    """Every process of it is killed while somebody records; afterwards all is there, and open stores go on."""
    store = postgres_maker()
    ledger_in(store).append(draft())
    for _ in range(2):
        before = store.count()
        writing = light(append_till_refused, postgres_maker.where)
        while store.count() < before + 5:
            assert not writing.done()
        postgres.kill()
        said, told = writing.result()
        with pytest.raises(InputError, match="cannot be used: "):
            store.count()
        postgres.start()
        assert told.startswith(f"{store.where}: cannot be used: ")
        assert len(told.splitlines()) == 1
        assert {*said} <= {f"{record.number} {record.hash}" for record in chain(store)}
        assert store.strays() == []
    assert ledger_in(store).append(draft()).number == store.count()


def test_a_copy_made_by_sqlite_is_a_ledger(sqlite_maker: Maker, tmp_path: Path) -> None:
    """A backup of a ledger in use can be read and written. It has no log yet, and who makes one waits for who is at the file."""
    store = sqlite_maker()
    ledger_in(store).append(draft())
    copy = tmp_path / "copy.sqlite"
    with closing(sqlite3.connect(store.where)) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))
    with store_at(str(copy), writable=False) as reader:
        assert chain(reader) == chain(store)
    added: list[int] = []

    def add() -> None:
        with store_at(str(copy)) as writer:
            added.append(ledger_in(writer).append(draft()).number)

    adding = threading.Thread(target=add)
    with closing(sqlite3.connect(copy, isolation_level=None)) as another:
        another.execute("BEGIN IMMEDIATE")
        adding.start()
        adding.join(0.2)
        assert adding.is_alive()
        another.execute("COMMIT")
    adding.join()
    assert added == [3]
