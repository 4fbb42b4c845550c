"""Every mixture of two sides: the file of the one by the rules of the other on the day of the one, each assessed once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from euthymia.assess import Reasoning
from euthymia.comparison.causes import CAUSES, CLOCK, PATIENT, RULES, Switched, subsets
from euthymia.comparison.decided import Decided
from euthymia.comparison.facts_changed import applied, changes
from euthymia.consultation import Consultation
from euthymia.errors import InputError, Problem
from euthymia.facts.patient_file import PatientFile
from euthymia.source import Document


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two that are compared: a patient file, the rules, and the day of assessment."""

    document: Document
    consultation: Consultation
    on: date
    rules: str | None = None  # the folder of rules as it was asked for; None for the shipped one


@dataclass(frozen=True, slots=True)
class Mixture:
    """A mixture that can be assessed. Both engines agreed on the decision."""

    reasoning: Reasoning
    decided: Decided


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A mixture of which the file is wrong by those rules or on that day. `instead`: the day on which both files were read to find out how
    they differ, so that the mixture could be put together after all; None where it could not."""

    causes: tuple[str, ...]
    file: str
    on: date
    rules: str | None
    problems: tuple[Problem, ...]
    instead: date | None


class Mixtures:
    """Up to eight, assessed when they are asked for.

    The file of after often cannot be read on the day of before, because it speaks of what came later. Then what differs between the two
    files, as read on the day on which both can be read, is put into the other file.
    """

    def __init__(self, before: Side, after: Side) -> None:
        """Raises InputError with every mistake in both sides, as each stands."""
        self.before = before
        self.after = after
        self.differing = tuple(cause for cause in CAUSES if _differs(cause, before, after))
        self._read: dict[Switched, Mixture | InputError] = {}
        self._made: dict[Switched, Mixture | None] = {}
        ends = [self._reading(end) for end in (frozenset[str](), frozenset(self.differing))]
        found = [end.problems if isinstance(end, InputError) else () for end in ends]
        if problems := [*_by_rules(found[0], found[1], before), *_by_rules(found[1], found[0], after)]:
            raise InputError(problems)

    def at(self, switched: Switched) -> Mixture | None:
        """With these causes at after and the others at before; None where that cannot be assessed."""
        found = self._reading(switched)
        return found if isinstance(found, Mixture) else self._put_together(switched)

    def decided(self, switched: Switched) -> Decided | None:
        found = self.at(switched)
        return None if found is None else found.decided

    def end(self, causes: Sequence[str] = ()) -> Mixture:
        """One of the two ends: without causes before, with all of them after."""
        found = self.at(frozenset(causes))
        assert found is not None
        return found

    @property
    def unreadable(self) -> tuple[Unreadable, ...]:
        """Mixtures of which the file cannot be read."""
        return tuple(found for chosen in subsets(self.differing) for found in self._unreadable(chosen))

    def _unreadable(self, chosen: tuple[str, ...]) -> Iterator[Unreadable]:
        switched = frozenset(chosen)
        error = self._reading(switched)
        if isinstance(error, InputError):
            instead = None if self.at(switched) is None else self._side(CLOCK, switched ^ {CLOCK}).on
            file, on, rules = self._side(PATIENT, switched).document.name, self._side(CLOCK, switched).on, self._side(RULES, switched).rules
            yield Unreadable(chosen, file, on, rules, error.problems, instead)

    def _side(self, cause: str, switched: Switched) -> Side:
        return self.after if cause in switched else self.before

    def _reading(self, switched: Switched) -> Mixture | InputError:
        if switched not in self._read:
            consultation, on = self._side(RULES, switched).consultation, self._side(CLOCK, switched).on
            try:
                file = consultation.read_document(self._side(PATIENT, switched).document, on)
                self._read[switched] = _assessed(consultation, file, on)
            except InputError as error:
                self._read[switched] = error
        return self._read[switched]

    def _put_together(self, switched: Switched) -> Mixture | None:
        """The other file on this day, with what differs between the two files on the other day; None where any of the three cannot be
        read, or where the day decides which trials are one course."""
        if switched not in self._made:
            around = [self._reading(other) for other in (switched ^ {PATIENT}, switched ^ {PATIENT, CLOCK}, switched ^ {CLOCK})]
            base, start, end = (found if isinstance(found, Mixture) else None for found in around)
            self._made[switched] = None
            if {PATIENT, CLOCK} <= {*self.differing} and base is not None and start is not None and end is not None and _alike(base, start):
                patient = applied(base.decided.patient, end.decided.patient, changes(start.decided, end.decided))
                side = self._side(PATIENT, switched)
                file = PatientFile(patient, patient, side.document)
                self._made[switched] = _assessed(self._side(RULES, switched).consultation, file, self._side(CLOCK, switched).on)
        return self._made[switched]


def assessed(side: Side) -> Mixture:
    """One side by itself, for whoever compares it with several others. Raises InputError with every mistake in it."""
    return _assessed(side.consultation, side.consultation.read_document(side.document, side.on), side.on)


def _by_rules(own: Sequence[Problem], other: Sequence[Problem], side: Side) -> Iterator[Problem]:
    """Mistakes of one side; those that the other does not have say by which rules they are mistakes, where those were asked for."""
    for problem in own:
        told = "" if side.rules is None or problem in other else f" (by the rules in {side.rules})"
        yield replace(problem, message=problem.message + told)


def _alike(one: Mixture, other: Mixture) -> bool:
    """Do both hold the same trials and problems?"""
    units = [
        {record: {unit.id for unit in members} for record, members in mixture.decided.patient.units.items()} for mixture in (one, other)
    ]
    return units[0] == units[1]


def _assessed(consultation: Consultation, file: PatientFile, on: date) -> Mixture:
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
