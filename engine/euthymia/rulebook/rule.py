"""A rule and a text as everything else sees them: frozen, parsed, with the place they come from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from euthymia.rulebook.base import Advice, Citation, Domain, Kind, Place, Severity
from euthymia.rulebook.conditions import Condition, facts_read, is_epistemic, rules_read


@dataclass(frozen=True, slots=True)
class Origin:
    """Where in the rulebook something stands. `file` begins with `rules/`, whatever the folder is called."""

    file: str
    line: int

    def path(self, folder: str | Path) -> Path:
        """The file as it stands in the folder that was read."""
        return Path(folder) / self.file.removeprefix("rules/")


@dataclass(frozen=True, slots=True)
class Argument:
    """One sentence about an option. `section`: population, for, against, defers or cautions; `rule` judges it (None: it always counts)."""

    section: str
    text: str
    rule: str | None
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """What a treatment option carries beside its condition."""

    under: str | None
    offers: tuple[str, ...]
    modality: tuple[str, ...]
    adds_drug: bool
    arguments: tuple[Argument, ...]
    excludes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `says` and `tells` hold template texts by status, for professionals and for the patient.

    `part_of` names the rule or definition that this one was made for: an argument of an option, a line of a table.
    """

    id: str
    title: str
    kind: Kind
    about: str
    applies: Condition | None
    when: Condition
    sources: tuple[Citation, ...]
    strength: str | None
    evidence: tuple[str, ...]
    readings: tuple[str, ...]
    reminder: bool
    alert: Severity | None
    advice: Advice | None
    asks: tuple[str, ...]
    shows: tuple[str, ...]
    says: Mapping[str, str]
    tells: Mapping[str, str]
    topic: str
    origin: Origin = field(compare=False)
    factor: Domain | None = None
    beside: tuple[str, ...] = ()
    option: Option | None = None
    part_of: str | None = None

    @property
    def conditions(self) -> tuple[Condition, ...]:
        return (self.when,) if self.applies is None else (self.applies, self.when)

    @property
    def reads(self) -> set[str]:
        """Facts that the rule's own conditions read."""
        return set().union(*(facts_read(condition) for condition in self.conditions))

    @property
    def refers_to(self) -> set[str]:
        """Rules that the rule's own conditions refer to."""
        return set().union(*(rules_read(condition) for condition in self.conditions))

    @property
    def epistemic(self) -> bool:
        return any(is_epistemic(condition) for condition in self.conditions)


@dataclass(frozen=True, slots=True)
class Text:
    """A statement that no fact decides."""

    id: str
    title: str
    kind: Kind
    text: str
    place: Place
    sources: tuple[Citation, ...]
    strength: str | None
    evidence: tuple[str, ...]
    readings: tuple[str, ...]
    tells: str | None
    topic: str
    origin: Origin = field(compare=False)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A combination of facts that a patient file must not hold."""

    id: str
    about: str
    when: Condition
    message: str

    @property
    def reads(self) -> set[str]:
        return facts_read(self.when)
