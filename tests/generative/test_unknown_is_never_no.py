"""Forgetting facts opens questions; it never answers them, and it silences no alert about suicide risk."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euthymia.consultation import Consultation
from euthymia.facts.observation import NOT_ASKED
from euthymia.facts.patient import Patient, Unit
from euthymia.inference.evaluate import Evaluator
from euthymia.inference.trace import Key
from euthymia.inference.view import View, views
from euthymia.render.document import Explain, document
from euthymia.render.words import Words
from euthymia.rulebook.conditions import Count, FirstKnown
from euthymia.rulebook.rulebook import Rulebook
from tests.generative.forgetting import (
    closure,
    contradicted,
    has,
    is_reminder,
    overturned,
    settled_by_forgetting,
    speaks_of_trials,
)
from tests.generative.patients import blanked, read, shipped_patients
from tests.generative.rulebooks import rulebooks
from tests.generative.small_patients import small_patients

pytestmark = pytest.mark.filterwarnings("ignore:The recursion limit will not be reset")

RISK = ("suicidal_ideation", "self_harm", "past_attempt", "assessed")
ABOUT_SUICIDE = {"GF-K-01", "urgent-suicide-assessment", "ask-about-suicide-now"}
SEEDS = st.integers(0, 10**6)
WAYS = st.sampled_from(["missing", "unknown"])


@settings(max_examples=100)
@given(
    rulebook=rulebooks(reminders=False),
    patients=st.lists(small_patients(), min_size=8, max_size=8),
    mask=st.binary(min_size=60, max_size=60),
)
def test_forgetting_never_overturns_a_status_of_any_rulebook(rulebook: Rulebook, patients: list[Patient], mask: bytes) -> None:
    """In random rulebooks, taking facts away overturns no settled status, and settles none unless a fallback is behind it.

    Excepted are rules that hang on a `first_known` whose kept alternative says the opposite of the forgotten one.
    """
    evaluator = Evaluator(rulebook)
    for patient in patients:
        before, after = views(patient, rulebook.facts), views(_forgetting(patient, mask), rulebook.facts)
        more, less = evaluator.evaluate_view(before), evaluator.evaluate_view(after)
        excepted = contradicted(rulebook, before, after)
        assert not {key for key in overturned(more, less) if key.rule not in excepted}
        assert not {key for key in settled_by_forgetting(more, less) if not has(rulebook, key.rule, FirstKnown)}


def _forgetting(patient: Patient, mask: bytes) -> Patient:
    """The patient without the known facts whose byte is odd."""

    def fewer(facts: Any, start: int) -> Any:
        return {
            name: NOT_ASKED if item.known and mask[(start + place) % 60] % 2 else item for place, (name, item) in enumerate(facts.items())
        }

    units = {
        record: tuple(Unit(unit.id, fewer(unit.facts, 7 * n)) for n, unit in enumerate(members))
        for record, members in patient.units.items()
    }
    return replace(patient, facts=fewer(patient.facts, 0), units=units, latest=None if mask[0] % 2 else patient.latest)


@settings(max_examples=130)
@given(data=shipped_patients(), seed=SEEDS, how=WAYS)
def test_forgetting_never_overturns_a_status(consultation: Consultation, data: dict[str, Any], seed: int, how: str) -> None:
    """With the shipped rules, blanking facts of a file never turns met into not met, or back.

    Excepted are reminders, which ask whether something is known; rules that hang on a `first_known` whose kept alternative says the
    opposite of the blanked one; and, where the blanked facts decide which trials are one course, rules that speak of trials.
    """
    rulebook = consultation.rulebook
    before, more = _judged(consultation, data)
    after, less = _judged(consultation, blanked(data, seed, how))
    changed = {key for key in overturned(more, less) if not is_reminder(rulebook, key.rule)}
    if changed and _trials(before) == _trials(after):
        excepted = contradicted(rulebook, before, after)
    else:
        excepted = {key.rule for key in changed if speaks_of_trials(rulebook, key.rule)}
    assert {key for key in changed if key.rule not in excepted} == set()


def _judged(consultation: Consultation, data: dict[str, Any]) -> tuple[View, dict[Key, str]]:
    whole = views(read(consultation, data).patient, consultation.rulebook.facts)
    return whole, consultation.engines.evaluator.evaluate_view(whole)


def _trials(whole: View) -> set[str | None]:
    return {unit.unit for unit in whole.units["trial"]}


def _critical(consultation: Consultation, data: dict[str, Any]) -> dict[str, str]:
    """Critical alerts that the page shows: those met, and those that cannot be told."""
    _, statuses = _judged(consultation, data)
    alerts = [rule.id for rule in consultation.rulebook.rules if rule.alert == "critical"]
    return {rule: statuses[Key(rule)] for rule in alerts if statuses[Key(rule)] in ("met", "undetermined")}


@settings(max_examples=100)
@given(data=shipped_patients(), gone=st.lists(st.sampled_from(RISK), min_size=1, unique=True), how=WAYS)
def test_a_blank_about_risk_silences_no_alert(consultation: Consultation, data: dict[str, Any], gone: list[str], how: str) -> None:
    """Where a critical alert about suicide is met, one still is after any facts of the record risk are blanked."""
    before = _critical(consultation, data)
    risk = {name: value for name, value in data.get("risk", {}).items() if name not in gone}
    after = _critical(consultation, data | {"risk": risk | (dict.fromkeys(gone, "unknown") if how == "unknown" else {})})
    assert after["ask-about-suicide-now"] == "met"
    assert {rule for rule in before if before[rule] == "met"} & ABOUT_SUICIDE <= after.keys()


@settings(max_examples=12)
@given(data=shipped_patients(), gone=st.sampled_from(RISK))
def test_the_document_keeps_its_alerts(consultation: Consultation, words: Words, on: date, data: dict[str, Any], gone: str) -> None:
    """The alerts of the JSON document about suicide stay while a fact of the record risk is blanked, and one of them is met."""

    def alerts(patient: dict[str, Any]) -> dict[str, str]:
        shown = document(consultation.assess(read(consultation, patient), on), words, Explain.NOTHING, answers=False)["alerts"]
        return {alert["id"]: alert["status"] for alert in shown if alert["severity"] == "critical" and alert["id"] in ABOUT_SUICIDE}

    after = alerts(data | {"risk": {name: value for name, value in data.get("risk", {}).items() if name != gone}})
    assert alerts(data).keys() <= after.keys()
    assert "met" in after.values()


@settings(max_examples=100)
@given(data=shipped_patients(), seed=SEEDS, how=WAYS)
def test_unknown_never_removes_a_critical_alert(consultation: Consultation, data: dict[str, Any], seed: int, how: str) -> None:
    """A critical alert that is shown is still shown after any facts of the file are blanked.

    Excepted is an alert that rests on a fallback whose kept alternative contradicts the blanked one, or on trials that are no longer, or
    newly, one course: then what is left says something else, and says it with certainty.
    """
    fewer = blanked(data, seed, how)
    lost = _critical(consultation, data).keys() - _critical(consultation, fewer).keys()
    assert "urgent-suicide-assessment" not in lost
    before, after = _judged(consultation, data)[0], _judged(consultation, fewer)[0]
    if lost and _trials(before) == _trials(after):
        assert lost <= contradicted(consultation.rulebook, before, after)


@settings(max_examples=60)
@given(data=shipped_patients(), fact=st.sampled_from(["suicidal_ideation", "self_harm", "past_attempt"]))
def test_known_risk_raises_the_alert_whatever_else_is_known(consultation: Consultation, data: dict[str, Any], fact: str) -> None:
    """Suicidal thoughts, self-harm or an attempt recorded with yes raise GF-K-01, whatever else the file says."""
    found = _critical(consultation, data | {"risk": data.get("risk", {}) | {fact: "yes"}})
    assert found["GF-K-01"] == "met"
    assert fact == "past_attempt" or found["urgent-suicide-assessment"] == "met"


@pytest.mark.parametrize("age", [0, 17, 18, 44, 120])
def test_an_age_alone_settles_only_what_reads_the_age(consultation: Consultation, on: date, age: int) -> None:
    """With nothing but an age, a status is settled only for reminders and rules that read the age; suicide is asked about first.

    Excepted are rules of kind `conflict` and arguments of options about listed trials: where none is listed, none contradicts an entry,
    and none was tried before.
    """
    rulebook = consultation.rulebook
    assessment = consultation.assess(read(consultation, {"patient": {"age_years": age}}), on)
    settled = {item.key.rule for item in assessment.judgements if item.status != "undetermined"}
    reads_age = {rule.id for rule in rulebook.rules if any("patient.age_years" in other.reads for other in closure(rulebook, rule))}
    of_the_list = {rule.id for rule in rulebook.rules if rule.kind == "conflict" or rule.part_of is not None}
    listed = {rule for rule in of_the_list if has(rulebook, rule, Count)}
    assert {rule for rule in settled if not is_reminder(rulebook, rule)} <= reads_age | listed
    assert {question.fact for question in assessment.questions[: len(RISK)]} == {f"risk.{name}" for name in RISK}


@settings(max_examples=200)
@given(data=shipped_patients())
def test_at_most_one_place_on_the_spectrum(consultation: Consultation, data: dict[str, Any]) -> None:
    """No file fulfils two bands of the spectrum."""
    _, statuses = _judged(consultation, data)
    bands = consultation.rulebook.about.assessment.spectrum.bands
    assert len([band for band, rule in bands.items() if statuses[Key(rule)] == "met"]) <= 1


@settings(max_examples=25)
@given(data=shipped_patients())
def test_a_settled_place_is_the_only_possible_one(consultation: Consultation, on: date, data: dict[str, Any]) -> None:
    """While a place on the spectrum is given, no other one is called possible."""
    spectrum = consultation.assess(read(consultation, data), on).spectrum
    assert spectrum.category is None or spectrum.possible == (spectrum.category,)
