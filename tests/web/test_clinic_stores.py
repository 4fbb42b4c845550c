"""Accounts and charts in both databases: the tables, what cannot be used, and what happens when there is no room."""

import os
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from bench.postgres import NOBODY, Server
from sqlalchemy import event, insert, text

from euthymia.clinic import store as store_module
from euthymia.clinic.accounts import Account, Accounts
from euthymia.clinic.charts import DAY, EMPTY, Changed, Chart, Charts, Entry, NoLonger
from euthymia.clinic.handovers import Handovers
from euthymia.clinic.recordings import Recordings
from euthymia.clinic.store import Store
from euthymia.clinic.tables import accounts, metadata
from euthymia.errors import InputError
from euthymia.ledger.opening import open_store
from tests.command import euthymia
from tests.conftest import Light
from tests.ledger.making import Say, as_nobody, draft, ledger_in, store_at
from tests.web.browser import CHEAP, PASSWORD, Clock, new_once
from tests.web.conftest import MakeApplication


@pytest.fixture
def postgres_address(postgres: Server) -> Iterator[str]:
    """Of a database of the test's own, without tables."""
    address = postgres.new_database()
    yield address
    postgres.drop(address)


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of a store that is not there yet, in one database after the other."""
    if request.param == "sqlite":
        return str(tmp_path / "clinic.sqlite")
    found: str = request.getfixturevalue("postgres_address")
    return found


def account_in(store: Store, name: str = "c1") -> Account:
    return Accounts(store, Clock(), CHEAP).add(name, "clinician", PASSWORD, must_change=False)


def chart_in(store: Store) -> tuple[Charts, Chart]:
    charts = Charts(store, Clock())
    return charts, charts.add(account_in(store).id, "", EMPTY)


def enter(charts: Charts, chart: Chart, fact: str, value: object) -> Chart:
    return charts.enter(chart, chart.owner, [Entry(("risk", fact), value, 0, new_once())])


# ---------------------------------------------------------------- tables


def test_migrations_lead_to_the_tables(address: str) -> None:
    """Column by column, with their types, keys and indices; a store that is there already stays as it is."""
    for _ in range(2):
        with closing(Store(address)) as store, store.reading() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, metadata) == []


def test_a_chart_lives_as_long_in_one_database_as_in_the_other(address: str) -> None:
    """Entered, taken back, copied, recorded, removed; with answers from several threads at once."""
    with closing(Store(address)) as store:
        charts, chart = chart_in(store)
        threads = [threading.Thread(target=enter, args=(charts, chart, f"fact{number}", number)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        now = charts.find(chart.id, chart.owner)
        assert now is not None and sorted(now.data["risk"].values()) == [*range(6)] and now.version == 6
        copy = charts.what_if(now)
        enter(charts, copy, "fact1", "other")
        charts.keep_refused(now, "risk.x", ("risk", "x"), {"answer": "?"}, "no")
        assert len(charts.undo(now, chart.owner, new_once()).data["risk"]) == 5
        recordings = Recordings(store)
        assert recordings.record(now, "once", NothingKnown(), lambda: 7) == (7, True)
        assert recordings.record(now, "once", NothingKnown(), lambda: 8) == (7, False)
        assert recordings.of_chart(now) == [7] and recordings.owner_of(7) == (chart.owner, chart.id)
        with pytest.raises(InputError, match="is in use"):
            charts.add(chart.owner, "", EMPTY, str(chart.pseudonym))
        charts.forget(str(chart.pseudonym))
        assert charts.of_owner(chart.owner) == [] and charts.find(copy.id, chart.owner) is None


class NothingKnown:
    """A ledger without this patient."""

    def numbers(self) -> list[int]:
        return []

    def is_same(self, number: int) -> bool:
        raise AssertionError(number)


def test_a_schema_that_was_made_beforehand_is_enough(postgres: Server, postgres_address: str) -> None:
    """A user of the database who may not make schemas, as many a clinic wants it; without the schema it is told in words."""
    name = postgres_address.rpartition("/")[2]
    postgres.run(f"ALTER DATABASE {name} OWNER TO postgres")
    with pytest.raises(InputError, match="lacks the right"):
        Store(postgres_address)
    postgres.run("CREATE SCHEMA euthymia_clinic AUTHORIZATION clinic", name)
    with closing(Store(postgres_address)) as store:
        charts, chart = chart_in(store)
        assert charts.find(chart.id, chart.owner) == chart


def test_one_form_records_once_however_often_it_comes(address: str) -> None:
    """From several threads at the same moment, by two servers over one database."""
    with closing(Store(address)) as store, closing(Store(address)) as other:
        _, chart = chart_in(store)
        written: list[int] = []

        def write() -> int:
            written.append(len(written) + 1)
            return written[-1]

        def send(own: Store) -> None:
            Recordings(own).record(chart, "once", NothingKnown(), write)

        threads = [threading.Thread(target=send, args=(own,)) for own in (store, other) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert written == [1] and Recordings(other).of_chart(chart) == [1]


def test_patients_of_an_earlier_version_are_kept(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables without days of assessment and handovers gain them; everything else is as it was."""
    row = {"id": "c", "owner": "a", "pseudonym": "P-1", "label": "x", "data": "{}", "refused": "{}", "version": 3}
    row |= {"created_at": "2026-11-20T12:00:00+00:00", "changed_at": "2026-11-20T12:00:00+00:00"}
    with monkeypatch.context() as earlier:
        earlier.setattr(store_module, "_VERSION", "1")
        with closing(Store(address)) as store, store.writing() as connection:
            person = {"id": "a", "name": "c1", "role": "clinician", "password": "", "must_change": False, "closed": False, "failures": 0}
            connection.execute(insert(accounts), person | {"created_at": row["created_at"]})
            connection.execute(text(f"INSERT INTO charts ({', '.join(row)}) VALUES ({', '.join(f':{key}' for key in row)})"), row)
    with closing(Store(address)) as store:
        [chart] = Charts(store, Clock()).of_owner("a")
        assert (chart.id, chart.label, chart.version, chart.as_of) == ("c", "x", 3, None)
        assert Handovers(store, Clock()).to("a") == {}


