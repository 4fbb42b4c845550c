"""Facts and names in words. The words themselves stand in templates/words.yaml."""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from euthymia.facts.catalogue import Declaration
from euthymia.facts.observation import Observation, number
from euthymia.facts.patient import Patient, Unit
from euthymia.rulebook.files import ParameterEntry
from euthymia.source import read_model

NO_UNIT = "?"


class Words(BaseModel):
    """The file templates/words.yaml."""

    model_config = ConfigDict(extra="allow", frozen=True)

    words: dict[str, str]
    states: dict[str, str]
    marks: dict[str, str]
    fact_states: dict[str, str]
    severities: dict[str, str]
    graph: dict[str, str]
    topic_names: dict[str, str]
    sentences: dict[str, str]
    missing: str
    asking: dict[str, str]

    def listed(self, items: Iterable[str], last: str = "and") -> str:
        """`a, b and c`, or with another word before the last."""
        found = list(items)
        if len(found) < 2:
            return "".join(found)
        return f"{', '.join(found[:-1])} {self.words[last]} {found[-1]}"

    def unit_name(self, unit: Unit) -> str:
        """`trial t1 (sertraline)`; `course t1+t2 (sertraline with CBT)` where two were merged."""
        if unit.id == NO_UNIT:
            return self.words["the_latest"]
        if "trial.modality" not in unit.facts:
            return self.words["problem"].format(id=unit.id)
        kind = "course" if unit.parts else "trial"
        names = [unit.get(name).value for name in ("trial.drug", "trial.psychotherapy_type", "trial.neuromodulation_type")]
        named = [str(name).replace("_", " ") for name in names if name] or [str(unit.get("trial.modality").value or "")]
        what = self.words["with"].join(name for name in named if name)
        return self.words[f"{kind}_with" if what else kind].format(id=unit.id, what=what)

    def fact_name(self, fact: Declaration, unit: Unit | None) -> str:
        """`adherence in trial t1 (sertraline)`."""
        return fact.label if unit is None else self.words["in_unit"].format(label=fact.label, unit=self.unit_name(unit))

    def value(self, fact: Declaration, item: Observation) -> str:
        """`8 weeks`, `3 to 4 weeks`, `yes`, `not known`."""
        if item.state == "not_applicable":
            return self.words["not_applicable"]
        if not item.known:
            return self.words["not_known"]
        if item.low is not None and item.high is not None:
            return self._number(fact, item)
        if isinstance(item.value, tuple):
            return ", ".join(plain(value) for value in item.value) or self.words["none"]
        if isinstance(item.value, dict):
            return "; ".join(f"{plain(key)}: {value}" for key, value in item.value.items()) or self.words["none"]
        return plain(item.value) if fact.choices else str(item.value)

    def _number(self, fact: Declaration, item: Observation) -> str:
        if item.low is None or item.high is None:
            return self.words["not_known"]
        if item.low == item.high:
            return with_unit(number(item.low), fact.unit)
        return f"{number(item.low)} {self.words['to']} {with_unit(number(item.high), fact.unit)}"

    def parameter(self, entry: ParameterEntry) -> str:
        """`4 weeks`, or a list in words."""
        if isinstance(entry.value, list):
            return self.listed(plain(value) for value in entry.value)
        return with_unit(entry.value, entry.unit)


def with_unit(value: float, unit: str | None) -> str:
    """`1 week`, `8 weeks`, `30%`, `5`."""
    shown = f"{value:.6g}"
    if unit in (None, "none", "points") or str(unit).startswith("in "):  # the unit of a dose is a fact of its own
        return shown
    if unit == "%":
        return f"{shown}%"
    return f"{shown} {_one(str(unit)) if value == 1 else unit}"


def _one(unit: str) -> str:
    """`week`, `category`."""
    return f"{unit.removesuffix('ies')}y" if unit.endswith("ies") else unit.removesuffix("s")


def plain(value: Any) -> str:
    """A word of a fact without underscores."""
    return str(value).replace("_", " ")


@lru_cache(maxsize=4)
def read_words(folder: Path) -> Words:
    return read_model(folder / "words.yaml", Words).model


def unit_of(patient: Patient, name: str) -> Unit | None:
    """The unit of `trial.adherence@t1`; None for a fact of the patient."""
    fact, _, unit_id = name.partition("@")
    return patient.unit(fact.partition(".")[0], unit_id) if unit_id else None
