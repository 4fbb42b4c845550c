"""Every mixture of two sides: the file of the one by the rules of the other on the day of the one, each assessed once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from euthymia.assess import Reasoning
from euthymia.comparison.causes import CAUSES, CLOCK, PATIENT, RULES, Switched, subsets
from euthymia.comparison.decided import Decided
from euthymia.consultation import Consultation
from euthymia.errors import InputError, Problem
from euthymia.source import Document


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two that are compared: a patient file, the rules, and the day of assessment."""

    document: Document
    consultation: Consultation
    on: date


@dataclass(frozen=True, slots=True)
class Mixture:
    """A mixture that can be assessed. Both engines agreed on the decision."""

    reasoning: Reasoning
    decided: Decided


@dataclass(frozen=True, slots=True)
class Untried:
    """A mixture that cannot be assessed, because the file is wrong by those rules or on that day."""

    causes: tuple[str, ...]
    problems: tuple[Problem, ...]


class Mixtures:
    """Up to eight, assessed when they are asked for."""

    def __init__(self, before: Side, after: Side) -> None:
        """Raises InputError with every mistake in both sides, as each stands."""
        self.before = before
        self.after = after
        self.differing = tuple(cause for cause in CAUSES if _differs(cause, before, after))
        self._found: dict[Switched, Mixture | Untried] = {}
        ends = [self._of(end) for end in (frozenset[str](), frozenset(self.differing))]
        if problems := [problem for end in ends if isinstance(end, Untried) for problem in end.problems]:
            raise InputError(problems)

    def at(self, switched: Switched) -> Mixture | None:
        """With these causes at after and the others at before; None where the file does not allow it."""
        found = self._of(switched)
        return found if isinstance(found, Mixture) else None

    def decided(self, switched: Switched) -> Decided | None:
        found = self.at(switched)
        return None if found is None else found.decided

    def end(self, causes: Sequence[str] = ()) -> Mixture:
        """One of the two ends: without causes before, with all of them after."""
        found = self.at(frozenset(causes))
        assert found is not None
        return found

    @property
    def untried(self) -> tuple[Untried, ...]:
        """Mixtures that cannot be assessed."""
        found = [self._of(frozenset(chosen)) for chosen in subsets(self.differing)]
        return tuple(item for item in found if isinstance(item, Untried))

    def _of(self, switched: Switched) -> Mixture | Untried:
        if switched not in self._found:
            self._found[switched] = self._assessed(switched)
        return self._found[switched]

    def _assessed(self, switched: Switched) -> Mixture | Untried:
        sides = {cause: self.after if cause in switched else self.before for cause in CAUSES}
        consultation, on = sides[RULES].consultation, sides[CLOCK].on
        try:
            file = consultation.read_document(sides[PATIENT].document, on)
        except InputError as error:
            return Untried(tuple(cause for cause in CAUSES if cause in switched), error.problems)
        reasoning = consultation.reason(file, on)
        rulebook, evaluator, decision = consultation.rulebook, consultation.engines.evaluator, reasoning.decision
        return Mixture(reasoning, Decided(rulebook, evaluator, file.patient, on, decision.view, decision.statuses))


def _differs(cause: str, before: Side, after: Side) -> bool:
    match cause:
        case "patient":
            return bool(before.document.data != after.document.data)
        case "rules":
            return before.consultation.rulebook.digest != after.consultation.rulebook.digest
        case _:
            return before.on != after.on
