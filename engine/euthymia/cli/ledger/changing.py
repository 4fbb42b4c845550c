"""euthymia ledger respond, erase, and the keys: what is written beside assessments."""

from pathlib import Path
from typing import Annotated

import typer

from euthymia.cli.common import show as write_out
from euthymia.cli.recording import AsOption, KeyOption, LedgerOption, asker, tell_number, writable
from euthymia.errors import InputError, Problem
from euthymia.ledger.responses import ANSWERED, REASONS, response_draft


def respond(
    number: Annotated[int, typer.Argument(help="The number of an assessment.", metavar="ID", min=1)],
    verdict: Annotated[str, typer.Argument(help="accepted, modified or overridden.", metavar="VERDICT")],
    reason: Annotated[str | None, typer.Option(metavar="CODE", help=f"Why not as given: {', '.join(REASONS)}.")] = None,
    rule: Annotated[list[str] | None, typer.Option(metavar="ID", help="Which advice this is about; may be given again.")] = None,
    note: Annotated[str | None, typer.Option(help="In words; erased with the patient.")] = None,
    by: AsOption = None,
    ledger: LedgerOption = None,
    key: KeyOption = None,
) -> None:
    """Record what was done with an answer: accepted, modified or overridden, and why."""
    who = asker(by)
    with writable(ledger, key) as opened:
        row = opened.of_kind(number, "assessment", *ANSWERED)
        tell_number(opened, opened.append(response_draft(row, verdict, reason, rule or [], note, who)))


def erase(
    patient: Annotated[str, typer.Argument(help="The pseudonym.", metavar="PATIENT")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; nothing can be brought back.")] = False,
    by: AsOption = None,
    ledger: LedgerOption = None,
    key: KeyOption = None,
) -> None:
    """Erase all content of one patient's records, for good. The chain stays whole, and the erasure is recorded."""
    who = asker(by)
    with writable(ledger, key) as opened:
        if not yes and not _confirmed("Erase all content of this patient's records? It cannot be brought back"):
            raise InputError([Problem("erase", 0, "", "nothing was erased; answer y, or give --yes")])
        record = opened.erase(patient, who)
        write_out(
            f"Erased. Recorded as {record.number} in {opened.store.where}. Copies elsewhere (backups, exports, pages) are yours to erase."
        )


def _confirmed(question: str) -> bool:
    """No answer, as from a script, is no."""
    try:
        return typer.confirm(question, err=True)
    except typer.Abort:
        return False


def scrub(ledger: LedgerOption = None) -> None:
    """Leave nothing of what was erased in the files of the ledger; needed only when an erasure says so."""
    with writable(ledger, None) as opened:
        opened.store.scrub()
    write_out("Nothing of what was erased is left in the files of the ledger.")


def keygen(file: Annotated[Path, typer.Argument(help="A new file for the private key.", metavar="FILE")]) -> None:
    """Make a key that signs records. The public key goes beside it; give that to whoever verifies, and keep the private one apart."""
    from euthymia.ledger.signing import make_key, public_path  # noqa: PLC0415  other commands need not wait for the library

    make_key(file)
    write_out(f"Private key: {file}\nPublic key:  {public_path(file)}")


def sign(
    new_key: Annotated[Path, typer.Argument(help="The private key that signs from now on.", metavar="NEW")],
    by: AsOption = None,
    ledger: LedgerOption = None,
    key: KeyOption = None,
) -> None:
    """Sign records with another key from now on, or begin to sign. The change is recorded, signed with the key before."""
    from euthymia.ledger.signing import read_key  # noqa: PLC0415

    signer = read_key(new_key)
    who = asker(by)
    with writable(ledger, key) as opened:
        record = opened.change_key(signer, who)
        write_out(f"Recorded as {record.number} in {opened.store.where}. Records are now signed with {new_key}.")
