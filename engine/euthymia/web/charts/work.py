"""What is done in the processes of `workers`: from a chart's facts to what a page shows. Nothing here knows accounts or requests."""

import json
import os
import signal
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from euthymia.assess import Reasoning
from euthymia.comparison.document import comparison
from euthymia.comparison.mixtures import Side
from euthymia.consultation import Consultation
from euthymia.dialogue.screens import next_screen, still_open
from euthymia.errors import InputError, Problem
from euthymia.facts.patient_file import PatientFile
from euthymia.ledger.contents import Asked, assessment_draft, stored_rulebook
from euthymia.ledger.record import Asker, Draft
from euthymia.ledger.store import StoredRulebook
from euthymia.render.chapters import in_order
from euthymia.render.document import Explain, document, shown_trials
from euthymia.render.page import html_fragment
from euthymia.render.pdf import PdfAbout, pdf_report
from euthymia.render.questions import ShownAnswers, shown_question, telling
from euthymia.render.standing import standing
from euthymia.render.why_document import NoSuchId, why_document
from euthymia.render.words import Words, read_words
from euthymia.rulebook.rulebook import Rulebook
from euthymia.source import Document
from euthymia.web.charts.fields import slug
from euthymia.web.charts.filled import filled
from euthymia.web.charts.reading import NAME, fact_of, read_as_far_as_possible
from euthymia.web.forked import consultation_for

Item = dict[str, Any]
_REMEMBERED = 12  # charts whose decision is kept at hand


@dataclass(frozen=True, slots=True)
class _Own:
    """What this process has: made once, when it begins."""

    consultation: Consultation
    words: Words
    templates: Path


_own: list[_Own] = []


def begin(rules: Path, templates: Path, nice: int) -> None:
    """The first thing that a process does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server ends its processes itself
    os.nice(nice)
    _own[:] = [_Own(consultation_for(rules), read_words(templates), templates)]


def own() -> _Own:
    """What `begin` made."""
    return _own[0]


def forget() -> None:
    """Keep nothing at hand of any chart."""
    for mine in _own:
        mine.consultation.engines.pool.forget()
    _judged.cache_clear()
    show_results.cache_clear()


def ready() -> str:
    """The digest of the rulebook that is in force."""
    return own().consultation.rulebook.digest


def own_rulebook() -> Rulebook:
    """The one that is in force."""
    return own().consultation.rulebook


# ---------------------------------------------------------------- one chart


@dataclass(frozen=True, slots=True)
class Judged:
    """A chart as far as it can be read, decided by both engines, with the mistakes that were left out of it."""

    file: PatientFile
    reasoning: Reasoning
    problems: tuple[Item, ...]


def show_standing(told: str, on: date) -> Item:
    """Alerts, headings, values that nobody stated. `told`: the chart's facts as JSON. Raises Disagreement when the engines differ."""
    judged = _judged(told, on)
    return standing(judged.reasoning, own().words) | {"problems": list(judged.problems), "filled": _filled(judged)}


def show_next(told: str, on: date, passed: frozenset[str]) -> Item:
    """What to ask next, with what it would settle; `facts` is empty once nothing more can change the advice."""
    judged, words = _judged(told, on), own().words
    screen = next_screen(judged.file, judged.reasoning, passed)
    shown = ShownAnswers(judged.reasoning.answers, words)
    items = () if screen is None else screen.items
    questions = [
        {"fact": item.fact}
        | (
            {}
            if item.question is None
            else shown_question(item.question, judged.reasoning.rulebook, judged.file.patient, words)
            | {"fact": item.fact, "answers": telling(shown.of(item.question)) if len(items) == 1 else []}
        )
        for item in items
    ]
    bearing = {name for item in items if item.question for name in item.question.advice}
    return {
        "kind": "none" if screen is None else screen.kind,
        "questions": questions,
        "bearing": len(bearing),
        "among": shown.among(bearing),
        "left": len(still_open(judged.file, judged.reasoning)),
        "filled": [item for item in _filled(judged) if item["fact"] in {question["fact"] for question in questions}],
    }


