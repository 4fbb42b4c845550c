"""Rules that can never be met: a condition contradicts a fact's range, or two conditions on one fact exclude each other."""

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from euthymia.facts.catalogue import Catalogue, Declaration
from euthymia.rulebook.checks.report import Found
from euthymia.rulebook.conditions import All, Any, Compare, Condition, Count, Latest, Not, Once, OneOf

if TYPE_CHECKING:
    from euthymia.rulebook.rulebook import Rulebook

Interval = tuple[Fraction | None, bool, Fraction | None, bool]  # low, low excluded, high, high excluded
_OPPOSITE = {">=": "<", "<": ">=", ">": "<=", "<=": ">"}


def never_met(rulebook: "Rulebook") -> Iterator[Found]:
    """Conditions that no patient can fulfil."""
    for rule in rulebook.rules:
        for condition in rule.conditions:
            for reason in _impossible(condition, rulebook.facts):
                yield Found(f"can never be met: {reason}", rule.id, rule.origin)


def _impossible(condition: Condition, facts: Catalogue) -> list[str]:
    """Why the condition cannot hold; empty when it may."""
    match condition:
        case All(parts):
            reasons = [reason for part in parts for reason in _impossible(part, facts)]
            return reasons or _excluding(_conjunction(condition), facts)
        case Any(parts):
            found = [_impossible(part, facts) for part in parts]
            return [reason for reasons in found for reason in reasons] if all(found) else []
        case Once(part) | Latest(part):
            return _impossible(part, facts)
        case Count(where=where):
            return _impossible(where, facts)
        case _:
            return _excluding([condition], facts)


def _conjunction(condition: Condition) -> list[Condition]:
    """The single conditions that must all hold."""
    if isinstance(condition, All):
        return [leaf for part in condition.parts for leaf in _conjunction(part)]
    if isinstance(condition, Once):
        return _conjunction(condition.part)
    return [condition]


def _excluding(leaves: list[Condition], facts: Catalogue) -> list[str]:
    words: dict[str, set[str]] = {}
    ranges: dict[str, Interval] = {}
    for leaf in leaves:
        positive, inner = (False, leaf.part) if isinstance(leaf, Not) else (True, leaf)
        if isinstance(inner, OneOf):
            allowed = set(inner.values) if positive else set(facts[inner.fact].choices) - set(inner.values)
            words[inner.fact] = words.get(inner.fact, set(facts[inner.fact].choices)) & allowed
        elif isinstance(inner, Compare):
            symbol = inner.symbol if positive else _OPPOSITE[inner.symbol]
            ranges[inner.fact] = _narrowed(ranges.get(inner.fact) or _declared(facts[inner.fact]), symbol, inner.bound)
    empty = [f"no value of {name} fulfils it" for name, left in words.items() if not left]
    return empty + [f"no number in the range of {name} fulfils it" for name, left in ranges.items() if _is_empty(left)]


def _declared(fact: Declaration) -> Interval:
    low = fact.minimum if fact.above is None else fact.above
    return (_exact(low), fact.above is not None, _exact(fact.maximum), False)


def _exact(value: float | None) -> Fraction | None:
    return None if value is None else Fraction(str(value))


def _narrowed(left: Interval, symbol: str, bound: Fraction) -> Interval:
    low, low_out, high, high_out = left
    if symbol in (">=", ">") and (low is None or bound > low or (bound == low and symbol == ">")):
        low, low_out = bound, symbol == ">"
    if symbol in ("<=", "<") and (high is None or bound < high or (bound == high and symbol == "<")):
        high, high_out = bound, symbol == "<"
    return low, low_out, high, high_out


def _is_empty(left: Interval) -> bool:
    low, low_out, high, high_out = left
    if low is None or high is None:
        return False
    return low > high or (low == high and (low_out or high_out))
