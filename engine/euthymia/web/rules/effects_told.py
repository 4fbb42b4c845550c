"""Changes of many patients, counted and brought together by what changed."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

Item = dict[str, Any]
_MOST = 200  # recorded patients that are listed one by one; all are counted
_MOST_NAMED = 60
_OF_A_RECORD = ("group", "id", "title", "before", "after", "weights", "became", "silent", "raised")
_OF_AN_EXAMPLE = (*_OF_A_RECORD, "about")


@dataclass(frozen=True, slots=True)
class Patient:
    """One patient by both rulebooks. `name`: of an example, or the number of a record. `unread`: the rules that cannot read it."""

    name: str
    recorded: bool
    changes: list[Item] = field(default_factory=list)
    unread: tuple[str, ...] = ()


class Tally:
    """What is told of all of them."""

    def __init__(self) -> None:
        self._patients: list[Patient] = []

    def add(self, patient: Patient) -> None:
        self._patients.append(patient)

    def numbers(self) -> Item:
        """How many were looked at and how many of them change, so far."""
        told: Item = {}
        for name, recorded in (("examples", False), ("recorded", True)):
            found = [patient for patient in self._patients if patient.recorded == recorded]
            told[name] = {"total": len(found), "changed": sum(bool(patient.changes) for patient in found)}
        return told | {"silenced": sum(change["silent"] for patient in self._patients for change in patient.changes)}

    def told(self) -> Item:
        every = [change for patient in self._patients for change in patient.changes]
        return {
            "examples": self._of(recorded=False),
            "recorded": self._of(recorded=True),
            "silenced": sum(change["silent"] for change in every),
            "raised": sum(change["raised"] for change in every),
            "changes": self._together(),
        }

    def _of(self, *, recorded: bool) -> Item:
        found = [patient for patient in self._patients if patient.recorded == recorded]
        changed = [patient for patient in found if patient.changes]
        keys = _OF_A_RECORD if recorded else _OF_AN_EXAMPLE
        return {
            "total": len(found),
            "changed": len(changed),
            "silenced": sum(change["silent"] for patient in found for change in patient.changes),
            "raised": sum(change["raised"] for patient in found for change in patient.changes),
            "unread": [{"name": patient.name, "by": list(patient.unread)} for patient in found if patient.unread][:_MOST],
            "unread_number": sum(bool(patient.unread) for patient in found),
            "patients": [
                {"name": patient.name, "changes": [{key: change.get(key) for key in keys} for change in patient.changes]}
                for patient in changed[:_MOST]
            ],
        }

    def _together(self) -> list[Item]:
        """Each change once, with the patients in whom it comes about; alerts that fall silent first."""
        found: dict[tuple[Any, ...], Item] = {}
        times: Counter[tuple[Any, ...]] = Counter()
        for patient in self._patients:
            for change in {tuple(change[key] for key in _OF_A_RECORD): change for change in patient.changes}.values():
                key = tuple(change[name] for name in _OF_A_RECORD)
                item = found.setdefault(key, dict(zip(_OF_A_RECORD, key, strict=True)) | {"examples": [], "recorded": []})
                times[key] += 1
                named = item["recorded" if patient.recorded else "examples"]
                if len(named) < _MOST_NAMED:
                    named.append(patient.name)
        for key, item in found.items():
            item["times"] = times[key]
        return sorted(found.values(), key=lambda item: (not item["silent"], item["group"] != "alert"))
