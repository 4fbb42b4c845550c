"""Conditions as atoms of a logic program: when a judgement is forced, by facts that may be looked at or may be changed.

Four things can be asked of a condition: that it is true, that it is false, that it cannot be true, and that it cannot be false. What can
be asked of a single fact is left to `Leaves`; everything above the facts is here. It follows the evaluator step by step, and tests hold
the two together.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

from euthymia.explain.counting import Counted, never_reached, surely_reached
from euthymia.explain.program import Atom, Program
from euthymia.inference.trace import Key, Statuses
from euthymia.inference.view import View
from euthymia.rulebook.conditions import (
    MET,
    NOT_APPLICABLE,
    STATUSES,
    UNDETERMINED,
    All,
    Always,
    Any,
    Condition,
    Count,
    FirstKnown,
    Latest,
    Leaf,
    Not,
    Once,
    OneOf,
    StatusIs,
)
from euthymia.rulebook.rulebook import Rulebook

Holds = Callable[[Atom], bool]


class Want(StrEnum):
    """What is asked of a condition."""

    TRUE = "true"
    FALSE = "false"
    NOT_TRUE = "cannot be true"
    NOT_FALSE = "cannot be false"


OPPOSITE = {Want.TRUE: Want.FALSE, Want.FALSE: Want.TRUE, Want.NOT_TRUE: Want.NOT_FALSE, Want.NOT_FALSE: Want.NOT_TRUE}
CONJUNCTIVE = {Want.TRUE, Want.NOT_FALSE}  # what all parts of a conjunction must be for the whole to be it


class Leaves(Protocol):
    """What single facts offer. `holder` is the view that has the fact."""

    def leaf(self, leaf: Leaf, holder: View, want: Want) -> Atom:
        """The test of one fact."""

    def decides(self, fact: str, holder: View) -> Atom:
        """The fact has a value, so that no fallback goes past it."""

    def passed_over(self, fact: str, holder: View) -> Atom:
        """The fact has no value, so that a fallback goes on to the next one."""

    def names(self, fact: str, unit: View) -> list[tuple[str, Atom]]:
        """The names that a unit has or may get, each with when it has it."""

    def apart(self, fact: str, unit: View) -> Atom:
        """The unit cannot have such a name, and counts for itself."""

    def unnamed(self, fact: str, unit: View) -> Atom:
        """It is known that the unit's name is not known."""

    def nameless(self, fact: str, unit: View) -> Atom:
        """It is known that the unit's name is not known, although it has one."""

    def latest(self) -> list[tuple[View, Atom]]:
        """Trials that are or may become the latest, each with when it is."""

    def no_latest(self) -> Atom:
        """It is known that the latest trial is not known."""

    def looked_at(self, fact: str, unit: View, holds: Holds) -> bool:
        """Does a solution look at this fact?"""


