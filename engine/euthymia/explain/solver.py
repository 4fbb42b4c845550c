"""The solver: smallest sets of choices that make something true, all of them, proved to be the smallest."""

from collections.abc import Iterator, Sequence

from clingo import Backend, Control, Model

from euthymia.explain.program import Atom, Body, Part, Program, Solution

_OPTIONS = ("--models=0", "--project=project", "--opt-strategy=usc,pmres", "--seed=1", "--parallel-mode=1", "--warn=none")


def smallest(
    program: Program, goals: Sequence[Atom], most: int, *, never: Sequence[Atom] = (), within: int | None = None
) -> Iterator[Solution]:
    """Solutions of the lowest cost in which all goals hold and nothing of `never`, at most so many.

    Nothing where every solution costs more than `within`: that is told much sooner than what the lowest cost is.
    """
    return _solutions(program, goals, never, most, "optN" if within is None else f"optN,{within}", proved=True)


def any_solution(program: Program, goals: Sequence[Atom], *, never: Sequence[Atom] = ()) -> Solution | None:
    """One solution in which all goals hold and nothing of `never`, at whatever cost; None where there is none."""
    return next(_solutions(program, goals, never, 1, "ignore", proved=False), None)


def _solutions(
    program: Program, goals: Sequence[Atom], never: Sequence[Atom], most: int, mode: str, *, proved: bool
) -> Iterator[Solution]:  # fmt: skip
    if program.false in goals or program.true in never:
        return
    control = Control([*_OPTIONS])
    control.configuration.solve.opt_mode = mode  # type: ignore[union-attr]
    with control.backend() as backend:
        told = _Told(program, backend, program.part([*goals, *never]))
        told.only_where(goals, never)
    with control.solve(yield_=True) as handle:
        for model in handle:
            if model.optimality_proven or not proved:
                yield told.solution(model)
                most -= 1
            if most <= 0:
                return


class _Told:
    """A part of a program as clingo has been told it, under clingo's own numbers."""

    def __init__(self, program: Program, backend: Backend, part: Part) -> None:
        self.program = program
        self.backend = backend
        self._numbers: dict[Atom, int] = {}
        for atom in part.atoms:
            self._numbers[atom] = backend.add_atom()
        for atom in part.atoms:
            self._tell(atom)
        for group in part.groups:
            for body in group.never:
                self._forbid(body)
        self._prices([atom for atom in part.atoms if atom in program.paid])

    def _tell(self, atom: Atom) -> None:
        head = [self._numbers[atom]]
        if atom in self.program.choices:
            self.backend.add_rule(head, [], choice=True)
        for body in self.program.bodies[atom]:
            self._rule(head, body)

    def _rule(self, head: list[int], body: Body) -> None:
        literals = [self._numbers[part] if part > 0 else -self._numbers[-part] for part in body.parts]
        if body.number == len(literals):
            self.backend.add_rule(head, literals)
        elif body.number == 1:
            for literal in literals:
                self.backend.add_rule(head, [literal])
        else:
            self.backend.add_weight_rule(head, body.number, [(literal, 1) for literal in literals])

    def _forbid(self, body: Body) -> None:
        """Weighed bodies need an atom of their own: not every solver takes them without a head."""
        broken = self.backend.add_atom()
        self._rule([broken], body)
        self.backend.add_rule([], [broken])

    def _prices(self, paid: list[Atom]) -> None:
        free = self.backend.add_atom()  # a program without any price would have no best solution
        prices = [self._numbers[atom] for atom in paid]
        self.backend.add_minimize(0, [(number, 1) for number in (*prices, free)])
        self.backend.add_project(prices)

    def only_where(self, goals: Sequence[Atom], never: Sequence[Atom]) -> None:
        for goal in goals:
            self.backend.add_rule([], [-self._numbers[goal]])
        for atom in never:
            self.backend.add_rule([], [self._numbers[atom]])

    def solution(self, model: Model) -> Solution:
        """Read at once: clingo keeps a model only until it goes on."""
        holding = {atom for atom, number in self._numbers.items() if atom in self.program.choices and model.is_true(number)}
        paid = tuple(atom for atom, number in self._numbers.items() if atom in self.program.paid and model.is_true(number))
        return Solution(self.program, frozenset(holding), paid)
