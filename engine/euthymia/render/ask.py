"""The next questions of one patient as one JSON document: what `euthymia ask` prints, and its text page shows."""

from typing import Any

from euthymia import __version__
from euthymia.assess import Reasoning
from euthymia.explain.advice import advice_rules
from euthymia.explain.answers import Answers
from euthymia.explain.questions import Question
from euthymia.render.about import about_rulebook
from euthymia.render.questions import ShownAnswers, shown_question
from euthymia.render.words import Words
from euthymia.rulebook.conditions import UNDETERMINED

Item = dict[str, Any]
FEW = 5  # beside those of safety, as on the page for the clinician


def ask_document(reasoning: Reasoning, answers: Answers, words: Words, *, everything: bool) -> Item:
    """Those of safety and the first FEW others, or all, with what each answer would do. A question about several trials counts once."""
    shown = ShownAnswers(answers, words)
    groups = _groups(reasoning.questions)
    urgent = sum(group[0].now for group in groups)
    asked = groups if everything else groups[: urgent + FEW]
    advice = advice_rules(reasoning.rulebook)
    still_open = [key for key, status in reasoning.decision.statuses.items() if key.rule in advice and status == UNDETERMINED]
    return {
        "schema": "euthymia.questions/1",
        "on": reasoning.on.isoformat(),
        "program": {"name": "euthymia", "version": __version__},
        "rulebook": about_rulebook(reasoning.rulebook),
        "advice_open": len(still_open),
        "settled": not any(question.advice for question in reasoning.questions),
        "questions": [
            shown_question(question, reasoning.rulebook, reasoning.patient, words) | {"answers": shown.of(question)}
            for group in asked
            for question in group
        ],
        "further": len(groups) - len(asked),
    }


def _groups(questions: tuple[Question, ...]) -> list[list[Question]]:
    """The same fact of several trials together, at the place of the first."""
    found: dict[str, list[Question]] = {}
    for question in questions:
        found.setdefault(question.fact.partition("@")[0], []).append(question)
    return list(found.values())


def asked(document: Item) -> Item:
    """For the text page: one group for each question, with the effects for the first trial that it is about."""
    groups: dict[str, list[Item]] = {}
    for question in document["questions"]:
        groups.setdefault(question["fact"].partition("@")[0], []).append(question)
    return {"groups": [_entry(members) for members in groups.values()]}


def _entry(members: list[Item]) -> Item:
    first = members[0]
    return {
        "ask": first["ask"],
        "now": first["now"],
        "effort": first["effort"],
        "about": [question["about"] for question in members if "about" in question],
        "answers": first["answers"],
        "settles": len({name for question in members for name in question["settles"]}),
    }
