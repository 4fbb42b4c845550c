"""Small ledgers that are made up, and processes that write them and are killed."""

import os
import random
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, NoReturn

import alembic.command  # noqa: F401  once, and not in every process that is forked
from sqlalchemy import MetaData, select

from euthymia.errors import InputError
from euthymia.ledger.canonical import canonical, digest
from euthymia.ledger.commitments import Opening
from euthymia.ledger.ledger import Clock, Ledger
from euthymia.ledger.opening import open_store
from euthymia.ledger.record import Asker, Draft, Sealed
from euthymia.ledger.signing import Signer
from euthymia.ledger.sql_store import SqlStore

BY = Asker("clinician", "c1")
PARTS = ("patient", "facts", "answer")
CONTENT = {
    "on": "2026-11-20",
    "rulebook": digest("rulebook"),
    "compiled": digest("compiled"),
    "asked": {"explain": "headings", "answers": False, "audience": "clinician", "format": "text"},
    "engines": {"durable_rules": "2.0.28", "agree": True, "judgements": 1},
    "shape": {"facts": 2, "statuses": {"met": 1}},
}
Say = Callable[[object], None]
Task = Callable[[Say], None]


def noon() -> datetime:
    """A clock that stands still."""
    return datetime(2026, 11, 20, 12, tzinfo=UTC)


def draft(patient: str = "p1", size: int = 100, rng: random.Random | None = None) -> Draft:
    """In the manner of an assessment; `size` is about that of its longest part. The same every time, salts and all."""
    chance = rng or random.Random(f"{patient} {size}")

    def salted(value: Any) -> Opening:
        return Opening(chance.randbytes(16), canonical(value))

    facts = tuple(salted({"at": ["history", name], "is": patient}) for name in ("first", "second"))
    parts = {"patient": (salted(patient),), "facts": facts, "answer": (salted({"text": chance.randbytes(size // 2).hex()}),)}
    return Draft("assessment", BY, CONTENT, patient, parts)


@contextmanager
def store_at(where: str, *, writable: bool = True) -> Iterator[SqlStore]:
    store = open_store(where, writable=writable)
    assert isinstance(store, SqlStore)
    try:
        yield store
    finally:
        store.close()


def ledger_in(store: SqlStore, signer: Signer | None = None, clock: Clock = noon) -> Ledger:
    return Ledger(store, clock, signer)


def chain(store: SqlStore) -> list[Sealed]:
    """All records, after it was seen that none is missing and each follows the one before."""
    found = [row.sealed for row in store.rows()]
    assert [record.number for record in found] == list(range(1, len(found) + 1))
    assert [record.data["number"] for record in found] == list(range(1, len(found) + 1))
    assert [record.hash for record in found] == [digest(record.body) for record in found]
    assert [record.data["before"] for record in found] == [None, *(record.hash for record in found[:-1])][: len(found)]
    return found


def everything(store: SqlStore) -> dict[str, list[Any]]:
    """Every row of every table, whosever table it is."""
    tables = MetaData()
    with store.reading() as connection:
        tables.reflect(connection)
        return {table.name: sorted(map(repr, connection.execute(select(table)))) for table in tables.sorted_tables}


# ---------------------------------------------------------------- other processes


def forked(task: Task) -> tuple[int, int]:
    """Begin a task in a process of its own: its id, and where to read what it says. For processes with a single thread only."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        _run(task, write)
    os.close(write)
    return pid, read


def _run(task: Task, write: int) -> NoReturn:
    def say(what: object) -> None:
        os.write(write, f"{what}\n".encode())

    try:
        task(say)
    except InputError as error:
        say(f"refused: {error}")
    except BaseException:
        say(f"failed: {traceback.format_exc()}")
    finally:
        os._exit(0)


def heard(pid: int, read: int) -> list[str]:
    """What the process says until its end; a line that was cut off is none."""
    with os.fdopen(read, encoding="utf-8") as said:
        text = said.read()
    os.waitpid(pid, 0)
    return text.split("\n")[:-1]


def at_once(count: int, task: Callable[[int, Say], None]) -> list[list[str]]:
    """What each of several processes says that begin the task at the same moment."""
    gate, opening = os.pipe()

    def waiting(number: int) -> Task:
        def begun(say: Say) -> None:
            os.close(opening)
            os.read(gate, 1)
            task(number, say)

        return begun

    running = [forked(waiting(number)) for number in range(count)]
    os.close(gate)
    os.close(opening)
    return [heard(*one) for one in running]


def killed(task: Task, after: float, words: int = 0) -> list[str]:
    """What a process said that was killed so many seconds after it was made, or after it said so many words."""
    pid, read = forked(task)
    said = b""
    while said.count(b"\n") < words and (more := os.read(read, 10_000)):
        said += more
    time.sleep(after)
    os.kill(pid, signal.SIGKILL)
    with os.fdopen(read, "rb") as rest:
        said += rest.read()
    os.waitpid(pid, 0)
    return said.decode().split("\n")[:-1]


def as_nobody(task: Task, user: int) -> list[str]:
    """What a process says that has no privileges; as oneself where one has none."""

    def without(say: Say) -> None:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(user)
            os.setuid(user)
        task(say)

    return heard(*forked(without))
