"""The interview without a terminal: what it asks, what it takes an answer for, and when it ends."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from euthymia.consultation import Consultation
from euthymia.dialogue.interview import Interview
from euthymia.dialogue.replies import Unclear, read_reply, read_several
from euthymia.dialogue.screens import Item, Screen
from euthymia.dialogue.treatments import read_treatment
from euthymia.explain.advice import advice_rules
from euthymia.facts.patient import Patient
from euthymia.facts.patient_file import PatientFile
from euthymia.rulebook.conditions import UNDETERMINED
from euthymia.source import read_document, read_file
from euthymia.source.editing import changed_text, new_text
from tests.scripted import Clinician, held

# What the complete example leaves out although it bears on advice: the answers of the same patient.
REST = {
    "safety": ["two_serotonergic_drugs", "maoi_washout_kept", "maoi_diet_explained", "hypertensive_crisis_signs",
               "seizure_or_eating_disorder", "lithium_toxicity_signs", "dehydration",
               "withdrawal_from_alcohol_or_sedatives", "uncontrolled_hypertension_or_aneurysm"],
    "current": ["three_month_assessment_done", "post_stop_assessment_done", "ect_response"],
    "drugs": ["serotonergic", "sympathomimetic", "lithium_interacting", "nsaid", "qt_prolonging", "cyp2d6_substrate_at_risk"],
    "patient": ["family_involvement_accepted", "digital_access"],
}  # fmt: skip
ALSO = {
    ("process", "treatments_discussed"): [], ("current", "neuromodulation"): [], ("current", "residual_cbt_status"): "not_started",
    ("current", "wellbeing_lifestyle_status"): "not_started", ("current", "antidepressant_response"): "none",
    ("current", "weeks_since_discontinuation"): 60, ("current", "weeks_since_antidepressant_start"): 75,
}  # fmt: skip


def begun(consultation: Consultation, on: date, text: str = "") -> Interview:
    return Interview(consultation, "new.yaml", text or new_text("new.yaml"), on)


def typical(consultation: Consultation, root: Path, on: date) -> PatientFile:
    """The complete example, with the few facts that it leaves open."""
    text = (root / "examples" / "complete.yaml").read_text(encoding="utf-8")
    noes = [((record, name), "no") for record, names in REST.items() for name in names]
    return consultation.read_document(read_document(changed_text(text, "typical.yaml", [*noes, *ALSO.items()]), "typical.yaml"), on)


def open_advice(interview: Interview) -> list[str]:
    rules = advice_rules(interview.reasoning.rulebook)
    return [str(key) for key, status in interview.reasoning.decision.statuses.items() if key.rule in rules and status == UNDETERMINED]


def test_a_typical_patient_is_settled_in_a_few_minutes(consultation: Consultation, root: Path, on: date) -> None:
    """From an empty file to advice of which nothing is open, in few prompts; and what was written is what the patient has."""
    source = typical(consultation, root, on)
    interview = begun(consultation, on)
    said = held(interview, Clinician(source.entered))
    assert open_advice(interview) == []
    assert interview.open_questions() == []
    assert len(said) <= 55
    for name in interview.file.entered.as_json():
        item = interview.file.entered.observation(name)
        if not item.origin:
            assert item.as_json() == source.entered.observation(name).as_json(), name


def test_nothing_is_asked_that_cannot_matter(consultation: Consultation, root: Path, on: date) -> None:
    """Every question bears on advice that is open at that moment, or lists the drugs from which such questions are answered."""
    interview, clinician = begun(consultation, on), Clinician(typical(consultation, root, on).entered)
    while interview.screen is not None:
        still = set(open_advice(interview)) | {str(key) for key in interview.critical()}
        for item in interview.screen.items:
            if item.question is None:
                assert item.fact.partition("@")[0] in {
                    "diagnosis.medical_drugs", "current.other_psychotropics", "current.antidepressant", "trial.stop_reason",
                    "trial.concomitant_drugs", "trial.augmentation", "trial.drug",
                }  # fmt: skip
            else:
                assert set(item.question.advice) & still, item.fact
        interview.reply(clinician.answers(interview))


def test_the_interview_of_a_complete_file_asks_only_the_rest(consultation: Consultation, root: Path, on: date) -> None:
    """A file in which all is known asks nothing at all."""
    assert begun(consultation, on, changed_text(_text(root), "x.yaml", _rest())).screen is None


def _text(root: Path) -> str:
    return (root / "examples" / "complete.yaml").read_text(encoding="utf-8")


def _rest() -> list[Any]:
    return [*[((record, name), "no") for record, names in REST.items() for name in names], *ALSO.items()]


def test_suicide_comes_first_and_its_alert_at_once(consultation: Consultation, on: date) -> None:
    """The first question of an empty file; a yes raises the critical alert in the same moment."""
    interview = begun(consultation, on)
    assert [str(key) for key in interview.critical()] == ["ask-about-suicide-now"]
    assert interview.screen is not None
    assert interview.screen.facts == ("risk.assessed",)
    assert interview.reply("y").raised == ()
    assert interview.screen.facts == ("risk.suicidal_ideation",)
    assert "GF-K-01" in [key.rule for key in interview.reply("y").raised]


def test_questions_skipped_or_not_known_are_not_asked_twice(consultation: Consultation, on: date) -> None:
    """Skipping everything leaves an empty file; not knowing anything ends as well, safety included."""
    skipping = begun(consultation, on)
    while skipping.screen is not None:
        assert skipping.reply("").what == "skipped"
    assert skipping.text == new_text("new.yaml")
    assert skipping.replies < 80
    ignorant = begun(consultation, on)
    asked: list[str] = []
    while ignorant.screen is not None:
        asked += ignorant.screen.facts
        ignorant.reply("" if ignorant.screen.kind == "treatment" else "?")
    assert len(asked) == len(set(asked))
    recorded = ignorant.file.entered.as_json()
    assert {item["state"] for item in recorded.values()} == {"unknown"}
    again = begun(consultation, on, ignorant.text)
    assert again.screen is not None
    assert again.screen.facts == ("risk.assessed",), "safety is asked again the next time"


def test_numbers_alone_say_nothing_of_the_others(consultation: Consultation, on: date) -> None:
    """A yes for the first of a list: the others stay not asked, and are what is asked next. Only an n makes a no."""
    interview = begun(consultation, on)
    while interview.screen is not None and interview.screen.kind != "several":
        interview.reply("")
    while interview.screen is not None and interview.consultation.rulebook.facts[interview.screen.facts[0].partition("@")[0]].type != "tri":
        interview.reply("")
    assert interview.screen is not None
    first, *others = interview.screen.facts
    assert interview.reply("1").what == "answered"
    assert interview.file.entered.observation(first).value == "yes"
    assert {interview.file.entered.observation(name).state for name in others} == {"not_asked"}
    assert interview.screen.facts[0] in others
    interview.reply("n")
    assert interview.file.entered.observation(others[0]).value == "no"


def test_a_step_back_takes_the_answer_out(consultation: Consultation, on: date) -> None:
    """The text is that of before, and the question is asked again; without an earlier answer nothing happens."""
    interview = begun(consultation, on)
    assert interview.reply("b").what == "refused"
    before, screen = interview.text, interview.screen
    interview.reply("n")
    assert interview.text != before
    assert interview.reply("b").what == "back"
    assert (interview.text, interview.screen) == (before, screen)


@pytest.mark.parametrize("typed", ["yess", "1", "7", "y n", "unknown?"])
def test_what_is_not_understood_enters_nothing(consultation: Consultation, on: date, typed: str) -> None:
    """The same question stands, and the text is the same."""
    interview = begun(consultation, on)
    before, screen = interview.text, interview.screen
    assert interview.reply(typed).what == "refused"
    assert (interview.text, interview.screen) == (before, screen)


def test_an_answer_that_contradicts_the_file_is_refused_with_the_reason(consultation: Consultation, on: date) -> None:
    """The reader's own message, and nothing entered."""
    interview = begun(consultation, on, "diagnosis: {anxiety_disorder: no}\n")
    interview.screen = Screen("one", (Item("diagnosis.anxiety_disorder_main", None),))
    before = interview.text
    taken = interview.reply("y")
    assert (taken.what, interview.text) == ("refused", before)
    assert "anxiety" in taken.allowed


