"""A sealed record: the text whose digest the next record names, and how such a text is put together."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Literal, get_args

from euthymia import __version__
from euthymia.ledger.canonical import canonical, digest
from euthymia.ledger.commitments import Parts, commitments

Kind = Literal["opening", "key", "assessment", "response", "erasure"]
KINDS: tuple[Kind, ...] = get_args(Kind)
ROLES = ("clinician", "auditor", "author", "administrator")
SCHEMA = "euthymia.record/1"
FIRST = 1


@dataclass(frozen=True, slots=True)
class Asker:
    """Who did it: a role, and a pseudonym that the clinic can resolve."""

    role: str
    name: str

    def as_json(self) -> dict[str, str]:
        return {"role": self.role, "name": self.name}

    def __str__(self) -> str:
        return f"{self.role}:{self.name}"


@dataclass(frozen=True)
class Sealed:
    """One record as it stands in the chain. `signature` is hexadecimal; None where it was not signed."""

    number: int
    body: str
    hash: str
    signature: str | None = None

    @cached_property
    def data(self) -> dict[str, Any]:
        """What the text says. Raises ValueError when it is no JSON object."""
        data = json.loads(self.body)
        if not isinstance(data, dict):
            raise ValueError("not an object")
        return data

    @property
    def kind(self) -> str:
        return str(self.data["kind"])

    @property
    def content(self) -> dict[str, Any]:
        content: dict[str, Any] = self.data["content"]
        return content

    @property
    def at(self) -> str:
        return str(self.data["at"])

    @property
    def by(self) -> Asker:
        return Asker(self.data["by"]["role"], self.data["by"]["name"])

    @property
    def subject(self) -> str | None:
        subject: str | None = self.data["subject"]
        return subject


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be recorded, before it has a number. `patient` is the pseudonym; `parts` can be forgotten, `content` cannot."""

    kind: Kind
    by: Asker
    content: Mapping[str, Any]
    patient: str | None = None
    parts: Parts = field(default_factory=dict)
    subject: str | None = None  # of an erasure, and of whatever else speaks of a patient without holding anything of him


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the chain the next record will stand."""

    ledger: str
    number: int
    before: str | None
    before_at: str | None
    subject: str | None
    previous: int | None


def seal(draft: Draft, place: Place, at: datetime) -> Sealed:
    """The record, its text and its digest; not signed yet."""
    when = at.isoformat(timespec="microseconds")
    body = {
        "schema": SCHEMA,
        "ledger": place.ledger,
        "number": place.number,
        "before": place.before,
        "kind": draft.kind,
        "at": when,
        "clock_went_back": went_back(place.before_at, when),
        "by": draft.by.as_json(),
        "program": {"name": "euthymia", "version": __version__},
        "subject": place.subject,
        "previous": place.previous,
        "commitments": commitments(draft.parts),
        "content": dict(draft.content),
    }
    text = canonical(body)
    return Sealed(place.number, text, digest(text))


def went_back(before: str | None, when: str) -> bool:
    """Does the clock show an earlier time than it did for the record before? The order of records is that of their numbers."""
    return before is not None and datetime.fromisoformat(when) < datetime.fromisoformat(before)


def checkpoint(ledger: str, number: int, hash: str) -> str:
    """The text that is signed: everything up to this record stands in this ledger as it is."""
    return canonical({"schema": "euthymia.checkpoint/1", "ledger": ledger, "number": number, "hash": hash})
