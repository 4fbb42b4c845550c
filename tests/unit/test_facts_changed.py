"""How one patient differs from another: facts, trials, courses and the latest trial; and the one with some differences of the other."""

import pytest

from euthymia.comparison.decided import Decided
from euthymia.comparison.facts_changed import FactChange, LatestChange, UnitChange, applied, changes
from euthymia.facts.observation import NOT_ASKED, Observation, measured
from euthymia.facts.patient import Patient, Unit
from euthymia.inference.evaluate import Evaluator
from euthymia.inference.view import views
from tests.generative.rulebooks import written
from tests.shared import ON

YES, NO = Observation("known", "yes"), Observation("known", "no")
UNKNOWN, NOT_APPLICABLE = Observation("unknown"), Observation("not_applicable")
RULEBOOK = written(r0="p.a = yes")


def decided(patient: Patient) -> Decided:
    view = views(patient, RULEBOOK.facts)
    return Decided(RULEBOOK, Evaluator(RULEBOOK), patient, ON, view, {})


def trial(name: str, *parts: str, ok: Observation = YES) -> Unit:
    return Unit(name, {"trial.modality": Observation("known", "medication"), "trial.ok": ok}, parts)


def patient(*trials: Unit, latest: str | None = None, **facts: Observation) -> Patient:
    return Patient({f"p.{name}": item for name, item in facts.items()}, {"trial": trials, "problem": ()}, latest)


@pytest.mark.parametrize(
    ("before", "after", "nature"),
    [
        (NOT_ASKED, YES, "added"), (UNKNOWN, YES, "added"), (NOT_ASKED, NOT_APPLICABLE, "added"), (YES, NO, "changed"),
        (YES, NOT_APPLICABLE, "changed"), (YES, UNKNOWN, "removed"), (YES, NOT_ASKED, "removed"), (NOT_APPLICABLE, NOT_ASKED, "removed"),
    ],
)  # fmt: skip
def test_what_was_learned_lost_or_answered_differently(before: Observation, after: Observation, nature: str) -> None:
    """An answer that is no longer on file is a loss and no answer."""
    (change,) = changes(decided(patient(a=before)), decided(patient(a=after)))
    assert isinstance(change, FactChange)
    assert (change.name, change.nature) == ("p.a", nature)


@pytest.mark.parametrize(
    ("before", "after"),
    [(NOT_ASKED, UNKNOWN), (YES, Observation("known", "yes", source="record")), (measured(2), measured(2, note="again"))],
)
def test_what_no_rule_can_see_is_no_change(before: Observation, after: Observation) -> None:
    """Not asked and not known are the same to a rule, and so is who said it."""
    assert changes(decided(patient(w=before)), decided(patient(w=after))) == ()


def test_a_trial_that_was_added_takes_the_latest_with_it() -> None:
    """One change; with it the patient is the other patient."""
    before, after = patient(trial("t1"), latest="t1"), patient(trial("t1"), trial("t2"), latest="t2")
    (change,) = changes(decided(before), decided(after))
    assert isinstance(change, UnitChange)
    assert (change.ids, change.nature, change.with_latest) == ({"t2"}, "added", True)
    assert applied(before, after, [change]) == after


def test_two_trials_that_became_one_course_are_one_change() -> None:
    """Neither can be half merged."""
    before, after = patient(trial("t1"), trial("t2"), trial("t3")), patient(trial("t1+t2", "t1", "t2"), trial("t3"))
    (change,) = changes(decided(before), decided(after))
    assert isinstance(change, UnitChange)
    assert ([unit.id for unit in change.removed], [unit.id for unit in change.added]) == (["t1", "t2"], ["t1+t2"])
    assert change.nature == "changed"


def test_another_latest_trial_is_a_change_of_its_own() -> None:
    """Where both sides hold both trials."""
    trials = (trial("t1"), trial("t2"))
    before, after = patient(*trials, latest="t1"), patient(*trials, latest="t2")
    (change,) = changes(decided(before), decided(after))
    assert change == LatestChange("t1", "t2")
    assert applied(before, after, [change]).latest == "t2"


def test_without_the_latest_trial_it_is_not_known_which_is_the_latest() -> None:
    """A trial is removed, another added: with the removal alone there is no latest trial, and none is invented."""
    before, after = patient(trial("t1"), trial("t2"), latest="t2"), patient(trial("t1"), trial("t3"), latest="t3")
    removal, addition = changes(decided(before), decided(after))
    assert (removal.nature, addition.nature) == ("removed", "added")
    assert applied(before, after, [removal]).latest is None
    assert applied(before, after, [removal, addition]) == after


def test_a_fact_of_a_trial_is_named_with_it() -> None:
    """And put into that trial alone."""
    before, after = patient(trial("t1"), trial("t2")), patient(trial("t1"), trial("t2", ok=NO))
    (change,) = changes(decided(before), decided(after))
    assert isinstance(change, FactChange)
    assert (change.name, change.fact, change.unit) == ("trial.ok@t2", "trial.ok", "t2")
    assert applied(before, after, [change]) == after
