"""What became of an alert. One that went away is told as plainly as a new one, and why it went: unknown is never no."""

from collections.abc import Iterable

from euthymia.comparison.causes import CLOCK, PATIENT, RULES
from euthymia.comparison.explained import Explanation
from euthymia.comparison.outcomes import Outcome
from euthymia.rulebook.conditions import MET, UNDETERMINED

ORDER = ("new", "gone", "not_known", "open", "excluded", "weight")


def is_shown(found: Outcome) -> bool:
    """Does this outcome of a rule stand among the alerts of a page? A notice that cannot be told yet does not."""
    weight = found.value[0] if found.value else None
    return weight is not None and (found.status == MET or (found.status == UNDETERMINED and weight != "notice"))


def became(before: Outcome, after: Outcome) -> str:
    """new: it is met now. gone: it was met and does not hold. not_known: it was met and cannot be told any more. open: it was settled and
    is not excluded any more. excluded: it was open and does not hold. weight: as before, with another weight."""
    was, now = (found.status if is_shown(found) else None for found in (before, after))
    if was == now:
        return "weight"
    if now == MET:
        return "new"
    if was == MET:
        return "gone" if now is None else "not_known"
    return "open" if now == UNDETERMINED else "excluded"


def why_it_went(explanations: Iterable[Explanation]) -> list[str]:
    """answered: an answer is on file. removed: information is missing that was there. rules, clock: those changed."""
    found: dict[str, None] = {}
    for explanation in explanations:
        if PATIENT in explanation.causes:
            natures = [change.nature for chosen in explanation.facts.sets for change in chosen] if explanation.facts else []
            found["removed" if "removed" in natures else "answered" if natures else PATIENT] = None
        found |= dict.fromkeys(cause for cause in (RULES, CLOCK) if cause in explanation.causes)
    return list(found)
