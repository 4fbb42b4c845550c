"""After a patient was erased, nothing of what was recorded of him is left in the files of the store."""

import random
from collections.abc import Iterable
from pathlib import Path

import pytest
from bench.postgres import Server
from sqlalchemy import text

from euthymia.errors import InputError
from euthymia.ledger import postgres_store, sqlite_store
from euthymia.ledger.faults import STILL_READ
from euthymia.ledger.sql_store import SqlStore
from tests.ledger.conftest import Maker
from tests.ledger.making import BY, PARTS, chain, draft, ledger_in

SMALL = (3.0, 3.4, 4.2)  # many records to a page, so that rows are moved from page to page
LARGE = (3.0, 3.0, 3.0, 3.0, 3.0, 3.0, 5.5)  # some of many pages
_LONG = 24
_PLACES = 6


def traces(store: SqlStore, patient: str) -> list[bytes]:
    """What to search for: the pseudonym, and of each of his contents some pieces, a little longer than a salt."""
    found = [patient.encode()]
    for row in store.rows(parts=PARTS, subject=store.subject_of(patient)):
        for content in row.parts.values():
            step = max(_LONG, len(content) // _PLACES)
            found += [content[at : at + _LONG] for at in range(0, len(content) - _LONG, step)]
    assert len(found) > len(PARTS)
    return found


def unlike(store: SqlStore, pieces: list[bytes]) -> list[bytes]:
    """Without those that somebody else's contents have too: short texts of one kind are compressed in one way."""
    contents = b"".join(content for row in store.rows(parts=PARTS) for content in row.parts.values())
    return [piece for piece in pieces if piece not in contents]


def left(files: Iterable[Path], wanted: list[bytes]) -> list[bytes]:
    contents = b"".join(file.read_bytes() for file in files)
    return [piece for piece in wanted if piece in contents]


def are_there(files: Iterable[Path], wanted: list[bytes]) -> bool:
    """All but a few, which begin on one page and end on another."""
    return len(left(files, wanted)) >= 0.95 * len(wanted)


def files_of(store: SqlStore) -> list[Path]:
    """The file, its log, and whatever else lies beside them."""
    return list(Path(store.where).parent.iterdir())


class Ward:
    """Patients who come, come again and are erased, at random. `sizes` of their records: powers of ten, at most."""

    def __init__(self, store: SqlStore, seed: int, sizes: tuple[float, ...] = LARGE) -> None:
        self.store = store
        self.sizes = sizes
        self.rng = random.Random(seed)
        self.ledger = ledger_in(store)
        self.patients: list[str] = []
        self.erased: list[bytes] = []

    def record(self) -> None:
        if not self.patients or self.rng.random() < 0.6:
            self.patients.append(f"patient-{self.rng.randbytes(12).hex()}")
        size = int(10 ** self.rng.uniform(2, self.rng.choice(self.sizes)))
        self.ledger.append(draft(self.rng.choice(self.patients), size, self.rng))

    def forget(self) -> None:
        patients = [patient for patient in self.patients if self.store.subject_of(patient)]
        if patients:
            patient = self.rng.choice(patients)
            self.patients.remove(patient)
            wanted = traces(self.store, patient)
            self.ledger.erase(patient, BY)
            self.erased += unlike(self.store, wanted)

    def traces_of_others(self) -> list[bytes]:
        return [piece for patient in self.patients if self.store.subject_of(patient) for piece in traces(self.store, patient)]


@pytest.mark.parametrize(("seed", "sizes"), [(44, SMALL), (52, SMALL), (16, LARGE)])  # where deleting alone would not do
def test_nothing_of_an_erased_patient_is_left_in_any_file(sqlite_maker: Maker, seed: int, sizes: tuple[float, ...]) -> None:
    """Neither in the file nor in its log: after each erasure, of this patient and of all who were erased before."""
    store = sqlite_maker()
    ward = Ward(store, seed, sizes)
    for _ in range(10):
        for _ in range(5):
            ward.record()
        ward.forget()
        assert left(files_of(store), unlike(store, ward.erased)) == []
        assert are_there(files_of(store), ward.traces_of_others())
    assert len(unlike(store, ward.erased)) > 0.8 * len(ward.erased) > 100
    chain(store)
    assert store.strays() == []


def test_a_reader_of_old_pages_is_told_of_and_waited_for(sqlite_maker: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    """The erasure stands; as long as somebody reads what was there before, the log must keep it, and the user is told."""
    store, reader = sqlite_maker(), sqlite_maker(writable=False)
    ledger_in(store).append_all([draft("somebody-else", 9000), draft("patient-0001", 9000)])
    wanted, others = traces(store, "patient-0001"), traces(store, "somebody-else")
    monkeypatch.setattr(sqlite_store, "_SCRUB_PATIENCE", 0.1)
    with reader.reading() as connection:
        assert connection.scalar(text("SELECT count(*) FROM openings")) == 6
        with pytest.raises(InputError, match=STILL_READ):
            ledger_in(store).erase("patient-0001", BY)
        assert are_there(files_of(store), wanted)
    assert [record.kind for record in chain(store)][-1] == "erasure"
    store.scrub()
    assert left(files_of(store), wanted) == []
    assert are_there(files_of(store), others)


def test_who_was_killed_before_old_pages_were_cleared_leaves_that_to_the_next_writer(
    sqlite_maker: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The erasure was recorded; the log still holds what was erased until somebody opens the ledger to write."""
    store = sqlite_maker()
    ledger_in(store).append_all([draft("somebody-else", 9000), draft("patient-0001", 9000)])
    wanted = traces(store, "patient-0001")
    with monkeypatch.context() as killed:
        killed.setattr(sqlite_store.SqliteStore, "clear", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            ledger_in(store).erase("patient-0001", BY)
    assert are_there(files_of(store), wanted)
    sqlite_maker()
    assert left(files_of(store), wanted) == []


# ---------------------------------------------------------------- PostgreSQL


@pytest.fixture
def database(postgres_maker: Maker) -> str:
    return postgres_maker.where.rpartition("/")[2]


def test_nothing_of_an_erased_patient_is_left_in_the_tables(postgres: Server, postgres_maker: Maker, database: str) -> None:
    """Neither in the files of the tables nor in the statistics that the server's planner keeps of them.

    The server's log of changes is not looked at: it, its archives and copies made of the database hold what was written until the
    clinic removes them.
    """
    store = postgres_maker()
    ward = Ward(store, 1)
    for _ in range(20):
        ward.record()
    postgres.run("ANALYZE", database)
    assert are_there(postgres.files(database), ward.traces_of_others())
    for _ in range(4):
        ward.forget()
        ward.record()
    assert left(postgres.files(database), unlike(store, ward.erased)) == []
    assert are_there(postgres.files(database), ward.traces_of_others())
    chain(store)


@pytest.mark.parametrize("table", ["openings", "rulebooks"])
def test_a_reader_of_old_rows_is_told_of(
    postgres: Server, postgres_maker: Maker, database: str, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    """Of one who uses the table, and of one who does not but began before the erasure: the server keeps old rows for both."""
    store, reader = postgres_maker(), postgres_maker(writable=False)
    ledger_in(store).append_all([draft("somebody-else", 9000), draft("patient-0001", 9000)])
    wanted = left(postgres.files(database), traces(store, "patient-0001"))
    monkeypatch.setattr(postgres_store, "_SCRUB_PATIENCE", 0.1)
    with reader.reading() as connection:
        assert connection.scalar(text(f"SELECT count(*) FROM {table}")) is not None
        with pytest.raises(InputError, match=STILL_READ):
            ledger_in(store).erase("patient-0001", BY)
        assert left(postgres.files(database), wanted) == wanted != []
    assert [record.kind for record in chain(store)][-1] == "erasure"
    store.scrub()
    assert left(postgres.files(database), wanted) == []
