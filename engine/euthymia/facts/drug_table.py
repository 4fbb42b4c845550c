"""The drug table: generic names and their spellings, codes, classes and lowest adequate doses by several sources."""

import re
import unicodedata
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from euthymia.errors import suggestion

_WORD = re.compile(r"[a-z0-9]+")
_SALTS = frozenset((
    "hydrochloride", "hcl", "dihydrochloride", "hydrobromide", "hbr", "maleate", "mesylate", "mesilate", "dimesylate", "oxalate", "sulfate",
    "sulphate", "tartrate", "citrate", "carbonate", "acetate", "besylate", "besilate", "fumarate", "hemifumarate", "succinate",
    "phosphate", "sodium", "potassium", "monohydrate", "hemihydrate", "dihydrate",
))  # fmt: skip
_FORMS = frozenset((
    "xr", "er", "sr", "mr", "cr", "pr", "ir", "dr", "xl", "la", "odt", "retard", "depot", "tablet", "tablets", "capsule", "capsules",
    "oral", "extended", "prolonged", "modified", "sustained", "immediate", "release",
))  # fmt: skip
_AMOUNT = re.compile(r"[0-9]+(mg|mcg|ug|g|ml)?|mg|mcg|ug|g|ml")
Verdict = Literal["adequate", "inadequate", "open"]
Threshold = Literal["lenient", "default", "strict"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class DrugSource(_Strict):
    """Where a figure comes from, and how sure it is."""

    work: str
    at: str
    certainty: Literal["source", "reading", "looked_up", "literature"]


class Lowest(_Strict):
    """Lowest adequate daily dose (or level) by the most lenient source, by the default one and by the strictest."""

    lenient: Annotated[float, Field(gt=0)]
    default: Annotated[float, Field(gt=0)]
    strict: Annotated[float, Field(gt=0)]

    @model_validator(mode="after")
    def _rising(self) -> "Lowest":
        if not self.lenient <= self.default <= self.strict:
            raise ValueError("lenient, default and strict must not fall")
        return self

    def verdict(self, low: Fraction, high: Fraction) -> Verdict:
        """Of an amount known as a range: at or above the strict minimum, below the lenient one, or between them."""
        if low >= _exact(self.strict):
            return "adequate"
        return "inadequate" if high < _exact(self.lenient) else "open"

    def passed(self, low: Fraction, high: Fraction) -> tuple[Threshold, ...] | None:
        """The sources by which the amount is enough; None while the range leaves it open."""
        names: tuple[Threshold, ...] = ("lenient", "default", "strict")
        limits = [_exact(getattr(self, name)) for name in names]
        if any(low < limit <= high for limit in limits):
            return None
        return tuple(name for name, limit in zip(names, limits, strict=True) if low >= limit)


class AddOn(_Strict):
    """Doses of the same drug when it is added to another."""

    dose: Lowest
    weeks: float | None = None
    sources: dict[str, DrugSource]


class Level(_Strict):
    """Lowest adequate level in blood; it counts more than the dose."""

    unit: str
    lowest: Lowest
    sources: dict[str, DrugSource]


class Drug(_Strict):
    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
    names: list[str] = Field(default_factory=list)
    atc: str | None
    rxnorm: str | None
    class_: str | None = Field(alias="class")
    kind: Literal["antidepressant", "augmentation", "other"]
    unit: str | None = None
    per: str | None = None
    dose: Lowest | None = None
    usual_most: float | None = None
    weeks: float | None = None
    sources: dict[str, DrugSource]
    groups: list[str] = Field(default_factory=list)
    add_on: AddOn | None = None
    level: Level | None = None
    note: str | None = None

    @property
    def label(self) -> str:
        return self.id.replace("-", " ")


class DrugFile(_Strict):
    schema_: Literal["euthymia.drugs/1"] = Field(alias="schema")
    title: str
    drugs: list[Drug]


_NEAR = 0.85  # a letter or two of a longer name


class DrugTable:
    """Drugs by every spelling. One serves many patients."""

    def __init__(self, drugs: tuple[Drug, ...]) -> None:
        self.drugs = drugs
        self._by_key: dict[tuple[str, ...], Drug] = {}
        for drug in drugs:
            for name in (drug.label, *drug.names):
                self._by_key.setdefault(spelling(name), drug)

    def find(self, name: str) -> Drug | None:
        """The drug that a clinician wrote: case, salts, release forms, amounts and word order do not matter."""
        key = spelling(name)
        return self._by_key.get(key) or self._by_key.get(
            tuple(word for word in key if word not in _SALTS | _FORMS and not _AMOUNT.fullmatch(word))
        )

    def near(self, name: str) -> str:
        """` (did you mean 'x'?)`, or nothing. Another drug of a name somewhat alike is no suggestion to make."""
        return suggestion(name.casefold(), [drug.label for drug in self.drugs], _NEAR)

    @property
    def groups(self) -> frozenset[str]:
        return frozenset(group for drug in self.drugs for group in drug.groups)


def spelling(name: str) -> tuple[str, ...]:
    """A name without case, accents, punctuation and order of words."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char))
    return tuple(sorted(_WORD.findall(plain.casefold())))


def _exact(value: float) -> Fraction:
    return Fraction(str(value))
