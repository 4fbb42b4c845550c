"""Every rule, text and parameter cites a source that exists."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from euthymia.errors import suggestion
from euthymia.rulebook.base import citations
from euthymia.rulebook.checks.report import Found, Item
from euthymia.rulebook.rule import Rule, Text

if TYPE_CHECKING:
    from euthymia.rulebook.rulebook import Rulebook


def unknown_citations(rulebook: "Rulebook") -> Iterator[Found]:
    """Missing sources; works, studies and readings that are not in the rulebook."""
    items: list[Rule | Text] = [*rulebook.rules, *rulebook.texts]
    for item in items:
        if not item.sources:
            yield Found("cites no source; give `source: {work: …, at: …}` here or for the whole file", item.id, item.origin)
        yield from _each(item, "source", [citation.work for citation in item.sources], rulebook.works)
        yield from _each(item, "evidence", item.evidence, rulebook.studies)
        yield from _each(item, "readings", item.readings, rulebook.readings)
    for parameter in rulebook.parameters.values():
        for what, ids, known in (
            ("source", [citation.work for citation in citations(parameter.source)], rulebook.works),
            ("reading", parameter.readings, rulebook.readings),
        ):
            for unknown in set(ids) - known.keys():
                message = f"parameter {parameter.id}: unknown {what} '{unknown}'{suggestion(unknown, known)}"
                yield Found(message, item=Item("parameters/*.yaml", "parameters", parameter.id))


def _each(item: Rule | Text, what: str, ids: Iterable[str], known: Mapping[str, Any]) -> Iterator[Found]:
    for unknown in ids:
        if unknown not in known:
            yield Found(f"unknown {what} '{unknown}'{suggestion(unknown, known)}", f"{item.id}.{what}", item.origin)
