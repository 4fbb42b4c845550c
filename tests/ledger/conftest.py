"""Stores on both databases, empty."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from bench.postgres import Server

from euthymia.ledger.opening import open_store
from euthymia.ledger.sql_store import SqlStore


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
