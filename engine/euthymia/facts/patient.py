"""A patient as rules see one: facts by name, and the units (trials, problems) that have facts of their own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from euthymia.facts.observation import NOT_ASKED, Observation


@dataclass(frozen=True, slots=True)
class Unit:
    """One trial or one problem. `parts` names the trials that were merged into it."""

    id: str
    facts: Mapping[str, Observation]
    parts: tuple[str, ...] = ()

    def get(self, name: str) -> Observation:
        return self.facts.get(name, NOT_ASKED)


@dataclass(frozen=True, slots=True)
class Course:
    """Two trials that were read as one combined course, and why."""

    id: str
    parts: tuple[str, str]
    gap_days: int
    conflicts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Patient:
    """Facts that occur once by full name; units by record. Frozen; nothing in it depends on the order of the file."""

    facts: Mapping[str, Observation]
    units: Mapping[str, tuple[Unit, ...]] = field(default_factory=dict)
    latest: str | None = None
    courses: tuple[Course, ...] = ()

    def get(self, name: str) -> Observation:
        return self.facts.get(name, NOT_ASKED)

    def unit(self, record: str, unit_id: str) -> Unit:
        return next(unit for unit in self.units.get(record, ()) if unit.id == unit_id)

    def observation(self, name: str) -> Observation:
        """The fact `trial.adherence@t1` or `risk.assessed`."""
        fact, _, unit_id = name.partition("@")
        if not unit_id:
            return self.get(fact)
        return self.unit(fact.partition(".")[0], unit_id).get(fact)

    def as_json(self) -> dict[str, Any]:
        """Every recorded fact with its state and provenance, by full name."""
        shown: dict[str, Any] = {}
        for name, item in self.facts.items():
            shown[name] = _entry(item)
        for units in self.units.values():
            for unit in units:
                for name, item in unit.facts.items():
                    shown[f"{name}@{unit.id}"] = _entry(item)
        return {name: entry for name, entry in shown.items() if entry["state"] != "not_asked"}


def _entry(item: Observation) -> dict[str, Any]:
    return {"state": item.state, "value": item.as_json() if item.known else None, **item.provenance()}
