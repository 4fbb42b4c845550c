"""Rankings and sequences as everything else sees them: frozen, with the rules that judge their parts."""

from dataclasses import dataclass, field

from euthymia.rulebook.base import Citation
from euthymia.rulebook.rule import Origin


@dataclass(frozen=True, slots=True)
class RankingKey:
    """A ground for the order: values of a fact of the unit from first to last, or its place in a list of names."""

    fact: str
    order: tuple[str, ...]

    @property
    def is_list(self) -> bool:
        return not self.order


@dataclass(frozen=True, slots=True)
class Ranking:
    """How the units of a record are ordered. `marks`: rules about a unit, with a remark each."""

    id: str
    title: str
    record: str
    name: str
    links: str
    applies: str | None
    sources: tuple[Citation, ...]
    readings: tuple[str, ...]
    keys: tuple[RankingKey, ...]
    marks: tuple[tuple[str, str], ...]
    origin: Origin = field(compare=False)


@dataclass(frozen=True, slots=True)
class Due:
    """Weeks, counted by the fact `since`, from which a step is due and after which it is late."""

    since: str
    first: int
    last: int
    parameters: tuple[str, str]


@dataclass(frozen=True, slots=True)
class SequenceStep:
    """`rule` advises the step; `done` and `begun` are rules that say how far it is."""

    label: str
    rule: str
    done: str
    begun: str | None
    due: Due | None


@dataclass(frozen=True, slots=True)
class Sequence:
    id: str
    title: str
    sources: tuple[Citation, ...]
    readings: tuple[str, ...]
    chosen: str
    steps: tuple[SequenceStep, ...]
    origin: Origin = field(compare=False)
