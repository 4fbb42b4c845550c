"""A rulebook compiled to durable_rules, as plain data. Pure: nothing here calls the engine.

Every condition becomes two sets of positive rules, the two rails: one derives that it holds from facts that are known and fulfil it, one
that it does not hold from facts that are known and refute it. Nothing is derived from absence. Conditions about units are judged in a
layer of their own, one evaluation a unit, and counted between layers; so no rule joins two facts.
"""

from dataclasses import dataclass, field
from typing import Any as Anything

from euthymia.facts.catalogue import Catalogue
from euthymia.inference.clauses import Clause, Code, Literal, compiled_rule, merge
from euthymia.inference.lift import Counted, Entry, Lift, Quantity, layered
from euthymia.inference.view import SCALE
from euthymia.rulebook.conditions import (
    MET,
    NOT_APPLICABLE,
    NOT_MET,
    All,
    Always,
    Any,
    Compare,
    Condition,
    Filled,
    FirstKnown,
    Includes,
    Not,
    Once,
    OneOf,
    StatusIs,
    Unanswered,
)
from euthymia.rulebook.rulebook import Rulebook

MOST_PATTERNS = 12
MOST_ENTRIES = 300  # in one layer; a larger one is split, well before the number of rules that the engine bears
_OPERATORS = {">=": "$gte", ">": "$gt", "<=": "$lte", "<": "$lt"}
_OPPOSITE = {">=": "<", "<": ">=", ">": "<=", "<=": ">"}
Member = (
    str | int | tuple[str, ...] | None
)  # what is told of a fact: itself, whether a list holds a member, whether a word is one of several
_SETTLED = (MET, NOT_MET, NOT_APPLICABLE)


