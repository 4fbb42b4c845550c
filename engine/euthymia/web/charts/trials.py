"""A trial as it is first entered: what matters most of it, in one line of a form."""

from typing import Any

from euthymia.facts.catalogue import Catalogue
from euthymia.web.charts.answers import Form, Refused, read_answer
from euthymia.web.charts.fields import Fields

# What is asked first about a trial, in this order; all else stands below.
FIRST_FACTS = (
    "trial.modality", "trial.drug", "trial.psychotherapy_type", "trial.neuromodulation_type", "trial.started", "trial.ended",
    "trial.dose_daily", "trial.weeks_at_adequate_dose", "trial.psychotherapy_weeks", "trial.sessions_attended", "trial.adherence",
    "trial.kellner_score", "trial.outcome", "trial.stop_reason", "trial.episode",
)  # fmt: skip
# What a new trial may be given at once, by the names of the form's fields.
AT_ONCE = (
    "trial.modality", "trial.drug", "trial.psychotherapy_type", "trial.neuromodulation_type", "trial.started", "trial.ended",
    "trial.dose_daily", "trial.weeks_at_adequate_dose", "trial.psychotherapy_weeks", "trial.kellner_score", "trial.stop_reason",
)  # fmt: skip


def trial_form(catalogue: Catalogue) -> list[dict[str, Any]]:
    """The fields for a new trial, each with the kinds of treatment that cannot have it."""
    fields = Fields(catalogue, {}, {}, {})
    return [{"field": fields.of(name), "without": " ".join(f"not-{kind}" for kind in catalogue[name].barred)} for name in AT_ONCE]


class _OneField:
    """One field of the form for a new trial, as the form of a single fact."""

    def __init__(self, form: Form, fact: str, choice: bool) -> None:
        self._text = str(form.get(fact) or "").strip()
        self._unit = str(form.get("unit_beside") or "").strip()
        self._choice = choice

    def get(self, key: str, /) -> Any:
        return {"answer": self._text if self._choice else "", "unit_beside": self._unit}.get(key)

    def getlist(self, key: str, /) -> list[str]:
        return [self._text] if key == "value" and self._text and not self._choice else []


def new_trial(form: Form, catalogue: Catalogue, day: str) -> tuple[dict[str, Any], list[str]]:
    """The row of the trial, still without an id, and what is wrong with the form."""
    row: dict[str, Any] = {}
    problems: list[str] = []
    for name in AT_ONCE:
        fact = catalogue[name]
        if not str(form.get(name) or "").strip():
            continue
        try:
            answers = read_answer(_OneField(form, name, bool(fact.choices)), f"{name}@", catalogue, day)
        except Refused as refused:
            problems.append(f"{fact.label}: {refused}")
            continue
        row |= {answered.partition("@")[0].partition(".")[2]: value for answered, value in answers if value is not None}
    if "modality" not in row:
        problems.insert(0, f"{catalogue['trial.modality'].label}: a trial needs it")
    return row, problems
