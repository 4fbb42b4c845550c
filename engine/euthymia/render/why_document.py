"""The explanation of one judgement, or of the judgements behind one definition, as a document of its own."""

from collections.abc import Iterator
from typing import Any

from euthymia import __version__
from euthymia.assess import Assessment, Judgement
from euthymia.errors import found, suggestion
from euthymia.explain.definitions import DefinitionResult
from euthymia.render.about import about_rulebook
from euthymia.render.explained import Explained
from euthymia.render.models import Models
from euthymia.render.shown import Shown
from euthymia.render.words import Words
from euthymia.rulebook.conditions import MET, UNDETERMINED
from euthymia.rulebook.definition import rules_of


class NoSuchId(Exception):
    """Nothing in this assessment has that id; the message says what is near."""


def why_document(assessment: Assessment, words: Words, name: str) -> dict[str, Any]:
    """Everything that can be said about the judgement, or the judgements of one definition, with this id. Raises NoSuchId."""
    shown = Shown(assessment, words)
    explained = Explained(shown)
    statement = _statement(shown, name)
    judged = [] if statement else _judgements(assessment, name)
    definition = next((item for item in Models(shown).definitions().items() if item[0] == name), None)
    return {
        "schema": "euthymia.why/1",
        "on": assessment.on.isoformat(),
        "program": {"name": "euthymia", "version": __version__},
        "rulebook": about_rulebook(assessment.rulebook),
        "asked": name,
        **({"definition": definition[1]} if definition else {}),
        **({"statement": statement} if statement else {}),
        "explained": [_entry(shown, explained, item, _line(assessment, name, item)) for item in judged],
    }


def _entry(shown: Shown, explained: Explained, item: Judgement, line: str) -> dict[str, Any]:
    rule = item.rule
    about = {} if item.key.unit is None else {rule.about: item.key.unit, "about": shown.unit_name(item.key.unit)}
    return {
        "id": rule.id,
        **about,
        "title": f"{line}: {rule.title}" if line and line != rule.title else rule.title,
        "kind": rule.kind,
        "status": item.status,
        "text": shown.sentences.said(item),
        "brief": shown.brief.said(item),
        "needs": list(item.needs),
        "sources": shown.sources(rule.sources),
        "readings": list(rule.readings),
        "rule": {"file": rule.origin.file, "line": rule.origin.line},
        "explanation": explained.of(item),
    }


def _statement(shown: Shown, name: str) -> dict[str, Any] | None:
    """A text that no fact decides."""
    for text in shown.rulebook.texts:
        if text.id == name:
            told = {"id": text.id, "title": text.title, "text": shown.sentences.text_of(text), "sources": shown.sources(text.sources)}
            return told | {"rule": {"file": text.origin.file, "line": text.origin.line}}
    return None


def _line(assessment: Assessment, name: str, item: Judgement) -> str:
    """The line of a score's table that this judgement gives points for, where the definition was asked about."""
    for result in assessment.definitions:
        score = result.definition.score
        if result.definition.id == name and score is not None:
            return next((part.label for part in score.parts if item.rule.id in rules_of(part)), "")
    return ""


def _judgements(assessment: Assessment, name: str) -> list[Judgement]:
    """Those with the id, for every trial where none is named; for a definition those that its result hangs on."""
    judged = {str(item.key): item for item in assessment.judgements}
    if name in judged:
        return [judged[name]]
    of_units = [item for item in assessment.judgements if item.rule.id == name]
    if of_units:
        return of_units
    for result in assessment.definitions:
        if result.definition.id == name:
            return [item for item in assessment.judgements if str(item.key) in _behind(assessment, result)]
    parts = assessment.rulebook.about.assessment
    headings = {**parts.criteria, **parts.situations, **parts.spectrum.bands, "refractoriness": parts.refractoriness}
    if name in headings:
        return [judged[headings[name]]]
    known = [*dict.fromkeys([*judged, *(item.rule.id for item in assessment.judgements)])]
    known += [*headings, *(text.id for text in assessment.rulebook.texts), *(result.definition.id for result in assessment.definitions)]
    raise NoSuchId(
        f"found '{found(name)}'; allowed: the id of a conclusion, a recommendation, an alert or a definition{suggestion(name, known)}"
    )


def _behind(assessment: Assessment, result: DefinitionResult) -> set[str]:
    """Judgements that decide a definition: whether it is fulfilled; without a threshold, what gives points or keeps them open."""
    definition = result.definition
    if definition.fulfilled is not None:
        return {name for name in (definition.applies, definition.fulfilled) if name}
    return set(_scoring(assessment, result))


def _scoring(assessment: Assessment, result: DefinitionResult) -> Iterator[str]:
    for item in assessment.judgements:
        if item.rule.id in result.definition.rules and item.status in (MET, UNDETERMINED):
            yield str(item.key)
