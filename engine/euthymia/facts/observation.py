"""What is known of one fact: a value, or one of the three ways of having none."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Literal

State = Literal["known", "not_asked", "unknown", "not_applicable"]


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A year, a month or a day; `first` and `last` are the days that it may mean."""

    text: str
    first: date
    last: date

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Observation:
    """One fact of one patient.

    `value` is text, a number, a tuple (list facts), a dict (maps) or a PartialDate. A number that is known as a range only has `low`
    and `high` and no `value`. `origin` says how a value came about that nobody entered; `proposed`: it stands only
    as long as nobody states another.
    """

    state: State
    value: Any = None
    low: Fraction | None = None
    high: Fraction | None = None
    source: str | None = None
    date: str | None = None
    note: str | None = None
    origin: str | None = None
    identity: str | None = None
    proposed: bool = False

    @property
    def known(self) -> bool:
        return self.state == "known"

    def as_json(self) -> Any:
        """The value as JSON: itself, a range `{low, high}` in the fact's unit, or the state."""
        if not self.known:
            return None if self.state == "not_asked" else self.state
        if self.value is None and self.low is not None and self.high is not None:
            return {"low": number(self.low), "high": number(self.high)}
        return _plain(self.value)

    def provenance(self) -> dict[str, str]:
        """Who said it, when, and what was noted, as far as that was given."""
        given = {"source": self.source, "date": self.date, "note": self.note, "origin": self.origin}
        return {name: text for name, text in given.items() if text}


NOT_ASKED = Observation("not_asked")


def measured(value: int | float | Fraction, **more: Any) -> Observation:
    """A known number."""
    exact = Fraction(str(value)) if isinstance(value, float) else Fraction(value)
    return Observation("known", number(exact), exact, exact, **more)


def between(low: Fraction, high: Fraction, **more: Any) -> Observation:
    """A number known as a range."""
    if low == high:
        return measured(low, **more)
    return Observation("known", None, low, high, **more)


def number(exact: Fraction) -> int | float:
    """An exact number as an int where it is whole."""
    return int(exact) if exact.denominator == 1 else round(float(exact), 3)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, PartialDate):
        return value.text
    return value
