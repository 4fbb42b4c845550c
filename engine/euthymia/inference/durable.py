"""durable_rules as the engine that fires. The only module that knows it; everything it may do wrong ends here as EngineFault.

The C core is called directly: no Host, no timer threads, no events, one constant session id, positional fact ids, one batch closed by a
sentinel. docs/decisions/0001 says why each of these.
"""

import json
import queue
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

import durable_rules_engine as core

from euthymia.errors import EngineFault
from euthymia.facts.catalogue import Catalogue
from euthymia.inference.lint import FIELDS, MOST_FACTS, MOST_PATTERNS, collision_free, lint
from euthymia.inference.plan import START, Code, Layer, Plan, Quantity, engine_fact
from euthymia.inference.trace import Firing, Key
from euthymia.inference.view import View
from euthymia.rulebook.conditions import MET, NOT_MET, UNDETERMINED, Count

_SID = "p"
_MOST_FIRINGS = 20_000
_END = {"all": [{"a0": {"$and": [{"t": "~"}, {"c": "~end"}]}}]}
_KEEP = {"all": [{"a0": {"$ex": {"t": 1}}}, {"a1": {"t": "~never"}}], "pri": 60000}
_SENTINEL = {"t": "~", "b": 0, "c": "~end", "v": "end", "id": "~end"}

Matched = tuple[tuple[str, Any], ...]


@cache
def _names_are_safe() -> None:
    ids = [f"f{number}" for number in range(MOST_FACTS)]
    collision_free([*ids, "~end", f"sid-{_SID}"])
    collision_free(FIELDS)
    collision_free([f"a{number}" for number in range(MOST_PATTERNS + 1)])


class RuleSet:
    """One layer inside the engine. Belongs to one thread at a time."""

    def __init__(self, layer: Layer) -> None:
        _names_are_safe()
        lint(layer.definition)
        self.layer = layer
        self._derived: dict[str, tuple[Code, str]] = {}
        definition = {**layer.definition, "~end": _END, "~keep": _KEEP}
        try:
            self._handle = core.create_ruleset("euthymia", json.dumps(definition))
        except Exception as error:
            raise EngineFault(f"durable_rules refused the compiled rules: {error}") from error
        self._fired = False
        self.run([])  # one firing initialises the engine's state slot

    def run(self, facts: list[dict[str, Any]]) -> list[tuple[str, tuple[str, ...]]]:
        """Assert facts, fire until nothing more fires; compiled rule and ids of the facts that matched, for each firing."""
        fired: dict[tuple[str, tuple[str, ...]], None] = {}
        known: set[tuple[Code, str]] = set()
        batch = [*facts, _SENTINEL]
        count = len(facts)
        try:
            while batch:
                new = self._fire(self._assert(batch))
                batch = []
                for rule, ids in new:
                    fired[rule, ids] = None
                    conclusion = self.layer.concludes.get(rule)
                    if conclusion and conclusion[0] in self.layer.read and conclusion not in known:
                        known.add(conclusion)
                        batch.append(engine_fact(conclusion[0], count, v=conclusion[1]))
                        self._derived[f"f{count}"] = conclusion
                        count += 1
                if len(fired) > _MOST_FIRINGS or count > MOST_FACTS:
                    raise EngineFault("durable_rules fired without end")
        except EngineFault:
            raise
        except Exception as error:
            raise EngineFault(f"durable_rules failed: {error}") from error
        finally:
            kept = self._forget()
        if kept:
            raise EngineFault(f"durable_rules did not forget the facts: {kept}")
        if ("~end", ("~end",)) not in fired:
            raise EngineFault("durable_rules lost a part of the facts")
        return [firing for firing in fired if firing[0] != "~end"]

    @property
    def derived(self) -> Mapping[str, tuple[Code, str]]:
        """Facts that the last run derived, by id."""
        return self._derived

    def _assert(self, batch: list[dict[str, Any]]) -> int:
        self._derived = self._derived if batch[-1] is not _SENTINEL else {}
        _only_plain(batch)
        text = json.dumps([{**fact, "sid": _SID} for fact in batch], separators=(",", ":"), allow_nan=False)
        code, offset = core.assert_facts(self._handle, text)
        if code:
            raise EngineFault(f"durable_rules refused a fact, code {code}")
        return int(offset)

    def _fire(self, offset: int) -> list[tuple[str, tuple[str, ...]]]:
        found = []
        action = core.start_action_for_state(self._handle, offset)
        message = action and action[1]
        while message:
            self._fired = True
            ((rule, frame),) = json.loads(message).items()
            found.append((rule, tuple(sorted(fact["id"] for fact in frame.values()))))
            message = core.complete_and_start_action(self._handle, offset)
        return found

    def _forget(self) -> str | None:
        """Delete all facts; why that failed, which is no fault only when nothing was stored. Before the first firing it would crash."""
        if not self._fired:
            return None
        try:
            core.delete_state(self._handle, _SID)
        except Exception as error:
            return str(error)
        return None

    def close(self) -> None:
        """Free the engine's memory."""
        core.delete_ruleset(self._handle)


