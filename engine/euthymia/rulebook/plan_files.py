"""Orders and sequences as files: how problems are ranked, and the steps of a treatment that has an order."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from euthymia.rulebook.base import Citation, ConditionText, Identifier, Strict


class KeyEntry(Strict):
    """One ground for the order: the values of a fact from first to last, or the place in a list of names that the patient gave."""

    fact: str | None = None
    order: list[str] = Field(default_factory=list)
    list_: str | None = Field(default=None, alias="list")

    @model_validator(mode="after")
    def _one_way(self) -> "KeyEntry":
        if (self.fact is None) == (self.list_ is None) or (self.fact is not None) != bool(self.order):
            raise ValueError("an order needs either a `fact` with its `order` or a `list`")
        return self


class MarkEntry(Strict):
    """A remark beside a ranked problem."""

    when: ConditionText
    says: str


class RankingEntry(Strict):
    """How the units of a record are ordered. Equal stays equal; what is unknown is placed nowhere.

    `applies`: the rule that must be met for the order to be more than provisional.
    """

    id: Identifier
    title: str
    record: Literal["trial", "problem"]
    name: str
    links: str
    applies: str | None = None
    source: Citation | list[Citation]
    readings: list[str] = Field(default_factory=list)
    by: Annotated[list[KeyEntry], Field(min_length=1)]
    marks: list[MarkEntry] = Field(default_factory=list)


class DueEntry(Strict):
    """When a step is due: weeks counted by the fact `since`, from and until these parameters."""

    since: str
    from_: str = Field(alias="from")
    until: str


class StepEntry(Strict):
    label: str
    rule: str
    done: ConditionText
    begun: ConditionText | None = None
    due: DueEntry | None = None


class SequenceEntry(Strict):
    """Steps of a treatment that has an order, and the rule that says whether it was chosen."""

    id: Identifier
    title: str
    source: Citation | list[Citation]
    readings: list[str] = Field(default_factory=list)
    chosen: str
    steps: Annotated[list[StepEntry], Field(min_length=2)]


class SideEntry(Strict):
    says: str
    source: Citation | list[Citation]


class TensionEntry(Strict):
    """Sources that do not agree: each side with its citation, and what is done with it here."""

    id: Identifier
    subject: str
    sides: Annotated[list[SideEntry], Field(min_length=1)]
    here: str
    readings: list[str] = Field(default_factory=list)
    rules: list[str] = Field(default_factory=list)


class GapEntry(Strict):
    """What the sources do not give."""

    id: Identifier
    what: str
    here: str
    rules: list[str] = Field(default_factory=list)
