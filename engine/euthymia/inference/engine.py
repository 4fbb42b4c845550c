"""A patient through all layers of a plan: what to assert, what was concluded, and which facts made it fire."""

import queue
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property, partial
from typing import Any

from euthymia.errors import EngineFault
from euthymia.facts.catalogue import Catalogue
from euthymia.inference.clauses import START, Code, engine_fact
from euthymia.inference.durable import RuleSet
from euthymia.inference.lift import Quantity
from euthymia.inference.lint import lint
from euthymia.inference.plan import Layer, Member, Plan
from euthymia.inference.trace import Firing, Key, Matched
from euthymia.inference.view import View
from euthymia.rulebook.conditions import MET, NOT_APPLICABLE, NOT_MET, UNDETERMINED, Count

Held = tuple[str, str | None, Any]  # a fact or a status: name, unit and, of a status, its value
Names = dict[str, Held | Callable[[], Matched]]
Fired = list[tuple[str, tuple[str, ...]]]
Derived = Mapping[str, tuple[Code, str]]
_REMEMBERED = 300  # firings of one layer over the very same facts; a kilobyte or some tens each


class Engine:
    """All layers of a rulebook inside durable_rules. Belongs to one thread at a time."""

    def __init__(self, plan: Plan, catalogue: Catalogue) -> None:
        self.plan = plan
        self.catalogue = catalogue
        self._of_patient = frozenset(name for name in catalogue if name.partition(".")[0] not in catalogue.many)
        self._sets = [RuleSet(layer) for layer in plan.layers]
        self._fired: dict[Any, tuple[Fired, Derived]] = {}

    def evaluate(self, whole: View) -> tuple[dict[Key, str], list[Firing]]:
        """The status of every rule, and the firings that led to them."""
        run = _Run(self, whole)
        for rules in self._sets:
            for view in (whole,) if rules.layer.about == "patient" else whole.units[rules.layer.about]:
                run.layer(rules, view)
        return run.statuses, run.firings

    def fired(self, rules: RuleSet, facts: list[dict[str, Any]]) -> tuple[Fired, Derived]:
        """What fires over these facts, and what is derived on the way. Units and patients of which the very same is known fire once."""
        asserted = (id(rules), tuple(tuple(fact.items()) for fact in facts))
        found = self._fired.pop(asserted, None) or (rules.run(facts), dict(rules.derived))
        self._fired[asserted] = found  # what was used last stands last
        if len(self._fired) > _REMEMBERED:
            del self._fired[next(iter(self._fired))]
        return found

    def is_of_patient(self, fact: str) -> bool:
        return fact in self._of_patient

    def forget(self) -> None:
        """Remember nothing of any patient."""
        self._fired.clear()

    def close(self) -> None:
        for rules in self._sets:
            rules.close()


