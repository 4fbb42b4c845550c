"""Which facts are certainly known when a rule has a status: a status that only a known fact can bring about vouches for it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from euthymia.rulebook.conditions import (
    MET,
    NOT_APPLICABLE,
    NOT_MET,
    All,
    Any,
    Compare,
    Condition,
    Filled,
    FirstKnown,
    Includes,
    Latest,
    Not,
    Once,
    OneOf,
    StatusIs,
    Unanswered,
)

if TYPE_CHECKING:
    from euthymia.rulebook.rulebook import Rulebook

Facts = frozenset[str]


class Known:
    """For the rules of one rulebook. Says too little rather than too much, as a count or an unread fact vouches for nothing."""

    def __init__(self, rulebook: "Rulebook") -> None:
        self._rules = rulebook.by_id
        self._all = frozenset(name for name, _ in rulebook.facts.items())
        self._found: dict[tuple[str, str], Facts] = {}

    def of(self, rule: str, status: str) -> Facts:
        key = (rule, status)
        if key not in self._found:
            self._found[key] = self._worked_out(rule, status)
        return self._found[key]

    def _worked_out(self, name: str, status: str) -> Facts:
        rule = self._rules[name]
        applies = frozenset() if rule.applies is None else self._when(rule.applies, True)
        match status:
            case "met" | "not_met":
                return applies | self._when(rule.when, status == MET)
            case "not_applicable":
                return self._all if rule.applies is None else self._when(rule.applies, False)
        return frozenset()

    def _when(self, condition: Condition, value: bool) -> Facts:
        """Known whenever the condition has this value; every fact, where it can never have it."""
        match condition:
            case Compare(fact=fact) | OneOf(fact=fact) | Includes(fact=fact) | Filled(fact=fact):
                return frozenset({fact})
            case Unanswered(fact):
                return frozenset() if value else frozenset({fact})
            case All(parts) | Any(parts):
                each = [self._when(part, value) for part in parts]
                together = isinstance(condition, All) is value
                return frozenset().union(*each) if together else self._in_each(each)
            case Not(part):
                return self._when(part, not value)
            case Once(part):
                return self._when(part, True) if value else self._all
            case FirstKnown(options):
                return self._in_each(self._when(option, value) for _, option in options)
            case StatusIs(rule, wanted) if value:
                return self._in_each(self.of(rule, status) for status in wanted)
            case StatusIs(rule, wanted):
                settled = (MET, NOT_MET, NOT_APPLICABLE)
                return self._in_each(self.of(rule, status) for status in settled if status not in wanted)
            case Latest(where) if value:
                return self._when(where, True)
        return frozenset()

    def _in_each(self, each: Iterable[Facts]) -> Facts:
        return self._all.intersection(*each)
