"""The shape of the files of a rulebook, as pydantic models. Texts are not yet parsed here."""

from typing import Annotated, Literal

from pydantic import Field

from euthymia.rulebook.base import (
    Advice,
    Certainty,
    Citation,
    ConditionText,
    Day,
    Domain,
    Identifier,
    Kind,
    Place,
    Sentences,
    Severity,
    Strict,
)
from euthymia.rulebook.definition_files import DefinitionEntry
from euthymia.rulebook.option_files import OptionEntry
from euthymia.rulebook.plan_files import GapEntry, RankingEntry, SequenceEntry, TensionEntry


class RuleEntry(Strict):
    id: Identifier
    title: str
    kind: Kind
    about: Literal["patient", "trial", "problem"] = "patient"
    applies: ConditionText | None = None
    when: ConditionText
    source: Citation | list[Citation] | None = None
    strength: str | None = None
    evidence: list[str] = Field(default_factory=list)
    readings: list[str] = Field(default_factory=list)
    reminder: bool = False
    alert: Severity | None = None
    advice: Advice | None = None
    asks: list[str] = Field(default_factory=list)
    shows: list[str] = Field(default_factory=list)
    says: Sentences = Field(default_factory=dict)
    tells: Sentences = Field(default_factory=dict)
    factor: Domain | None = None
    beside: list[str] = Field(default_factory=list)
    option: OptionEntry | None = None


class TextEntry(Strict):
    id: Identifier
    title: str
    kind: Kind
    text: str
    place: Place
    source: Citation | list[Citation] | None = None
    strength: str | None = None
    evidence: list[str] = Field(default_factory=list)
    readings: list[str] = Field(default_factory=list)
    tells: str | None = None


class RuleFile(Strict):
    schema_: Literal["euthymia.rules/1"] = Field(alias="schema")
    title: str
    source: Citation | list[Citation] | None = None
    rules: list[RuleEntry] = Field(default_factory=list)
    texts: list[TextEntry] = Field(default_factory=list)
    definition: DefinitionEntry | None = None
    ranking: RankingEntry | None = None
    sequence: SequenceEntry | None = None


class ParameterEntry(Strict):
    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    value: int | float | list[int | float] | list[str]
    unit: str
    means: str
    source: Citation | list[Citation]
    certainty: Certainty
    readings: list[str] = Field(default_factory=list)
    valid_from: Day
    reviewed_on: Day


class ParameterFile(Strict):
    schema_: Literal["euthymia.parameters/1"] = Field(alias="schema")
    title: str
    parameters: list[ParameterEntry]


class Work(Strict):
    id: Identifier
    short: str
    citation: str
    year: int | None
    doi: str | None = None
    note: str | None = None


class SourceFile(Strict):
    schema_: Literal["euthymia.sources/1"] = Field(alias="schema")
    works: list[Work]


class CitedIn(Strict):
    source: str
    locator: str


class Study(Strict):
    id: Identifier
    citation: str
    year: int | None
    country: str | None
    design: str | None
    design_class: str | None
    n: int | None
    n_detail: str | None
    population: str | None
    intervention: str | None
    comparator: str | None
    direction: str | None
    summary: str | None
    figures: list[str]
    quality_rating: str | None
    cited_in: list[CitedIn]
    doi: str | None
    notes: str | None


class EvidenceFile(Strict):
    schema_: Literal["euthymia.evidence/1"] = Field(alias="schema")
    studies: list[Study]


class Reading(Strict):
    """What the sources leave open, and what the project chose."""

    id: Identifier
    point: str
    open: str
    reading: str
    settled: str | None = None


class ReadingFile(Strict):
    schema_: Literal["euthymia.readings/1"] = Field(alias="schema")
    readings: list[Reading]


class Group(Strict):
    id: str
    title: str


class Entry(Strict):
    """One statement of the sources."""

    id: Identifier
    title: str
    kind: str
    group: str
    disposition: Literal["left out"] | None = None
    why: str | None = None


class EntryFile(Strict):
    schema_: Literal["euthymia.entries/1"] = Field(alias="schema")
    groups: list[Group]
    entries: list[Entry]


class TensionFile(Strict):
    schema_: Literal["euthymia.tensions/1"] = Field(alias="schema")
    tensions: list[TensionEntry]
    gaps: list[GapEntry]


class ContradictionEntry(Strict):
    id: Identifier
    about: Literal["patient", "trial"] = "patient"
    when: ConditionText
    message: str


class ContradictionFile(Strict):
    schema_: Literal["euthymia.contradictions/1"] = Field(alias="schema")
    contradictions: list[ContradictionEntry]


class Attribute(Strict):
    """One of the 13 source attributes of a decision support intervention."""

    value: str | None = None
    used: Literal["yes", "no"] | None = None
    how: str | None = None
    note: str | None = None


class Attributes(Strict):
    citation: Attribute
    developer: Attribute
    funding: Attribute
    release_and_revision_dates: Attribute
    race: Attribute
    ethnicity: Attribute
    language: Attribute
    sexual_orientation: Attribute
    gender_identity: Attribute
    sex: Attribute
    date_of_birth: Attribute
    social_determinants: Attribute
    health_status: Attribute


class SpectrumMap(Strict):
    deterioration: str
    bands: dict[str, str]
    labels: dict[str, str]


class AssessmentMap(Strict):
    """Which rules fill which part of an assessment."""

    refractoriness: str
    criteria: dict[str, str]
    criterion_labels: dict[str, str]
    spectrum: SpectrumMap
    situations: dict[str, str]
    situation_labels: dict[str, str]
    definitions: list[str] = Field(default_factory=list)
    availability: str | None = None
    preference: str | None = None

    @property
    def headings(self) -> list[tuple[str, str]]:
        """What stands at the head of every page, by name, and the rule behind it. A band and the criteria together share a name."""
        return [*self.criteria.items(), *self.situations.items(), *self.spectrum.bands.items(), ("refractoriness", self.refractoriness)]


class RulebookFile(Strict):
    schema_: Literal["euthymia.rulebook/1"] = Field(alias="schema")
    name: str
    version: str
    intended_use: str
    not_for: list[str]
    population: str
    limits: list[str]
    validation: str
    attributes: Attributes
    assessment: AssessmentMap