def test_of_a_merged_course_each_trial_is_asked(consultation: Consultation, root: Path, on: date) -> None:
    """A course of two trials that ran side by side has no place in the file; its trials have."""
    text = """\
risk: {assessed: yes, suicidal_ideation: no, self_harm: no, past_attempt: no}
process: {treatment_history_complete: yes}
trials:
  - {id: t1, order: 1, episode: current, modality: medication, drug: sertraline, started: 2025-06-01, ended: 2025-09-01}
  - {id: t2, order: 2, episode: current, modality: psychotherapy, psychotherapy_type: CBT, started: 2025-06-01, ended: 2025-09-01}
"""
    interview = begun(consultation, on, text)
    assert interview.file.patient.courses
    asked = []
    while interview.screen is not None and len(asked) < 400:
        asked += interview.screen.facts
        interview.reply("")
    units = {name.partition("@")[2] for name in asked}
    assert units >= {"t1", "t2"}
    assert "t1+t2" not in units


# --- replies ------------------------------------------------------------------------------------------------------------


def test_replies_to_one_question(consultation: Consultation) -> None:
    """Keys, words, numbers, lists and the signs for what is not known or does not apply."""
    facts = consultation.rulebook.facts
    for name, typed, value in [
        ("risk.assessed", "Y", "yes"), ("risk.assessed", "?", "unknown"), ("diagnosis.mdd", "-", "not_applicable"),
        ("episode.severity", "2", "moderate"), ("episode.severity", "severe", "severe"),
        ("patient.age_years", "44", 44), ("diagnosis.medical_drugs", "ramipril, ibuprofen", ["ramipril", "ibuprofen"]),
        ("diagnosis.medical_drugs", "none", []), ("process.workup_steps_done", "1 3", [1, 3]), ("safety.pregnancy", "0", []),
        ("diagnosis.bipolarity_features", "1 mixed_features", ["family_history", "mixed_features"]),
        ("episode.started", "2025-03", "2025-03"),
    ]:  # fmt: skip
        assert read_reply(facts[name], typed) == value, (name, typed)
    assert read_reply(facts["latest_trial"], "2", ["t1", "t9"]) == "t9"


