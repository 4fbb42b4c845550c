"""Is one record, taken by itself, what was sealed? Verification asks this of all, and whoever shows one asks it of that one."""

from collections.abc import Collection

from euthymia.errors import InputError, Problem
from euthymia.ledger.canonical import digest
from euthymia.ledger.commitments import commitments
from euthymia.ledger.form import has_form
from euthymia.ledger.record import Sealed
from euthymia.ledger.store import PARTS, Row


def flaw_of_text(record: Sealed) -> str | None:
    """What is wrong with the sealed text, if anything."""
    if digest(record.body) != record.hash:
        return "was changed: its text is not the one that was sealed"
    return None if has_form(record) else "was changed: its text is not in the form of a record"


def flaw_of_columns(row: Row) -> str | None:
    """Records are found by these; a wrong one would hide a record from the erasure of its patient."""
    if (row.kind, row.subject, row.previous) == (row.sealed.kind, row.sealed.subject, row.sealed.data["previous"]):
        return None
    return "was changed: its kind, its patient or the link to the patient's previous record is not the one that was sealed"


def flaw_of_contents(row: Row, wanted: Collection[str] = PARTS) -> str | None:
    """What is wrong with the contents that are there; that all are missing may be an erasure."""
    sealed = {name: found for name, found in row.sealed.data["commitments"].items() if name in wanted}
    if not row.parts:
        return None
    if missing := sorted(sealed.keys() - row.parts.keys()):
        return f"lacks some of its content ({', '.join(missing)})"
    try:
        found = commitments({name: row.part(name) for name in row.parts})
    except ValueError:
        return "was changed: its content cannot be read"
    if wrong := sorted(name for name in found if found[name] != sealed.get(name)):
        return f"was changed: its content ({', '.join(wrong)}) is not what was sealed"
    if "patient" in row.parts and row.pseudonym != row.part("patient")[0].value:
        return "was changed: the list of patients gives it to another"
    return None


def require_sound(row: Row, where: str, wanted: Collection[str]) -> Row:
    """The row, or InputError: nothing is shown as a record that is not one. The chain around it is not looked at."""
    flaw = (
        flaw_of_text(row.sealed)
        or (None if row.sealed.number == row.sealed.data["number"] else "was moved")
        or flaw_of_contents(row, wanted)
    )
    if flaw is not None:
        message = f"record {row.sealed.number} {flaw}; `euthymia ledger verify` tells more"
        raise InputError([Problem(where, 0, "", message)])
    return row
