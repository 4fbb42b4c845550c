"""A rulebook's conditions as plain data, for a checker that shares no code with this program. docs/ledger.md describes the format."""

from typing import Any

from euthymia.inference.view import SCALE
from euthymia.rulebook import conditions as c
from euthymia.rulebook.rule import Rule
from euthymia.rulebook.rulebook import Rulebook

Item = dict[str, Any]


def compiled(rulebook: Rulebook) -> Item:
    """Every rule in an order in which each comes after all that it refers to. Numbers are whole thousandths of the fact's unit."""
    records = [rulebook.facts.record(name) for name in rulebook.facts.many]
    return {
        "schema": "euthymia.compiled/1",
        "digest": rulebook.digest,
        "name": rulebook.about.name,
        "version": rulebook.about.version,
        "records": {record.record: {"complete": record.complete_when} for record in records},
        "rules": [_rule(rule, rulebook) for rule in rulebook.rules],
    }


def _rule(rule: Rule, rulebook: Rulebook) -> Item:
    return {
        "id": rule.id,
        "title": rule.title,
        "about": rule.about,
        "alert": rule.alert,
        "kind": rule.kind,
        "applies": None if rule.applies is None else _condition(rule.applies, rulebook),
        "when": _condition(rule.when, rulebook),
    }


def _condition(condition: c.Condition, rulebook: Rulebook) -> Item:
    match condition:
        case c.Always():
            return {"is": "always"}
        case c.Compare(fact, symbol, bound):
            return {"is": "compare", "fact": fact, "symbol": symbol, "bound": int(bound * SCALE)}
        case c.OneOf(fact, values):
            return {"is": "one_of", "fact": fact, "values": list(values)}
        case c.Includes(fact, value):
            return {"is": "includes", "fact": fact, "value": value}
        case c.Filled(fact):
            return {"is": "filled", "fact": fact}
        case c.Unanswered(fact):
            return {"is": "unanswered", "fact": fact}
        case c.StatusIs(rule, wanted):
            return {"is": "status", "rule": rule, "wanted": list(wanted)}
        case _:
            return _joined(condition, rulebook)


def _joined(condition: c.Condition, rulebook: Rulebook) -> Item:
    parts = [_condition(part, rulebook) for part in c.children(condition)]
    match condition:
        case c.All():
            return {"is": "all", "of": parts}
        case c.Any():
            return {"is": "any", "of": parts}
        case c.Not():
            return {"is": "not", "of": parts}
        case c.Once():
            return {"is": "once", "of": parts}
        case c.FirstKnown(options):
            return {"is": "first_known", "facts": [name for name, _ in options], "of": parts}
        case c.Latest():
            return {"is": "latest", "of": parts}
        case c.Count(record, minimum, _, listed, distinct):
            apart = None if distinct is None else rulebook.facts[distinct]
            names = None if apart is None else {"fact": distinct, "choices": len(apart.choices), "barred": list(apart.barred)}
            return {"is": "count", "record": record, "minimum": minimum, "listed": listed, "distinct": names, "of": parts}
        case _:
            raise TypeError(f"no such condition: {condition!r}")
