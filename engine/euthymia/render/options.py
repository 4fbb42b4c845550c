"""The options of a page: which stand open now, which wait for something, and in what order. No score: grounds are named."""

from typing import Any

Item = dict[str, Any]
_MOST_STUDIES = 3
_PLAIN: Item = {
    "offers": [], "preference": None, "excludes": [], "population": [], "defers": [], "cautions": [], "resemblance": "not_stated",
    "under": None,
}  # fmt: skip


def options(document: Item, evidence: Item) -> Item:
    """Options by where they stand: `now`, `after` something that should come first, `open` (cannot be told yet), `not_indicated`.

    An option that is a detail of another one stands inside that one, while both are shown.
    """
    found = [_with_studies(item, evidence) for item in document["recommendations"] if item["class"] == "treat"]
    recommended = [item for item in found if item["status"] == "recommended"]
    above = {item["id"]: item["under"] for item in recommended}
    whole = [item for item in recommended if _top(item["id"], above) == item["id"]]
    for item in whole:
        item["details"] = [detail for detail in recommended if detail is not item and _top(detail["id"], above) == item["id"]]
    return {
        "now": sorted((item for item in whole if not _waits(item)), key=_preferred),
        "after": sorted((item for item in whole if _waits(item)), key=_preferred),
        "open": [item for item in found if item["status"] == "undetermined"],
        "not_indicated": [item for item in found if item["status"] == "not_indicated"],
        "hasty": any(item.get("adds_drug") and _waits(item) for item in recommended),
        "availability": _is_known("availability", document),
        "preference": _is_known("preference", document),
    }


def _top(name: str, above: dict[str, str | None]) -> str:
    """The option that a shown one stands inside of, or itself."""
    seen = {name}
    while (over := above[name]) is not None and over in above and over not in seen:
        seen.add(over)
        name = over
    return name


def _is_known(what: str, document: Item) -> bool:
    """Was it entered what the service offers, or what the patient prefers? Where not, that is said once, not beside every option."""
    name = document.get("map", {}).get(what)
    return any(fact["name"] == name and fact["state"] == "known" for fact in document.get("facts", ()))


def _waits(item: Item) -> bool:
    """Does something come first, or may it? Unknown is never no: what may defer an option is shown as such."""
    return bool(item.get("defers"))


def _preferred(item: Item) -> int:
    """What the patient prefers before the rest; otherwise the order of the sources."""
    return 0 if item.get("preference") == "agrees" else 1


def _with_studies(item: Item, evidence: Item) -> Item:
    studies = [{"id": name, **evidence[name]} for name in item["evidence"] if name in evidence]
    return {**_PLAIN, **item, "studies": studies, "first_studies": studies[:_MOST_STUDIES], "more_studies": len(studies[_MOST_STUDIES:])}


def factors(conclusions: list[Item]) -> dict[str, Item]:
    """Counter-therapeutic factors by domain: present, absent and not asked."""
    found: dict[str, Item] = {}
    for item in conclusions:
        if "factor" in item:
            domain = found.setdefault(item["factor"], {"met": [], "not_met": [], "undetermined": [], "not_applicable": []})
            domain[item["status"]].append(item)
    return found
