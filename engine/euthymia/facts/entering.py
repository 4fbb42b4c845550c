"""Where a fact stands in a patient file, and the file's data with one more answer in it."""

from typing import Any

from euthymia.facts.catalogue import Catalogue
from euthymia.facts.patient import Patient
from euthymia.source import Document

Place = tuple[str, ...]  # ("risk", "assessed"), ("trials", "t1", "adherence") by the trial's id, ("latest_trial",)


def place_of(name: str, catalogue: Catalogue) -> Place:
    """The keys under which a file holds the fact `trial.adherence@t1` or `risk.assessed`."""
    fact, _, unit = name.partition("@")
    declared = catalogue[fact]
    if declared.record == "none":
        return (declared.name,)
    return (f"{declared.record}s", unit, declared.name) if unit else (declared.record, declared.name)


def as_entered(name: str, entered: Patient, patient: Patient, catalogue: Catalogue) -> list[str]:
    """The facts to enter in place of this one: of a course made of two trials, those of the trials that can have it and lack it."""
    fact, _, unit_id = name.partition("@")
    if not unit_id:
        return [name]
    unit = patient.unit(fact.partition(".")[0], unit_id)
    if not unit.parts:
        return [name]
    trials = [entered.unit("trial", part) for part in unit.parts]
    able = [trial for trial in trials if trial.get("trial.modality").value not in catalogue[fact].barred]
    return [f"{fact}@{trial.id}" for trial in able if not trial.get(fact).known]


def with_entry(document: Document, place: Place, value: Any) -> Document:
    """The document as it would be with this value. The old one is left as it is; lines stay those of the old one."""
    return Document(document.name, _put(document.data or {}, place, value), document.lines, document.problems)


def _put(data: Any, place: Place, value: Any) -> Any:
    if not place:
        return value
    if isinstance(data, list):
        return [_put(row, place[1:], value) if isinstance(row, dict) and str(row.get("id")) == place[0] else row for row in data]
    return {**(data or {}), place[0]: _put((data or {}).get(place[0]), place[1:], value)}
