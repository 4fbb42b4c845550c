"""Which unknown facts can still change an undetermined status: exactly those, no more and no fewer.

For each judgement a decision diagram over the unknown facts is built from the same tree that the engines read. A fact is needed when
some completion of the other unknowns exists in which it decides. Facts that a fallback passes over may also stay unknown in a
completion. Where a diagram would grow too large (many trials of which nearly nothing is known), the answer is put together from what
the rule's own condition hangs on: never too few facts, seldom one too many; such judgements are in `rough`.
"""

import itertools
import math
import sys
from fractions import Fraction
from typing import Any as Anything

from euthymia.explain.diagram import EXCLUDED, FALSE, OPEN, TRUE, Diagrams, TooLarge
from euthymia.facts.catalogue import Declaration
from euthymia.inference.evaluate import may_have
from euthymia.inference.trace import Key, Statuses
from euthymia.inference.view import SCALE, View
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
    walk,
)
from euthymia.rulebook.rulebook import Rulebook

_LEAF = {NOT_MET: FALSE, MET: TRUE, UNDETERMINED: OPEN, NOT_APPLICABLE: EXCLUDED}
_ROOM = 100_000
_OTHER = "*"
_DEPTH = 20_000
_PARTS = 1024
_RULES = 50_000
_MOST_STEPS = 2_000


