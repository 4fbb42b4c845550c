"""Definitions of resistance and staging models as everything else sees them: frozen, with the rules that judge their parts."""

from dataclasses import dataclass, field
from fractions import Fraction

from euthymia.rulebook.base import Certainty, Citation
from euthymia.rulebook.rule import Origin


@dataclass(frozen=True, slots=True)
class Step:
    """An alternative of a table or a step of a ladder: its points while `rule` is met."""

    points: Fraction
    label: str | None
    rule: str


@dataclass(frozen=True, slots=True)
class Band:
    """Points from this number on."""

    least: int
    points: Fraction
    label: str | None


@dataclass(frozen=True, slots=True)
class Choose:
    """The points of the one alternative that holds."""

    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Ladder:
    """The points of the highest step that holds together with all before it."""

    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Number:
    """Points by the number of units for which `rule` is met."""

    record: str
    rule: str
    distinct: str | None
    bands: tuple[Band, ...]


@dataclass(frozen=True, slots=True)
class Each:
    """Points for every unit for which `rule` is met, times the length of a list or a number of its own."""

    record: str
    rule: str
    points: Fraction
    times: str | None
    at_least: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One line of the table of a score."""

    id: str
    label: str
    how: Choose | Ladder | Number | Each
    sources: tuple[Citation, ...]
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class Score:
    """A sum of parts; `labels` name its values, each from a value on."""

    unit: str
    parts: tuple[Part, ...]
    labels: tuple[tuple[Fraction, str], ...]


@dataclass(frozen=True, slots=True)
class Definition:
    """One definition. `fulfilled`: the rule whose status it has; without it the definition is a pure score or stage."""

    id: str
    label: str
    kind: str
    asks_for: str
    sources: tuple[Citation, ...]
    certainty: Certainty
    provisional: str | None
    readings: tuple[str, ...]
    applies: str | None
    fulfilled: str | None
    score: Score | None
    variants: tuple[tuple[str, str, Score], ...]
    remarks: tuple[str, ...]
    origin: Origin = field(compare=False)

    @property
    def rules(self) -> set[str]:
        """Every rule that the result hangs on."""
        named = {name for name in (self.applies, self.fulfilled) if name}
        scores = [score for score in (self.score, *(score for _, _, score in self.variants)) if score is not None]
        return named.union(*(rules_of(part) for score in scores for part in score.parts))


def rules_of(part: Part) -> set[str]:
    """The rules that judge one part."""
    return {step.rule for step in part.how.steps} if isinstance(part.how, Choose | Ladder) else {part.how.rule}
