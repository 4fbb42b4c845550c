"""What to ask next, as screens: one question, several of one kind together, or one treatment.

A question is asked only while an answer to it can change advice that is open, as worked out anew from the file after every answer.
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import Literal

from euthymia.assess import Reasoning
from euthymia.explain.questions import Question
from euthymia.facts.catalogue import Catalogue
from euthymia.facts.drug_facts import lists_to_complete
from euthymia.facts.entering import as_entered
from euthymia.facts.patient_file import PatientFile

_MOST = 12  # questions on one screen
_TOGETHER = ("tri", "enum", "list of text")
TREATMENTS = "treatments"  # stands among the facts passed over once all treatments are entered


@dataclass(frozen=True, slots=True)
class Item:
    """One fact to enter (`trial.adherence@t1`), and the question that it answers: None where it fills in what other questions ask for."""

    fact: str
    question: Question | None


@dataclass(frozen=True, slots=True)
class Screen:
    """What is asked at once. one: one item; several: items that share their answers; treatment: the next treatment, no item."""

    kind: Literal["one", "several", "treatment"]
    items: tuple[Item, ...] = ()

    @property
    def facts(self) -> tuple[str, ...]:
        return tuple(item.fact for item in self.items)


def next_screen(file: PatientFile, reasoning: Reasoning, passed: Container[str], unfinished: tuple[str, ...] = ()) -> Screen | None:
    """The next screen; None when no answer can change the advice any more, save what is in `passed`: skipped, or asked in this session.

    `unfinished`: what was left unanswered of the last screen, to go on with.
    """
    catalogue = reasoning.rulebook.facts
    open_items = [item for item in _pending(file, reasoning) if item.fact not in passed]
    if not open_items:
        return None
    rest = tuple(item for item in open_items if item.fact in unfinished)
    if rest:
        return Screen("several" if len(rest) > 1 else "one", rest)
    first = open_items[0]
    if first.question is not None and first.question.now:
        return Screen("one", (first,))
    list_closed_by = catalogue.record("trial").complete_when if "trial" in catalogue.many else None
    if TREATMENTS not in passed and any(item.fact == list_closed_by for item in open_items):
        return Screen("treatment")
    closing = next((item for item in open_items if item.fact == list_closed_by), None)
    if closing is not None:
        return Screen("one", (closing,))
    filling = _filling(file, open_items, passed, catalogue)
    return _screen_of((filling or open_items)[0], list(dict.fromkeys([*filling, *open_items])), catalogue)


def still_open(file: PatientFile, reasoning: Reasoning) -> list[str]:
    """Facts that could still change the advice, were they known."""
    return [item.fact for item in _pending(file, reasoning)]


def _pending(file: PatientFile, reasoning: Reasoning) -> Iterator[Item]:
    """Facts that bear on open advice, as they would be entered, in the order of the questions."""
    seen: set[str] = set()
    for question in reasoning.questions:
        if question.advice:
            for fact in as_entered(question.fact, file.entered, file.patient, reasoning.rulebook.facts):
                if fact not in seen:
                    seen.add(fact)
                    yield Item(fact, question)


def _filling(file: PatientFile, items: list[Item], passed: Container[str], catalogue: Catalogue) -> list[Item]:
    """Before groups of drugs are asked about one by one: the lists of drugs from which they follow."""
    if not any(catalogue[item.fact.partition("@")[0]].drug_group for item in items):
        return []
    own = {item.fact: item for item in items}
    missing = lists_to_complete(file.entered.facts, file.entered.units.get("trial", ()))
    return [own.get(fact, Item(fact, None)) for fact in missing if fact not in passed]


def _screen_of(first: Item, items: list[Item], catalogue: Catalogue) -> Screen:
    """The item with those that are asked in the same breath: yes or no, choices, or lists of names of one record; one choice about several
    trials."""
    name, _, unit = first.fact.partition("@")
    declared = catalogue[name]
    if declared.type not in _TOGETHER:
        return Screen("one", (first,))

    def beside(item: Item) -> bool:
        other, _, other_unit = item.fact.partition("@")
        fact = catalogue[other]
        if fact.record != declared.record or fact.type != declared.type or fact.safety:
            return False
        return other_unit == unit or other == name

    alike = [first, *(item for item in items if item != first and beside(item))][:_MOST]
    return Screen("several" if len(alike) > 1 else "one", tuple(alike))
