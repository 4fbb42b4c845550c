"""The two engines, compiled independently from the same rules, come to the same statuses."""

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from euthymia.consultation import Consultation
from euthymia.facts.patient import Patient
from euthymia.inference.agreement import Engines, decide
from euthymia.rulebook.rulebook import Rulebook
from tests.generative.meaning import Meaning
from tests.generative.patients import read, shipped_patients
from tests.generative.rulebooks import rulebooks
from tests.generative.small_patients import small_patients


@settings(max_examples=100)
@given(rulebook=rulebooks(), patients=st.lists(small_patients(), min_size=12, max_size=12))
def test_both_engines_and_the_meaning_agree_on_any_rulebook(rulebook: Rulebook, patients: list[Patient]) -> None:
    """For random rulebooks and patients, evaluator, durable_rules and the plain definition give the same statuses."""
    engines = Engines(rulebook)
    for patient in patients:
        decision = decide(engines, patient)
        assert decision.statuses == Meaning(rulebook, decision.view).all()


@settings(max_examples=200)
@given(data=shipped_patients())
def test_both_engines_agree_on_the_shipped_rulebook(consultation: Consultation, on: date, data: dict[str, Any]) -> None:
    """For random patient files, both engines give every shipped rule the same status."""
    decide(consultation.engines, read(consultation, data, on).patient)
