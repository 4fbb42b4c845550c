"""Which facts make definitions disagree: for each that is not fulfilled while another is, the facts that force it, and those single
facts that would, with another value, bring it to the same result."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from euthymia.explain.because import Reason
from euthymia.explain.definitions import DefinitionResult
from euthymia.explain.dependence import closure
from euthymia.explain.rejudging import changed
from euthymia.explain.vocabulary import OTHER, Vocabulary
from euthymia.facts.observation import Observation, between
from euthymia.inference.evaluate import Evaluator
from euthymia.inference.trace import Key
from euthymia.inference.view import SCALE, View
from euthymia.rulebook.conditions import MET, NOT_MET, UNDETERMINED
from euthymia.rulebook.rulebook import Rulebook

_MOST_TRIED = 400
_WHAT_IT_WAS = ("trial.modality",)  # says what was done; imagining it otherwise explains nothing
Because = Callable[[Key], Sequence[Reason]]


@dataclass(frozen=True, slots=True)
class Turn:
    """A fact that alone would change the result, with one value that does so, and the result that it brings: met, or only no longer
    ruled out (undetermined)."""

    fact: str
    other: Observation
    brings: str


@dataclass(frozen=True, slots=True)
class Split:
    """A definition that is not fulfilled while others are. `facts` force that; `turns` would each change it."""

    definition: str
    fulfilled: tuple[str, ...]
    facts: tuple[str, ...]
    turns: tuple[Turn, ...]


def splits(
    rulebook: Rulebook, vocabulary: Vocabulary, whole: View, results: Sequence[DefinitionResult], because: Because
) -> tuple[Split, ...]:
    """One entry for each definition with a threshold that is known not to be fulfilled while another one is."""
    judged = [result for result in results if result.has_threshold]
    fulfilled = tuple(result.definition.id for result in judged if result.status == MET)
    missed = [result for result in judged if result.status == NOT_MET]
    if not fulfilled or not missed:
        return ()
    trial = _Trying(rulebook, vocabulary, whole, {rule for result in judged for rule in _rules(result)})
    return tuple(_split(result, fulfilled, trial, because) for result in missed)


def _rules(result: DefinitionResult) -> Iterator[str]:
    yield from (name for name in (result.definition.fulfilled, result.definition.applies) if name)


def _split(result: DefinitionResult, fulfilled: tuple[str, ...], trying: "_Trying", because: Because) -> Split:
    rule = result.definition.fulfilled or ""
    facts = sorted(dict.fromkeys(_facts(Key(rule), because)), key=_is_what_it_was)
    others = [fact for fact in facts if not _is_what_it_was(fact)]
    return Split(result.definition.id, fulfilled, tuple(facts), tuple(trying.turns(rule, others)))


def _is_what_it_was(fact: str) -> bool:
    return fact.partition("@")[0] in _WHAT_IT_WAS


def _facts(key: Key, because: Because) -> Iterator[str]:
    """The facts at the bottom of the reasons of a judgement."""
    for reason in because(key):
        if reason.is_rule:
            rule, _, unit = reason.name.partition("@")
            yield from _facts(Key(rule, unit or None), because)
        else:
            yield reason.name


class _Trying:
    """The patient with one fact changed, judged again by the rules that the definitions hang on."""

    def __init__(self, rulebook: Rulebook, vocabulary: Vocabulary, whole: View, rules: set[str]) -> None:
        self.rulebook = rulebook
        self.vocabulary = vocabulary
        self.whole = whole
        needed = closure(rulebook, rules)
        self._evaluator = Evaluator(replace(rulebook, rules=tuple(rule for rule in rulebook.rules if rule.id in needed)))
        self._left = _MOST_TRIED

    def turns(self, rule: str, facts: Sequence[str]) -> Iterator[Turn]:
        for fact in facts:
            found: dict[str, Any] = {}
            for value in self._others(fact):
                found.setdefault(self._with(fact, value)[Key(rule)], value)
                if MET in found:
                    break
            brings = next((status for status in (MET, UNDETERMINED) if status in found), None)
            if brings is not None:
                yield Turn(fact, _observed(found[brings]), brings)

    def _others(self, name: str) -> Iterator[Any]:
        """Other values of a fact that the rules can tell apart from the one it has."""
        fact, _, unit = name.partition("@")
        if fact not in self.rulebook.facts:
            return
        declared = self.rulebook.facts[fact]
        now = self._holder(unit).facts.get(fact)
        if declared.is_number:
            options: list[Any] = [(number, number) for number in self.vocabulary.all_numbers(declared)]
            options.sort(key=lambda value: abs(value[0] - now[0]) if isinstance(now, tuple) else value[0] // SCALE)
        elif declared.is_list:
            members = [member for member in self.vocabulary.all_members(declared) if member != OTHER]
            options = [frozenset((now or frozenset()) ^ {member}) for member in members] + [frozenset()]
        else:
            options = list(declared.choices)
        for value in options:
            if value != now and self._left > 0:
                self._left -= 1
                yield value

    def _holder(self, unit: str) -> View:
        if not unit:
            return self.whole
        return next(view for views in self.whole.units.values() for view in views if view.unit == unit)

    def _with(self, name: str, value: Any) -> dict[Key, str]:
        fact, _, unit = name.partition("@")
        return self._evaluator.evaluate_view(changed(self.whole, {(fact, unit or None): value}))


def _observed(value: Any) -> Observation:
    """A value as conditions see it, as one that could be entered."""
    if isinstance(value, tuple):
        return between(*(Fraction(bound, SCALE) for bound in value))
    return Observation("known", tuple(sorted(map(str, value))) if isinstance(value, frozenset) else value)