@dataclass(slots=True)
class Layer:
    """One set of durable_rules' rules: all about one record, one evaluation a unit.

    `definition` is what the engine gets; `concludes` says for each compiled rule which fact it derives; the rest says what to assert.
    """

    about: str
    level: int
    entries: tuple[Entry, ...]
    definition: dict[str, Anything] = field(default_factory=dict)
    concludes: dict[str, tuple[Code, str]] = field(default_factory=dict)
    entry_of: dict[Code, str] = field(default_factory=dict)
    facts: dict[Code, tuple[str, Member]] = field(default_factory=dict)
    knowing: dict[Code, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    statuses: dict[Code, str] = field(default_factory=dict)
    quantities: tuple[Quantity, ...] = ()
    read: set[Code] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Plan:
    """The layers in the order in which they run, and the code of every rule's status."""

    layers: tuple[Layer, ...]
    status_codes: dict[str, Code]
    quantities: dict[Code, Quantity]

    def as_json(self) -> list[dict[str, Anything]]:
        """The compiled rules, for golden files and curious authors."""
        return [{"about": layer.about, "level": layer.level, "rules": layer.definition} for layer in self.layers]


def compile_plan(rulebook: Rulebook) -> Plan:
    """All layers for a rulebook."""
    lift = Lift({rule.id: rule.about for rule in rulebook.rules})
    entries = [entry for rule in rulebook.rules for entry in lift.rule(rule.id, rule.about, rule.applies, rule.when)]
    codes = {entry.id: Code("s", number) for number, entry in enumerate(entries)}
    quantities = {quantity.code: quantity for quantity in lift.quantities}
    applying = {rule.id for rule in rulebook.rules if rule.applies is not None}
    layers = []
    for (level, about), members in sorted(layered(entries, quantities).items()):
        for start in range(0, len(members), MOST_ENTRIES):
            part = tuple(members[start : start + MOST_ENTRIES])
            layers.append(_Compiler(rulebook.facts, codes, quantities, applying).layer(about, level, part))
    return Plan(tuple(layers), codes, quantities)


class _Compiler:
    """The two rails of one layer."""

    def __init__(self, facts: Catalogue, codes: dict[str, Code], quantities: dict[Code, Quantity], applying: set[str]) -> None:
        self.applying = applying
        self.catalogue = facts
        self.codes = codes
        self.quantities = quantities
        self._numbers: dict[Anything, Code] = {}
        self._helpers = 0
        self._made: dict[tuple[Anything, bool], Literal] = {}
        self.out = Layer("", 0, ())

    def layer(self, about: str, level: int, entries: tuple[Entry, ...]) -> Layer:
        self.out = Layer(about, level, entries)
        for entry in entries:
            code = self.codes[entry.id]
            applies: list[Clause] = [()] if entry.applies is None else self._rail(entry.applies, True)
            self._conclude(code, MET, self._both(applies, self._rail(entry.when, True)))
            self._conclude(code, NOT_MET, self._both(applies, self._rail(entry.when, False)))
            if entry.applies is not None:
                self._conclude(code, NOT_APPLICABLE, self._rail(entry.applies, False))
        self.out.entry_of = {self.codes[entry.id]: entry.id for entry in entries}
        own = self.out.entry_of.keys()
        self.out.statuses = {code: name for code, name in self.out.statuses.items() if code not in own}
        self.out.quantities = tuple(self.quantities[code] for code in sorted(self.out.read, key=lambda c: c.number) if code.kind == "q")
        return self.out

    def _conclude(self, code: Code, value: str, clauses: list[Clause]) -> None:
        for clause in clauses:
            merged = merge(clause)
            if merged is not None:
                name = f"r{len(self.out.definition)}"
                self.out.definition[name] = compiled_rule(merged)
                self.out.concludes[name] = (code, value)
                self.out.read.update(literal.code for literal in merged)

    def _rail(self, condition: Anything, holds: bool) -> list[Clause]:
        """Clauses, each enough for the condition to hold (or, with `holds` False, to be refuted)."""
        match condition:
            case Always():
                return [()] if holds else []
            case Not(part):
                return self._rail(part, not holds)
            case Once(part):
                return self._rail(part, True) if holds else []
            case All(parts) | Any(parts):
                if isinstance(condition, All) == holds:
                    return self._conjunction(parts, holds)
                return [clause for part in parts for clause in self._rail(part, holds)]
            case FirstKnown(options):
                return self._first_known(options, holds)
            case Compare(fact=fact, symbol=symbol, bound=bound):
                return [self._number(fact, symbol if holds else _OPPOSITE[symbol], int(bound * SCALE))]
            case _:
                return [(self._word(condition, holds),)]

    def _conjunction(self, parts: tuple[Anything, ...], holds: bool) -> list[Clause]:
        joined: Clause = ()
        for part in parts:
            clauses = self._rail(part, holds)
            if not clauses:
                return []
            joined += clauses[0] if len(clauses) == 1 else (self._helper((part, holds), clauses),)
        return [self._shortened(joined)]

    def _both(self, first: list[Clause], second: list[Clause]) -> list[Clause]:
        if not first or not second:
            return []
        if len(first) > 1:
            first = [(self._helper((tuple(first), True), first),)]
        return [self._shortened(first[0] + clause) for clause in second]

    def _shortened(self, clause: Clause) -> Clause:
        """No rule has more patterns than the engine bears; the first ones become a helper."""
        while len(clause) > MOST_PATTERNS:
            clause = (self._helper((clause[:MOST_PATTERNS], True), [clause[:MOST_PATTERNS]]), *clause[MOST_PATTERNS:])
        return clause

    def _helper(self, key: Anything, clauses: list[Clause]) -> Literal:
        if key not in self._made:
            literal = Literal(Code("h", self._helpers), ("yes",))
            self._helpers += 1
            self._conclude(literal.code, "yes", clauses)
            self._made[key] = literal
        return self._made[key]

    def _first_known(self, options: tuple[tuple[str, Condition], ...], holds: bool) -> list[Clause]:
        found: list[Clause] = []
        for number, (_, option) in enumerate(options):
            before = tuple(self._knowing(name, ("unknown", "excluded")) for name, _ in options[:number])
            found.extend(self._shortened(before + clause) for clause in self._rail(option, holds))
        return found

    def _knowing(self, fact: str, values: tuple[str, ...]) -> Literal:
        """Whether a fact's state (known, unknown, excluded) is one of `values`."""
        code = self._numbered("k", ("k", fact, values))
        self.out.knowing[code] = (fact, values)
        return Literal(code, ("yes",))

    def _number(self, fact: str, symbol: str, bound: int) -> Clause:
        code = self._numbered("n", ("n", fact))
        self.out.facts[code] = (fact, None)
        side = "lo" if symbol in (">=", ">") else "hi"
        return (Literal(code, (), ((_OPERATORS[symbol], side, bound),)),)

    def _word(self, leaf: Anything, holds: bool) -> Literal:
        match leaf:
            case OneOf(fact=fact, values=values):
                return self._one_of(fact, values, holds)
            case Includes(fact=fact, value=member):
                return Literal(self._fact(fact, member), ("yes",) if holds else ("no",))
            case Filled(fact=fact):
                return Literal(self._fact(fact, "*"), ("yes",) if holds else ("no",))
            case Unanswered(fact=fact):
                return self._knowing(fact, ("unknown",) if holds else ("known", "excluded"))
            case StatusIs(rule=rule, wanted=wanted):
                self.out.statuses[self.codes[rule]] = rule
                possible = _SETTLED if rule in self.applying else (MET, NOT_MET)
                values = tuple(status for status in possible if (status in wanted) == holds)
                return Literal(self.codes[rule], values)
            case Counted(code=code):
                return Literal(code, ("yes",) if holds else ("no",))
        raise TypeError(f"no rail for {leaf!r}")

    def _one_of(self, fact: str, values: tuple[str, ...], holds: bool) -> Literal:
        """A word of two is tested by itself; of more, whether it is one of `values` is told to the engine as a fact of its own, because
        one rule for each word would multiply the rules, and what one evaluation costs goes with their number."""
        rest = tuple(value for value in self.catalogue[fact].choices if value not in values)
        if len(values) == len(rest) == 1:
            return Literal(self._fact(fact, None), values if holds else rest)
        return Literal(self._fact(fact, values), ("yes",) if holds else ("no",))

    def _fact(self, fact: str, member: Member) -> Code:
        code = self._numbered("e", ("e", fact, member))
        self.out.facts[code] = (fact, member)
        return code

    def _numbered(self, kind: str, key: Anything) -> Code:
        return self._numbers.setdefault(key, Code(kind, len(self._numbers)))
