"""Counts of units as atoms of a logic program: at least so many for certain, or never so many, of different names or not."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from euthymia.explain.program import Atom, Program


class Counted(NamedTuple):
    """One unit: when it is in (or out), when it has each name, and when it counts for itself because it cannot have one.

    `unnamed`: it is known that no name is known. `nameless`: and that it has one all the same.
    """

    held: Atom
    names: tuple[tuple[str, Atom], ...]
    apart: Atom
    unnamed: Atom
    nameless: Atom


def surely_reached(program: Program, units: Sequence[Counted], minimum: int, *, own_names: bool = False) -> Atom:
    """At least `minimum` different ones among those that are in, whatever names the others turn out to have.

    Units without a known name may all be one that is already there; together they are one if nothing else is. With `own_names`, a name
    that is known to be open counts as a name of its own.
    """
    bearers: dict[str, list[Atom]] = defaultdict(list)
    for unit in units:
        for name, has_it in unit.names:
            bearers[name].append(program.both(unit.held, has_it))
    different = [program.either(*atoms) for atoms in bearers.values()]
    different += [program.both(unit.held, unit.apart) for unit in units]
    if own_names:
        different += [program.both(unit.held, unit.unnamed) for unit in units]
    apart = [program.both(unit.held, unit.apart) for unit in units]
    apart += [program.both(unit.held, unit.unnamed) for unit in units] if own_names else []
    one_more = program.both(program.at_least(minimum - 1, apart), program.at_least(minimum, [unit.held for unit in units]))
    return program.either(program.at_least(minimum, different), one_more)


def never_reached(program: Program, units: Sequence[Counted], minimum: int, *, one_name: bool = False) -> Atom:
    """Fewer than `minimum` different ones among those that are not out (`held` says that a unit is out).

    Of units of one name, one stands for all. With `one_name`, units whose name is known to be open never make more than one together.
    """
    sharing: dict[str, list[tuple[int, Atom]]] = defaultdict(list)
    for number, unit in enumerate(units):
        for name, has_it in unit.names:
            sharing[name].append((number, has_it))
    stands = [program.false for _ in units]  # the unit stands for others, so that it is counted itself
    saved: list[list[Atom]] = [[] for _ in units]
    for bearers in sharing.values():
        if len(bearers) > 1:
            _one_for_all(program, bearers, bearers, stands, saved)
    open_names = [(number, unit.nameless) for number, unit in enumerate(units) if unit.nameless != program.false]
    if one_name and open_names:
        named = [(number, has_it) for bearers in sharing.values() for number, has_it in bearers]
        _one_for_all(program, [*open_names, *named], open_names, stands, saved)
    left_out = [program.both(program.either(unit.held, *saved[n]), _lacking(program, stands[n])) for n, unit in enumerate(units)]
    return program.at_least(len(units) - minimum + 1, left_out)


def _one_for_all(
    program: Program, candidates: list[tuple[int, Atom]], others: list[tuple[int, Atom]], stands: list[Atom], saved: list[list[Atom]]
) -> None:
    """At most one of the candidates stands for the others."""
    chosen = [(number, has_it, program.choice()) for number, has_it in candidates]
    program.at_most_one([choice for _, _, choice in chosen])
    for number, has_it, choice in chosen:
        stands[number] = program.either(stands[number], choice)
        for other, has_it_too in others:
            if other != number:
                saved[other].append(program.both(choice, has_it, has_it_too))


def _lacking(program: Program, atom: Atom) -> Atom:
    return program.true if atom == program.false else program.lacking(atom)
