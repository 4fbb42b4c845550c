"""Stores on both databases, empty, and a light process that others can be forked from."""

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from bench.postgres import Server

from euthymia.ledger.opening import open_store
from euthymia.ledger.sql_store import SqlStore

Light = Callable[..., Future[Any]]


@dataclass
class Maker:
    """Opens the store of one test, as often as it is called. `where` is its file or address."""

    kind: str
    where: str
    opened: list[SqlStore] = field(default_factory=list)

    def __call__(self, writable: bool = True) -> SqlStore:
        store = open_store(self.where, writable=writable)
        assert isinstance(store, SqlStore)
        self.opened.append(store)
        return store

    def close(self) -> None:
        for store in self.opened:
            store.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A server that is started when a test first asks for it."""
    server = Server()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def sqlite_maker(tmp_path: Path) -> Iterator[Maker]:
    """No file is there yet."""
    maker = Maker("sqlite", str(tmp_path / "ledger.sqlite"))
    yield maker
    maker.close()


@pytest.fixture
def postgres_maker(postgres: Server) -> Iterator[Maker]:
    """A database of the test's own, without tables."""
    maker = Maker("postgresql", postgres.new_database())
    yield maker
    maker.close()
    postgres.drop(maker.where)


@pytest.fixture(params=["sqlite_maker", "postgres_maker"], ids=["sqlite", "postgresql"])
def store_maker(request: pytest.FixtureRequest) -> Maker:
    """The same for both, one after the other."""
    maker: Maker = request.getfixturevalue(request.param)
    return maker


@pytest.fixture(scope="session")
def light() -> Iterator[Light]:
    """Runs a function in a process with a single thread, which may fork; the process of the tests itself has several."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool.submit
