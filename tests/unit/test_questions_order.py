"""The order of questions: safety, then what settles most open advice, then what is cheap; and what counts as advice."""

import itertools
from datetime import date
from pathlib import Path

from euthymia.consultation import Consultation
from euthymia.explain.advice import advice_rules
from euthymia.facts.catalogue import EFFORTS
from euthymia.source import read_document


def test_safety_first_then_most_settled_then_cheapest(consultation: Consultation, on: date, root: Path) -> None:
    """Each question after those of safety bears on no more advice than the one before, and costs no less where they bear on the same."""
    for example in ("only-an-age", "guo-2022", "complete"):
        questions = consultation.reason(consultation.read(root / "examples" / f"{example}.yaml", on), on).questions
        now = [question.now for question in questions]
        assert now == sorted(now, reverse=True)
        facts = consultation.rulebook.facts
        later = [question for question in questions if not question.now]
        order = [(-len(question.advice), facts[question.fact.partition("@")[0]].cost) for question in later]
        inversions = [pair for pair in itertools.pairwise(order) if pair[0] > pair[1]]
        assert len(inversions) <= 1, "only where the facts begin that stand in for others"


def test_the_assessment_asks_in_the_same_order(consultation: Consultation, on: date, root: Path) -> None:
    """One order for the page, for `ask` and for the interview."""
    file = consultation.read(root / "examples" / "only-an-age.yaml", on)
    assert consultation.assess(file, on).questions == consultation.reason(file, on).questions


def test_what_cannot_be_referred_to_is_not_asked(consultation: Consultation, on: date) -> None:
    """Which trial was the latest is no question while no trial is on file."""
    file = consultation.read_document(read_document("patient: {age_years: 44}\n", "p.yaml"), on)
    assert "latest_trial" not in [question.fact for question in consultation.reason(file, on).questions]


def test_advice_is_what_the_page_advises(consultation: Consultation) -> None:
    """Alerts, options and recommendations and the headline results are advice; helpers of staging models are not."""
    rulebook = consultation.rulebook
    advice = advice_rules(rulebook)
    parts = rulebook.about.assessment
    assert {rule.id for rule in rulebook.rules if rule.alert} <= advice
    assert {*parts.criteria.values(), *parts.situations.values(), parts.refractoriness} <= advice
    assert not [rule.id for rule in rulebook.rules if rule.id in advice and rule.topic == "definitions" and not (rule.alert or rule.advice)]


def test_every_fact_has_an_effort_and_the_record_gives_the_default(consultation: Consultation) -> None:
    """A fact without its own takes that of its record; a judgement costs more than an answer in the talk."""
    facts = consultation.rulebook.facts
    assert {fact.effort for _, fact in facts.items()} == set(EFFORTS)
    assert facts["ctf.hopelessness"].effort == "judgement"
    assert facts["risk.assessed"].effort == "talk"
    assert facts["safety.lithium_level"].cost > facts["trial.weeks_at_adequate_dose"].cost > facts["risk.assessed"].cost
