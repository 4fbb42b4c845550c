"""A document in the order in which it is shown: JSON keeps no order of keys, and what was recorded has them sorted."""

from typing import Any

Item = dict[str, Any]


def arranged(document: Item) -> Item:
    """The same document; where a page goes through an object, in the order that the document names for it."""
    orders = document.get("orders")
    if orders is None:
        return document  # of a command that shows no assessment
    spectrum = document["map"]["spectrum"]
    spectrum = spectrum | {name: _in_order(spectrum[name], orders["bands"]) for name in ("bands", "labels")}
    return document | {
        "definitions": _in_order(document["definitions"], orders["definitions"]),
        "map": document["map"] | {"spectrum": spectrum},
        "rulebook": document["rulebook"] | {"attributes": _in_order(document["rulebook"]["attributes"], orders["attributes"])},
    }


def _in_order(found: Item, order: list[str]) -> Item:
    return {name: found[name] for name in order}
