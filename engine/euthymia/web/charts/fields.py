"""A fact as a field of a form: what may be answered, what was, by whom and when."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from euthymia.facts.catalogue import Catalogue, Declaration
from euthymia.facts.charting import fact_at
from euthymia.facts.entering import Place, place_of
from euthymia.facts.values import range_in_words
from euthymia.render.words import plain

Kind = Literal["choice", "amount", "text", "date", "several", "lines", "map", "unit", "units", "numbers"]
NOT_ASKED, UNKNOWN, NOT_APPLICABLE, GIVEN, EMPTY = "not_asked", "unknown", "not_applicable", "given", "none"
SOURCES = ("clinician", "patient", "record", "relative", "device", "publication")
_LONGEST_SCALE = 10
# Amounts whose unit is a fact of its own: both are asked and saved together.
UNIT_BESIDE = {"trial.dose_daily": "trial.dose_unit", "trial.plasma_level": "trial.plasma_level_unit"}
_KINDS: dict[str, Kind] = {
    "tri": "choice", "enum": "choice", "integer": "amount", "number": "amount", "text": "text", "partial date": "date",
    "list of enum": "several", "list of text": "lines", "list of integer": "numbers", "map of text": "map",
    "reference": "unit", "list of reference": "units",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that may be picked."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One fact on a page. `answer` is a state or, for a choice, the word itself; `values` what is written or ticked."""

    fact: str
    slug: str
    kind: Kind
    label: str
    ask: str
    definition: str
    unit: str
    range: str
    choices: tuple[Choice, ...]
    states: tuple[Choice, ...]
    answer: str
    values: tuple[str, ...]
    written: Mapping[str, str]
    source: str
    date: str
    note: str
    entered_at: str
    refused: Mapping[str, Any] | None
    suggestions: str = ""
    beside: "Field | None" = None
    keys: tuple[str, ...] = field(default=())
    scale: tuple[int, ...] = ()  # the few whole numbers that may be answered, to be picked rather than typed
    filled: Mapping[str, Any] | None = None  # what the advice takes while nobody states it; see filled.py

    @property
    def asked(self) -> bool:
        return self.answer != NOT_ASKED


class Fields:
    """Fields of one chart's data."""

    def __init__(
        self,
        catalogue: Catalogue,
        data: dict[str, Any],
        refused: Mapping[str, Any],
        entered: Mapping[Place, str],
        filled: Callable[[], Iterable[Mapping[str, Any]]] = tuple,
    ) -> None:
        """`entered`: when each place was last changed. `filled`: see filled.py; called once, where a field has no value."""
        self._find_filled = filled
        self._catalogue = catalogue
        self._data = data
        self._refused = refused
        self._entered = entered

    @cached_property
    def _filled(self) -> dict[str, Mapping[str, Any]]:
        return {item["fact"]: item for item in self._find_filled()}

    def of(self, name: str) -> Field:
        """The field of `risk.assessed` or `trial.drug@t1`."""
        fact = self._catalogue[name.partition("@")[0]]
        place = place_of(name, self._catalogue)
        raw = fact_at(self._data, place)
        given = raw if isinstance(raw, dict) and "value" in raw and fact.type != "map of text" else {"value": raw}
        if fact.type == "map of text" and isinstance(raw, dict) and "value" in raw:
            given = raw
        value = given.get("value")
        answer = _answer(fact, value)
        unit = name.partition("@")[2]
        beside = UNIT_BESIDE.get(fact.full_name)
        return Field(
            fact=name,
            slug=slug(name),
            kind=_KINDS[fact.type],
            label=fact.label,
            ask=fact.ask,
            definition=fact.definition,
            unit="" if fact.unit in (None, "none", "points") or str(fact.unit).startswith("in ") else str(fact.unit),
            range=range_in_words(fact) if fact.is_number else "",
            choices=tuple(self._choices(fact, unit)),
            states=tuple(_states(fact)),
            answer=answer,
            values=_values(value),
            written=value if isinstance(value, dict) else {},
            source=str(given.get("source") or ""),
            date=str(given.get("date") or ""),
            note=str(given.get("note") or ""),
            entered_at=self._entered.get(place, ""),
            refused=self._refused.get(name),
            suggestions="drugs" if fact.full_name == "trial.drug" or fact.drug_group else "",
            beside=self.of(f"{beside}@{unit}") if beside else None,
            keys=fact.keys,
            scale=_scale(fact),
            filled=self._filled.get(name) if answer in (NOT_ASKED, UNKNOWN) else None,
        )

    def of_record(self, record: str, unit: str = "") -> list[Field]:
        """Every field of a record, in the order of the catalogue; the unit of an amount stands with it."""
        hidden = set(UNIT_BESIDE.values())
        facts = [fact for fact in self._catalogue.of_record(record) if fact.entered and fact.full_name not in hidden]
        return [self.of(f"{fact.full_name}@{unit}" if unit else fact.full_name) for fact in facts]

    def _choices(self, fact: Declaration, unit: str) -> Iterable[Choice]:
        if fact.type in ("reference", "list of reference"):
            return [Choice(name, label) for name, label in trial_names(self._data) if name != unit]
        if fact.type == "list of enum":
            return [Choice(value, plain(value)) for value in fact.values]
        return [Choice(value, plain(value)) for value in fact.choices]


def _states(fact: Declaration) -> Iterable[Choice]:
    """The ways of having no value. For facts of safety there is none of not applying."""
    if fact.is_list and fact.type != "map of text":
        yield Choice(EMPTY, "none")
    yield Choice(UNKNOWN, "not known")
    if not fact.safety:
        yield Choice(NOT_APPLICABLE, "does not apply")
    yield Choice(NOT_ASKED, "not asked")


def _scale(fact: Declaration) -> tuple[int, ...]:
    if fact.type != "integer" or fact.minimum is None or fact.maximum is None or fact.maximum - fact.minimum > _LONGEST_SCALE:
        return ()
    return tuple(range(int(fact.minimum), int(fact.maximum) + 1))


def _answer(fact: Declaration, value: Any) -> str:
    if value is None:
        return NOT_ASKED
    if value == NOT_APPLICABLE and fact.safety:
        return UNKNOWN  # that is how rules read it
    if value in (UNKNOWN, NOT_APPLICABLE):
        return str(value)
    if isinstance(value, list) and not value:
        return EMPTY
    if fact.choices and not fact.is_list:
        return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
    return GIVEN


def _values(value: Any) -> tuple[str, ...]:
    if value is None or value in (UNKNOWN, NOT_APPLICABLE) or isinstance(value, dict):
        return ()
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)


def slug(name: str) -> str:
    """A name for the page's own use; ids of trials are the clinician's words and may hold anything."""
    fact, _, unit = name.partition("@")
    return fact.replace(".", "-") + (f"-{hashlib.sha256(unit.encode()).hexdigest()[:8]}" if unit else "")


def trial_names(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Id and name of every trial: `t1 (sertraline)`."""
    named = []
    for row in data.get("trials") or []:
        if isinstance(row, dict) and row.get("id") is not None:
            what = next(
                (word for key in ("drug", "psychotherapy_type", "neuromodulation_type", "modality") if (word := bare(row.get(key)))), ""
            )
            named.append((str(row["id"]), f"{row['id']} ({plain(what)})" if what else str(row["id"])))
    return named


def bare(raw: Any) -> str:
    """A word without who said it; empty for what is not known."""
    value = raw.get("value") if isinstance(raw, dict) else raw
    return "" if value in (None, UNKNOWN, NOT_APPLICABLE) or isinstance(value, list | dict) else str(value)
