"""A logic program as plain data: choices that may be made at a price, and conjunctions, alternatives and counts that follow from them.

What follows is exactly what the rules derive and nothing else, so that the program is an evaluator that can be asked backwards. It only
grows; each question takes the part of it that its goals rest on, so that no answer depends on what was asked before.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

Atom = int


class Body(NamedTuple):
    """What an atom follows from: at least `number` of these atoms; a negative number stands for an atom that does not hold."""

    number: int
    parts: tuple[Atom, ...]


@dataclass(slots=True)
class Group:
    """Atoms that belong together: where one is in question, all are. No solution in which one of `never` holds as a whole."""

    atoms: tuple[Atom, ...]
    never: list[Body]


@dataclass(slots=True)
class Part:
    """The atoms that some goals rest on, each after those that it follows from, with the groups that they belong to."""

    atoms: list[Atom] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)


class Program:
    """Atoms are numbers; `true` always holds, `false` never. Equal conjunctions of the same order are one atom."""

    def __init__(self) -> None:
        self.bodies: list[tuple[Body, ...]] = [()]  # by atom; atom 0 is not used, since it has no negative
        self.choices: set[Atom] = set()
        self.paid: set[Atom] = set()
        self._groups: dict[Atom, list[Group]] = {}
        self._made: dict[tuple[object, ...], Atom] = {}
        self.true = self._derived(Body(0, ()))
        self.false = self._derived()

    def choice(self) -> Atom:
        """An atom that may hold or not, free of charge."""
        atom = self._derived()
        self.choices.add(atom)
        return atom

    def cost(self, atom: Atom) -> Atom:
        """This atom counts against every solution in which it holds, and solutions are told apart by it."""
        self.paid.add(atom)
        return atom

    def one_of(self, atoms: Sequence[Atom], also: Atom | None = None) -> None:
        """Exactly one of these choices holds; `also` is in question with them."""
        none = Body(len(atoms), tuple(-atom for atom in atoms))
        self._together((*atoms, *(() if also is None else (also,))), [none, Body(2, tuple(atoms))])

    def at_most_one(self, atoms: Sequence[Atom]) -> None:
        """Never two of these choices."""
        self._together(tuple(atoms), [Body(2, tuple(atoms))])

    def never(self, *body: Atom) -> None:
        """No solution in which all of these hold; a negative number stands for an atom that does not."""
        self._together(tuple(abs(atom) for atom in body), [Body(len(body), body)])

    def _together(self, atoms: tuple[Atom, ...], never: list[Body]) -> None:
        group = Group(atoms, [body for body in never if body.number <= len(body.parts)])
        for atom in atoms:
            self._groups.setdefault(atom, []).append(group)

    def both(self, *parts: Atom) -> Atom:
        """Holds where all parts hold."""
        wanted = tuple(dict.fromkeys(part for part in parts if part != self.true))
        if self.false in wanted:
            return self.false
        if len(wanted) < 2:
            return wanted[0] if wanted else self.true
        return self._once("both", wanted, Body(len(wanted), wanted))

    def either(self, *parts: Atom) -> Atom:
        """Holds where one part holds."""
        wanted = tuple(dict.fromkeys(part for part in parts if part != self.false))
        if self.true in wanted:
            return self.true
        if len(wanted) < 2:
            return wanted[0] if wanted else self.false
        return self._once("either", wanted, Body(1, wanted))

    def any_of(self, parts: Sequence[Atom]) -> Atom:
        """The same as an atom of its own, whatever the number of parts."""
        return self._derived(Body(1, tuple(parts)))

    def at_least(self, number: int, parts: Iterable[Atom]) -> Atom:
        """Holds where so many of the parts hold; the same atom twice counts twice."""
        listed = list(parts)
        number -= listed.count(self.true)
        wanted = tuple(part for part in listed if part not in (self.true, self.false))
        if number <= 0:
            return self.true
        if number > len(wanted):
            return self.false
        if number == len(wanted):
            return self.both(*wanted)
        return self.either(*wanted) if number == 1 else self._once("least", wanted, Body(number, wanted))

    def lacking(self, atom: Atom) -> Atom:
        """Holds where a choice is not made."""
        return self._once("lacking", (atom,), Body(1, (-atom,)))

    def _once(self, kind: str, parts: tuple[Atom, ...], body: Body) -> Atom:
        key = (kind, body.number, parts)
        if key not in self._made:
            self._made[key] = self._derived(body)
        return self._made[key]

    def _derived(self, *bodies: Body) -> Atom:
        self.bodies.append(bodies)
        return len(self.bodies) - 1

    # --- what goals rest on -----------------------------------------------------------------------------------------

    def part(self, goals: Iterable[Atom]) -> Part:
        """All that these goals rest on, in an order that depends on nothing else."""
        found, seen, grouped = Part(), set[Atom](), set[int]()
        waiting = [(goal, False) for goal in goals][::-1]
        while waiting:
            atom, complete = waiting.pop()
            if complete:
                found.atoms.append(atom)
                continue
            if atom in seen:
                continue
            seen.add(atom)
            waiting.append((atom, True))
            groups = [group for group in self._groups.get(atom, ()) if id(group) not in grouped]
            grouped.update(map(id, groups))
            found.groups.extend(groups)
            waiting.extend((abs(part), False) for group in groups for part in reversed(group.atoms))
            waiting.extend((abs(part), False) for body in self.bodies[atom] for part in reversed(body.parts))
        return found


class Solution:
    """The choices that were made, and what follows from them. A choice that was not in question was not made."""

    def __init__(self, program: Program, chosen: frozenset[Atom], paid: tuple[Atom, ...]) -> None:
        """`paid`: the atoms that hold at a price."""
        self.paid = paid
        self._program = program
        self._holds: dict[Atom, bool] = dict.fromkeys(chosen, True)

    def holds(self, atom: Atom) -> bool:
        """Does it follow?"""
        if atom not in self._holds:
            self._holds[atom] = any(self._all(body) for body in self._program.bodies[atom])
        return self._holds[atom]

    def _all(self, body: Body) -> bool:
        missing = body.number
        for part in body.parts:
            if missing <= 0:
                break
            missing -= self.holds(part) if part > 0 else not self.holds(-part)
        return missing <= 0