class Vocabulary:
    """What the rules of a rulebook tell apart in each fact: bounds of numbers, members of lists, and facts with a fallback."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.catalogue = rulebook.facts
        self.bounds: dict[str, set[Fraction]] = {}
        self.members: dict[str, list[str | int]] = {}
        self.passed_over: set[str] = set()
        self._numbers: dict[str, list[int]] = {}
        self._reads: dict[str, frozenset[str]] = {}
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
        return [*named] if possible and possible <= {*named} else [*named, _OTHER]

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


class Needs:
    """Needs of one patient's judgements. Built once for an assessment; diagrams are shared between judgements."""

    def __init__(self, rulebook: Rulebook, vocabulary: Vocabulary, whole: View, statuses: Statuses) -> None:
        self.rulebook = rulebook
        self.vocabulary = vocabulary
        self.whole = whole
        self.statuses = statuses
        self.many = frozenset(rulebook.facts.many)
        self.rough: set[Key] = set()
        self._diagrams = Diagrams()
        self._rules: dict[Key, int] = {}
        self._found: dict[Key, frozenset[str]] = {}
        self._alike: dict[tuple[str, frozenset[tuple[str, Anything]], frozenset[str]], tuple[Key, frozenset[str]]] = {}
        self._shallow = False
        self._judgements: dict[int, Key] = {}
        self._unlisted: dict[Condition, int] = {}
        self._rank = {rule.id: number for number, rule in enumerate(rulebook.rules)}
        self._names: dict[int, str] = {}
        self._place: dict[str | None, int] = {None: 0}
        for views in whole.units.values():
            for view in views:
                self._place[view.unit] = len(self._place)

    def of(self, key: Key) -> tuple[str, ...]:
        """Facts that can still change this judgement, in the order in which they are asked."""
        if self.statuses[key] != UNDETERMINED:
            return ()
        return tuple(sorted(self._of(key), key=self._order))

    def _of(self, key: Key) -> frozenset[str]:
        if key not in self._found and key.unit is not None:
            self._found[key] = self._like_another(key)
        elif key not in self._found:
            self._found[key] = self._worked_out(key)
        return self._found[key]

    def _like_another(self, key: Key) -> frozenset[str]:
        """Two trials of which the same is known need the same, each of its own facts."""
        view = self._view(self.rulebook.by_id[key.rule].about, key.unit)
        reads = self.vocabulary.reads(self.rulebook, key.rule)
        known = frozenset((name, view.facts[name]) for name in reads if name in view.facts)
        signature = (key.rule, known, view.excluded & reads)
        if signature not in self._alike:
            self._alike[signature] = (key, self._worked_out(key))
        other, found = self._alike[signature]
        if other in self.rough:
            self.rough.add(key)
        return frozenset(f"{name.partition('@')[0]}@{key.unit}" if "@" in name else name for name in found)

    def _worked_out(self, key: Key) -> frozenset[str]:
        sys.setrecursionlimit(max(sys.getrecursionlimit(), _DEPTH))  # one level for each unknown fact; 64 trials have thousands
        try:
            self._diagrams.allow(_MOST_STEPS)
            return self._exactly(key)
        except (TooLarge, RecursionError):
            self.rough.add(key)
            return self._step_by_step(key)

    def _exactly(self, key: Key) -> frozenset[str]:
        return frozenset(self._names[variable] for variable in self._diagrams.variables(self._rule(key)))

    def _step_by_step(self, key: Key) -> frozenset[str]:
        """What the rule's own condition hangs on, and what each of those judgements needs: never too few, seldom too many."""
        deep, rules = self._diagrams, self._rules
        self._diagrams, self._rules, self._shallow = Diagrams(), {}, True
        self._diagrams.allow(_MOST_STEPS)
        try:
            variables = self._diagrams.variables(self._own_diagram(key))
        except (TooLarge, RecursionError):
            return self._anything_unknown(key)
        finally:
            self._diagrams, self._rules, self._shallow = deep, rules, False
        found: set[str] = set()
        for variable in variables:
            judgement = self._judgements.get(variable)
            found |= self._of(judgement) if judgement else {self._names[variable]}
        return frozenset(found)

    def _order(self, name: str) -> tuple[int, int]:
        fact, _, unit = name.partition("@")
        return (self.rulebook.facts.rank(fact), self._place[unit or None])

    def _anything_unknown(self, key: Key) -> frozenset[str]:
        """More than is needed, when the exact answer would take too long: all unknown facts that the rule reads at all."""
        units = [view for views in self.whole.units.values() for view in views]
        found: set[str] = set()
        for name in self.vocabulary.reads(self.rulebook, key.rule):
            for holder in [view for view in units if name.partition(".")[0] in self.many] or [self.whole]:
                if holder.is_unanswered(name):
                    found.add(f"{name}@{holder.unit}" if holder.unit else name)
        return frozenset(found)

    # --- diagrams ---------------------------------------------------------------------------------------------------

    def _rule(self, key: Key) -> int:
        if (found := self._rules.get(key)) is not None:
            return found
        status = self.statuses[key]
        if status != UNDETERMINED:
            found = _LEAF[status]
        elif self._shallow:
            found = self._judgement_variable(key)
        elif key in self.rough:
            raise TooLarge
        else:
            found = self._own_diagram(key)
        self._rules[key] = found
        return found

    def _own_diagram(self, key: Key) -> int:
        rule = self.rulebook.by_id[key.rule]
        view = self._view(rule.about, key.unit)
        when = self._condition(rule.when, view)
        applies = TRUE if rule.applies is None else self._condition(rule.applies, view)
        return self._diagrams.choose(applies, when, EXCLUDED, OPEN)

    def _judgement_variable(self, key: Key) -> int:
        """Another judgement as one unknown of its own."""
        number = (self._place[key.unit] * _ROOM + _RULES + self._rank[key.rule]) * _PARTS
        self._judgements[number] = key
        possible = [FALSE, TRUE] if self.rulebook.by_id[key.rule].applies is None else [FALSE, TRUE, EXCLUDED]
        return self._diagrams.branch(number, possible)

    def _view(self, about: str, unit: str | None) -> View:
        return self.whole if about == "patient" else next(view for view in self.whole.units[about] if view.unit == unit)

    def _condition(self, condition: Condition, view: View) -> int:
        diagrams = self._diagrams
        match condition:
            case Always():
                return TRUE
            case Compare() | OneOf() | Includes() | Filled() | Unanswered():
                return self._fact(condition, self._holder(condition.fact, view))
            case StatusIs(rule, wanted):
                of_patient = self.rulebook.by_id[rule].about == "patient"
                inner = self._rule(Key(rule, None if of_patient else view.unit))
                held = [TRUE if status in wanted else FALSE for status in (NOT_MET, MET, UNDETERMINED, NOT_APPLICABLE)]
                return diagrams.map(inner, (held[0], held[1], OPEN, held[3]))
            case All(parts):
                return self._joined([self._condition(part, view) for part in parts])
            case Any(parts):
                return diagrams.negate(self._joined([diagrams.negate(self._condition(part, view)) for part in parts]))
            case Not(part):
                return diagrams.negate(self._condition(part, view))
            case Once(part):
                return diagrams.map(self._condition(part, view), (OPEN, TRUE, OPEN, OPEN))
            case FirstKnown(options):
                return self._first_known(options, view)
            case Count():
                return self._count(condition)
            case Latest(where):
                return self._latest(where)

    def _joined(self, parts: list[int]) -> int:
        result = TRUE
        for part in parts:
            result = self._diagrams.both(result, part)
        return result

    def _holder(self, fact: str, view: View) -> View:
        return view if fact.partition(".")[0] in self.many else self.whole

    def _variable(self, fact: str, holder: View, part: int = 0) -> int:
        number = (self._place[holder.unit] * _ROOM + self.rulebook.facts.rank(fact)) * _PARTS + part
        self._names[number] = f"{fact}@{holder.unit}" if holder.unit else fact
        return number

    def _fact(self, leaf: Compare | OneOf | Includes | Filled | Unanswered, holder: View) -> int:
        fact = self.rulebook.facts[leaf.fact]
        if isinstance(leaf, Unanswered):
            return TRUE if holder.is_unanswered(leaf.fact) else FALSE
        if leaf.fact in holder.excluded:
            return OPEN
        known = holder.facts.get(leaf.fact)
        if isinstance(leaf, Compare):
            return self._number(leaf, fact, holder, known)
        if isinstance(leaf, OneOf):
            if known is not None:
                return TRUE if known in leaf.values else FALSE
            return self._branch(fact, holder, [TRUE if value in leaf.values else FALSE for value in fact.choices])
        if isinstance(leaf, Includes):
            return self._member(fact, leaf.value, holder, known)
        if known is not None:
            return TRUE if known else FALSE
        members = self.vocabulary.all_members(fact)
        return self._diagrams.negate(self._joined([self._diagrams.negate(self._member(fact, member, holder, None)) for member in members]))

    def _branch(self, fact: Declaration, holder: View, children: list[int]) -> int:
        """A branch on a whole fact; where a fallback exists it may also stay unknown."""
        if fact.full_name in self.vocabulary.passed_over and fact.full_name not in holder.facts:
            children = [*children, OPEN]
        return self._diagrams.branch(self._variable(fact.full_name, holder), children)

    def _number(self, leaf: Compare, fact: Declaration, holder: View, known: Anything) -> int:
        if known is None:
            numbers = self.vocabulary.all_numbers(fact)
        elif known[0] == known[1]:
            numbers = [known[0]]
        else:
            numbers = self.vocabulary.numbers(fact, Fraction(known[0], SCALE), Fraction(known[1], SCALE))
        bound = int(leaf.bound * SCALE)
        held = [TRUE if _holds(leaf.symbol, number, bound) else FALSE for number in numbers]
        if known is not None:
            return self._diagrams.branch(self._variable(leaf.fact, holder), held)
        return self._branch(fact, holder, held)

    def _member(self, fact: Declaration, member: str | int, holder: View, known: Anything) -> int:
        if known is not None:
            return TRUE if member in known else FALSE
        part = 1 + self.vocabulary.all_members(fact).index(member)
        held = self._diagrams.branch(self._variable(fact.full_name, holder, part), [FALSE, TRUE])
        if fact.full_name not in self.vocabulary.passed_over:
            return held
        return self._diagrams.choose(self._answered(fact, holder), held, OPEN, OPEN)

    def _first_known(self, options: tuple[tuple[str, Condition], ...], view: View) -> int:
        result = OPEN
        for name, option in reversed(options):
            holder = self._holder(name, view)
            if name in holder.excluded:
                continue
            inner = self._condition(option, view)
            if name in holder.facts:
                result = inner
            else:
                fact = self.rulebook.facts[name]
                result = self._diagrams.choose(self._answered(fact, holder), inner, result, OPEN)
        return result

    def _answered(self, fact: Declaration, holder: View) -> int:
        whole = ["any"] if fact.is_list or fact.type == "text" else fact.choices
        values = self.vocabulary.all_numbers(fact) if fact.is_number else whole
        return self._diagrams.branch(self._variable(fact.full_name, holder), [*(TRUE for _ in values), FALSE])

    def _latest(self, where: Condition) -> int:
        if self.whole.latest is not None:
            return self._condition(where, self.whole.latest)
        judged = [self._condition(where, unit) for unit in self.whole.units["trial"]]
        complete = self.rulebook.facts.record("trial").complete_when or ""
        if not judged or self.whole.facts.get(complete) != "yes":
            judged.append(self._of_an_unlisted_trial(where))
        if len(judged) == 1:
            return judged[0]
        return self._diagrams.select(self._variable("latest_trial", self.whole), judged)

    def _of_an_unlisted_trial(self, where: Condition) -> int:
        """A trial that is not on file may turn out either way, for each condition by itself."""
        part = self._unlisted.setdefault(where, len(self._unlisted) + 1)
        return self._diagrams.branch(self._variable("latest_trial", self.whole, part), [FALSE, TRUE])

    # --- counts -----------------------------------------------------------------------------------------------------

    def _count(self, count: Count) -> int:
        units = self.whole.units[count.record]
        judged = [self._condition(count.where, unit) for unit in units]
        ended = self._diagrams.choose(self._closed(count), FALSE, OPEN, OPEN)
        names = [self._possible_names(count, number, units) for number in range(len(units))]
        done: dict[tuple[int, frozenset[str]], int] = {}

        def result(number: int, counted: frozenset[str]) -> int:
            if len(counted) >= count.minimum:
                return TRUE
            if number == len(units):
                return ended
            if (number, counted) not in done:
                without = result(number + 1, counted)
                variable, possible = names[number]
                children = [result(number + 1, counted | {name}) for name in possible]
                inside = children[0] if variable is None else self._diagrams.select(variable, children)
                either = self._diagrams.agreed(inside, without)
                done[number, counted] = self._diagrams.choose(judged[number], inside, without, either)
            return done[number, counted]

        return result(0, frozenset())

    def _closed(self, count: Count) -> int:
        if count.listed:
            return TRUE
        complete = self.rulebook.facts.record(count.record).complete_when
        return OPEN if complete is None else self._fact(OneOf(complete, ("yes",)), self.whole)

    def _possible_names(self, count: Count, number: int, units: list[View]) -> tuple[int | None, list[str]]:
        """What one unit may be counted as: itself, its known name, or any name that it may turn out to have."""
        unit = units[number]
        if count.distinct is None or (count.distinct not in unit.facts and not may_have(unit, count.distinct)):
            return None, [f"#{number}"]
        if count.distinct in unit.facts:
            return None, [unit.facts[count.distinct]]
        known = sorted({other.facts[count.distinct] for other in units if count.distinct in other.facts})
        new = [f"?{other}" for other in range(len(units)) if count.distinct not in units[other].facts]
        return self._variable(count.distinct, unit), [*known, *new]


def _holds(symbol: str, number: int, bound: int) -> bool:
    return {">=": number >= bound, ">": number > bound, "<=": number <= bound, "<": number < bound}[symbol]
