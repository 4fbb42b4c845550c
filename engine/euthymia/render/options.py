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
        "availability": _said(recommended, lambda item: [offer["available"] for offer in item["offers"]]),
        "preference": _said(recommended, lambda item: [item["preference"]] if item["preference"] else []),
    }


def _top(name: str, above: dict[str, str | None]) -> str:
    """The option that a shown one stands inside of, or itself."""
    seen = {name}
    while (over := above[name]) is not None and over in above and over not in seen:
        seen.add(over)
        name = over
    return name


def _said(items: list[Item], of: Any) -> bool:
    """Is it known of any option that asks for it? What nobody entered is said once, not beside every option."""
    return any(value not in ("not_known", None) for item in items for value in of(item))


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
