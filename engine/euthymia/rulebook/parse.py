"""Conditions as authors write them, turned into the tree; every mistake with its place. Mappings here, single lines in `lines`."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any as Anything

from euthymia.errors import found, suggestion
from euthymia.rulebook.conditions import (
    All,
    Always,
    Any,
    Condition,
    Count,
    FirstKnown,
    Latest,
    Not,
    Once,
    facts_read,
    rules_read,
    walk,
)
from euthymia.rulebook.lines import LineParser, Names, Wrong

Place = tuple[str | int, ...]
Report = Callable[[Place, str], None]

_SHAPES = {
    "all": {"all"},
    "any": {"any"},
    "not": {"not"},
    "once": {"once"},
    "first_known": {"first_known"},
    "latest_trial": {"latest_trial"},
    "at_least": {"at_least", "of", "where", "distinct"},
    "some": {"some", "where"},
    "none": {"none", "where"},
    "every": {"every", "where", "holds"},
}


class Parser:
    """Parses the conditions of one file. `report` takes every mistake; a condition with mistakes gives None."""

    def __init__(self, names: Names, report: Report) -> None:
        self.names = names
        self.report = report
        self._lines = LineParser(names)

    def parse(self, raw: Anything, place: Place, about: str) -> Condition | None:
        """`about`: patient, trial or problem, the unit that the condition speaks of."""
        if isinstance(raw, str):
            try:
                return self._lines.parse(raw.strip(), about)
            except Wrong as wrong:
                self.report(place, str(wrong))
                return None
        if isinstance(raw, dict):
            return self._mapping(raw, place, about)
        self.report(place, f"found {found(raw)}; a condition is a line of text or a mapping such as all: […]")
        return None

    def _mapping(self, raw: dict[str, Anything], place: Place, about: str) -> Condition | None:
        shape = next((key for key in _SHAPES if key in raw), None)
        if shape is None:
            known = ", ".join(_SHAPES)
            hint = suggestion(next(iter(raw), ""), _SHAPES)
            self.report(place, f"found the keys {found(', '.join(raw) or 'none')}; allowed: {known}{hint}")
            return None
        extra = sorted(set(raw) - _SHAPES[shape])
        for key in extra:
            self.report((*place, key), f"'{found(key)}' does not belong beside {shape}; allowed: {', '.join(sorted(_SHAPES[shape]))}")
        inside = (*place, shape)
        if shape in ("all", "any"):
            parts = self._list(raw[shape], inside, about)
            return None if parts is None else (All if shape == "all" else Any)(parts)
        if shape in ("not", "once"):
            part = self.parse(raw[shape], inside, about)
            return None if part is None else (Not if shape == "not" else Once)(part)
        if shape == "first_known":
            return self._first_known(raw[shape], inside, about)
        if about != "patient":
            self.report(place, f"{shape} counts units of its own and cannot stand inside a condition about a {about}")
            return None
        if shape == "latest_trial":
            part = self.parse(raw[shape], inside, "trial")
            return None if part is None else Latest(part)
        return self._count(raw, shape, place)

    def _list(self, raw: Anything, place: Place, about: str) -> tuple[Condition, ...] | None:
        if not isinstance(raw, list) or not raw:
            self.report(place, "needs a list of at least one condition")
            return None
        parts = [self.parse(item, (*place, number), about) for number, item in enumerate(raw)]
        return None if any(part is None for part in parts) else tuple(part for part in parts if part is not None)

    def _first_known(self, raw: Anything, place: Place, about: str) -> Condition | None:
        parts = self._list(raw, place, about)
        options = []
        for number, part in enumerate(parts or ()):
            if any(isinstance(inner, Count | Latest) for inner in walk(part)):
                self.report((*place, number), "an option of first_known cannot count units or ask for the latest trial")
                return None
            facts = facts_read(part)
            if len(facts) != 1 or rules_read(part):
                self.report((*place, number), "each option of first_known reads exactly one fact and no rule")
                return None
            options.append((facts.pop(), part))
        return FirstKnown(tuple(options)) if options else None

    def _count(self, raw: dict[str, Anything], shape: str, place: Place) -> Condition | None:
        record, listed = self._units(raw.get("of" if shape == "at_least" else shape), place)
        where: Condition | None = Always()
        if "where" in raw:
            where = self.parse(raw["where"], (*place, "where"), record)
        elif shape != "every":
            self.report(place, f"{shape} needs `where`")
        minimum, parameter = self._minimum(raw["at_least"], (*place, "at_least")) if shape == "at_least" else (1, None)
        if shape == "every":
            if "holds" not in raw:
                self.report(place, "every needs `holds`")
            holds = self.parse(raw.get("holds", "always"), (*place, "holds"), record)
            where = None if where is None or holds is None else All((where, Not(holds)))
        distinct = self.distinct(raw.get("distinct"), record, (*place, "distinct"))
        if where is None or minimum is None:
            return None
        count = Count(record, minimum, where, listed, distinct, parameter)
        return Not(count) if shape in ("none", "every") else count

    def _units(self, raw: Anything, place: Place) -> tuple[str, bool]:
        words = str(raw).split()
        listed = words[:1] == ["listed"]
        name = " ".join(words[1:] if listed else words)
        known = {f"{record}s": record for record in self.names.facts.many}
        if name not in known:
            allowed = [f"{prefix}{units}" for units in known for prefix in ("", "listed ")]
            self.report(place, f"found '{found(raw)}'; allowed: {', '.join(allowed)}{suggestion(str(raw), allowed)}")
            return "trial", listed
        return known[name], listed

    def _minimum(self, raw: Anything, place: Place) -> tuple[int | None, str | None]:
        try:
            value, parameter = self._lines.count(str(raw))
        except Wrong as wrong:
            self.report(place, str(wrong))
            return None, None
        if value.denominator != 1 or value < 1:
            self.report(place, f"found {found(raw)}; allowed: a whole number from 1, or a parameter")
            return None, None
        return int(value), parameter

    def distinct(self, raw: Anything, record: str, place: Place) -> str | None:
        """The fact of `record` by which units are told apart, if one is given."""
        if raw is None:
            return None
        allowed = [name for name, fact in self.names.facts.items() if fact.record == record and (fact.compared or fact.type == "enum")]
        if raw not in allowed:
            self.report(place, f"found '{found(raw)}'; allowed: {', '.join(allowed)}")
            return None
        return str(raw)

    def plain_number(self, raw: Anything) -> Fraction:
        """A number, or the value of a parameter. Raises Wrong."""
        return self._lines.number(str(raw))[0]
