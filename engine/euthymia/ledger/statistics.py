"""What all records together say: which rules fire and which never, where advice stays open and for lack of what, what is overridden."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from euthymia.ledger.responses import VERDICTS
from euthymia.ledger.rulebooks import Compiled
from euthymia.ledger.sound import require_sound
from euthymia.ledger.store import Row, Store
from euthymia.rulebook.conditions import MET, STATUSES, UNDETERMINED

_PARTS = ("patient", "derivation", "answer", "response")


@dataclass(slots=True)
class _Counts:
    """Counted over assessments, each once however many trials it has. Keys are ids of rules and names of facts."""

    records: Counter[str] = field(default_factory=Counter)
    erased: int = 0
    rules: dict[str, Counter[str]] = field(default_factory=dict)
    open_advice: Counter[str] = field(default_factory=Counter)
    lacking: dict[str, Counter[str]] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    verdicts: Counter[str] = field(default_factory=Counter)
    overridden: dict[str, Counter[str]] = field(default_factory=dict)


def statistics(store: Store, step: Callable[[], None] = lambda: None) -> dict[str, Any]:
    """Counts over the whole ledger. Content that was erased is not counted, and how many records that are is said."""
    counts = _Counts()
    for row in store.rows(parts=_PARTS):
        require_sound(row, store.where, _PARTS)
        _count(row, counts)
        step()
    return _told(counts, Compiled(store).every())


def _count(row: Row, counts: _Counts) -> None:
    counts.records[row.kind] += 1
    if row.kind == "response":
        counts.verdicts[row.sealed.content["verdict"]] += 1
    if not row.parts:
        counts.erased += bool(row.sealed.data["commitments"])
        return
    if row.kind == "assessment":
        for rule, status in {(step["rule"], step["status"]) for step in row.part("derivation")[0].value}:
            counts.rules.setdefault(rule, Counter())[status] += 1
        _count_advice(row.part("answer")[0].value["recommendations"], counts)
    if row.kind == "response" and row.sealed.content["verdict"] != VERDICTS[0]:
        for rule in row.part("response")[0].value["rules"]:
            counts.overridden.setdefault(rule, Counter())[str(row.sealed.content["reason"])] += 1


def _count_advice(recommendations: list[dict[str, Any]], counts: _Counts) -> None:
    open_ones = [item for item in recommendations if item["status"] == UNDETERMINED]
    counts.open_advice.update({item["id"] for item in open_ones})
    for item in open_ones:
        counts.titles[item["id"]] = item["title"]
    lacking = {(item["id"], need.partition("@")[0]) for item in open_ones for need in item["needs"]}
    for advice, fact in lacking:
        counts.lacking.setdefault(advice, Counter())[fact] += 1


def _told(counts: _Counts, known: dict[str, Any]) -> dict[str, Any]:
    titles = {name: rule["title"] for name, rule in known.items()} | counts.titles
    facts: Counter[str] = Counter()
    for lacking in counts.lacking.values():
        facts.update(lacking)
    rules = sorted(counts.rules, key=lambda name: (-counts.rules[name][MET], name))
    return {
        "schema": "euthymia.statistics/1",
        "records": dict(counts.records.most_common()),
        "erased": counts.erased,
        "rules": [{"id": name, "title": titles.get(name), **{status: counts.rules[name][status] for status in STATUSES}} for name in rules],
        "never_met": sorted(name for name in known if not counts.rules.get(name, Counter())[MET]),
        "open_advice": [
            {"id": name, "title": titles.get(name), "records": number, "lacking": dict(_ranked(counts.lacking.get(name, Counter())))}
            for name, number in _ranked(counts.open_advice)
        ],
        "lacking": dict(_ranked(facts)),
        "verdicts": {verdict: counts.verdicts[verdict] for verdict in VERDICTS},
        "overridden": [
            {
                "id": name,
                "title": titles.get(name),
                "times": reasons.total(),
                "reasons": dict(_ranked(reasons)),
            }
            for name, reasons in sorted(counts.overridden.items(), key=lambda item: (-item[1].total(), item[0]))
        ],
    }


def _ranked(counted: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))
