"""The declared facts: the one place from which patient model, schema, questions and error messages come."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

FactType = Literal[
    "tri", "enum", "integer", "number", "text", "reference", "partial date", "map of text",
    "list of enum", "list of text", "list of integer", "list of reference",
]  # fmt: skip
Combining = Literal["medication", "psychotherapy", "shared", "agreed", "worst", "both", "either", "join", "earliest", "latest", "own"]
Effort = Literal["talk", "judgement", "record", "test"]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]

TRI = ("yes", "no")
EFFORTS: tuple[Effort, ...] = ("talk", "judgement", "record", "test")  # what an answer costs, the cheapest first
_BARRED = {"medication": ("psychotherapy", "neuromodulation"), "psychotherapy": ("medication", "neuromodulation")}
_LONGEST_WORD = 60  # the engine takes no longer words


class Declaration(BaseModel):
    """One fact. `full_name` is the name that rules use."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    name: Name
    label: str
    definition: str
    type: FactType
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    values: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    ask: str
    changes: Literal["never", "by time", "by clinician", "by test"]
    effort: Effort | None = None
    lasting: tuple[str, ...] = ()
    unknown: str
    course: Combining | None = None
    worst_first: tuple[str, ...] = ()
    safety: bool = False
    compared: bool = False
    added_by: Literal["sources", "project"] = "sources"
    record: str = Field(default="", exclude=True)
    drug_group: str | None = None
    group_members: Annotated[int, Field(ge=1)] = 1
    bought_freely: bool = False
    level_of: str | None = None
    filled_from: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _fits_its_type(self) -> "Declaration":
        if self.type in ("enum", "list of enum") and not self.values:
            raise ValueError(f"a fact of type {self.type} needs `values`")
        for value in self.values:
            if value in ("unknown", "not_applicable") or not value.isascii() or len(value) > _LONGEST_WORD:
                raise ValueError(
                    f"'{value}' cannot be a value: a short word in plain letters is needed, other than unknown, not_applicable"
                )
        lasting = ("members",) if self.is_list else self.choices
        if not set(self.lasting) <= set(lasting):
            raise ValueError(f"`lasting` may hold {', '.join(lasting) or 'nothing here'}; found {', '.join(self.lasting)}")
        if self.type == "map of text" and not self.keys:
            raise ValueError("a fact of type map of text needs `keys`")
        if self.type in ("integer", "number") and self.unit is None:
            raise ValueError(f"a fact of type {self.type} needs a `unit` (or `unit: none`)")
        if self.course == "worst" and set(self.worst_first) != set(self.choices):
            raise ValueError("a fact with `course: worst` needs all its values in `worst_first`")
        return self

    @property
    def entered(self) -> bool:
        """May a patient file hold it? What is only filled in from other facts may not."""
        return not self.filled_from

    @property
    def barred(self) -> tuple[str, ...]:
        """Modalities of a trial that cannot have this fact: a psychotherapy has no drug."""
        return _BARRED.get(self.course or "", ())

    @property
    def cost(self) -> int:
        """Place of the fact's effort among EFFORTS; 0 is a question that the talk itself answers."""
        return EFFORTS.index(self.effort or EFFORTS[0])

    @property
    def full_name(self) -> str:
        return f"{self.record}.{self.name}" if self.record != "none" else self.name

    @property
    def choices(self) -> tuple[str, ...]:
        """The words a single value may take; empty for free values."""
        return TRI if self.type == "tri" else self.values

    @property
    def is_number(self) -> bool:
        return self.type in ("integer", "number")

    @property
    def is_list(self) -> bool:
        return self.type.startswith("list") or self.type == "map of text"


class Record(BaseModel):
    """One file of facts."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    schema_: Literal["euthymia.facts/1"] = Field(alias="schema")
    record: Name
    title: str
    about: str
    many: bool = False
    complete_when: str | None = None
    order: int
    effort: Effort = "talk"
    facts: tuple[Declaration, ...]


class Catalogue:
    """All declared facts, in the order in which they are asked. `many`: records that a patient may have several of, trial and problem."""

    def __init__(self, records: Iterable[Record]) -> None:
        self.records = tuple(sorted(records, key=lambda record: (record.order, record.record)))
        self._facts: dict[str, Declaration] = {}
        for record in self.records:
            for fact in record.facts:
                declared = fact.model_copy(update={"record": record.record, "effort": fact.effort or record.effort})
                self._facts[declared.full_name] = declared
        self._rank = {name: number for number, name in enumerate(self._facts)}
        self._of_record: dict[str, list[Declaration]] = {}
        for fact in self._facts.values():
            self._of_record.setdefault(fact.record, []).append(fact)
        self.many = tuple(record.record for record in self.records if record.many)

    def __getitem__(self, name: str) -> Declaration:
        return self._facts[name]

    def __contains__(self, name: object) -> bool:
        return name in self._facts

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts)

    def items(self) -> Iterable[tuple[str, Declaration]]:
        return self._facts.items()

    def rank(self, name: str) -> int:
        """Position in the order of questions."""
        return self._rank[name]

    def of_record(self, record: str) -> list[Declaration]:
        return self._of_record.get(record, [])

    def record(self, name: str) -> Record:
        return next(record for record in self.records if record.record == name)
