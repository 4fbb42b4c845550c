"""Where a patient stands in a treatment that has an order: which steps are done, what is due and when, what comes later."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal

from euthymia.facts.patient import Patient
from euthymia.inference.trace import Key, Statuses
from euthymia.rulebook.conditions import MET, NOT_MET
from euthymia.rulebook.plans import Due, Sequence, SequenceStep

State = Literal["done", "under_way", "due", "overdue", "next", "coming", "later", "not_known"]


@dataclass(frozen=True, slots=True)
class StepResult:
    """One step. `first` and `last` are the days between which it is due, where the facts give them (each as a range of days)."""

    step: SequenceStep
    state: State
    advised: str
    first: date | None = None
    last: date | None = None
    weeks: tuple[Fraction, Fraction] | None = None


@dataclass(frozen=True, slots=True)
class SequenceResult:
    sequence: Sequence
    chosen: str
    steps: tuple[StepResult, ...]


def stand(sequence: Sequence, patient: Patient, statuses: Statuses, on: date) -> SequenceResult:
    """The state of each step on the day `on`. Steps whose state is not known are said to be so; they are never taken as not done."""
    steps: list[StepResult] = []
    open_before = False  # a step before that is not known to be done or under way
    for step in sequence.steps:
        done = statuses[Key(step.done)]
        begun = MET if done == MET else (NOT_MET if step.begun is None and done == NOT_MET else _of(step.begun, statuses, done))
        first, last, weeks = _window(step.due, patient, on)
        state = _state(done, begun, open_before, statuses[Key(step.rule)], _timing(step.due, weeks))
        steps.append(StepResult(step, state, statuses[Key(step.rule)], first, last, weeks))
        open_before = open_before or begun != MET
    return SequenceResult(sequence, statuses[Key(sequence.chosen)], tuple(steps))


def _of(rule: str | None, statuses: Statuses, otherwise: str) -> str:
    return otherwise if rule is None else statuses[Key(rule)]


def _state(done: str, begun: str, open_before: bool, advised: str, timing: str | None) -> State:
    if done == MET:
        return "done"
    if begun == MET:
        return "under_way"
    if advised == MET:
        return "overdue" if timing == "late" else "due" if timing == "in_time" else "next"
    if timing == "early":
        return "coming"
    if begun == NOT_MET or open_before:
        return "later"
    return "not_known"


def _timing(due: Due | None, weeks: tuple[Fraction, Fraction] | None) -> str | None:
    """Before the window, inside it or after it; None where that cannot be told."""
    if due is None or weeks is None:
        return None
    if weeks[1] < due.first:
        return "early"
    if weeks[0] > due.last:
        return "late"
    return "in_time" if weeks[0] >= due.first and weeks[1] <= due.last else None


def _window(due: Due | None, patient: Patient, on: date) -> tuple[date | None, date | None, tuple[Fraction, Fraction] | None]:
    """First and last day of the window, counted back from the weeks that have passed."""
    if due is None:
        return None, None, None
    item = patient.get(due.since)
    if item.low is None or item.high is None:
        return None, None, None
    try:
        started = on - timedelta(days=int(item.low * 7))
    except OverflowError:  # a number of weeks that reaches behind the calendar
        return None, None, (item.low, item.high)
    return started + timedelta(weeks=due.first), started + timedelta(weeks=due.last), (item.low, item.high)
