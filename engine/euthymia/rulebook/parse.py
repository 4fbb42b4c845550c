"""Conditions as authors write them, turned into the tree; every mistake with its place.

A line of text is one of (names in capitals vary):
    FACT >= NUMBER | $PARAMETER          FACT = WORD    FACT in [WORD, …] | $PARAMETER    FACT not in …
    LIST includes VALUE                  LIST includes all of | any of | none of […]      FACT is empty | is not empty
    FACT is unknown | is known | is not WORD (epistemic)      LIST lacks VALUE (epistemic)
    RULE    RULE is met | is not met | is not applicable | is met or not applicable       always
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any as Anything

from euthymia.errors import found, suggestion
from euthymia.facts.catalogue import Catalogue, Declaration
from euthymia.rulebook.conditions import (
    MET,
    NOT_APPLICABLE,
    NOT_MET,
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
    Not,
    Once,
    OneOf,
    StatusIs,
    Unanswered,
    facts_read,
    rules_read,
    walk,
)
from euthymia.rulebook.files import ParameterEntry

Place = tuple[str | int, ...]
Report = Callable[[Place, str], None]

_STATUS_WORDS = {
    "is met": (MET,),
    "is not met": (NOT_MET,),
    "is not applicable": (NOT_APPLICABLE,),
    "is met or not applicable": (MET, NOT_APPLICABLE),
}
_LONGEST_NUMBER = 15
_SYMBOLS = (">=", "<=", "!=", "=", ">", "<")
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


class _Wrong(Exception):
    """A mistake in one line of a condition."""


@dataclass(frozen=True, slots=True)
class Names:
    """What conditions may refer to: declared facts, parameters, and rules with the record that each is about."""

    facts: Catalogue
    parameters: Mapping[str, ParameterEntry]
    rules: Mapping[str, str]


class Parser:
    """Parses the conditions of one file. `report` takes every mistake; a condition with mistakes gives None."""

    def __init__(self, names: Names, report: Report) -> None:
        self.names = names
        self.report = report

    def parse(self, raw: Anything, place: Place, about: str) -> Condition | None:
        """`about`: patient, trial or problem, the unit that the condition speaks of."""
        if isinstance(raw, str):
            try:
                return self._line(raw.strip(), about)
            except _Wrong as wrong:
                self.report(place, str(wrong))
                return None
        if isinstance(raw, dict):
            return self._mapping(raw, place, about)
        self.report(place, f"found {found(raw)}; a condition is a line of text or a mapping such as all: […]")
        return None

    # --- mappings ---------------------------------------------------------------------------------------------------

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
        minimum = self._minimum(raw["at_least"], (*place, "at_least")) if shape == "at_least" else 1
        if shape == "every":
            if "holds" not in raw:
                self.report(place, "every needs `holds`")
            holds = self.parse(raw.get("holds", "always"), (*place, "holds"), record)
            where = None if where is None or holds is None else All((where, Not(holds)))
        distinct = self._distinct(raw.get("distinct"), record, (*place, "distinct"))
        if where is None or minimum is None:
            return None
        count = Count(record, minimum, where, listed, distinct)
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

    def _minimum(self, raw: Anything, place: Place) -> int | None:
        try:
            value = self._number(str(raw))[0]
        except _Wrong as wrong:
            self.report(place, str(wrong))
            return None
        if value.denominator != 1 or value < 1:
            self.report(place, f"found {found(raw)}; allowed: a whole number from 1, or a parameter")
            return None
        return int(value)

    def _distinct(self, raw: Anything, record: str, place: Place) -> str | None:
        if raw is None:
            return None
        if (
            not isinstance(raw, str)
            or raw not in self.names.facts
            or not self.names.facts[raw].compared
            or self.names.facts[raw].record != record
        ):
            allowed = [name for name in self.names.facts if self.names.facts[name].compared]
            self.report(place, f"found '{found(raw)}'; allowed: {', '.join(allowed)}")
            return None
        return str(raw)

    # --- lines ------------------------------------------------------------------------------------------------------

    def _line(self, text: str, about: str) -> Condition:
        if text == "always":
            return Always()
        subject, _, rest = text.partition(" ")
        rest = rest.strip()
        for symbol in _SYMBOLS:  # `fact>=5` without spaces
            if symbol in subject:
                subject, _, tail = subject.partition(symbol)
                rest = f"{symbol} {tail} {rest}".strip()
                break
        if subject in self.names.rules:
            return self._status(subject, rest, about)
        if subject in self.names.facts:
            return self._fact(self.names.facts[subject], rest, about)
        if "." in subject or not rest:
            what = "fact" if "." in subject else "rule or fact"
            known = self.names.facts if "." in subject else [*self.names.rules, *self.names.facts]
            raise _Wrong(f"unknown {what} '{found(subject)}'{suggestion(subject, known)}")
        raise _Wrong(f"unknown rule or fact '{found(subject)}'{suggestion(subject, [*self.names.rules, *self.names.facts])}")

    def _status(self, rule: str, rest: str, about: str) -> Condition:
        if self.names.rules[rule] not in ("patient", about):
            raise _Wrong(f"{rule} is about a {self.names.rules[rule]}; refer to it inside a count or latest_trial")
        wanted = _STATUS_WORDS.get(rest or "is met")
        if wanted is None:
            raise _Wrong(f"found '{found(rest)}' after {rule}; allowed: {', '.join(_STATUS_WORDS)}")
        return StatusIs(rule, wanted)

    def _fact(self, fact: Declaration, rest: str, about: str) -> Condition:
        if fact.record in self.names.facts.many and fact.record != about:
            raise _Wrong(f"{fact.full_name} belongs to one {fact.record}; use it inside a count or latest_trial")
        if rest in ("is not empty", "is empty"):
            return self._filled(fact) if rest == "is not empty" else Not(self._filled(fact))
        if rest in ("is unknown", "is known"):
            return Unanswered(fact.full_name) if rest == "is unknown" else Not(Unanswered(fact.full_name))
        if rest.startswith("is not "):
            value = self._word(fact, rest.removeprefix("is not "))
            return Any((Not(OneOf(fact.full_name, (value,))), Unanswered(fact.full_name)))
        if rest.startswith(("in ", "not in ")):
            inside = self._one_of(fact, rest.partition("in ")[2].strip())
            return inside if rest.startswith("in ") else Not(inside)
        if rest.startswith(("includes ", "lacks ")):
            return self._member(fact, rest)
        symbol = next((symbol for symbol in _SYMBOLS if rest.startswith(symbol)), None)
        if symbol is None:
            raise _Wrong(f"found '{found(rest)}' after {fact.full_name}; allowed: a comparison, in, includes, is empty, is unknown …")
        return self._compared(fact, symbol, rest.removeprefix(symbol).strip())

    def _filled(self, fact: Declaration) -> Condition:
        if not fact.is_list and fact.type != "text":
            raise _Wrong(f"{fact.full_name} is of type {fact.type}; only a list or a text can be empty")
        return Filled(fact.full_name)

    def _compared(self, fact: Declaration, symbol: str, right: str) -> Condition:
        if not fact.is_number:
            if symbol not in ("=", "!="):
                raise _Wrong(f"{fact.full_name} is of type {fact.type} and cannot be compared with {symbol}")
            same = OneOf(fact.full_name, (self._word(fact, right),))
            return same if symbol == "=" else Not(same)
        bound, parameter = self._number(right, fact)

        def compare(sign: str) -> Compare:
            return Compare(fact.full_name, sign, bound, parameter)

        if symbol == "=":
            return All((compare(">="), compare("<=")))
        if symbol == "!=":
            return Any((compare("<"), compare(">")))
        return compare(symbol)

    def _number(self, text: str, fact: Declaration | None = None) -> tuple[Fraction, str | None]:
        name = text.removeprefix("$") if text.startswith("$") else None
        if name is not None:
            parameter = self._parameter(name)
            if not isinstance(parameter.value, int | float):
                raise _Wrong(f"${name} holds a list; a number is needed here")
            if fact is not None and (fact.unit or "none") != parameter.unit:
                raise _Wrong(f"${name} is in {parameter.unit}, but {fact.full_name} is in {fact.unit or 'no unit'}")
            return _exact(str(parameter.value)), name
        if not text.removeprefix("-").replace(".", "", 1).isdecimal() or len(text) > _LONGEST_NUMBER:
            raise _Wrong(f"found '{found(text)}'; a number or a parameter ($name) is needed")
        return _exact(text), None

    def _parameter(self, name: str) -> ParameterEntry:
        if name not in self.names.parameters:
            raise _Wrong(f"unknown parameter '{found(name)}'{suggestion(name, self.names.parameters)}")
        return self.names.parameters[name]

    def _one_of(self, fact: Declaration, right: str) -> Condition:
        if right.startswith("$"):
            name = right.removeprefix("$")
            values = self._parameter(name).value
            if not isinstance(values, list):
                raise _Wrong(f"${name} holds one value; a list is needed after `in`")
            return OneOf(fact.full_name, tuple(self._word(fact, str(value)) for value in values), name)
        return OneOf(fact.full_name, tuple(self._word(fact, word) for word in _bracketed(right)))

    def _word(self, fact: Declaration, word: str) -> str:
        word = word.strip()
        if not fact.choices:
            raise _Wrong(f"{fact.full_name} is of type {fact.type} and has no fixed values to compare with")
        if fact.is_list:
            raise _Wrong(f"{fact.full_name} is a list; use includes")
        if word not in fact.choices:
            allowed = ", ".join(fact.choices)
            raise _Wrong(f"found '{found(word)}' for {fact.full_name}; allowed: {allowed}{suggestion(word, fact.choices)}")
        return word

    def _member(self, fact: Declaration, rest: str) -> Condition:
        if not fact.is_list:
            raise _Wrong(f"{fact.full_name} is of type {fact.type}; includes and lacks need a list")
        verb, _, right = rest.partition(" ")
        right = right.strip()
        how = next((words for words in ("all of", "any of", "none of") if right.startswith(words)), None)
        members = self._members(fact, right.removeprefix(how or "").strip())
        tests = tuple(Includes(fact.full_name, value) for value in members)
        if verb == "lacks":
            if how or len(tests) != 1:
                raise _Wrong("lacks takes one value")
            return Any((Not(tests[0]), Unanswered(fact.full_name)))
        if how is None and len(tests) != 1:
            raise _Wrong("includes takes one value; write `includes all of […]`, `any of […]` or `none of […]`")
        if how == "none of":
            return All(tuple(Not(test) for test in tests))
        if len(tests) == 1:
            return tests[0]
        return Any(tests) if how == "any of" else All(tests)

    def _members(self, fact: Declaration, right: str) -> list[str | int]:
        if right.startswith("$"):
            held = self._parameter(right.removeprefix("$")).value
            words = [str(value) for value in held] if isinstance(held, list) else [str(held)]
        else:
            words = _bracketed(right) if right.startswith("[") else [right]
        return [self._element(fact, word) for word in words]

    def _element(self, fact: Declaration, word: str) -> str | int:
        if fact.type == "list of integer":
            low, high = fact.minimum or 0, fact.maximum or 10**6
            if not (word.isascii() and word.isdecimal()) or len(word) > _LONGEST_NUMBER or not low <= int(word) <= high:
                raise _Wrong(f"found '{found(word)}' for {fact.full_name}; allowed: whole numbers {low:g} to {high:g}")
            return int(word)
        allowed = fact.keys if fact.type == "map of text" else fact.values
        if not allowed:
            raise _Wrong(f"{fact.full_name} holds free text; only is empty and is not empty can test it")
        if word not in allowed:
            raise _Wrong(f"found '{found(word)}' for {fact.full_name}; allowed: {', '.join(allowed)}{suggestion(word, allowed)}")
        return word


def _exact(text: str) -> Fraction:
    """A bound as the patient's numbers are kept: in thousandths."""
    exact = Fraction(text)
    if (exact * 1000).denominator != 1:
        raise _Wrong(f"found '{found(text)}'; at most three decimals")
    return exact


def _bracketed(text: str) -> list[str]:
    if not (text.startswith("[") and text.endswith("]")):
        raise _Wrong(f"found '{found(text)}'; a list in brackets is needed, [one, two]")
    words = [word.strip() for word in text[1:-1].split(",")]
    if not all(words):
        raise _Wrong("the list in brackets has an empty place")
    return words
