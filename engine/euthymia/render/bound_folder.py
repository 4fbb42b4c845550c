"""The check of a whole folder of templates: whatever the pages say is carried. Pure but for reading the folder; the tests run it."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from jinja2 import nodes

from euthymia.render.bound import Unbound, literal_sentences, parsed, templates
from euthymia.render.carriers import Macros, macros_of, uncarried, unmarked
from euthymia.render.said import SentenceFile, read_sentence_file
from euthymia.render.wording import is_long, is_sentence
from euthymia.render.words import read_words

# Templates of which every macro is read, to learn which of them mark a sentence.
_MACROS = ("macros.j2", "html/macros.html.j2", "html/told.html.j2", "html/compared.html.j2")
# Parts of words.yaml that hold more than labels, and what carries them.
_WORDS_THAT_SAY = {
    "sentences": "the title of the rule that each is filled with",
    "missing": "the rule whose missing facts it is filled with",
    "changes": "trial.outcome, of which each is one value",
    "leads": "the judgements that are named after each, with their ids",
}


def unbound_in(folder: Path) -> list[Unbound]:
    """Everything that the templates of a folder say and that nothing carries; and exceptions and sentences that nobody needs."""
    sources = dict(templates(folder))
    file = read_sentence_file(folder)
    words = read_words(folder).model_dump()
    macros = macros_of(sources[name] for name in _MACROS if name in sources)
    found = [item for name, source in sources.items() for item in literal_sentences(name, source)]
    items = [item for name, source in sources.items() for item in _of_items(name, source, macros)]
    allowed = {(entry.template, entry.found) for entry in file.exceptions}
    used = {(item.template, item.found) for item in items}
    found += [item for item in items if (item.template, item.found) not in allowed]
    found += [Unbound(template, 1, name, "an exception that nothing needs") for template, name in sorted(allowed - used)]
    return [*found, *_of_words(words), *_unused(sources.values(), file)]


def _of_items(name: str, source: str, macros: Macros) -> Iterator[Unbound]:
    if name in _MACROS:
        return iter(())
    return unmarked(name, source, macros) if name.startswith("html/") else uncarried(name, source)


def _of_words(words: Mapping[str, Any]) -> Iterator[Unbound]:
    """Words stand for one value; a statement among them would be carried by nothing."""
    for section, value in words.items():
        if section in _WORDS_THAT_SAY or section == "schema":
            continue
        for word in _leaves(value):
            if is_long(word) or (is_sentence(word) and word.rstrip().endswith((".", "!", "?", ";"))):
                yield Unbound("words.yaml", 1, f"{section}: {word}", "a sentence that nothing carries")


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ():
        yield from _leaves(inner)


def _unused(sources: Iterable[str], file: SentenceFile) -> Iterator[Unbound]:
    """Sentences that no template says: what is left over is checked by nobody."""
    named = {node.value for source in sources for node in parsed(source).find_all(nodes.Const) if isinstance(node.value, str)}
    for name in file.sentences.keys() - named:
        yield Unbound("sentences.yaml", 1, name, "a sentence that no template says")
