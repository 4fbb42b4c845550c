"""Ids that the rulebook's own map and lists use exist, and rules keep to the naming of ids."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from euthymia.errors import suggestion
from euthymia.rulebook.checks.report import Found
from euthymia.rulebook.rule import Rule, Text

if TYPE_CHECKING:
    from euthymia.rulebook.rulebook import Rulebook

_OF_THE_SOURCES = re.compile(r"[A-Z]{2}-[A-Z]-[A-Z]?\d+")


def unknown_ids(rulebook: "Rulebook") -> Iterator[Found]:
    """Rules that rulebook.yaml names but nobody wrote; ids that look like the sources' but are not in their list."""
    for place, rule in _mapped(rulebook):
        if rule not in rulebook.by_id:
            yield Found(f"unknown rule '{rule}'{suggestion(rule, rulebook.by_id)}", place=("assessment", *place))
    listed = {entry.id for entry in rulebook.entries}
    items: list[Rule | Text] = [*rulebook.rules, *rulebook.texts]
    for item in items:
        if _OF_THE_SOURCES.fullmatch(item.id) and item.id not in listed:
            yield Found("looks like an id of the sources' list, but entries.yaml does not hold it", item.id, item.origin)
    for record in rulebook.facts.records:
        if record.complete_when is not None and record.complete_when not in rulebook.facts:
            yield Found(f"facts of {record.record}: unknown fact '{record.complete_when}' in complete_when")


def _mapped(rulebook: "Rulebook") -> Iterator[tuple[tuple[str, ...], str]]:
    parts = rulebook.about.assessment
    yield ("refractoriness",), parts.refractoriness
    yield ("spectrum", "deterioration"), parts.spectrum.deterioration
    for key, rule in parts.criteria.items():
        yield ("criteria", key), rule
    for key, rule in parts.spectrum.bands.items():
        yield ("spectrum", "bands", key), rule
    for key, rule in parts.situations.items():
        yield ("situations", key), rule
    for key, definition in parts.definitions.items():
        yield ("definitions", key), definition.rule
