"""Definitions, orders, sequences, tensions and the drug table name rules, facts and works that exist."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from euthymia.errors import suggestion
from euthymia.rulebook.base import Citation, citations
from euthymia.rulebook.checks.report import Found, Item
from euthymia.rulebook.definition import Definition
from euthymia.rulebook.plans import Ranking, Sequence

if TYPE_CHECKING:
    from euthymia.rulebook.rulebook import Rulebook


def unsound_models(rulebook: "Rulebook") -> Iterator[Found]:
    yield from _listed(rulebook)
    for what, items in (("definition", rulebook.definitions), ("ranking", rulebook.rankings), ("sequence", rulebook.sequences)):
        yield from _twice(what, items, rulebook.folder)
    for definition in rulebook.definitions:
        for message in _in_definition(definition, rulebook):
            yield Found(message, definition.id, definition.origin)
    for ranking in rulebook.rankings:
        for message in _in_ranking(ranking, rulebook):
            yield Found(message, ranking.id, ranking.origin)
    for sequence in rulebook.sequences:
        for message in _in_sequence(sequence, rulebook):
            yield Found(message, sequence.id, sequence.origin)
    yield from _tensions(rulebook)
    yield from _drugs(rulebook)


def _listed(rulebook: "Rulebook") -> Iterator[Found]:
    """The order in which definitions are shown; those that it leaves out come after."""
    order, there = rulebook.about.assessment.definitions, {definition.id: definition for definition in rulebook.definitions}
    place = ("assessment", "definitions")
    for message in _unknown("definition", order, there):
        yield Found(message, place=place)
    if len(order) != len({*order}):
        yield Found("a definition is listed twice", place=place)


def _twice(what: str, items: Iterable[Definition | Ranking | Sequence], folder: str) -> Iterator[Found]:
    """Each id belongs to one file."""
    first: dict[str, str] = {}
    for item in items:
        there = f"{item.origin.path(folder)}:{item.origin.line}"
        if first.setdefault(item.id, there) != there:
            yield Found(f"{what} '{item.id}' is defined twice, first in {first[item.id]}", item.id, item.origin)


def _in_definition(definition: Definition, rulebook: "Rulebook") -> Iterator[str]:
    yield from _about_patient([name for name in (definition.applies, definition.fulfilled) if name], rulebook)
    yield from _unknown("remark", definition.remarks, rulebook.by_id)
    yield from _cited(definition.sources, definition.readings, rulebook)
    scores = [score for score in (definition.score, *(score for _, _, score in definition.variants)) if score is not None]
    for part in (part for score in scores for part in score.parts):
        yield from _cited(part.sources, (), rulebook)


def _in_ranking(ranking: Ranking, rulebook: "Rulebook") -> Iterator[str]:
    yield from _cited(ranking.sources, ranking.readings, rulebook)
    yield from _about_patient([ranking.applies] if ranking.applies else [], rulebook)
    facts = dict(rulebook.facts.items())
    yield from _unknown("fact", [ranking.name, ranking.links, *(key.fact for key in ranking.keys)], facts)
    for name in (ranking.name, ranking.links, *(key.fact for key in ranking.keys if not key.is_list)):
        if name in facts and facts[name].record != ranking.record:
            yield f"{name}: belongs to {facts[name].record}; a fact of the record {ranking.record} is needed here"
    for name in (ranking.links, *(key.fact for key in ranking.keys if key.is_list)):
        if name in facts and not facts[name].is_list:
            yield f"{name}: a list is needed here; this fact is of type {facts[name].type}"
    for key in ranking.keys:
        allowed = facts[key.fact].choices if key.fact in facts else key.order
        yield from (f"{key.fact}: found '{value}'; allowed: {', '.join(allowed)}" for value in key.order if value not in allowed)


def _in_sequence(sequence: Sequence, rulebook: "Rulebook") -> Iterator[str]:
    yield from _cited(sequence.sources, sequence.readings, rulebook)
    yield from _about_patient([sequence.chosen, *(step.rule for step in sequence.steps)], rulebook)


def _about_patient(rules: Iterable[str], rulebook: "Rulebook") -> Iterator[str]:
    for name in rules:
        if name not in rulebook.by_id:
            yield f"unknown rule '{name}'{suggestion(name, rulebook.by_id)}"
        elif rulebook.by_id[name].about != "patient":
            yield f"{name} is about a {rulebook.by_id[name].about}; a rule about the patient is needed here"


def _cited(sources: Iterable[Citation], readings: Iterable[str], rulebook: "Rulebook") -> Iterator[str]:
    yield from _unknown("source", [citation.work for citation in sources], rulebook.works)
    yield from _unknown("reading", readings, rulebook.readings)


def _unknown(what: str, names: Iterable[str], known: Mapping[str, Any]) -> Iterator[str]:
    for name in names:
        if name not in known:
            yield f"unknown {what} '{name}'{suggestion(name, known)}"


def _tensions(rulebook: "Rulebook") -> Iterator[Found]:
    shown = {**rulebook.by_id, **{text.id: text for text in rulebook.texts}}
    for tension in rulebook.tensions:
        sources = [citation for side in tension.sides for citation in citations(side.source)]
        for message in (*_cited(sources, tension.readings, rulebook), *_unknown("rule or text", tension.rules, shown)):
            yield Found(f"{tension.id}: {message}", item=Item("tensions.yaml", "tensions", tension.id))
    for gap in rulebook.gaps:
        for message in _unknown("rule or text", gap.rules, shown):
            yield Found(f"{gap.id}: {message}", item=Item("tensions.yaml", "gaps", gap.id))


def _drugs(rulebook: "Rulebook") -> Iterator[Found]:
    if not rulebook.drugs.drugs:
        return
    for drug in rulebook.drugs.drugs:
        more = [*(drug.add_on.sources.values() if drug.add_on else ()), *(drug.level.sources.values() if drug.level else ())]
        for message in _unknown("source", [source.work for source in (*drug.sources.values(), *more)], rulebook.works):
            yield Found(f"{drug.id}: {message}", item=Item("drugs.yaml", "drugs", drug.id))
    for name, fact in rulebook.facts.items():
        for group in {fact.drug_group, fact.level_of} - {None, *rulebook.drugs.groups}:
            message = f"{name}: no drug of the table belongs to the group '{group}'"
            yield Found(message, item=Item("facts/*.yaml", "facts", name))
