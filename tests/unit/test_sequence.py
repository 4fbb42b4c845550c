"""Where a patient stands in a treatment that has an order: what is done, what is due and when, and what nobody said."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from euthymia.consultation import Consultation
from euthymia.explain.sequence import StepResult, stand
from euthymia.facts.observation import Observation, between, measured
from euthymia.facts.patient import Patient
from euthymia.inference.trace import Key
from euthymia.rulebook.plans import Due, Sequence, SequenceStep
from euthymia.rulebook.rule import Origin
from euthymia.source import read_document
from tests.shared import ON

WINDOW = Due("current.weeks", 10, 16, ("first_week", "last_week"))
FIRST = SequenceStep("Assessment", "advise-1", "done-1", None, WINDOW)
SECOND = SequenceStep("Work", "advise-2", "done-2", "begun-2", None)
THIRD = SequenceStep("Taper", "advise-3", "done-3", "begun-3", None)
STATES = ["met", "not_met", "undetermined"]


def stands(*steps: SequenceStep, weeks: Observation | None = None, on: date = ON, **statuses: str) -> list[StepResult]:
    """The steps, with what `done_1="met"` and the like say; whatever is not said is undetermined."""
    rules = [rule for step in steps for rule in (step.rule, step.done, step.begun) if rule]
    told = {Key(name.replace("_", "-")): status for name, status in statuses.items()}
    found = {Key(rule): "undetermined" for rule in ["chosen", *rules]} | told
    sequence = Sequence("six", "Six steps", (), (), "chosen", steps, Origin("six.yaml", 1))
    result = stand(sequence, Patient({} if weeks is None else {"current.weeks": weeks}), found, on)
    assert result.chosen == found[Key("chosen")]
    return list(result.steps)


def states(*steps: SequenceStep, **told: Any) -> list[str]:
    return [result.state for result in stands(*steps, **told)]


@pytest.mark.parametrize("advised", STATES)
@pytest.mark.parametrize("begun", STATES)
def test_a_step_that_is_done_is_done(begun: str, advised: str) -> None:
    """Whatever else is said of it."""
    assert states(SECOND, done_2="met", begun_2=begun, advise_2=advised) == ["done"]


@pytest.mark.parametrize("advised", STATES)
@pytest.mark.parametrize("done", ["not_met", "undetermined"])
def test_a_step_that_has_begun_is_under_way(done: str, advised: str) -> None:
    """As long as it is not known to be done."""
    assert states(SECOND, done_2=done, begun_2="met", advise_2=advised) == ["under_way"]


@pytest.mark.parametrize("begun", ["not_met", "undetermined"])
def test_a_step_that_is_advised_comes_next(begun: str) -> None:
    """A step without a window."""
    assert states(SECOND, done_2="not_met", begun_2=begun, advise_2="met") == ["next"]


@pytest.mark.parametrize(
    ("weeks", "state"),
    [
        (measured(9.9), "next"),
        (measured(10), "due"),
        (measured(16), "due"),
        (measured(16.1), "overdue"),
        (between(Fraction(10), Fraction(16)), "due"),
        (between(Fraction(17), Fraction(30)), "overdue"),
        (between(Fraction(8), Fraction(12)), "next"),
        (between(Fraction(12), Fraction(18)), "next"),
        (Observation("unknown"), "next"),
        (Observation("not_applicable"), "next"),
        (None, "next"),
    ],
)
def test_an_advised_step_is_due_inside_its_window_and_overdue_after_it(weeks: Observation | None, state: str) -> None:
    """Both ends belong to the window; where the weeks leave it open, the step is neither due nor overdue but next."""
    assert states(FIRST, weeks=weeks, done_1="not_met", advise_1="met") == [state]


@pytest.mark.parametrize("done", ["not_met", "undetermined"])
@pytest.mark.parametrize("advised", ["not_met", "undetermined"])
def test_a_step_before_its_window_is_coming(advised: str, done: str) -> None:
    """While it is not advised and not known to be done."""
    assert states(FIRST, weeks=measured(9), done_1=done, advise_1=advised) == ["coming"]


@pytest.mark.parametrize("weeks", [None, measured(12), measured(30)])
def test_a_step_known_not_to_be_done_that_nothing_advises_is_later(weeks: Observation | None) -> None:
    """Inside its window too: no rule has called for it."""
    assert states(FIRST, weeks=weeks, done_1="not_met", advise_1="not_met") == ["later"]
    assert states(SECOND, done_2="not_met", begun_2="not_met", advise_2="not_met") == ["later"]


def test_a_step_of_which_nobody_said_anything_is_not_known() -> None:
    """Never asked is not the same as not done; a step that is only known not to be finished may have begun."""
    assert states(FIRST) == ["not_known"]
    assert states(SECOND) == ["not_known"]
    assert states(SECOND, done_2="not_met") == ["not_known"]
    assert states(FIRST, SECOND, done_1="met") == ["done", "not_known"]
    assert states(SECOND, THIRD, begun_2="met") == ["under_way", "not_known"]


def test_what_follows_an_open_step_comes_later() -> None:
    """Unless it is known to be done or under way, or is advised."""
    assert states(FIRST, SECOND, THIRD, done_1="not_met") == ["later"] * 3
    assert states(FIRST, SECOND, THIRD) == ["not_known", "later", "later"]
    assert states(FIRST, SECOND, THIRD, done_2="met", begun_3="met") == ["not_known", "done", "under_way"]
    assert states(FIRST, SECOND, THIRD, done_1="not_met", advise_2="met") == ["later", "next", "later"]


def test_the_days_of_a_window_are_counted_from_the_begin() -> None:
    """Twelve weeks have passed: the window opened two weeks ago and closes in four."""
    (step,) = stands(FIRST, weeks=measured(12))
    assert (step.first, step.last) == (ON - timedelta(weeks=2), ON + timedelta(weeks=4))
    assert step.weeks == (12, 12)


def test_the_days_of_a_window_do_not_move_with_the_day_of_the_assessment() -> None:
    """A week later, with a week more on file, they are the same days; parts of a week count as days."""
    for weeks in (0, 4, 9.5, 12, 40):
        (before,), (after,) = stands(FIRST, weeks=measured(weeks)), stands(FIRST, weeks=measured(weeks + 1), on=ON + timedelta(weeks=1))
        assert (before.first, before.last) == (after.first, after.last)


@pytest.mark.parametrize("weeks", [None, Observation("unknown"), Observation("not_applicable")])
def test_without_the_weeks_there_are_no_days(weeks: Observation | None) -> None:
    """Nor for a step without a window."""
    for step in stands(FIRST, SECOND, weeks=weeks):
        assert (step.first, step.last, step.weeks) == (None, None, None)


def test_weeks_that_reach_behind_every_calendar_give_no_days() -> None:
    """A patient file may hold up to a million weeks; that must not stop the assessment."""
    (step,) = stands(FIRST, weeks=measured(200_000), done_1="not_met", advise_1="met")
    assert (step.state, step.first, step.last) == ("overdue", None, None)


TOLD = [f"{what}_{number}" for what in ("done", "begun", "advise") for number in (1, 2, 3)]


@given(told=st.dictionaries(st.sampled_from(TOLD), st.sampled_from(STATES)))
def test_nothing_is_done_or_under_way_unless_it_is_known(told: dict[str, str]) -> None:
    """Whatever the rules say: a step is done exactly when its rule says so, and an advised one is never put off."""
    for number, state in enumerate(states(FIRST, SECOND, THIRD, **told), start=1):
        assert (state == "done") == (told.get(f"done_{number}") == "met")
        assert state != "under_way" or told.get(f"begun_{number}") == "met"
        assert told.get(f"advise_{number}") != "met" or state in ("done", "under_way", "next")


def test_the_shipped_sequence(consultation: Consultation) -> None:
    """The steps of the sequential treatment for a patient who is half through, and for three at its begin."""

    def of(facts: str) -> list[str]:
        read = consultation.read_document(read_document(f"current: {{{facts}}}\n", "patient.yaml"), ON)
        (sequence,) = consultation.assess(read, ON).sequences
        return [step.state for step in sequence.steps]

    half = of("three_month_assessment_done: yes, residual_cbt_status: completed, taper_status: ongoing")
    assert half[:3] == ["done", "done", "under_way"]
    assert of("three_month_assessment_done: no, weeks_since_antidepressant_start: 1")[0] == "coming"
    assert of("three_month_assessment_done: no")[0] == "later"
    assert of("residual_cbt_status: unknown")[0] == "not_known"
