"""What can change and what cannot: the past, time, contradictions, ranges, lists."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from euthymia.explain.changing import Change, Changing, Flip
from euthymia.explain.dependence import Dependence
from euthymia.explain.firmness import Firmness
from euthymia.explain.rejudging import Rejudging
from euthymia.explain.spans import Span
from euthymia.explain.vocabulary import Vocabulary
from euthymia.explain.why import Explaining
from euthymia.facts.observation import Observation, between, measured
from euthymia.facts.patient import Patient, Unit
from euthymia.inference.evaluate import Evaluator
from euthymia.inference.trace import Key
from euthymia.inference.view import View, views
from euthymia.rulebook.conditions import All, OneOf
from euthymia.rulebook.rule import Contradiction
from euthymia.rulebook.rulebook import Rulebook
from tests.generative.rulebooks import written

R0 = Key("r0")


def known(value: Any) -> Observation:
    return Observation("known", value)


def patient(trials: dict[str, dict[str, Observation]] | None = None, latest: str | None = None, **facts: Observation) -> Patient:
    medication = {"trial.modality": known("medication")}
    units = tuple(Unit(name, medication | own) for name, own in (trials or {}).items())
    return Patient({f"p.{name}": item for name, item in facts.items()}, {"trial": units, "problem": ()}, latest)


def judged(rulebook: Rulebook, of: Patient) -> tuple[View, dict[Key, str], Rejudging]:
    evaluator, whole = Evaluator(rulebook), views(of, rulebook.facts)
    statuses = evaluator.evaluate_view(whole)
    return whole, statuses, Rejudging(evaluator, Dependence(rulebook), whole)


def flips(of: Patient, *, key: Key = R0, about: str = "patient", **rules: Any) -> dict[str, Flip]:
    rulebook = written(about, **rules)
    whole, statuses, rejudging = judged(rulebook, of)
    return {flip.to: flip for flip in Changing(rulebook, Vocabulary(rulebook), whole, statuses, rejudging).flips(key)}


def sets(flip: Flip) -> list[list[tuple[str, tuple[Any, ...]]]]:
    return [[(change.fact, change.values) for change in changes] for changes in flip.sets]


def test_what_never_changes_stays_as_it_is() -> None:
    """`b` never changes once it is known; while it is not known, either answer is possible."""
    assert flips(patient(b=known("no")), r0="p.b = yes")["met"].sets == ()
    assert sets(flips(patient(), r0="p.b = yes")["met"]) == [[("p.b", ("yes",))]]


def test_time_only_adds() -> None:
    """A number that changes by time can grow past a bound, and never fall below one. 6 stands for all above 3."""
    assert sets(flips(patient(n=measured(2)), r0="p.n >= 3")["met"]) == [[("p.n", ((3000, 3000), (6000, 6000)))]]
    assert flips(patient(n=measured(4)), r0="p.n >= 3")["not_met"].sets == ()


def test_a_range_may_turn_out_to_be_any_number_in_it_and_time_may_carry_it_further() -> None:
    """An answer while it stays in the range, a change beyond it."""
    (within,) = flips(patient(n=between(Fraction(2), Fraction(4))), r0="p.n >= 3")["met"].sets
    assert within == (Change("p.n", ((3000, 3000), (4000, 4000)), asked=True),)
    (beyond,) = flips(patient(n=between(Fraction(1), Fraction(2))), r0="p.n >= 3")["met"].sets
    assert beyond == (Change("p.n", ((3000, 3000), (6000, 6000)), asked=False),)


@pytest.mark.parametrize(("latest", "possible"), [("t1", True), ("t2", False)])
def test_a_trial_after_which_another_came_is_past(latest: str, possible: bool) -> None:
    """Only the latest trial may still bring something else."""
    of = patient({"t1": {"trial.ok": known("no")}, "t2": {}}, latest)
    assert bool(flips(of, about="trial", key=Key("r0", "t1"), r0="trial.ok = yes")["met"].sets) is possible


def test_a_member_more_or_one_less() -> None:
    """Lists change by a member."""
    assert sets(flips(patient(l=known(("u",))), r0="p.l includes v")["met"]) == [[("p.l", (frozenset({"u", "v"}),))]]
    assert frozenset() in sets(flips(patient(l=known(("u",))), r0="p.l includes u")["not_met"])[0][0][1]


def test_what_a_patient_file_must_not_hold_is_no_way_out(tiny_with_contradiction: Rulebook) -> None:
    """Where one answer alone would contradict what is known, the other has to change with it."""
    whole, statuses, rejudging = judged(tiny_with_contradiction, patient(a=known("yes"), c=known("no")))
    flip = next(iter(Changing(tiny_with_contradiction, Vocabulary(tiny_with_contradiction), whole, statuses, rejudging).flips(R0)))
    assert sets(flip) == [[("p.a", ("no",)), ("p.c", ("yes",))]]


@pytest.fixture
def tiny_with_contradiction() -> Rulebook:
    """r0 asks for c; c and a cannot both be yes."""
    both = All((OneOf("p.a", ("yes",)), OneOf("p.c", ("yes",))))
    return replace(written(r0="p.c = yes"), contradictions=(Contradiction("both", "patient", both, "not both"),))


def test_more_than_six_changes_are_told_by_an_example_that_is_not_called_the_smallest() -> None:
    """Seven trials must each turn out well: nothing could be left out, and `proved` is false."""
    of = patient({f"t{number}": {} for number in range(7)})
    flip = flips(of, r0={"at_least": 7, "of": "listed trials", "where": "trial.ok = yes"})["met"]
    assert not flip.proved
    assert [len(changes) for changes in flip.sets] == [7]


def test_the_stretch_around_a_number_is_told_to_its_ends() -> None:
    """At least 3 holds from 3 to the greatest value that the fact may have."""
    rulebook = written(r0="p.n >= 3")
    whole, statuses, rejudging = judged(rulebook, patient(n=measured(4)))
    (firm,) = Firmness(rulebook.facts, Vocabulary(rulebook), whole, statuses, rejudging).of(R0, ["p.n"])
    assert (firm.span, firm.any) == (Span(Fraction(3), Fraction(6)), False)


def test_a_fallback_rests_on_what_it_passes_over() -> None:
    """The second fact decides because the first is not known: both are reasons."""
    rulebook = written(r0={"first_known": ["p.a = yes", "p.c = yes"]})
    whole, statuses, _ = judged(rulebook, patient(c=known("yes")))
    assert [forced.facts for forced in Explaining(rulebook, whole, statuses).why(R0).sets] == [("p.a", "p.c")]


def test_a_missing_answer_is_a_reason_for_what_cannot_be_told() -> None:
    """Of two missing facts one is enough where the other could not settle it alone."""
    rulebook = written(r0={"all": ["p.a = yes", "p.c = yes"]})
    whole, statuses, _ = judged(rulebook, patient(a=known("yes")))
    assert [forced.facts for forced in Explaining(rulebook, whole, statuses).why(R0).sets] == [("p.a", "p.c")]
