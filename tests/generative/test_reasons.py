"""Why a status holds, and what an open one still needs: minimal, sufficient and exact."""

from datetime import date
from typing import Any

import pytest
from hypothesis import event, given, settings

from euthymia.consultation import Consultation
from euthymia.explain.because import Because
from euthymia.explain.needs import Needs
from euthymia.explain.vocabulary import Vocabulary
from euthymia.explain.waiting import WaitingFor
from euthymia.facts.observation import Observation, measured
from euthymia.facts.patient import Patient, Unit
from euthymia.inference.evaluate import Evaluator
from euthymia.inference.trace import Key
from euthymia.inference.view import View, views
from euthymia.rulebook.checks.possible import never_met
from euthymia.rulebook.conditions import Compare, Filled, Includes, Once, OneOf, walk
from euthymia.rulebook.rulebook import Rulebook
from tests.generative.completions import Completions, TooMany
from tests.generative.forgetting import closure
from tests.generative.meaning import Meaning
from tests.generative.patients import read, shipped_patients
from tests.generative.rulebooks import rulebooks, written
from tests.generative.small_patients import small_patients

pytestmark = pytest.mark.filterwarnings("ignore:The recursion limit will not be reset")


def _because(rulebook: Rulebook, whole: View, statuses: dict[Key, str]) -> Because:
    return Because(rulebook, Evaluator(rulebook), whole, statuses)


def _judged(rulebook: Rulebook, patient: Patient) -> tuple[View, dict[Key, str]]:
    whole = views(patient, rulebook.facts)
    return whole, Evaluator(rulebook).evaluate_view(whole)


@settings(max_examples=130)
@given(rulebook=rulebooks(), patient=small_patients())
def test_reasons_are_sufficient_and_minimal_in_any_rulebook(rulebook: Rulebook, patient: Patient) -> None:
    """In random rulebooks, the facts and statuses named as reasons give the same status alone, and without any one of them do not."""
    whole, statuses = _judged(rulebook, patient)
    because = _because(rulebook, whole, statuses)
    for key in statuses:
        _check_reasons(rulebook, whole, statuses, key, {reason.name for reason in because.of(key)})


@settings(max_examples=18)
@given(data=shipped_patients())
def test_reasons_are_sufficient_and_minimal(consultation: Consultation, on: date, data: dict[str, Any]) -> None:
    """The same for every settled judgement of the shipped rules."""
    assessment = consultation.assess(read(consultation, data), on)
    whole, statuses = _judged(consultation.rulebook, assessment.patient)
    for item in assessment.judgements:
        _check_reasons(consultation.rulebook, whole, statuses, item.key, {reason.name for reason in item.because})


def _check_reasons(rulebook: Rulebook, whole: View, statuses: dict[Key, str], key: Key, names: set[str]) -> None:
    if statuses[key] == "undetermined":
        assert names == set()
        return
    assert _from(rulebook, whole, statuses, key, names) == statuses[key], f"not sufficient for {key}"
    for name in names:
        assert _from(rulebook, whole, statuses, key, names - {name}) != statuses[key], f"{name} could be dropped for {key}"


def _from(rulebook: Rulebook, whole: View, statuses: dict[Key, str], key: Key, names: set[str]) -> str:
    """The status that follows from what is named alone. What is known but not named is withheld: no fallback passes over it."""
    given = {other: status for other, status in statuses.items() if str(other) in names}
    known = {_label(fact, view) for view in _every(whole) for fact in view.facts}
    masked = _only(whole, names, None)
    masked.units = {record: [_only(unit, names, masked) for unit in units] for record, units in whole.units.items()}
    if whole.latest is not None and "latest_trial" in names:
        masked.latest = next(unit for unit in masked.units["trial"] if unit.unit == whole.latest.unit)
    meaning = Meaning(
        rulebook, masked, given=given, only_given=True, withheld=frozenset(known - names), unanswered=frozenset(names - known)
    )  # fmt: skip
    return meaning.judge(key)


def _every(whole: View) -> list[View]:
    return [whole, *(unit for units in whole.units.values() for unit in units)]


def _label(fact: str, view: View) -> str:
    return f"{fact}@{view.unit}" if view.unit else fact


def _only(view: View, names: set[str], patient: View | None) -> View:
    facts = {fact: value for fact, value in view.facts.items() if _label(fact, view) in names}
    return View(view.unit, facts, view.excluded, patient)


def test_a_fallback_is_no_reason_while_a_better_fact_is_known() -> None:
    """What a fallback would say is not named as the reason when the fact before it is known and decides."""
    rulebook = written(applies={"first_known": ["p.w >= 0.5", "p.n >= 0"]}, r0="p.n >= 0")
    whole, statuses = _judged(rulebook, Patient({"p.w": measured(1), "p.n": measured(0)}, {"trial": (), "problem": ()}))
    assert {reason.name for reason in _because(rulebook, whole, statuses).of(Key("r0"))} == {"p.w", "p.n"}


@pytest.mark.parametrize(
    ("rule", "needed"),
    [
        ({"all": ["p.w >= 0.5", "p.a = yes"]}, {"p.w", "p.a"}),  # a number above 0 may lie below the first bound
        ({"first_known": ["p.steps includes 1", "p.a = yes"]}, {"p.steps", "p.a"}),
        ({"first_known": ["p.l is empty"]}, {"p.l"}),
        ({"all": ["p.l is not empty", "p.l includes none of [u, v, w]"]}, set()),
        ({"all": ["p.w > 2.5", "p.n > 2.5", "p.n < 3.5"]}, {"p.w", "p.n"}),
    ],
)
def test_needs_of_rules_that_once_were_wrong(rule: Any, needed: set[str]) -> None:
    """What is needed where a range is open, a list has a fallback, or no other member exists."""
    rulebook = written(r0=rule)
    whole, statuses = _judged(rulebook, Patient({}, {"trial": (), "problem": ()}))
    assert set(Needs(rulebook, Vocabulary(rulebook), whole, statuses).of(Key("r0"))) == needed