def test_of_two_who_get_a_patient_at_the_same_moment_one_has_it(address: str) -> None:
    """Its owner, an administrator and the owner again in another window: it goes once, and what it is recorded with goes along."""
    with closing(Store(address)) as store:
        charts, chart = chart_in(store)
        recordings = Recordings(store)
        recordings.take_in(chart, [7])
        charts.what_if(chart)
        handovers, (one, other) = Handovers(store, Clock()), (account_in(store, "c2"), account_in(store, "c3"))
        went: list[int] = []

        def give(to: Account, *, every: bool = False) -> None:
            with suppress(NoLonger, InputError):
                if every:
                    went.append(handovers.hand_over_all(chart.owner, to.id, "admin", new_once()))
                else:
                    went.append(handovers.hand_over(chart, to.id, new_once()))

        threads = [threading.Thread(target=give, args=(to,), kwargs={"every": every}) for to in (one, other) for every in (True, False)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        [owner] = [to.id for to in (one, other) if charts.of_owner(to.id)]
        assert went == [1] and charts.find(chart.id, chart.owner) is None
        assert recordings.owner_of(7) == (owner, chart.id)
        assert handovers.numbers() == {owner: 1}
        with pytest.raises(NoLonger):
            enter(charts, chart, "assessed", "yes")


def test_answers_and_a_handover_at_the_same_moment_lose_nothing(address: str) -> None:
    """Every answer that was acknowledged is there for the new owner; the others were refused."""
    with closing(Store(address)) as store:
        charts, chart = chart_in(store)
        handovers, colleague = Handovers(store, Clock()), account_in(store, "c2")
        saved: list[int] = []

        def answer(number: int) -> None:
            with suppress(NoLonger):
                enter(charts, chart, f"fact{number}", number)
                saved.append(number)

        threads = [threading.Thread(target=answer, args=(number,)) for number in range(8)]
        threads.insert(4, threading.Thread(target=handovers.hand_over, args=(chart, colleague.id, new_once())))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        now = charts.find(chart.id, colleague.id)
        assert now is not None and sorted(now.data.get("risk", {}).values()) == sorted(saved)
        assert charts.undo(now, colleague.id, new_once()).data == now.data


def test_a_day_of_assessment_is_kept_copied_and_taken_back(address: str) -> None:
    """With the chart, its what-if copy and its history; who is erased leaves nothing of it."""
    with closing(Store(address)) as store:
        charts, chart = chart_in(store)
        colleague = account_in(store, "c2")
        set_to = charts.enter(chart, chart.owner, [Entry(DAY, "2026-11-01", 0, new_once())])
        assert set_to.as_of == charts.what_if(set_to).as_of == "2026-11-01" and set_to.data == chart.data
        assert charts.undo(set_to, chart.owner, new_once()).as_of is None
        Handovers(store, Clock()).hand_over(chart, colleague.id, new_once())
        assert charts.forget(str(chart.pseudonym)) and not charts.forget(str(chart.pseudonym))
        with store.reading() as connection:
            assert not [table for table in ("charts", "changes", "handovers") if connection.execute(text(f"SELECT 1 FROM {table}")).first()]


@pytest.mark.parametrize("first", ["clinic", "ledger"])
def test_clinic_and_ledger_live_side_by_side_in_one_database(postgres_address: str, first: str) -> None:
    """Whichever comes first, neither takes the other's tables for its own or for a stranger's."""
    for _ in range(2):
        for kind in ("clinic", "ledger") if first == "clinic" else ("ledger", "clinic"):
            if kind == "clinic":
                with closing(Store(postgres_address)) as store:
                    account_in(store, new_once())
            else:
                with store_at(postgres_address) as ledger:
                    ledger_in(ledger).append(draft())
    with closing(Store(postgres_address)) as store, store_at(postgres_address, writable=False) as ledger:
        assert len(Accounts(store, Clock(), CHEAP).all()) == 2 and ledger.count() == 3


# ---------------------------------------------------------------- what cannot be used


def told_of(where: str) -> str:
    """The one clear line."""
    with pytest.raises(InputError) as caught:
        Store(where).close()
    [problem] = caught.value.problems
    assert len(str(problem).splitlines()) == 1
    return problem.message


@pytest.mark.parametrize("content", [b"type: patient\n" * 500, bytes(5000), b"SQLite format 3\x00" + b"x" * 5000])
def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path, content: bytes) -> None:
    """Whoever named the wrong file is told, and finds it unchanged."""
    file = tmp_path / "clinic.sqlite"
    file.write_bytes(content)
    assert "not a database" in told_of(str(file)) or "damaged" in told_of(str(file))
    assert file.read_bytes() == content