class _Run:
    """One evaluation of one patient."""

    def __init__(self, engine: Engine, whole: View) -> None:
        self.engine = engine
        self.whole = whole
        self.statuses: dict[Key, str] = {}
        self.firings: list[Firing] = []
        self._of_unit: dict[str | None, dict[str, str]] = {None: {}}
        self._why: dict[Key, Callable[[], Matched]] = {}

    def layer(self, rules: RuleSet, view: View) -> None:
        """Judge one unit (or the patient) in one layer."""
        facts, names = self._facts(rules.layer, view)
        reasons = _Reasons(rules.layer, names, *self.engine.fired(rules, facts), view.unit)
        codes, own = self.engine.plan.status_codes, self._of_unit.setdefault(view.unit, {})
        for entry in rules.layer.entries:
            code = codes[entry.id]
            found = reasons.conclusions.get(code, ())
            if len(found) > 1:
                raise EngineFault(f"durable_rules concluded {' and '.join(sorted(found))} for {entry.id}")
            status = next(iter(found), UNDETERMINED)
            key = Key(entry.id, view.unit)
            self.statuses[key] = own[entry.id] = status
            self._why[key] = on = partial(reasons.of, code, status) if found else tuple
            if not entry.id.startswith("~"):
                self.firings.append(Firing(key, status, on))

    def _facts(self, layer: Layer, view: View) -> tuple[list[dict[str, Any]], Names]:
        """The engine facts of one unit, and what each of them stands for."""
        facts: list[dict[str, Any]] = []
        names: Names = {}
        own, of_patient = self._of_unit.setdefault(view.unit, {}), self._of_unit[None]

        def add(code: Code, stands_for: Held | Callable[[], Matched], **fields: str | int) -> None:
            names[f"f{len(facts)}"] = stands_for
            facts.append(engine_fact(code, len(facts), **fields))

        whole, is_of_patient = self.whole, self.engine.is_of_patient
        for code, (fact, member) in layer.facts.items():
            holder = whole if view is whole or is_of_patient(fact) else view
            if fact in holder.facts:
                add(code, (fact, holder.unit, None), **_fields(holder.facts[fact], member))
        for code, (fact, states) in layer.knowing.items():
            holder = whole if is_of_patient(fact) else view
            state = "known" if fact in holder.facts else "excluded" if fact in holder.excluded else "unknown"
            if state in states:
                add(code, (fact, holder.unit, None), v="yes")
        for code, rule in layer.statuses.items():
            unit = view.unit if rule in own else None
            status = own[rule] if rule in own else of_patient[rule]
            if status != UNDETERMINED:
                add(code, (rule, unit, status), v=status)
        for quantity in layer.quantities:
            result, matched = self._quantity(quantity)
            if result is not None:
                add(quantity.code, matched, v="yes" if result else "no")
        add(START.code, tuple, v="start")
        return facts, names

    def _quantity(self, quantity: Quantity) -> tuple[bool | None, Callable[[], Matched]]:
        """A count or a latest trial, from what the layers below settled; and which units settled it."""
        condition = quantity.condition
        record = condition.record if isinstance(condition, Count) else "trial"
        judged = [(unit, self.statuses[Key(quantity.body, unit.unit)]) for unit in self.whole.units[record]]
        closing = self.engine.catalogue.record(record).complete_when
        complete = closing is not None and self.whole.facts.get(closing) == "yes"
        ended: Matched = ((closing, None),) if closing and complete else ()
        if isinstance(condition, Count):
            closed = complete or condition.listed
            return self._count(condition, quantity, judged, closed, ended)
        if self.whole.latest is not None:
            status = self.statuses[Key(quantity.body, self.whole.latest.unit)]
            return _TRUTH[status], self._reasons(quantity, [self.whole.latest], (("latest_trial", None),))
        found = {_TRUTH[status] for _, status in judged}
        if len(found) != 1 or not complete:
            return None, tuple
        return found.pop(), self._reasons(quantity, [unit for unit, _ in judged], ended)

    def _count(
        self, count: Count, quantity: Quantity, judged: list[tuple[View, str]], closed: bool, ended: Matched
    ) -> tuple[bool | None, Callable[[], Matched]]:
        certain = [unit for unit, status in judged if status == MET]
        if self._different(certain, count.distinct, at_least=True) >= count.minimum:
            return True, self._reasons(quantity, certain)
        possible = [unit for unit, status in judged if status not in _EXCLUDED]
        if closed and self._different(possible, count.distinct, at_least=False) < count.minimum:
            return False, self._reasons(quantity, [unit for unit, status in judged if status in _EXCLUDED], ended)
        return None, tuple

    def _different(self, units: list[View], distinct: str | None, *, at_least: bool) -> int:
        """How many different units there are at the least or at the most, one by one (the evaluator counts by sets)."""
        if distinct is None:
            return len(units)
        barred = self.engine.catalogue[distinct].barred
        names: list[Any] = []
        apart = unnamed = 0
        for unit in units:
            if distinct in unit.facts:
                if unit.facts[distinct] not in names:
                    names.append(unit.facts[distinct])
            elif unit.facts.get("trial.modality") in barred or distinct in unit.excluded:
                apart += 1
            else:
                unnamed += 1
        if at_least:
            return apart + max(len(names), min(unnamed, 1))
        possible = len(self.engine.catalogue[distinct].choices) or len(names) + unnamed
        return apart + min(possible, len(names) + unnamed)

    def _reasons(self, quantity: Quantity, units: list[View], ended: Matched = ()) -> Callable[[], Matched]:
        """What closed the list, and what each of these units rests on."""
        whys = [self._why[Key(quantity.body, unit.unit)] for unit in units]
        return lambda: (*ended, *(reason for why in whys for reason in why()))


