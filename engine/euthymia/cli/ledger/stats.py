"""euthymia ledger stats: what all records together say."""

import json
from typing import Annotated, Any

import typer

from euthymia.cli.common import TextOrJson, show
from euthymia.cli.ledger.lines import columns
from euthymia.cli.recording import LedgerOption, readable
from euthymia.ledger.statistics import statistics
from euthymia.progress import progress

_FIRST = 20


def stats(
    format: Annotated[TextOrJson, typer.Option(help="How to write it; JSON holds all of it.")] = TextOrJson.text,
    ledger: LedgerOption = None,
) -> None:
    """Count which rules fire and which never, where advice stays open and for lack of which facts, and what is overridden."""
    with readable(ledger) as opened, progress("records read", opened.store.count()) as step:
        found = statistics(opened.store, step)
    show(json.dumps(found, ensure_ascii=False, indent=1) if format is TextOrJson.json else "\n\n".join(_sections(found)))


def _sections(found: dict[str, Any]) -> list[str]:
    records = ", ".join(f"{number} {kind}" for kind, number in found["records"].items()) or "none"
    firing = [rule for rule in found["rules"] if rule["met"] and _is_rule(rule["id"])]
    never = [name for name in found["never_met"] if _is_rule(name)]
    open_advice = [(item["records"], item["id"], _first(item["lacking"])) for item in found["open_advice"]]
    overridden = [(item["times"], item["id"], item["title"] or "", _first(item["reasons"])) for item in found["overridden"]]
    verdicts = ", ".join(f"{number} {verdict}" for verdict, number in found["verdicts"].items())
    return [
        f"Records: {records}; erased: {found['erased']}\nResponses: {verdicts}",
        _section("Rules met most often (assessments)", [(rule["met"], rule["id"], rule["title"] or "") for rule in firing]),
        f"Never met: {len(never)} rules\n" + _wrapped(never),
        _section("Advice most often open (assessments), for lack of", open_advice),
        _section("Facts that are lacking most often (pieces of advice)", [(number, fact) for fact, number in found["lacking"].items()]),
        _section("Not followed as given (times)", overridden),
    ]


def _is_rule(name: str) -> bool:
    """And not an argument of an option, `GF-J-22/for/1`."""
    return "/" not in name


def _section(title: str, rows: list[tuple[Any, ...]]) -> str:
    more = f"\n… and {len(rows) - _FIRST} more; --format json has all" if len(rows) > _FIRST else ""
    return f"{title}\n{columns(rows[:_FIRST]) or 'none'}{more}"


def _wrapped(names: list[str]) -> str:
    shown = ", ".join(names[:_FIRST])
    return f"{shown} … --format json has all" if len(names) > _FIRST else shown


def _first(counted: dict[str, int]) -> str:
    return ", ".join(f"{name} ({number})" for name, number in list(counted.items())[:5])
