"""Counts taken out of conditions, so that each unit is judged by itself; and the layers in which judging has to go."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any as Anything

from euthymia.inference.clauses import Code
from euthymia.rulebook.conditions import MET, All, Any, Condition, Count, FirstKnown, Latest, Not, Once, StatusIs


@dataclass(frozen=True, slots=True)
class Quantity:
    """A count or a latest trial, formed between layers from the judgements named `body`."""

    code: Code
    body: str
    condition: Count | Latest


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to judge: a rule, or the body of a quantity."""

    id: str
    about: str
    applies: "Lifted | None"
    when: "Lifted"


@dataclass(frozen=True, slots=True)
class Counted:
    """Stands in a condition for a quantity."""

    code: Code


Lifted = Condition | Counted


class Lift:
    """Takes counts out of conditions; their bodies become entries of their own."""

    def __init__(self, about: Mapping[str, str]) -> None:
        """`about`: the record that each rule speaks of."""
        self.quantities: list[Quantity] = []
        self._about = about
        self._formed: dict[Count | Latest, Quantity] = {}
        self._bodies: dict[tuple[str, Condition], str] = {}

    def rule(self, rule_id: str, about: str, applies: Condition | None, when: Condition) -> Iterator[Entry]:
        bodies: list[Entry] = []
        lifted = [None if part is None else self._lifted(part, bodies) for part in (applies, when)]
        yield from bodies
        if lifted[1] is not None:
            yield Entry(rule_id, about, lifted[0], lifted[1])

    def _lifted(self, condition: Condition, bodies: list[Entry]) -> Anything:
        match condition:
            case Count(record=record, where=where):
                return self._quantity(condition, record, where, bodies)
            case Latest(where=where):
                return self._quantity(condition, "trial", where, bodies)
            case All(parts):
                return All(tuple(self._lifted(part, bodies) for part in parts))
            case Any(parts):
                return Any(tuple(self._lifted(part, bodies) for part in parts))
            case Not(part):
                return Not(self._lifted(part, bodies))
            case Once(part):
                return Once(self._lifted(part, bodies))
            case _:
                return condition

    def _quantity(self, condition: Count | Latest, record: str, where: Condition, bodies: list[Entry]) -> Counted:
        """The same count in several rules is formed once."""
        if condition not in self._formed:
            code = Code("q", len(self.quantities))
            self._formed[condition] = Quantity(code, self._body(record, where, bodies), condition)
            self.quantities.append(self._formed[condition])
        return Counted(self._formed[condition].code)

    def _body(self, record: str, where: Condition, bodies: list[Entry]) -> str:
        """What judges one unit: the rule that the condition names, or an entry made for it."""
        if isinstance(where, StatusIs) and where.wanted == (MET,) and self._about[where.rule] == record:
            return where.rule
        if (record, where) not in self._bodies:
            self._bodies[record, where] = f"~{len(self._bodies)}"
            bodies.append(Entry(self._bodies[record, where], record, None, where))
        return self._bodies[record, where]


def layered(entries: list[Entry], quantities: dict[Code, Quantity]) -> dict[tuple[int, str], list[Entry]]:
    """Entries by layer. A reference to another kind of unit, and a count, needs a layer below."""
    level: dict[str, int] = {}
    about = {entry.id: entry.about for entry in entries}
    layers: dict[tuple[int, str], list[Entry]] = {}
    for entry in entries:
        below = 0
        for part in _leaves(entry):
            if isinstance(part, StatusIs):
                below = max(below, level[part.rule] + (about[part.rule] != entry.about))
            elif isinstance(part, Counted):
                below = max(below, level[quantities[part.code].body] + 1)
        level[entry.id] = below
        layers.setdefault((below, entry.about), []).append(entry)
    return layers


def _leaves(entry: Entry) -> Iterator[Anything]:
    stack: list[Anything] = [part for part in (entry.applies, entry.when) if part is not None]
    while stack:
        part = stack.pop()
        match part:
            case All(parts) | Any(parts):
                stack.extend(parts)
            case Not(inner) | Once(inner):
                stack.append(inner)
            case FirstKnown(options):
                stack.extend(option for _, option in options)
            case _:
                yield part
