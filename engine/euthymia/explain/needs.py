"""Which unknown facts can still change an undetermined status: exactly those, no more and no fewer.

For each judgement a decision diagram over the unknown facts is built from the same tree that the engines read. A fact is needed when
some completion of the other unknowns exists in which it decides. Facts that a fallback passes over may also stay unknown in a
completion. Where a diagram would grow too large (many trials of which nearly nothing is known), the answer is put together from what
the rule's own condition hangs on: never too few facts, seldom one too many; such judgements are in `rough`.
"""

import sys
from typing import Any as Anything

from euthymia.explain.completions import Completions
from euthymia.explain.diagram import TooLarge
from euthymia.explain.vocabulary import Vocabulary
from euthymia.inference.evaluate import may_have
from euthymia.inference.trace import Key, Statuses
from euthymia.inference.view import View
from euthymia.rulebook.conditions import UNDETERMINED
from euthymia.rulebook.rulebook import Rulebook

_DEPTH = 20_000
_MOST_STEPS = 2_000


class Needs:
    """Needs of one patient's judgements. Built once for an assessment; diagrams are shared between judgements."""

    def __init__(self, rulebook: Rulebook, vocabulary: Vocabulary, whole: View, statuses: Statuses) -> None:
        self.rulebook = rulebook
        self.vocabulary = vocabulary
        self.whole = whole
        self.statuses = statuses
        self.rough: set[Key] = set()
        self._completions = Completions(rulebook, vocabulary, whole, statuses, self.rough)
        self._found: dict[Key, frozenset[str]] = {}
        self._alike: dict[tuple[str, frozenset[tuple[str, Anything]], frozenset[str]], tuple[Key, frozenset[str]]] = {}
        views = [whole, *(view for members in whole.units.values() for view in members)]
        self._place = {view.unit: number for number, view in enumerate(views)}

    def of(self, key: Key) -> tuple[str, ...]:
        """Facts that can still change this judgement, in the order in which they are asked."""
        if self.statuses[key] != UNDETERMINED:
            return ()
        found = {name for fact in self._of(key) for name in self._enterable(fact)}
        if key in self.rough:
            found = {name for name in found if self._may_have(name)}
        return tuple(sorted(found, key=self.order))

    def _enterable(self, name: str) -> list[str]:
        """The fact itself; in place of one that is only filled in, those that it follows from and that are not known, or not exactly."""
        fact, at, unit = name.partition("@")
        inputs = self.rulebook.facts[fact].filled_from
        if not inputs:
            return [name]
        view = self.whole if not unit else self._unit(unit)
        return [f"{other}{at}{unit}" for other in inputs if view.is_unanswered(other) or _is_range(view.facts.get(other))]

    def _may_have(self, name: str) -> bool:
        """A rough answer may name what this trial cannot have: the psychotherapy of a trial of a drug."""
        fact, _, unit = name.partition("@")
        return not unit or may_have(self._unit(unit), self.rulebook.facts[fact])

    def _unit(self, name: str) -> View:
        return next(view for members in self.whole.units.values() for view in members if view.unit == name)

    def _of(self, key: Key) -> frozenset[str]:
        if key not in self._found and key.unit is not None and not self.vocabulary.looks_around(self.rulebook, key.rule):
            self._found[key] = self._like_another(key)
        elif key not in self._found:
            self._found[key] = self._worked_out(key)
        return self._found[key]

    def _like_another(self, key: Key) -> frozenset[str]:
        """Two trials of which the same is known need the same, each of its own facts."""
        view = self.whole.of(self.rulebook.by_id[key.rule].about, key.unit)
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
            return frozenset(self._completions.deciding(key, _MOST_STEPS)[0])
        except (TooLarge, RecursionError):
            self.rough.add(key)
            return self._step_by_step(key)

    def _step_by_step(self, key: Key) -> frozenset[str]:
        """What the rule's own condition hangs on, and what each of those judgements needs: never too few, seldom too many."""
        shallow = Completions(self.rulebook, self.vocabulary, self.whole, self.statuses, set(), shallow=True)
        try:
            facts, judgements = shallow.deciding(key, _MOST_STEPS)
        except (TooLarge, RecursionError):
            return self._anything_unknown(key)
        return frozenset(facts).union(*(self._of(judgement) for judgement in judgements))

    def order(self, name: str) -> tuple[int, int]:
        fact, _, unit = name.partition("@")
        return (self.rulebook.facts.rank(fact), self._place[unit or None])

    def _anything_unknown(self, key: Key) -> frozenset[str]:
        """More than is needed, when the exact answer would take too long: all unknown facts that the rule reads at all."""
        many = self.rulebook.facts.many
        units = [view for view in self.whole.every() if view is not self.whole and key.unit in (None, view.unit)]
        found: set[str] = set()
        for name in self.vocabulary.reads(self.rulebook, key.rule):
            for holder in units if name.partition(".")[0] in many else [self.whole]:
                if holder.is_unanswered(name):
                    found.add(holder.name(name))
        return frozenset(found)


def _is_range(value: Anything) -> bool:
    return isinstance(value, tuple) and value[0] != value[1]
