"""Decision diagrams over unknown facts: small graphs that hold a result for every way the unknowns may turn out.

A diagram is reduced: a fact stands in it exactly when some completion of the others exists in which it decides. Leaves are the
results 0 to 3; a branch has one child for each value of its variable. Variables are numbers, smaller ones nearer to the root.
"""

from collections.abc import Callable, Sequence
from itertools import repeat

FALSE, TRUE, OPEN, EXCLUDED = range(4)
_LEAVES = 4


class TooLarge(Exception):
    """More work than is reasonable for one judgement."""


class Diagrams:
    """A store of shared branches. Diagrams are numbers; equal diagrams have equal numbers."""

    def __init__(self) -> None:
        self._left = 0
        self._branches: list[tuple[int, tuple[int, ...]]] = [(10**18, ())] * _LEAVES
        self._index: dict[tuple[int, tuple[int, ...]], int] = {}
        self._done: dict[tuple[object, ...], int] = {}

    def allow(self, more: int) -> None:
        """From here on, at most so many steps of work; then TooLarge."""
        self._left = more

    def branch(self, variable: int, children: Sequence[int]) -> int:
        """One child for each value; no branch where the value makes no difference."""
        first = children[0]
        if children.count(first) == len(children):
            return first
        key = (variable, tuple(children))
        found = self._index.get(key)
        if found is None:
            found = self._index[key] = len(self._branches)
            self._branches.append(key)
        return found

    def select(self, variable: int, children: Sequence[int]) -> int:
        """The same where the children may hold variables that stand nearer to the root."""
        result = children[-1]
        for value in reversed(range(len(children) - 1)):
            is_value = self.branch(variable, [TRUE if other == value else FALSE for other in range(len(children))])
            result = self.choose(is_value, children[value], result, OPEN)
        return result

    def map(self, diagram: int, results: tuple[int, int, int, int]) -> int:
        """Each result replaced by another."""
        if diagram < _LEAVES:
            return results[diagram]
        key = ("map", results, diagram)
        if (found := self._done.get(key)) is None:
            variable, children = self._branches[diagram]
            found = self._done[key] = self.branch(variable, [self.map(child, results) for child in children])
        return found

    def choose(self, test: int, then: int, otherwise: int, undecided: int) -> int:
        """`then` where the test is true, `otherwise` where false, `undecided` where it stays open (or excluded)."""
        if test < _LEAVES:
            return (otherwise, then, undecided, undecided)[test]
        if then == otherwise == undecided:
            return then
        key = ("choose", test, then, otherwise, undecided)
        if (found := self._done.get(key)) is None:
            found = self._done[key] = self._split(test, then, otherwise, undecided)
        return found

    def both(self, one: int, other: int) -> int:
        """And: false where either is, true where both are."""
        if FALSE in (one, other):
            return FALSE
        if one in (TRUE, other):
            return other
        if other == TRUE:
            return one
        if one < _LEAVES and other < _LEAVES:
            return OPEN
        key = ("both", min(one, other), max(one, other))
        if (found := self._done.get(key)) is None:
            found = self._done[key] = self._pairwise(self.both, one, other)
        return found

    def negate(self, diagram: int) -> int:
        return self.map(diagram, (TRUE, FALSE, OPEN, EXCLUDED))

    def agreed(self, one: int, other: int) -> int:
        """The result where both have the same, open elsewhere."""
        if one == other:
            return one
        if one < _LEAVES and other < _LEAVES:
            return OPEN
        key = ("agreed", min(one, other), max(one, other))
        if (found := self._done.get(key)) is None:
            found = self._done[key] = self._pairwise(self.agreed, one, other)
        return found

    def variables(self, diagram: int) -> set[int]:
        """The variables that decide somewhere."""
        found: set[int] = set()
        seen = {diagram}
        stack = [diagram]
        while stack:
            variable, children = self._branches[stack.pop()]
            if children:
                found.add(variable)
            for child in children:
                if child not in seen:
                    seen.add(child)
                    stack.append(child)
        return found

    def _pairwise(self, operation: Callable[[int, int], int], one: int, other: int) -> int:
        """Branch on the first variable of either."""
        self._work()
        top, children = self._branches[one]
        second, others = self._branches[other]
        if top == second:
            return self.branch(top, [operation(child, pair) for child, pair in zip(children, others, strict=True)])
        if top < second:
            return self.branch(top, [operation(child, other) for child in children])
        return self.branch(second, [operation(one, child) for child in others])

    def _work(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise TooLarge

    def _split(self, *parts: int) -> int:
        """Choose further down: branch on the first variable of any part."""
        self._work()
        nodes = [self._branches[part] for part in parts]
        top = min(variable for variable, _ in nodes)
        columns = [children if variable == top else repeat(part) for part, (variable, children) in zip(parts, nodes, strict=True)]
        return self.branch(top, [self.choose(*inner) for inner in zip(*columns, strict=False)])
