"""Stretches of numbers between the bounds that rules test."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from euthymia.explain.vocabulary import Vocabulary
from euthymia.facts.catalogue import Declaration
from euthymia.inference.view import SCALE


@dataclass(frozen=True, slots=True)
class Span:
    """Numbers from `low` to `high` (None: without end), each end included or not. In the fact's unit."""

    low: Fraction | None
    high: Fraction | None
    with_low: bool = True
    with_high: bool = True


def spans(fact: Declaration, vocabulary: Vocabulary, chosen: Iterable[int]) -> tuple[Span, ...]:
    """The stretches that the rules do not tell apart from these numbers (in thousandths), joined where they meet."""
    numbers = vocabulary.all_numbers(fact)
    wanted = {region(fact, vocabulary, number) for number in chosen}
    found: list[Span] = []
    start: int | None = None
    for place, number in enumerate(numbers):
        if number in wanted:
            start = place if start is None else start
        elif start is not None:
            found.append(_span(fact, vocabulary, numbers, start, place - 1))
            start = None
    if start is not None:
        found.append(_span(fact, vocabulary, numbers, start, len(numbers) - 1))
    return tuple(found)


def _span(fact: Declaration, vocabulary: Vocabulary, numbers: Sequence[int], first: int, last: int) -> Span:
    bounds = {int(bound * SCALE) for bound in vocabulary.bounds.get(fact.full_name, ())}
    low, with_low = _end(fact, bounds, numbers, first, -1)
    high, with_high = _end(fact, bounds, numbers, last, 1)
    return Span(low, high, with_low, with_high)


def _end(fact: Declaration, bounds: set[int], numbers: Sequence[int], place: int, side: int) -> tuple[Fraction | None, bool]:
    """A bound is an end itself; between bounds, the next bound is one that is not included."""
    if numbers[place] in bounds:
        return Fraction(numbers[place], SCALE), True
    beyond = place + side
    if 0 <= beyond < len(numbers):
        return Fraction(numbers[beyond], SCALE), False
    limit = fact.maximum if side > 0 else fact.minimum if fact.above is None else fact.above
    return (None, True) if limit is None else (Fraction(str(limit)), fact.above is None or side > 0)


def region(fact: Declaration, vocabulary: Vocabulary, number: int) -> int:
    """The one of `vocabulary.all_numbers` that the rules do not tell apart from this number (in thousandths)."""
    numbers = vocabulary.all_numbers(fact)
    bounds = sorted(int(bound * SCALE) for bound in vocabulary.bounds.get(fact.full_name, ()))
    return next(other for other in numbers if [_side(other, bound) for bound in bounds] == [_side(number, bound) for bound in bounds])


def _side(number: int, bound: int) -> int:
    return (number > bound) - (number < bound)
