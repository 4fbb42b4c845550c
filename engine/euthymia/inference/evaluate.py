"""The evaluator: the meaning of the rule language, in plain Python.

Every condition becomes a function of a view that gives True, False or None (undetermined). Rules are evaluated once each, in an order in
which everything that a rule refers to is settled before it.
"""

import typing
from collections.abc import Callable, Container, Iterator, Set
from copy import copy

from euthymia.facts.catalogue import Catalogue, Declaration
from euthymia.facts.patient import Patient
from euthymia.inference.trace import Key
from euthymia.inference.view import SCALE, View, views
from euthymia.rulebook.conditions import (
    MET,
    NOT_APPLICABLE,
    NOT_MET,
    UNDETERMINED,
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
from euthymia.rulebook.rule import Contradiction, Rule
from euthymia.rulebook.rulebook import Rulebook

Truth = bool | None
Test = Callable[[View], Truth]
Value = typing.Any  # what a view holds for a known fact; see view.code


def status_of(applies: Truth, when: Truth) -> str:
    """The status of a rule from its two conditions; a rule without `applies` always applies."""
    if applies is False:
        return NOT_APPLICABLE
    if applies is None or when is None:
        return UNDETERMINED
    return MET if when else NOT_MET


class Evaluator:
    """A compiled rulebook. Holds no patient; safe to use from many threads."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.catalogue = rulebook.facts
        compiler = Compiler(rulebook.facts, {rule.id: rule.about for rule in rulebook.rules})
        self._rules = rulebook.rules
        self._tests = {rule.id: compiler.rule(rule) for rule in rulebook.rules}
        self._contradictions = [(item, compiler.test(item.when)) for item in rulebook.contradictions]

    def part(self, rules: Container[str]) -> "Evaluator":
        """The same for some of the rules, which must include all that they refer to."""
        part = copy(self)
        part._rules = tuple(rule for rule in self._rules if rule.id in rules)
        return part

    def evaluate(self, patient: Patient) -> dict[Key, str]:
        """The status of every rule, for the patient and for each unit."""
        return self.evaluate_view(views(patient, self.catalogue))

    def evaluate_view(self, whole: View) -> dict[Key, str]:
        """The same on a view, which keeps the statuses."""
        found: dict[Key, str] = {}
        for rule in self._rules:
            for view in whole.judged(rule.about):
                status = self.judge(rule.id, view)
                view.statuses[rule.id] = status
                found[Key(rule.id, view.unit)] = status
        return found

    def judge(self, rule: str, view: View) -> str:
        """The status of one rule, from the facts of a view and the statuses that it holds."""
        applies, when = self._tests[rule]
        return status_of(True if applies is None else applies(view), when(view))

    def contradictions(self, whole: View, touching: Set[str] | None = None) -> Iterator[tuple[Contradiction, View]]:
        """What a patient file must not hold, and where it stands; with `touching`, only what reads one of these facts."""
        for item, test in self._contradictions:
            if touching is None or touching & item.reads:
                yield from ((item, view) for view in whole.judged(item.about) if test(view) is True)


class Compiler:
    """Conditions to functions. `about` says what record each rule speaks of."""

    def __init__(self, catalogue: Catalogue, about: dict[str, str]) -> None:
        self.catalogue = catalogue
        self.about = about
        self.many = frozenset(catalogue.many)

    def rule(self, rule: Rule) -> tuple[Test | None, Test]:
        return (None if rule.applies is None else self.test(rule.applies), self.test(rule.when))

    def test(self, condition: Condition) -> Test:
        """The function of one condition."""
        match condition:
            case Always():
                return lambda view: True
            case Compare() | OneOf() | Includes() | Filled() | Unanswered():
                return self._fact(condition)
            case StatusIs(rule, wanted):
                return self._status(rule, frozenset(wanted))
            case All(parts):
                return _all([self.test(part) for part in parts])
            case Any(parts):
                return _any([self.test(part) for part in parts])
            case Not(part):
                return _not(self.test(part))
            case Once(part):
                return _once(self.test(part))
            case FirstKnown(options):
                return self._first_known(options)
            case Count():
                return self._count(condition)
            case Latest(where):
                return self._latest(self.test(where))

    def _fact(self, condition: Compare | OneOf | Includes | Filled | Unanswered) -> Test:
        name = condition.fact
        of_patient = name.partition(".")[0] not in self.many
        if isinstance(condition, Unanswered):
            return _unanswered(name, of_patient)
        judge = _judge(condition)

        def test(view: View) -> Truth:
            value = (view.patient or view).facts.get(name) if of_patient else view.facts.get(name)
            return None if value is None else judge(value)

        return test

    def _status(self, rule: str, wanted: frozenset[str]) -> Test:
        of_patient = self.about[rule] == "patient"

        def test(view: View) -> Truth:
            status = ((view.patient or view) if of_patient else view).statuses.get(rule, UNDETERMINED)
            return None if status == UNDETERMINED else status in wanted

        return test

    def _first_known(self, options: tuple[tuple[str, Condition], ...]) -> Test:
        tests = [(name, name.partition(".")[0] not in self.many, self.test(option)) for name, option in options]

        def test(view: View) -> Truth:
            for name, of_patient, option in tests:
                holder = (view.patient or view) if of_patient else view
                if name in holder.facts:
                    return option(view)
                if name in holder.withheld:
                    return None
            return None

        return test

    def _count(self, count: Count) -> Test:
        where = self.test(count.where)
        complete = self.catalogue.record(count.record).complete_when or ""
        distinct = None if count.distinct is None else self.catalogue[count.distinct]
        minimum, record, listed = count.minimum, count.record, count.listed

        def test(view: View) -> Truth:
            results = [(unit, where(unit)) for unit in view.units[record]]
            certain = [unit for unit, result in results if result is True]
            possible = [unit for unit, result in results if result is not False]
            if fewest(certain, distinct) >= minimum:
                return True
            closed = listed or view.facts.get(complete) == "yes"
            if closed and most(possible, distinct) < minimum:
                return False
            return None

        return test

    def _latest(self, where: Test) -> Test:
        complete = self.catalogue.record("trial").complete_when or ""

        def test(view: View) -> Truth:
            if view.latest is not None:
                return where(view.latest)
            results = {where(unit) for unit in view.units["trial"]}
            return results.pop() if len(results) == 1 and view.facts.get(complete) == "yes" else None

        return test


def fewest(units: list[View], distinct: Declaration | None) -> int:
    """At least so many different ones: units whose name is not known may all be one that is already there."""
    if distinct is None:
        return len(units)
    names = {unit.facts[distinct.full_name] for unit in units if distinct.full_name in unit.facts}
    nameless = [unit for unit in units if distinct.full_name not in unit.facts]
    open_names = [unit for unit in nameless if may_have(unit, distinct)]
    return len(nameless) - len(open_names) + (len(names) or bool(open_names))


def most(units: list[View], distinct: Declaration | None) -> int:
    """At most so many different ones."""
    if distinct is None:
        return len(units)
    names = {unit.facts[distinct.full_name] for unit in units if distinct.full_name in unit.facts}
    nameless = [unit for unit in units if distinct.full_name not in unit.facts]
    named = len(names) + sum(may_have(unit, distinct) for unit in nameless)
    apart = sum(not may_have(unit, distinct) for unit in nameless)
    return apart + (min(named, len(distinct.choices)) if distinct.choices else named)


def may_have(unit: View, distinct: Declaration) -> bool:
    """Could this unit turn out to have a name? A psychotherapy has no drug; a drug marked as not applicable is none."""
    return distinct.full_name not in unit.excluded and unit.facts.get("trial.modality") not in distinct.barred


def _judge(condition: Compare | OneOf | Includes | Filled) -> Callable[[Value], Truth]:
    match condition:
        case Compare(symbol=symbol, bound=bound):
            return _comparison(symbol, int(bound * SCALE))
        case OneOf(values=values):
            allowed = frozenset(values)
            return lambda value: value in allowed
        case Includes(value=member):
            return lambda value: member in value
        case Filled():
            return bool


def _comparison(symbol: str, bound: int) -> Callable[[Value], Truth]:
    """Holds for the whole range, for none of it, or cannot be told."""

    def judge(value: Value) -> Truth:
        low, high = value
        if symbol == ">=":
            return True if low >= bound else False if high < bound else None
        if symbol == ">":
            return True if low > bound else False if high <= bound else None
        if symbol == "<=":
            return True if high <= bound else False if low > bound else None
        return True if high < bound else False if low >= bound else None

    return judge


def _unanswered(name: str, of_patient: bool) -> Test:
    def test(view: View) -> Truth:
        return ((view.patient or view) if of_patient else view).is_unanswered(name)

    return test


def _all(tests: list[Test]) -> Test:
    def test(view: View) -> Truth:
        result: Truth = True
        for part in tests:
            truth = part(view)
            if truth is False:
                return False
            if truth is None:
                result = None
        return result

    return test


def _any(tests: list[Test]) -> Test:
    def test(view: View) -> Truth:
        result: Truth = False
        for part in tests:
            truth = part(view)
            if truth is True:
                return True
            if truth is None:
                result = None
        return result

    return test


def _not(part: Test) -> Test:
    def test(view: View) -> Truth:
        truth = part(view)
        return None if truth is None else not truth

    return test


def _once(part: Test) -> Test:
    return lambda view: part(view) or None
