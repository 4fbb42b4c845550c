"""A chart that is being entered, read as far as it can be: what is wrong is told, and what is right is judged without it.

Leaving a fact out can only leave more open, never turn open into no; so what is shown meanwhile is true. Where a whole trial must be left
out, one of which nothing is known stands in its place, the list of trials is no longer taken to be complete, and it is open which one is
the latest: else those that are left would be taken for all, and one of them for the latest.
"""

import re
from dataclasses import replace
from datetime import date
from typing import Any

from euthymia.consultation import Consultation
from euthymia.errors import InputError, Problem
from euthymia.facts.charting import fact_at, free_id, with_fact
from euthymia.facts.observation import NOT_ASKED
from euthymia.facts.patient import Unit
from euthymia.facts.patient_file import PatientFile
from euthymia.source import Document
from euthymia.web.charts.fields import UNIT_BESIDE

NAME = "patient"
_TRIALS = "trials"
_ROUNDS = 20
# An amount without its unit is left out itself.
_AMOUNTS = {unit.partition(".")[2]: amount.partition(".")[2] for amount, unit in UNIT_BESIDE.items()}
_PART = re.compile(r"(?P<word>[^.\[\]]+)|\[(?P<number>\d+)\]")


def read_as_far_as_possible(consultation: Consultation, told: dict[str, Any], on: date) -> tuple[PatientFile, list[Problem]]:
    """The patient without what cannot be right, and every mistake found. Raises InputError where nothing is left to read."""
    problems: list[Problem] = []
    whole = told
    for _ in range(_ROUNDS):
        try:
            file = consultation.read_document(Document(NAME, told, {}), on)
            return _with_unread_trials(file, _left_out(whole, told), consultation), problems
        except InputError as error:
            problems += [problem for problem in error.problems if problem not in problems]
            left = told
            for problem in error.problems:
                left = _without(left, problem.key, consultation)
            if left == told:
                raise
            told = left
    raise InputError(problems)


def _left_out(whole: dict[str, Any], told: dict[str, Any]) -> int:
    """How many trials were left out; a list that is none may have held any."""
    before = whole.get(_TRIALS)
    return len(before) - len(told.get(_TRIALS) or []) if isinstance(before, list) else int(before is not None)


def _with_unread_trials(file: PatientFile, number: int, consultation: Consultation) -> PatientFile:
    """With so many more trials, of which nothing is known."""
    if not number:
        return file
    facts = {fact.full_name: NOT_ASKED for fact in consultation.rulebook.facts.of_record("trial")}
    unread: list[Unit] = []
    for _ in range(number):
        taken = {_TRIALS: [{"id": trial.id} for trial in (*file.entered.units["trial"], *unread)]}
        unread.append(Unit(free_id(taken, _TRIALS), facts))
    patient, entered = (
        replace(one, units={**one.units, "trial": (*one.units["trial"], *unread)}, latest=None) for one in (file.patient, file.entered)
    )
    return replace(file, patient=patient, entered=entered)


def _without(told: dict[str, Any], key: str, consultation: Consultation) -> dict[str, Any]:
    place = tuple(match["word"] or int(match["number"]) for match in _PART.finditer(key))
    if not place:
        return told
    if len(place) < 2 or not isinstance(place[1], int):
        left = with_fact(told, tuple(map(str, place[:2])), None)
        return _no_longer_complete(left, str(place[0]), consultation) if _is_list_of_units(str(place[0]), consultation) else left
    rows = list(told.get(str(place[0])) or [])
    if place[1] >= len(rows):
        return told
    row = rows[place[1]]
    inside = str(place[2]) if len(place) > 2 else ""
    if isinstance(row, dict) and row.get(inside) is None:
        inside = _AMOUNTS.get(inside, inside)
    if inside != "id" and isinstance(row, dict) and row.get(inside) is not None:
        return with_fact(told, (str(place[0]), str(row.get("id")), inside), None)
    return _without_row(told, str(place[0]), place[1], consultation)


def _without_row(told: dict[str, Any], units: str, number: int, consultation: Consultation) -> dict[str, Any]:
    rows = [row for place, row in enumerate(told[units]) if place != number]
    return _no_longer_complete({**told, units: rows}, units, consultation)


def _is_list_of_units(key: str, consultation: Consultation) -> bool:
    return key.removesuffix("s") in consultation.rulebook.facts.many


def _no_longer_complete(told: dict[str, Any], units: str, consultation: Consultation) -> dict[str, Any]:
    closing = consultation.rulebook.facts.record(units.removesuffix("s")).complete_when
    if closing is None:
        return told
    record, _, name = closing.partition(".")
    return with_fact(told, (record, name), None)


def fact_of(told: dict[str, Any], key: str) -> tuple[str, str]:
    """The fact `trial.drug` and the unit `t1` that a mistake's key `trials[0].drug` stands for; empty where it stands for none."""
    place = [match["word"] or int(match["number"]) for match in _PART.finditer(key)]
    if len(place) > 1 and isinstance(place[1], int):
        row = fact_at(told, (str(place[0]),))[place[1]]
        record = str(place[0]).removesuffix("s")
        return (f"{record}.{place[2]}" if len(place) > 2 else record), str(row.get("id"))
    return ".".join(map(str, place)), ""
