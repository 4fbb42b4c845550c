"""In which layer each box of a drawing stands: below all that have an arrow to it, by the longest way from the top."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

Edge = tuple[str, str]
Near = Mapping[str, list[str]]
_DIGITS = re.compile(r"(\d+)")


@lru_cache(maxsize=8192)
def natural(name: str) -> tuple[tuple[int, str], ...]:
    """Orders t2 before t10."""
    return tuple((int(part), "") if part.isdigit() else (0, part) for part in _DIGITS.split(name))


def near(names: Iterable[str], edges: Iterable[Edge]) -> dict[str, list[str]]:
    """What each name has an arrow to, in order."""
    found: dict[str, list[str]] = {name: [] for name in names}
    for start, end in edges:
        found[start].append(end)
    return {name: sorted(ends, key=natural) for name, ends in found.items()}


def downwards(names: Iterable[str], edges: Iterable[Edge]) -> list[Edge]:
    """The edges with as few as can be turned around so that none closes a circle; those that come first stay as they are."""
    wanted = list(edges)
    if in_order(near(names, wanted)) is not None:
        return sorted(wanted, key=lambda edge: [natural(name) for name in edge])
    kept: dict[str, list[str]] = {name: [] for name in names}
    for start, end in wanted:
        one, other = (end, start) if _leads(kept, end, start) else (start, end)
        kept[one].append(other)
    return sorted({(name, end) for name, ends in kept.items() for end in ends}, key=lambda edge: [natural(name) for name in edge])


def _leads(below: Near, start: str, goal: str) -> bool:
    waiting, seen = [start], {start}
    while waiting:
        name = waiting.pop()
        if name == goal:
            return True
        fresh = [other for other in below[name] if other not in seen]
        seen.update(fresh)
        waiting += fresh
    return False


def in_order(below: Near) -> list[str] | None:
    """The names, each before all it has an arrow to; None where there is a circle."""
    left = dict.fromkeys(below, 0)
    for ends in below.values():
        for end in ends:
            left[end] += 1
    ready = [name for name, number in left.items() if not number]
    for name in ready:
        for end in below[name]:
            left[end] -= 1
            if not left[end]:
                ready.append(end)
    return ready if len(ready) == len(left) else None


def layers(names: Iterable[str], edges: Iterable[Edge], centre: str | None) -> dict[str, int]:
    """Layers from 0. With a centre, what leads to it is counted upwards from there."""
    held, arrows = list(names), list(edges)
    below = near(held, arrows)
    order = in_order(below)
    if order is None:
        raise ValueError("the edges close a circle")
    found = dict.fromkeys(held, 0)
    upper = _above(near(held, ((end, start) for start, end in arrows)), centre)
    for name in reversed(order):
        if name in upper:
            found[name] = min(found[end] for end in below[name] if end in upper or end == centre) - 1
    for name in order:
        for end in below[name]:
            if end not in upper and end != centre:
                found[end] = max(found[end], found[name] + 1)
    lowest = min(found.values(), default=0)
    return {name: layer - lowest for name, layer in found.items()}


def _above(above: Near, centre: str | None) -> set[str]:
    """All that leads to the centre."""
    waiting, seen = [] if centre is None else [centre], set[str]()
    while waiting:
        fresh = [other for other in above[waiting.pop()] if other not in seen]
        seen.update(fresh)
        waiting += fresh
    return seen
