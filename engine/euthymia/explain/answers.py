"""What each answer to a question would do: every answer is entered, and what hangs on it is judged again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from euthymia.explain.advice import advice_rules
from euthymia.explain.possible_answers import Answer, joined, possible_answers
from euthymia.explain.questions import Question
from euthymia.explain.reevaluating import Reevaluating
from euthymia.explain.vocabulary import Vocabulary
from euthymia.facts.patient import Patient
from euthymia.inference.evaluate import Evaluator
from euthymia.inference.trace import Key, Statuses
from euthymia.rulebook.conditions import UNDETERMINED
from euthymia.rulebook.rulebook import Rulebook

Enter = Callable[[str, Any], Patient | None]  # a fact and a written value to the patient who has it; None where that cannot be


def no_way_in(fact: str, value: Any) -> None:
    """For a patient without a file: no answer can be entered, and none is told."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What answers with the same consequences do: the judgements that change, with their new status, and those that stay open."""

    answers: tuple[Answer, ...]
    settles: tuple[tuple[Key, str], ...]
    leaves_open: tuple[Key, ...]


class Answers:
    """The effects of answers for one patient, worked out when they are asked for. The patient's own decision is never touched."""

    def __init__(
        self, rulebook: Rulebook, vocabulary: Vocabulary, evaluator: Evaluator, patient: Patient, statuses: Statuses, enter: Enter
    ) -> None:
        """`enter` reads the file anew with one more answer, so that whatever is filled in from it counts too."""
        self.rulebook = rulebook
        self.patient = patient
        self.statuses = statuses
        self._advice = advice_rules(rulebook)
        self._vocabulary = vocabulary
        self._evaluator = evaluator
        self._enter = enter

    def of(self, question: Question) -> tuple[Effect, ...]:
        """One effect for each group of answers that do the same. An answer that contradicts what is on file is left out."""
        fact = self.rulebook.facts[question.fact.partition("@")[0]]
        at_stake = {*question.settles, *question.asked_by, *question.advice}
        found: dict[tuple[tuple[Key, str], ...], list[Answer]] = {}
        for answer in possible_answers(fact, self._vocabulary, self.patient):
            statuses = self._after(question.fact, answer)
            if statuses is not None:
                found.setdefault(self._changed(statuses), []).append(answer)
        still = [key for key in self.statuses if str(key) in at_stake and self.statuses[key] == UNDETERMINED]
        return tuple(
            Effect(tuple(joined(answers)), settled, tuple(key for key in still if key not in dict(settled)))
            for settled, answers in found.items()
        )

    @cached_property
    def _again(self) -> Reevaluating:
        return Reevaluating(self._evaluator, self._vocabulary.dependence, self.patient, self.statuses)

    def _after(self, fact: str, answer: Answer) -> Mapping[Key, str] | None:
        """Statuses that this answer changes; None where no value that the answer stands for is possible."""
        for value in answer.written:
            patient = self._enter(fact, value)
            if patient is not None:
                return self._again.of(patient)
        return None

    def _changed(self, after: Mapping[Key, str]) -> tuple[tuple[Key, str], ...]:
        """Judgements for readers that get another status, in the order of the rulebook."""
        return tuple(
            (key, status)
            for key, status in after.items()
            if key in self.statuses and status not in (self.statuses[key], UNDETERMINED) and self._shown(key)
        )

    def _shown(self, key: Key) -> bool:
        rule = self.rulebook.by_id[key.rule]
        return key.rule in self._advice or (rule.kind != "helper" and rule.part_of is None)
