"""An assessment as other programs read it: the fields of the contract, and the same bytes for the same patient."""

import json
import re
from pathlib import Path

import pytest

from euthymia.consultation import Consultation
from euthymia.render.document import document
from euthymia.render.words import Words
from tests.conftest import Assess
from tests.shared import ON, ROOT

EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
STATUSES = {"met", "not_met", "undetermined", "not_applicable"}
RECOMMENDATION = {"recommended", "not_indicated", "undetermined", "not_applicable"}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_document_has_the_shape_of_the_contract(path: Path, assess: Assess) -> None:
    """Every field that other programs rely on is there, with the values they know."""
    made = assess(path)
    assert made["schema"] == "euthymia.assessment/1"
    assert made["on"] == "2026-11-20"
    assert set(made["rulebook"]) >= {"name", "version", "digest"}
    assert set(made["refractoriness"]["criteria"]) == set("ABCDE")
    assert made["refractoriness"]["status"] in STATUSES
    assert set(made["situations"]) >= set("abcd")
    assert (made["spectrum"]["category"] is None) == (len(made["spectrum"]["possible"]) != 1)
    assert {item["status"] for item in made["conclusions"]} <= STATUSES
    assert {item["status"] for item in made["recommendations"]} <= RECOMMENDATION
    for item in made["conclusions"]:
        assert {"id", "title", "status", "because", "needs", "sources"} <= item.keys()
        assert item["sources"], f"{item['id']} has no source"
        assert (item["needs"] == []) or item["status"] == "undetermined"
    for item in made["questions"]:
        assert {"fact", "ask", "settles"} <= item.keys()
    for item in made["trace"]:
        assert {"rule", "status", "matched"} <= item.keys()
    json.dumps(made)


@pytest.fixture(scope="module")
def anew() -> Consultation:
    """The shipped rulebook, loaded once more."""
    return Consultation()


@pytest.mark.parametrize("name", ["complete", "nakama-2014", "veraart-2023-5", "only-an-age"])
def test_the_same_patient_gives_the_same_bytes(name: str, assess: Assess, anew: Consultation, words: Words) -> None:
    """Assessed once more, by a rulebook loaded anew: much known of few trials, little of many, and nearly nothing."""
    path = ROOT / "examples" / f"{name}.yaml"
    again = document(anew.assess(anew.read(path, ON), ON), words)
    assert json.dumps(again) == json.dumps(assess(path))


def test_json_and_yaml_say_the_same(assess: Assess) -> None:
    """true and yes, false and no, and the order of keys make no difference."""
    one = assess("diagnosis: {mdd: yes, ptsd: no}\ntrials: [{id: t1, modality: medication, kellner_score: 5}]\n")
    trials = '[{"kellner_score": 5, "modality": "medication", "id": "t1"}]'
    other = assess(f'{{"trials": {trials}, "diagnosis": {{"ptsd": false, "mdd": true}}}}')
    assert one == other


def test_a_file_with_only_an_age_settles_nothing_else(assess: Assess, consultation: Consultation) -> None:
    """Only reminders, and what reads the age, have a settled status; suicide is asked for first; the questions follow in order."""
    made = assess("patient: {age_years: 44}\n")
    reads_age = {rule.id for rule in consultation.rulebook.rules if "patient.age_years" in rule.reads}
    settled = {item["id"] for item in made["conclusions"] if item["status"] != "undetermined" and not item["reminder"]}
    assert settled <= reads_age
    assert [item["fact"] for item in made["questions"][:4]] == [
        "risk.assessed", "risk.suicidal_ideation", "risk.self_harm", "risk.past_attempt",
    ]  # fmt: skip
    assert made["alerts"][0]["id"] == "ask-about-suicide-now"
    bands = list(consultation.rulebook.about.assessment.spectrum.bands)
    assert made["spectrum"] == {"category": None, "possible": bands, "deterioration": "undetermined"}
    assert set(made["refractoriness"]["criteria"].values()) == {"undetermined"}


def test_a_complete_file_leaves_no_criterion_open(assess: Assess) -> None:
    """A–E of the complete example are all settled."""
    made = assess(ROOT / "examples" / "complete.yaml")
    assert made["refractoriness"] == {"status": "met", "criteria": dict.fromkeys("ABCDE", "met")}
    assert made["spectrum"]["category"] == "refractoriness"


@pytest.mark.parametrize("fact", ["suicidal_ideation", "self_harm", "past_attempt"])
def test_one_known_risk_raises_the_critical_alert_by_itself(fact: str, assess: Assess) -> None:
    """Whatever else is known or unknown."""
    for rest in ("", "patient: {age_years: 44}\n", "diagnosis: {mdd: no}\n"):
        made = assess(f"{rest}risk: {{{fact}: yes}}\n")
        alert = next(item for item in made["alerts"] if item["id"] == "GF-K-01")
        assert (alert["severity"], alert["status"]) == ("critical", "met")


@pytest.mark.parametrize("state", ["unknown", "not_applicable"])
def test_risk_that_was_asked_for_and_is_not_known_is_asked_again(state: str, assess: Assess) -> None:
    """Not known is no answer; not applicable is read as not known."""
    made = assess(f"risk: {{assessed: yes, suicidal_ideation: {state}, self_harm: no, past_attempt: no}}\n")
    assert made["alerts"][0]["id"] == "ask-about-suicide-now"
    assert made["alerts"][0]["status"] == "met"
    assert made["questions"][0]["fact"] == "risk.suicidal_ideation"


def test_a_fact_marked_not_applicable_is_neither_a_no_nor_a_question(assess: Assess) -> None:
    """It leaves the judgement open, is named as what holds it up, and is not asked for."""
    made = assess("area: {lifestyle_assessed: not_applicable}\n")
    lifestyle = next(item for item in made["conclusions"] if item["id"] == "GF-E-C2")
    assert (lifestyle["status"], lifestyle["needs"]) == ("undetermined", [])
    assert [wait["fact"] for wait in lifestyle["waiting"]] == ["area.lifestyle_assessed"]
    assert "area.lifestyle_assessed" not in [item["fact"] for item in made["questions"]]


def test_provenance_shows_wherever_a_fact_is_used(assess: Assess) -> None:
    """Source, date and note come back with the reason."""
    made = assess("diagnosis: {bipolar_disorder: {value: yes, source: record, date: 2026-01-31, note: letter}}\n")
    conclusion = next(item for item in made["conclusions"] if item["id"] == "GF-C-05")
    assert conclusion["because"][0]["provenance"] == {"source": "record", "date": "2026-01-31", "note": "letter"}


def test_a_trial_and_a_problem_may_have_the_same_id(assess: Assess) -> None:
    """They are two things all the same, to rules, reasons and explanations."""
    trial = "trials: [{id: x, modality: medication, drug: sertraline, weeks_at_adequate_dose: 3, stop_reason: ongoing}]\n"
    problems = "problems: [{{id: {}, name: sleep, urgency: soon}}, {{id: p2, name: work}}]\n"
    same, other = (assess(trial + problems.format(name)) for name in ("x", "q"))
    for part in ("conclusions", "helpers", "parts", "recommendations", "alerts", "explanations"):
        assert json.dumps(same[part]).replace('"problem": "x"', '"problem": "q"') == re.sub(
            "@q|problem q", _called_x, json.dumps(other[part])
        )


def _called_x(found: re.Match[str]) -> str:
    return found[0][:-1] + "x"
