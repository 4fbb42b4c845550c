"""Rulebooks to measure with: a part of the shipped one, and one that is several times as large."""

from dataclasses import replace
from itertools import chain
from typing import Any

from euthymia.rulebook.conditions import All, Condition, Count, FirstKnown, Latest, Not, Once, StatusIs
from euthymia.rulebook.conditions import Any as AnyOf
from euthymia.rulebook.rule import Rule
from euthymia.rulebook.rulebook import Rulebook


def only(rulebook: Rulebook, goal: str) -> Rulebook:
    """Just one rule and all that it refers to, directly or not."""
    found, wanted = set[str](), {goal}
    while wanted:
        found |= wanted
        wanted = {other for rule in wanted for other in rulebook.by_id[rule].refers_to}
    return replace(rulebook, rules=tuple(rule for rule in rulebook.rules if rule.id in found))


def times(rulebook: Rulebook, many: int) -> Rulebook:
    """Every rule so many times: the first under its own id, the others under new ones, referring to each other's copies."""
    copies = [rulebook.rules, *([_copy(rule, f"-{number}") for rule in rulebook.rules] for number in range(1, many))]
    return replace(rulebook, rules=tuple(chain(*copies)))


def _copy(rule: Rule, suffix: str) -> Rule:
    applies = None if rule.applies is None else _renamed(rule.applies, suffix)
    return replace(rule, id=rule.id + suffix, applies=applies, when=_renamed(rule.when, suffix))


def _renamed(condition: Condition, suffix: str) -> Any:
    """The condition with every rule that it refers to under its new name."""
    match condition:
        case StatusIs(rule=rule):
            return replace(condition, rule=rule + suffix)
        case All(parts) | AnyOf(parts):
            return type(condition)(tuple(_renamed(part, suffix) for part in parts))
        case Not(part) | Once(part):
            return type(condition)(_renamed(part, suffix))
        case FirstKnown(options):
            return FirstKnown(tuple((fact, _renamed(option, suffix)) for fact, option in options))
        case Count(where=where) | Latest(where=where):
            return replace(condition, where=_renamed(where, suffix))
        case _:
            return condition
