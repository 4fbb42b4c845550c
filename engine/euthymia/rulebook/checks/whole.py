"""Ids that the rulebook's own map and lists use exist, and rules keep to the naming of ids."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from euthymia.errors import suggestion
from euthymia.rulebook.checks.report import Found, Item
from euthymia.rulebook.rule import Rule, Text

if TYPE_CHECKING:
    from euthymia.rulebook.rulebook import Rulebook

COURSE_WINDOW = "course_start_window_days"
_OF_THE_SOURCES = re.compile(r"[A-Z]{2}-[A-Z]-[A-Z]?\d+")


def unknown_ids(rulebook: "Rulebook") -> Iterator[Found]:
    """Rules that rulebook.yaml names but nobody wrote; ids that look like the sources' but are not in their list."""
    for place, rule in _mapped(rulebook):
        if rule not in rulebook.by_id:
            yield Found(f"unknown rule '{rule}'{suggestion(rule, rulebook.by_id)}", place=("assessment", *place))
        elif rulebook.by_id[rule].about != "patient":
            yield Found(
                f"{rule} is about a {rulebook.by_id[rule].about}; a rule about the patient is needed here", place=("assessment", *place)
            )
    yield from _labels(rulebook)
    window = rulebook.parameters.get(COURSE_WINDOW)
    if window is None:
        yield Found(f"unknown parameter '{COURSE_WINDOW}'; a whole number of days is needed for the merging of overlapping trials")
    elif window.unit != "days" or not isinstance(window.value, int):
        yield Found(f"the parameter {COURSE_WINDOW}, a whole number of days, is needed for the merging of overlapping trials")
    listed = {entry.id for entry in rulebook.entries}
    items: list[Rule | Text] = [*rulebook.rules, *rulebook.texts]
    for item in items:
        if _OF_THE_SOURCES.fullmatch(item.id) and item.id not in listed:
            yield Found("looks like an id of the sources' list, but entries.yaml does not hold it", item.id, item.origin)
    for record in rulebook.facts.records:
        if record.complete_when is not None and record.complete_when not in rulebook.facts:
            message = f"facts of {record.record}: unknown fact '{record.complete_when}' in complete_when"
            yield Found(message, item=Item("facts/*.yaml", "facts", f"{record.record}.{record.facts[0].name}"))


def _labels(rulebook: "Rulebook") -> Iterator[Found]:
    """Whatever is reported has a name, and nothing else has one."""
    parts = rulebook.about.assessment
    for name, keys, labels in (
        ("criterion_labels", parts.criteria, parts.criterion_labels),
        ("situation_labels", parts.situations, parts.situation_labels),
        ("spectrum", parts.spectrum.bands, parts.spectrum.labels),
    ):
        for key in sorted(keys.keys() ^ labels.keys()):
            yield Found(f"{name}: '{key}' stands on one side only", place=("assessment", name))


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
