"""Files in, assessments out: the one way in for the command line, the case runner and other programs."""

from datetime import date
from pathlib import Path
from typing import Any

from euthymia.assess import Assessment, Reasoning, assess, contradictions
from euthymia.errors import InputError, Problem
from euthymia.explain.answers import Enter
from euthymia.explain.vocabulary import Vocabulary
from euthymia.facts.entering import as_entered, place_of, with_entry
from euthymia.facts.patient import Patient
from euthymia.facts.patient_file import PatientFile, UnusablePatient, read_patient_data
from euthymia.inference.agreement import Engines, decide
from euthymia.resources import bundled
from euthymia.rulebook.checks.whole import COURSE_WINDOW
from euthymia.rulebook.load import load_rulebook
from euthymia.rulebook.rulebook import Rulebook
from euthymia.source import Document, read_file


class Consultation:
    """A rulebook ready for use. One serves many patients and many threads."""

    def __init__(self, rules: Path | None = None) -> None:
        """`rules`: a folder of rule files; the shipped one when left out. Raises InputError with every mistake in them."""
        self.rulebook: Rulebook = load_rulebook(rules or bundled("rules"))
        self.engines = Engines(self.rulebook)
        self.vocabulary = Vocabulary(self.rulebook)

    def read(self, path: Path, on: date) -> PatientFile:
        """A patient file as of the day `on`. Raises InputError with every mistake in it."""
        return self.read_document(read_file(path), on)

    def read_document(self, document: Document, on: date) -> PatientFile:
        """The same for a document that was read already."""
        try:
            file = read_patient_data(document, self.rulebook.facts, self.rulebook.drugs, on, self._window)
        except UnusablePatient as error:
            raise InputError([*error.problems, *self._contradictions(error.file)]) from None
        if problems := self._contradictions(file):
            raise InputError(problems)
        return file

    def assess(self, file: PatientFile, on: date) -> Assessment:
        """The assessment of one patient. Raises Disagreement when the engines differ."""
        return assess(self.engines, self.vocabulary, file.patient, on, self._way_in(file, on))

    def reason(self, file: PatientFile, on: date) -> Reasoning:
        """The same decision, with reasons only where they are asked for."""
        return Reasoning(self.engines, self.vocabulary, decide(self.engines, file.patient), file.patient, on, self._way_in(file, on))

    def with_answer(self, file: PatientFile, name: str, value: Any, on: date) -> Patient | None:
        """The patient of the file with one more answer in it, read like any file; None where it contradicts what the file holds."""
        document = file.document
        for entered in as_entered(name, file.entered, file.patient, self.rulebook.facts):
            document = with_entry(document, place_of(entered, self.rulebook.facts), value)
        try:
            return self.read_document(document, on).patient
        except InputError:
            return None

    def _way_in(self, file: PatientFile, on: date) -> Enter:
        return lambda name, value: self.with_answer(file, name, value, on)

    @property
    def _window(self) -> int:
        """Days within which overlapping trials must have started to be one course; the check of the rulebook knows that it is there."""
        value = self.rulebook.parameters[COURSE_WINDOW].value
        return value if isinstance(value, int) else -1

    def _contradictions(self, file: PatientFile) -> list[Problem]:
        return [file.problem(fact, message) for fact, message in contradictions(self.engines, file.entered)]
