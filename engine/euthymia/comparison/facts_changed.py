"""How one patient differs from another, as rules see them; and the one patient with some of the differences of the other.

A fact is changed when rules see something else: a value, that there is none, or that it does not apply. A trial or problem that was added
or removed is one change, with all its facts; so are trials that one side reads as one course. The latest trial goes with the trial that
became it, where that was added.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from euthymia.comparison.decided import Decided
from euthymia.comparison.hanging import Hanging
from euthymia.facts.observation import Observation
from euthymia.facts.patient import Patient, Unit
from euthymia.inference.view import View

Nature = Literal["added", "removed", "changed"]
_LATEST = "latest_trial"


@dataclass(frozen=True, slots=True)
class FactChange:
    """A fact (`trial.adherence@t1` or `risk.assessed`) with what was and is recorded."""

    name: str
    before: Observation
    after: Observation

    @property
    def fact(self) -> str:
        return self.name.partition("@")[0]

    @property
    def unit(self) -> str | None:
        return self.name.partition("@")[2] or None

    @property
    def nature(self) -> Nature:
        """Was something learned, lost, or is it another answer?"""
        told = [item.state in ("known", "not_applicable") for item in (self.before, self.after)]
        return "changed" if told[0] == told[1] else "added" if told[1] else "removed"


@dataclass(frozen=True, slots=True)
class UnitChange:
    """Trials or problems that were added or removed; both where trials became one course, or a course two trials."""

    record: str
    removed: tuple[Unit, ...]
    added: tuple[Unit, ...]
    with_latest: bool

    @property
    def ids(self) -> set[str]:
        return {unit.id for unit in (*self.removed, *self.added)}

    @property
    def nature(self) -> Nature:
        return "changed" if self.removed and self.added else "added" if self.added else "removed"


@dataclass(frozen=True, slots=True)
class LatestChange:
    """Another of the trials that both sides hold is the latest; None: not known which."""

    before: str | None
    after: str | None

    @property
    def nature(self) -> Nature:
        return "removed" if self.after is None else "added" if self.before is None else "changed"


Change = FactChange | UnitChange | LatestChange


def changes(before: Decided, after: Decided) -> tuple[Change, ...]:
    """Every difference that rules can see: trials and problems first, then facts in the order in which they are asked."""
    units = [change for record in _records(before, after) for change in _unit_changes(record, before.patient, after.patient)]
    found: list[Change] = [*units]
    if before.patient.latest != after.patient.latest and not any(change.with_latest for change in units):
        found.append(LatestChange(before.patient.latest, after.patient.latest))
    found += _fact_changes(before, after, before.view, after.view)
    for record in _records(before, after):
        later = {view.unit: view for view in after.view.units.get(record, ())}
        for view in before.view.units.get(record, ()):
            if view.unit in later:
                found += _fact_changes(before, after, view, later[view.unit])
    return tuple(found)


def _records(before: Decided, after: Decided) -> list[str]:
    return list(dict.fromkeys([*before.view.units, *after.view.units]))


def _fact_changes(before: Decided, after: Decided, one: View, other: View) -> Iterator[FactChange]:
    names = {*one.facts, *other.facts, *one.excluded, *other.excluded} - {_LATEST}
    for name in sorted(names, key=lambda name: _rank(name, before, after)):
        if (one.facts.get(name), name in one.excluded) != (other.facts.get(name), name in other.excluded):
            label = f"{name}@{one.unit}" if one.unit else name
            yield FactChange(label, before.patient.observation(label), after.patient.observation(label))


def _rank(name: str, before: Decided, after: Decided) -> tuple[int, int, str]:
    for number, catalogue in enumerate((after.rulebook.facts, before.rulebook.facts)):
        if name in catalogue:
            return (number, catalogue.rank(name), name)
    return (2, 0, name)


def _unit_changes(record: str, before: Patient, after: Patient) -> Iterator[UnitChange]:
    ids = [{unit.id for unit in patient.units.get(record, ())} for patient in (before, after)]
    removed = [unit for unit in before.units.get(record, ()) if unit.id not in ids[1]]
    added = [unit for unit in after.units.get(record, ()) if unit.id not in ids[0]]
    groups = list(_joined(removed, added))
    carrier = _carrier(groups, before.latest, after.latest) if record == "trial" else None
    for number, (gone, new) in enumerate(groups):
        yield UnitChange(record, gone, new, number == carrier)


def _joined(removed: list[Unit], added: list[Unit]) -> Iterator[tuple[tuple[Unit, ...], tuple[Unit, ...]]]:
    """Units that share a trial, as a course and its parts do, together; every other one by itself."""
    groups: list[list[tuple[bool, Unit]]] = []
    for member in [*((False, unit) for unit in removed), *((True, unit) for unit in added)]:
        touching = [group for group in groups if any(_trials(unit) & _trials(member[1]) for _, unit in group)]
        groups = [group for group in groups if group not in touching]
        groups.append([*(other for group in touching for other in group), member])
    for group in groups:
        yield tuple(unit for new, unit in group if not new), tuple(unit for new, unit in group if new)


def _trials(unit: Unit) -> set[str]:
    return {unit.id, *unit.parts}


def _carrier(groups: list[tuple[tuple[Unit, ...], tuple[Unit, ...]]], before: str | None, after: str | None) -> int | None:
    """The group that takes the latest trial with it: the one that adds the new latest trial, else the one that removes the old."""
    if before == after:
        return None
    adding = [number for number, (_, new) in enumerate(groups) if after in {unit.id for unit in new}]
    removing = [number for number, (gone, _) in enumerate(groups) if before in {unit.id for unit in gone}]
    return next(iter([*adding, *removing]), None)


def applied(base: Patient, target: Patient, chosen: Iterable[Change]) -> Patient:
    """`base` with some of the differences of `target`. Where the latest trial is no longer there, it is not known which is the latest."""
    facts = dict(base.facts)
    units = {record: {unit.id: unit for unit in members} for record, members in base.units.items()}
    latest = base.latest
    for change in chosen:
        match change:
            case LatestChange():
                latest = target.latest
            case UnitChange(record, removed, added, with_latest):
                members = units.setdefault(record, {})
                for unit in removed:
                    del members[unit.id]
                members.update({unit.id: unit for unit in added})
                latest = target.latest if with_latest else latest
            case FactChange() if change.unit is None:
                facts[change.name] = change.after
            case FactChange():
                members = units[change.fact.partition(".")[0]]
                unit = members[change.unit or ""]
                members[unit.id] = Unit(unit.id, {**unit.facts, change.fact: change.after}, unit.parts)
    made = {record: tuple(members.values()) for record, members in units.items()}
    there = {unit.id for unit in made.get("trial", ())}
    return Patient(facts, made, latest if latest in there else None, target.courses)


def only(patient: Patient, names: Container[str]) -> Patient:
    """The same trials and problems, with nothing but these facts."""
    units = {
        record: tuple(Unit(unit.id, _some(unit.facts, names), unit.parts) for unit in members) for record, members in patient.units.items()
    }
    return Patient(_some(patient.facts, names), units, patient.latest, patient.courses)


def _some(facts: Mapping[str, Observation], names: Container[str]) -> dict[str, Observation]:
    return {name: item for name, item in facts.items() if name in names}


def relevant(found: Iterable[Change], hanging: Hanging, unit: str | None) -> tuple[Change, ...]:
    """Those that could matter to a subject that hangs on these facts; the others cannot."""
    return tuple(change for change in found if _matters(change, hanging, unit))


def _matters(change: Change, hanging: Hanging, unit: str | None) -> bool:
    match change:
        case LatestChange():
            return hanging.around
        case UnitChange():
            return hanging.around or unit in change.ids
        case FactChange():
            return change.fact in hanging.facts and (hanging.around or change.unit in (None, unit))
