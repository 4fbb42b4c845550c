"""Is every record as it was written, and is none missing? The first one that is not is named."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from euthymia.errors import InputError
from euthymia.ledger.anchor import Anchor
from euthymia.ledger.canonical import digest
from euthymia.ledger.record import FIRST, Sealed, checkpoint, went_back
from euthymia.ledger.rulebooks import compiled_text, files_of
from euthymia.ledger.signing import is_signed
from euthymia.ledger.sound import flaw_of_columns, flaw_of_contents, flaw_of_text
from euthymia.ledger.store import PARTS, Row, Store
from euthymia.rulebook.load import digest_of

_BEFORE_ALL = -(2**62)  # no number is read over, not even one that cannot be


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong first. `number` is that of the record, or None where it lies outside the chain."""

    number: int | None
    what: str

    def __str__(self) -> str:
        return self.what if self.number is None else f"record {self.number} {self.what}"


@dataclass(slots=True)
class Verified:
    """How many records were seen to be right, how many were forgotten, where the clock went back, what vouches, and the first fault."""

    records: int = 0
    forgotten: int = 0
    clock_went_back: list[int] = field(default_factory=list)
    signed: bool = False
    key_given: bool = False
    anchors: int = 0
    fault: Fault | None = None


class _Broken(Exception):
    """Ends the verification with a fault."""

    def __init__(self, number: int | None, what: str) -> None:
        self.fault = Fault(number, what)
        super().__init__(what)


def verify(
    store: Store, anchors: Sequence[Anchor] = (), public_key: str | None = None, step: Callable[[], None] = lambda: None
) -> Verified:
    """Read every record once, in bounded memory.

    `public_key`: the one that must be signing at the end, in hexadecimal. What the database cannot read is a fault as well.
    """
    found = Verified(key_given=public_key is not None)
    try:
        _Verification(store, anchors, public_key, found).run(step)
    except _Broken as broken:
        found.fault = broken.fault
    return found