_EXCLUDED = (NOT_MET, NOT_APPLICABLE)
_TRUTH: dict[str, bool | None] = {MET: True, NOT_MET: False, NOT_APPLICABLE: False, UNDETERMINED: None}


class _Reasons:
    """Which conclusions a run came to, and the facts behind each."""

    def __init__(self, layer: Layer, names: Names, fired: Fired, derived: Derived, unit: str | None) -> None:
        self._names = names
        self._derived = derived
        self._unit = unit
        self._entry = layer.entry_of
        self._fired = fired
        self._concludes = layer.concludes
        self._told: dict[tuple[Code, str], Matched] = {}
        self.conclusions: dict[Code, set[str]] = {}
        for rule in {rule for rule, _ in fired}:
            code, value = layer.concludes[rule]
            self.conclusions.setdefault(code, set()).add(value)

    @cached_property
    def _ways(self) -> dict[tuple[Code, str], list[tuple[int, tuple[str, ...]]]]:
        """The facts behind each conclusion, way by way."""
        ways: dict[tuple[Code, str], list[tuple[int, tuple[str, ...]]]] = {}
        for rule, ids in self._fired:
            ways.setdefault(self._concludes[rule], []).append((int(rule[1:]), ids))
        return ways

    def of(self, code: Code, value: str) -> Matched:
        """The facts and statuses behind one conclusion: of several ways to it, the first in the order of the condition."""
        concluded = (code, value)
        if concluded not in self._told:
            ways = self._ways[concluded]
            first = min(number for number, _ in ways)
            self._told[concluded] = min(self._way(ids) for number, ids in ways if number == first)
        return self._told[concluded]

    def _way(self, ids: tuple[str, ...]) -> Matched:
        found: dict[str, Any] = {}
        for fact_id in ids:
            found.update(self._stands_for(fact_id))
        return tuple((name, found[name]) for name in sorted(found)) if len(found) > 1 else tuple(found.items())

    def _stands_for(self, fact_id: str) -> Matched:
        held = self._names.get(fact_id)
        if isinstance(held, tuple):
            name, unit, value = held
            return ((f"{name}@{unit}" if unit else name, value),)
        if held is not None:
            return held()
        code, value = self._derived[fact_id]
        if code.kind == "s" and not self._entry[code].startswith("~"):
            return ((str(Key(self._entry[code], self._unit)), value),)
        return self.of(code, value)


def _fields(value: Any, member: Member) -> dict[str, str | int]:
    """What the engine sees of a known fact."""
    if member is None:
        return {"lo": value[0], "hi": value[1]} if isinstance(value, tuple) else {"v": value}
    if member == "*":
        return {"v": "yes" if value else "no"}
    held = value in member if isinstance(member, tuple) else member in value
    return {"v": "yes" if held else "no"}


class Pool:
    """Engines for many threads: each evaluation has one for itself. An engine that failed is thrown away."""

    def __init__(self, plan: Plan, catalogue: Catalogue) -> None:
        """Raises EngineFault at once, not at the first patient, when the compiled rules leave the safe subset."""
        for layer in plan.layers:
            lint(layer.definition)
        self._plan = plan
        self._catalogue = catalogue
        self._free: queue.SimpleQueue[Engine] = queue.SimpleQueue()

    @contextmanager
    def engine(self) -> Iterator[Engine]:
        try:
            engine = self._free.get_nowait()
        except queue.Empty:
            engine = Engine(self._plan, self._catalogue)
        try:
            yield engine
        except BaseException:
            engine.close()
            raise
        self._free.put(engine)

    def forget(self) -> None:
        """Have every engine that is not at work remember nothing of any patient."""
        for _ in range(self._free.qsize()):
            with self.engine() as engine:
                engine.forget()
