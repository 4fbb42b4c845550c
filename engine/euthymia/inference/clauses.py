"""The rules of durable_rules as data: tests of single facts, joined to flat conjunctions, in the engine's own JSON."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any as Anything
from typing import NamedTuple

SID = "p"  # one session, whoever the patient is
_BUCKETS = 64


class Code(NamedTuple):
    """A kind of engine fact and the thing it is about: `e` word, `n` number, `k` knowing, `s` status, `q` count, `h` helper, `~` start."""

    kind: str
    number: int

    @property
    def name(self) -> str:
        return f"{self.kind}{self.number}"


@dataclass(frozen=True, slots=True)
class Literal:
    """A test of one engine fact: its word is one of `values`, or its bounds fulfil `comparisons` (operator, field, thousandths)."""

    code: Code
    values: tuple[str, ...] = ()
    comparisons: tuple[tuple[str, str, int], ...] = ()


Clause = tuple[Literal, ...]
START = Literal(Code("~", 0), ("start",))


def merge(clause: Clause) -> Clause | None:
    """The clause with all tests of one fact in one literal (one fact never fills two patterns); None when they exclude each other."""
    merged: dict[Code, Literal] = {}
    for literal in clause:
        before = merged.get(literal.code)
        if before is None:
            merged[literal.code] = literal
            continue
        values = tuple(value for value in before.values if value in literal.values)
        comparisons = tuple(dict.fromkeys(before.comparisons + literal.comparisons))
        if not comparisons and not values:
            return None
        merged[literal.code] = Literal(literal.code, values, comparisons)
    if any(not literal.values and not literal.comparisons for literal in merged.values()):
        return None
    return tuple(sorted(merged.values(), key=lambda literal: literal.code.name)) or (START,)


def compiled_rule(clause: Clause) -> dict[str, Anything]:
    """One rule in durable_rules' own JSON: flat conjunctions, at most one constant `$or`, at the end."""
    return {"dist": 0, "all": [{f"a{number}": {"$and": tests(literal)}} for number, literal in enumerate(clause)]}


def tests(literal: Literal) -> list[dict[str, Anything]]:
    """Kind, bucket and code first: they are the engine's index."""
    code = literal.code
    found: list[dict[str, Anything]] = [{"t": code.kind}, {"b": code.number % _BUCKETS}, {"c": code.name}]
    found += [{operator: {side: bound}} for operator, side, bound in literal.comparisons]
    if len(literal.values) == 1:
        found.append({"v": literal.values[0]})
    elif literal.values:
        found.append({"$or": [{"v": value} for value in literal.values]})
    return found


def engine_fact(code: Code, number: int, **fields: str | int) -> dict[str, Anything]:
    """One fact as the engine takes it; the id is positional, never the patient's."""
    return {**_of_code(code), **fields, "id": f"f{number}"}


@lru_cache(maxsize=100_000)
def _of_code(code: Code) -> dict[str, Anything]:
    return {"t": code.kind, "b": code.number % _BUCKETS, "c": code.name, "sid": SID}
