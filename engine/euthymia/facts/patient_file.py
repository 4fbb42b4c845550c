"""A patient file: read, checked as a whole, and turned into the patient that rules see."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise, permutations
from typing import Any

from pydantic import BaseModel

from euthymia.errors import InputError, Problem, found, suggestion
from euthymia.facts.catalogue import Catalogue
from euthymia.facts.courses import merge_courses
from euthymia.facts.drug_facts import with_drug_facts, with_groups
from euthymia.facts.drug_table import DrugTable
from euthymia.facts.lengths import episode_contradictions, episode_length, trial_contradictions, with_lengths
from euthymia.facts.model import patient_model
from euthymia.facts.observation import Observation
from euthymia.facts.patient import Patient, Unit
from euthymia.source import Document
from euthymia.source.validation import read_as_far_as_possible


@dataclass(frozen=True, slots=True)
class PatientFile:
    """The patient that rules see, the patient as entered (no trials merged), and the file that says so."""

    patient: Patient
    entered: Patient
    document: Document

    def problem(self, name: str, message: str) -> Problem:
        """A mistake at the fact `trial.adherence@t1` or `risk.assessed`."""
        return self.document.problem(self._path(name), message)

    def _path(self, name: str) -> tuple[str | int, ...]:
        fact, _, unit_id = name.partition("@")
        record, _, key = fact.partition(".")
        if not unit_id:
            return (record, key) if key else (record,)
        rows = self.document.data.get(f"{record}s") or []
        ids = [str(row.get("id")) for row in rows]
        return (f"{record}s", ids.index(unit_id), key) if unit_id in ids else (f"{record}s",)


class UnusablePatient(InputError):
    """A file with mistakes; `file` holds what is right in it, so that facts that contradict each other can be told as well."""

    def __init__(self, problems: list[Problem], file: PatientFile) -> None:
        super().__init__(problems)
        self.file = file


def read_patient_data(document: Document, catalogue: Catalogue, drugs: DrugTable, on: date, window_days: int) -> PatientFile:
    """A patient file as it stands on the day `on`. `window_days`: see `merge_courses`. Raises UnusablePatient or InputError."""
    model, problems = read_as_far_as_possible(document, patient_model(catalogue))
    if model is None:
        raise InputError(problems)
    facts = _once_facts(model, catalogue)
    trials = _units(model, "trial", catalogue) if "trial" in catalogue.many else []
    problems += _problems(document, facts, trials, model, on)
    if problems:
        right = Patient(facts, {record: tuple(_units(model, record, catalogue)) for record in catalogue.many})
        raise UnusablePatient(problems, PatientFile(right, right, document))
    dated = [Unit(trial.id, with_drug_facts(with_lengths(dict(trial.facts), on), drugs, catalogue)) for trial in trials]
    merged, courses = merge_courses(dated, window_days, on, catalogue)
    units = {"trial": merged}
    for record in catalogue.many:
        if record != "trial":
            units[record] = tuple(_units(model, record, catalogue))
    latest = _latest(facts.get("latest_trial"), merged)
    dated_facts = with_groups(episode_length(facts, on), trials, drugs, catalogue)
    entered = Patient(dated_facts, {**units, "trial": tuple(dated)}, _latest(facts.get("latest_trial"), tuple(dated)))
    return PatientFile(Patient(dated_facts, units, latest, courses), entered, document)


def _once_facts(model: BaseModel, catalogue: Catalogue) -> dict[str, Observation]:
    facts: dict[str, Observation] = {}
    for fact in (catalogue[name] for name in catalogue):
        if fact.record in catalogue.many or not fact.entered:
            continue
        holder = model if fact.record == "none" else getattr(model, fact.record)
        if holder is not None:
            facts[fact.full_name] = getattr(holder, fact.name)
    return facts


def _units(model: BaseModel, record: str, catalogue: Catalogue) -> list[Unit]:
    """The units in an order that does not depend on the file: by stated order, first day and id."""
    declared = [fact for fact in catalogue.of_record(record) if fact.entered]
    rows = getattr(model, f"{record}s") or ()
    units = [Unit(row.id, {fact.full_name: getattr(row, fact.name) for fact in declared}) for row in rows]
    return sorted(units, key=_position)


def _position(unit: Unit) -> tuple[Any, ...]:
    order, start = unit.get("trial.order"), unit.get("trial.started")
    first = start.value.first.isoformat() if start.known else "9999"
    return (order.low if order.known else 10**6, first, _natural(unit.id))


def _natural(text: str) -> list[tuple[int, int, str]]:
    """t2 before t10."""
    parts = re.split(r"(\d+)", text)
    return [(0, int(part), "") if part.isdecimal() and part.isascii() else (1, 0, part) for part in parts if part]


def _problems(document: Document, facts: dict[str, Observation], trials: list[Unit], model: BaseModel, on: date) -> Iterator[Problem]:
    """Everything that no single value shows: references, repeated ids, missing parts, lengths against dates."""
    rows: list[dict[str, Any]] = document.data.get("trials") or []
    ids = [row.id for row in getattr(model, "trials", None) or ()]
    place = {trial_id: number for number, trial_id in reversed(list(enumerate(ids)))}
    yield from _repeated_ids(document, "trials", ids)
    yield from _ids_of_courses(document, ids)
    yield from _repeated_ids(document, "problems", [row.id for row in getattr(model, "problems", None) or ()])
    for trial in trials:
        number = place[trial.id]
        for key, message in _of_trial(trial, ids, on):
            if message.startswith("is missing") and rows[number].get(key) is not None:
                continue  # it is there, and was already found to be wrong
            path = ("trials", number, key) if key in rows[number] else ("trials", number)
            problem = document.problem(path, message)
            yield Problem(problem.file, problem.line, f"trials[{number}].{key}", message)
    for key, message in episode_contradictions(facts, on):
        yield document.problem(("episode", key), message)
    yield from _latest_problems(document, facts.get("latest_trial"), trials)
    yield from _order_problems(document, trials, place)


def _ids_of_courses(document: Document, ids: list[str]) -> Iterator[Problem]:
    """Two trials merged into one course are called `t1+t2`; no other trial or pair of trials may bear that name."""
    pairs = Counter(f"{one}+{other}" for one, other in permutations(dict.fromkeys(ids), 2))
    for number, unit_id in enumerate(ids):
        confusing = [name for name in pairs if name == unit_id or (pairs[name] > 1 and name.startswith(f"{unit_id}+"))]
        if confusing:
            message = f"'{found(unit_id)}' can be confused with two trials merged into one course, {found(confusing[0])}; choose another id"
            yield document.problem(("trials", number, "id"), message)


def _repeated_ids(document: Document, key: str, ids: list[str]) -> Iterator[Problem]:
    for number, unit_id in enumerate(ids):
        if unit_id in ids[:number]:
            line = document.line((key, ids.index(unit_id)))
            yield document.problem((key, number, "id"), f"'{found(unit_id)}' is used twice (first on line {line}); every id is unique")


def _of_trial(trial: Unit, ids: list[str], on: date) -> Iterator[tuple[str, str]]:
    if not trial.get("trial.modality").known:
        yield "modality", "is missing; a trial needs its modality (medication, psychotherapy, combined, neuromodulation or other)"
    if trial.get("trial.dose_daily").known and not trial.get("trial.dose_unit").known:
        yield "dose_unit", "is missing; a dose needs its unit"
    if trial.get("trial.plasma_level").known and not trial.get("trial.plasma_level_unit").known:
        yield "plasma_level_unit", "is missing; a level needs its unit"
    named = trial.get("trial.concurrent_with")
    for other in named.value if named.known else ():
        if other == trial.id:
            yield "concurrent_with", "a trial cannot run beside itself"
        elif other not in ids:
            yield "concurrent_with", f"no trial '{found(other)}'{suggestion(other, ids)}; trials: {', '.join(map(found, ids))}"
    yield from trial_contradictions(dict(trial.facts), on)


def _latest_problems(document: Document, latest: Observation | None, trials: list[Unit]) -> Iterator[Problem]:
    if latest is None or not latest.known:
        return
    ids = [trial.id for trial in trials]
    if latest.value not in ids:
        there = f"trials: {', '.join(map(found, ids))}" if ids else "the file lists no trials"
        yield document.problem(("latest_trial",), f"no trial '{found(latest.value)}'{suggestion(latest.value, ids)}; {there}")
        return
    order = {trial.id: trial.get("trial.order").low for trial in trials}
    own = order[latest.value]
    later = [trial_id for trial_id, position in order.items() if own is not None and position is not None and position > own]
    if later:
        yield document.problem(
            ("latest_trial",), f"'{found(latest.value)}' is called the latest, but {found(later[-1])} has a higher order"
        )


def _order_problems(document: Document, trials: list[Unit], place: dict[str, int]) -> Iterator[Problem]:
    """A position in the list of trials that the first days contradict."""
    known = [trial for trial in trials if trial.get("trial.order").known and trial.get("trial.started").known]
    for earlier, later in pairwise(sorted(known, key=lambda trial: trial.get("trial.order").low or 0)):
        before, after = earlier.get("trial.started").value, later.get("trial.started").value
        if earlier.get("trial.order").low != later.get("trial.order").low and before.first > after.last:
            message = f"this trial comes before {found(later.id)} by its order, yet it started later: {before} against {after}"
            yield document.problem(("trials", place[earlier.id], "order"), message)


def _latest(stated: Observation | None, trials: tuple[Unit, ...]) -> str | None:
    """The latest trial: as stated; else the only one, else the one with the highest order when all orders are known and differ."""
    if stated is not None and stated.known:
        return next(trial.id for trial in trials if stated.value in (trial.parts or (trial.id,)))
    orders = [(trial.get("trial.order").low, trial.id) for trial in trials]
    known = [(position, trial_id) for position, trial_id in orders if position is not None]
    if len(trials) == 1 and not trials[0].parts:
        return trials[0].id
    if not known or len(known) < len(orders) or len({position for position, _ in known}) < len(known):
        return None
    return max(known)[1]
