"""A patient's facts in the form that conditions test."""

from collections.abc import Callable

import pytest

from euthymia.consultation import Consultation
from euthymia.inference.agreement import decide
from euthymia.inference.trace import Key
from euthymia.inference.view import View, views
from euthymia.source import read_document
from tests.shared import ON

COUNTS = (
    "modality: medication, weeks_at_adequate_dose: 8, dose_adequate: yes, adherence: adequate, episode: current, "
    "initial_response: no, outcome: non_response, stop_reason: completed, metabolic_inducer: no"
)
NO_MISDIAGNOSIS = "diagnosis: {bipolar_disorder: no, vascular_dementia: no, anxiety_disorder: no}\n"


@pytest.fixture
def view(consultation: Consultation) -> Callable[[str], View]:
    """The view of a patient file."""

    def look(text: str) -> View:
        return views(consultation.read_document(read_document(text, "p.yaml"), ON).patient, consultation.rulebook.facts)

    return look


def test_facts_are_words_thousandths_and_sets(view: Callable[[str], View]) -> None:
    """Numbers are exact, lists and maps are sets, and what is not known is not there."""
    whole = view(
        "episode: {severity: severe, duration_weeks: 4.125}\nprocess: {workup_steps_done: [3, 1]}\n"
        "area: {methods: {lifestyle: Interview}}\nrisk: {assessed: unknown}\ncurrent: {taper_status: not_applicable}"
    )
    assert whole.facts == {
        "episode.severity": "severe",
        "episode.duration_weeks": (4125, 4125),
        "process.workup_steps_done": frozenset({1, 3}),
        "area.methods": frozenset({"lifestyle"}),
    }
    assert whole.excluded == {"current.taper_status"}


def test_a_partial_date_gives_a_range(view: Callable[[str], View]) -> None:
    """The fewest and the most weeks that the dates may mean."""
    (trial,) = view("trials: [{id: t1, modality: medication, started: 2026-01, ended: 2026-03}]").units["trial"]
    assert trial.facts["trial.weeks_total"] == (4000, 13000)


@pytest.mark.parametrize(
    ("one", "other", "status"),
    [
        ("sertraline", "sertraline", "not_met"),
        ("Sertraline", "sertraline", "not_met"),
        ("sertraline  hydrochloride", "Sertraline hydrochloride ", "not_met"),
        ("sertraline", "venlafaxine", "met"),
    ],
)
def test_one_drug_in_two_spellings_counts_once(one: str, other: str, status: str, consultation: Consultation) -> None:
    """Capitals and spaces do not make a second drug, so two courses of one drug do not fulfil criterion A."""
    trials = ", ".join(f"{{id: {name}, drug: {drug}, {COUNTS}}}" for name, drug in (("a", one), ("b", other)))
    text = f"{NO_MISDIAGNOSIS}process: {{treatment_history_complete: yes}}\ntrials: [{trials}]"
    patient = consultation.read_document(read_document(text, "p.yaml"), ON).patient
    assert decide(consultation.engines, patient).statuses[Key("GF-E-A1")] == status
