"""Every way in which the unknown facts behind one judgement may turn out: the oracle for what is needed."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import chain, combinations, pairwise, product
from typing import Any

from euthymia.facts.catalogue import Declaration
from euthymia.inference.trace import Key
from euthymia.inference.view import SCALE, View
from euthymia.rulebook.conditions import Compare, Condition, Count, FirstKnown, Latest, StatusIs, children, facts_read, walk
from euthymia.rulebook.rulebook import Rulebook
from tests.generative.meaning import Meaning, names_open

LATEST = "latest_trial"
Place = tuple[str, str | None]  # fact, unit


class TooMany(Exception):
    """More completions than are tried."""


@dataclass
class Completions:
    """The unknowns of one judgement, the values that each may take, and the status under every combination."""

    rulebook: Rulebook
    whole: View
    statuses: dict[Key, str]
    most: int = 1500
    domains: dict[Place, list[Any]] = field(default_factory=dict)
    _unlisted: list[Condition] = field(default_factory=list)
    _seen: set[Key] = field(default_factory=set)

    def needed(self, key: Key) -> tuple[set[str], set[str]]:
        """Facts that decide in some completion of the others; and the statuses that completions come to."""
        self._learn_rule(key)
        places = sorted(self.domains, key=str)
        sizes = 1
        for place in places:
            sizes *= len(self.domains[place])
            if sizes > self.most:
                raise TooMany
        results = {values: self._status(key, dict(zip(places, values, strict=True))) for values in self._combinations(places)}
        found = {_label(place) for number, place in enumerate(places) if _decides(results, number)}
        return found, set(results.values())

    def sampled(self, key: Key, seed: int, times: int = 60) -> set[str]:
        """Statuses under some completions, taken at random; for judgements with too many to try them all."""
        self._learn_rule(key)
        choose = random.Random(seed)
        return {self._status(key, {place: choose.randrange(len(values)) for place, values in self.domains.items()}) for _ in range(times)}

    def _combinations(self, places: list[Place]) -> Iterator[tuple[int, ...]]:
        """Values by their number in the domain."""
        return product(*(range(len(self.domains[place])) for place in places))

    def _status(self, key: Key, chosen: dict[Place, int]) -> str:
        values = {place: self.domains[place][number] for place, number in chosen.items()}
        latest = values.pop((LATEST, None), None)
        whole = _completed(self.whole, values)
        unlisted = None
        if isinstance(latest, tuple):
            unlisted = dict(zip(self._unlisted, latest, strict=True))
        elif latest is not None:
            whole.latest = next(unit for unit in whole.units["trial"] if unit.unit == latest)
        settled = {other: status for other, status in self.statuses.items() if status != "undetermined" and other != key}
        return Meaning(self.rulebook, whole, given=settled, unlisted=unlisted).judge(key)

    # --- which unknowns there are -----------------------------------------------------------------------------------

    def _learn_rule(self, key: Key) -> None:
        if key in self._seen or (self.statuses[key] != "undetermined"):
            return
        self._seen.add(key)
        rule = self.rulebook.by_id[key.rule]
        view = Meaning(self.rulebook, self.whole).view(rule.about, key.unit)
        for condition in rule.conditions:
            self._learn(condition, view)

    def _learn(self, condition: Condition, view: View) -> None:
        match condition:
            case StatusIs(rule):
                self._learn_rule(Key(rule, None if self.rulebook.by_id[rule].about == "patient" else view.unit))
            case Count(record=record, where=where, distinct=distinct):
                if not condition.listed:
                    self._learn_fact(str(self.rulebook.facts.record(record).complete_when), self.whole)
                for unit in self.whole.units[record]:
                    self._learn(where, unit)
                    if distinct:
                        self._learn_name(distinct, unit)
            case Latest(where):
                self._learn_latest(where)
            case _ if not children(condition):
                for fact in facts_read(condition):
                    self._learn_fact(fact, Meaning(self.rulebook, self.whole).holder(fact, view))
            case _:
                for part in children(condition):
                    self._learn(part, view)

    def _learn_latest(self, where: Condition) -> None:
        units = [self.whole.latest] if self.whole.latest else self.whole.units["trial"]
        for unit in units:
            self._learn(where, unit)
        if self.whole.latest:
            return
        complete = self.whole.facts.get("process.treatment_history_complete") == "yes"
        if where not in self._unlisted:
            self._unlisted.append(where)
        listed = [unit.unit for unit in units]
        unlisted = product([False, True], repeat=len(self._unlisted)) if not (complete and listed) else ()
        self.domains[LATEST, None] = [*listed, *unlisted]

    def _learn_fact(self, name: str, holder: View) -> None:
        known = holder.facts.get(name)
        fact = self.rulebook.facts[name]
        if name in holder.excluded or (known is not None and not (fact.is_number and known[0] != known[1])):
            return
        values = domain(self.rulebook, fact, known)
        stays_open = [None] if known is None and name in _with_fallback(self.rulebook) else []
        self.domains[name, holder.unit] = [*values, *stays_open]

    def _learn_name(self, distinct: str, unit: View) -> None:
        declared = self.rulebook.facts[distinct]
        if declared.choices:
            self._learn_fact(distinct, unit)
        elif names_open(unit, declared):
            units = self.whole.units["trial"]
            known = sorted({other.facts[distinct] for other in units if distinct in other.facts})
            self.domains[distinct, unit.unit] = [*known, *(f"new {number}" for number in range(len(units)))]


def domain(rulebook: Rulebook, fact: Declaration, known: Any) -> list[Any]:
    """Values of one fact that conditions could tell apart, as conditions see them."""
    if fact.is_number:
        return [(number, number) for number in _numbers(rulebook, fact, known)]
    if fact.type == "text":
        return ["", "text"]
    if fact.is_list:
        members = {"list of integer": range(1, int(fact.maximum or 3) + 1), "map of text": fact.keys}.get(
            fact.type, fact.values or ("other",)
        )
        subsets = chain.from_iterable(combinations(members, size) for size in range(len(members) + 1))
        return [frozenset(subset) for subset in subsets]
    return list(fact.choices)


def _numbers(rulebook: Rulebook, fact: Declaration, known: Any) -> list[int]:
    """Bounds that rules name, what lies between them, and the ends of the range, in thousandths."""
    parts = [part for rule in rulebook.rules for condition in rule.conditions for part in walk(condition)]
    bounds = {int(part.bound * SCALE) for part in parts if isinstance(part, Compare) and part.fact == fact.full_name}
    least = int((fact.minimum if fact.above is None else fact.above) * SCALE) if known is None else known[0]
    most = int((fact.maximum if fact.maximum is not None else 1000) * SCALE) if known is None else known[1]
    points = sorted({least, most, *(bound for bound in bounds if least <= bound <= most)})
    between = [int(Fraction(low + high, 2)) for low, high in pairwise(points)]
    found = range(least, most + 1, SCALE) if fact.type == "integer" else sorted({*points, *between})
    return [number for number in found if known is not None or fact.above is None or number > fact.above * SCALE]


def _with_fallback(rulebook: Rulebook) -> set[str]:
    parts = [part for rule in rulebook.rules for condition in rule.conditions for part in walk(condition)]
    return {fact for part in parts if isinstance(part, FirstKnown) for fact, _ in part.options}


def _completed(whole: View, values: dict[Place, Any]) -> View:
    """A copy of the patient with these facts known."""

    def filled(view: View, patient: View | None) -> View:
        more = {fact: value for (fact, unit), value in values.items() if unit == view.unit and value is not None}
        return View(view.unit, {**view.facts, **more}, view.excluded, patient)

    found = filled(whole, None)
    found.units = {record: [filled(unit, found) for unit in units] for record, units in whole.units.items()}
    if whole.latest is not None:
        found.latest = next(unit for unit in found.units["trial"] if unit.unit == whole.latest.unit)
    return found


def _decides(results: dict[tuple[int, ...], str], number: int) -> bool:
    """Are there two completions that differ in this unknown alone, and in the status?"""
    first: dict[tuple[int, ...], str] = {}
    return any(first.setdefault((*values[:number], *values[number + 1 :]), status) != status for values, status in results.items())


def _label(place: Place) -> str:
    return f"{place[0]}@{place[1]}" if place[1] else place[0]
