"""The smallest part of many changes that is enough."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Generic, Literal, TypeVar

Item = TypeVar("Item")
Claim = Literal["smallest", "minimal", "none_left_out"]


@dataclass(frozen=True, slots=True)
class Enough(Generic[Item]):
    """Sets that are enough. `claim`: what is known of them.

    smallest: no smaller set is enough (and with `all_found`, these are all of that size). minimal: no part of the set is enough.
    none_left_out: without any one of its members it is not enough.
    """

    sets: tuple[tuple[Item, ...], ...]
    claim: Claim
    all_found: bool
    tried: int


def smallest(items: Sequence[Item], enough: Callable[[tuple[Item, ...]], bool], most: int) -> Enough[Item]:
    """The smallest sets of `items` that are enough, found by trying all by rising size for at most `most` tries.

    All `items` together must be enough, and none of them must not. Where there are too many to try, one set of which nothing can be
    left out. The result hangs on the order of `items`, and on nothing else.
    """
    tried = 0
    size = 0
    while size < len(items) and tried + comb(len(items), size + 1) <= most:
        size += 1
        tried += comb(len(items), size)
        sets = tuple(chosen for chosen in combinations(items, size) if enough(chosen))
        if sets:
            return Enough(sets, "smallest", True, tried)
    kept, more = _reduced(tuple(items), enough)
    inside = sum(comb(len(kept), part) for part in range(size + 1, len(kept)))
    if inside > most:
        return Enough((kept,), "none_left_out", False, tried + more)
    for part in range(size + 1, len(kept)):
        for chosen in combinations(kept, part):
            if enough(chosen):
                return Enough((chosen,), _claim(part, size), False, tried + more + inside)
    return Enough((kept,), _claim(len(kept), size), False, tried + more + inside)


def _claim(found: int, failed: int) -> Claim:
    """`failed`: the size up to which every set was tried in vain."""
    return "smallest" if found == failed + 1 else "minimal"


def _reduced(items: tuple[Item, ...], enough: Callable[[tuple[Item, ...]], bool]) -> tuple[tuple[Item, ...], int]:
    """A part that is enough and of which no single member can be left out; and the number of tries. Large pieces are tried first."""
    kept, tried = items, 0
    length = max(len(kept) // 2, 1)
    while True:
        before = len(kept)
        start = 0
        while start < len(kept):
            fewer = kept[:start] + kept[start + length :]
            tried += 1
            if fewer and enough(fewer):
                kept = fewer
            else:
                start += length
        if length == 1 and len(kept) == before:
            return kept, tried
        length = max(length // 2, 1)
