"""What an evaluation leaves behind, as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple


class Key(NamedTuple):
    """One judgement: a rule, and the trial or problem that it was judged for (None: the patient)."""

    rule: str
    unit: str | None = None

    def __str__(self) -> str:
        return f"{self.rule}@{self.unit}" if self.unit else self.rule


Statuses = Mapping[Key, str]


@dataclass(frozen=True, slots=True)
class Firing:
    """One compiled rule that fired in durable_rules: what it concluded, and the facts and statuses that made it fire."""

    key: Key
    status: str
    matched: tuple[tuple[str, Any], ...]

    def as_json(self) -> dict[str, Any]:
        return {"rule": str(self.key), "status": self.status, "matched": dict(self.matched)}