@pytest.mark.parametrize(("name", "typed"), [("patient.age_years", "old"), ("patient.age_years", "444"), ("episode.severity", "9")])
def test_a_refusal_says_what_is_allowed(consultation: Consultation, name: str, typed: str) -> None:
    """In the words of the reader of patient files."""
    with pytest.raises(Unclear) as refused:
        read_reply(consultation.rulebook.facts[name], typed)
    assert "allowed" in refused.value.allowed


def test_an_answer_to_several_questions_is_none_to_one(consultation: Consultation) -> None:
    """It would become a name of its own."""
    with pytest.raises(Unclear):
        read_reply(consultation.rulebook.facts["current.other_psychotropics"], "2 hypothyroidism; none")


def test_replies_to_several_questions(consultation: Consultation) -> None:
    """Numbers, letters, and one answer for all others."""
    facts = consultation.rulebook.facts
    tri = [facts[f"lifestyle.{name}"] for name in ("poor_sleep", "smoking", "alcohol")]
    assert read_several(tri, "2") == {1: "yes"}
    assert read_several(tri, "2, n") == {0: "no", 1: "yes", 2: "no"}
    assert read_several(tri, "1? 3- n") == {0: "unknown", 1: "no", 2: "not_applicable"}
    balance = [facts[f"wellbeing.{name}"] for name in ("flexibility", "autonomy")]
    assert read_several(balance, "2c a") == {0: balance[0].values[0], 1: balance[1].values[1]}
    lists = [facts[f"diagnosis.{name}"] for name in ("medical_comorbidities", "medical_drugs")]
    assert read_several(lists, "2 ramipril, ibuprofen; none") == {0: [], 1: ["ramipril", "ibuprofen"]}
    for wrong in ("4", "2 2", "n y", "x", "0", "2z", ";"):
        with pytest.raises(Unclear):
            read_several(tri, wrong)


def test_one_letter_for_all_needs_the_same_answers(consultation: Consultation) -> None:
    """Where questions have answers of their own, a letter alone could mean one thing here and another there."""
    facts = consultation.rulebook.facts
    mixed = [facts["patient.expectations"], facts["patient.readiness_to_change"]]
    with pytest.raises(Unclear):
        read_several(mixed, "a")
    assert read_several(mixed, "1a ?") == {0: "low", 1: "unknown"}


# --- treatments ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "facts"),
    [
        ("Sertraline 150 mg 11 weeks", {"modality": "medication", "drug": "sertraline", "dose_daily": 150, "dose_unit": "mg",
                                        "weeks_at_adequate_dose": 11}),
        ("cbt 24 sessions, 26 weeks", {"modality": "psychotherapy", "psychotherapy_type": "CBT", "sessions_attended": 24,
                                       "psychotherapy_weeks": 26}),
        ("earlier ECT", {"modality": "neuromodulation", "neuromodulation_type": "ECT", "episode": "previous"}),
        ("m newdrug since 2026-01", {"modality": "medication", "drug": "newdrug", "started": "2026-01", "stop_reason": "ongoing"}),
        ("venlafaxine 2025-01 to 2025-06", {"modality": "medication", "drug": "venlafaxine", "started": "2025-01", "ended": "2025-06"}),
        ("sertraline + CBT", {"modality": "combined", "drug": "sertraline", "psychotherapy_type": "CBT"}),
        ("o light", {"modality": "other"}),
    ],
)  # fmt: skip
def test_a_treatment_on_one_line(consultation: Consultation, typed: str, facts: dict[str, Any]) -> None:
    """Name, dose, lengths and dates; the next id and place."""
    rulebook = consultation.rulebook
    assert read_treatment(typed, Patient({}), rulebook.facts, rulebook.drugs) == {"id": "t1", "episode": "current", "order": 1} | facts


@pytest.mark.parametrize("typed", ["newdrug", "CBT 20 mg", "sertraline 24 sessions", "ECT 6 weeks", "sertraline, as needed", "n", "M"])
def test_a_treatment_that_is_not_understood_is_refused(consultation: Consultation, typed: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(Unclear):
        read_treatment(typed, Patient({}), consultation.rulebook.facts, consultation.rulebook.drugs)


def test_ids_and_places_go_on_from_what_is_on_file(consultation: Consultation, root: Path, on: date) -> None:
    """The complete example holds t1 and t2 with their order."""
    file = consultation.read_document(read_file(root / "examples" / "complete.yaml"), on)
    made = read_treatment("lithium", file.entered, consultation.rulebook.facts, consultation.rulebook.drugs)
    assert (made["id"], made["order"]) == ("t3", 3)
