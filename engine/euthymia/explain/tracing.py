"""From one solution of the program to the judgements that lead from the facts to the status."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from euthymia.explain.because import in_words
from euthymia.explain.circuit import CONJUNCTIVE, OPPOSITE, Circuit, Holds, Want
from euthymia.inference.trace import Key
from euthymia.inference.view import View
from euthymia.rulebook.conditions import (
    MET,
    NOT_APPLICABLE,
    STATUSES,
    UNDETERMINED,
    All,
    Always,
    Any,
    Compare,
    Condition,
    Count,
    Filled,
    FirstKnown,
    Includes,
    Latest,
    Leaf,
    Not,
    Once,
    OneOf,
    StatusIs,
)


class Ground(NamedTuple):
    """A fact (`trial.adherence@t1`) and the test that looks at it; without a test it is passed over, or its name tells units apart."""

    fact: str
    leaf: Leaf | None

    @property
    def test(self) -> str:
        """The test, short; nothing where there is none."""
        return in_words(self.leaf) if isinstance(self.leaf, Compare | OneOf | Includes | Filled) else ""


@dataclass(frozen=True, slots=True)
class Step:
    """One judgement on the way: the facts it looks at itself, and the judgements it rests on."""

    key: Key
    status: str
    grounds: tuple[Ground, ...]
    steps: tuple["Step", ...]

    def all(self) -> Iterator["Step"]:
        """The step and all below it, each judgement once."""
        seen: set[Key] = set()
        waiting: list[Step] = [self]
        while waiting:
            step = waiting.pop(0)
            if step.key not in seen:
                seen.add(step.key)
                yield step
                waiting[:0] = step.steps


@dataclass(frozen=True, slots=True)
class Forced:
    """One smallest set, by names (`trial.adherence@t1`), and how it leads to the status."""

    facts: tuple[str, ...]
    tree: Step


class _Aspect(NamedTuple):
    """What is used of a judgement: that it has a status, or that it cannot have it."""

    key: Key
    status: str
    excluded: bool


_Part = Ground | _Aspect


class Tracing:
    """The steps of one solution. Only what was built for the goal is looked at."""

    def __init__(self, circuit: Circuit, holds: Holds) -> None:
        self.circuit = circuit
        self.holds = holds
        self._parts_of: dict[Key, dict[_Part, None]] = {}
        self._seen: set[_Aspect] = set()
        self._steps: dict[Key, Step] = {}

    def tree(self, key: Key) -> Step:
        """The judgement with what it rests on; a judgement is one step wherever it is used."""
        self._visit(_Aspect(key, self.circuit.statuses[key], excluded=False))
        return self._step(key)

    def _step(self, key: Key) -> Step:
        if key not in self._steps:
            parts = self._parts_of[key]
            grounds = tuple(part for part in parts if isinstance(part, Ground))
            inner = dict.fromkeys(part.key for part in parts if isinstance(part, _Aspect) and part.key != key)
            self._steps[key] = Step(key, self.circuit.statuses[key], grounds, tuple(self._step(other) for other in inner))
        return self._steps[key]

    def _visit(self, aspect: _Aspect) -> None:
        if aspect in self._seen:
            return
        self._seen.add(aspect)
        found = list(self._excluding(aspect.key, aspect.status) if aspect.excluded else self._having(aspect.key, aspect.status))
        self._parts_of.setdefault(aspect.key, {}).update(dict.fromkeys(found))
        for part in found:
            if isinstance(part, _Aspect):
                self._visit(part)

    def _having(self, key: Key, status: str) -> Iterator[_Part]:
        if status == UNDETERMINED:
            for other in STATUSES:
                if other != UNDETERMINED:
                    yield from self._excluding(key, other)
            return
        yield from self._of(key, "applies", Want.FALSE if status == NOT_APPLICABLE else Want.TRUE)
        if status != NOT_APPLICABLE:
            yield from self._of(key, "when", Want.TRUE if status == MET else Want.FALSE)

    def _excluding(self, key: Key, status: str) -> Iterator[_Part]:
        if status == NOT_APPLICABLE:
            yield from self._of(key, "applies", Want.NOT_FALSE)
        elif status == UNDETERMINED:
            other = next(other for other in STATUSES if other != UNDETERMINED and self.holds(self.circuit.status(key, other)))
            yield from self._having(key, other)
        elif self._holds_of(key, "applies", Want.NOT_TRUE):
            yield from self._of(key, "applies", Want.NOT_TRUE)
        else:
            yield from self._of(key, "when", Want.NOT_TRUE if status == MET else Want.NOT_FALSE)

    def _of(self, key: Key, side: str, want: Want) -> Iterator[_Part]:
        rule = self.circuit.rulebook.by_id[key.rule]
        condition = rule.when if side == "when" else rule.applies
        if condition is not None:
            yield from self._parts(condition, self.circuit.view(key), want)

    def _holds_of(self, key: Key, side: str, want: Want) -> bool:
        rule = self.circuit.rulebook.by_id[key.rule]
        condition = rule.when if side == "when" else rule.applies
        return condition is not None and self._is(condition, self.circuit.view(key), want)

    def _is(self, condition: Condition, view: View, want: Want) -> bool:
        return self.holds(self.circuit.atom(condition, view, want))

    # --- conditions -------------------------------------------------------------------------------------------------

    def _parts(self, condition: Condition, view: View, want: Want) -> Iterator[_Part]:
        """What makes the condition what is wanted of it, where it is."""
        match condition:
            case Always():
                return
            case StatusIs():
                yield from self._reference(condition, view, want)
            case All(parts) | Any(parts):
                held = [part for part in parts if self._is(part, view, want)]
                every = (want in CONJUNCTIVE) == isinstance(condition, All)
                for part in held if every else held[:1]:
                    yield from self._parts(part, view, want)
            case Not(part):
                yield from self._parts(part, view, OPPOSITE[want])
            case Once(part):
                if want is not Want.NOT_FALSE:
                    yield from self._parts(part, view, want)
            case FirstKnown(options):
                yield from self._first_known(options, view, want)
            case Count():
                yield from self._count(condition, want)
            case Latest(where):
                yield from self._latest(where, want)
            case _:
                yield self._ground(condition.fact, condition, view)

    def _ground(self, fact: str, leaf: Leaf | None, view: View) -> Ground:
        return Ground(self.circuit.holder(fact, view).name(fact), leaf)

    def _reference(self, condition: StatusIs, view: View, want: Want) -> Iterator[_Part]:
        key = self.circuit.referred(condition, view)
        settled = [status for status in STATUSES if status != UNDETERMINED]
        inside = want in (Want.TRUE, Want.NOT_TRUE)
        concerned = [status for status in settled if (status in condition.wanted) == inside]
        if want in (Want.TRUE, Want.FALSE):
            yield _Aspect(key, next(status for status in concerned if self.holds(self.circuit.status(key, status))), excluded=False)
        else:
            yield from (_Aspect(key, status, excluded=True) for status in concerned)

    def _first_known(self, options: tuple[tuple[str, Condition], ...], view: View, want: Want) -> Iterator[_Part]:
        for fact, option in options:
            holder = self.circuit.holder(fact, view)
            parts = list(self._parts(option, view, want)) if fact in holder.facts else []
            ground = self._ground(fact, None, view)
            yield from parts if any(isinstance(part, Ground) and part.fact == ground.fact for part in parts) else [ground]
            if fact in holder.facts:
                return

    def _count(self, count: Count, want: Want) -> Iterator[_Part]:
        circuit = self.circuit
        for unit in circuit.whole.units[count.record]:
            if self._is(count.where, unit, want):
                yield from self._parts(count.where, unit, want)
            if count.distinct:
                yield from self._told_apart(count.distinct, unit)
        if not count.listed and want in (Want.FALSE, Want.NOT_FALSE):
            closing = circuit.closed(count.record) if want is Want.FALSE else circuit.not_closed(count.record)
            yield from self._closing(count.record) if self.holds(closing) else ()

    def _told_apart(self, distinct: str, unit: View) -> Iterator[_Part]:
        looked_at = self.circuit.leaves.looked_at
        for fact in (distinct, "trial.modality"):
            if looked_at(fact, unit, self.holds):
                yield self._ground(fact, None, unit)

    def _latest(self, where: Condition, want: Want) -> Iterator[_Part]:
        circuit = self.circuit
        for unit, is_latest in circuit.leaves.latest():
            if self.holds(is_latest) and self._is(where, unit, want):
                yield Ground("latest_trial", None)
                yield from self._parts(where, unit, want)
                return
        held = [unit for unit in circuit.whole.units["trial"] if self._is(where, unit, want)]
        for unit in held:
            yield from self._parts(where, unit, want)
        if not held and want in (Want.TRUE, Want.FALSE):
            return
        closing = circuit.closed() if want in (Want.TRUE, Want.FALSE) else circuit.not_closed()
        if want in (Want.NOT_TRUE, Want.NOT_FALSE) and self.holds(circuit.leaves.no_latest()):
            yield Ground("latest_trial", None)
        yield from self._closing("trial") if self.holds(closing) else ()

    def _closing(self, record: str) -> Iterator[_Part]:
        complete = self.circuit.rulebook.facts.record(record).complete_when
        if complete is not None:
            yield Ground(complete, self.circuit.completeness(complete))
