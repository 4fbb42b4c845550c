"""Runs cases on both engines and tells what differs from what was expected."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from euthymia.assess import Assessment
from euthymia.cases.files import Case, CaseFile, Defined
from euthymia.consultation import Consultation
from euthymia.errors import InputError
from euthymia.facts.patient_file import PatientFile
from euthymia.inference.agreement import decide
from euthymia.inference.trace import Key
from euthymia.render.models import Models
from euthymia.render.sentences import Sentences
from euthymia.render.shown import Shown
from euthymia.render.words import Words
from euthymia.source import Checked, Document, read_document
from euthymia.source.text import plain_scalar

ON = date(2026, 11, 20)
MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Failure:
    """One expectation that was not fulfilled, in words."""

    file: str
    line: int
    case: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.case}\n    {self.message}"


@dataclass(frozen=True, slots=True)
class Variant:
    """One patient of a case, with the statuses expected of it."""

    case: Case
    file: str
    line: int
    value: str | None
    given: Mapping[str, Any]
    expect: Mapping[str, str]

    @property
    def name(self) -> str:
        return self.case.case if self.value is None else f"{self.case.case} [{self.case.vary} = {self.value}]"


def variants(path: Path, checked: Checked[CaseFile]) -> Iterator[Variant]:
    """Every patient of a case file."""
    for number, case in enumerate(checked.model.cases):
        line = checked.document.line(("cases", number))
        values = _values(case)
        if case.vary is None or not values:
            expect = {name: status for name, status in case.expect.items() if isinstance(status, str)}
            yield Variant(case, str(path), line, None, case.given, expect)
        for value in values:
            yield Variant(case, str(path), line, value, _with(case, value), _expected(case, value))


def _values(case: Case) -> list[str]:
    """The values that a varied fact takes, in the order of the file."""
    return list(dict.fromkeys(value for status in case.expect.values() if isinstance(status, dict) for value in status))


def _expected(case: Case, value: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, status in case.expect.items():
        if isinstance(status, str):
            found[name] = status
        elif value in status:
            found[name] = status[value]
    return found


def _with(case: Case, value: str) -> dict[str, Any]:
    """The patient with the varied fact set to `value`."""
    data = copy.deepcopy(case.given)
    fact, _, unit = str(case.vary).partition("@")
    record, _, key = fact.partition(".")
    holder: Any = data
    if unit:
        holder = next((row for row in data.get(f"{record}s", []) if str(row.get("id")) == unit), None)
    elif key:
        holder = data.setdefault(record, {})
    if not isinstance(holder, dict):
        raise InputError([Document("case", None, {}).problem((), f"{case.case}: nothing to vary at {case.vary}")])
    name = key or record
    if value == MISSING:
        holder.pop(name, None)
    else:
        holder[name] = read_document(value, "value").data if value.startswith("[") else plain_scalar(value)
    return data


def run(consultation: Consultation, words: Words, variant: Variant) -> list[Failure]:
    """What differs for one patient; nothing when all is as expected."""
    return [Failure(variant.file, variant.line, variant.name, message) for message in _Check(consultation, words, variant).messages()]


class _Check:
    def __init__(self, consultation: Consultation, words: Words, variant: Variant) -> None:
        self.consultation = consultation
        self.words = words
        self.variant = variant
        self.on = date.fromisoformat(variant.case.on) if variant.case.on else ON

    def messages(self) -> Iterator[str]:
        try:
            self.file = self._read()
        except InputError as error:
            yield from (f"the patient cannot be read: {problem}" for problem in error.problems)
            return
        statuses = decide(self.consultation.engines, self.file.patient).statuses
        for name, expected in self.variant.expect.items():
            rule, _, unit = name.partition("@")
            found = statuses.get(Key(rule, unit or None))
            if found is None:
                yield f"{name}: expected {expected}, but nothing was judged under that name"
            elif found != expected:
                yield f"{name}: expected {expected}, found {found}{self._why(Key(rule, unit or None))}"
        yield from self._explained()
        yield from self._models()
        yield from self._summary()

    def _read(self) -> PatientFile:
        variant = self.variant
        if variant.case.file is not None:
            return self.consultation.read(Path(variant.file).parent / variant.case.file, self.on)
        return self.consultation.read_document(Document(variant.file, variant.given, {(): variant.line}), self.on)

    @cached_property
    def _assessment(self) -> Assessment:
        return self.consultation.assess(self.file, self.on)

    def _why(self, key: Key) -> str:
        item = next(item for item in self._assessment.judgements if item.key == key)
        reasons = [f"{reason.name} ({reason.test})" for reason in item.because]
        lines = [
            f"\n        because {', '.join(reasons)}" if reasons else "",
            f"\n        needs {', '.join(item.needs)}" if item.needs else "",
        ]
        return "".join(lines)

    def _explained(self) -> Iterator[str]:
        case = self.variant.case
        if not (case.needs or case.because or case.says):
            return
        judged = {str(item.key): item for item in self._assessment.judgements}
        for name in sorted({*case.needs, *case.because, *case.says} - judged.keys()):
            yield f"{name}: nothing was judged under that name"
        for name, expected in case.needs.items():
            if name in judged and set(judged[name].needs) != set(expected):
                yield f"{name} needs: expected {sorted(expected)}, found {sorted(judged[name].needs)}"
        for name, expected in case.because.items():
            if name in judged and {reason.name for reason in judged[name].because} != set(expected):
                found = sorted(reason.name for reason in judged[name].because)
                yield f"{name} because: expected {sorted(expected)}, found {found}"
        sentences = Sentences(self._assessment, self.words)
        for name, part in case.says.items():
            if name in judged and part not in (said := sentences.said(judged[name])):
                yield f"{name} says: expected '{part}' in '{said}'"

    def _models(self) -> Iterator[str]:
        case = self.variant.case
        if not (case.definitions or case.order or case.steps):
            return
        models = Models(Shown(self._assessment, self.words))
        found = models.definitions()
        for name, defined in case.definitions.items():
            yield from differences(name, defined, found.get(name))
        orders = {item["id"]: item for item in models.rankings()}
        for name, wanted in case.order.items():
            groups = _groups(orders[name]) if name in orders else None
            if groups != [sorted(group) for group in wanted]:
                yield f"order {name}: expected {wanted}, found {groups}"
        sequences = {item["id"]: [step["state"] for step in item["steps"]] for item in models.sequences()}
        for name, states in case.steps.items():
            if sequences.get(name) != states:
                yield f"steps {name}: expected {states}, found {sequences.get(name)}"

    def _summary(self) -> Iterator[str]:
        case, parts = self.variant.case, self.consultation.rulebook.about.assessment
        if case.spectrum is not None:
            spectrum = self._assessment.spectrum
            wanted = case.spectrum
            if "category" in wanted.model_fields_set and wanted.category != spectrum.category:
                yield f"spectrum: expected {wanted.category}, found {spectrum.category} of {', '.join(spectrum.possible)}"
            if wanted.possible is not None and set(wanted.possible) != set(spectrum.possible):
                yield f"spectrum, possible: expected {wanted.possible}, found {list(spectrum.possible)}"
            if wanted.deterioration is not None and wanted.deterioration != spectrum.deterioration:
                yield f"deterioration: expected {wanted.deterioration}, found {spectrum.deterioration}"
        for expected, rules in ((case.situations, parts.situations), (case.criteria, parts.criteria)):
            for name, status in expected.items():
                if name not in rules:
                    yield f"{name}: unknown; allowed: {', '.join(rules)}"
                elif (found := self._assessment.status(rules[name])) != status:
                    yield f"{name}: expected {status}, found {found}"


def differences(name: str, wanted: Defined, found: Mapping[str, Any] | None) -> Iterator[str]:
    """What a definition's result differs in from what was expected."""
    if found is None:
        yield f"definition {name}: there is none of that name"
        return
    for key in sorted(wanted.model_fields_set - {"variants", "needs", "turns"}):
        if found.get(key) != getattr(wanted, key):
            yield f"definition {name}, {key}: expected {getattr(wanted, key)}, found {found.get(key)}"
    if wanted.needs is not None and set(wanted.needs) != {*found["needs"], *found["value_needs"]}:
        yield f"definition {name}, needs: expected {sorted(wanted.needs)}, found {sorted({*found['needs'], *found['value_needs']})}"
    turns = [turn["name"] for turn in (found["disagrees"] or {}).get("turns", [])] if "disagrees" in found else []
    if wanted.turns is not None and set(wanted.turns) != set(turns):
        yield f"definition {name}, turns: expected {sorted(wanted.turns)}, found {sorted(turns)}"
    for variant, defined in wanted.variants.items():
        yield from differences(f"{name}/{variant}", defined, found.get("variants", {}).get(variant))


def _groups(ranking: Mapping[str, Any]) -> list[list[str]]:
    """Ids by place; those that could not be placed are left out."""
    places = sorted({item["place"] for item in ranking["ranked"] if item["place"] is not None})
    return [sorted(item["id"] for item in ranking["ranked"] if item["place"] == place) for place in places]
