"""Which of three causes brought a change about: the patient (the file), the rules, the clock (the day of assessment).

Nothing is guessed: every mixture of the two sides is assessed, and a set of causes is the cause when switching it alone from before to
after already brings the outcome after, and switching less does not.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain, combinations
from typing import Any

from euthymia.errors import Defect

PATIENT, RULES, CLOCK = "patient", "rules", "clock"
CAUSES = (PATIENT, RULES, CLOCK)
Switched = frozenset[str]  # the causes that stand at after; the others stand at before


class Unattributed(Defect):
    """A change without a cause: the two ends differ, and switching everything does not lead from one to the other."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """`sets`: each set of causes that is enough and of which nothing can be left out, smallest first.

    `needed`: causes without which the change would not have come about. `untried`: smaller mixtures that no file allows, so that they
    could not be told apart.
    """

    sets: tuple[tuple[str, ...], ...]
    needed: tuple[str, ...]
    untried: tuple[tuple[str, ...], ...]

    @property
    def overdetermined(self) -> bool:
        """Would more than one set of causes have been enough?"""
        return len(self.sets) > 1


def subsets(causes: Sequence[str]) -> list[tuple[str, ...]]:
    """Every subset, smallest first, in the order of the causes."""
    return list(chain.from_iterable(combinations(causes, size) for size in range(len(causes) + 1)))


def attribute(outcome: Callable[[Switched], Any], differing: Sequence[str]) -> Attribution:
    """The cause of a change. `outcome` gives what a mixture comes to, and None for one that cannot be assessed."""
    found = {chosen: outcome(frozenset(chosen)) for chosen in subsets(differing)}
    after = found[tuple(differing)]
    sets: list[tuple[str, ...]] = []
    for chosen, result in found.items():
        if chosen and result is not None and result == after and not any(set(smaller) < set(chosen) for smaller in sets):
            sets.append(chosen)
    if not sets or found[()] == after:
        raise Unattributed(f"no cause among {', '.join(differing) or 'none'}")
    needed = tuple(cause for cause in differing if found[tuple(other for other in differing if other != cause)] != after)
    untried = tuple(chosen for chosen, result in found.items() if result is None and any(set(chosen) < set(whole) for whole in sets))
    return Attribution(tuple(sets), needed, untried)
