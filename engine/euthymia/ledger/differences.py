"""Where two JSON documents differ, told by places that a reader finds again."""

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

_LONGEST = 80
_BEFORE = 20
_NAMES = ("id", "name", "rule", "fact")
_NOTHING = object()


def differences(then: Any, now: Any, place: str) -> Iterator[str]:
    """Lines such as `answer.conclusions[GF-E-A4].status: "met", now "not_met"`."""
    if isinstance(then, dict) and isinstance(now, dict):
        for key in sorted(then.keys() | now.keys()):
            yield from differences(then.get(key, _NOTHING), now.get(key, _NOTHING), f"{place}.{key}")
    elif isinstance(then, list) and isinstance(now, list):
        for number, (old, new) in enumerate(zip_longest(then, now, fillvalue=_NOTHING)):
            yield from differences(old, new, f"{place}[{_name(old, new, number)}]")
    elif isinstance(then, str) and isinstance(now, str) and then != now:
        first = _same(then, now)
        yield f"{place}: {_short(then, first)}, now {_short(now, first)}"
    elif then is _NOTHING or now is _NOTHING or then != now or type(then) is not type(now):
        yield f"{place}: {_short(then)}, now {_short(now)}"


def _same(then: str, now: str) -> int:
    """Where the difference begins to be shown: a few letters before it, or at the beginning where that is near."""
    letters = next((place for place, (old, new) in enumerate(zip(then, now, strict=False)) if old != new), min(len(then), len(now)))
    return 0 if letters < _LONGEST // 2 else letters - _BEFORE


def _name(old: Any, new: Any, number: int) -> str:
    """What an entry of a list is called, if both call it the same."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in _NAMES:
            if key in old and old[key] == new.get(key):
                return "@".join(str(entry) for entry in (old[key], old.get("unit") or old.get("trial") or old.get("problem")) if entry)
    return str(number)


def _short(value: Any, first: int = 0) -> str:
    if value is _NOTHING:
        return "nothing"
    if isinstance(value, dict | list):
        return "a group" if isinstance(value, dict) else "a list"
    if not isinstance(value, str):
        return str(value)
    rest = value[first : first + _LONGEST]
    return f'"{"…" if first else ""}{rest}{"…" if first + _LONGEST < len(value) else ""}"'
