"""The head of a ledger, kept elsewhere: who has it can tell later whether something was cut off or written anew."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from euthymia.ledger.form import Digest, Hex
from euthymia.ledger.record import Sealed
from euthymia.source import read_document, read_file
from euthymia.source.text import Document
from euthymia.source.validation import validate


@dataclass(frozen=True, slots=True)
class Anchor:
    """Everything up to record `number` stood in this ledger as `hash` says."""

    ledger: str
    number: int
    hash: str
    signature: str | None


class _AnchorFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    schema_: Literal["euthymia.anchor/1"] = Field(alias="schema")
    ledger: Hex
    number: int = Field(ge=1)
    hash: Digest
    signature: Hex | None


def anchor_of(head: Sealed) -> dict[str, Any]:
    """What is kept elsewhere."""
    return {
        "schema": "euthymia.anchor/1",
        "ledger": head.data["ledger"],
        "number": head.number,
        "hash": head.hash,
        "signature": head.signature,
    }


def read_anchor(path: Path) -> Anchor:
    """Raises InputError with every mistake in the file."""
    return _anchor(read_file(path))


def anchor_in(text: str, name: str) -> Anchor:
    """The same of a text; `name` is what messages call it."""
    return _anchor(read_document(text, name))


def _anchor(document: Document) -> Anchor:
    read = validate(document, _AnchorFile)
    return Anchor(read.ledger, read.number, read.hash, read.signature)
