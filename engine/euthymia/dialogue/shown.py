"""What the terminal shows: a screen, what became of a reply, and the end. As data; the words stand in the templates."""

from collections.abc import Iterable
from typing import Any

from euthymia.dialogue.interview import Interview, Taken
from euthymia.dialogue.replies import keys_of, letters_of
from euthymia.dialogue.screens import Item
from euthymia.explain.advice import open_advice
from euthymia.facts.catalogue import Declaration
from euthymia.facts.values import range_in_words
from euthymia.inference.trace import Key
from euthymia.render.questions import ShownAnswers, telling
from euthymia.render.sentences import Sentences
from euthymia.render.words import Words, plain, unit_of, with_unit
from euthymia.rulebook.conditions import MET, UNDETERMINED
from euthymia.source.editing import Place

Shown = dict[str, Any]
_MOST_EFFECTS = 4


def shown_screen(interview: Interview, words: Words) -> Shown:
    """What is asked, why, what the answers would do, and how to answer."""
    screen = interview.screen
    if screen is None:
        raise ValueError("nothing is asked")
    several = screen.kind == "several"
    bearing = {name for item in screen.items if item.question for name in item.question.advice}
    return {
        "kind": screen.kind,
        "items": [_item(interview, words, item, several=several) for item in screen.items],
        "topic": _topic(interview, screen.items),
        "bearing": len(bearing),
        "among": ShownAnswers(interview.reasoning.answers, words).among(bearing),
        "fills_in": bool(screen.items) and all(item.question is None for item in screen.items),
        "effects": [] if several else _effects(interview, words, screen.items),
        "same": len({_declared(interview, item).choices for item in screen.items}) == 1,
        "trials": [words.unit_name(trial) for trial in interview.file.entered.units.get("trial", ())],
    }


def shown_alerts(interview: Interview, words: Words, keys: Iterable[Key]) -> list[Shown]:
    """The sentences of alerts, with their ids."""
    sentences = Sentences(interview.reasoning.rulebook, interview.reasoning.patient, words)
    return [{"id": key.rule, "text": sentences.said(interview.reasoning.judgement(key))} for key in keys]


def shown_changes(interview: Interview, words: Words, taken: Taken) -> list[str]:
    """What was understood and entered: `drug: sertraline`."""
    facts = interview.reasoning.rulebook.facts
    known = [(facts[_fact(place)], value) for place, value in taken.changes if _fact(place) in facts]
    return [f"{fact.label}: {_value(fact, value, words)}" for fact, value in known]


def shown_end(interview: Interview, words: Words) -> Shown:
    """The advice in brief, alerts first, and what could still change it."""
    reasoning = interview.reasoning
    rules, statuses = reasoning.rulebook.by_id, reasoning.decision.statuses
    parts = reasoning.rulebook.about.assessment
    met = [key for key, status in statuses.items() if status == MET]
    missing = interview.open_questions()
    spectrum, situations = reasoning.spectrum, {name: statuses[Key(rule)] for name, rule in parts.situations.items()}

    def named(keys: Iterable[Key]) -> list[Shown]:
        return [{"id": key.rule, "title": rules[key.rule].title} for key in keys]

    return {
        "critical": shown_alerts(interview, words, interview.critical()),
        "warnings": named(key for key in met if rules[key.rule].alert == "warning"),
        "spectrum": {
            "place": None if spectrum.category is None else parts.spectrum.labels[spectrum.category].lower(),
            "possible": len(spectrum.possible),
            "all": len(parts.spectrum.bands),
        },
        "situations": [parts.situation_labels[name] for name, status in situations.items() if status == MET],
        "situations_open": sum(status == UNDETERMINED for status in situations.values()),
        "criteria": {name: words.states[statuses[Key(rule)]] for name, rule in parts.criteria.items()},
        "refractoriness": words.states[statuses[Key(parts.refractoriness)]],
        "options": named(key for key in met if rules[key.rule].kind == "option"),
        "open_advice": len(open_advice(reasoning.rulebook, statuses)),
        "not_answered": [_label(interview, words, name) for name in missing],
    }


# --- parts of a screen --------------------------------------------------------------------------------------------------


def _item(interview: Interview, words: Words, item: Item, *, several: bool) -> Shown:
    fact = _declared(interview, item)
    unit = unit_of(interview.file.entered, item.fact)
    keys = letters_of(fact) if several and fact.choices else keys_of(fact, interview.trials)
    return {
        "fact": item.fact,
        "ask": fact.ask,
        "amount": interview.unit_beside(fact) is not None,
        "about": "" if unit is None else words.unit_name(unit),
        "keys": [{"key": key, "value": _trial_name(interview, words, fact, value)} for key, value in keys],
        "type": fact.type,
        "unit": "" if fact.unit is None or fact.unit == "none" or fact.unit.startswith("in ") else fact.unit,
        "range": range_in_words(fact) if fact.is_number else "",
        "now": item.question is not None and item.question.now,
        "asked_because": [interview.reasoning.rulebook.by_id[name.partition("@")[0]].title for name in _asked_by(item)],
    }


def _asked_by(item: Item) -> tuple[str, ...]:
    return () if item.question is None else item.question.asked_by


def _trial_name(interview: Interview, words: Words, fact: Declaration, value: str) -> str:
    if fact.type != "reference":
        return plain(value)
    return words.unit_name(interview.file.entered.unit("trial", value))


def _topic(interview: Interview, items: tuple[Item, ...]) -> str:
    if not items:
        return ""
    catalogue = interview.reasoning.rulebook.facts
    return catalogue.record(_declared(interview, items[0]).record).title


def _effects(interview: Interview, words: Words, items: tuple[Item, ...]) -> list[str]:
    """What each answer to a single question would do; nothing where it fills in what others ask for."""
    question = items[0].question if items else None
    if question is None:
        return []
    said = [effect["said"] for effect in telling(ShownAnswers(interview.reasoning.answers, words).of(question))]
    return said if len(said) <= _MOST_EFFECTS else []


def _declared(interview: Interview, item: Item) -> Declaration:
    return interview.reasoning.rulebook.facts[item.fact.partition("@")[0]]


def _label(interview: Interview, words: Words, name: str) -> str:
    fact = interview.reasoning.rulebook.facts[name.partition("@")[0]]
    return words.fact_name(fact, unit_of(interview.file.entered, name))


def _fact(place: Place) -> str:
    """The name of the fact at a place of the file."""
    if len(place) == 3:
        return f"{place[0].removesuffix('s')}.{place[2]}"
    return ".".join(place)


def _value(fact: Declaration, value: Any, words: Words) -> str:
    if isinstance(value, list):
        return ", ".join(plain(item) for item in value) or words.words["none"]
    if isinstance(value, int | float):
        return with_unit(value, fact.unit)
    return words.words[{"unknown": "not_known"}.get(value, value)] if value in ("unknown", "not_applicable") else plain(value)
