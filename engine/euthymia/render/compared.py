"""What the page of a comparison shows: its document in sections, long lists cut short. No wording."""

from typing import Any

Item = dict[str, Any]

_SECTIONS = ("advice", "argument", "headline", "sequence", "definition", "conclusion")
_MARKS = ("met", "not_met", "undetermined", "not_applicable")
_FEW = 4  # facts or rules behind one change
_MANY = 15  # changes of a section
_GROUNDS = 8


def compared(document: Item) -> Item:
    """Alerts, sections, what goes with trials that were added or removed, and what holds by other grounds."""
    shown = [_entry(item) for item in document["changes"] if item["group"] != "helper"]
    alerts = [item for item in shown if item["group"] == "alert"]
    own = [item for item in shown if item["group"] != "alert" and not item["with_unit"]]
    return {
        "alerts": alerts,
        "sections": [section for name in _SECTIONS if (section := _section(name, own))],
        "units": _units([item for item in shown if item["with_unit"]]),
        "grounds": _cut(document["grounds"], _GROUNDS),
        "helpers": sum(item["group"] == "helper" for item in document["changes"]),
        "inputs": {cause: _cut(changes, _FEW) for cause, changes in document["inputs"].items()},
    }


def _section(name: str, items: list[Item]) -> Item | None:
    own = [item for item in items if item["group"] == name]
    return {"name": name, **_cut(own, _MANY)} if own else None


def _cut(items: list[Item], most: int) -> Item:
    """The first ones, and how many more there are; never one more."""
    shown = items if len(items) <= most + 1 else items[:most]
    return {"shown": shown, "more": len(items) - len(shown), "all": len(items)}


def _entry(item: Item) -> Item:
    status = item["after"]["status"]
    return {
        **item,
        "mark": status if status in _MARKS else "not_applicable" if status == "absent" else "undetermined",
        "same_status": item["before"]["shown"] == item["after"]["shown"],
        "because": [_because(cause) for cause in item["causes"]],
    }


def _because(cause: Item) -> Item:
    """One set of causes: the first of the sets of facts that are enough, and how many others there are."""
    facts = cause["facts"]
    sets = facts["sets"] if facts else []
    rules = [change for change in cause["rules"] if change["what"] != "wording"] or cause["rules"]
    return {
        "causes": cause["causes"],
        "facts": _cut(sets[0], _FEW) if sets else None,
        "other": _cut(sets[1], _FEW) if len(sets) > 1 else None,
        "other_sets": max(len(sets) - 2, 0),
        "claim": facts["claim"] if facts else None,
        "joint": facts["joint"] if facts else False,
        "rules": _cut(rules, _FEW),
        "filled": _cut(cause["filled"], _FEW),
        "clock": _cut(cause["clock"], _FEW),
    }


def _units(items: list[Item]) -> list[Item]:
    """Each trial or problem that is on one side only, with the number of judgements about it, alerts included."""
    found: dict[str, Item] = {}
    for item in items:
        row = found.setdefault(item["about"], {"about": item["about"], "with_unit": item["with_unit"], "all": 0, "met": []})
        row["all"] += 1
        side = item["after"] if item["with_unit"] == "added" else item["before"]
        if side["status"] == "met" and item["group"] in ("conclusion", "advice", "headline"):
            row["met"].append(item["title"])
    return [{**row, "met": row["met"][:_FEW], "more": max(len(row["met"]) - _FEW, 0)} for row in found.values()]
