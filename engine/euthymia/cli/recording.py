"""What commands need that write to or read from the ledger: its place, its key, and who asks."""

import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from euthymia.assess import Assessment
from euthymia.cli.common import now
from euthymia.errors import InputError, Problem
from euthymia.facts.patient_file import PatientFile
from euthymia.ledger.contents import Asked, assessment_draft, stored_rulebook
from euthymia.ledger.ledger import Ledger
from euthymia.ledger.opening import open_store
from euthymia.ledger.record import ROLES, Asker, Sealed

_ENV, _KEY_ENV, _AS_ENV = "EUTHYMIA_LEDGER", "EUTHYMIA_LEDGER_KEY", "EUTHYMIA_AS"

LedgerOption = Annotated[
    str | None,
    typer.Option(
        "--ledger", envvar=_ENV, metavar="PLACE", help="A file, or postgresql://user@host/database; a file of your own when left out."
    ),
]
KeyOption = Annotated[
    Path | None, typer.Option("--key", envvar=_KEY_ENV, metavar="FILE", help="The private key, where the ledger is signed.")
]
AsOption = Annotated[str | None, typer.Option("--as", envvar=_AS_ENV, metavar="ROLE:NAME", help=f"Who asks; roles: {', '.join(ROLES)}.")]


def place_of(where: str | None) -> str:
    """The ledger that was named, else one in the user's folder for data."""
    if where:
        return where
    home = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return str(Path(home) / "euthymia" / "ledger.sqlite")


def asker(text: str | None) -> Asker:
    """`clinician:c-17`. Raises InputError."""
    role, _, name = (text or "").partition(":")
    if role in ROLES and name.strip() and name.isprintable():
        return Asker(role, name.strip())
    found = f"found '{text}'" if text else "is missing"
    raise InputError(
        [Problem("--as", 0, "", f"{found}; say who asks, as ROLE:NAME, for instance clinician:c-17; roles: {', '.join(ROLES)}")]
    )


@contextmanager
def writable(where: str | None, key: Path | None) -> Iterator[Ledger]:
    """The ledger, to be written. Raises InputError."""
    signer = None
    if key is not None:
        from euthymia.ledger.signing import read_key  # noqa: PLC0415  the library is read only where something is signed

        signer = read_key(key)
    with closing(open_store(place_of(where), writable=True)) as store:
        yield Ledger(store, now, signer)


@contextmanager
def readable(where: str | None) -> Iterator[Ledger]:
    """The ledger, to be read. Raises InputError when there is none."""
    with closing(open_store(place_of(where), writable=False)) as store:
        yield Ledger(store, now)


def tell_number(ledger: Ledger, record: Sealed) -> None:
    """Where it stands, on standard error; nothing of the patient."""
    print(f"Recorded as {record.number} in {ledger.store.where}", file=sys.stderr)


class Recorder:
    """Writes assessments into the ledger, each before its answer leaves, and tells its number."""

    def __init__(self, ledger: Ledger, by: Asker, asked: Asked) -> None:
        self._ledger = ledger
        self._by = by
        self._asked = asked

    def record(self, patient: str, file: PatientFile, assessment: Assessment, answer: dict[str, Any]) -> None:
        """Raises InputError when it cannot be recorded; then there is no answer."""
        draft = assessment_draft(patient, file.document.data, assessment, answer, self._asked, self._by)
        tell_number(self._ledger, self._ledger.append(draft, stored_rulebook(assessment)))
