"""Tables of points: whatever is known of a patient, one line holds or may hold, and never two."""

from datetime import date
from typing import Any

from hypothesis import given, settings

from euthymia.consultation import Consultation
from euthymia.inference.agreement import decide
from euthymia.inference.trace import Key
from euthymia.rulebook.conditions import MET, UNDETERMINED
from euthymia.rulebook.definition import Choose, Definition, Part
from tests.generative.patients import read, shipped_patients


def _tables(definition: Definition) -> list[Part]:
    scores = [score for score in (definition.score, *(score for _, _, score in definition.variants)) if score is not None]
    return [part for score in scores for part in score.parts if isinstance(part.how, Choose)]


@settings(max_examples=60)
@given(data=shipped_patients())
def test_one_line_of_each_table_holds_or_may_hold(consultation: Consultation, on: date, data: dict[str, Any]) -> None:
    """Where a staging model applies, no patient falls between the lines of its tables, and none into two of them."""
    statuses = decide(consultation.engines, read(consultation, data).patient).statuses
    for definition in consultation.rulebook.definitions:
        if definition.applies is not None and statuses[Key(definition.applies)] != MET:
            continue
        for part in _tables(definition):
            assert isinstance(part.how, Choose)
            held = [statuses[Key(step.rule)] for step in part.how.steps]
            assert held.count(MET) == 1 or (MET not in held and UNDETERMINED in held), (definition.id, part.id, held)