class Circuit:
    """The rulebook over one patient. Atoms are made when they are asked for, once each."""

    def __init__(self, rulebook: Rulebook, program: Program, whole: View, statuses: Statuses, leaves: Leaves) -> None:
        self.rulebook = rulebook
        self.program = program
        self.whole = whole
        self.statuses = statuses
        self.leaves = leaves
        self.many = frozenset(rulebook.facts.many)
        self._made: dict[tuple[Want, int, str | None], Atom] = {}
        self._kept: list[Condition] = []
        self._completeness: dict[str, OneOf] = {}

    # --- judgements -------------------------------------------------------------------------------------------------

    def status(self, key: Key, status: str) -> Atom:
        """The judgement has this status."""
        if status == UNDETERMINED:
            return self.program.both(*(self.excluded(key, other) for other in STATUSES if other != UNDETERMINED))
        applies, when = self._both_conditions(key)
        if status == NOT_APPLICABLE:
            return applies(Want.FALSE)
        return self.program.both(applies(Want.TRUE), when(Want.TRUE if status == MET else Want.FALSE))

    def excluded(self, key: Key, status: str) -> Atom:
        """The judgement cannot have this status."""
        applies, when = self._both_conditions(key)
        if status == NOT_APPLICABLE:
            return applies(Want.NOT_FALSE)
        if status == UNDETERMINED:
            return self.program.either(*(self.status(key, other) for other in STATUSES if other != UNDETERMINED))
        return self.program.either(applies(Want.NOT_TRUE), when(Want.NOT_TRUE if status == MET else Want.NOT_FALSE))

    def _both_conditions(self, key: Key) -> tuple[Callable[[Want], Atom], Callable[[Want], Atom]]:
        rule = self.rulebook.by_id[key.rule]
        view = self.view(key)
        applies = Always() if rule.applies is None else rule.applies
        return (lambda want: self.atom(applies, view, want)), (lambda want: self.atom(rule.when, view, want))

    def view(self, key: Key) -> View:
        return self.whole.of(self.rulebook.by_id[key.rule].about, key.unit)

    def holder(self, fact: str, view: View) -> View:
        """The view that has the fact: the unit's own, or the patient's."""
        return view if fact.partition(".")[0] in self.many else self.whole

    def holds(self, condition: Condition, view: View) -> Atom:
        """The condition is true."""
        return self.atom(condition, view, Want.TRUE)

    # --- conditions -------------------------------------------------------------------------------------------------

    def atom(self, condition: Condition, view: View, want: Want) -> Atom:
        """The condition is for this view what is wanted of it."""
        known = (want, id(condition), view.unit)
        if known not in self._made:
            self._kept.append(condition)  # so that no other condition gets its identity
            self._made[known] = self._atom(condition, view, want)
        return self._made[known]

    def _atom(self, condition: Condition, view: View, want: Want) -> Atom:
        program = self.program
        match condition:
            case Always():
                return program.true if want in CONJUNCTIVE else program.false
            case StatusIs():
                return self._reference(condition, view, want)
            case All(parts):
                made = [self.atom(part, view, want) for part in parts]
                return program.both(*made) if want in CONJUNCTIVE else program.either(*made)
            case Any(parts):
                made = [self.atom(part, view, want) for part in parts]
                return program.either(*made) if want in CONJUNCTIVE else program.both(*made)
            case Not(part):
                return self.atom(part, view, OPPOSITE[want])
            case Once(part):
                return self._once(part, view, want)
            case FirstKnown(options):
                return self._first_known(options, view, want)
            case Count():
                return self._count(condition, want)
            case Latest(where):
                return self._latest(where, want)
            case _:
                return self.leaves.leaf(condition, self.holder(condition.fact, view), want)

    def referred(self, condition: StatusIs, view: View) -> Key:
        """The judgement that a reference speaks of."""
        return Key(condition.rule, None if self.rulebook.by_id[condition.rule].about == "patient" else view.unit)

    def _reference(self, condition: StatusIs, view: View, want: Want) -> Atom:
        key = self.referred(condition, view)
        wanted = [status for status in STATUSES if status in condition.wanted]
        others = [status for status in STATUSES if status not in condition.wanted and status != UNDETERMINED]
        if want in (Want.TRUE, Want.FALSE):
            return self.program.either(*(self.status(key, status) for status in (wanted if want is Want.TRUE else others)))
        return self.program.both(*(self.excluded(key, status) for status in (wanted if want is Want.NOT_TRUE else others)))

    def _once(self, part: Condition, view: View, want: Want) -> Atom:
        """False becomes undetermined."""
        if want is Want.FALSE:
            return self.program.false
        return self.program.true if want is Want.NOT_FALSE else self.atom(part, view, want)

    def _first_known(self, options: tuple[tuple[str, Condition], ...], view: View, want: Want) -> Atom:
        """The first option whose fact has a value decides; where none has one, it stays open."""
        program, ways, passed = self.program, [], self.program.true
        open_ends = want in (Want.NOT_TRUE, Want.NOT_FALSE)
        for fact, option in options:
            holder = self.holder(fact, view)
            if not (open_ends and fact not in holder.facts):
                ways.append(program.both(passed, self.leaves.decides(fact, holder), self.atom(option, view, want)))
            passed = program.both(passed, self.leaves.passed_over(fact, holder))
        return program.either(*ways, passed if open_ends else program.false)

    def _latest(self, where: Condition, want: Want) -> Atom:
        """The latest trial decides; where it is not known, what is the same for all trials of a complete list."""
        program = self.program
        of_all = program.both(*(self.atom(where, unit, want) for unit in self.whole.units["trial"]))
        of_one = [program.both(is_latest, self.atom(where, unit, want)) for unit, is_latest in self.leaves.latest()]
        if want in (Want.TRUE, Want.FALSE):
            of_all = program.both(of_all, self.closed()) if self.whole.units["trial"] else program.false
            return program.either(*of_one, of_all)
        of_some = program.either(*(self.atom(where, unit, want) for unit in self.whole.units["trial"]), self.not_closed())
        return program.either(*of_one, of_all, program.both(self.leaves.no_latest(), of_some))

    def _count(self, count: Count, want: Want) -> Atom:
        units = self.whole.units[count.record]
        held = [self.atom(count.where, unit, want) for unit in units]
        each = [self._counted(atom, unit, count.distinct) for atom, unit in zip(held, units, strict=True)]
        match want:
            case Want.TRUE:
                return surely_reached(self.program, each, count.minimum)
            case Want.FALSE:
                closed = self.program.true if count.listed else self.closed(count.record)
                return self.program.both(closed, never_reached(self.program, each, count.minimum))
            case Want.NOT_TRUE:
                return never_reached(self.program, each, count.minimum, one_name=True)
            case Want.NOT_FALSE:
                not_closed = self.program.false if count.listed else self.not_closed(count.record)
                return self.program.either(not_closed, surely_reached(self.program, each, count.minimum, own_names=True))

    def _counted(self, held: Atom, unit: View, distinct: str | None) -> Counted:
        if distinct is None:
            return Counted(held, (), self.program.true, self.program.false, self.program.false)
        names, leaves = tuple(self.leaves.names(distinct, unit)), self.leaves
        return Counted(held, names, leaves.apart(distinct, unit), leaves.unnamed(distinct, unit), leaves.nameless(distinct, unit))

    def closed(self, record: str = "trial") -> Atom:
        """The list of such units is complete."""
        complete = self.rulebook.facts.record(record).complete_when
        return self.program.false if complete is None else self.atom(self.completeness(complete), self.whole, Want.TRUE)

    def not_closed(self, record: str = "trial") -> Atom:
        """It is known that nobody said so."""
        complete = self.rulebook.facts.record(record).complete_when
        return self.program.true if complete is None else self.atom(self.completeness(complete), self.whole, Want.NOT_TRUE)

    def completeness(self, fact: str) -> OneOf:
        """The test that a list is complete."""
        return self._completeness.setdefault(fact, OneOf(fact, ("yes",)))
