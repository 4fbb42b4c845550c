"""What a treatment option carries beside its condition: whom it was studied in, and what speaks for, against or first."""

from typing import Literal

from pydantic import Field

from euthymia.rulebook.base import ConditionText, Strict

SECTIONS = ("population", "for", "against", "defers", "cautions")


class TraitEntry(Strict):
    """One trait of the people in whom an option was studied; `when` says whether this patient has it."""

    is_: str = Field(alias="is")
    when: ConditionText
    evidence: list[str] = Field(default_factory=list)


class ArgumentEntry(Strict):
    """One sentence for or against an option; while `when` is given, it counts only when that holds."""

    says: str
    when: ConditionText | None = None
    evidence: list[str] = Field(default_factory=list)


class DeferralEntry(Strict):
    """What should come before an option."""

    says: str
    when: ConditionText
    evidence: list[str] = Field(default_factory=list)


class OptionEntry(Strict):
    """`under`: another option of which this one is a detail. `offers`: therapies any of which makes it available."""

    under: str | None = None
    offers: list[str] = Field(default_factory=list)
    modality: list[str] = Field(default_factory=list)
    adds_drug: Literal["yes", "no"] = "no"
    population: list[TraitEntry] = Field(default_factory=list)
    for_: list[ArgumentEntry] = Field(default_factory=list, alias="for")
    against: list[ArgumentEntry] = Field(default_factory=list)
    defers: list[DeferralEntry] = Field(default_factory=list)
    cautions: list[ArgumentEntry] = Field(default_factory=list)
    excludes: list[str] = Field(default_factory=list)
