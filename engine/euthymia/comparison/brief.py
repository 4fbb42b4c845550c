"""Two assessments of one patient in short: what changed, and from what to what. For questions about many patients at once."""

from typing import Any

from euthymia.comparison.entries import GROUPS, Entries
from euthymia.comparison.grounds import Told
from euthymia.comparison.mixtures import Mixture
from euthymia.comparison.outcomes import outcome, subjects
from euthymia.render.words import Words

Item = dict[str, Any]
_NOT_TOLD = "helper"


def brief_comparison(before: Mixture, after: Mixture, words: Words) -> list[Item]:
    """Changes, alerts first and helpers left out."""
    one, other = before.decided, after.decided
    judged = dict.fromkeys([*subjects(other), *subjects(one)])
    found = [(subject, was, now) for subject in judged if (was := outcome(subject, one)) != (now := outcome(subject, other))]
    if not found:
        return []
    entries = Entries(before, after, Told(words))
    told = [item for change in found if (item := entries.brief(*change))["group"] != _NOT_TOLD]
    return sorted(told, key=lambda item: (GROUPS.index(item["group"]), not item["silent"], item["id"]))
