"""Options as data and on the page: the status is the option's own condition, and all that speaks for, against or first stands beside it."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings

from euthymia.consultation import Consultation
from euthymia.render.document import document
from euthymia.render.options import options
from euthymia.render.recommendations import Recommendations
from euthymia.render.shown import Shown
from euthymia.render.words import Words
from euthymia.source import read_document
from tests.generative.patients import read, shipped_patients
from tests.shared import ON

pytestmark = pytest.mark.filterwarnings("ignore:The recursion limit will not be reset")

Item = dict[str, Any]
Made = Callable[..., Item]
AS_SHOWN = {"met": "recommended", "not_met": "not_indicated", "undetermined": "undetermined", "not_applicable": "not_applicable"}

RESIDUAL = """
patient: {{{patient}}}
process: {{{process}}}
diagnosis: {{{diagnosis}}}
episode: {{residual_symptoms_present: yes{episode}}}
current: {{three_month_assessment_done: yes, residual_cbt_status: not_started{current}}}
"""
STOPPING = """
process: {{treatment_history_complete: yes}}
current: {{antidepressant: yes, taper_status: completed, wellbeing_lifestyle_status: {wellbeing}{current}}}
latest_trial: t1
trials: [{{id: t1, order: 1, episode: current, modality: psychotherapy, psychotherapy_type: {therapy}, psychotherapy_weeks: 26,
          kellner_score: 5}}]
"""
SWITCH = """
diagnosis: {{chronic_depression: yes}}
toxicity: {{{toxicity}}}
latest_trial: t1
trials: [{{id: t1, order: 1, episode: current, modality: medication, drug: sertraline, drug_class: SSRI, weeks_total: {weeks},
          kellner_score: 5, initial_response: no, stop_reason: no_effect}}]
