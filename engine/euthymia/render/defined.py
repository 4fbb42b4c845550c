"""Definitions of resistance as a page shows them: by result, with those that disagree, and each psychotherapy by several rules."""

from typing import Any

Item = dict[str, Any]

_TOPIC = "definitions"


def defined(document: Item) -> Item:
    """Definitions by result, and those that disagree with the ones that are fulfilled."""
    rows = [{"id": name, **item} for name, item in document["definitions"].items()]
    judged = [row for row in rows if row["threshold"]]
    return {
        "rows": rows,
        "fulfilled": [row["name"] for row in judged if row["status"] == "met"],
        "missed": [row["name"] for row in judged if row["status"] == "not_met"],
        "open": [row["name"] for row in judged if row["status"] == "undetermined"],
        "split": [row for row in rows if row["disagrees"]],
    }


def adequacy(conclusions: list[Item], trials: list[Item]) -> list[Item]:
    """Each psychotherapy with the rules by which it is adequate or not, side by side."""
    marks = [item for item in conclusions if item["kind"] == "remark" and item["topic"] == _TOPIC and "trial" in item]
    rows = [
        {"trial": trial, "items": [item for item in marks if item["trial"] == trial["id"] and item["status"] != "not_applicable"]}
        for trial in trials
    ]
    return [row for row in rows if row["items"]]
