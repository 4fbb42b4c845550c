"""The shape of the files of a rulebook, as pydantic models. Texts are not yet parsed here."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from euthymia.rulebook.conditions import STATUSES

Kind = Literal["definition", "rule", "warning", "explanation", "question", "assessment", "option", "conflict", "remark", "helper"]
Advice = Literal["safety", "fix_first", "assess", "treat", "remind"]
Severity = Literal["critical", "warning", "notice"]
Status = Literal["met", "not_met", "undetermined", "not_applicable"]
Place = Literal["spectrum", "refractoriness", "pseudo_resistance", "situations", "toxicity", "steps", "areas", "process"]
Certainty = Literal["source", "reading", "looked_up", "literature"]
Identifier = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9]*([-_][A-Za-z0-9]+)*$")]
Sentences = dict[Status, str]
ConditionText = str | dict[str, Any]

assert set(STATUSES) == set(Status.__args__)  # type: ignore[attr-defined]


class Strict(BaseModel):
    """No unknown keys, no change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Citation(Strict):
    """A place in a work."""

    work: str
    at: str


def citations(source: "Citation | list[Citation] | None") -> tuple[Citation, ...]:
    """One source or several, as authors write them, always as a tuple."""
    if source is None:
        return ()
    return tuple(source) if isinstance(source, list) else (source,)


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


class ParameterEntry(Strict):
    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    value: int | float | list[int | float] | list[str]
    unit: str
    means: str
    source: Citation | list[Citation]
    certainty: Certainty
    readings: list[str] = Field(default_factory=list)
    valid_from: str
    reviewed_on: str


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
    disposition: Literal["later", "left out"] | None = None
    why: str | None = None


class EntryFile(Strict):
    schema_: Literal["euthymia.entries/1"] = Field(alias="schema")
    groups: list[Group]
    entries: list[Entry]


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


class DefinitionMap(Strict):
    rule: str
    label: str


class AssessmentMap(Strict):
    """Which rules fill which part of an assessment."""

    refractoriness: str
    criteria: dict[str, str]
    criterion_labels: dict[str, str]
    spectrum: SpectrumMap
    situations: dict[str, str]
    situation_labels: dict[str, str]
    definitions: dict[str, DefinitionMap]


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
