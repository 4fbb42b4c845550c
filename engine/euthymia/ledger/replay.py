"""An old decision made again, by the rules of its day and the program of today."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from euthymia.assess import Assessment, Reasoning
from euthymia.consultation import Consultation
from euthymia.errors import InputError
from euthymia.facts.patient_file import PatientFile
from euthymia.ledger.canonical import canonical
from euthymia.ledger.contents import derivation, judged, told_data, without_program
from euthymia.ledger.differences import differences
from euthymia.ledger.rulebooks import packed_rulebook
from euthymia.ledger.store import Row
from euthymia.render.document import Explain, document
from euthymia.render.words import Words
from euthymia.source import Document

PARTS_NEEDED = ("facts", "judged", "derivation", "answer")


@dataclass(frozen=True, slots=True)
class Replayed:
    """How a replay ended: the same byte by byte, or with what differs; or why it could not be made."""

    number: int
    version: str
    forgotten: bool = False
    refused: str | None = None
    differences: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        return not (self.forgotten or self.refused or self.differences)


class Rulebooks(Protocol):
    """Where consultations with the rules of a day come from."""

    def consultation(self, wanted: str) -> Consultation: ...


class Day:
    """A recorded assessment with the rules and facts of its day."""

    def __init__(self, row: Row, rulebooks: Rulebooks) -> None:
        self.row = row
        self.on = date.fromisoformat(row.sealed.content["on"])
        self.consultation: Consultation = rulebooks.consultation(row.sealed.content["rulebook"])
        facts = [opening.value for opening in row.part("facts")]
        self.document = Document(f"record {row.sealed.number}", told_data(facts), {})

    @property
    def file(self) -> PatientFile:
        """Raises InputError where today's program refuses what it once read."""
        return self.consultation.read_document(self.document, self.on)

    def assessment(self) -> Assessment:
        return self.consultation.assess(self.file, self.on)

    def reasoning(self) -> Reasoning:
        return self.consultation.reason(self.file, self.on)


def replay(row: Row, rulebooks: Rulebooks, words: Words) -> Replayed:
    """Work the answer out anew and compare all that was recorded of it. Raises Disagreement when the engines differ today."""
    content, program = row.sealed.content, row.sealed.data["program"]["version"]
    if not row.parts:
        return Replayed(row.sealed.number, program, forgotten=True)
    try:
        assessment = Day(row, rulebooks).assessment()
    except InputError as error:
        return Replayed(row.sealed.number, program, refused=str(error))
    asked = content["asked"]
    answer = document(assessment, words, Explain[asked["explain"].upper()], answers=asked["answers"])
    anew = {"judged": judged(assessment), "derivation": derivation(assessment), "answer": without_program(answer)}
    found = [line for name, made in anew.items() for line in _differences(name, row.part(name)[0].text, canonical(made))]
    if packed_rulebook(assessment.rulebook).compiled_digest != content["compiled"]:
        found.insert(0, "the rules of that day are compiled to other conditions")
    return Replayed(row.sealed.number, program, differences=tuple(found))


def _differences(name: str, then: str, now: str) -> list[str]:
    return [] if then == now else list(differences(json.loads(then), json.loads(now), name))
