"""One line of a condition, as authors write it. Names in capitals vary:

FACT >= NUMBER | $PARAMETER          FACT = WORD    FACT in [WORD, …] | $PARAMETER    FACT not in …
LIST includes VALUE                  LIST includes all of | any of | none of […]      FACT is empty | is not empty
FACT is unknown | is known | is not WORD (epistemic)      LIST lacks VALUE (epistemic)
RULE    RULE is met | is not met | is not applicable | is met or not applicable       always
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

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
    Filled,
    Includes,
    Not,
    OneOf,
    StatusIs,
    Unanswered,
)
from euthymia.rulebook.files import ParameterEntry

STATUS_WORDS = {
    "is met": (MET,),
    "is not met": (NOT_MET,),
    "is not applicable": (NOT_APPLICABLE,),
    "is met or not applicable": (MET, NOT_APPLICABLE),
}
_LONGEST_NUMBER = 15
_SYMBOLS = (">=", "<=", "!=", "=", ">", "<")


class Wrong(Exception):
    """A mistake in one line of a condition."""


@dataclass(frozen=True, slots=True)
class Names:
    """What conditions may refer to: declared facts, parameters, and rules with the record that each is about."""

    facts: Catalogue
    parameters: Mapping[str, ParameterEntry]
    rules: Mapping[str, str]


class LineParser:
    """Parses lines about declared facts and rules."""

    def __init__(self, names: Names) -> None:
        self.names = names

    def parse(self, text: str, about: str) -> Condition:
        """The condition; `about` is the unit it speaks of. Raises Wrong."""
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
            raise Wrong(f"unknown {what} '{found(subject)}'{suggestion(subject, known)}")
        raise Wrong(f"unknown rule or fact '{found(subject)}'{suggestion(subject, [*self.names.rules, *self.names.facts])}")

    def _status(self, rule: str, rest: str, about: str) -> Condition:
        if self.names.rules[rule] not in ("patient", about):
            raise Wrong(f"{rule} is about a {self.names.rules[rule]}; refer to it inside a count or latest_trial")
        wanted = STATUS_WORDS.get(rest or "is met")
        if wanted is None:
            raise Wrong(f"found '{found(rest)}' after {rule}; allowed: {', '.join(STATUS_WORDS)}")
        return StatusIs(rule, wanted)

    def _fact(self, fact: Declaration, rest: str, about: str) -> Condition:
        if fact.record in self.names.facts.many and fact.record != about:
            raise Wrong(f"{fact.full_name} belongs to one {fact.record}; use it inside a count or latest_trial")
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
            raise Wrong(f"found '{found(rest)}' after {fact.full_name}; allowed: a comparison, in, includes, is empty, is unknown …")
        return self._compared(fact, symbol, rest.removeprefix(symbol).strip())

    def _filled(self, fact: Declaration) -> Condition:
        if not fact.is_list and fact.type != "text":
            raise Wrong(f"{fact.full_name} is of type {fact.type}; only a list or a text can be empty")
        return Filled(fact.full_name)

    def _compared(self, fact: Declaration, symbol: str, right: str) -> Condition:
        if not fact.is_number:
            if symbol not in ("=", "!="):
                raise Wrong(f"{fact.full_name} is of type {fact.type} and cannot be compared with {symbol}")
            same = OneOf(fact.full_name, (self._word(fact, right),))
            return same if symbol == "=" else Not(same)
        bound, parameter = self.number(right, fact)

        def compare(sign: str) -> Compare:
            return Compare(fact.full_name, sign, bound, parameter)

        if symbol == "=":
            return All((compare(">="), compare("<=")))
        if symbol == "!=":
            return Any((compare("<"), compare(">")))
        return compare(symbol)

    def count(self, text: str) -> tuple[Fraction, str | None]:
        """How many units, and the parameter that says so; it counts, so it has no unit of measurement."""
        value, name = self.number(text)
        if name is not None and self.names.parameters[name].unit not in ("none", "trials", "problems"):
            raise Wrong(f"${name} is in {self.names.parameters[name].unit}; a plain number is needed here")
        return value, name

    def number(self, text: str, fact: Declaration | None = None) -> tuple[Fraction, str | None]:
        name = text.removeprefix("$") if text.startswith("$") else None
        if name is not None:
            parameter = self._parameter(name)
            if not isinstance(parameter.value, int | float):
                raise Wrong(f"${name} holds a list; a number is needed here")
            if fact is not None and (fact.unit or "none") != parameter.unit:
                raise Wrong(f"${name} is in {parameter.unit}, but {fact.full_name} is in {fact.unit or 'no unit'}")
            return _exact(str(parameter.value)), name
        if not text.removeprefix("-").replace(".", "", 1).isdecimal() or len(text) > _LONGEST_NUMBER:
            raise Wrong(f"found '{found(text)}'; a number or a parameter ($name) is needed")
        return _exact(text), None

    def _parameter(self, name: str) -> ParameterEntry:
        if name not in self.names.parameters:
            raise Wrong(f"unknown parameter '{found(name)}'{suggestion(name, self.names.parameters)}")
        return self.names.parameters[name]

    def _one_of(self, fact: Declaration, right: str) -> Condition:
        if right.startswith("$"):
            name = right.removeprefix("$")
            values = self._parameter(name).value
            if not isinstance(values, list):
                raise Wrong(f"${name} holds one value; a list is needed after `in`")
            return OneOf(fact.full_name, tuple(self._word(fact, str(value)) for value in values), name)
        return OneOf(fact.full_name, tuple(self._word(fact, word) for word in _bracketed(right)))

    def _word(self, fact: Declaration, word: str) -> str:
        word = word.strip()
        if not fact.choices:
            raise Wrong(f"{fact.full_name} is of type {fact.type} and has no fixed values to compare with")
        if fact.is_list:
            raise Wrong(f"{fact.full_name} is a list; use includes")
        if word not in fact.choices:
            allowed = ", ".join(fact.choices)
            raise Wrong(f"found '{found(word)}' for {fact.full_name}; allowed: {allowed}{suggestion(word, fact.choices)}")
        return word

    def _member(self, fact: Declaration, rest: str) -> Condition:
        if not fact.is_list:
            raise Wrong(f"{fact.full_name} is of type {fact.type}; includes and lacks need a list")
        verb, _, right = rest.partition(" ")
        right = right.strip()
        how = next((words for words in ("all of", "any of", "none of") if right.startswith(words)), None)
        members = self._members(fact, right.removeprefix(how or "").strip())
        tests = tuple(Includes(fact.full_name, value) for value in members)
        if verb == "lacks":
            if how or len(tests) != 1:
                raise Wrong("lacks takes one value")
            return Any((Not(tests[0]), Unanswered(fact.full_name)))
        if how is None and len(tests) != 1:
            raise Wrong("includes takes one value; write `includes all of […]`, `any of […]` or `none of […]`")
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
                raise Wrong(f"found '{found(word)}' for {fact.full_name}; allowed: whole numbers {low:g} to {high:g}")
            return int(word)
        allowed = fact.keys if fact.type == "map of text" else fact.values
        if not allowed:
            raise Wrong(f"{fact.full_name} holds free text; only is empty and is not empty can test it")
        if word not in allowed:
            raise Wrong(f"found '{found(word)}' for {fact.full_name}; allowed: {', '.join(allowed)}{suggestion(word, allowed)}")
        return word


def _exact(text: str) -> Fraction:
    """A bound as the patient's numbers are kept: in thousandths."""
    exact = Fraction(text)
    if (exact * 1000).denominator != 1:
        raise Wrong(f"found '{found(text)}'; at most three decimals")
    return exact


def _bracketed(text: str) -> list[str]:
    if not (text.startswith("[") and text.endswith("]")):
        raise Wrong(f"found '{found(text)}'; a list in brackets is needed, [one, two]")
    words = [word.strip() for word in text[1:-1].split(",")]
    if not all(words):
        raise Wrong("the list in brackets has an empty place")
    return words
