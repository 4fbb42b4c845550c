"""The form of a sealed record, checked before anything in it is believed."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from euthymia.ledger.record import Kind, Sealed
from euthymia.ledger.responses import Verdict

Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
Hex = Annotated[str, Field(pattern=r"^[0-9a-f]+$")]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Opening(_Form):
    """Of the first record, and of one that changes the key."""

    public_key: Hex | None


class Asked(_Form):
    explain: str
    answers: bool
    audience: str
    format: str


class Engines(_Form):
    durable_rules: str
    agree: Literal[True]
    judgements: int


class Shape(_Form):
    facts: int
    statuses: dict[str, int]


class Assessment(_Form):
    on: str
    rulebook: Digest
    compiled: Digest
    asked: Asked
    engines: Engines
    shape: Shape


class Response(_Form):
    to: int
    verdict: Verdict
    reason: str | None


class Erasure(_Form):
    pass


class _By(_Form):
    role: str
    name: str


class _Program(_Form):
    name: str
    version: str


class _Body(_Form):
    schema_: Literal["euthymia.record/1"] = Field(alias="schema")
    ledger: Hex
    number: int
    before: Digest | None
    kind: Kind
    at: str
    clock_went_back: bool
    by: _By
    program: _Program
    subject: Hex | None
    previous: int | None
    commitments: dict[str, list[Digest]]
    content: dict[str, Any]


_CONTENTS: dict[str, type[_Form]] = {
    "opening": Opening,
    "key": Opening,
    "assessment": Assessment,
    "response": Response,
    "erasure": Erasure,
}


def has_form(record: Sealed) -> bool:
    """Is the text that of a record, with every key and no other?"""
    try:
        body = _Body.model_validate_json(record.body)
        _CONTENTS[body.kind].model_validate(body.content)
        return datetime.fromisoformat(body.at).tzinfo is not None
    except (ValidationError, ValueError):
        return False
