"""Each definition of resistance for one patient: its status, its score as a range, and what is missing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from euthymia.explain.score import ScoreResult, Scoring
from euthymia.inference.trace import Key, Statuses
from euthymia.inference.view import View
from euthymia.rulebook.conditions import MET, NOT_APPLICABLE, NOT_MET, UNDETERMINED
from euthymia.rulebook.definition import Definition
from euthymia.rulebook.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class DefinitionResult:
    """`status`: whether the definition is fulfilled; of a pure score, whether its value is settled.

    `needs` can still change the status, `value_needs` the score. `variants` are other readings: id, label, score.
    """

    definition: Definition
    status: str
    score: ScoreResult | None
    variants: tuple[tuple[str, str, ScoreResult], ...]
    needs: tuple[str, ...]
    value_needs: tuple[str, ...]

    @property
    def has_threshold(self) -> bool:
        return self.definition.fulfilled is not None


class Defining:
    """Definitions of one patient. `needs_of` gives the missing facts of a judgement, `order` their order."""

    def __init__(
        self, rulebook: Rulebook, whole: View, statuses: Statuses, needs_of: Callable[[Key], Iterable[str]], order: Callable[[str], object]
    ) -> None:
        self.rulebook = rulebook
        self.whole = whole
        self.statuses = statuses
        self._needs_of = needs_of
        self._order = order
        self._scoring = Scoring(rulebook.facts, whole, statuses)

    def all(self) -> tuple[DefinitionResult, ...]:
        """In the order of the rulebook's list."""
        order = self.rulebook.about.assessment.definitions
        listed = sorted(self.rulebook.definitions, key=lambda item: order.index(item.id) if item.id in order else len(order))
        return tuple(self.of(definition) for definition in listed)

    def of(self, definition: Definition) -> DefinitionResult:
        applies = MET if definition.applies is None else self.statuses[Key(definition.applies)]
        score = None if definition.score is None else self._scoring.of(definition.score)
        variants = tuple((name, label, self._scoring.of(variant)) for name, label, variant in definition.variants)
        status = self._status(definition, applies, score)
        of_score = () if score is None or applies in (NOT_MET, NOT_APPLICABLE) else self._score_needs(score)
        deciding = [Key(name) for name in (definition.applies, definition.fulfilled) if name]
        of_status = [fact for key in deciding for fact in self._needs_of(key)] if status == UNDETERMINED else []
        if definition.fulfilled is None and status == UNDETERMINED:
            of_status += of_score
        return DefinitionResult(definition, status, score, variants, self._sorted(of_status), self._sorted(of_score))

    def _status(self, definition: Definition, applies: str, score: ScoreResult | None) -> str:
        if applies in (NOT_MET, NOT_APPLICABLE):
            return NOT_APPLICABLE
        if definition.fulfilled is not None:
            fulfilled = self.statuses[Key(definition.fulfilled)]
            return fulfilled if applies == MET or fulfilled == NOT_APPLICABLE else UNDETERMINED
        return MET if applies == MET and score is not None and score.settled else UNDETERMINED

    def _score_needs(self, score: ScoreResult) -> list[str]:
        found: list[str] = []
        for part in score.parts:
            for key in part.open_rules:
                found += self._needs_of(key)
            found += [name for name in part.open_facts if self._is_unanswered(name)]
        return found

    def _is_unanswered(self, name: str) -> bool:
        fact, _, unit = name.partition("@")
        views = [view for members in self.whole.units.values() for view in members]
        holder = next(view for view in views if view.unit == unit) if unit else self.whole
        return bool(holder.is_unanswered(fact))

    def _sorted(self, facts: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(set(facts), key=self._order))  # type: ignore[arg-type]
