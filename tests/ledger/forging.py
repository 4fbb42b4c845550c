"""A small ledger in a file, and what a forger with the file in his hands could do to it."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from euthymia.ledger.canonical import canonical, digest
from euthymia.ledger.commitments import opened
from euthymia.ledger.ledger import Ledger
from euthymia.ledger.opening import open_store
from euthymia.ledger.record import Asker, Draft, checkpoint
from euthymia.ledger.signing import Signer
from euthymia.ledger.store import StoredRulebook
from euthymia.rulebook.load import digest_of
from tests.ledger.packing import zipped

CLINICIAN, AUDITOR = Asker("clinician", "c-17"), Asker("auditor", "a-3")
FILES = {"rulebook.yaml": "name: tiny\n", "spectrum/response.yaml": "rules: []\n"}
COMPILED = canonical({"schema": "euthymia.compiled/1", "rules": []})
RULEBOOK = StoredRulebook(digest_of({name: text.encode() for name, text in FILES.items()}), zipped(canonical(FILES)), zipped(COMPILED))


def write(path: Path, signer: Signer | None) -> None:
    """Eleven records: the opening, three patients' assessments, a response, an erasure, and more after it."""
    moments = count()
    with closing(open_store(str(path), writable=True)) as store:
        ledger = Ledger(store, lambda: datetime(2026, 11, 20, tzinfo=UTC) + timedelta(minutes=next(moments)), signer)
        for patient in ("anna", "berta", "anna"):
            ledger.append(assessment(patient), RULEBOOK)  # 2, 3, 4
        ledger.append(response("anna", 2))  # 5
        ledger.append(assessment("clara"), RULEBOOK)  # 6
        ledger.erase("berta", AUDITOR)  # 7
        for patient in ("berta", "clara", "anna", "dora"):
            ledger.append(assessment(patient), RULEBOOK)  # 8 to 11


def assessment(patient: str) -> Draft:
    """In the form of a real one, with next to nothing in it."""
    content = {
        "on": "2026-11-20",
        "rulebook": RULEBOOK.digest,
        "compiled": digest(COMPILED),
        "asked": {"explain": "headings", "answers": False, "audience": "clinician", "format": "text"},
        "engines": {"durable_rules": "2.0.28", "agree": True, "judgements": 1},
        "shape": {"facts": 2, "statuses": {"met": 1}},
    }
    parts = {name: (opened(f"{name} of {patient}"),) for name in ("judged", "derivation", "answer")}
    facts = tuple(opened({"at": ["risk", name], "is": patient}) for name in ("assessed", "self_harm"))
    return Draft("assessment", CLINICIAN, content, patient, {"patient": (opened(patient),), "facts": facts, **parts})


def response(patient: str, number: int) -> Draft:
    parts = {"patient": (opened(patient),), "response": (opened({"rules": [], "note": f"of {patient}"}),)}
    return Draft("response", CLINICIAN, {"to": number, "verdict": "accepted", "reason": None}, patient, parts)


class Forger:
    """The file opened by somebody who knows the format, with or without the key."""

    def __init__(self, path: Path, signer: Signer | None = None) -> None:
        self.path = path
        self.signer = signer

    def run(self, statement: str, *values: Any) -> list[Any]:
        with closing(sqlite3.connect(self.path)) as connection, connection:
            return connection.execute(statement, values).fetchall()

    def body(self, number: int) -> dict[str, Any]:
        ((text,),) = self.run("SELECT body FROM records WHERE number = ?", number)
        return dict(json.loads(text))

    def put(self, number: int, body: dict[str, Any], *, sealed: bool = True) -> None:
        """Another text, with its digest (`sealed`) or without."""
        text = canonical(body)
        self.run("UPDATE records SET body = ? WHERE number = ?", text, number)
        if sealed:
            self.run("UPDATE records SET hash = ? WHERE number = ?", digest(text), number)

    def chain_anew(self, first: int) -> None:
        """Every record from this one on follows the one before it as it now stands; signed where there is a key."""
        for (number,) in self.run("SELECT number FROM records WHERE number >= ? ORDER BY number", first):
            before = self.run("SELECT hash FROM records WHERE number = ?", number - 1)
            body = self.body(number) | {"number": number, "before": before[0][0] if before else None}
            self.put(number, body)
            if self.signer is not None:
                text = checkpoint(body["ledger"], number, digest(canonical(body)))
                self.run("UPDATE records SET signature = ? WHERE number = ?", self.signer.sign(text), number)

    def swap(self, one: int, other: int) -> None:
        """Two records change places, with all that belongs to them."""
        for table in ("records", "openings"):
            for old, new in ((one, -1), (other, one), (-1, other)):
                self.run(f"UPDATE {table} SET number = ? WHERE number = ?", new, old)

    def remove(self, number: int, *, closing_up: bool) -> None:
        """Without a trace where `closing_up`: those after it move up."""
        for table in ("openings", "records"):
            self.run(f"DELETE FROM {table} WHERE number = ?", number)
            if closing_up:
                self.move(table, number + 1, -1)

    def move(self, table: str, first: int, by: int) -> None:
        self.run(f"UPDATE {table} SET number = -(number + ?) WHERE number >= ?", by, first)
        self.run(f"UPDATE {table} SET number = -number WHERE number < 0")

    def make_room(self, number: int) -> None:
        """Those from here on move down by one."""
        for table in ("openings", "records"):
            self.move(table, number, 1)

    def copy(self, number: int, to: int) -> None:
        """A record once more at another number, with its content."""
        for table, columns in (("records", "hash, body, signature, kind, subject"), ("openings", "part, content")):
            self.run(f"INSERT INTO {table} (number, {columns}) SELECT ?, {columns} FROM {table} WHERE number = ?", to, number)
