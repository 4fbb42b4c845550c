"""The shipped rules' sentences: numbers come from parameters, facts that are named are read, and what is not known is no finding."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from euthymia.consultation import Consultation
from euthymia.rulebook.checks.values_said import Said, facts_in_words, numbers_of_parameters, unknown_as_finding

# Words that happen to be a fact's label, and say nothing of that fact in this patient.
NOT_THE_FACT = {
    ("GF-A-06.says.met", "diagnosis.medical_drugs"): "names what to look into first",
    ("GF-K-02.says.met", "trial.modality"): "the preferred kind of treatment, which the rule reads",
    ("GF-K-08.says.met", "trial.modality"): "the preferred kind of treatment, which the rule reads",
    ("GF-K-08.says.not_met", "trial.modality"): "the preferred kind of treatment, which the rule reads",
    ("GF-K-08.tells.met", "trial.modality"): "the preferred kind of treatment, which the rule reads",
    (
        "conflict-loss-of-effect-origin.says.met",
        "trial.symptoms_returned_on_maintenance",
    ): "a value of episode.origin, which the rule reads",
    ("linezolid-or-methylthioninium-with-serotonergic-drug.says.met", "safety.serotonin_toxicity_signs"): "what to watch for",
    ("GF-L-05.says.met", "episode.severity"): "a part of the score, as the model defines it",
    ("GF-K-09.text", "patient.sociocultural_preferences"): "a general statement about any patient",
}
# Sentences that are right although the tree of the condition alone does not show it.
RIGHT = {
    ("GF-E-A4.says.met", "trial.weeks_total"): "stands in for the weeks at an adequate dose, which are not known in this branch",
    ("GF-E-A4.says.not_met", "trial.weeks_total"): "stands in for the weeks at an adequate dose, which are not known in this branch",
    ("GF-C-02.says.met", "trial.weeks_total"): "stands in for the weeks at an adequate dose, which are not known in this branch",
    ("GF-C-02.says.not_met", "trial.weeks_total"): "stands in for the weeks at an adequate dose, which are not known in this branch",
    ("GF-E-A7.says.met", "trial.percent_reduction"): "the last of three; the two before it are not known in this branch",
    ("ask-about-suicide-now.says.met", "risk.assessed"): "a reminder that lists what is on record; not known is its point",
    ("ask-about-suicide-now.says.met", "risk.suicidal_ideation"): "a reminder that lists what is on record; not known is its point",
    ("ask-about-suicide-now.says.met", "risk.self_harm"): "a reminder that lists what is on record; not known is its point",
    ("ask-about-suicide-now.says.met", "risk.past_attempt"): "a reminder that lists what is on record; not known is its point",
}


def test_a_fact_named_in_plain_words_is_one_that_the_rule_reads(consultation: Consultation) -> None:
    """Or shows or asks for; each exception is used and has its reason."""
    assert {(said.where, said.what) for said in facts_in_words(consultation.rulebook)} == NOT_THE_FACT.keys()


def test_a_number_that_a_parameter_holds_is_taken_from_it(consultation: Consultation) -> None:
    """So that a service that changes the parameter changes the sentence."""
    assert list(numbers_of_parameters(consultation.rulebook)) == []


def test_what_may_not_be_known_is_not_said_as_a_finding(consultation: Consultation) -> None:
    """It is guarded, or stands after a colon as what is on record."""
    assert {(said.where, said.what) for said in unknown_as_finding(consultation.rulebook)} == RIGHT.keys()


@pytest.mark.parametrize(
    ("status", "sentence", "found"),
    [
        ("met", "Adherence was {{ trial.adherence }} in it.", ["trial.adherence"]),
        ("met", "Adherence on record: {{ trial.adherence }}.", []),
        ("met", "It was {% if trial.adherence.known %}{{ trial.adherence }}{% endif %}.", []),
        ("met", "It was {% if not trial.adherence.known %}open{% else %}{{ trial.adherence }}{% endif %}.", []),
        ("met", "It was {% if trial.drug.known %}{{ trial.adherence }}{% endif %}.", ["trial.adherence"]),
        ("met", "It was {% if trial.drug.known or trial.adherence.known %}{{ trial.adherence }}{% endif %}.", ["trial.adherence"]),
        ("met", "It was {{ 'open' if trial.drug.known else trial.adherence }}.", ["trial.adherence"]),
        (
            "met",
            "It lasted {{ trial.weeks_at_adequate_dose }}; {{ trial.label }}; {{ param.adult_age_years }}.",
            ["trial.weeks_at_adequate_dose"],
        ),
        ("met", "It was a {{ trial.modality }}.", []),  # GF-E-A4 applies to two kinds of treatment, so the kind is known
        ("undetermined", "It lasted {{ trial.adherence }}.", []),
    ],
)
def test_guards_colons_and_conditions_vouch_for_a_value(status: str, sentence: str, found: list[str], consultation: Consultation) -> None:
    """And nothing else does."""
    changed = _with(consultation, "GF-E-A4", {status: sentence})
    assert list(unknown_as_finding(changed)) == [Said(f"GF-E-A4.says.{status}", fact) for fact in found]


def test_a_number_or_a_label_put_into_a_sentence_is_found(consultation: Consultation) -> None:
    """The number with its unit, the label with its three words, in the middle of other words."""
    changed = _with(consultation, "GF-E-A4", {"met": "It lasted 4 weeks, with a suitable evidence base of the psychotherapy."})
    assert list(numbers_of_parameters(changed)) == [Said("GF-E-A4.says.met", "4 weeks")]
    assert list(facts_in_words(changed)) == [Said("GF-E-A4.says.met", "trial.psychotherapy_evidence_based")]


def _with(consultation: Consultation, name: str, says: dict[str, str]) -> Any:
    """The rulebook with this one rule's sentences alone to be looked at."""
    whole = consultation.rulebook
    rule = replace(whole.by_id[name], says=says, tells={})
    others = {key: replace(other, says={}, tells={}, option=None) for key, other in whole.by_id.items()}
    every = {**others, name: rule}
    return SimpleNamespace(facts=whole.facts, parameters=whole.parameters, rules=tuple(every.values()), texts=(), by_id=every)
