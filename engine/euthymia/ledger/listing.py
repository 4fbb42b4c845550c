"""Records found by date, role, patient, kind, rule, status and alert, each in one line."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from euthymia.errors import InputError, Problem, suggestion
from euthymia.ledger.record import KINDS, ROLES
from euthymia.ledger.rulebooks import Compiled
from euthymia.ledger.sound import require_sound
from euthymia.ledger.store import Row, Store
from euthymia.rulebook.base import SEVERITIES
from euthymia.rulebook.conditions import MET, STATUSES

PARTS = ("patient", "derivation", "response")


@dataclass(frozen=True, slots=True)
class Filters:
    """What a record must be. `rule` with `status` (met when None); `alert` is a severity or the id of an alert that is met."""

    first: date | None = None
    last: date | None = None
    role: str | None = None
    patient: str | None = None
    kind: str | None = None
    rule: str | None = None
    status: str | None = None
    alert: str | None = None

    @property
    def content(self) -> bool:
        """Can only assessments that were not forgotten be found?"""
        return self.rule is not None or self.alert is not None


def listed(store: Store, filters: Filters, step: Callable[[], None] = lambda: None) -> Iterator[dict[str, Any]]:
    """Records in the order of their numbers. Raises InputError for names that no rulebook of the ledger knows."""
    rulebooks = Compiled(store)
    require_known(filters, rulebooks, store.where)
    subject = None if filters.patient is None else store.subject_of(filters.patient)
    if filters.patient is not None and subject is None:
        return
    for row in store.rows(parts=PARTS, subject=subject, kinds=() if filters.kind is None else (filters.kind,)):
        require_sound(row, store.where, PARTS)
        if passes_time_and_role(row, filters) and (not filters.content or passes_content(row, filters, rulebooks)):
            yield line(row, rulebooks)
        step()


def require_known(filters: Filters, rulebooks: Compiled, where: str) -> None:
    """A misspelt id must not look like a rule that never fired."""
    rules = rulebooks.every() if filters.content else {}
    problems = [
        Problem(f"--{name}", 0, "", f"found '{value}'; allowed: {', '.join(allowed)}{suggestion(value, allowed)}")
        for name, value, allowed in (("kind", filters.kind, KINDS), ("role", filters.role, ROLES), ("status", filters.status, STATUSES))
        if value is not None and value not in allowed
    ]
    if filters.rule is not None and filters.rule not in rules:
        problems.append(Problem("--rule", 0, "", f"no rulebook of this ledger has a rule '{filters.rule}'"))
    alerts = {name for name, rule in rules.items() if rule["alert"]}
    if filters.alert is not None and filters.alert not in {*SEVERITIES, *alerts}:
        message = f"found '{filters.alert}'; allowed: {', '.join(SEVERITIES)}, or the id of an alert"
        problems.append(Problem("--alert", 0, "", message))
    if filters.status is not None and filters.rule is None:
        problems.append(Problem("--status", 0, "", "says which status a rule has; name it with --rule"))
    if problems:
        raise InputError(problems)


def passes_time_and_role(row: Row, filters: Filters) -> bool:
    day = date.fromisoformat(row.sealed.at[:10])
    if (filters.first and day < filters.first) or (filters.last and day > filters.last):
        return False
    return filters.role is None or row.sealed.by.role == filters.role


def passes_content(row: Row, filters: Filters, rulebooks: Compiled) -> bool:
    if row.kind != "assessment" or not row.parts:
        return False
    steps = row.part("derivation")[0].value
    if filters.rule is not None and (filters.rule, filters.status or MET) not in {(step["rule"], step["status"]) for step in steps}:
        return False
    return filters.alert is None or any(filters.alert in alert for alert in _alerts(row, steps, rulebooks))


def _alerts(row: Row, steps: list[dict[str, Any]], rulebooks: Compiled) -> list[tuple[str, str]]:
    """Severity and id of the alerts that are met."""
    severity = rulebooks.alerts(row.sealed.content["rulebook"])
    return [(severity[step["rule"]], step["rule"]) for step in steps if step["status"] == MET and step["rule"] in severity]


def line(row: Row, rulebooks: Compiled) -> dict[str, Any]:
    """One record in short."""
    sealed, content = row.sealed, row.sealed.content
    found: dict[str, Any] = {
        "number": sealed.number,
        "at": sealed.at,
        "kind": sealed.kind,
        "role": sealed.by.role,
        "name": sealed.by.name,
        "patient": row.part("patient")[0].value if row.part("patient") else None,
        "subject": sealed.subject,
        "previous": sealed.data["previous"],
        "erased": bool(sealed.data["commitments"]) and not row.parts,
        "clock_went_back": sealed.data["clock_went_back"],
        "program": sealed.data["program"]["version"],
        "hash": sealed.hash,
        "signed": sealed.signature is not None,
    }
    if sealed.kind == "assessment":
        found |= {"on": content["on"], "rulebook": content["rulebook"], "facts": content["shape"]["facts"]}
        found |= {status: content["shape"]["statuses"].get(status, 0) for status in STATUSES}
        if row.parts:
            alerts = _alerts(row, row.part("derivation")[0].value, rulebooks)
            found["alerts"] = {severity: sum(found == severity for found, _ in alerts) for severity in SEVERITIES}
    if sealed.kind == "response":
        found |= {"to": content["to"], "verdict": content["verdict"], "reason": content["reason"]}
    return found


def about(item: dict[str, Any]) -> str:
    """What came out, in words, of a record in short."""
    if item["kind"] == "response":
        return f"{item['verdict']} {item['to']}" + (f", {item['reason']}" if item["reason"] else "")
    if item["kind"] != "assessment":
        return ""
    alerts = ", ".join(f"{item['alerts'][severity]} {severity}" for severity in SEVERITIES) if "alerts" in item else "erased"
    return f"on {item['on']}; alerts met: {alerts}; {item['met']} met, {item['not_met']} not met, {item['undetermined']} cannot be told"