class _Verification:
    def __init__(self, store: Store, anchors: Sequence[Anchor], public_key: str | None, found: Verified) -> None:
        self.store = store
        self.anchors = anchors
        self.public_key = public_key
        self.found = found
        self.ledger = ""
        self.last: Sealed | None = None
        self.key: str | None = None
        self.rulebooks: dict[str, str] = {}  # digest of the files to digest of the compiled text
        self.erased: dict[str, int] = {}  # subject to the number of its erasure

    def run(self, step: Callable[[], None]) -> None:
        self._read_erasures()
        for row in self._rows():
            record = row.sealed
            self._place(record)
            self._text(record)
            self._link(record)
            self._signature(record)
            self._clock(record)
            self._contents(row)
            self._rulebook(record)
            self._response(record)
            self._anchor(record)
            self.last = record
            self.found.records += 1
            step()
        self._end()

    def _rows(self) -> Iterator[Row]:
        """All records; where the database cannot read its own pages, the first of which that is so is found one by one."""
        try:
            yield from self.store.rows(_BEFORE_ALL, parts=PARTS)
        except InputError as error:
            number = self._expected
            while self._is_readable(number):
                number += 1
            raise _Broken(number, f"cannot be read: {error.problems[0].message}") from None

    def _is_readable(self, number: int) -> bool:
        try:
            return self.store.row(number, PARTS) is not None
        except InputError:
            return False

    @property
    def _expected(self) -> int:
        return FIRST if self.last is None else self.last.number + 1

    # --- the chain ------------------------------------------------------------------------------------------------------

    def _place(self, record: Sealed) -> None:
        if record.number > self._expected:
            raise _Broken(self._expected, "was removed")
        if record.number < self._expected:
            raise _Broken(record.number, "was inserted")

    def _text(self, record: Sealed) -> None:
        """The text is the one that was sealed, and says of its number what its place says."""
        if flaw := flaw_of_text(record):
            raise _Broken(record.number, flaw)
        number = record.data["number"]
        if number < record.number:
            raise self._inserted(record, number)
        if number > record.number:
            later = self._stands_later(record.number)
            what = "reordered: it stands further on, and" if later else "removed:"
            raise _Broken(record.number, f"was {what} in its place stands what was number {number}")

    def _inserted(self, record: Sealed, number: int) -> _Broken:
        """All records before this one fit. Either this one repeats an earlier one, or it was pushed on by a forged one."""
        before, there = self.store.row(number - 1), self.store.row(number)
        follows = before is not None and before.sealed.hash == record.data["before"]
        if follows and there is not None and there.sealed.hash != record.hash:
            return _Broken(number, f"was inserted: what was number {number} now stands as number {record.number}")
        return _Broken(record.number, f"was inserted: it is a copy of record {number}")

    def _stands_later(self, number: int) -> bool:
        """Is what belongs here found further on?"""
        return any(flaw_of_text(row.sealed) is None and row.sealed.data["number"] == number for row in self.store.rows(number))

    def _link(self, record: Sealed) -> None:
        if self.last is None:
            if record.data["before"] is not None or record.kind != "opening":
                raise _Broken(record.number, "was changed: a ledger begins with its opening")
            self.ledger = record.data["ledger"]
        elif record.data["before"] != self.last.hash:
            raise _Broken(self.last.number, f"was changed or replaced: record {record.number} was written after another text")
        elif record.data["ledger"] != self.ledger:
            raise _Broken(record.number, "was inserted: it is of another ledger")
        elif record.kind == "opening":
            raise _Broken(record.number, "was inserted: a ledger is opened once")

    def _signature(self, record: Sealed) -> None:
        """The opening is signed with the key that it names, every other record with the key in force before it."""
        key = record.content["public_key"] if record.kind == "opening" else self.key
        if key is None and record.signature is not None:
            raise _Broken(record.number, "was changed: it has a signature, and no key was named")
        if key is not None and record.signature is None:
            raise _Broken(record.number, "was changed or inserted: it has no signature, and this ledger is signed")
        if key is not None and not is_signed(key, checkpoint(self.ledger, record.number, record.hash), record.signature or ""):
            raise _Broken(record.number, "was changed or inserted: its signature is of another key or another text")
        self.key = record.content["public_key"] if record.kind in ("opening", "key") else key
        self.found.signed = self.key is not None

    def _clock(self, record: Sealed) -> None:
        """A clock that went back is no fault; that the record is silent about it would be."""
        back = went_back(None if self.last is None else self.last.at, record.at)
        if back != record.data["clock_went_back"]:
            raise _Broken(record.number, "was changed: what it says of the clock does not fit the record before it")
        if back:
            self.found.clock_went_back.append(record.number)

    # --- what stands beside the sealed text -----------------------------------------------------------------------------

    def _contents(self, row: Row) -> None:
        number = row.sealed.number
        if flaw := flaw_of_columns(row) or flaw_of_contents(row):
            raise _Broken(number, flaw)
        if not row.sealed.data["commitments"]:
            return
        if row.parts:
            if self.erased.get(row.subject or "", 0) > number:
                raise _Broken(number, "still has content that a later record says was erased")
            return
        self._read_erasures()  # it may have been erased since this began
        if self.erased.get(row.subject or "", 0) < number:
            raise _Broken(number, "lacks its content, and no erasure says why")
        self.found.forgotten += 1

    def _read_erasures(self) -> None:
        found = self.store.rows(max(self.erased.values(), default=0), kinds=("erasure",))
        self.erased |= {row.subject: row.sealed.number for row in found if row.subject is not None}

    def _rulebook(self, record: Sealed) -> None:
        if record.kind != "assessment":
            return
        wanted = record.content["rulebook"]
        if wanted not in self.rulebooks:
            self.rulebooks[wanted] = self._digest_of_compiled(record.number, wanted)
        if self.rulebooks[wanted] != record.content["compiled"]:
            raise _Broken(record.number, "can no longer be checked: the compiled form of its rulebook was changed")

    def _digest_of_compiled(self, number: int, wanted: str) -> str:
        stored = self.store.rulebook(wanted)
        if stored is None:
            raise _Broken(number, "can no longer be replayed: its rulebook was removed")
        try:
            files = {name: text.encode("utf-8") for name, text in files_of(stored).items()}
            compiled = digest(compiled_text(stored))
        except (ValueError, AttributeError):
            raise _Broken(number, "can no longer be replayed: its rulebook cannot be read") from None
        if digest_of(files) != wanted:
            raise _Broken(number, "can no longer be replayed: its rulebook was changed")
        return compiled

    def _response(self, record: Sealed) -> None:
        if record.kind != "response":
            return
        answered = self.store.row(record.content["to"])
        earlier = answered is not None and answered.kind == "assessment" and answered.sealed.number < record.number
        if answered is None or not earlier or answered.subject != record.subject:
            raise _Broken(record.number, "was changed: it responds to no earlier assessment of the same patient")

    # --- what vouches from outside --------------------------------------------------------------------------------------

    def _anchor(self, record: Sealed) -> None:
        for anchor in self.anchors:
            if anchor.number == record.number:
                if anchor.ledger != self.ledger:
                    raise _Broken(None, f"the anchor at record {anchor.number} is of another ledger")
                if anchor.hash != record.hash:
                    raise _Broken(record.number, "or one before it was changed: the anchor holds another digest")
                self.found.anchors += 1

    def _end(self) -> None:
        last = 0 if self.last is None else self.last.number
        if beyond := [anchor.number for anchor in self.anchors if anchor.number > last]:
            raise _Broken(last + 1, f"was removed, with all that followed: an anchor was made at record {min(beyond)}")
        if self.public_key is not None and self.key != self.public_key:
            named = "no key is named" if self.key is None else "another key is named"
            raise _Broken(None, f"the ledger is not signed with the key that was given: {named} in it")
        if strays := self.store.strays():
            raise _Broken(None, f"beside the records stands {strays[0]}: a record was removed, or this was inserted")
