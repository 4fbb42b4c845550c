"""What each answer to a question would do, and how the answers are named."""

from datetime import date
from pathlib import Path

import pytest

from euthymia.assess import Reasoning
from euthymia.consultation import Consultation
from euthymia.explain.answers import Effect
from euthymia.explain.questions import Question
from euthymia.explain.reevaluating import Reevaluating
from euthymia.facts.patient_file import PatientFile
from euthymia.render.ask import ask_document
from euthymia.render.document import document
from euthymia.render.questions import FEW, ShownAnswers
from euthymia.render.words import Words
from euthymia.source import read_document

SPARSE = "patient: {age_years: 44}\n"
DRUG = """\
process: {treatment_history_complete: yes}
trials:
  - {id: t1, episode: current, modality: medication, drug: sertraline, weeks_total: 6}
"""


def _reasoned(consultation: Consultation, text: str, on: date) -> tuple[PatientFile, Reasoning]:
    file = consultation.read_document(read_document(text, "p.yaml"), on)
    return file, consultation.reason(file, on)


def _question(fact: str) -> Question:
    return Question(fact, (), (), (), False)


def _effects(consultation: Consultation, text: str, on: date, fact: str) -> tuple[Effect, ...]:
    _, reasoning = _reasoned(consultation, text, on)
    asked = next((question for question in reasoning.questions if question.fact == fact), _question(fact))
    return reasoning.answers.of(asked)


def test_a_yes_and_a_no_that_do_different_things(consultation: Consultation, on: date) -> None:
    """Loss of effect on maintenance settles criterion D as not met; its absence leaves it open."""
    yes, no = _effects(consultation, SPARSE, on, "toxicity.loss_of_effect")
    assert (yes.answers[0].words, no.answers[0].words) == (("yes",), ("no",))
    assert {str(key): status for key, status in yes.settles}["criterion-d"] == "not_met"
    assert "criterion-d" in {str(key) for key in no.leaves_open}


def test_answers_that_do_the_same_are_one(consultation: Consultation, on: date, words: Words) -> None:
    """Levels of suicidal ideation up to 3, and from 4 on."""
    _, reasoning = _reasoned(consultation, SPARSE, on)
    asked = next(question for question in reasoning.questions if question.fact == "safety.cssrs_ideation_level")
    shown = ShownAnswers(reasoning.answers, words).of(asked)
    assert [item["answer"] for item in shown] == ["3 or less", "4 or more"]
    assert shown[1]["settles"][0]["status"] == "met"


def test_ranges_of_weeks_are_told_with_their_bounds(consultation: Consultation, on: date, words: Words) -> None:
    """Only lengths that the rest of the file allows are among the answers."""
    _, reasoning = _reasoned(consultation, DRUG.replace(", weeks_total: 6", ""), on)
    asked = next(question for question in reasoning.questions if question.fact == "trial.weeks_at_adequate_dose@t1")
    shown = ShownAnswers(reasoning.answers, words).of(asked)
    assert any("less than 4 weeks" in item["answer"] for item in shown)


def test_what_the_file_rules_out_is_no_answer(consultation: Consultation, on: date) -> None:
    """With six weeks in all, nobody took an adequate dose for eight."""
    effects = _effects(consultation, DRUG, on, "trial.weeks_at_adequate_dose@t1")
    assert max(value for effect in effects for answer in effect.answers for value in answer.written[:1]) <= 6


def test_an_answer_counts_with_what_follows_from_it(consultation: Consultation, on: date) -> None:
    """That an antidepressant is taken now says which groups of drugs are not, once every list is there."""
    lists = DRUG.replace("weeks_total: 6", "stop_reason: no_effect, augmentation: [], concomitant_drugs: []")
    text = lists + "current: {other_psychotropics: []}\ndiagnosis: {medical_drugs: []}\n"
    effects = _effects(consultation, text, on, "current.antidepressant")
    no = next(effect for effect in effects if "no" in effect.answers[0].words)
    settled = {str(key) for key, _ in no.settles}
    assert settled > {str(key) for key, _ in next(effect for effect in effects if "yes" in effect.answers[0].words).settles} & settled
    assert any("lithium" in key or "maoi" in key for key in settled)


@pytest.mark.parametrize("fact", ["episode.started", "diagnosis.primary_problem"])
def test_names_and_dates_have_no_listed_answers(consultation: Consultation, on: date, fact: str) -> None:
    """What follows hangs on what exactly is entered."""
    assert _effects(consultation, SPARSE, on, fact) == ()


def test_lists_none_and_one_member(consultation: Consultation, on: date, root: Path) -> None:
    """None, and each member alone."""
    effects = _effects(consultation, (root / "examples" / "complete.yaml").read_text(encoding="utf-8"), on, "current.neuromodulation")
    kinds = {answer.kind for effect in effects for answer in effect.answers}
    assert kinds == {"nothing", "only"}


def test_an_assessment_has_the_effects_for_its_first_questions(consultation: Consultation, root: Path, on: date, words: Words) -> None:
    """Those of safety and the next five, of a question about several trials for the first; the same as those of `ask`."""
    file = consultation.read(root / "examples" / "nakama-2014.yaml", on)
    assessment, reasoning = consultation.assess(file, on), consultation.reason(file, on)
    shown = document(assessment, words)["questions"]
    told = {question["fact"]: question["answers"] for question in shown if "answers" in question}
    asked = ask_document(reasoning, words, everything=False, every_trial=False)["questions"]
    assert told == {question["fact"]: question["answers"] for question in asked if "answers" in question}
    names = [fact.partition("@")[0] for fact in told]
    assert len(names) == len(set(names)) == FEW + sum(question["now"] for question in shown if "answers" in question)


def test_without_a_file_no_effect_is_told(consultation: Consultation, on: date) -> None:
    """A patient who stands in no file cannot be given an answer."""
    file, reasoning = _reasoned(consultation, SPARSE, on)
    alone = Reasoning(consultation.engines, consultation.vocabulary, reasoning.decision, file.patient, on)
    assert alone.answers.of(alone.questions[0]) == ()


TWO = """\
process: {treatment_history_complete: yes}
trials:
  - {id: t1, episode: current, modality: medication, drug: sertraline, order: 1, outcome: non_response, kellner_score: 5}
  - {id: t2, episode: current, modality: psychotherapy, outcome: full_response, kellner_score: 2}
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (SPARSE, SPARSE + "risk: {suicidal_ideation: yes}\n"),
        (DRUG, SPARSE),
        (TWO, TWO.replace("psychotherapy, ", "psychotherapy, order: 2, ")),
        (TWO, TWO.replace("drug: sertraline", "drug: not_applicable")),
        (DRUG, DRUG.replace("weeks_total: 6", "weeks_total: 6, kellner_score: not_applicable")),
    ],
    ids=["a fact", "a trial less", "the latest trial", "a fact less", "what does not apply"],
)
def test_only_what_differs_is_judged_again(consultation: Consultation, on: date, before: str, after: str) -> None:
    """Every status of another patient comes out as if all had been judged."""
    old, new = _reasoned(consultation, before, on)[1], _reasoned(consultation, after, on)[1]
    evaluator, known = consultation.engines.evaluator, old.decision.statuses
    changed = Reevaluating(evaluator, consultation.vocabulary.dependence, old.patient, known).of(new.patient)
    whole = evaluator.evaluate(new.patient)
    assert {key: changed.get(key, known.get(key)) for key in whole} == whole
    assert whole != known
