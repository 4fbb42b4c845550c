"""The conditions of rules as a frozen tree. Everything that knows a rule's meaning reads this tree and nothing else.

Truth values are strong three-valued: True, False, and None for undetermined.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

MET, NOT_MET, UNDETERMINED, NOT_APPLICABLE = "met", "not_met", "undetermined", "not_applicable"
STATUSES = (MET, NOT_MET, UNDETERMINED, NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Always:
    """Holds in every patient."""


@dataclass(frozen=True, slots=True)
class Compare:
    """A number against a bound, in the fact's unit. `symbol` is one of >= > <= <."""

    fact: str
    symbol: str
    bound: Fraction
    parameter: str | None = None


@dataclass(frozen=True, slots=True)
class OneOf:
    """A word is one of `values`."""

    fact: str
    values: tuple[str, ...]
    parameter: str | None = None


@dataclass(frozen=True, slots=True)
class Includes:
    """A list holds `value`, or a map has that key."""

    fact: str
    value: str | int


@dataclass(frozen=True, slots=True)
class Filled:
    """A list holds something, or a text is written."""

    fact: str


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The fact has no value: not asked, or asked and not known. Two-valued; for reminders only."""

    fact: str


@dataclass(frozen=True, slots=True)
class StatusIs:
    """A rule has one of these settled statuses."""

    rule: str
    wanted: tuple[str, ...] = (MET,)


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Any:
    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: "Condition"


@dataclass(frozen=True, slots=True)
class Once:
    """Not judged before it holds: False becomes undetermined."""

    part: "Condition"


@dataclass(frozen=True, slots=True)
class FirstKnown:
    """The first option whose fact is known decides. Each option is (its one fact, its condition)."""

    options: tuple[tuple[str, "Condition"], ...]


@dataclass(frozen=True, slots=True)
class Count:
    """At least `minimum` units of `record` fulfil `where`. `listed`: only those on file count. `distinct`: one for each value of it."""

    record: str
    minimum: int
    where: "Condition"
    listed: bool = False
    distinct: str | None = None
    parameter: str | None = None


@dataclass(frozen=True, slots=True)
class Latest:
    """The latest trial fulfils `where`."""

    where: "Condition"


Leaf = Always | Compare | OneOf | Includes | Filled | Unanswered | StatusIs
Condition = Leaf | All | Any | Not | Once | FirstKnown | Count | Latest


def children(condition: Condition) -> tuple[Condition, ...]:
    """The conditions directly inside."""
    match condition:
        case All(parts) | Any(parts):
            return parts
        case Not(part) | Once(part):
            return (part,)
        case FirstKnown(options):
            return tuple(option for _, option in options)
        case Count(where=where) | Latest(where=where):
            return (where,)
        case _:
            return ()


def walk(condition: Condition) -> Iterator[Condition]:
    """The condition and everything inside it, from the outside in."""
    yield condition
    for child in children(condition):
        yield from walk(child)


def facts_read(condition: Condition) -> set[str]:
    """Names of all facts that the condition itself reads, those that units are told apart by included."""
    names: set[str] = set()
    for part in walk(condition):
        if isinstance(part, Compare | OneOf | Includes | Filled | Unanswered):
            names.add(part.fact)
        elif isinstance(part, Count) and part.distinct:
            names.add(part.distinct)
        elif isinstance(part, Latest):
            names.add("latest_trial")
    return names


def parameters_read(condition: Condition) -> set[str]:
    """Names of all parameters that the condition itself compares or counts with."""
    return {part.parameter for part in walk(condition) if isinstance(part, Compare | OneOf | Count) and part.parameter}


def rules_read(condition: Condition) -> set[str]:
    """Ids of all rules that the condition refers to."""
    return {part.rule for part in walk(condition) if isinstance(part, StatusIs)}


def is_epistemic(condition: Condition) -> bool:
    """Does it ask whether something is known?"""
    return any(isinstance(part, Unanswered) for part in walk(condition))
