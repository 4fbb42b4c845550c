"""What the rules of a rulebook tell apart in each fact, so that a few values stand for all."""

import itertools
import math
from fractions import Fraction

from euthymia.explain.dependence import Dependence
from euthymia.facts.catalogue import Declaration
from euthymia.inference.view import SCALE
from euthymia.rulebook.conditions import Compare, Condition, Count, FirstKnown, Includes, Latest, walk
from euthymia.rulebook.rulebook import Rulebook

OTHER = "*"


class Vocabulary:
    """What the rules of a rulebook tell apart in each fact: bounds of numbers, members of lists, and facts with a fallback."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.catalogue = rulebook.facts
        self.dependence = Dependence(rulebook)
        self.bounds: dict[str, set[Fraction]] = {}
        self.members: dict[str, list[str | int]] = {}
        self.passed_over: set[str] = set()
        self._numbers: dict[str, list[int]] = {}
        self._reads: dict[str, frozenset[str]] = {}
        self._around: dict[str, bool] = {}
        for rule in rulebook.rules:
            for condition in rule.conditions:
                for part in walk(condition):
                    self._learn(part)
        for members in self.members.values():
            members.sort(key=str)

    def reads(self, rulebook: Rulebook, rule: str) -> frozenset[str]:
        """Facts that a rule reads, itself or through the rules it refers to."""
        if rule not in self._reads:
            own = rulebook.by_id[rule]
            self._reads[rule] = frozenset(own.reads).union(*(self.reads(rulebook, other) for other in own.refers_to))
        return self._reads[rule]

    def looks_around(self, rulebook: Rulebook, rule: str) -> bool:
        """Does a rule hang on other units, through a count or the latest trial?"""
        if rule not in self._around:
            own = rulebook.by_id[rule]
            counts = any(isinstance(part, Count | Latest) for condition in own.conditions for part in walk(condition))
            self._around[rule] = counts or any(self.looks_around(rulebook, other) for other in own.refers_to)
        return self._around[rule]

    def _learn(self, part: Condition) -> None:
        if isinstance(part, Compare):
            self.bounds.setdefault(part.fact, set()).add(part.bound)
        elif isinstance(part, Includes) and part.value not in self.members.setdefault(part.fact, []):
            self.members[part.fact].append(part.value)
        elif isinstance(part, FirstKnown):
            self.passed_over.update(name for name, _ in part.options)

    def all_numbers(self, fact: Declaration) -> list[int]:
        """One number, in thousandths, for each part of the fact's whole range that the rules tell apart."""
        if fact.full_name not in self._numbers:
            self._numbers[fact.full_name] = self.numbers(fact, None, None)
        return self._numbers[fact.full_name]

    def all_members(self, fact: Declaration) -> list[str | int]:
        """What a list or map may hold: each member that the rules name, and one for all the others, where there are others."""
        named = self.members.get(fact.full_name, [])
        possible: set[str | int] = {*(fact.keys or fact.values)}
        if fact.type == "list of integer" and fact.minimum is not None and fact.maximum is not None:
            possible = {*range(int(fact.minimum), int(fact.maximum) + 1)}
        return [*named] if possible and possible <= {*named} else [*named, OTHER]

    def numbers(self, fact: Declaration, low: Fraction | None, high: Fraction | None) -> list[int]:
        """The same for a part of the range."""
        least = _least(fact) if low is None else low
        most = _exact(fact.maximum) if high is None else high
        bounds = sorted(self.bounds.get(fact.full_name, ()))
        found = [bound for bound in bounds if _within(bound, least, most)]
        ends = [None, *bounds, None]
        for start, upper in itertools.pairwise(ends):
            lower = max((bound for bound in (start, _exact(fact.above)) if bound is not None), default=None)
            between = _between(lower, upper, least, most, fact.type == "integer")
            if between is not None:
                found.append(between)
        if fact.above is not None:
            found = [number for number in found if number > _exact_of(fact.above)]
        return sorted(int(number * SCALE) for number in found)


def _exact(value: float | None) -> Fraction | None:
    return None if value is None else Fraction(str(value))


def _exact_of(value: float) -> Fraction:
    return Fraction(str(value))


def _least(fact: Declaration) -> Fraction | None:
    return _exact(fact.minimum if fact.above is None else fact.above)


def _within(number: Fraction, low: Fraction | None, high: Fraction | None) -> bool:
    return (low is None or number >= low) and (high is None or number <= high)


def _between(lower: Fraction | None, upper: Fraction | None, low: Fraction | None, high: Fraction | None, whole: bool) -> Fraction | None:
    """A number strictly between two bounds and inside the range; None when there is none."""
    start = max((bound for bound in (lower, low) if bound is not None), default=None)
    end = min((bound for bound in (upper, high) if bound is not None), default=None)
    if whole:
        start = None if start is None else Fraction(math.floor(start))
        end = None if end is None else Fraction(math.ceil(end))
    step = Fraction(1) if whole else Fraction(1, 2)
    candidates = [start, end]
    candidates.append(None if start is None else start + step)
    candidates.append(None if end is None else end - step)
    candidates.append(None if start is None or end is None else (start + end) / 2)
    candidates.append(Fraction(0) if start is None and end is None else None)
    for number in candidates:
        if number is not None and _inside(number, lower, upper, low, high) and (not whole or number.denominator == 1):
            return number
    return None


def _inside(number: Fraction, lower: Fraction | None, upper: Fraction | None, low: Fraction | None, high: Fraction | None) -> bool:
    return (lower is None or number > lower) and (upper is None or number < upper) and _within(number, low, high)
