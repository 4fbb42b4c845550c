"""What a store of records must do, whichever database keeps them."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from euthymia.ledger.commitments import Part, unpacked
from euthymia.ledger.record import Sealed

PARTS = ("patient", "facts", "judged", "derivation", "answer", "response")


@dataclass(frozen=True, slots=True)
class Row:
    """A record as the store keeps it, with what the store says of it beside the sealed text.

    `previous` is the number of the record before it that has the same subject, `pseudonym` whose subject it is. `parts` holds what
    was asked for and has not been forgotten.
    """

    sealed: Sealed
    kind: str
    subject: str | None
    previous: int | None
    pseudonym: str | None
    parts: Mapping[str, bytes] = field(default_factory=dict)

    def part(self, name: str) -> Part:
        """Empty when it was forgotten, or was not asked for."""
        return unpacked(self.parts[name]) if name in self.parts else ()


@dataclass(frozen=True, slots=True)
class StoredRulebook:
    """Packed files of a rulebook, and its packed compiled form."""

    digest: str
    files: bytes
    compiled: bytes


class Writing(Protocol):
    """One change of the store: nobody else writes meanwhile, and it happens whole or not at all."""

    def head(self) -> Sealed | None: ...
    def last_of_kinds(self, kinds: Collection[str]) -> Sealed | None: ...
    def last_of_subject(self, subject: str) -> int | None: ...
    def subject_of(self, pseudonym: str) -> str | None: ...
    def add_patient(self, subject: str, pseudonym: str) -> None: ...
    def add(self, record: Sealed, parts: Mapping[str, bytes]) -> None: ...
    def add_rulebook(self, rulebook: StoredRulebook) -> None: ...
    def forget(self, subject: str) -> None: ...


class Store(Protocol):
    """`where` names the store in messages, without a password."""

    where: str

    def writing(self) -> AbstractContextManager[Writing]: ...
    def row(self, number: int, parts: Collection[str] = ()) -> Row | None: ...
    def rows(
        self, after: int = 0, parts: Collection[str] = (), *, subject: str | None = None, kinds: Collection[str] = ()
    ) -> Iterator[Row]:
        """In the order of numbers, a few at a time."""
        ...

    def rows_back(
        self, before: int | None = None, parts: Collection[str] = (), *, subject: str | None = None, kinds: Collection[str] = ()
    ) -> Iterator[Row]:
        """The newest first, a few at a time; with `before`, those before this number."""
        ...

    def head(self) -> Row | None: ...
    def count(self, kinds: Collection[str] = ()) -> int: ...
    def subject_of(self, pseudonym: str) -> str | None: ...
    def rulebook(self, digest: str) -> StoredRulebook | None: ...
    def digests(self) -> list[str]: ...
    def strays(self) -> list[str]:
        """What belongs to no record: contents, patients."""
        ...

    def scrub(self) -> None:
        """After something was forgotten: leave nothing of it in free pages or side files."""
        ...

    def close(self) -> None: ...
