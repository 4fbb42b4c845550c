"""The ways in which a question can be answered, as far as the rules tell them apart."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from euthymia.explain.vocabulary import OTHER, Vocabulary
from euthymia.facts.catalogue import Declaration
from euthymia.facts.observation import number
from euthymia.facts.patient import Patient
from euthymia.inference.view import SCALE

Edge = tuple[Fraction, bool]  # a bound, and whether it belongs to the range


@dataclass(frozen=True, slots=True)
class Range:
    """A part of a fact's numbers, in its unit. An edge is None where the fact's own range ends."""

    low: Edge | None
    high: Edge | None


@dataclass(frozen=True, slots=True)
class Answer:
    """One way to answer. `written` are values as a patient file holds them; they stand for everything that this answer covers.

    value: one of `words`; only: a list that holds one of `words` and nothing else; nothing: an empty list; something: a list that holds
    anything at all; range: a number in `range`.
    """

    kind: Literal["value", "only", "nothing", "something", "range"]
    written: tuple[Any, ...]
    words: tuple[str, ...] = ()
    range: Range | None = None


def possible_answers(fact: Declaration, vocabulary: Vocabulary, patient: Patient) -> list[Answer]:
    """All answers to one question; none where what follows hangs on what exactly is entered: names, dates, doses."""
    if fact.choices and not fact.is_list:
        return [Answer("value", (choice,), (choice,)) for choice in fact.choices]
    if fact.is_number:
        return list(_ranges(fact, vocabulary))
    if fact.type == "reference":
        return [Answer("value", (trial,), (trial,)) for unit in patient.units.get("trial", ()) for trial in (unit.parts or (unit.id,))]
    if fact.type.startswith("list") and fact.type != "list of reference":
        return [Answer("nothing", ([],)), *_members(fact, vocabulary)]
    return []


def _members(fact: Declaration, vocabulary: Vocabulary) -> Iterator[Answer]:
    if fact.type == "list of text":
        yield Answer("something", ([OTHER],))
        return
    named = vocabulary.members.get(fact.full_name, [])
    possible: tuple[str | int, ...] = fact.values
    if fact.type == "list of integer" and fact.minimum is not None and fact.maximum is not None:
        possible = tuple(range(int(fact.minimum), int(fact.maximum) + 1))
    for member in possible or named:
        yield Answer("only", ([member],), (str(member),))


def _ranges(fact: Declaration, vocabulary: Vocabulary) -> Iterator[Answer]:
    bounds = sorted(vocabulary.bounds.get(fact.full_name, ()))
    for stands in vocabulary.all_numbers(fact) if bounds else ():
        value = Fraction(stands, SCALE)
        if value in bounds:
            yield Answer("range", (number(value),), (), Range((value, True), (value, True)))
            continue
        below = max((bound for bound in bounds if bound < value), default=None)
        beyond = min((bound for bound in bounds if bound > value), default=None)
        inside = Range(None if below is None else (below, False), None if beyond is None else (beyond, False))
        yield Answer("range", tuple(number(other) for other in _several(fact, value, below, beyond)), (), inside)


def _several(fact: Declaration, value: Fraction, below: Fraction | None, beyond: Fraction | None) -> list[Fraction]:
    """Numbers of one part: some may contradict what else is on file while others do not."""
    step = Fraction(1) if fact.type == "integer" else Fraction(1, 100)
    near = [None if below is None else below + step, None if beyond is None else beyond - step]
    inside = [other for other in near if other is not None and (below is None or other > below) and (beyond is None or other < beyond)]
    return list(dict.fromkeys([value, *inside]))


def joined(answers: list[Answer]) -> list[Answer]:
    """Answers with the same consequences as one: `2, 3 or 4`, or one range where the parts lie side by side."""
    found: list[Answer] = []
    for answer in answers:
        last = found[-1] if found and found[-1].kind == answer.kind else None
        if last is None or answer.kind in ("nothing", "something"):
            found.append(answer)
        elif last.range is not None and answer.range is not None:
            if last.range.high is None or answer.range.low is None or last.range.high[0] != answer.range.low[0]:
                found.append(answer)
            else:
                found[-1] = Answer("range", last.written + answer.written, (), Range(last.range.low, answer.range.high))
        else:
            found[-1] = Answer(answer.kind, last.written + answer.written, last.words + answer.words)
    return found
