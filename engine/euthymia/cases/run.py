"""Runs cases on both engines and tells what differs from what was expected."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from euthymia.assess import Reasoning
from euthymia.cases import compare, vary
from euthymia.cases.files import Case, CaseFile
from euthymia.consultation import Consultation
from euthymia.errors import InputError
from euthymia.facts.patient_file import PatientFile
from euthymia.inference.trace import Key
from euthymia.render.sentences import Sentences
from euthymia.render.words import Words
from euthymia.source import Checked, Document

ON = date(2026, 11, 20)


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
    def patient(self) -> str:
        """The same for cases about the same patient on the same day."""
        return repr((self.case.file and Path(self.file).parent / self.case.file, self.case.on, self.given))

    @property
    def name(self) -> str:
        return self.case.case if self.value is None else f"{self.case.case} [{self.case.vary} = {self.value}]"


def variants(path: Path, checked: Checked[CaseFile]) -> Iterator[Variant]:
    """Every patient of a case file that `read_cases` found to be right."""
    for number, case in enumerate(checked.model.cases):
        line = checked.document.line(("cases", number))
        if case.vary is None:
            yield Variant(case, str(path), line, None, case.given, vary.expected(case, None))
            continue
        for value in vary.values(case):
            yield Variant(case, str(path), line, value, vary.varied(case.given, case.vary, value), vary.expected(case, value))


def run(consultation: Consultation, words: Words, found: list[Variant]) -> Iterator[Failure]:
    """What differs; nothing when all is as expected. A patient that stands several times in a row is judged once."""
    patient, judged = "", None
    for variant in found:
        judged = judged if variant.patient == patient else None
        patient, check = variant.patient, _Check(consultation, words, variant, judged)
        yield from (Failure(variant.file, variant.line, variant.name, message) for message in check.messages())
        judged = check.judged


class _Check:
    def __init__(self, consultation: Consultation, words: Words, variant: Variant, judged: tuple[PatientFile, Reasoning] | None) -> None:
        self.consultation = consultation
        self.words = words
        self.variant = variant
        self.on = date.fromisoformat(variant.case.on) if variant.case.on else ON
        self.judged = judged

    def messages(self) -> Iterator[str]:
        try:
            self.file, self.reasoning = self.judged = self.judged or self._judge()
        except InputError as error:
            yield from (f"the patient cannot be read: {problem}" for problem in error.problems)
            return
        self.statuses = self.reasoning.decision.statuses
        for name, expected in self.variant.expect.items():
            found = self.statuses.get(_key(name))
            if found is None:
                yield f"{name}: expected {expected}, but nothing was judged under that name"
            elif found != expected:
                yield f"{name}: expected {expected}, found {found}{self._why(_key(name))}"
        yield from self._explained()
        yield from self._models()
        yield from self._summary()

    def _judge(self) -> tuple[PatientFile, Reasoning]:
        file = self._read()
        return file, self.consultation.reason(file, self.on)

    def _read(self) -> PatientFile:
        variant = self.variant
        if variant.case.file is not None:
            return self.consultation.read(Path(variant.file).parent / variant.case.file, self.on)
        return self.consultation.read_document(Document(variant.file, variant.given, {(): variant.line}), self.on)

    def _why(self, key: Key) -> str:
        item = self.reasoning.judgement(key)
        reasons = [f"{reason.name} ({reason.test})" for reason in item.because]
        lines = [
            f"\n        because {', '.join(reasons)}" if reasons else "",
            f"\n        needs {', '.join(item.needs)}" if item.needs else "",
        ]
        return "".join(lines)

    def _explained(self) -> Iterator[str]:
        case = self.variant.case
        named = sorted({*case.needs, *case.because, *case.says})
        judged = {name: self.reasoning.judgement(_key(name)) for name in named if _key(name) in self.statuses}
        for name in named:
            if name not in judged:
                yield f"{name}: nothing was judged under that name"
        for name, expected in case.needs.items():
            if name in judged and set(judged[name].needs) != set(expected):
                yield f"{name} needs: expected {sorted(expected)}, found {sorted(judged[name].needs)}"
        for name, expected in case.because.items():
            if name in judged and {reason.name for reason in judged[name].because} != set(expected):
                found = sorted(reason.name for reason in judged[name].because)
                yield f"{name} because: expected {sorted(expected)}, found {found}"
        sentences = Sentences(self.consultation.rulebook, self.file.patient, self.words)
        for name, part in case.says.items():
            if name in judged and part not in (said := sentences.said(judged[name])):
                yield f"{name} says: expected '{part}' in '{said}'"

    def _models(self) -> Iterator[str]:
        case = self.variant.case
        if case.definitions:
            results = {result.definition.id: result for result in self.reasoning.definitions}
            for name, wanted in case.definitions.items():
                if name not in results:
                    yield f"definition {name}: there is none of that name"
                else:
                    yield from compare.definition(wanted, results[name], self.reasoning)
        for name, order in case.order.items():
            found = [compare.groups(result) for result in self.reasoning.rankings if result.ranking.id == name]
            if found != [[sorted(group) for group in order]]:
                yield f"order {name}: expected {order}, found {found[0] if found else 'no such order'}"
        for name, states in case.steps.items():
            stood = [[step.state for step in result.steps] for result in self.reasoning.sequences if result.sequence.id == name]
            if stood != [states]:
                yield f"steps {name}: expected {states}, found {stood[0] if stood else 'no such sequence'}"

    def _summary(self) -> Iterator[str]:
        case, parts = self.variant.case, self.consultation.rulebook.about.assessment
        if case.spectrum is not None:
            spectrum = self.reasoning.spectrum
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
                elif (found := self.statuses[Key(rules[name])]) != status:
                    yield f"{name}: expected {status}, found {found}"


def _key(name: str) -> Key:
    """`GF-E-A4@t1`."""
    rule, _, unit = name.partition("@")
    return Key(rule, unit or None)
