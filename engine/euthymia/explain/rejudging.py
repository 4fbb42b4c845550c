"""Judging again with a few facts changed: only what hangs on them, on copies of the patient's view."""

from collections.abc import Mapping
from typing import Any

from euthymia.explain.dependence import LATEST, Dependence
from euthymia.inference.evaluate import Evaluator
from euthymia.inference.trace import Key
from euthymia.inference.view import View
from euthymia.rulebook.rule import Rule

Place = tuple[str, str | None]  # a fact, and the trial or problem that has it
Changes = Mapping[Place, Any]  # what facts would be, in the form that conditions test


class Rejudging:
    """Judgements of one patient with some facts changed. `whole` is the judged view; it is left as it is."""

    def __init__(self, evaluator: Evaluator, dependence: Dependence, whole: View) -> None:
        self._evaluator = evaluator
        self._dependence = dependence
        self._whole = whole
        self._concerned: dict[tuple[str, frozenset[str]], list[Rule]] = {}

    def status(self, key: Key, changes: Changes) -> str:
        """The status that the judgement would have."""
        whole = changed(self._whole, changes)
        for rule in self._rules(key.rule, frozenset(fact for fact, _ in changes)):
            for view in whole.judged(rule.about):
                view.statuses[rule.id] = self._evaluator.judge(rule.id, view)
        return whole.of(self._dependence.rulebook.by_id[key.rule].about, key.unit).statuses[key.rule]

    def can_be(self, changes: Changes) -> bool:
        """Could a patient file hold these facts, or would they contradict each other?"""
        return not any(self._evaluator.contradictions(changed(self._whole, changes), {fact for fact, _ in changes}))

    def _rules(self, rule: str, touched: frozenset[str]) -> list[Rule]:
        """What lies between these facts and the rule, each after all it refers to."""
        place = (rule, touched)
        if place not in self._concerned:
            inside = self._dependence.rules(rule)
            every = self._dependence.rulebook.rules
            self._concerned[place] = [other for other in every if other.id in inside and touched & self._dependence.facts(other.id)]
        return self._concerned[place]


def changed(whole: View, changes: Changes) -> View:
    """A copy of the view in which these facts have these values. None takes a value away."""
    by_unit: dict[str | None, dict[str, Any]] = {}
    for (fact, unit), value in changes.items():
        if fact != LATEST:
            by_unit.setdefault(unit, {})[fact] = value
    copy = _with(whole, by_unit.get(None), None)
    copy.units = {record: [_with(unit, by_unit.get(unit.unit), copy) for unit in units] for record, units in whole.units.items()}
    latest = changes.get((LATEST, None), None if whole.latest is None else whole.latest.unit)
    copy.latest = next((unit for unit in copy.units.get("trial", ()) if unit.unit == latest), None)
    return copy


def _with(view: View, own: dict[str, Any] | None, patient: View | None) -> View:
    if own is None:
        return View(view.unit, view.facts, view.excluded, patient, dict(view.statuses))
    facts = {fact: value for fact, value in {**view.facts, **own}.items() if value is not None}
    return View(view.unit, facts, view.excluded - own.keys(), patient, dict(view.statuses))