def test_tables_of_something_else_are_left_alone(tmp_path: Path) -> None:
    """Of a ledger, or of whatever there is."""
    ledger, other = tmp_path / "ledger.sqlite", tmp_path / "other.sqlite"
    open_store(str(ledger), writable=True).close()
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE songs (name)")
    for file in (ledger, other):
        assert told_of(str(file)).startswith("is a database of something else: it holds the table ")
        with closing(sqlite3.connect(file)) as connection:
            assert not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'charts'").fetchall()


def test_tables_of_a_newer_program_are_left_alone(address: str) -> None:
    """It is said, and what is there stays."""
    with closing(Store(address)) as store:
        account_in(store)
        with store.writing() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '7'")
    assert told_of(address).startswith("was written by a newer euthymia (tables 7, this program knows 2); nothing was changed")


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    """Named by mistake: told in one line, and nothing is made in it."""
    assert told_of(str(tmp_path)).startswith("cannot be written: Is a directory")
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_not_there_is_told(postgres: Server) -> None:
    """In one line, without the password."""
    address = f"postgresql://clinic:{postgres.password}@127.0.0.1:1/none"
    assert postgres.password not in told_of(address)
    assert told_of(address).startswith("cannot be used: ")


def test_the_command_tells_it_in_one_line(tmp_path: Path) -> None:
    """Exit code 2 and no traceback."""
    (tmp_path / "clinic.sqlite").write_bytes(b"nonsense" * 1000)
    run = euthymia("account", "add", "c1", "--database", tmp_path, told=f"{PASSWORD}\n")
    assert (run.returncode, run.stdout, len(run.stderr.splitlines())) == (2, "", 1)
    assert "not a database" in run.stderr


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """One that another user can reach."""
    folder = Path(tempfile.mkdtemp(prefix="euthymia-open-"))
    yield folder
    folder.chmod(0o700)
    shutil.rmtree(folder)