@lru_cache(maxsize=_REMEMBERED)
def show_results(told: str, on: date) -> str:
    """The advice with its grounds, as part of a page. Explanations are worked out when they are asked for."""
    assessment = _judged(told, on).reasoning.assessment()
    made = document(assessment, own().words, Explain.NOTHING, answers=False)
    return html_fragment(made, "results", own().templates)


def show_timeline(told: str, on: date) -> str:
    """The drawing of the trials; empty while none is dated."""
    judged, mine = _judged(told, on), own()
    trials = in_order(shown_trials(mine.consultation.rulebook, judged.file.patient, mine.words))
    return html_fragment({"on": on.isoformat(), "trials": trials, "sequences": [], "conclusions": []}, "timeline", mine.templates)


def show_why(told: str, on: date, name: str) -> str:
    """Why, why not and what would change it. Raises InputError for an id that there is not."""
    return html_fragment(_why(told, on, name), "why", own().templates, prefix=f"{slug(name)}-")


def json_why(told: str, on: date, name: str) -> str:
    return json.dumps(_why(told, on, name), ensure_ascii=False)


def json_document(told: str, on: date) -> str:
    """The whole assessment. Its text is made here: it is large, and the server has others to serve."""
    return json.dumps(document(_judged(told, on).reasoning.assessment(), own().words, Explain.NOTHING), ensure_ascii=False)


def _why(told: str, on: date, name: str) -> Item:
    try:
        return why_document(_judged(told, on).reasoning, own().words, name)
    except NoSuchId as error:
        raise InputError([Problem("why", 0, "", str(error))]) from None


def show_differences(before: str, after: str, on: date) -> str:
    """What changed between two states of a chart, as part of a page."""
    mine = own()
    old, new = (Side(_judged(told, on).file.document, mine.consultation, on) for told in (before, after))
    return html_fragment(comparison(old, new, mine.words), "comparison", mine.templates, prefix="differences-")


def make_pdf(answer: Item, audience: Literal["clinician", "patient"], about: PdfAbout) -> bytes:
    return pdf_report(answer, audience, own().templates, about)


def check(document: Document, on: date) -> None:
    """Raises InputError with every mistake in a whole patient file."""
    own().consultation.read_document(document, on)


def record_draft(told: str, on: date, pseudonym: str, by: Asker) -> tuple[Draft, StoredRulebook]:
    """What is to be recorded of an assessment. Raises InputError while the chart has a mistake."""
    consultation = own().consultation
    file = consultation.read_document(Document(NAME, json.loads(told), {}), on)
    assessment = consultation.assess(file, on)
    answer = document(assessment, own().words, Explain.FIRST)
    asked = Asked(Explain.FIRST.name.lower(), True, "clinician", "html")
    return assessment_draft(pseudonym, file.document.data, assessment, answer, asked, by), stored_rulebook(assessment)


@lru_cache(maxsize=_REMEMBERED)
def _judged(told: str, on: date) -> Judged:
    mine, data = own(), json.loads(told)
    file, problems = read_as_far_as_possible(mine.consultation, data, on)
    return Judged(file, mine.consultation.reason(file, on), tuple(_problem(data, problem) for problem in problems))


def _filled(judged: Judged) -> list[Item]:
    return filled(judged.file, judged.reasoning.rulebook, own().words)


def _problem(data: Item, problem: Problem) -> Item:
    """A mistake with the fact that it is about, so that the page can lead there."""
    fact, unit = fact_of(data, problem.key)
    facts = own().consultation.rulebook.facts
    label = facts[fact].label if fact in facts else fact
    return {"fact": f"{fact}@{unit}" if unit else fact, "label": label, "unit": unit, "message": problem.message}
