"""Random patients for the catalogue of `rulebooks`: one byte for each fact, zero for a fact that was not asked."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from hypothesis import strategies as st

from euthymia.facts.catalogue import Declaration
from euthymia.facts.observation import NOT_ASKED, Observation, between, measured
from euthymia.facts.patient import Patient, Unit
from tests.generative.rulebooks import CATALOGUE

_ONCE = [CATALOGUE[name] for name in CATALOGUE if CATALOGUE[name].record in ("p", "process")]
_TRIAL, _PROBLEM = CATALOGUE.of_record("trial"), CATALOGUE.of_record("problem")
_TRIALS, _PROBLEMS = 3, 2
_LENGTH = 4 + len(_ONCE) + _TRIALS * len(_TRIAL) + _PROBLEMS * len(_PROBLEM)
_FULL = 128  # first byte from here on: facts are known unless their byte says otherwise


@cache
def _known(fact: Declaration) -> tuple[Observation, ...]:
    """Values that a fact may have: ends of ranges, ranges, empty lists."""
    if fact.is_number:
        step = 1 if fact.type == "integer" else 0.5
        least = fact.minimum if fact.above is None else fact.above + step
        single = [measured(least + step * number) for number in range(8) if fact.maximum is None or least + step * number <= fact.maximum]
        return (*single, between(single[1].low, single[3].low), between(single[0].low, single[-1].low))
    values: dict[str, tuple[Any, ...]] = {
        "list of enum": ((), ("u",), ("v", "w"), ("u", "v", "w")),
        "list of integer": ((), (1,), (2, 3), (1, 2, 3)),
        "map of text": ({}, {"k": "text"}, {"k": "text", "o": "text"}),
        "text": ("sertraline", "lithium"),
    }
    return tuple(Observation("known", value) for value in values.get(fact.type, fact.choices))


def _observed(fact: Declaration, byte: int, *, full: bool) -> Observation:
    """What one byte says: zero is not asked; few are unknown or not applicable; in a full patient, nearly all are known."""
    if byte < (12 if full else 140):
        return (NOT_ASKED, Observation("unknown"), Observation("not_applicable"))[byte % 3 if byte > 1 else 0]
    known = _known(fact)
    return known[byte % len(known)]


def _facts(declared: list[Declaration], stream: Iterator[int], *, full: bool) -> dict[str, Observation]:
    return {fact.full_name: _observed(fact, next(stream), full=full) for fact in declared}


def patient_of(data: bytes) -> Patient:
    """The patient that the bytes stand for."""
    full = data[0] >= _FULL
    stream = iter(data[4:])
    facts = _facts(_ONCE, stream, full=full)
    trials = tuple(_trial(number, stream, full=full) for number in range(data[1] % (_TRIALS + 1)))
    problems = tuple(Unit(f"p{number}", _facts(_PROBLEM, stream, full=full)) for number in range(data[2] % (_PROBLEMS + 1)))
    ids = [None, *(unit.id for unit in trials)]
    return Patient(facts, {"trial": trials, "problem": problems}, ids[data[3] % len(ids)])


def _trial(number: int, stream: Iterator[int], *, full: bool) -> Unit:
    facts = _facts(_TRIAL, stream, full=full)
    if not facts["trial.modality"].known:
        facts["trial.modality"] = Observation("known", "medication")
    return Unit(f"t{number}", facts)


def small_patients() -> st.SearchStrategy[Patient]:
    """Patients for generated rulebooks."""
    return st.binary(min_size=_LENGTH, max_size=_LENGTH).map(patient_of)
