"""What an answer is said to do is what it does: the same as writing it into the file, reading the file, and deciding by both engines."""

from typing import Any

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from euthymia.consultation import Consultation
from euthymia.errors import InputError
from euthymia.explain.questions import Question
from euthymia.facts.entering import as_entered, place_of
from euthymia.facts.patient_file import PatientFile
from euthymia.inference.agreement import decide
from euthymia.inference.trace import Key
from euthymia.rulebook.conditions import UNDETERMINED
from euthymia.source import read_document
from euthymia.source.editing import changed_text
from tests.generative.patients import read, shipped_patients
from tests.shared import ON

pytestmark = pytest.mark.filterwarnings("ignore:The recursion limit will not be reset")


def _really_answered(consultation: Consultation, file: PatientFile, name: str, value: Any) -> dict[Key, str] | None:
    """Statuses of the file with the answer written into it; None where the reader refuses it."""
    text = yaml.safe_dump(file.document.data, allow_unicode=True) if file.document.data else "{}\n"
    quoted = text.replace("'yes'", "yes").replace("'no'", "no")
    facts = consultation.rulebook.facts
    changes = [(place_of(fact, facts), value) for fact in as_entered(name, file.entered, file.patient, facts)]
    try:
        written = read_document(changed_text(quoted, "patient.yaml", changes), "patient.yaml")
        return decide(consultation.engines, consultation.read_document(written, ON).patient).statuses
    except InputError:
        return None


@settings(max_examples=15)
@given(data=shipped_patients(), which=st.integers(0, 10_000))
def test_the_effects_of_answers_are_those_of_entering_them(consultation: Consultation, data: dict[str, Any], which: int) -> None:
    """For one question of a random patient: every answer changes just the judgements that it is said to change."""
    file = read(consultation, data)
    reasoning = consultation.reason(file, ON)
    assume(reasoning.questions)
    before = dict(reasoning.decision.statuses)
    question: Question = reasoning.questions[which % len(reasoning.questions)]
    answers = reasoning.answers
    for effect in answers.of(question):
        said = dict(effect.settles)
        assert not set(said) & set(effect.leaves_open)
        for value in [value for answer in effect.answers for value in answer.written]:
            after = _really_answered(consultation, file, question.fact, value)
            if after is None:
                continue  # another number of the same range is meant
            for key, status in said.items():
                assert after[key] == status, (question.fact, value, key)
            assert all(after.get(key, UNDETERMINED) == UNDETERMINED for key in effect.leaves_open), (question.fact, value)
            shown = {str(key) for key in said}
            changed = {str(key) for key in after if key in before and after[key] not in (before[key], UNDETERMINED)}
            assert shown <= changed
            assert not (changed - shown) & {*question.settles, *question.advice}, (question.fact, value)
    assert reasoning.decision.statuses == before