def _only_plain(batch: list[dict[str, Any]]) -> None:
    """Whole numbers and short ASCII words only: the engine misreads the rest, silently."""
    for fact in batch:
        for name, value in fact.items():
            whole = type(value) is int and abs(value) < 2**53
            if not whole and not (type(value) is str and value.isascii() and len(value) < 100):
                raise EngineFault(f"a fact's {name} is neither a whole number nor a short word")
            if (name in ("b", "lo", "hi")) != whole:
                raise EngineFault(f"a fact's {name} has the wrong type")


class Engine:
    """All layers of a rulebook inside durable_rules. Belongs to one thread at a time."""

    def __init__(self, plan: Plan, catalogue: Catalogue) -> None:
        self.plan = plan
        self.catalogue = catalogue
        self._many = frozenset(catalogue.many)
        self._sets = [RuleSet(layer) for layer in plan.layers]

    def evaluate(self, whole: View) -> tuple[dict[Key, str], list[Firing]]:
        """The status of every rule, and the firings that led to them."""
        run = _Run(self, whole)
        for rules in self._sets:
            for view in (whole,) if rules.layer.about == "patient" else whole.units[rules.layer.about]:
                run.layer(rules, view)
        return run.statuses, run.firings

    def is_of_patient(self, fact: str) -> bool:
        return fact.partition(".")[0] not in self._many

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
        self._why: dict[Key, Matched] = {}

    def layer(self, rules: RuleSet, view: View) -> None:
        """Judge one unit (or the patient) in one layer."""
        facts, names = self._facts(rules.layer, view)
        fired = rules.run(facts)
        judged = {self.engine.plan.status_codes[entry.id]: str(Key(entry.id, view.unit)) for entry in rules.layer.entries}
        reasons = _Reasons(rules, names, fired, judged)
        for entry in rules.layer.entries:
            code = self.engine.plan.status_codes[entry.id]
            found = sorted(reasons.conclusions.get(code, ()))
            if len(found) > 1:
                raise EngineFault(f"durable_rules concluded {' and '.join(found)} for {entry.id}")
            key = Key(entry.id, view.unit)
            self.statuses[key] = found[0] if found else UNDETERMINED
            matched = reasons.of(code, found[0]) if found else ()
            self._why[key] = matched
            if not entry.id.startswith("~"):
                self.firings.append(Firing(key, self.statuses[key], matched))

    def _facts(self, layer: Layer, view: View) -> tuple[list[dict[str, Any]], dict[str, Matched]]:
        """The engine facts of one unit, and what each of them stands for."""
        facts: list[dict[str, Any]] = []
        names: dict[str, Matched] = {}

        def add(code: Code, stands_for: Matched, **fields: str | int) -> None:
            names[f"f{len(facts)}"] = stands_for
            facts.append(engine_fact(code, len(facts), **fields))

        for code, (fact, member) in layer.facts.items():
            holder = self._holder(fact, view)
            if fact in holder.facts:
                add(code, ((_at(fact, holder), None),), **_fields(holder.facts[fact], member))
        for code, fact in layer.knowing.items():
            holder = self._holder(fact, view)
            state = "known" if fact in holder.facts else "excluded" if fact in holder.excluded else "unknown"
            add(code, ((_at(fact, holder), None),), v=state)
        for code, rule in layer.statuses.items():
            key = Key(rule, view.unit) if Key(rule, view.unit) in self.statuses else Key(rule)
            if self.statuses[key] != UNDETERMINED:
                add(code, ((str(key), self.statuses[key]),), v=self.statuses[key])
        for quantity in layer.quantities:
            result, matched = self._quantity(quantity)
            if result is not None:
                add(quantity.code, matched, v="yes" if result else "no")
        add(START.code, (), v="start")
        return facts, names

    def _holder(self, fact: str, view: View) -> View:
        return self.whole if self.engine.is_of_patient(fact) else view

    def _quantity(self, quantity: Quantity) -> tuple[bool | None, Matched]:
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
            return _TRUTH[status], (("latest_trial", None), *self._why[Key(quantity.body, self.whole.latest.unit)])
        found = {status for _, status in judged}
        if len(found) != 1 or not complete:
            return None, ()
        return _TRUTH[found.pop()], (*ended, *self._reasons(quantity, [unit for unit, _ in judged]))

    def _count(
        self, count: Count, quantity: Quantity, judged: list[tuple[View, str]], closed: bool, ended: Matched
    ) -> tuple[bool | None, Matched]:
        certain = [unit for unit, status in judged if status == MET]
        if _different(certain, count.distinct, at_least=True) >= count.minimum:
            return True, self._reasons(quantity, certain)
        possible = [unit for unit, status in judged if status != NOT_MET]
        if closed and _different(possible, count.distinct, at_least=False) < count.minimum:
            return False, (*ended, *self._reasons(quantity, [unit for unit, status in judged if status == NOT_MET]))
        return None, ()

    def _reasons(self, quantity: Quantity, units: list[View]) -> Matched:
        return tuple(reason for unit in units for reason in self._why[Key(quantity.body, unit.unit)])


