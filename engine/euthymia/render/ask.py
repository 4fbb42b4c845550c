"""The next questions of one patient as one JSON document: what `euthymia ask` prints, and its text page shows."""

from operator import itemgetter
from typing import Any

from euthymia import __version__
from euthymia.assess import Reasoning
from euthymia.explain.advice import open_advice
from euthymia.render.about import about_rulebook
from euthymia.render.questions import ShownAnswers, by_fact, first_groups, grouped, shown_question, telling
from euthymia.render.words import Words

Item = dict[str, Any]


def ask_document(reasoning: Reasoning, words: Words, *, everything: bool, every_trial: bool) -> Item:
    """Those of safety and the first few others, or all, with what each answer would do. A question about several trials counts once.

    Answers are told for the first of its trials, or for each of them.
    """
    shown = ShownAnswers(reasoning.answers, words)
    groups = grouped(reasoning.questions)
    asked = groups if everything else first_groups(groups)
    return {
        "schema": "euthymia.questions/1",
        "on": reasoning.on.isoformat(),
        "program": {"name": "euthymia", "version": __version__},
        "rulebook": about_rulebook(reasoning.rulebook),
        "advice_open": len(open_advice(reasoning.rulebook, reasoning.decision.statuses)),
        "settled": not any(question.advice for question in reasoning.questions),
        "questions": [
            shown_question(question, reasoning.rulebook, reasoning.patient, words)
            | ({"answers": shown.of(question)} if every_trial or question == group[0] else {})
            for group in asked
            for question in group
        ],
        "further": len(groups) - len(asked),
    }


def asked(document: Item) -> Item:
    """For the text page: one group for each question, with the effects for the first trial that it is about."""
    groups = by_fact(document["questions"], itemgetter("fact"))
    return {"groups": [_entry(fact, members) for fact, members in groups.items()]}


def _entry(fact: str, members: list[Item]) -> Item:
    first = members[0]
    return {
        "fact": fact,
        "ask": first["ask"],
        "now": first["now"],
        "effort": first["effort"],
        "about": [question["about"] for question in members if "about" in question],
        "units": [question["fact"].partition("@")[2] for question in members],
        "answers": telling(first["answers"]),
        "asked_because": first["asked_because"],
        "settles": len({name for question in members for name in question["settles"]}),
    }
