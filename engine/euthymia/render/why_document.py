"""The explanation of one judgement, or of the judgements behind one definition, as a document of its own."""

from collections.abc import Iterable
from typing import Any

from euthymia import __version__
from euthymia.assess import Judgement, Reasoning
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


def why_document(reasoning: Reasoning, words: Words, name: str) -> dict[str, Any]:
    """Everything that can be said about the judgement, or the judgements of one definition, with this id. Raises NoSuchId."""
    shown = Shown(reasoning, words)
    explained = Explained(shown)
    statement = _statement(shown, name)
    result = next((item for item in reasoning.definitions if item.definition.id == name), None) if _is_definition(shown, name) else None
    judged = [] if statement else _judgements(reasoning, name, result)
    return {
        "schema": "euthymia.why/1",
        "on": reasoning.on.isoformat(),
        "program": {"name": "euthymia", "version": __version__},
        "rulebook": about_rulebook(reasoning.rulebook),
        "asked": name,
        **({"definition": Models(shown).definition(result)} if result else {}),
        **({"statement": statement} if statement else {}),
        "explained": [_entry(shown, explained, item, _line(result, item)) for item in judged],
    }


def _is_definition(shown: Shown, name: str) -> bool:
    return any(item.id == name for item in shown.rulebook.definitions)


def _entry(shown: Shown, explained: Explained, item: Judgement, line: str) -> dict[str, Any]:
    found = shown.judgement(item)
    title = f"{line}: {item.rule.title}" if line and line != item.rule.title else item.rule.title
    return found | {"title": title, "needs": list(item.needs), "explanation": explained.of(item)}


def _statement(shown: Shown, name: str) -> dict[str, Any] | None:
    """A text that no fact decides."""
    for text in shown.rulebook.texts:
        if text.id == name:
            told = {"id": text.id, "title": text.title, "text": shown.sentences.text_of(text), "sources": shown.sources(text.sources)}
            return told | {"rule": {"file": text.origin.file, "line": text.origin.line}}
    return None


def _line(result: DefinitionResult | None, item: Judgement) -> str:
    """The line of a score's table that this judgement gives points for, where the definition was asked about."""
    score = None if result is None else result.definition.score
    return "" if score is None else next((part.label for part in score.parts if item.rule.id in rules_of(part)), "")


def _judgements(reasoning: Reasoning, name: str, result: DefinitionResult | None) -> list[Judgement]:
    """Those with the id, for every trial where none is named; for a definition those that its result hangs on."""
    headings = dict(reasoning.rulebook.about.assessment.headings)  # of two with one name, the criteria together
    exactly = [key for key in reasoning.keys if str(key) == name]
    wanted = exactly or [key for key in reasoning.keys if key.rule == name]
    if not wanted and result is not None:
        behind = _behind(reasoning, result)
        wanted = [key for key in reasoning.keys if str(key) in behind]
    elif not wanted and name in headings:
        return [reasoning.named(headings[name])]
    elif not wanted:
        raise NoSuchId(_unknown(reasoning, name, headings))
    return [reasoning.judgement(key) for key in wanted]


def _unknown(reasoning: Reasoning, name: str, headings: Iterable[str]) -> str:
    rulebook = reasoning.rulebook
    known = [*dict.fromkeys([*map(str, reasoning.keys), *(key.rule for key in reasoning.keys)])]
    known += [*headings, *(text.id for text in rulebook.texts), *(definition.id for definition in rulebook.definitions)]
    return f"found '{found(name)}'; allowed: the id of a conclusion, a recommendation, an alert or a definition{suggestion(name, known)}"


def _behind(reasoning: Reasoning, result: DefinitionResult) -> set[str]:
    """Judgements that decide a definition: whether it is fulfilled; without a threshold, what gives points or keeps them open."""
    definition = result.definition
    if definition.fulfilled is not None:
        return {name for name in (definition.applies, definition.fulfilled) if name}
    found = ((key, status) for key, status in reasoning.decision.statuses.items() if key.rule in definition.rules)
    return {str(key) for key, status in found if status in (MET, UNDETERMINED)}
