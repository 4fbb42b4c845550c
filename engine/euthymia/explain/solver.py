"""The solver: smallest sets of choices that make something true, all of them, proved to be the smallest.

A ground logic program is built atom by atom: choices that may be made at a price, and conjunctions, alternatives and counts that follow
from them. What follows is exactly what the rules derive and nothing else, so that the program is an evaluator that can be asked backwards.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from typing import NamedTuple

from clingo import Backend, Control, Function, Model, Number

from euthymia.errors import Defect

Atom = int
_OPTIONS = ("--models=0", "--project=project", "--opt-strategy=usc", "--seed=1", "--parallel-mode=1", "--warn=none")


class _Current:
    """A solution for as long as the solver keeps it; asking later would read memory that is gone."""

    def __init__(self, model: Model) -> None:
        self.model: Model | None = model

    def holds(self, atom: Atom) -> bool:
        if self.model is None:
            raise Defect("a solution was looked at after the solver had gone on")
        return self.model.is_true(atom)


class Solution(NamedTuple):
    """What holds in one solution, and the atoms that it pays for. To be looked at before the next one is fetched."""

    holds: Callable[[Atom], bool]
    paid: tuple[Atom, ...]


class Solver:
    """One program. Atoms are numbers; `true` always holds, `false` never. Equal conjunctions are one atom."""

    def __init__(self) -> None:
        self._control = Control([*_OPTIONS])
        self._stack = ExitStack()
        self._building = False
        self._begin()
        self._made: dict[tuple[object, ...], Atom] = {}
        self.true = self._derived([()])
        self.false = self.fresh()
        self.cost(self.false)  # a program without any price would have no best solution

    def fresh(self) -> Atom:
        """An atom that nothing derives."""
        self._build()
        return self._backend.add_atom()

    def choice(self) -> Atom:
        """An atom that may hold or not, free of charge."""
        atom = self.fresh()
        self._backend.add_rule([atom], [], choice=True)
        return atom

    def cost(self, atom: Atom) -> Atom:
        """From here on, this atom counts against every solution in which it holds, and solutions are told apart by it."""
        self._build()
        named = self._backend.add_atom(Function("paid", [Number(atom)]))
        self._backend.add_rule([named], [atom])
        self._backend.add_minimize(0, [(named, 1)])
        self._backend.add_project([named])
        return atom

    def one_of(self, atoms: Sequence[Atom]) -> None:
        """Exactly one of these choices holds."""
        self._build()
        self._backend.add_rule([], [-atom for atom in atoms])
        self.at_most_one(atoms)

    def at_most_one(self, atoms: Sequence[Atom]) -> None:
        """Never two of these choices."""
        if len(atoms) < 2:
            return
        two = self.fresh()
        self._backend.add_weight_rule([two], 2, [(atom, 1) for atom in atoms])
        self._backend.add_rule([], [two])

    def never(self, *body: Atom) -> None:
        """No solution in which all of these hold; a negative number stands for an atom that does not."""
        self._build()
        self._backend.add_rule([], body)

    def both(self, *parts: Atom) -> Atom:
        """Holds where all parts hold."""
        wanted = tuple(sorted({part for part in parts if part != self.true}))
        if self.false in wanted:
            return self.false
        if len(wanted) < 2:
            return wanted[0] if wanted else self.true
        return self._cached(("both", wanted), lambda: self._derived([wanted]))

    def either(self, *parts: Atom) -> Atom:
        """Holds where one part holds."""
        wanted = tuple(sorted({part for part in parts if part != self.false}))
        if self.true in wanted:
            return self.true
        if len(wanted) < 2:
            return wanted[0] if wanted else self.false
        return self._cached(("either", wanted), lambda: self._derived([(part,) for part in wanted]))

    def any_of(self, parts: Sequence[Atom]) -> Atom:
        """The same as an atom of its own, whatever the number of parts."""
        return self._derived([(part,) for part in parts])

    def at_least(self, number: int, parts: Iterable[Atom]) -> Atom:
        """Holds where so many of the parts hold; the same atom twice counts twice."""
        listed = list(parts)
        number -= listed.count(self.true)
        wanted = tuple(sorted(part for part in listed if part not in (self.true, self.false)))
        if number <= 0:
            return self.true
        if number > len(wanted):
            return self.false
        if number == len(wanted):
            return self.both(*wanted)
        return self.either(*wanted) if number == 1 else self._cached(("least", number, wanted), lambda: self._counted(number, wanted))

    def lacking(self, atom: Atom) -> Atom:
        """Holds where a choice is not made."""
        return self._cached(("lacking", atom), lambda: self._derived([(-atom,)]))

    def smallest(self, goals: Sequence[Atom], most: int, within: int | None = None) -> Iterator[Solution]:
        """Solutions of the lowest cost in which all goals hold, at most so many. Each is to be looked at before the next is asked for.

        Nothing where every solution costs more than `within`: that is told much sooner than what the lowest cost is.
        """
        return self._solutions(goals, most, "optN" if within is None else f"optN,{within}", proved=True)

    def any(self, goals: Sequence[Atom]) -> Iterator[Solution]:
        """One solution in which all goals hold, at whatever cost; nothing where there is none. To be looked at inside the loop."""
        return self._solutions(goals, 1, "ignore", proved=False)

    def _solutions(self, goals: Sequence[Atom], most: int, mode: str, *, proved: bool) -> Iterator[Solution]:
        if self.false in goals:
            return
        self._finish()
        self._control.configuration.solve.opt_mode = mode  # type: ignore[union-attr]
        with self._control.solve(assumptions=[goal for goal in goals if goal != self.true], yield_=True) as handle:
            for model in handle:
                if model.optimality_proven or not proved:
                    paid = tuple(symbol.arguments[0].number for symbol in model.symbols(atoms=True))
                    current = _Current(model)
                    try:
                        yield Solution(current.holds, paid)
                    finally:
                        current.model = None
                    most -= 1
                if most <= 0:
                    return

    def _cached(self, key: tuple[object, ...], make: Callable[[], Atom]) -> Atom:
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    def _derived(self, bodies: Sequence[Sequence[Atom]]) -> Atom:
        atom = self.fresh()
        for body in bodies:
            self._backend.add_rule([atom], body)
        return atom

    def _counted(self, number: int, parts: Sequence[Atom]) -> Atom:
        atom = self.fresh()
        self._backend.add_weight_rule([atom], number, [(part, 1) for part in parts])
        return atom

    def _finish(self) -> None:
        if self._building:
            self._stack.close()
            self._building = False

    def _begin(self) -> None:
        self._backend: Backend = self._stack.enter_context(self._control.backend())
        self._building = True

    def _build(self) -> None:
        if not self._building:
            self._begin()