_TRUTH: dict[str, bool | None] = {MET: True, NOT_MET: False, UNDETERMINED: None}


def _different(units: list[View], distinct: str | None, *, at_least: bool) -> int:
    """How many different units there are at the least or at the most, one by one (the evaluator counts by sets)."""
    if distinct is None:
        return len(units)
    names: list[Any] = []
    apart = unnamed = 0
    for unit in units:
        if distinct in unit.facts:
            if unit.facts[distinct] not in names:
                names.append(unit.facts[distinct])
        elif unit.facts.get("trial.modality") in ("psychotherapy", "neuromodulation") or distinct in unit.excluded:
            apart += 1
        else:
            unnamed += 1
    if at_least:
        return apart + max(len(names), min(unnamed, 1))
    return apart + len(names) + unnamed


class _Reasons:
    """Which conclusions a run came to, and the facts behind each."""

    def __init__(
        self, rules: RuleSet, names: Mapping[str, Matched], fired: list[tuple[str, tuple[str, ...]]], judged: Mapping[Code, str]
    ) -> None:
        self._names = names
        self._derived = rules.derived
        self._ways: dict[tuple[Code, str], list[tuple[str, ...]]] = {}
        self.conclusions: dict[Code, set[str]] = {}
        for rule, ids in fired:
            code, value = rules.layer.concludes[rule]
            self._ways.setdefault((code, value), []).append(ids)
            self.conclusions.setdefault(code, set()).add(value)
        self._judged = judged

    def of(self, code: Code, value: str) -> Matched:
        """The facts and statuses behind one conclusion: of several ways to it, the first by name."""
        return min(self._way(ids) for ids in self._ways[code, value])

    def _way(self, ids: tuple[str, ...]) -> Matched:
        found: dict[str, Any] = {}
        for fact_id in ids:
            found.update(self._stands_for(fact_id))
        return tuple(sorted(found.items(), key=lambda item: item[0]))

    def _stands_for(self, fact_id: str) -> Matched:
        if fact_id in self._names:
            return self._names[fact_id]
        code, value = self._derived[fact_id]
        if code.kind == "s" and not self._judged[code].startswith("~"):
            return ((self._judged[code], value),)
        return self.of(code, value)


def _at(fact: str, view: View) -> str:
    return f"{fact}@{view.unit}" if view.unit else fact


def _fields(value: Any, member: str | int | None) -> dict[str, str | int]:
    """What the engine sees of a known fact."""
    if isinstance(value, tuple):
        return {"lo": value[0], "hi": value[1]}
    if member == "*":
        return {"v": "yes" if value else "no"}
    if member is not None:
        return {"v": "yes" if member in value else "no"}
    return {"v": value}


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
