"""The facts of one patient as choices: each stays as it is, or takes one of the values that the rules tell apart."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from euthymia.explain.circuit import Holds, Want
from euthymia.explain.dependence import LATEST
from euthymia.explain.program import Atom, Part, Program, Solution
from euthymia.explain.rejudging import Place
from euthymia.explain.spans import region
from euthymia.explain.vocabulary import OTHER, Vocabulary
from euthymia.facts.catalogue import Declaration
from euthymia.inference.evaluate import Compiler, Test, may_have
from euthymia.inference.view import SCALE, View
from euthymia.rulebook.conditions import Always, Filled, Includes, Leaf, StatusIs, Unanswered
from euthymia.rulebook.rulebook import Rulebook

_NEW = "a new name"
_GOING_ON = "ongoing"


@dataclass(slots=True)
class _Choice:
    """One fact that may change: `stays`, or `changes` to one of `values`, or to a list of some `members`."""

    stays: Atom
    changes: Atom
    values: list[tuple[Any, Atom]] = field(default_factory=list)
    members: dict[str | int, Atom] = field(default_factory=dict)


class Changeable:
    """What each fact could become. A fact that cannot change is what it is."""

    def __init__(
        self, rulebook: Rulebook, vocabulary: Vocabulary, program: Program, whole: View, proposed: frozenset[Place] = frozenset()
    ) -> None:
        self.rulebook = rulebook
        self.vocabulary = vocabulary
        self.program = program
        self.whole = whole
        self.proposed = proposed
        self._compiler = Compiler(rulebook.facts, {})
        self._tests: dict[Leaf, Test] = {}
        self._choices: dict[Place, _Choice | None] = {}
        self._places: dict[Atom, Place] = {}
        self._rank = {view.unit: number for number, view in enumerate(whole.every())}

    def within(self, part: Part) -> set[str]:
        """Facts that may change and that this part of the program rests on."""
        return {self._places[atom][0] for atom in part.atoms if atom in self._places}

    # --- what can change --------------------------------------------------------------------------------------------

    def changes(self, solution: Solution) -> dict[Place, Any]:
        """The facts that a solution changes, with what they become."""
        found = {}
        for place in sorted((self._places[atom] for atom in solution.paid), key=self._rank_of):
            choice = self._choices[place]
            assert choice is not None
            values = [value for value, atom in choice.values if solution.holds(atom)]
            found[place] = values[0] if values else frozenset(m for m, atom in choice.members.items() if solution.holds(atom))
        return found

    def values(self, place: Place) -> list[Any]:
        """What a fact could become; for a list, nothing but what stays on it, or what it holds now with one member more or less."""
        fact, unit = place
        choice = self._choices[place]
        assert choice is not None
        if choice.values:
            return [value for value, _ in choice.values]
        holder = self.whole.holding(fact, unit)
        held = holder.facts.get(fact)
        held = held if isinstance(held, frozenset) else frozenset()
        stays = self._staying(self.rulebook.facts[fact], holder)
        more = [held | {member} for member in choice.members if member not in held]
        return [stays, *more, *(held - {member} for member in sorted(held - stays, key=str))]

    def is_answer(self, place: Place, values: Sequence[Any]) -> bool:
        """Would these values be answers to what is not known now, or not exactly, rather than changes?"""
        fact, unit = place
        if fact == LATEST:
            return self.whole.latest is None
        present = self.whole.holding(fact, unit).facts.get(fact)
        if present is None or not _is_range(present):
            return present is None or place in self.proposed
        return all(present[0] <= value[0] and value[1] <= present[1] for value in values)

    def order(self, name: str) -> tuple[int, int]:
        fact, _, unit = name.partition("@")
        return self._rank_of((fact, unit or None))

    def _rank_of(self, place: Place) -> tuple[int, int]:
        return (self.rulebook.facts.rank(place[0]), self._rank[place[1]])

    def _can_change(self, fact: Declaration, holder: View) -> bool:
        """Something not known can be answered; something known changes as declared, unless it is past."""
        name = fact.full_name
        if name in holder.excluded:
            return False
        if name not in holder.facts:
            return not fact.barred or may_have(holder, fact)
        return _is_range(holder.facts[name]) or self._becomes_other(fact, holder)

    def _becomes_other(self, fact: Declaration, holder: View) -> bool:
        """Can what is known become otherwise? What was only proposed gives way to whatever is stated."""
        if (fact.full_name, holder.unit) in self.proposed:
            return True
        lasts = fact.changes == "never" or self._is_past(holder)
        return not lasts and (fact.is_list or holder.facts.get(fact.full_name) not in fact.lasting)

    def _is_past(self, holder: View) -> bool:
        """A trial that is over, or not known to go on although another came after it."""
        if not any(holder is trial for trial in self.whole.units.get("trial", ())):
            return False
        stopped = holder.facts.get("trial.stop_reason")
        if stopped is not None or "trial.ended" in holder.facts:
            return stopped != _GOING_ON
        return holder is not self.whole.latest

    # --- choices ----------------------------------------------------------------------------------------------------

    def _choice(self, fact: str, holder: View) -> _Choice | None:
        place = (fact, holder.unit)
        if place not in self._choices:
            declared = self.rulebook.facts[fact]
            self._choices[place] = self._made(declared, holder) if self._can_change(declared, holder) else None
        return self._choices[place]

    def _made(self, fact: Declaration, holder: View) -> _Choice | None:
        program = self.program
        if fact.is_list:
            changes, members = program.cost(program.choice()), self._members(fact)
            for member in self._staying(fact, holder):
                program.never(changes, -members.get(member, members.get(OTHER, program.true)))
            return self._kept((fact.full_name, holder.unit), _Choice(program.lacking(changes), changes, members=members))
        possible = self._possible(fact, holder)
        if not possible:
            return None
        return self._of_values((fact.full_name, holder.unit), possible)

    def _of_values(self, place: Place, possible: Sequence[Any]) -> _Choice:
        """It stays, or takes exactly one of these values."""
        program = self.program
        stays, values = program.choice(), [(value, program.choice()) for value in possible]
        changes = program.cost(program.any_of([atom for _, atom in values]))
        program.one_of([stays, *(atom for _, atom in values)], changes)
        return self._kept(place, _Choice(stays, changes, values))

    def _kept(self, place: Place, choice: _Choice) -> _Choice:
        self._places[choice.changes] = place
        return choice

    def _staying(self, fact: Declaration, holder: View) -> frozenset[Any]:
        """Members of a list that stay on it, whatever else is added."""
        held = holder.facts.get(fact.full_name, frozenset())
        return held if "members" in fact.lasting and isinstance(held, frozenset) else frozenset()

    def _members(self, fact: Declaration) -> dict[str | int, Atom]:
        return {member: self.program.choice() for member in self.vocabulary.all_members(fact)}

    def _possible(self, fact: Declaration, holder: View) -> list[Any]:
        """Values other than the present one."""
        present = holder.facts.get(fact.full_name)
        if fact.is_number:
            return self._numbers(fact, present, lasting=not self._becomes_other(fact, holder))
        if fact.choices:
            return [value for value in fact.choices if value != present]
        if fact.compared:
            others = {unit.facts[fact.full_name] for unit in self.whole.units[fact.record] if fact.full_name in unit.facts}
            return [*sorted(others - {present}), *self._new_names(fact, holder)]
        return [_NEW] if fact.type == "text" and present is None else []

    def _new_names(self, fact: Declaration, holder: View) -> list[str]:
        """A name that no other unit has, or that it shares with units before it of which no name is known either."""
        units = self.whole.units[fact.record]
        nameless = [unit.unit for unit in units if fact.full_name not in unit.facts and may_have(unit, fact)]
        return [f"{_NEW} {unit}" for unit in nameless[: nameless.index(holder.unit) + 1]]

    def _numbers(self, fact: Declaration, present: Any, *, lasting: bool) -> list[Any]:
        """A range may turn out to be any number in it; time only adds."""
        numbers = self.vocabulary.all_numbers(fact)
        if present is None:
            return [(number, number) for number in numbers]
        low, high = present
        within: list[int] = []
        if low != high:
            within = self.vocabulary.numbers(fact, Fraction(low, SCALE), Fraction(high, SCALE))
        ends = {region(fact, self.vocabulary, end) for end in (low, high)}
        beyond = [number for number in numbers if (number > high if fact.changes == "by time" else not low <= number <= high)]
        other = [] if lasting else [number for number in beyond if number not in ends]
        return [(number, number) for number in sorted({*within, *other})]

    # --- what conditions ask of them --------------------------------------------------------------------------------

    def leaf(self, leaf: Leaf, holder: View, want: Want) -> Atom:
        assert not isinstance(leaf, Always | StatusIs)
        assert want in (Want.TRUE, Want.FALSE)
        choice, wanted = self._choice(leaf.fact, holder), want is Want.TRUE
        now = self._test(leaf)(holder) is wanted
        if choice is None:
            return self.program.true if now else self.program.false
        unchanged = choice.stays if now else self.program.false
        return self.program.either(unchanged, self._after(leaf, choice, holder, wanted=wanted))

    def _after(self, leaf: Leaf, choice: _Choice, holder: View, *, wanted: bool) -> Atom:
        """The changed fact passes the test, or fails it."""
        program = self.program
        if isinstance(leaf, Unanswered):
            return program.false if wanted else choice.changes
        if isinstance(leaf, Includes):
            member = choice.members.get(leaf.value, program.false)
            return program.both(choice.changes, member if wanted else program.lacking(member))
        if isinstance(leaf, Filled) and choice.members:
            some = program.either(*choice.members.values())
            return program.both(choice.changes, some if wanted else program.lacking(some))
        assert not isinstance(leaf, Always | StatusIs)
        test = self._test(leaf)
        return program.either(
            *(atom for value, atom in choice.values if test(View(holder.unit, {leaf.fact: value}, frozenset())) is wanted)
        )

    def _test(self, leaf: Leaf) -> Test:
        if leaf not in self._tests:
            self._tests[leaf] = self._compiler.test(leaf)
        return self._tests[leaf]

    def decides(self, fact: str, holder: View) -> Atom:
        if fact in holder.facts:
            return self.program.true
        choice = self._choice(fact, holder)
        return self.program.false if choice is None else choice.changes

    def passed_over(self, fact: str, holder: View) -> Atom:
        if fact in holder.facts:
            return self.program.false
        choice = self._choice(fact, holder)
        return self.program.true if choice is None else choice.stays

    def names(self, fact: str, unit: View) -> list[tuple[str, Atom]]:
        choice = self._choice(fact, unit)
        known = [(unit.facts[fact], self.program.true if choice is None else choice.stays)] if fact in unit.facts else []
        return [*known, *(choice.values if choice else ())]

    def apart(self, fact: str, unit: View) -> Atom:
        distinct = self.rulebook.facts[fact]
        return self.program.false if fact in unit.facts or may_have(unit, distinct) else self.program.true

    def unnamed(self, fact: str, unit: View) -> Atom:
        return self.program.false

    def nameless(self, fact: str, unit: View) -> Atom:
        return self.program.false

    def latest(self) -> list[tuple[View, Atom]]:
        if self.whole.latest is not None:
            return [(self.whole.latest, self.program.true)]
        place = (LATEST, None)
        if place not in self._choices:
            self._choices[place] = self._latest_choice()
        choice = self._choices[place]
        return [(self.whole.of("trial", unit), atom) for unit, atom in choice.values] if choice else []

    def _latest_choice(self) -> _Choice | None:
        units = [unit.unit for unit in self.whole.units["trial"]]
        return self._of_values((LATEST, None), units) if units else None

    def no_latest(self) -> Atom:
        return self.program.false

    def looked_at(self, fact: str, unit: View, holds: Holds) -> bool:
        return False


def _is_range(value: Any) -> bool:
    return isinstance(value, tuple) and value[0] != value[1]
