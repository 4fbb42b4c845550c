"""What is wrong with a case file though its shape is right: with file, line and key, once for a case and not for each of its patients."""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from euthymia.cases.vary import MISSING, CannotVary, values, varied
from euthymia.errors import Problem, found, suggestion
from euthymia.rulebook.rulebook import Rulebook
from euthymia.source import Checked

if TYPE_CHECKING:
    from euthymia.cases.files import Case, CaseFile

Place = tuple[str | int, ...]
Told = tuple[Place, str]


def mistakes(checked: "Checked[CaseFile]", rulebook: Rulebook | None) -> Iterator[Problem]:
    """Every mistake in a case file; those in names of rules and facts only where a rulebook is given."""
    first: dict[str, int] = {}
    for number, case in enumerate(checked.model.cases):
        place: Place = ("cases", number)
        before = first.setdefault(case.case, number)
        if before != number:
            line = checked.document.line(("cases", before))
            yield checked.document.problem((*place, "case"), f"the case on line {line} has the same name; every case has one of its own")
        told = [*_varying(case), *(_names(case, rulebook) if rulebook is not None else ())]
        for inner, message in told:
            yield checked.document.problem((*place, *inner), message)


def _varying(case: "Case") -> Iterator[Told]:
    """`vary`, its values and its patient belong together."""
    maps = [name for name, status in case.expect.items() if isinstance(status, dict)]
    if case.file is not None and case.given:
        yield ("file",), "stands beside `given`; a case has one patient, so keep one of the two"
    if case.vary is None:
        for name in maps:
            yield (
                ("expect", name),
                "a status for each value needs `vary`, the fact that takes these values; without it, one status is needed",
            )
        return
    if case.file is not None:
        yield ("vary",), "a patient from a file cannot be varied; write it under `given`"
        return
    if not maps:
        yield ("vary",), "nothing says which values it takes; write `expect: {rule: {value: status}}`"
    yield from _values(case, case.vary)


def _values(case: "Case", fact: str) -> Iterator[Told]:
    try:
        varied(case.given, fact, MISSING)
    except CannotVary as mistake:
        yield ("vary",), str(mistake)
        return
    for value in values(case):
        try:
            varied(case.given, fact, value)
        except CannotVary as mistake:
            rule = next(name for name, status in case.expect.items() if isinstance(status, dict) and value in status)
            yield ("expect", rule, value), str(mistake)


def _names(case: "Case", rulebook: Rulebook) -> Iterator[Told]:
    """Rules, definitions, orders, sequences and facts that the rulebook does not have."""
    if case.vary is not None:
        yield from ((("vary",), message) for message in _fact(case.vary, rulebook))
    for key in ("expect", "needs", "because", "says"):
        for name in getattr(case, key):
            yield from (((key, name), message) for message in _rule(name, rulebook))
    parts = rulebook.about.assessment
    known: tuple[tuple[str, str, Collection[str]], ...] = (
        ("definitions", "definition", [item.id for item in rulebook.definitions]),
        ("order", "order", [item.id for item in rulebook.rankings]),
        ("steps", "sequence", [item.id for item in rulebook.sequences]),
        ("situations", "situation", parts.situations),
        ("criteria", "criterion", parts.criteria),
    )
    for key, what, there in known:
        for name in getattr(case, key):
            if name not in there:
                allowed = f"; allowed: {', '.join(there)}" if there else ""
                yield (key, name), f"unknown {what} '{found(name)}'{suggestion(name, there)}{allowed}"


def _rule(name: str, rulebook: Rulebook) -> Iterator[str]:
    rule, _, unit = name.partition("@")
    if rule not in rulebook.by_id:
        yield f"unknown rule '{found(rule)}'{suggestion(rule, rulebook.by_id)}"
        return
    about = rulebook.by_id[rule].about
    if about == "patient" and unit:
        yield f"{rule} is about the patient; write {rule} without @{found(unit)}"
    if about != "patient" and not unit:
        yield f"{rule} is about a {about}; say which, {rule}@id"


def _fact(name: str, rulebook: Rulebook) -> Iterator[str]:
    fact, _, unit = name.partition("@")
    if fact not in rulebook.facts:
        yield f"unknown fact '{found(fact)}'{suggestion(fact, rulebook.facts)}"
        return
    record = rulebook.facts[fact].record
    if record in rulebook.facts.many and not unit:
        yield f"{fact} belongs to one {record}; say to which, {fact}@id"
    if record not in rulebook.facts.many and unit:
        yield f"{fact} belongs to the patient; write {fact} without @{found(unit)}"
