"""What would change a status: the smallest sets of facts that would have to be otherwise, and what they would have to be.

Only what can still change: a fact that is not known can turn out to be anything; a known one can change where its declaration says by
what, and the past cannot. Time only adds to a number. The sets are proved to be the smallest; what they change to is checked by judging
again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from euthymia.explain.changeable import Changeable
from euthymia.explain.circuit import Circuit
from euthymia.explain.program import Atom, Program, Solution
from euthymia.explain.rejudging import Place, Rejudging
from euthymia.explain.solver import any_solution, smallest
from euthymia.explain.vocabulary import Vocabulary
from euthymia.inference.trace import Key, Statuses
from euthymia.inference.view import View
from euthymia.rulebook.conditions import MET, NOT_APPLICABLE, NOT_MET
from euthymia.rulebook.rulebook import Rulebook

MOST = 4
TOGETHER = 6  # smallest sets are looked for up to this size; nobody reads longer ones
_MOST_WAYS = 32
_MOST_WIDENED = 4
_NOT = (NOT_MET, NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Change:
    """One fact (`trial.adherence@t1`) and the values that it could take for the change to happen, in the form that conditions test.

    `asked`: it is not known now, so that an answer would do; else something would have to become otherwise.
    """

    fact: str
    values: tuple[Any, ...]
    asked: bool


@dataclass(frozen=True, slots=True)
class Flip:
    """All smallest sets of changes after which the status would be `to`: met, or not met (or no longer applicable).

    No sets: nothing that can change would do it. `more`: there are further sets of the same size beyond those listed. Where more than
    `TOGETHER` changes would be needed, the one set is an example from which nothing could be left out, and not `proved` the smallest.
    """

    to: str
    sets: tuple[tuple[Change, ...], ...]
    more: bool
    proved: bool = True


class Changing:
    """Changes of one patient's judgements. Everything is worked out when it is asked for."""

    def __init__(
        self, rulebook: Rulebook, vocabulary: Vocabulary, whole: View, statuses: Statuses, rejudging: Rejudging,
        proposed: frozenset[Place] = frozenset(),
    ) -> None:  # fmt: skip
        """`proposed`: facts whose value nobody stated, so that a statement would replace it."""
        self.rulebook = rulebook
        self.statuses = statuses
        self._rejudging = rejudging
        self._whole = whole
        self._program = Program()
        self._facts = Changeable(rulebook, vocabulary, self._program, whole, proposed)
        self._circuit = Circuit(rulebook, self._program, whole, statuses, self._facts)
        self._found: dict[Key, tuple[Flip, ...]] = {}

    def flips(self, key: Key) -> tuple[Flip, ...]:
        """What would make it met, and what would make it not met, as far as it is not that already."""
        if key not in self._found:
            status = self.statuses[key]
            targets = [MET] * (status != MET) + [NOT_MET] * (status not in _NOT)
            self._found[key] = tuple(self._flip(key, to) for to in targets)
        return self._found[key]

    def _flip(self, key: Key, to: str) -> Flip:
        wanted = (MET,) if to == MET else _NOT
        goal = self._program.either(*(self._circuit.status(key, status) for status in wanted))
        never = self._contradictions(goal)
        found = smallest(self._program, [goal], MOST + 1, never=never, within=TOGETHER)
        witnesses = [self._facts.changes(solution) for solution in found]
        if not witnesses:
            return self._example(key, to, wanted, any_solution(self._program, [goal], never=never))
        sets = [self._widened(key, wanted, witness) for witness in witnesses]
        sets.sort(key=lambda changes: [self._facts.order(change.fact) for change in changes])
        return Flip(to, tuple(sets[:MOST]), len(sets) > MOST)

    def _example(self, key: Key, to: str, wanted: tuple[str, ...], solution: Solution | None) -> Flip:
        """More than a few changes are needed: one way from which nothing can be left out. No way at all where there is none."""
        if solution is None:
            return Flip(to, (), more=False)
        kept = self._shrunk(key, wanted, self._facts.changes(solution))
        return Flip(to, (self._listed({place: (value,) for place, value in kept.items()}),), more=False, proved=False)

    def _contradictions(self, goal: Atom) -> list[Atom]:
        """What a patient file must not hold is no way to change anything. Only what shares a fact with the question matters."""
        left = [(item, item.reads) for item in self.rulebook.contradictions]
        asked, found = self._facts.within(self._program.part([goal])), list[Atom]()
        while concerned := [item for item, read in left if asked & read]:
            left = [(item, read) for item, read in left if item not in concerned]
            held = [self._circuit.holds(item.when, view) for item in concerned for view in self._whole.judged(item.about)]
            asked |= self._facts.within(self._program.part(held))
            found.extend(held)
        return found

    # --- what the facts could become --------------------------------------------------------------------------------

    def _widened(self, key: Key, wanted: tuple[str, ...], witness: Mapping[Place, Any]) -> tuple[Change, ...]:
        """From one way that works to all values that work; where they do not combine freely, or are many, the one way."""
        values = {place: (value,) for place, value in witness.items()}
        if len(witness) <= _MOST_WIDENED:
            values = {place: self._working(key, wanted, witness, place) for place in witness}
        if prod(len(found) for found in values.values()) > _MOST_WAYS or (len(values) > 1 and not self._all_work(key, wanted, values)):
            values = {place: (value,) for place, value in witness.items()}
        return self._listed(values)

    def _listed(self, values: Mapping[Place, tuple[Any, ...]]) -> tuple[Change, ...]:
        changes = [Change(_name(place), found, self._facts.is_answer(place, found)) for place, found in values.items()]
        return tuple(sorted(changes, key=lambda change: self._facts.order(change.fact)))

    def _shrunk(self, key: Key, wanted: tuple[str, ...], witness: Mapping[Place, Any]) -> dict[Place, Any]:
        """Without every change that is not needed."""
        kept = dict(witness)
        for place in witness:
            fewer = {other: value for other, value in kept.items() if other != place}
            if self._works(key, wanted, fewer):
                kept = fewer
        return kept

    def _works(self, key: Key, wanted: tuple[str, ...], way: Mapping[Place, Any]) -> bool:
        return self._rejudging.can_be(way) and self._rejudging.status(key, way) in wanted

    def _working(self, key: Key, wanted: tuple[str, ...], witness: Mapping[Place, Any], place: Place) -> tuple[Any, ...]:
        """Values of one fact that work while the others are as in the witness."""
        found = [value for value in self._facts.values(place) if self._works(key, wanted, {**witness, place: value})]
        return tuple(found) or (witness[place],)

    def _all_work(self, key: Key, wanted: tuple[str, ...], values: Mapping[Place, tuple[Any, ...]]) -> bool:
        return all(self._works(key, wanted, dict(way)) for way in _ways(values))


def _ways(values: Mapping[Place, tuple[Any, ...]]) -> Iterator[list[tuple[Place, Any]]]:
    for way in product(*values.values()):
        yield list(zip(values, way, strict=True))


def _name(place: Place) -> str:
    fact, unit = place
    return f"{fact}@{unit}" if unit else fact
