"""The ledger: a chain of sealed records in a store, and the only way to add to it."""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from euthymia.errors import InputError, Problem
from euthymia.ledger.commitments import packed
from euthymia.ledger.record import FIRST, Asker, Draft, Kind, Place, Sealed, checkpoint, seal
from euthymia.ledger.sound import flaw_of_text, require_sound
from euthymia.ledger.store import Row, Store, StoredRulebook, Writing

if TYPE_CHECKING:
    from euthymia.ledger.signing import Signer

Clock = Callable[[], datetime]
_A = {"opening": "an opening", "key": "a change of key", "assessment": "an assessment", "response": "a response", "erasure": "an erasure"}


class Ledger:
    """Records in a store. `clock` gives the time of day with its zone; `signer` is needed where the ledger is signed."""

    def __init__(self, store: Store, clock: Clock, signer: "Signer | None" = None) -> None:
        self.store = store
        self._clock = clock
        self._signer = signer

    # --- writing --------------------------------------------------------------------------------------------------------

    def append(self, draft: Draft, rulebook: StoredRulebook | None = None) -> Sealed:
        """Add a record; when this returns, it is on the disk. Raises InputError when it cannot be."""
        return self.append_all([draft], rulebook)[0]

    def append_all(self, drafts: list[Draft], rulebook: StoredRulebook | None = None) -> list[Sealed]:
        """Several records, all or none."""
        parts = [{name: packed(part) for name, part in draft.parts.items()} for draft in drafts]
        with self.store.writing() as writing:
            head = self._sound_head(writing) or self._open(writing, drafts[0].by)
            self._require_key(writing)
            if rulebook is not None:
                writing.add_rulebook(rulebook)
            added = []
            for draft, contents in zip(drafts, parts, strict=True):
                head = self._sealed(draft, head, writing, contents)
                added.append(head)
            return added

    def change_key(self, signer: "Signer", by: Asker) -> Sealed:
        """From the next record on, records are signed with this key. The change is signed with the one before, if there was one."""
        record = self.append(Draft("key", by, {"public_key": signer.public}))
        self._signer = signer
        return record

    def _sealed(self, draft: Draft, head: Sealed, writing: Writing, contents: dict[str, bytes]) -> Sealed:
        subject = draft.subject if draft.patient is None else _subject(draft.patient, writing)
        previous = None if subject is None else writing.last_of_subject(subject)
        place = Place(head.data["ledger"], head.number + 1, head.hash, head.at, subject, previous)
        record = self._signed(seal(draft, place, self._clock()))
        writing.add(record, contents)
        if draft.kind == "erasure" and subject is not None:
            writing.forget(subject)
        return record

    def _open(self, writing: Writing, by: Asker) -> Sealed:
        """The first record of all: the ledger's name, and the key that signs what follows."""
        public = None if self._signer is None else self._signer.public
        place = Place(secrets.token_hex(16), FIRST, None, None, None, None)
        record = self._signed(seal(Draft("opening", by, {"public_key": public}), place, self._clock()))
        writing.add(record, {})
        return record

    def _signed(self, record: Sealed) -> Sealed:
        if self._signer is None:
            return record
        text = checkpoint(record.data["ledger"], record.number, record.hash)
        return Sealed(record.number, record.body, record.hash, self._signer.sign(text))

    def _sound_head(self, writing: Writing) -> Sealed | None:
        """Nothing is chained to a record that is not what was sealed."""
        head = writing.head()
        if head is not None and (flaw := flaw_of_text(head)):
            message = f"record {head.number} {flaw}; nothing was recorded. `euthymia ledger verify` tells more"
            raise InputError([Problem(self.store.where, 0, "", message)])
        return head

    def _require_key(self, writing: Writing) -> None:
        """A ledger is signed throughout, with the key that it names."""
        last = writing.last_of_kinds(("opening", "key"))
        named = None if last is None else last.content["public_key"]
        own = None if self._signer is None else self._signer.public
        if named == own:
            return
        if own is None:
            message = "is signed, and no key was given (--key, or EUTHYMIA_LEDGER_KEY); nothing was recorded"
        elif named is None:
            message = "is not signed so far; `euthymia ledger sign` begins it. Nothing was recorded"
        else:
            message = f"is signed with another key ({named[:16]}…; given: {own[:16]}…); nothing was recorded"
        raise InputError([Problem(self.store.where, 0, "", message)])

    # --- forgetting -----------------------------------------------------------------------------------------------------

    def erase(self, patient: str, by: Asker) -> Sealed:
        """Remove all that can be forgotten of a patient, and record that it was done. Raises InputError for an unknown one."""
        with self.store.writing() as writing:
            subject = writing.subject_of(patient)
            if subject is None:
                raise InputError([Problem(self.store.where, 0, "", "holds no patient of this name; nothing was erased")])
            head = self._sound_head(writing)
            assert head is not None
            self._require_key(writing)
            record = self._sealed(Draft("erasure", by, {}, subject=subject), head, writing, {})
        self.store.scrub()
        return record

    # --- reading --------------------------------------------------------------------------------------------------------

    def row(self, number: int, *parts: str) -> Row:
        """One record, with these parts. Raises InputError when there is none of this number, or it is not what was sealed."""
        row = self.store.row(number, parts)
        if row is None:
            head = self.store.head()
            last = f"the last is {head.sealed.number}" if head else "it is empty"
            raise InputError([Problem(self.store.where, 0, "", f"holds no record {number}; {last}")])
        return self.sound(row, *parts)

    def sound(self, row: Row, *parts: str) -> Row:
        """A row that was read with these parts. Raises InputError when it is not what was sealed."""
        return require_sound(row, self.store.where, parts)

    def of_kind(self, number: int, kind: Kind, *parts: str) -> Row:
        """The same for a record of this kind."""
        row = self.row(number, *parts)
        if row.sealed.kind != kind:
            raise InputError([Problem(self.store.where, 0, "", f"record {number} is no {kind} but {_A[row.sealed.kind]}")])
        return row


def _subject(pseudonym: str, writing: Writing) -> str:
    """The random name that stands for a patient in sealed records."""
    subject = writing.subject_of(pseudonym)
    if subject is None:
        subject = secrets.token_hex(16)
        writing.add_patient(subject, pseudonym)
    return subject
