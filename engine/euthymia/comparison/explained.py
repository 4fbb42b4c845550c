"""What within a cause brought a change about: which facts of the patient, which rules, which facts that follow from the day."""

from collections.abc import Callable
from dataclasses import dataclass

from euthymia.comparison.causes import CLOCK, PATIENT, RULES, Switched
from euthymia.comparison.decided import Decided
from euthymia.comparison.facts_changed import Change, applied, changes, only, relevant
from euthymia.comparison.hanging import Hanging, hangs_on
from euthymia.comparison.outcomes import Outcome, Subject, outcome
from euthymia.comparison.rules_changed import RuleChange, RuleChanges
from euthymia.comparison.smallest import Enough, smallest
from euthymia.explain.vocabulary import Vocabulary

_MOST_TRIES = 300  # for one subject
_MOST_TRIES_IN_ALL = 6_000


@dataclass(frozen=True, slots=True)
class Explanation:
    """One set of causes that is enough, and what is behind each of them.

    `facts`: sets of changed facts that are enough by the rules and on the day that this set of causes stands for; None where the patient
    is no cause. `joint`: the file of before cannot be read there, so that what follows from rules or day is among the facts. `filled`:
    facts that the rules fill in differently. `clock`: facts that follow from the day.
    """

    causes: tuple[str, ...]
    facts: Enough[Change] | None
    joint: bool
    rules: tuple[RuleChange, ...]
    filled: tuple[Change, ...]
    clock: tuple[Change, ...]


class Explaining:
    """Explanations of one comparison. `at` gives a mixture, or None where it cannot be assessed."""

    def __init__(
        self, at: Callable[[Switched], Decided | None], rule_changes: RuleChanges, vocabularies: tuple[Vocabulary, Vocabulary]
    ) -> None:
        """`vocabularies`: those of the rulebooks of before and after."""
        self._at = at
        self._rule_changes = rule_changes
        self._vocabularies = vocabularies
        self._found: dict[tuple[Switched, Switched], tuple[Change, ...]] = {}
        self._hanging: dict[tuple[Subject, bool], Hanging] = {}
        self._left = _MOST_TRIES_IN_ALL

    def of(self, subject: Subject, causes: tuple[str, ...], after: Outcome) -> Explanation:
        """What is behind a set of causes that brings a subject to the outcome `after`."""
        switched = frozenset(causes)
        filled = self._between(subject, switched, RULES)
        facts, joint = self._facts(subject, switched, after) if PATIENT in switched else (None, False)
        rules = self.rules(subject, filled=bool(filled)) if RULES in switched else ()
        return Explanation(causes, facts, joint, rules, filled, self._between(subject, switched, CLOCK))

    def rules(self, subject: Subject, *, filled: bool = False) -> tuple[RuleChange, ...]:
        """What changed in the rules that a subject hangs on."""
        return self._rule_changes.of(subject, self.hangs_on(subject), filled=filled)

    def hangs_on(self, subject: Subject) -> Hanging:
        """By the rules of either side."""
        return _both(self._hangs_on(subject, after=False), self._hangs_on(subject, after=True))

    def changes(self, start: Switched, end: Switched) -> tuple[Change, ...]:
        """How the patients of two mixtures differ; nothing where one of them cannot be assessed."""
        if (start, end) not in self._found:
            one, other = self._at(start), self._at(end)
            self._found[start, end] = () if one is None or other is None else changes(one, other)
        return self._found[start, end]

    def _hangs_on(self, subject: Subject, *, after: bool) -> Hanging:
        if (subject, after) not in self._hanging:
            rulebook = self._rule_changes.after if after else self._rule_changes.before
            self._hanging[subject, after] = hangs_on(subject, rulebook, self._vocabularies[after])
        return self._hanging[subject, after]

    def _between(self, subject: Subject, switched: Switched, cause: str) -> tuple[Change, ...]:
        """Facts that differ by this cause alone, the same file read by other rules or on another day."""
        if cause not in switched:
            return ()
        found = self.changes(switched - {cause}, switched)
        return relevant(found, self.hangs_on(subject), subject.unit)

    # --- the patient --------------------------------------------------------------------------------------------------------

    def _facts(self, subject: Subject, switched: Switched, after: Outcome) -> tuple[Enough[Change] | None, bool]:
        """Smallest sets of changed facts, from the file of before under these rules and on this day."""
        start = switched - {PATIENT}
        joint = self._at(start) is None
        start = frozenset() if joint else start
        base, target = self._at(start), self._at(switched)
        if base is None or target is None:
            return None, joint
        hanging = self._hangs_on(subject, after=RULES in switched)
        found = relevant(self.changes(start, switched), hanging, subject.unit)
        trying = _Trying(subject, base, target, hanging, after)
        if not found or trying.enough(()) or not trying.enough(found):
            return None, joint
        enough = smallest(found, trying.enough, min(_MOST_TRIES, self._left))
        self._left = max(self._left - enough.tried, 0)
        return enough, joint


class _Trying:
    """The patient of before with some of the changes, judged again by the rules that one subject hangs on; other facts are left away."""

    def __init__(self, subject: Subject, base: Decided, target: Decided, hanging: Hanging, after: Outcome) -> None:
        self.subject = subject
        self.base = only(base.patient, hanging.facts)
        self.goal = only(target.patient, hanging.facts)
        self.target = target
        self.after = after
        self._evaluator = target.evaluator.part(hanging.rules)

    def enough(self, chosen: tuple[Change, ...]) -> bool:
        patient = applied(self.base, self.goal, chosen)
        return outcome(self.subject, self.target.with_patient(patient, self._evaluator)) == self.after


def _both(one: Hanging, other: Hanging) -> Hanging:
    return Hanging(one.rules | other.rules, one.facts | other.facts, one.around or other.around)
