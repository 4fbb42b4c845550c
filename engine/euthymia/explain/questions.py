"""What to ask next, and what each answer can settle."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

from euthymia.explain.advice import advice_rules
from euthymia.facts.patient import Patient
from euthymia.inference.trace import Key, Statuses
from euthymia.rulebook.conditions import MET, FirstKnown, Latest, walk
from euthymia.rulebook.rule import Rule
from euthymia.rulebook.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Question:
    """One unknown fact (`trial.adherence@t1`): the judgements it can settle, the rules that ask for it, and whether to ask it now.

    `advice` names the open advice that an answer can settle, and the alerts that ask for a fact of safety: without one the question has
    no bearing on what is advised.
    """

    fact: str
    settles: tuple[str, ...]
    asked_by: tuple[str, ...]
    advice: tuple[str, ...]
    now: bool


def questions(rulebook: Rulebook, patient: Patient, statuses: Statuses, needs: Mapping[Key, tuple[str, ...]]) -> tuple[Question, ...]:
    """Facts worth asking: safety first, then what can settle most open advice, then what costs least to answer.

    Facts that were asked and are not known are left out, except those of safety, which are asked again.
    """
    settles: dict[str, list[Key]] = {}
    for key, facts in needs.items():
        for fact in facts:
            settles.setdefault(fact, []).append(key)
    asked = _asked_by_rules(rulebook, patient, statuses)
    advice = advice_rules(rulebook)
    units = [None, *(unit.id for members in patient.units.values() for unit in members)]

    found = [fact for fact in {**settles, **asked} if _worth_asking(rulebook, patient, fact)]
    substitutes = _substitutes(rulebook, set(found))
    bearing = {fact: [key for key in settles.get(fact, ()) if key.rule in advice] for fact in found}

    def now(fact: str) -> bool:
        return rulebook.facts[fact.partition("@")[0]].safety

    def order(fact: str) -> tuple[int, ...]:
        name, _, unit = fact.partition("@")
        declared = rulebook.facts[name]
        telling = (-len(bearing[fact]), declared.cost, -len(settles.get(fact, ())))
        first = (0, 0, 0, 0, 0) if now(fact) else (1, int(fact in substitutes), *telling)
        return (*first, rulebook.facts.rank(name), units.index(unit or None))

    return tuple(
        Question(
            fact,
            tuple(sorted({str(key) for key in settles.get(fact, ()) if _shown(rulebook, key)})),
            tuple(sorted(asked.get(fact, ()))),
            tuple(sorted({*map(str, bearing[fact]), *(asked.get(fact, ()) if now(fact) else ())})),
            now(fact),
        )
        for fact in sorted(found, key=order)
    )


def _substitutes(rulebook: Rulebook, found: set[str]) -> set[str]:
    """Facts that only stand in for another one that is asked for as well: a stated outcome for Kellner's score.

    Two that stand in for each other, each in another rule, are asked by what they bear on.
    """
    pairs: set[tuple[str, str]] = set()
    for rule in rulebook.rules:
        for condition in rule.conditions:
            for part in walk(condition):
                if isinstance(part, FirstKnown):
                    pairs.update(itertools.combinations([name for name, _ in part.options], 2))
    only = [(first, later) for first, later in pairs if (later, first) not in pairs]
    return {fact for fact in found if any(_stands_in(first, later, fact, found) for first, later in only)}


def _stands_in(first: str, later: str, fact: str, found: set[str]) -> bool:
    name, at, unit = fact.partition("@")
    return name == later and f"{first}{at}{unit}" in found


def _shown(rulebook: Rulebook, key: Key) -> bool:
    return rulebook.by_id[key.rule].kind != "helper"


def _worth_asking(rulebook: Rulebook, patient: Patient, fact: str) -> bool:
    state = patient.observation(fact).state
    if rulebook.facts[fact.partition("@")[0]].type == "reference" and not patient.units.get("trial"):
        return False  # nothing that could be referred to
    return state == "not_asked" or (state == "unknown" and rulebook.facts[fact.partition("@")[0]].safety)


def _asked_by_rules(rulebook: Rulebook, patient: Patient, statuses: Statuses) -> dict[str, list[str]]:
    """Facts that rules ask for while they are met, by full name."""
    asked: dict[str, list[str]] = {}
    for key, status in statuses.items():
        rule = rulebook.by_id[key.rule]
        if status != MET:
            continue
        for fact in rule.asks:
            for name in _named(rulebook, patient, rule, key, fact):
                asked.setdefault(name, []).append(str(key))
    return asked


def _named(rulebook: Rulebook, patient: Patient, rule: Rule, key: Key, fact: str) -> list[str]:
    """The fact of the unit that the rule speaks of; of every unit where it speaks of none."""
    record = fact.partition(".")[0]
    if record not in rulebook.facts.many:
        return [fact]
    if key.unit is not None:
        return [f"{fact}@{key.unit}"]
    latest = any(isinstance(part, Latest) for condition in rule.conditions for part in walk(condition))
    if latest and patient.latest is not None:
        return [f"{fact}@{patient.latest}"]
    return [f"{fact}@{unit.id}" for unit in patient.units.get(record, ())]
