"""A record of the ledger as a page shows it: what came out, what was told, what became of it."""

from collections.abc import Iterator
from typing import Any

from starlette.exceptions import HTTPException

from euthymia.ledger.responses import REASONS, responses_to
from euthymia.ledger.rulebooks import Compiled
from euthymia.ledger.store import Row
from euthymia.rulebook.base import SEVERITIES
from euthymia.rulebook.conditions import MET, UNDETERMINED
from euthymia.web.audit.audit_work import fact_names, judgement_names, of_the_ledger, told_value
from euthymia.web.house import House

Item = dict[str, Any]


def record_at(house: House, number: int, *parts: str) -> Row:
    """Raises 404 where there is none, and InputError for one that is not what was sealed."""
    with of_the_ledger(house.records.where):
        found = house.records.row(number, parts)
        if found is None:
            raise HTTPException(404)
        return house.ledger.sound(found, *parts)


def outcome(row: Row) -> Item | None:
    """Headings and alerts of the recorded answer; None where there is none, or it was erased."""
    if not row.part("answer"):
        return None
    answer = row.part("answer")[0].value
    names, shown = answer["map"], answer["refractoriness"]
    criteria = [
        {"label": f"Criterion {letter}: {names['criterion_labels'][letter]}", "name": rule, "status": shown["criteria"][letter]}
        for letter, rule in names["criteria"].items()
    ]
    situations = [
        {"label": names["situation_labels"][key], "name": rule, "status": answer["situations"][key]}
        for key, rule in names["situations"].items()
    ]
    whole = {"label": "Refractoriness, all of A to E", "name": names["refractoriness"], "status": shown["status"]}
    return {"headings": [whole, *criteria, *situations], "alerts": list(_alerts(answer["alerts"])), "rulebook": answer["rulebook"]}


def _alerts(alerts: list[Item]) -> Iterator[Item]:
    """The gravest first, and those that are met before those that cannot be told yet."""
    standing = [alert for alert in alerts if alert["status"] in (MET, UNDETERMINED)]
    for alert in sorted(standing, key=lambda item: (item["status"] != MET, SEVERITIES.index(item["severity"]), item["id"])):
        unit = alert.get("trial") or alert.get("problem")
        yield {"title": alert["title"], "severity": alert["severity"], "status": alert["status"], "about": unit,
               "name": f"{alert['id']}@{unit}" if unit else alert["id"]}  # fmt: skip


def facts_told(row: Row) -> list[Item]:
    """Every fact as it was told, with the words that the answer of that day had for it."""
    if not row.part("facts"):
        return []
    answer = row.part("answer")[0].value if row.part("answer") else {}
    labels = {fact["name"]: fact["label"] for fact in _labelled(answer)}
    told = []
    for name, opening in zip(fact_names(row), row.part("facts"), strict=True):
        value, given = told_value(opening.value["is"])
        told.append({"name": name, "label": labels.get(name) or labels.get(name.partition("@")[0]), "value": value, **given})
    return told


def _labelled(found: Any) -> Iterator[Item]:
    """Wherever the answer names a fact, it names its label beside it."""
    if isinstance(found, dict):
        if isinstance(found.get("name"), str) and isinstance(found.get("label"), str):
            yield found
        for value in found.values():
            yield from _labelled(value)
    elif isinstance(found, list):
        for value in found:
            yield from _labelled(value)


def judgements(house: House, row: Row) -> list[Item]:
    """Every step of the derivation, with its place there and the title that its rule had."""
    if not row.part("derivation"):
        return []
    rules = Compiled(house.records).rules(row.sealed.content["rulebook"])
    steps = zip(judgement_names(row), row.part("derivation")[0].value, strict=True)
    return [
        {"place": place, "name": name, "status": step["status"], "unit": step["unit"], "title": rules[step["rule"]]["title"]}
        for place, (name, step) in enumerate(steps, 1)
    ]


def responses(house: House, row: Row) -> list[Item]:
    """What was done with the answer of an assessment."""
    if row.kind != "assessment":
        return []
    return [
        {"number": later.sealed.number, "at": later.sealed.at, "by": str(later.sealed.by), "verdict": later.sealed.content["verdict"],
         "reason": REASONS.get(later.sealed.content["reason"] or "", later.sealed.content["reason"])}
        for later in responses_to(house.records, row)
    ]  # fmt: skip
