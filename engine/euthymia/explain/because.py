"""The reasons that force a settled status: facts and earlier conclusions, none of which could be dropped."""

from collections.abc import Iterator
from dataclasses import dataclass

from euthymia.inference.evaluate import Evaluator
from euthymia.inference.trace import Key, Statuses
from euthymia.inference.view import View
from euthymia.rulebook.conditions import (
    UNDETERMINED,
    Compare,
    Condition,
    Count,
    Filled,
    FirstKnown,
    Includes,
    Latest,
    OneOf,
    StatusIs,
    Unanswered,
    children,
)
from euthymia.rulebook.rule import Rule
from euthymia.rulebook.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Reason:
    """A fact (`trial.adherence@t1`) or an earlier conclusion (`GF-E-A8@t1`) with what it was tested for."""

    name: str
    test: str
    is_rule: bool


@dataclass(frozen=True, slots=True)
class Fallback:
    """A fact decided because the ones that come before it are not known."""

    used: str
    instead_of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Leaf:
    """Something a condition looks at, for one unit."""

    kind: str  # fact, status, open (a fact that is not known), latest
    name: str
    unit: str | None

    @property
    def label(self) -> str:
        return f"{self.name}@{self.unit}" if self.unit else self.name


class Because:
    """Reasons for the judgements of one patient."""

    def __init__(self, rulebook: Rulebook, evaluator: Evaluator, whole: View, statuses: Statuses) -> None:
        self.rulebook = rulebook
        self._evaluator = evaluator
        self.whole = whole
        self.statuses = statuses
        self.many = frozenset(rulebook.facts.many)

    def of(self, key: Key) -> tuple[Reason, ...]:
        """Reasons for a settled status; none for an undetermined one, whose answer is in what it needs."""
        status = self.statuses[key]
        if status == UNDETERMINED:
            return ()
        rule = self.rulebook.by_id[key.rule]
        view = self.whole.of(rule.about, key.unit)
        tests: dict[_Leaf, list[str]] = {}
        for condition in rule.conditions:
            for leaf, test in self._leaves(condition, view):
                tests.setdefault(leaf, []).append(test)
        kept = self._without_the_needless(rule, view, list(tests), status)
        return tuple(Reason(leaf.label, _joined(tests[leaf]), leaf.kind == "status") for leaf in kept)

    def fallbacks(self, key: Key) -> tuple[Fallback, ...]:
        """Facts that decided here only because better ones are not known."""
        rule = self.rulebook.by_id[key.rule]
        view = self.whole.of(rule.about, key.unit)
        found = [fallback for condition in rule.conditions for fallback in self._fallbacks(condition, view)]
        return tuple(dict.fromkeys(found))

    def _without_the_needless(self, rule: Rule, view: View, leaves: list[_Leaf], status: str) -> list[_Leaf]:
        """Drop one leaf after another, from the end, as long as the rest still forces the status."""
        kept = list(leaves)
        for leaf in reversed(leaves):
            fewer = [other for other in kept if other != leaf]
            if self._evaluator.judge(rule.id, self._masked(view, fewer)) == status:
                kept = fewer
        return kept

    def _masked(self, view: View, leaves: list[_Leaf]) -> View:
        """The patient as if nothing but these leaves were known."""
        allowed: dict[str | None, dict[str, set[str]]] = {}
        for leaf in leaves:
            allowed.setdefault(leaf.unit, {}).setdefault(leaf.kind, set()).add(leaf.name)
        whole = _only(self.whole, allowed.get(None, {}))
        if view is not self.whole:
            return _only(view, allowed.get(view.unit, {}), whole)
        for record, units in self.whole.units.items():
            whole.units[record] = [_only(unit, allowed.get(unit.unit, {}), whole) for unit in units]
        if self.whole.latest is not None and "latest" in allowed.get(None, {}):
            whole.latest = next(unit for unit in whole.units["trial"] if unit.unit == self.whole.latest.unit)
        return whole

    # --- what a condition looks at ----------------------------------------------------------------------------------

    def _leaves(self, condition: Condition, view: View) -> Iterator[tuple[_Leaf, str]]:
        match condition:
            case Compare() | OneOf() | Includes() | Filled():
                holder = self._holder(condition.fact, view)
                if condition.fact in holder.facts:
                    yield _Leaf("fact", condition.fact, holder.unit), in_words(condition)
            case Unanswered(fact):
                holder = self._holder(fact, view)
                kind = "fact" if fact in holder.facts else "open"
                if fact not in holder.excluded:
                    yield _Leaf(kind, fact, holder.unit), "not known"
            case StatusIs(rule, wanted):
                unit = None if self.rulebook.by_id[rule].about == "patient" else view.unit
                if self.statuses[Key(rule, unit)] != UNDETERMINED:
                    yield _Leaf("status", rule, unit), " or ".join(wanted).replace("_", " ")
            case Count():
                yield from self._leaves_of_count(condition)
            case Latest(where):
                yield from self._leaves_of_latest(where)
            case _:
                for part in children(condition):
                    yield from self._leaves(part, view)

    def _leaves_of_count(self, count: Count) -> Iterator[tuple[_Leaf, str]]:
        for unit in self.whole.units[count.record]:
            yield from self._leaves(count.where, unit)
            if count.distinct and count.distinct in unit.facts:
                yield _Leaf("fact", count.distinct, unit.unit), "told apart"
            if count.distinct and "trial.modality" in unit.facts:
                yield _Leaf("fact", "trial.modality", unit.unit), "told apart"
        complete = self.rulebook.facts.record(count.record).complete_when
        if complete in self.whole.facts:
            yield _Leaf("fact", str(complete), None), "the list is complete"

    def _leaves_of_latest(self, where: Condition) -> Iterator[tuple[_Leaf, str]]:
        complete = self.rulebook.facts.record("trial").complete_when
        if self.whole.latest is not None:
            yield _Leaf("latest", "latest_trial", None), f"is {self.whole.latest.unit}"
        elif complete in self.whole.facts:
            yield _Leaf("fact", str(complete), None), "the list is complete"
        for unit in [self.whole.latest] if self.whole.latest is not None else self.whole.units["trial"]:
            yield from self._leaves(where, unit)

    def _holder(self, fact: str, view: View) -> View:
        return view if fact.partition(".")[0] in self.many else self.whole

    def _fallbacks(self, condition: Condition, view: View) -> Iterator[Fallback]:
        if isinstance(condition, FirstKnown):
            passed: list[str] = []
            for name, _ in condition.options:
                holder = self._holder(name, view)
                label = holder.name(name)
                if name in holder.facts:
                    if passed:
                        yield Fallback(label, tuple(passed))
                    return
                passed.append(label)
        elif isinstance(condition, Latest):
            if self.whole.latest is not None:
                yield from self._fallbacks(condition.where, self.whole.latest)
        elif not isinstance(condition, Count):
            for part in children(condition):
                yield from self._fallbacks(part, view)


def _only(view: View, allowed: dict[str, set[str]], patient: View | None = None) -> View:
    facts = {name: view.facts[name] for name in allowed.get("fact", ()) if name in view.facts}
    statuses = {name: view.statuses[name] for name in allowed.get("status", ()) if name in view.statuses}
    unanswered = frozenset(allowed.get("open", ()))
    return View(view.unit, facts, view.excluded, patient, statuses, unanswered=unanswered, withheld=view.facts)


def _joined(tests: list[str]) -> str:
    return "; ".join(dict.fromkeys(tests))


def in_words(leaf: Compare | OneOf | Includes | Filled) -> str:
    """The test of one fact, short."""
    match leaf:
        case Compare(symbol=symbol, bound=bound):
            return f"{symbol} {float(bound):g}"
        case OneOf(values=values):
            return values[0] if len(values) == 1 else f"one of {', '.join(values)}"
        case Includes(value=value):
            return f"includes {value}"
        case Filled():
            return "not empty"
