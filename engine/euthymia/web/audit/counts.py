"""The statistics of the ledger as tables of a page."""

from typing import Any

from euthymia.rulebook.conditions import STATUSES

Item = dict[str, Any]
_FEW = 5


def tables(found: Item, states: dict[str, str]) -> list[Item]:
    """Each with its title, the heads of its columns and its rows. `states`: the words for statuses."""
    rules = [(rule["id"], rule["title"] or "", *(rule[status] for status in STATUSES)) for rule in found["rules"] if rule["met"]]
    never = [name for name in found["never_met"] if _is_rule(name)]
    lacking = [(one["id"], one["title"] or "", one["records"], _listed(one["lacking"])) for one in found["open_advice"]]
    overridden = [(one["id"], one["title"] or "", one["times"], _listed(one["reasons"])) for one in found["overridden"]]
    of_status = [states[status] for status in STATUSES]
    return [
        _table("Rules met most often", ["Rule", "Title", *of_status], [row for row in rules if _is_rule(row[0])]),
        _table("Rules never met", ["Rule"], [(name,) for name in never]),
        _table("Advice most often open", ["Advice", "Title", "Assessments", "For lack of"], lacking),
        _table("Facts that are lacking most often", ["Fact", "Pieces of advice"], list(found["lacking"].items())),
        _table("Advice not followed as given", ["Advice", "Title", "Times", "Reasons"], overridden),
    ]


def _table(title: str, heads: list[str], rows: list[tuple[Any, ...]]) -> Item:
    return {"title": title, "heads": heads, "rows": rows}


def _is_rule(name: str) -> bool:
    """And not an argument of an option, `GF-J-22/for/1`."""
    return "/" not in name


def _listed(counted: dict[str, int]) -> str:
    shown = ", ".join(f"{name} ({number})" for name, number in list(counted.items())[:_FEW])
    return f"{shown} and {len(counted) - _FEW} more" if len(counted) > _FEW else shown
