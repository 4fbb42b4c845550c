"""The safe subset of durable_rules, enforced on the compiled rules before any of them reaches the engine.

The limits are those measured for version 2.0.28 (docs/decisions/0001): beyond them it hangs, crashes or fires wrongly.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from euthymia.errors import EngineFault

FIELDS = ("t", "b", "c", "v", "lo", "hi", "id", "sid")
MOST_RULES = 4_000
MOST_SIBLINGS = 500
MOST_SAME_CHAIN = 250
MOST_PATTERNS = 15
MOST_SATISFIED = 60
MOST_FACTS = 4_000
_COMPARISONS = {"$gte", "$gt", "$lte", "$lt"}


def lint(definition: Mapping[str, Any]) -> None:
    """Raises EngineFault when a compiled rule leaves the safe subset."""
    if len(definition) > MOST_RULES:
        raise EngineFault(f"{len(definition)} compiled rules in one layer; durable_rules bears {MOST_RULES}")
    chains: Counter[tuple[str, ...]] = Counter()
    for name, rule in definition.items():
        if list(rule) != ["dist", "all"] or rule["dist"] != 0:
            raise EngineFault(f"{name}: not of the form dist, all")
        if not 1 <= len(rule["all"]) <= MOST_PATTERNS:
            raise EngineFault(f"{name}: {len(rule['all'])} patterns; durable_rules bears {MOST_PATTERNS}")
        seen: set[str] = set()
        for number, pattern in enumerate(rule["all"]):
            chain = _pattern(name, number, pattern)
            if chain[2] in seen:
                raise EngineFault(f"{name}: one fact would fill two patterns")
            seen.add(chain[2])
            chains[chain] += 1
    if chains and max(chains.values()) > MOST_SAME_CHAIN:
        raise EngineFault(f"{max(chains.values())} rules share one pattern; durable_rules bears {MOST_SAME_CHAIN}")
    _siblings(chains)


def _pattern(name: str, number: int, pattern: Mapping[str, Any]) -> tuple[str, ...]:
    if list(pattern) != [f"a{number}"] or list(pattern[f"a{number}"]) != ["$and"]:
        raise EngineFault(f"{name}: pattern {number} is not a flat conjunction under its own alias")
    tests = pattern[f"a{number}"]["$and"]
    if [next(iter(test)) for test in tests[:3]] != ["t", "b", "c"]:
        raise EngineFault(f"{name}: a pattern must test kind, bucket and code first")
    for position, test in enumerate(tests):
        _test(name, test, last=position == len(tests) - 1)
    return tuple(repr(test) for test in tests)


def _test(name: str, test: Mapping[str, Any], *, last: bool) -> None:
    if len(test) != 1:
        raise EngineFault(f"{name}: two keys in one test; the second would be ignored")
    ((key, value),) = test.items()
    if key == "$or":
        if not last or any(list(branch) != ["v"] or not isinstance(branch["v"], str) for branch in value):
            raise EngineFault(f"{name}: $or only over words, and only at the end")
    elif key in _COMPARISONS:
        if list(value) not in (["lo"], ["hi"]) or type(next(iter(value.values()))) is not int:
            raise EngineFault(f"{name}: only whole numbers are compared")
    elif key not in ("t", "b", "c", "v") or type(value) is not (int if key == "b" else str):
        raise EngineFault(f"{name}: test of {key} is outside the safe subset")


def _siblings(chains: Mapping[tuple[str, ...], int]) -> None:
    """How many tests follow one and the same beginning; the engine shares equal tests, but not those with `$or`."""
    following: dict[tuple[str, ...], Counter[str]] = {}
    for chain, uses in chains.items():
        for length, (_, test) in enumerate(pairwise(("", *chain))):
            following.setdefault(chain[:length], Counter())[test] += uses if "$or" in test else 0
    for start, tests in following.items():
        limit = MOST_SATISFIED if len(start) >= len(("t", "b", "c")) else MOST_SIBLINGS
        total = sum(max(uses, 1) for uses in tests.values())
        if total > limit:
            raise EngineFault(f"{total} tests after {start}; durable_rules bears {limit}")


def collision_free(names: Iterable[str]) -> None:
    """The engine tells names apart by a 32-bit hash only. Raises EngineFault when two names share one."""
    seen: dict[int, str] = {}
    for name in names:
        other = seen.setdefault(fnv(name), name)
        if other != name:
            raise EngineFault(f"'{name}' and '{other}' are one name to durable_rules")


def fnv(name: str) -> int:
    """32-bit FNV-1a, as the engine computes it."""
    value = 0x811C9DC5
    for byte in name.encode("ascii"):
        value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
    return value
