"""Why a judgement has its status: the smallest sets of facts that force it, each with the rules that lead from the facts to the status.

A set forces the status when nothing else need be looked at: whatever all other facts are, known or not, the status is the same. A fact
can force something by what it is, by not being known, or by not being applicable. The sets are proved to be the smallest, and all of
them are found, up to `MOST`.
"""

from dataclasses import dataclass

from euthymia.explain.circuit import Circuit, Holds, Want
from euthymia.explain.dependence import LATEST
from euthymia.explain.program import Atom, Program, Solution
from euthymia.explain.solver import smallest
from euthymia.explain.tracing import Forced, Tracing
from euthymia.inference.evaluate import Compiler, Test, may_have
from euthymia.inference.trace import Key, Statuses
from euthymia.inference.view import View
from euthymia.rulebook.conditions import Always, Leaf, StatusIs
from euthymia.rulebook.rulebook import Rulebook

MOST = 6


@dataclass(frozen=True, slots=True)
class Why:
    """`more`: there are further sets of the same size beyond those listed."""

    key: Key
    status: str
    sets: tuple[Forced, ...]
    more: bool


class Explaining:
    """Reasons for the judgements of one patient. Everything is worked out when it is asked for."""

    def __init__(self, rulebook: Rulebook, whole: View, statuses: Statuses) -> None:
        self.rulebook = rulebook
        self.statuses = statuses
        self._program = Program()
        self._shown = _Shown(rulebook, self._program, whole)
        self._circuit = Circuit(rulebook, self._program, whole, statuses, self._shown)
        self._found: dict[Key, Why] = {}

    def why(self, key: Key) -> Why:
        """The smallest sets that force the status which this judgement has."""
        if key not in self._found:
            self._found[key] = self._worked_out(key)
        return self._found[key]

    def _worked_out(self, key: Key) -> Why:
        status = self.statuses[key]
        goal = self._circuit.status(key, status)
        found = [self._forced(key, solution) for solution in smallest(self._program, [goal], MOST + 1)]
        if not found:
            raise AssertionError(f"nothing forces {key}")
        found.sort(key=lambda forced: [self._shown.order(name) for name in forced.facts])
        return Why(key, status, tuple(found[:MOST]), len(found) > MOST)

    def _forced(self, key: Key, solution: Solution) -> Forced:
        return Forced(self._shown.all_looked_at(solution), Tracing(self._circuit, solution.holds).tree(key))


class _Shown:
    """Facts that are looked at or not. Looking at one tells its value, that it is not known, or that it is not applicable."""

    def __init__(self, rulebook: Rulebook, program: Program, whole: View) -> None:
        self.rulebook = rulebook
        self.program = program
        self.whole = whole
        self._compiler = Compiler(rulebook.facts, {})
        self._tests: dict[Leaf, Test] = {}
        self._looks: dict[tuple[str, str | None], Atom] = {}
        self._places: dict[Atom, tuple[str, str | None]] = {}
        self._place = {view.unit: number for number, view in enumerate(whole.every())}

    def all_looked_at(self, solution: Solution) -> tuple[str, ...]:
        """Names of the facts that a solution looks at, in their order."""
        places = [self._places[atom] for atom in solution.paid]
        return tuple(sorted((f"{fact}@{unit}" if unit else fact for fact, unit in places), key=self.order))

    def order(self, name: str) -> tuple[int, int]:
        fact, _, unit = name.partition("@")
        return (self.rulebook.facts.rank(fact), self._place[unit or None])

    def _look(self, fact: str, holder: View) -> Atom:
        place = (fact, holder.unit)
        if place not in self._looks:
            self._looks[place] = self.program.cost(self.program.choice())
            self._places[self._looks[place]] = place
        return self._looks[place]

    def leaf(self, leaf: Leaf, holder: View, want: Want) -> Atom:
        assert not isinstance(leaf, Always | StatusIs)
        if leaf not in self._tests:
            self._tests[leaf] = self._compiler.test(leaf)
        truth = self._tests[leaf](holder)
        fits = {Want.TRUE: truth is True, Want.FALSE: truth is False, Want.NOT_TRUE: truth is not True, Want.NOT_FALSE: truth is not False}
        return self._look(leaf.fact, holder) if fits[want] else self.program.false

    def decides(self, fact: str, holder: View) -> Atom:
        return self._look(fact, holder) if fact in holder.facts else self.program.false

    def passed_over(self, fact: str, holder: View) -> Atom:
        return self.program.false if fact in holder.facts else self._look(fact, holder)

    def names(self, fact: str, unit: View) -> list[tuple[str, Atom]]:
        return [(unit.facts[fact], self._look(fact, unit))] if fact in unit.facts else []

    def apart(self, fact: str, unit: View) -> Atom:
        distinct = self.rulebook.facts[fact]
        if fact in unit.facts or may_have(unit, distinct):
            return self.program.false
        by_itself = self._look(fact, unit) if fact in unit.excluded else self.program.false
        barred = unit.facts.get("trial.modality") in distinct.barred
        return self.program.either(by_itself, self._look("trial.modality", unit) if barred else self.program.false)

    def unnamed(self, fact: str, unit: View) -> Atom:
        open_name = fact not in unit.facts and fact not in unit.excluded
        return self._look(fact, unit) if open_name else self.program.false

    def nameless(self, fact: str, unit: View) -> Atom:
        distinct = self.rulebook.facts[fact]
        if fact in unit.facts or not may_have(unit, distinct):
            return self.program.false
        modality = self._look("trial.modality", unit) if distinct.barred else self.program.true
        return self.program.both(self._look(fact, unit), modality)

    def latest(self) -> list[tuple[View, Atom]]:
        return [] if self.whole.latest is None else [(self.whole.latest, self._look(LATEST, self.whole))]

    def no_latest(self) -> Atom:
        return self._look(LATEST, self.whole) if self.whole.latest is None else self.program.false

    def looked_at(self, fact: str, unit: View, holds: Holds) -> bool:
        place = (fact, unit.unit)
        return place in self._looks and holds(self._looks[place])