def _trials(**units: dict[str, Observation]) -> dict[str, tuple[Unit, ...]]:
    medication = {"trial.modality": Observation("known", "medication")}
    return {"trial": tuple(Unit(name, medication | facts) for name, facts in units.items()), "problem": ()}


def test_trials_without_a_name_may_be_one_drug_or_several() -> None:
    """At least two different drugs, neither named: each name can settle the count."""
    yes = {"trial.ok": Observation("known", "yes")}
    rulebook = written(r0={"at_least": 2, "of": "listed trials", "where": "trial.ok = yes", "distinct": "trial.drug"})
    whole, statuses = _judged(rulebook, Patient({}, _trials(x=yes, y=yes)))
    assert Needs(rulebook, Vocabulary(rulebook), whole, statuses).of(Key("r0")) == ("trial.drug@x", "trial.drug@y")


def test_a_trial_that_stays_open_does_not_hide_one_that_can_decide() -> None:
    """One trial marked as not applicable, one unknown: the unknown one can still make the count met."""
    rulebook = written(r0={"at_least": 1, "of": "listed trials", "where": "trial.ok = yes"})
    whole, statuses = _judged(rulebook, Patient({}, _trials(x={"trial.ok": Observation("not_applicable")}, y={})))
    assert Needs(rulebook, Vocabulary(rulebook), whole, statuses).of(Key("r0")) == ("trial.ok@y",)


def test_waiting_names_the_trial() -> None:
    """A step not yet done in a trial is named with the trial, also when a rule between the two reads it."""
    rulebook = written("trial", done="trial.ok = yes", r0={"once": "done"})
    trial = Unit("t1", {"trial.ok": Observation("known", "no")})
    whole, statuses = _judged(rulebook, Patient({}, {"trial": (trial,), "problem": ()}))
    assert WaitingFor(rulebook, whole, statuses).of(Key("r0", "t1")) == (("trial.ok@t1", "not_done"),)


@settings(max_examples=400)
@given(rulebook=rulebooks(most=3, depth=2, reminders=False), patient=small_patients())
def test_needs_are_exact(rulebook: Rulebook, patient: Patient) -> None:
    """In small random rulebooks, a fact is needed exactly when some completion of the other unknowns exists in which it decides.

    Facts that a fallback reads may also stay unknown in a completion; judgements that are settled stay as they are. Judgements that
    were too large to be worked out exactly are left out.
    """
    vocabulary = Vocabulary(rulebook)
    whole, statuses = _judged(rulebook, patient)
    needs = Needs(rulebook, vocabulary, whole, statuses)
    for key in [key for key in statuses if statuses[key] == "undetermined"]:
        found = set(needs.of(key))
        try:
            expected, _ = Completions(rulebook, whole, statuses).needed(key)
        except TooMany:
            continue
        event("compared")
        assert key in needs.rough or found == expected, key


@settings(max_examples=150)
@given(rulebook=rulebooks(most=3, depth=2, reminders=False), patient=small_patients())
def test_what_needs_nothing_waits_for_something(rulebook: Rulebook, patient: Patient) -> None:
    """An open judgement without needs waits for something, unless its condition comes to the same whatever the unknown facts are.

    Excepted are `once` around more than one line (it may wait for a unit or for another rule, not for a fact that could be named), and
    rules that can never be met, which no rulebook may hold.
    """
    vocabulary = Vocabulary(rulebook)
    whole, statuses = _judged(rulebook, patient)
    needs, waiting = Needs(rulebook, vocabulary, whole, statuses), WaitingFor(rulebook, whole, statuses)
    for key in [key for key in statuses if statuses[key] == "undetermined" and not needs.of(key)]:
        if not waiting.of(key) and not _waits_for_no_fact(rulebook, key):
            _, possible = Completions(rulebook, whole, statuses, most=20_000).needed(key)
            assert possible & {"met", "not_met", "not_applicable"}, key


def _waits_for_no_fact(rulebook: Rulebook, key: Key) -> bool:
    """Does the rule, or one that it refers to, wait for more than one line to hold, or for what cannot be?"""
    rules = list(closure(rulebook, rulebook.by_id[key.rule]))
    parts = [part for rule in rules for condition in rule.conditions for part in walk(condition)]
    impossible = {mistake.key for mistake in never_met(rulebook)}
    nested = any(isinstance(part, Once) and not isinstance(part.part, Compare | OneOf | Includes | Filled) for part in parts)
    return nested or bool(impossible & {rule.id for rule in rules})


@settings(max_examples=18)
@given(data=shipped_patients())
def test_every_open_question_says_what_it_needs_or_waits_for(consultation: Consultation, on: date, data: dict[str, Any]) -> None:
    """With the shipped rules, every undetermined judgement names facts that are needed, or what it waits for.

    Excepted is one that comes to the same status whatever the unknown facts are, so that none of them matters.
    """
    assessment = consultation.assess(read(consultation, data), on)
    whole, statuses = _judged(consultation.rulebook, assessment.patient)
    for item in assessment.judgements:
        if item.status == "undetermined" and not (item.needs or item.waiting):
            possible = Completions(consultation.rulebook, whole, statuses).sampled(item.key, seed=1)
            assert len(possible) == 1, (item.key, possible)
            assert "undetermined" not in possible, item.key
