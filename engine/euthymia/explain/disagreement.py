"""Which facts make definitions disagree: for each that is not fulfilled while another is, the facts that force it, and those single
facts that would, with another value, bring it to the same result."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from euthymia.explain.because import Reason
from euthymia.explain.definitions import DefinitionResult
from euthymia.explain.rejudging import Rejudging
from euthymia.explain.vocabulary import OTHER, Vocabulary
from euthymia.facts.observation import Observation, between
from euthymia.inference.trace import Key
from euthymia.inference.view import SCALE, View
from euthymia.rulebook.conditions import MET, NOT_MET, UNDETERMINED

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
    vocabulary: Vocabulary, whole: View, rejudging: Rejudging, results: Sequence[DefinitionResult], because: Because
) -> tuple[Split, ...]:
    """One entry for each definition with a threshold that is known not to be fulfilled while another one is."""
    judged = [result for result in results if result.has_threshold]
    fulfilled = tuple(result.definition.id for result in judged if result.status == MET)
    missed = [result for result in judged if result.status == NOT_MET]
    if not fulfilled or not missed:
        return ()
    trying = _Trying(vocabulary, whole, rejudging)
    return tuple(_split(result, fulfilled, trying, because) for result in missed)


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
    """The patient with one fact changed."""

    def __init__(self, vocabulary: Vocabulary, whole: View, rejudging: Rejudging) -> None:
        self.catalogue = vocabulary.catalogue
        self.vocabulary = vocabulary
        self.whole = whole
        self._rejudging = rejudging
        self._left = _MOST_TRIED

    def turns(self, rule: str, facts: Sequence[str]) -> Iterator[Turn]:
        for fact in facts:
            name, _, unit = fact.partition("@")
            found: dict[str, Any] = {}
            for value in self._others(fact):
                found.setdefault(self._rejudging.status(Key(rule), {(name, unit or None): value}), value)
                if MET in found:
                    break
            brings = next((status for status in (MET, UNDETERMINED) if status in found), None)
            if brings is not None:
                yield Turn(fact, _observed(found[brings]), brings)

    def _others(self, name: str) -> Iterator[Any]:
        """Other values of a fact that the rules can tell apart from the one it has."""
        fact, _, unit = name.partition("@")
        if fact not in self.catalogue:
            return
        declared = self.catalogue[fact]
        now = self.whole.holding(fact, unit or None).facts.get(fact)
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


def _observed(value: Any) -> Observation:
    """A value as conditions see it, as one that could be entered."""
    if isinstance(value, tuple):
        return between(*(Fraction(bound, SCALE) for bound in value))
    return Observation("known", tuple(sorted(map(str, value))) if isinstance(value, frozenset) else value)
