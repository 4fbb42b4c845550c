"""What keeps a judgement undetermined although nothing needs to be asked: facts marked not applicable, and steps not yet done."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from euthymia.inference.evaluate import Compiler
from euthymia.inference.trace import Key, Statuses
from euthymia.inference.view import View
from euthymia.rulebook.conditions import (
    UNDETERMINED,
    Compare,
    Condition,
    Count,
    Filled,
    Includes,
    Latest,
    Once,
    OneOf,
    StatusIs,
    children,
    facts_read,
    rules_read,
)
from euthymia.rulebook.rulebook import Rulebook


class Waiting(NamedTuple):
    """A fact that holds a judgement up: it was marked not applicable, or it says that something is still to be done."""

    fact: str
    why: Literal["not_applicable", "not_done"]


class WaitingFor:
    """What the judgements of one patient wait for."""

    def __init__(self, rulebook: Rulebook, whole: View, statuses: Statuses) -> None:
        self.rulebook = rulebook
        self.whole = whole
        self.statuses = statuses
        self.many = frozenset(rulebook.facts.many)
        self._compiler = Compiler(rulebook.facts, {rule.id: rule.about for rule in rulebook.rules})
        self._found: dict[Key, tuple[Waiting, ...]] = {}

    def of(self, key: Key) -> tuple[Waiting, ...]:
        if self.statuses[key] != UNDETERMINED:
            return ()
        if key not in self._found:
            rule = self.rulebook.by_id[key.rule]
            view = self.whole.of(rule.about, key.unit)
            found = [waiting for condition in rule.conditions for waiting in self._in(condition, view)]
            self._found[key] = tuple(sorted(set(found)))
        return self._found[key]

    def _in(self, condition: Condition, view: View) -> Iterator[Waiting]:
        match condition:
            case Compare() | OneOf() | Includes() | Filled():
                holder = view if condition.fact.partition(".")[0] in self.many else self.whole
                if condition.fact in holder.excluded:
                    yield Waiting(holder.name(condition.fact), "not_applicable")
            case StatusIs(rule):
                yield from self.of(Key(rule, None if self.rulebook.by_id[rule].about == "patient" else view.unit))
            case Once(part):
                yield from self._once(part, view)
            case Count():
                yield from self._count(condition)
            case Latest(where):
                for unit in [self.whole.latest] if self.whole.latest is not None else self.whole.units["trial"]:
                    yield from self._in(where, unit)
            case _:
                for part in children(condition):
                    yield from self._in(part, view)

    def _once(self, part: Condition, view: View) -> Iterator[Waiting]:
        if self._compiler.test(part)(view) is False:
            for fact in self._read_by(part):
                own = view.unit is not None and fact.partition(".")[0] in self.many
                yield Waiting(f"{fact}@{view.unit}" if own else fact, "not_done")
        else:
            yield from self._in(part, view)

    def _read_by(self, condition: Condition) -> set[str]:
        """Facts that a condition reads, itself or through the rules that it refers to."""
        inner = [part for rule in rules_read(condition) for part in self.rulebook.by_id[rule].conditions]
        return facts_read(condition).union(*(self._read_by(part) for part in inner))

    def _count(self, count: Count) -> Iterator[Waiting]:
        complete = self.rulebook.facts.record(count.record).complete_when
        if not count.listed and complete is not None and self.whole.facts.get(complete) == "no":
            yield Waiting(complete, "not_done")
        if not count.listed and complete is not None and complete in self.whole.excluded:
            yield Waiting(complete, "not_applicable")
        for unit in self.whole.units[count.record]:
            yield from self._in(count.where, unit)
