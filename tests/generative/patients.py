"""Random patient files for the shipped facts: one byte for each fact, zero for what leaves the file as it is.

Files are sparse, half full, full, or the complete example with some facts blanked and some changed. What contradicts itself is taken out
again, so that few files have to be thrown away.
"""

import copy
import random
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from euthymia.consultation import Consultation
from euthymia.errors import InputError
from euthymia.facts.catalogue import Catalogue, Declaration
from euthymia.facts.catalogue_files import read_catalogue
from euthymia.facts.patient_file import PatientFile
from euthymia.resources import bundled
from euthymia.source import Document, read_file
from tests.shared import ON

Data = dict[str, Any]

_EXAMPLES = Path(__file__).parents[2] / "examples"
_KEEP = {"sparse": 225, "half": 128, "full": 14}  # bytes below leave the fact out
_PERTURBED = ((251, 254), (244, 250), (215, 236))  # in the complete example: first bytes that blank a fact, and that change it
_RESPONSES: tuple[Data, ...] = (
    {},
    {"kellner_score": 1, "outcome": "full_response", "percent_reduction": 80, "remission": "yes"},
    {"kellner_score": 2, "outcome": "response_with_residual_symptoms", "percent_reduction": 55, "remission": "no"},
    {"kellner_score": 3, "outcome": "partial_response", "percent_reduction": 30, "remission": "no"},
    {"kellner_score": 7, "outcome": "deterioration", "percent_reduction": -20, "remission": "no"},
)
_NUMBERS = (-20, 0, 1, 2, 3, 3.5, 4, 5, 6, 7, 8, 9, 12, 20, 25, 40, 50, 60, 100)
_DATES = ("2026-01-01", "2026-01-20", "2026-01", "2026-02", "2026-06-30", "2026-09", "2025-01", "2025", "2026")
_TRIALS = 3
_NEEDED = ("id", "modality", "dose_unit", "plasma_level_unit")  # a trial, a dose and a level are in error without them
_OF_COURSES = ("started", "ended", "concurrent_with", "own_course", "stop_reason")
_DERIVED = ("trial.modality", "trial.dose_unit", "trial.plasma_level_unit", "trial.order")


@cache
def catalogue() -> Catalogue:
    """The shipped facts."""
    return read_catalogue(bundled("rules") / "facts")


@cache
def complete() -> Data:
    """The example in which nearly everything is known."""
    data: Data = read_file(_EXAMPLES / "complete.yaml").data
    return data


@cache
def _declared(record: str) -> tuple[Declaration, ...]:
    entered = [fact for fact in catalogue().of_record(record) if fact.entered]
    return tuple(fact for fact in entered if fact.full_name not in _DERIVED and fact.type != "reference")


@cache
def _once() -> tuple[Declaration, ...]:
    records = [record.record for record in catalogue().records if not record.many]
    return tuple(fact for record in records for fact in _declared(record))


@cache
def values(fact: Declaration) -> tuple[Any, ...]:
    """Everything that a file may say of a fact, or a good choice of it; the two states last."""
    return (*_known_values(fact), "unknown", "not_applicable")


def _known_values(fact: Declaration) -> tuple[Any, ...]:
    if fact.is_number:
        least = fact.minimum if fact.above is None else fact.above + 0.001
        fitting = [value for value in _NUMBERS if _in_range(value, least, fact.maximum)]
        return tuple(value for value in fitting if fact.type == "number" or value == int(value))
    if fact.type == "list of enum":
        return ([], [fact.values[0]], [fact.values[-1]], list(fact.values))
    made: dict[str, tuple[Any, ...]] = {
        "list of integer": ([], [1], [2, 3, 4, 5, 6], [1, 2, 3, 4, 5]) if fact.maximum else ([], [3]),
        "text": ("sertraline", "lithium"),
        "list of text": ([], ["a text"]),
        "map of text": ({}, {fact.keys[0]: "a text"} if fact.keys else {}, dict.fromkeys(fact.keys, "a text")),
        "partial date": _DATES,
        "list of reference": ([], ["t1"], ["t2", "t3"]),
    }
    return made.get(fact.type, fact.choices)


