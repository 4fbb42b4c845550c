"""The statuses of a patient of whom a little more is known: only what hangs on the difference is judged again."""

from collections.abc import Mapping

from euthymia.explain.dependence import LATEST, Dependence
from euthymia.facts.patient import Patient
from euthymia.inference.evaluate import Evaluator
from euthymia.inference.trace import Key
from euthymia.inference.view import View, views


class Reevaluating:
    """Starts from one patient. Exact: what differs is read off the two patients as rules see them, derived facts included."""

    def __init__(self, evaluator: Evaluator, dependence: Dependence, patient: Patient, statuses: Mapping[Key, str]) -> None:
        self._evaluator = evaluator
        self._dependence = dependence
        self._before = views(patient, evaluator.catalogue)
        self._statuses: dict[str | None, dict[str, str]] = {}
        for key, status in statuses.items():
            self._statuses.setdefault(key.unit, {})[key.rule] = status

    def of(self, patient: Patient) -> Mapping[Key, str]:
        """The statuses that this other patient has and the first one has not; all of them where it has other trials or problems."""
        after = views(patient, self._evaluator.catalogue)
        if _names(after) != _names(self._before):
            return self._evaluator.evaluate_view(after)
        for view in after.every():
            view.statuses.update(self._statuses.get(view.unit, {}))
        return self._changed(after, self._differing(after))

    def _changed(self, after: View, facts: set[str]) -> dict[Key, str]:
        """Judges again, in the order of the rulebook, what reads one of these facts, or a rule with another status."""
        found: dict[Key, str] = {}
        moved: set[str] = set()
        for rule in self._dependence.rulebook.rules:
            if facts.isdisjoint(self._dependence.own(rule.id)) and moved.isdisjoint(self._dependence.refers(rule.id)):
                continue
            for view in after.judged(rule.about):
                status = self._evaluator.judge(rule.id, view)
                if status != view.statuses[rule.id]:
                    view.statuses[rule.id] = found[Key(rule.id, view.unit)] = status
                    moved.add(rule.id)
        return found

    def _differing(self, after: View) -> set[str]:
        latest = (self._before.latest and self._before.latest.unit) != (after.latest and after.latest.unit)
        found = {LATEST} if latest else set()
        for old, new in zip(self._before.every(), after.every(), strict=True):
            found.update(name for name in old.facts.keys() | new.facts.keys() if old.facts.get(name) != new.facts.get(name))
            found.update(old.excluded ^ new.excluded)
        return found


def _names(whole: View) -> list[str | None]:
    return [view.unit for view in whole.every()]
