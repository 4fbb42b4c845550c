"""A patient's facts in the form that conditions test: words, whole numbers, sets.

Numbers are exact thousandths as (low, high); lists are sets; a fact that is not known is simply not there, and one that is not applicable
is named in `excluded`.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from euthymia.facts.catalogue import Catalogue
from euthymia.facts.observation import Observation
from euthymia.facts.patient import Patient

SCALE = 1000


@dataclass(slots=True)
class View:
    """One unit's facts, or the patient's own (`unit` None), and the statuses settled so far.

    `withheld` names facts that are known but not in `facts`, when reasons are tried out: a fallback does not pass over them.
    """

    unit: str | None
    facts: Mapping[str, Any]
    excluded: frozenset[str]
    patient: "View | None" = None
    statuses: dict[str, str] = field(default_factory=dict)
    units: dict[str, list["View"]] = field(default_factory=dict)
    latest: "View | None" = None
    unanswered: frozenset[str] | None = None
    withheld: Container[str] = ()

    def judged(self, about: str) -> Sequence["View"]:
        """The views that a rule about this is judged for: the patient's own, or those of a record's units. Of the patient's view only."""
        return (self,) if about == "patient" else self.units[about]

    def every(self) -> Iterator["View"]:
        """The patient's view, and those of all units."""
        yield self
        for units in self.units.values():
            yield from units

    def of(self, about: str, unit: str | None) -> "View":
        """The view of one trial or problem, or the patient's. A trial and a problem may have the same id."""
        return next(view for view in self.judged(about) if view.unit == unit)

    def holding(self, fact: str, unit: str | None) -> "View":
        """The view that has the fact: that of a trial or problem, or the patient's."""
        return self.of(fact.partition(".")[0] if unit else "patient", unit)

    def name(self, fact: str) -> str:
        """The fact as it is told: `trial.adherence@t1`, or `risk.assessed`."""
        return f"{fact}@{self.unit}" if self.unit else fact

    def is_unanswered(self, fact: str) -> bool | None:
        """Has the fact no value? With `unanswered` given, only what it names counts as such, and the rest is left open."""
        if fact in self.facts or fact in self.excluded:
            return False
        return True if self.unanswered is None or fact in self.unanswered else None


def views(patient: Patient, catalogue: Catalogue) -> View:
    """The patient's view, with the views of trials and problems inside."""
    whole = View(None, coded(patient.facts), _excluded(patient.facts))
    for record in catalogue.many:
        names = [fact.full_name for fact in catalogue.of_record(record) if fact.compared and fact.type == "text"]
        inside = [View(unit.id, _folded(unit.facts, names), _excluded(unit.facts), whole) for unit in patient.units.get(record, ())]
        whole.units[record] = inside
    if patient.latest is not None:
        whole.latest = next(unit for unit in whole.units["trial"] if unit.unit == patient.latest)
    return whole


def _folded(facts: Mapping[str, Observation], names: list[str]) -> dict[str, Any]:
    """With the names that units are told apart by in one spelling: `Sertraline` and `sertraline HCl` are one drug."""
    found = coded(facts)
    folded = {name: facts[name].identity or " ".join(found[name].casefold().split()) for name in names if name in found}
    return found | folded


def coded(facts: Mapping[str, Observation]) -> dict[str, Any]:
    """Known facts only, each as conditions test it."""
    return {name: code(item) for name, item in facts.items() if item.known}


def code(item: Observation) -> Any:
    """A word, a (low, high) pair of thousandths, a set of members, or any other value as it is."""
    if item.low is not None and item.high is not None:
        return (int(item.low * SCALE), int(item.high * SCALE))
    if isinstance(item.value, tuple | dict):
        return frozenset(item.value)
    return item.value


def _excluded(facts: Mapping[str, Observation]) -> frozenset[str]:
    return frozenset(name for name, item in facts.items() if item.state == "not_applicable")
