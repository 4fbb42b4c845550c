"""Which statuses of which rules no case shows."""

from collections.abc import Iterable, Iterator

from euthymia.cases.run import Variant
from euthymia.rulebook.conditions import (
    MET,
    NOT_APPLICABLE,
    NOT_MET,
    UNDETERMINED,
    All,
    Always,
    Any,
    Condition,
    Count,
    Latest,
    Not,
    OneOf,
    StatusIs,
    Unanswered,
)
from euthymia.rulebook.rule import Rule
from euthymia.rulebook.rulebook import Rulebook

_ALWAYS_KNOWN = "trial.modality"
_TOLD_FIRST = ("defers", "against")  # arguments that hold an option back need cases; traits of a population and the like may have them


def uncovered(rulebook: Rulebook, found: Iterable[Variant]) -> Iterator[tuple[Rule, list[str]]]:
    """Rules with the statuses they can take but that no case expects."""
    shown: dict[str, set[str]] = {}
    for variant in found:
        for name, status in variant.expect.items():
            shown.setdefault(name.partition("@")[0], set()).add(status)
    for rule in rulebook.rules:
        if rule.part_of is not None and not rule.id.startswith(tuple(f"{rule.part_of}/{section}/" for section in _TOLD_FIRST)):
            continue
        missing = [status for status in possible(rule, rulebook) if status not in shown.get(rule.id, set())]
        if missing:
            yield rule, missing


def possible(rule: Rule, rulebook: Rulebook) -> list[str]:
    """Statuses that a rule can take. One that only reminds is never undetermined; one without `applies` always applies."""
    found = [MET, NOT_MET]
    if not all(_always_settled(condition, rulebook) for condition in rule.conditions):
        found.append(UNDETERMINED)
    if rule.applies is not None:
        found.append(NOT_APPLICABLE)
    return found


def _always_settled(condition: Condition, rulebook: Rulebook) -> bool:
    match condition:
        case Always() | Unanswered():
            return True
        case OneOf(fact=fact):
            return fact == _ALWAYS_KNOWN
        case StatusIs(rule):
            return UNDETERMINED not in possible(rulebook.by_id[rule], rulebook)
        case Any(parts) if any(isinstance(part, Unanswered) for part in parts):
            return True
        case All(parts) | Any(parts):
            return all(_always_settled(part, rulebook) for part in parts)
        case Not(part):
            return _always_settled(part, rulebook)
        case Count(where=where, listed=True):
            return _always_settled(where, rulebook)
        case Latest(where):
            return False
        case _:
            return False