def use_as_nobody(where: str) -> list[str]:
    def task(say: Say) -> None:
        with closing(Store(where)):
            say("opened")

    return as_nobody(task, NOBODY)


@pytest.mark.parametrize(("file_mode", "folder_mode"), [(None, 0o555), (0o400, 0o755), (0o600, 0o555)])
def test_a_place_that_is_read_only_is_told(open_folder: Path, light: Light, file_mode: int | None, folder_mode: int) -> None:
    """A folder in which nothing may be made, a file that may not be written, and a file whose folder may not."""
    file = open_folder / "clinic.sqlite"
    if file_mode is not None:
        Store(str(file)).close()
        if os.geteuid() == 0:
            os.chown(file, NOBODY, NOBODY)
        file.chmod(file_mode)
    open_folder.chmod(folder_mode)
    [said] = light(use_as_nobody, str(file)).result()
    assert said.startswith(f"refused: {file}: cannot be ")


# ---------------------------------------------------------------- no room


def set_most_pages(store: Store, most: int) -> None:
    """For every connection from now on; SQLite keeps those that there are."""
    event.listen(store.engine, "checkout", lambda connection, *_: connection.execute(f"PRAGMA max_page_count={most}").close())


def test_a_full_disk_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    """The clinician is told in the middle of entering; everything before is there, and it goes on when there is room."""
    with closing(Store(str(tmp_path / "clinic.sqlite"))) as store:
        charts, chart = chart_in(store)
        set_most_pages(store, 60)
        known = 0
        told = ""
        while not told:
            try:
                enter(charts, chart, f"fact{known}", "x" * 2000)
                known += 1
            except InputError as error:
                told = str(error)
        assert told.endswith("the disk is full; nothing was saved")
        now = charts.find(chart.id, chart.owner)
        assert known > 3 and now is not None and now.version == len(now.data["risk"]) == known
        set_most_pages(store, 100_000)
        assert enter(charts, chart, "last", 1).version == known + 1


def test_a_full_disk_is_said_on_the_page(make_application: MakeApplication) -> None:
    """503, so that the page keeps what was typed and sends it again; it is neither the clinician's mistake nor a defect."""
    application = make_application()
    clinician = application.visitor("clinician")
    path = clinician.new_patient()
    set_most_pages(application.house.store, 60)
    answers = [clinician.enter(path, "risk.assessed", "yes", note=f"{number}{'x' * 1900}") for number in range(60)]
    assert answers[-1].status_code == 503 and "the disk is full; nothing was saved" in answers[-1].text
    assert {answer.status_code for answer in answers} <= {200, 503}
    assert application.house.settings.database not in answers[-1].text
    set_most_pages(application.house.store, 100_000)
    assert clinician.enter(path, "risk.assessed", "no").status_code == 200


def test_what_is_saved_after_a_refusal_is_read_at_once(address: str) -> None:
    """Also while somebody still holds the refusal: no look at the database is older than the last change."""
    with closing(Store(address)) as store:
        charts, chart = chart_in(store)
        for number in range(3):
            charts.enter(chart, chart.owner, [Entry(("risk", "fact1"), number, number, new_once())])
        with store.reading(), store.reading():
            pass  # so that two connections take turns, as with two windows
        for number in range(30):
            with pytest.raises(Changed) as refusal:
                charts.enter(chart, chart.owner, [Entry(("risk", "fact1"), "other", 0, new_once())])
            charts.keep_refused(chart, "risk.fact1", ("risk", "fact1"), {"answer": str(number)}, "no")
            now = charts.find(chart.id, chart.owner)
            assert refusal.value.now == 2 and now is not None
            assert now.refused["risk.fact1"]["typed"] == {"answer": str(number)}
