"""Definitions of resistance and staging models as files: what fulfils them, and the tables of points of their scores."""

from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field, model_validator

from euthymia.rulebook.base import Certainty, Citation, ConditionText, Identifier, Strict

Points = Annotated[float, Field(ge=0, le=1000)]


class ChoiceEntry(Strict):
    """One alternative of a table, or one step of a ladder."""

    points: Points
    label: str | None = None
    when: ConditionText


class CountEntry(Strict):
    """How many units fulfil `where`; `distinct` counts those of one name once."""

    of: Literal["trials", "problems"]
    where: ConditionText
    distinct: str | None = None


class EachEntry(Strict):
    """Points for every unit that fulfils `where`, taken as many times as the list or number `times` says; while that is not known, at
    least as many times as the number `at_least` says."""

    of: Literal["trials", "problems"]
    where: ConditionText
    points: Points
    times: str | None = None
    at_least: str | None = None


class BandEntry(Strict):
    from_: int = Field(alias="from", ge=0)
    points: Points
    label: str | None = None


class PartEntry(Strict):
    """One part of a score: exactly one of `choose`, `ladder`, `count` with `bands`, or `each`."""

    id: Identifier
    label: str
    source: Citation | list[Citation] | None = None
    certainty: Certainty | None = None
    choose: list[ChoiceEntry] | None = None
    ladder: list[ChoiceEntry] | None = None
    count: CountEntry | None = None
    bands: Annotated[list[BandEntry], Field(min_length=1)] | None = None
    each: EachEntry | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "PartEntry":
        ways = [self.choose, self.ladder, self.count, self.each]
        if sum(way is not None for way in ways) != 1 or (self.count is None) != (self.bands is None):
            raise ValueError("a part of a score needs exactly one of choose, ladder, count (with bands), each")
        if self.bands is not None and (
            self.bands[0].from_ != 0 or sorted(band.from_ for band in self.bands) != [b.from_ for b in self.bands]
        ):
            raise ValueError("bands start from 0 and rise")
        return self


class LabelEntry(Strict):
    """The name of a value, from this one on."""

    from_: float = Field(alias="from")
    label: str


class ScoreEntry(Strict):
    unit: str
    parts: Annotated[list[PartEntry], Field(min_length=1)]
    labels: list[LabelEntry] = Field(default_factory=list)

    @model_validator(mode="after")
    def _one_part_of_each_id(self) -> "ScoreEntry":
        _once(part.id for part in self.parts)
        return self


class VariantEntry(Strict):
    """The same definition by another reading."""

    id: Identifier
    label: str
    score: ScoreEntry


class DefinitionEntry(Strict):
    id: Identifier
    label: str
    kind: Literal["score", "stage", "criteria"]
    asks_for: str
    source: Citation | list[Citation]
    certainty: Certainty
    provisional: str | None = None
    readings: list[str] = Field(default_factory=list)
    applies: str | None = None
    fulfilled: str | None = None
    score: ScoreEntry | None = None
    variants: list[VariantEntry] = Field(default_factory=list)
    remarks: list[str] = Field(default_factory=list)

    @model_validator(mode="after")
    def _can_be_told(self) -> "DefinitionEntry":
        if self.fulfilled is None and self.score is None:
            raise ValueError("a definition needs `fulfilled` (a rule), a `score`, or both")
        parts = self.score.parts if self.score is not None else []
        _once([*(variant.id for variant in self.variants), *(part.id for part in parts)])
        return self


def _once(ids: Iterable[str]) -> None:
    """Lines of a table become rules by their ids: each has one of its own."""
    twice = [name for name, number in Counter(ids).items() if number > 1]
    if twice:
        raise ValueError(f"used more than once as an id: {', '.join(twice)}")
