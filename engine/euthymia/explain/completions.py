"""Conditions as decision diagrams over everything that is not known of one patient."""

from fractions import Fraction
from typing import Any as Anything

from euthymia.explain.diagram import EXCLUDED, FALSE, OPEN, TRUE, Diagrams, TooLarge
from euthymia.explain.vocabulary import Vocabulary
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
)
from euthymia.rulebook.rulebook import Rulebook

_LEAF = {NOT_MET: FALSE, MET: TRUE, UNDETERMINED: OPEN, NOT_APPLICABLE: EXCLUDED}
_ROOM = 100_000
_PARTS = 1024
_RULES = 50_000


class Completions:
    """Diagrams of one patient's judgements: the status for every way in which the unknown facts may turn out.

    With `shallow`, other judgements are unknowns of their own instead of being looked into. `given_up` are judgements whose
    diagram is known to be too large; meeting one raises TooLarge.
    """

    def __init__(
        self, rulebook: Rulebook, vocabulary: Vocabulary, whole: View, statuses: Statuses, given_up: set[Key], *, shallow: bool = False
    ) -> None:
        self.rulebook = rulebook
        self.vocabulary = vocabulary
        self.whole = whole
        self.statuses = statuses
        self.many = frozenset(rulebook.facts.many)
        self._given_up = given_up
        self._shallow = shallow
        self._diagrams = Diagrams()
        self._rules: dict[Key, int] = {}
        self._judgements: dict[int, Key] = {}
        self._unlisted: dict[Condition, int] = {}
        self._rank = {rule.id: number for number, rule in enumerate(rulebook.rules)}
        self._names: dict[int, str] = {}
        self._place: dict[str | None, int] = {None: 0}
        for view in whole.every():
            self._place.setdefault(view.unit, len(self._place))

    def deciding(self, key: Key, most_steps: int) -> tuple[set[str], set[Key]]:
        """Facts, and with `shallow` other judgements, that decide this one somewhere. Raises TooLarge after so many steps of work."""
        self._diagrams.allow(most_steps)
        variables = self._diagrams.variables(self._own_diagram(key) if self._shallow else self._rule(key))
        judgements = {self._judgements[variable] for variable in variables if variable in self._judgements}
        return {self._names[variable] for variable in variables if variable not in self._judgements}, judgements

    def _rule(self, key: Key) -> int:
        if (found := self._rules.get(key)) is not None:
            return found
        status = self.statuses[key]
        if status != UNDETERMINED:
            found = _LEAF[status]
        elif self._shallow:
            found = self._judgement_variable(key)
        elif key in self._given_up:
            raise TooLarge
        else:
            found = self._own_diagram(key)
        self._rules[key] = found
        return found

    def _own_diagram(self, key: Key) -> int:
        rule = self.rulebook.by_id[key.rule]
        view = self.whole.of(rule.about, key.unit)
        when = self._condition(rule.when, view)
        applies = TRUE if rule.applies is None else self._condition(rule.applies, view)
        return self._diagrams.choose(applies, when, EXCLUDED, OPEN)

    def _judgement_variable(self, key: Key) -> int:
        """Another judgement as one unknown of its own."""
        number = (self._place[key.unit] * _ROOM + _RULES + self._rank[key.rule]) * _PARTS
        self._judgements[number] = key
        possible = [FALSE, TRUE] if self.rulebook.by_id[key.rule].applies is None else [FALSE, TRUE, EXCLUDED]
        return self._diagrams.branch(number, possible)

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
        self._names[number] = holder.name(fact)
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
        later = [frozenset(name for _, possible in names[number:] for name in possible) for number in range(len(units))]
        done: dict[tuple[int, int, frozenset[str]], int] = {}

        def result(number: int, counted: frozenset[str]) -> int:
            if len(counted) >= count.minimum:
                return TRUE
            if number == len(units):
                return ended
            state = (number, len(counted), counted & later[number])  # which others were counted makes no difference any more
            if state not in done:
                without = result(number + 1, counted)
                variable, possible = names[number]
                children = [result(number + 1, counted | {name}) for name in possible]
                inside = children[0] if variable is None else self._named(variable, children, count)
                either = self._diagrams.agreed(inside, without)
                done[state] = self._diagrams.choose(judged[number], inside, without, either)
            return done[state]

        return result(0, frozenset())

    def _named(self, variable: int, children: list[int], count: Count) -> int:
        """The count for each name that a unit may turn out to have; where the name may stay unknown, what all of them agree on."""
        if count.distinct in self.vocabulary.passed_over and self.rulebook.facts[count.distinct].choices:
            agreed = children[0]
            for child in children[1:]:
                agreed = self._diagrams.agreed(agreed, child)
            children = [*children, agreed]
        return self._diagrams.select(variable, children)

    def _closed(self, count: Count) -> int:
        if count.listed:
            return TRUE
        complete = self.rulebook.facts.record(count.record).complete_when
        return OPEN if complete is None else self._fact(OneOf(complete, ("yes",)), self.whole)

    def _possible_names(self, count: Count, number: int, units: list[View]) -> tuple[int | None, list[str]]:
        """What one unit may be counted as: itself, its known name, or any name that it may turn out to have."""
        unit = units[number]
        if count.distinct is None:
            return None, [f"#{number}"]
        distinct = self.rulebook.facts[count.distinct]
        if count.distinct not in unit.facts and not may_have(unit, distinct):
            return None, [f"#{number}"]
        if count.distinct in unit.facts:
            return None, [unit.facts[count.distinct]]
        if distinct.choices:
            return self._variable(count.distinct, unit), list(distinct.choices)
        known = sorted({other.facts[count.distinct] for other in units if count.distinct in other.facts})
        new = [f"?{other}" for other in range(len(units)) if count.distinct not in units[other].facts]
        return self._variable(count.distinct, unit), [*known, *new]


def _holds(symbol: str, number: int, bound: int) -> bool:
    return {">=": number >= bound, ">": number > bound, "<=": number <= bound, "<": number < bound}[symbol]