"""


@pytest.fixture(scope="module")
def made(consultation: Consultation, words: Words) -> Made:
    """What the document of a patient file says of options, made once for each."""
    known: dict[str, Item] = {}

    def of(text: str) -> Item:
        if text not in known:
            file = consultation.read_document(read_document(text, "patient.yaml"), ON)
            facts = [{"name": name, **state} for name, state in file.patient.as_json().items()]
            parts = consultation.rulebook.about.assessment.model_dump()
            advice = Recommendations(Shown(consultation.assess(file, ON), words)).all()
            known[text] = {"recommendations": advice, "facts": facts, "map": parts}
        return known[text]

    return of


def residual(**more: str) -> str:
    """A patient in whom symptoms remain at three months, so that cognitive-behavioural work on them (GF-J-42) is recommended."""
    facts = dict.fromkeys(("patient", "process", "diagnosis", "episode", "current"), "") | more
    return RESIDUAL.format(**facts | {name: f", {facts[name]}" if facts[name] else "" for name in ("episode", "current")})


def stopping(current: str = "", wellbeing: str = "ongoing", therapy: str = "short_term_psychodynamic") -> str:
    """A patient before the end of the antidepressant (GF-J-46), for whom adding one (GF-J-29) is recommended as well."""
    return STOPPING.format(current=f", {current}" if current else "", wellbeing=wellbeing, therapy=therapy)


def switch(toxicity: str = "", weeks: int = 14) -> str:
    """A patient with a chronic depression that a drug has not helped, so that a switch (GF-J-28) is recommended."""
    return SWITCH.format(toxicity=toxicity, weeks=weeks)


def option(document: Item, rule: str) -> Item:
    (item,) = (item for item in document["recommendations"] if item["id"] == rule)
    return dict(item)


def page(document: Item) -> Item:
    return options(document, document.get("references", {}).get("evidence", {}))


def ids(items: list[Item]) -> list[str]:
    return [item["id"] for item in items]


# ---- status, and what should come first -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("weeks", "toxicity", "deferral"),
    [(14, "", "undetermined"), (14, "loss_of_effect: yes", "met"), (3, "", "met"), (3, "loss_of_effect: yes", "met")],
)
def test_what_defers_an_option_does_not_change_its_status(weeks: int, toxicity: str, deferral: str, made: Made) -> None:
    """A switch stays recommended after 14 weeks of a drug, and not indicated after 3, whatever should come first."""
    item = option(made(switch(toxicity, weeks)), "GF-J-28")
    assert item["status"] == ("recommended" if weeks == 14 else "not_indicated")
    assert [first["status"] for first in item["defers"]] == [deferral]


@pytest.mark.parametrize(("symptoms", "status"), [("yes", "met"), ("no", None), ("unknown", "undetermined"), (None, "undetermined")])
def test_what_should_come_first_is_shown_while_it_holds_or_may_hold(symptoms: str | None, status: str | None, made: Made) -> None:
    """Met, or not known, and then with what is missing; left out once it is known not to hold."""
    told = f"discontinuation_symptoms: {symptoms}" if symptoms else ""
    deferrals = option(made(stopping(told)), "GF-J-46")["defers"]
    assert [item["status"] for item in deferrals] == ([status] if status else [])
    for item in deferrals:
        assert item["text"].startswith("Withdrawal symptoms followed the reduction.")
        assert bool(item["missing"]) == (status == "undetermined")
        assert [reason["name"] for reason in item["because"]] == (["current.discontinuation_symptoms"] if status == "met" else [])


@pytest.mark.parametrize(("symptoms", "place"), [("yes", "after"), ("no", "now"), ("unknown", "after"), (None, "after")])
def test_the_page_lists_an_option_that_waits_after_the_others(symptoms: str | None, place: str, made: Made) -> None:
    """Also while it is only not excluded that something should come first: unknown is never no."""
    shown = page(made(stopping(f"discontinuation_symptoms: {symptoms}" if symptoms else "")))
    assert "GF-J-46" in ids(shown[place])
    assert not {"GF-J-46"} & {*ids(shown["now" if place == "after" else "after"]), *ids(shown["open"]), *ids(shown["not_indicated"])}
    assert not [item for item in shown["now"] if item["defers"]]
    assert all(item["defers"] for item in shown["after"])


def test_the_page_warns_of_haste_while_a_drug_would_be_added_too_early(made: Made) -> None:
    """When an option that adds a drug waits for something; not for the end of a drug, which adds none."""
    assert page(made(stopping()))["hasty"]
    alone = page(made(stopping(therapy="CBT").replace("kellner_score: 5", "kellner_score: 1")))
    assert "GF-J-46" in ids(alone["after"])
    assert not alone["hasty"]


# ---- whom it was studied in, what the service offers, what the patient prefers ----------------------------------------


@pytest.mark.parametrize(
    ("diagnosis", "response", "statuses", "resemblance"),
    [
        ("mdd: yes", "partial", ["met", "met"], "verified"),
        ("mdd: no", "partial", ["met", "not_met"], "differs"),
        ("mdd: no", None, ["undetermined", "not_met"], "differs"),
        ("mdd: yes", None, ["undetermined", "met"], "not_known"),
        ("", None, ["undetermined", "undetermined"], "not_known"),
        ("mdd: yes", "none", ["not_met", "met"], "differs"),
    ],
)
def test_every_trait_of_those_studied_is_compared(
    diagnosis: str, response: str | None, statuses: list[str], resemblance: str, made: Made
) -> None:
    """Whatever its status; one known difference makes the whole differ, else one unknown trait leaves it not known."""
    current = f"antidepressant_response: {response}" if response else ""
    item = option(made(residual(diagnosis=diagnosis, current=current)), "GF-J-42")
    assert [trait["status"] for trait in item["population"]] == statuses
    assert item["resemblance"] == resemblance
    assert item["status"] == "recommended"


def test_an_option_without_a_population_resembles_nobody(made: Made) -> None:
    """It is said that none is stated, not that the patient resembles it."""
    assert option(made(stopping()), "GF-J-46")["resemblance"] == "not_stated"


@pytest.mark.parametrize(
    ("process", "available"),
    [
        ("therapies_available: [CBT, IPT]", "yes"),
        ("therapies_available: [IPT]", "no"),
        ("therapies_available: []", "no"),
        ("therapies_available: unknown", "not_known"),
        ("therapies_available: not_applicable", "not_known"),
        ("", "not_known"),
    ],
)
def test_what_the_service_offers_stands_beside_the_option(process: str, available: str, made: Made) -> None:
    """Not known while nobody said what it offers; a therapy that is not offered keeps its place."""
    document = made(residual(process=process))
    item = option(document, "GF-J-42")
    assert [(offer["value"], offer["available"]) for offer in item["offers"]] == [("CBT", available)]
    assert item["status"] == "recommended"
    assert "GF-J-42" in ids(page(document)["now"])


@pytest.mark.parametrize(
    ("patient", "preference"),
    [
        ("preference_modality: psychotherapy", "agrees"),
        ("preference_modality: combined", "agrees"),
        ("preference_modality: medication", "differs"),
        ("preference_modality: none_expressed", "none_expressed"),
        ("preference_modality: unknown", "not_known"),
        ("", "not_known"),
    ],
)
def test_what_the_patient_prefers_stands_beside_the_option(patient: str, preference: str, made: Made) -> None:
    """Whether it agrees, differs, is none or was not asked; an option that says nothing of modality has none."""
    document = made(residual(patient=patient))
    assert option(document, "GF-J-42")["preference"] == preference
    assert option(document, "GF-J-42")["status"] == "recommended"
    assert option(document, "GF-J-43")["preference"] is None


def test_the_page_puts_what_the_patient_prefers_first(made: Made) -> None:
    """Inside each group, and otherwise in the order of the ids."""
    symptoms = "symptom_profile: [negative_thinking, reduced_pleasurable_activity]"
    profile = residual(patient="preference_modality: psychotherapy", episode=symptoms, process="macro_analysis_done: yes")
    shown = page(made(profile))
    assert ids(shown["now"]) == ["GF-J-42", "GF-I-05"]
    assert ids(page(made(profile.replace("preference_modality: psychotherapy", "")))["now"]) == ["GF-I-05", "GF-J-42"]


def test_the_page_says_once_what_nobody_entered(made: Made) -> None:
    """Whether anything is known of what the service offers, and of what the patient prefers."""
    unknown = page(made(residual()))
    known = page(made(residual(patient="preference_modality: none_expressed", process="therapies_available: []")))
    assert (unknown["availability"], unknown["preference"]) == (False, False)
    assert (known["availability"], known["preference"]) == (True, True)
    alone = page(made("{patient: {preference_modality: combined}, process: {therapies_available: [CBT]}}"))  # no option follows from it
    assert (alone["availability"], alone["preference"]) == (True, True)


# ---- options that exclude each other, and arguments -------------------------------------------------------------------


def test_recommended_options_that_exclude_each_other_say_so_of_each_other(made: Made) -> None:
    """Only one of the two names the other in the rules; both say it."""
    document = made(stopping())
    assert ids(option(document, "GF-J-46")["excludes"]) == ["GF-J-29"]
    assert ids(option(document, "GF-J-29")["excludes"]) == ["GF-J-46"]


def test_an_option_that_is_not_recommended_excludes_nothing(made: Made) -> None:
    """As soon as one of the two is not recommended, the other no longer names it."""
    assert option(made(stopping(therapy="IPT")), "GF-J-46")["excludes"] == []
    assert option(made(stopping(wellbeing="not_started")), "GF-J-29")["excludes"] == []


def test_an_argument_without_a_condition_always_counts(made: Made) -> None:
    """Whatever the patient is like, and without reasons, as nothing decides it."""
    first = "It is one of the strategies that lowered relapse and recurrence in the meta-analysis."
    for text in ("patient: {age_years: 44}\n", residual(), residual(episode="symptom_profile: []")):
        argument = option(made(text), "GF-J-42")["for"][0]
        assert (argument["text"], argument["status"], argument["because"]) == (first, "met", [])
        assert argument["evidence"] == ["E-GUIDI-FAVA-2021"]


@pytest.mark.parametrize(
    ("profile", "statuses"),
    [
        ("symptom_profile: [negative_thinking]", ["met", "met"]),
        ("symptom_profile: [negative_thinking, coexisting_anxiety]", ["met", "met", "met"]),
        ("symptom_profile: []", ["met"]),
        ("symptom_profile: unknown", ["met", "undetermined", "undetermined"]),
    ],
)
def test_an_argument_counts_while_its_condition_holds(profile: str, statuses: list[str], made: Made) -> None:
    """It is marked as open while that is not known, with what is missing, and left out while it does not hold."""
    arguments = option(made(residual(episode=profile)), "GF-J-42")["for"]
    assert [argument["status"] for argument in arguments] == statuses
    for argument in arguments[1:]:
        assert bool(argument["missing"]) == (argument["status"] == "undetermined")


def test_a_detail_stands_inside_the_option_that_it_belongs_to() -> None:
    """While both are recommended; by itself where the other one is not."""
    items = recommended(a=None, b="a", c="a", d=None)
    shown = options({"recommendations": items}, {})
    assert [(item["id"], ids(item["details"])) for item in shown["now"]] == [("a", ["b", "c"]), ("d", [])]
    items[0]["status"] = "undetermined"
    assert ids(options({"recommendations": items}, {})["now"]) == ["b", "c", "d"]


def recommended(**under: str | None) -> list[Item]:
    """Recommended options, each with the one that it stands under."""
    return [{"class": "treat", "status": "recommended", "id": name, "under": over, "evidence": []} for name, over in under.items()]


def test_a_detail_of_a_detail_is_not_lost() -> None:
    """Nor one that the rules put under itself: what is recommended stands somewhere on the page."""
    shown = options({"recommendations": recommended(a=None, b="a", c="b", d="d")}, {})["now"]
    assert {*ids(shown), *(detail for item in shown for detail in ids(item["details"]))} == {"a", "b", "c", "d"}


def test_what_is_not_recommended_says_nothing_of_what_it_excludes(made: Made) -> None:
    """`excludes` is shown while both are met: not on an option that is not indicated."""
    item = option(made(stopping()), "GF-J-43")
    assert (item["status"], item["excludes"]) == ("not_indicated", [])


# ---- any patient ------------------------------------------------------------------------------------------------------


@settings(max_examples=6)
@given(data=shipped_patients())
def test_options_of_any_patient(consultation: Consultation, words: Words, data: Item) -> None:
    """Every option is listed, with the status of its own condition; on the page each stands in exactly one place or inside another."""
    assessment = consultation.assess(read(consultation, data), ON)
    found = {item.rule.id: AS_SHOWN[item.status] for item in assessment.judgements if item.rule.kind == "option"}
    made = document(assessment, words)
    treat = {item["id"]: item for item in made["recommendations"] if item["class"] == "treat"}
    assert {name: item["status"] for name, item in treat.items() if name in found} == found
    _check_page(page(made), treat)
    _check_excludes([item for item in treat.values() if item["status"] == "recommended"])


def _check_page(shown: Item, treat: dict[str, Item]) -> None:
    listed = [item for group in ("now", "after", "open", "not_indicated") for item in shown[group]]
    inside = [detail for item in listed for detail in item.get("details", [])]
    expected = [name for name, item in treat.items() if item["status"] != "not_applicable"]
    assert sorted(ids(listed) + ids(inside)) == sorted(expected)
    assert not [item for item in shown["now"] if item["defers"]]
    assert not [item for item in shown["after"] if not item["defers"]]


def _check_excludes(recommended: list[Item]) -> None:
    excluded = {(item["id"], other["id"]) for item in recommended for other in item.get("excludes", [])}
    assert excluded == {(other, name) for name, other in excluded}
    assert {other for _, other in excluded} <= set(ids(recommended))
