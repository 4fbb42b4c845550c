"""What is recorded of an assessment: the facts as told, the facts as judged, each step of the derivation, and the answer."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from euthymia.assess import Assessment
from euthymia.inference.trace import Key
from euthymia.inference.view import View, views
from euthymia.ledger.commitments import Part, Parts, opened
from euthymia.ledger.record import Asker, Draft
from euthymia.ledger.rulebooks import packed_rulebook
from euthymia.ledger.store import StoredRulebook
from euthymia.rulebook.conditions import STATUSES

Item = dict[str, Any]
PathTo = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """How an assessment was asked for: what of it was worked out, and the page that was shown."""

    explain: str
    answers: bool
    audience: str
    format: str

    def as_json(self) -> Item:
        return {"explain": self.explain, "answers": self.answers, "audience": self.audience, "format": self.format}


def assessment_draft(patient: str, told: Any, assessment: Assessment, answer: Item, asked: Asked, by: Asker) -> Draft:
    """The draft of a record. `told` is the data of the patient file, `answer` the document that was made of the assessment."""
    facts = told_facts(told)
    steps = derivation(assessment)
    statuses = [step["status"] for step in steps]
    content = {
        "on": assessment.on.isoformat(),
        "rulebook": assessment.rulebook.digest,
        "compiled": packed_rulebook(assessment.rulebook).compiled_digest,
        "asked": asked.as_json(),
        "engines": {"durable_rules": version("durable_rules"), "agree": True, "judgements": len(steps)},
        "shape": {"facts": len(facts), "statuses": {status: statuses.count(status) for status in STATUSES}},
    }
    return Draft("assessment", by, content, patient, _parts(patient, facts, judged(assessment), steps, without_program(answer)))


def _parts(patient: str, facts: list[Item], judged: Item, steps: list[Item], answer: Item) -> Parts:
    one: dict[str, Any] = {"patient": patient, "judged": judged, "derivation": steps, "answer": answer}
    parts: dict[str, Part] = {name: (opened(value),) for name, value in one.items()}
    return parts | {"facts": tuple(opened(fact) for fact in facts)}


def without_program(answer: Item) -> Item:
    """The record names the program once; a later version that gives the same answer gives the same bytes."""
    return {name: value for name, value in answer.items() if name != "program"}


def stored_rulebook(assessment: Assessment) -> StoredRulebook:
    return packed_rulebook(assessment.rulebook).stored


# ---------------------------------------------------------------- facts


def told_facts(told: Any) -> list[Item]:
    """The data of a patient file, one entry for each fact with its provenance: `{"at": ["trials", 0, "drug"], "is": "sertraline"}`."""
    return [{"at": list(path), "is": value} for path, value in _leaves(told or {})]


def _leaves(told: Item) -> Iterator[tuple[PathTo, Any]]:
    for record, found in told.items():
        if isinstance(found, dict) and found:
            yield from (((record, key), value) for key, value in found.items())
        elif isinstance(found, list) and found and all(isinstance(row, dict) and row for row in found):
            yield from (((record, place, key), value) for place, row in enumerate(found) for key, value in row.items())
        else:
            yield (record,), found


def told_data(facts: list[Item]) -> Item:
    """The data of the patient file again, whatever order its facts are given in."""
    data: Item = {}
    for fact in sorted(facts, key=lambda fact: [str(part).zfill(9) for part in fact["at"]]):
        match fact["at"]:
            case [record]:
                data[record] = fact["is"]
            case [record, key]:
                data.setdefault(record, {})[key] = fact["is"]
            case [record, place, key]:
                rows = data.setdefault(record, [])
                rows.extend({} for _ in range(place + 1 - len(rows)))
                rows[place][key] = fact["is"]
            case path:
                raise ValueError(f"no place in a patient file: {path}")
    return data


def judged(assessment: Assessment) -> Item:
    """The facts in the form in which conditions test them: words, ranges of whole thousandths, members of lists."""
    whole = views(assessment.patient, assessment.rulebook.facts)
    units = {record: [{"id": view.unit, **_of_view(view)} for view in inside] for record, inside in whole.units.items()}
    return {"patient": _of_view(whole), "units": units, "latest": assessment.patient.latest}


def _of_view(view: View) -> Item:
    return {"facts": {name: _coded(value) for name, value in view.facts.items()}, "not_applicable": sorted(view.excluded)}


def _coded(value: Any) -> Any:
    if isinstance(value, tuple):
        return {"low": value[0], "high": value[1]}
    if isinstance(value, frozenset):
        return {"members": sorted(value, key=str)}
    return value if isinstance(value, str | int) else str(value)


def derivation(assessment: Assessment) -> list[Item]:
    """Every judgement, each after all that it rests upon."""
    whole = views(assessment.patient, assessment.rulebook.facts)
    statuses = {item.key: item.status for item in assessment.judgements}
    return [
        {"rule": rule.id, "unit": view.unit, "status": statuses[Key(rule.id, view.unit)]}
        for rule in assessment.rulebook.rules
        for view in whole.judged(rule.about)
    ]
