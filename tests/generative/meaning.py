"""The meaning of conditions, written down a third time and as plainly as possible: the oracle of the generated tests.

It shares no code with the two engines. `None` is undetermined. Counts of different units try every way of naming the nameless ones.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any as Anything

from euthymia.facts.catalogue import Declaration
from euthymia.inference.trace import Key
from euthymia.inference.view import View
from euthymia.rulebook.conditions import (
    All,
    Always,
    Any,
    Compare,
    Condition,
    Count,
    Filled,
    FirstKnown,
    Includes,
    Latest,
    Not,
    Once,
    OneOf,
    StatusIs,
    Unanswered,
)
from euthymia.rulebook.rulebook import Rulebook

Truth = bool | None


@dataclass
class Meaning:
    """One patient judged by definition.

    `given` holds statuses that are taken as they are. With `only_given`, a status that is not given is open. `withheld` names facts
    (`fact@unit`) that are known, but not to be looked at: a fallback does not pass over them. `unanswered`: facts that count as not
    answered (None: all that are not known). `unlisted` says what holds for a latest trial that is not on file.
    """

    rulebook: Rulebook
    whole: View
    given: Mapping[Key, str] = field(default_factory=dict)
    only_given: bool = False
    withheld: frozenset[str] = frozenset()
    unanswered: frozenset[str] | None = None
    unlisted: Mapping[Condition, bool] | None = None
    _done: dict[Key, str] = field(default_factory=dict)

    def all(self) -> dict[Key, str]:
        """The status of every rule, for the patient and each unit."""
        found = {}
        for rule in self.rulebook.rules:
            for view in (self.whole,) if rule.about == "patient" else self.whole.units[rule.about]:
                key = Key(rule.id, view.unit)
                found[key] = self.status(key)
        return found

    def status(self, key: Key) -> str:
        if key in self.given:
            return self.given[key]
        if self.only_given:
            return "undetermined"
        if key not in self._done:
            self._done[key] = self.judge(key)
        return self._done[key]

    def judge(self, key: Key) -> str:
        """The status of one rule by its own conditions."""
        rule = self.rulebook.by_id[key.rule]
        view = self.view(rule.about, key.unit)
        applies = True if rule.applies is None else self.truth(rule.applies, view)
        when = self.truth(rule.when, view)
        if applies is None:
            return "undetermined"
        if applies is False:
            return "not_applicable"
        return "undetermined" if when is None else "met" if when else "not_met"

    def view(self, about: str, unit: str | None) -> View:
        if about == "patient":
            return self.whole
        return next(view for view in self.whole.units[about] if view.unit == unit)

    def holder(self, fact: str, view: View) -> View:
        return view if fact.partition(".")[0] in self.rulebook.facts.many else self.whole

    def truth(self, condition: Condition, view: View) -> Truth:
        """Does the condition hold for this unit?"""
        match condition:
            case Always():
                return True
            case Compare() | OneOf() | Includes() | Filled():
                value = self.holder(condition.fact, view).facts.get(condition.fact)
                return None if value is None else _test(condition, value)
            case Unanswered(fact):
                return self._unanswered(fact, self.holder(fact, view))
            case StatusIs(rule, wanted):
                about = self.rulebook.by_id[rule].about
                status = self.status(Key(rule, None if about == "patient" else view.unit))
                return None if status == "undetermined" else status in wanted
            case All(parts):
                return _strongest([self.truth(part, view) for part in parts], False)
            case Any(parts):
                return _strongest([self.truth(part, view) for part in parts], True)
            case Not(part):
                return {True: False, False: True, None: None}[self.truth(part, view)]
            case Once(part):
                return True if self.truth(part, view) is True else None
            case FirstKnown(options):
                return self._first_known(options, view)
            case Count():
                return self._count(condition)
            case Latest(where):
                return self._latest(where)

    def _unanswered(self, fact: str, holder: View) -> Truth:
        if fact in holder.facts or fact in holder.excluded:
            return False
        return True if self.unanswered is None or at(fact, holder) in self.unanswered else None

    def _first_known(self, options: tuple[tuple[str, Condition], ...], view: View) -> Truth:
        for fact, option in options:
            holder = self.holder(fact, view)
            if at(fact, holder) in self.withheld:
                return None
            if fact in holder.facts:
                return self.truth(option, view)
        return None

    def _complete(self, record: str) -> bool:
        fact = self.rulebook.facts.record(record).complete_when
        return fact is not None and self.whole.facts.get(fact) == "yes"

    def _count(self, count: Count) -> Truth:
        results = [(unit, self.truth(count.where, unit)) for unit in self.whole.units[count.record]]
        certain = [unit for unit, result in results if result is True]
        possible = [unit for unit, result in results if result is not False]
        distinct = None if count.distinct is None else self.rulebook.facts[count.distinct]
        if min(_ways_to_count(certain, distinct)) >= count.minimum:
            return True
        closed = count.listed or self._complete(count.record)
        return False if closed and max(_ways_to_count(possible, distinct)) < count.minimum else None

    def _latest(self, where: Condition) -> Truth:
        if self.unlisted is not None:
            return self.unlisted[where]
        if self.whole.latest is not None:
            return self.truth(where, self.whole.latest)
        found = {self.truth(where, unit) for unit in self.whole.units["trial"]}
        return found.pop() if len(found) == 1 and self._complete("trial") else None


def at(fact: str, holder: View) -> str:
    """`trial.drug@t1`, or the name alone for a fact of the patient."""
    return f"{fact}@{holder.unit}" if holder.unit else fact


def names_open(unit: View, distinct: Declaration) -> bool:
    """Can a unit without a name turn out to have one?"""
    without_drug = distinct.name == "drug" and unit.facts.get("trial.modality") in ("psychotherapy", "neuromodulation")
    name = distinct.full_name
    return name not in unit.facts and name not in unit.excluded and not without_drug


def _ways_to_count(units: list[View], distinct: Declaration | None) -> Iterable[int]:
    """How many different units there are, for every way of naming the nameless ones."""
    if distinct is None:
        return [len(units)]
    name = distinct.full_name
    known = {unit.facts[name] for unit in units if name in unit.facts}
    possible = distinct.choices or {*known, *(f"new {number}" for number in range(len(units)))}
    options = []
    for number, unit in enumerate(units):
        own = {unit.facts[name]} if name in unit.facts else {f"unit {number}"}
        options.append(sorted(possible) if names_open(unit, distinct) else sorted(own))
    return [len(set(names)) for names in product(*options)]


def _strongest(truths: list[Truth], decisive: bool) -> Truth:
    if decisive in truths:
        return decisive
    return None if None in truths else not decisive


def _test(condition: Compare | OneOf | Includes | Filled, value: Anything) -> Truth:
    match condition:
        case OneOf(values=values):
            return value in values
        case Includes(value=member):
            return member in value
        case Filled():
            return len(value) > 0
        case Compare(symbol=symbol, bound=bound):
            held = {_compared(end, symbol, bound * 1000) for end in value}
            return held.pop() if len(held) == 1 else None
    raise AssertionError(condition)


def _compared(number: Anything, symbol: str, bound: Anything) -> bool:
    return {">=": number >= bound, ">": number > bound, "<=": number <= bound, "<": number < bound}[symbol]
