"""One decision, with what is needed to judge the same patient again with a few facts changed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from euthymia.facts.patient import Patient
from euthymia.inference.evaluate import Evaluator
from euthymia.inference.trace import Key
from euthymia.inference.view import View, views
from euthymia.rulebook.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Decided:
    """A patient, judged by a rulebook on a day. `statuses` may be those of a part of the rules."""

    rulebook: Rulebook
    evaluator: Evaluator
    patient: Patient
    on: date
    view: View
    statuses: Mapping[Key, str]

    def with_patient(self, patient: Patient, evaluator: Evaluator | None = None) -> "Decided":
        """Another patient by the same rules (or those of `evaluator` only) on the same day; by the plain evaluator, and so never advice."""
        judging = evaluator or self.evaluator
        view = views(patient, self.rulebook.facts)
        return replace(self, evaluator=judging, patient=patient, view=view, statuses=judging.evaluate_view(view))
