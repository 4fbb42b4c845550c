"""How two rulebooks differ, part by part: which rules, numbers, texts and facts were added, removed or changed."""

import re
from collections.abc import Mapping
from typing import Any

from euthymia.rulebook.conditions import parameters_read
from euthymia.rulebook.rule import Rule
from euthymia.rulebook.rulebook import Rulebook

Item = dict[str, Any]
_IN_A_SENTENCE = re.compile(r"\bparam\.([a-z0-9_]+)")


def changed_parts(before: Rulebook, after: Rulebook) -> list[Item]:
    """A rule whose condition uses a changed number is listed beside that number."""
    sides = zip(_parts(before), _parts(after), strict=True)
    return [
        {
            "kind": kind,
            "id": name,
            "title": _title(other.get(name) or one[name]),
            "what": "added" if name not in one else "removed" if name not in other else "changed",
            "before": _value(one.get(name)),
            "after": _value(other.get(name)),
        }
        for (kind, one), (_, other) in sides
        for name in sorted({*one, *other})
        if one.get(name) != other.get(name)
    ]


def touched_rules(before: Rulebook, after: Rulebook) -> set[str]:
    """Rules that are not as they were, and those whose sentences or conditions use a number that is not."""
    rules = {name for name in {*before.by_id, *after.by_id} if before.by_id.get(name) != after.by_id.get(name)}
    numbers = {name for name in {*before.parameters, *after.parameters} if before.parameters.get(name) != after.parameters.get(name)}
    return rules | {rule.id for book in (before, after) for rule in book.rules if parameters_of(rule) & numbers}


def parameters_of(rule: Rule) -> set[str]:
    """Numbers and lists that a rule's conditions and sentences use."""
    in_conditions = {name for condition in rule.conditions for name in parameters_read(condition)}
    arguments = [argument.text for argument in rule.option.arguments] if rule.option else []
    texts = [*rule.says.values(), *rule.tells.values(), *arguments]
    return in_conditions | {name for text in texts for name in _IN_A_SENTENCE.findall(text)}


def _parts(book: Rulebook) -> list[tuple[str, Mapping[str, Any]]]:
    return [
        ("number", book.parameters),
        ("rule", {rule.id: rule for rule in book.rules if rule.part_of is None}),
        ("part of an option or definition", {rule.id: rule for rule in book.rules if rule.part_of is not None}),
        ("text", {text.id: text for text in book.texts}),
        ("definition", {item.id: item for item in book.definitions}),
        ("order", {item.id: item for item in book.rankings}),
        ("sequence", {item.id: item for item in book.sequences}),
        ("contradiction", {item.id: item for item in book.contradictions}),
        ("fact", {name: book.facts[name] for name in book.facts}),
        ("drug", {drug.id: drug for drug in book.drugs.drugs}),
        ("source", book.works),
        ("study", book.studies),
        ("reading", book.readings),
        ("about the rulebook", {"rulebook": book.about}),
    ]


def _title(item: Any) -> str:
    keys = ("title", "label", "means", "short", "point", "message", "citation", "name")
    return next((str(found) for key in keys if (found := getattr(item, key, None))), "")


def _value(item: Any) -> str | None:
    """Of a number: as it stands in the file, with its unit."""
    unit = getattr(item, "unit", None)
    if not hasattr(item, "valid_from"):
        return None
    return f"{item.value} {unit}" if unit not in (None, "none") else str(item.value)
