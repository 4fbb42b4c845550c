"""The auditor's parts of the document: every rule, every fact and what fired, grouped; no wording."""

from typing import Any

from euthymia.render.defined import defined
from euthymia.render.unfold import key_of

Item = dict[str, Any]


def audit(document: Item) -> Item:
    """Every judgement by topic with what fired for it, and the parameters that no source states with certainty."""
    fired: dict[str, list[Item]] = {}
    for firing in document["trace"]:
        if firing["status"] == "undetermined":
            continue
        fired.setdefault(firing["rule"], []).append(firing)
    topics: dict[str, list[Item]] = {}
    provisional: dict[str, Item] = {}
    every = [*document["conclusions"], *document["helpers"], *document["parts"]]
    for item in sorted(every, key=lambda item: (item["topic"], item["id"])):
        unit = item.get("trial", item.get("problem"))
        key = key_of(item)
        topics.setdefault(item["topic"], []).append({**item, "key": key, "unit": unit, "fired": fired.get(key, [])})
        for entry in item["provisional"]:
            provisional.setdefault(entry["id"], {**entry, "rules": set()})["rules"].add(item["id"])
    return {
        "topics": topics,
        "statuses": _counts(topics),
        "defined": defined(document),
        "adequacy": [],  # every judgement of a trial stands under its topic
        "provisional": [{**entry, "rules": sorted(entry["rules"])} for _, entry in sorted(provisional.items())],
    }


def _counts(topics: dict[str, list[Item]]) -> dict[str, dict[str, int]]:
    counted: dict[str, dict[str, int]] = {}
    for topic, items in topics.items():
        counts = dict.fromkeys(("met", "not_met", "undetermined", "not_applicable"), 0)
        for item in items:
            counts[item["status"]] += 1
        counted[topic] = counts
    return counted
