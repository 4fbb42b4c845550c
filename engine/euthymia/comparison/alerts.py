"""What became of an alert. One that went away is told as plainly as a new one, and why it went: unknown is never no."""

from collections.abc import Iterable

from euthymia.comparison.causes import CLOCK, PATIENT, RULES
from euthymia.comparison.explained import Explanation
from euthymia.comparison.facts_changed import Change, FactChange
from euthymia.comparison.outcomes import Outcome
from euthymia.rulebook.base import alert_stands
from euthymia.rulebook.conditions import MET, UNDETERMINED

ORDER = ("new", "gone", "not_known", "open", "excluded", "weight")


def is_shown(found: Outcome) -> bool:
    """Does this outcome of a rule stand among the alerts of a page?"""
    return bool(found.value) and alert_stands(found.value[0], found.status)


def became(before: Outcome, after: Outcome) -> str:
    """What became of an alert that is shown on one side at least.

    new: it is met now. gone: it was met and does not hold. not_known: it was met and cannot be told any more. open: it was settled and is
    not excluded any more. excluded: it was open and does not hold. weight: as before, with another weight.
    """
    if before.status == after.status:
        return "weight"
    if after.status == MET and is_shown(after):
        return "new"
    if before.status == MET and is_shown(before):
        return "not_known" if after.status == UNDETERMINED else "gone"
    return "open" if after.status == UNDETERMINED else "excluded"


def why_it_went(explanations: Iterable[Explanation]) -> list[str]:
    """removed: information is missing that was there. answered: an answer is on file. patient: the file changed in another way, such as by
    another trial. rules, clock: those changed."""
    found: dict[str, None] = {}
    for explanation in explanations:
        if PATIENT in explanation.causes:
            found[_why_of_file([change for chosen in explanation.facts.sets for change in chosen] if explanation.facts else [])] = None
        found |= dict.fromkeys(cause for cause in (RULES, CLOCK) if cause in explanation.causes)
    return list(found)


def _why_of_file(changes: list[Change]) -> str:
    if any(change.nature == "removed" for change in changes):
        return "removed"
    return "answered" if changes and all(isinstance(change, FactChange) for change in changes) else PATIENT
