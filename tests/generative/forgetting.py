"""What may change when facts are forgotten: the exceptions of decision 5, found from the rules themselves."""

from collections.abc import Iterator

from euthymia.inference.trace import Key, Statuses
from euthymia.inference.view import View
from euthymia.rulebook.conditions import Count, FirstKnown, Latest, Unanswered, walk
from euthymia.rulebook.rule import Rule
from euthymia.rulebook.rulebook import Rulebook
from tests.generative.meaning import Meaning

SETTLED = ("met", "not_met", "not_applicable")


def overturned(before: Statuses, after: Statuses) -> set[Key]:
    """Judgements settled both times, but not alike."""
    return {key for key in before.keys() & after.keys() if _both_settled(before[key], after[key]) and before[key] != after[key]}


def settled_by_forgetting(before: Statuses, after: Statuses) -> set[Key]:
    """Judgements that were open while more was known."""
    return {key for key in before.keys() & after.keys() if before[key] == "undetermined" and after[key] != "undetermined"}


def _both_settled(one: str, other: str) -> bool:
    return one in SETTLED and other in SETTLED


def closure(rulebook: Rulebook, rule: Rule) -> Iterator[Rule]:
    """A rule and all that it refers to, directly or not."""
    waiting, seen = [rule.id], {rule.id}
    while waiting:
        found = rulebook.by_id[waiting.pop()]
        yield found
        waiting += found.refers_to - seen
        seen |= found.refers_to


def has(rulebook: Rulebook, rule: str, *kinds: type) -> bool:
    """Does the rule, or one that it refers to, hold a condition of this kind?"""
    rules = closure(rulebook, rulebook.by_id[rule])
    return any(isinstance(part, kinds) for found in rules for condition in found.conditions for part in walk(condition))


def speaks_of_trials(rulebook: Rulebook, rule: str) -> bool:
    """Could it matter to the rule which trials there are?"""
    return rulebook.by_id[rule].about == "trial" or has(rulebook, rule, Count, Latest)


def is_reminder(rulebook: Rulebook, rule: str) -> bool:
    return has(rulebook, rule, Unanswered)


def contradicted(rulebook: Rulebook, before: View, after: View) -> set[str]:
    """Rules with a fallback whose kept and whose forgotten alternative say the opposite."""
    opposite = {node for node in _fallbacks(rulebook) if _opposite(rulebook, node, before, after)}
    return {rule.id for rule in rulebook.rules if opposite & {part for other in closure(rulebook, rule) for part in _parts(other)}}


def _parts(rule: Rule) -> set[object]:
    return {part for condition in rule.conditions for part in walk(condition)}


def _fallbacks(rulebook: Rulebook) -> set[FirstKnown]:
    return {part for rule in rulebook.rules for part in _parts(rule) if isinstance(part, FirstKnown)}


def _opposite(rulebook: Rulebook, node: FirstKnown, before: View, after: View) -> bool:
    records = {fact.partition(".")[0] for fact, _ in node.options} & set(rulebook.facts.many)
    pairs = [(before, after)]
    for record in records:
        pairs = list(zip(before.units[record], after.units[record], strict=True))
    truths = [{Meaning(rulebook, before).truth(node, one), Meaning(rulebook, after).truth(node, other)} for one, other in pairs]
    return {True, False} in truths
