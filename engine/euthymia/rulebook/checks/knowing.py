"""Whether something is known may matter only to rules that ask or remind, and nothing else may hang on those."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from euthymia.rulebook.checks.report import Found

if TYPE_CHECKING:
    from euthymia.rulebook.rulebook import Rulebook

_MAY_REMIND = ("question", "assessment", "warning", "explanation", "remark")


def misplaced_tests_of_knowing(rulebook: "Rulebook") -> Iterator[Found]:
    """Tests of knowing outside reminders, reminders of the wrong kind, and references to reminders from elsewhere."""
    reminders = {rule.id for rule in rulebook.rules if rule.reminder}
    for rule in rulebook.rules:
        if rule.epistemic and not rule.reminder:
            yield Found("tests whether a fact is known; only a rule with `reminder: true` may do so", rule.id, rule.origin)
        if rule.reminder and rule.kind not in _MAY_REMIND:
            yield Found(f"a rule of kind {rule.kind} cannot be a reminder; allowed: {', '.join(_MAY_REMIND)}", rule.id, rule.origin)
        for other in sorted(rule.refers_to & reminders):
            if not rule.reminder:
                yield Found(f"refers to the reminder {other}; only another reminder may", rule.id, rule.origin)
