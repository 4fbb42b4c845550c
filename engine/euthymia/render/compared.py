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
        "grounds": _cut([{**item, "text": item["after"], "rules": _cut(item["rules"], 1)} for item in document["grounds"]], _GROUNDS),
        "texts": _cut(document["texts"], _FEW),
        "helpers": sum(item["group"] == "helper" for item in document["changes"]),
        "unreadable": _unreadable(document["unreadable"]),
        "inputs": {cause: _cut(changes, _FEW) for cause, changes in document["inputs"].items()},
    }


def _unreadable(items: list[Item]) -> list[Item]:
    """Files that could not be read for one of the mixtures, once for the same mistakes, with all the rules by which they are mistakes."""
    found: dict[str, Item] = {}
    for item in items:
        row = found.setdefault(repr((item["file"], item["on"], item["problems"], item["instead"])), {**item, "by": []})
        row["by"] += [item["rules"]] if item["rules"] not in row["by"] else []
    return list(found.values())


def _section(name: str, items: list[Item]) -> Item | None:
    """The changes of one kind; those with the same causes together, so that a cause is told once."""
    own = [item for item in items if item["group"] == name]
    if not own:
        return None
    rows = _same_argument(own) if name == "argument" else own
    cut = _cut(rows, _MANY)
    grouped: dict[str, Item] = {}
    for item in cut["shown"]:
        group = grouped.setdefault(
            repr((item["because"], item["untried"])), {"items": [], "because": item["because"], "untried": item["untried"]}
        )
        group["items"].append(item)
    return {"name": name, "groups": list(grouped.values()), "more": cut["more"]}


def _same_argument(items: list[Item]) -> list[Item]:
    """One sentence about several options, with the same change of status and the same causes, once."""
    found: dict[str, Item] = {}
    for item in items:
        key = repr((item["section"], item["sentence"], item["before"]["shown"], item["after"]["shown"], item["because"]))
        row = found.setdefault(key, {**item, "options": []})
        row["options"].append({"title": item["title"], "id": item["id"]})
    return [{**row, "options": _cut(row["options"], _FEW)} for row in found.values()]


def _cut(items: list[Any], most: int) -> Item:
    """The first ones, and how many more there are; never one more."""
    shown = items if len(items) <= most + 1 else items[:most]
    return {"shown": shown, "more": len(items) - len(shown)}


def _entry(item: Item) -> Item:
    return {
        **item,
        "mark": _mark(item["kind"], item["after"]["status"]),
        "because": [_because(cause) for cause in item["causes"]],
    }


def _mark(kind: str, status: str) -> str:
    if kind == "step":
        return "not_applicable" if status in ("absent", "not_chosen") else "undetermined"
    if status in _MARKS:
        return status
    return "not_applicable" if status == "absent" else "met"


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
            row["met"].append({"title": item["title"], "id": item["id"]})
    return [{**row, "met": _cut(row["met"], _FEW)} for row in found.values()]
