"""The causes of a change as data, in words: facts with what was and is recorded, rules with their place in the files."""

from typing import Any

from euthymia.comparison.compare import Changed
from euthymia.comparison.explained import Explanation
from euthymia.comparison.facts_changed import Change, FactChange, LatestChange, UnitChange
from euthymia.comparison.mixtures import Mixture
from euthymia.comparison.rules_changed import RuleChange
from euthymia.facts.observation import Observation
from euthymia.facts.patient import Patient, Unit
from euthymia.render.words import Words
from euthymia.rulebook.files import ParameterEntry

Item = dict[str, Any]


class Reasons:
    """Causes in words. `before` and `after`: the two ends of the comparison."""

    def __init__(self, before: Mixture, after: Mixture, words: Words) -> None:
        self._ends = (after.decided, before.decided)
        self.words = words
        self._extra: Item = words.model_dump()

    def of(self, changed: Changed) -> Item:
        """Every set of causes that is enough, with what is behind it."""
        found = changed.attribution
        return {
            "causes": [self._explanation(item) for item in changed.explanations],
            "needed": list(found.needed),
            "overdetermined": found.overdetermined,
            "untried": [list(causes) for causes in found.untried],
        }

    def _explanation(self, explanation: Explanation) -> Item:
        facts = explanation.facts
        return {
            "causes": list(explanation.causes),
            "facts": None
            if facts is None
            else {
                "claim": facts.claim,
                "all_found": facts.all_found,
                "joint": explanation.joint,
                "sets": [[self.change(change) for change in chosen] for chosen in facts.sets],
            },
            "rules": [self.rule(change) for change in explanation.rules],
            "filled": [self.change(change) for change in explanation.filled],
            "clock": [self.change(change) for change in explanation.clock],
        }

    # --- facts --------------------------------------------------------------------------------------------------------------

    def change(self, change: Change) -> Item:
        """One difference between two patients."""
        match change:
            case FactChange():
                return self._fact(change)
            case LatestChange(before, after):
                told = [{"value": name, "shown": name or self.words.words["not_known"]} for name in (before, after)]
                return {"name": "latest_trial", "label": self.words.words["latest_trial"], "nature": change.nature,
                        "before": told[0], "after": told[1]}  # fmt: skip
            case UnitChange(record, removed, added, _):
                sides = [self.words.listed(self.words.unit_name(unit) for unit in units) for units in (removed, added)]
                return {
                    "name": record,
                    "label": self._unit_label(change, sides),
                    "nature": change.nature,
                    "removed": [unit.id for unit in removed],
                    "added": [unit.id for unit in added],
                }

    def _unit_label(self, change: UnitChange, sides: list[str]) -> str:
        text: str = self._extra["compare"]["units"][change.nature]
        return text.format(removed=sides[0], added=sides[1])

    def _fact(self, change: FactChange) -> Item:
        return {
            "name": change.name,
            "label": self.label(change.name),
            "nature": change.nature,
            "before": self._observed(change.fact, change.before),
            "after": self._observed(change.fact, change.after),
        }

    def label(self, name: str) -> str:
        """`adherence in trial t1 (sertraline)`, by the words of the rules after, else of those before."""
        fact, _, unit_id = name.partition("@")
        unit = None if not unit_id else self.unit(fact.partition(".")[0], unit_id)
        catalogues = [end.rulebook.facts for end in self._ends]
        return self.words.fact_name(next(found[fact] for found in catalogues if fact in found), unit)

    def unit(self, record: str, unit_id: str) -> Unit | None:
        """A trial or problem as it is after, else as it was."""
        patients: list[Patient] = [end.patient for end in self._ends]
        return next((unit for patient in patients for unit in patient.units.get(record, ()) if unit.id == unit_id), None)

    def _observed(self, fact: str, item: Observation) -> Item:
        declared = next(end.rulebook.facts[fact] for end in self._ends if fact in end.rulebook.facts)
        shown = self._extra["fact_states"]["not_asked"] if item.state == "not_asked" else self.words.value(declared, item)
        provenance = item.provenance()
        told: Item = {"state": item.state, "value": item.as_json(), "shown": shown}
        return told | ({"provenance": provenance} if provenance else {})

    # --- rules --------------------------------------------------------------------------------------------------------------

    def rule(self, change: RuleChange) -> Item:
        """Something in the rules that is not as it was."""
        told: Item = {"what": change.what, "id": change.id, "title": change.title, "file": change.file, "line": change.line}
        if change.what.startswith("parameter"):
            told |= {"before": self._parameter(change.before), "after": self._parameter(change.after)}
        return told

    def _parameter(self, entry: ParameterEntry | None) -> Item | None:
        return None if entry is None else {"value": entry.value, "unit": entry.unit, "shown": self.words.parameter(entry)}
