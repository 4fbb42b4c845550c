"""What a judgement may come to while only some facts are looked at: the oracle for smallest reasons.

A fact that is not looked at may be anything: known with any value, not known, or not applicable. Conditions are put together from their
parts, each part by itself. Shares no code with the engines or with the solver.
"""

from dataclasses import dataclass, field
from itertools import product

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
from tests.generative.meaning import Meaning, Truth, at

Truths = frozenset[Truth]
ANYTHING: Truths = frozenset({True, False, None})
_MOST = 3_000


class TooMany(Exception):
    """More ways than are worth trying."""


@dataclass
class Possible:
    """One patient of whom only the facts in `shown` (`fact@unit`) are looked at."""

    rulebook: Rulebook
    whole: View
    shown: frozenset[str]
    _done: dict[Key, frozenset[str]] = field(default_factory=dict)

    def statuses(self, key: Key) -> frozenset[str]:
        if key not in self._done:
            rule = self.rulebook.by_id[key.rule]
            view = Meaning(self.rulebook, self.whole).view(rule.about, key.unit)
            applies = frozenset({True}) if rule.applies is None else self.truths(rule.applies, view)
            found = {_status(one, other) for one in applies for other in self.truths(rule.when, view)}
            self._done[key] = frozenset(found)
        return self._done[key]

    def truths(self, condition: Condition, view: View) -> Truths:
        match condition:
            case Always():
                return frozenset({True})
            case Compare() | OneOf() | Includes() | Filled() | Unanswered():
                return self._fact(condition, view)
            case StatusIs(rule, wanted):
                about = self.rulebook.by_id[rule].about
                found = self.statuses(Key(rule, None if about == "patient" else view.unit))
                return frozenset(None if status == "undetermined" else status in wanted for status in found)
            case All(parts):
                return _combined([self.truths(part, view) for part in parts], decisive=False)
            case Any(parts):
                return _combined([self.truths(part, view) for part in parts], decisive=True)
            case Not(part):
                return frozenset(None if truth is None else not truth for truth in self.truths(part, view))
            case Once(part):
                return frozenset(truth or None for truth in self.truths(part, view))
            case FirstKnown(options):
                return self._first_known(options, view)
            case Count():
                return self._count(condition)
            case Latest(where):
                return self._latest(where)

    def _fact(self, condition: Compare | OneOf | Includes | Filled | Unanswered, view: View) -> Truths:
        meaning = Meaning(self.rulebook, self.whole)
        if at(condition.fact, meaning.holder(condition.fact, view)) in self.shown:
            return frozenset({meaning.truth(condition, view)})
        return frozenset({True, False}) if isinstance(condition, Unanswered) else ANYTHING

    def _first_known(self, options: tuple[tuple[str, Condition], ...], view: View) -> Truths:
        for fact, option in options:
            holder = Meaning(self.rulebook, self.whole).holder(fact, view)
            if at(fact, holder) not in self.shown:
                return ANYTHING
            if fact in holder.facts:
                return self.truths(option, view)
        return frozenset({None})

    def _closed(self, record: str) -> Truths:
        fact = self.rulebook.facts.record(record).complete_when
        if fact is None:
            return frozenset({False})
        return frozenset({self.whole.facts.get(fact) == "yes"}) if fact in self.shown else frozenset({True, False})

    def _latest(self, where: Condition) -> Truths:
        units = self.whole.units["trial"]
        each = [self.truths(where, unit) for unit in units]
        if "latest_trial" in self.shown and self.whole.latest is not None:
            return self.truths(where, self.whole.latest)
        closings, every = self._closed("trial"), frozenset(ANYTHING).intersection(*each) if each else frozenset()
        unknown: set[Truth] = set(every) if True in closings else set()
        if False in closings or not units or len(frozenset().union(*each)) > 1:
            unknown.add(None)
        if "latest_trial" in self.shown or not units:
            return frozenset(unknown)
        return frozenset(unknown).union(*each)

    def _count(self, count: Count) -> Truths:
        distinct = None if count.distinct is None else self.rulebook.facts[count.distinct]
        options = []
        for number, unit in enumerate(self.whole.units[count.record]):
            names = [f"#{number}"] if distinct is None else self._names(distinct, number, unit)
            options.append([(truth, name) for truth in self.truths(count.where, unit) for name in names])
        if _ways(options) > _MOST:
            raise TooMany
        closings = frozenset({True}) if count.listed else self._closed(count.record)
        found: set[Truth] = set()
        for way in product(*options):
            certain = [name for truth, name in way if truth is True]
            possible = [name for truth, name in way if truth is not False]
            for closed in closings:
                missed = closed and _most(possible) < count.minimum
                found.add(True if _fewest(certain) >= count.minimum else False if missed else None)
        return frozenset(found)

    def _names(self, distinct: Declaration, number: int, unit: View) -> list[str]:
        """`?` is a name that is not known; `#` one that counts for itself."""
        name = distinct.full_name
        barred = unit.facts.get("trial.modality") in distinct.barred and at("trial.modality", unit) in self.shown
        if at(name, unit) in self.shown:
            if name in unit.facts:
                return [unit.facts[name]]
            if name in unit.excluded or barred:
                return [f"#{number}"]
            told = at("trial.modality", unit) in self.shown or not distinct.barred
            return ["?"] if told else ["?", f"#{number}"]
        if barred and name not in unit.facts:
            return [f"#{number}"]
        known = {other.facts[name] for other in self.whole.units[distinct.record] if name in other.facts}
        return [*sorted(known), "new", f"new {number}", f"#{number}", "?"]


def _ways(options: list[list[tuple[Truth, str]]]) -> int:
    number = 1
    for option in options:
        number *= len(option)
    return number


def _fewest(names: list[str]) -> int:
    apart = sum(name.startswith("#") for name in names)
    named = len({name for name in names if name[0] not in "#?"})
    return apart + (named or int("?" in names))


def _most(names: list[str]) -> int:
    return names.count("?") + len({name for name in names if name != "?"})


def _status(applies: Truth, when: Truth) -> str:
    if applies is False:
        return "not_applicable"
    if applies is None or when is None:
        return "undetermined"
    return "met" if when else "not_met"


def _combined(parts: list[Truths], *, decisive: bool) -> Truths:
    """One part after the other: what counts is whether one was decisive, and whether one was open."""
    found: set[Truth] = {not decisive}
    for truths in parts:
        ways = product(found, truths)
        found = {decisive if decisive in way else None if None in way else not decisive for way in ways}
    return frozenset(found)