def _in_range(value: float, least: float | None, most: float | None) -> bool:
    return (least is None or value >= least) and (most is None or value <= most)


def _length() -> int:
    return 4 + len(_once()) + _TRIALS * (3 + len(_declared("trial")))


def patient_data(data: bytes) -> Data:
    """The patient file that the bytes stand for."""
    mode = ("sparse", "half", "full", "perturbed", "perturbed", "perturbed")[data[0] % 6]
    stream = iter(data[4:])
    rate = _PERTURBED[data[3] % 3] if mode == "perturbed" else (_KEEP[mode], 0)
    found: Data = copy.deepcopy(complete()) if mode == "perturbed" else {}
    for fact in _once():
        holder = found if fact.record == "none" else found.setdefault(fact.record, {})
        _place(holder, fact, next(stream), mode, rate)
    if mode == "perturbed":
        trials = found["trials"]
        if data[1] % 4 == 3:
            trials.append({"id": "t3", "modality": "medication"})
        _respond(found, _RESPONSES[data[2] % 5])
        trials = found["trials"] = trials[data[1] % 2 :]
    else:
        trials = found["trials"] = [{"id": f"t{number + 1}"} for number in range(data[1] % (_TRIALS + 1))]
    for number, trial in enumerate(trials):
        _fill(trial, number, stream, mode, rate)
    _name_only(found, [trial["id"] for trial in trials])
    if data[2] % 2 and trials:
        found["latest_trial"] = trials[data[2] % len(trials)]["id"]
    elif data[2] % 3:
        found.pop("latest_trial", None)
    return found


def _name_only(data: Data, ids: list[str]) -> None:
    """References to trials that are there."""
    for trial in data["trials"]:
        if isinstance(named := trial.get("concurrent_with"), list):
            trial["concurrent_with"] = [other for other in named if other in ids and other != trial["id"]]


def _respond(data: Data, response: Data) -> None:
    """How the latest trial ended, said in every way at once."""
    data["trials"][-1 if len(data["trials"]) < _TRIALS else 1].update(response)
    if response.get("outcome") == "full_response":
        gone = ("depressed_mood_improved", "yes"), ("major_symptoms_persist", "no"), ("residual_symptoms_present", "no")
        data["episode"].update(dict(gone), residual_symptoms=[], residual_interferes="no")


def _place(holder: Data, fact: Declaration, byte: int, mode: str, rate: tuple[int, int]) -> None:
    options = values(fact)
    first, change = rate
    if mode != "perturbed":
        if byte >= first:
            holder[fact.name] = options[byte % len(options)]
    elif byte >= change:
        holder[fact.name] = options[byte % len(options)]
    elif byte >= first:
        holder.pop(fact.name, None)


def _fill(trial: Data, number: int, stream: Iterator[int], mode: str, rate: tuple[int, int]) -> None:
    """One trial: its kind, its place in the order, and its facts."""
    kind, order, side = next(stream), next(stream), next(stream)
    if mode != "perturbed":
        trial["modality"] = ("medication", "psychotherapy", "medication", "combined", "neuromodulation", "other")[kind % 6]
        if order % 3:
            trial["order"] = number + 1
    for fact in _declared("trial"):
        byte = next(stream)
        if fact.name not in _OF_COURSES or (side % 3 and mode != "perturbed"):
            _place(trial, fact, byte, mode, rate)
    if side % 3 == 2:
        _run_beside_others(trial, side)
    trial["dose_unit"] = "mg"
    if "plasma_level" in trial:
        trial["plasma_level_unit"] = "ng/mL"


