"""What an evaluation leaves behind, as data."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple


class Key(NamedTuple):
    """One judgement: a rule, and the trial or problem that it was judged for (None: the patient)."""

    rule: str
    unit: str | None = None

    def __str__(self) -> str:
        return f"{self.rule}@{self.unit}" if self.unit else self.rule


Statuses = Mapping[Key, str]
Matched = tuple[tuple[str, Any], ...]


class Firing:
    """One compiled rule that fired in durable_rules: what it concluded, and the facts and statuses that made it fire.

    These are put together when somebody asks for them; most decisions are made without.
    """

    __slots__ = ("key", "on", "status")

    def __init__(self, key: Key, status: str, on: Callable[[], Matched]) -> None:
        self.key = key
        self.status = status
        self.on = on

    @property
    def matched(self) -> Matched:
        return self.on()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Firing):
            return NotImplemented
        return (self.key, self.status, self.matched) == (other.key, other.status, other.matched)

    def __hash__(self) -> int:
        return hash((self.key, self.status))

    def as_json(self) -> dict[str, Any]:
        return {"rule": str(self.key), "status": self.status, "matched": dict(self.matched)}