def _run_beside_others(trial: Data, side: int) -> None:
    """A trial of this year that goes on, so that drug and psychotherapy become one course."""
    for name in (*_OF_COURSES, "episode", "weeks_total", "weeks_at_adequate_dose", "psychotherapy_weeks"):
        trial.pop(name, None)
    start = ("2026-06-01", "2026-06-20", "2026-06-29")[side // 3 % 3]
    trial.update({"started": start, "stop_reason": "ongoing"} if side % 2 else {"started": start, "ended": "2026-09"})


def repaired(consultation: Consultation, data: Data, on: date) -> Data:
    """The file without what contradicts itself."""
    for _ in range(12):
        try:
            read(consultation, data, on)
        except InputError as error:
            for key in dict.fromkeys(problem.key for problem in error.problems):
                _take_out(data, key)
            if "trials" in data:
                data["trials"] = [trial for trial in data["trials"] if "id" in trial]
            continue
        return data
    assume(False)
    return data


def _take_out(data: Data, key: str) -> None:
    """Remove the fact that a problem names; the whole trial where it is not the trial's own entry."""
    found = re.fullmatch(r"(\w+)(?:\[(\d+)\])?(?:\.(\w+))?", key)
    assert found, f"a generated file is wrong in a way that was not expected, at {key}"
    record, number, name = found.groups()
    holder = data[record][int(number)] if number is not None else data.get(record)
    if name is None:
        data.pop(record, None)
    elif holder and name in holder:
        del holder[name]
    else:
        holder.clear()


@cache
def _consultation() -> Consultation:
    return Consultation()


def shipped_patients() -> st.SearchStrategy[Data]:
    """Patient files, as plain data, that the shipped facts and contradictions allow."""
    made = st.deferred(lambda: st.binary(min_size=_length(), max_size=_length()))
    return made.map(patient_data).map(lambda data: repaired(_consultation(), data, ON))


def read(consultation: Consultation, data: Data, on: date = ON) -> PatientFile:
    """The patient of a file given as plain data."""
    return consultation.read_document(Document("patient.yaml", data, {}), on)


def written_facts(data: Data) -> list[tuple[str, str | None, str]]:
    """(record, trial id or None, fact) of everything that the file says, trial ids and kinds left out."""
    found: list[tuple[str, str | None, str]] = []
    for record, held in data.items():
        if record == "trials":
            found += [("trials", row["id"], name) for row in held for name in row if name not in _NEEDED]
        elif isinstance(held, dict):
            found += [(record, None, name) for name in held]
        elif record != "schema":
            found.append((record, None, ""))
    return found


def blanked(data: Data, seed: int, how: str, most: int = 4) -> Data:
    """A copy with a few facts taken out (`missing`) or set to `unknown`."""
    choose = random.Random(seed)
    facts = written_facts(data)
    return without(data, choose.sample(facts, min(len(facts), choose.randint(1, most))), how)


def without(data: Data, facts: list[tuple[str, str | None, str]], how: str = "missing") -> Data:
    """A copy with these facts taken out, or set to `unknown`."""
    found = copy.deepcopy(data)
    for record, unit, name in facts:
        holder = found if not name else found[record]
        if unit is not None:
            holder = next(row for row in found["trials"] if row["id"] == unit)
        if how == "missing":
            del holder[name or record]
        else:
            holder[name or record] = "unknown"
    return found


def shuffled(data: Any, seed: int) -> Any:
    """The same file with the keys of every mapping, and its trials, in another order."""
    return _shuffled(data, random.Random(seed), "")


def _shuffled(data: Any, choose: random.Random, key: str) -> Any:
    if isinstance(data, dict):
        keys = list(data)
        choose.shuffle(keys)
        return {name: _shuffled(data[name], choose, name) for name in keys}
    if isinstance(data, list):
        items = [_shuffled(item, choose, "") for item in data]
        if key in ("trials", "problems"):
            choose.shuffle(items)
        return items
    return data
