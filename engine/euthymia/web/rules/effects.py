"""What an author's copies of rule files change: the cases, the example patients, and the recorded patients by number only.

Runs in a process of its own. Nothing of what a recorded patient told leaves it: no fact, no pseudonym, no name of a trial.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from euthymia.cases.files import read_cases
from euthymia.cases.run import Variant, run, variants
from euthymia.comparison.brief import brief_comparison
from euthymia.comparison.mixtures import Side
from euthymia.consultation import Consultation
from euthymia.errors import EngineFault, InputError, Problem
from euthymia.ledger.contents import told_data
from euthymia.ledger.opening import open_store
from euthymia.ledger.sound import require_sound
from euthymia.ledger.store import Store
from euthymia.render.words import Words, read_words
from euthymia.source import Document, read_file
from euthymia.web.rules.changed_parts import changed_parts, touched_rules
from euthymia.web.rules.drafts import told
from euthymia.web.rules.effects_told import Patient, Tally
from euthymia.web.rules.rule_files import Texts, as_rules, laid_over

Item = dict[str, Any]
Step = Callable[[int, int], None]
_PARTS = ("facts",)
_MOST_FAILURES = 200
_BOTH = ("in force", "edited")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is compared: the copies `texts`, told apart by `fingerprint`. `every_case`: also cases that belong to no changed rule."""

    rules: Path
    templates: Path
    texts: Texts
    fingerprint: str
    ledger: str
    on: date
    cases: Path | None = None
    examples: Path | None = None
    every_case: bool = False


def effects(step: Step, asked: Asked) -> Item:
    """Raises InputError with every mistake in the edited rules."""
    with laid_over(asked.rules, asked.texts) as folder:
        try:
            after = Consultation(folder)
        except InputError as error:
            raise InputError(Problem(**told(problem, folder)) for problem in error.problems) from None
        except EngineFault as fault:
            raise InputError([Problem("rules", 0, "", f"more than the engine bears: {fault}")]) from None
    # the folder is gone before the long part begins, so that stopping it leaves nothing behind
    with closing(open_store(asked.ledger, writable=False)) as store:
        return _Effects(step, asked, after, store).found(folder)


class _Effects:
    def __init__(self, step: Step, asked: Asked, after: Consultation, store: Store) -> None:
        self.asked = asked
        self.before, self.after = Consultation(asked.rules), after
        self.words: Words = read_words(asked.templates)
        self.store = store
        self._step = step
        self._done = 0
        self._total = 0

    def found(self, folder: Path) -> Item:
        parts = changed_parts(self.before.rulebook, self.after.rulebook)
        cases = list(self._cases())
        examples = sorted(self.asked.examples.glob("*.yaml")) if self.asked.examples else []
        records = latest_records(self.store)
        self._total = len(cases) + len(examples) + len(records)
        tally = Tally()
        for path in examples:
            tally.add(self._example(path))
        for number in records:
            tally.add(self._recorded(number))
        return {
            "fingerprint": self.asked.fingerprint,
            "on": self.asked.on.isoformat(),
            "parts": parts,
            "cases": self._run(cases, folder),
            **tally.told(),
        }

    def _advance(self, by: int = 1) -> None:
        self._done += by
        self._step(self._done, self._total)

    # --- cases --------------------------------------------------------------------------------------------------------------

    def _cases(self) -> Iterator[Variant]:
        """All, or those that name a changed rule or stand in the case file of a changed rule file."""
        if self.asked.cases is None:
            return
        rules = touched_rules(self.before.rulebook, self.after.rulebook)
        for path, checked in read_cases(self.asked.cases):
            beside = path.relative_to(self.asked.cases).as_posix() in self.asked.texts
            for variant in variants(path, checked):
                case = variant.case
                named = {name.partition("@")[0] for name in (*variant.expect, *case.needs, *case.because, *case.says)}
                if self.asked.every_case or beside or named & rules:
                    yield variant

    def _run(self, cases: list[Variant], folder: Path) -> Item | None:
        if self.asked.cases is None:
            return None
        failures: list[Item] = []
        for _, group in groupby(sorted(cases, key=lambda variant: variant.patient), lambda variant: variant.patient):
            for failure in run(self.after, self.words, same := list(group)):
                file = f"tests/rules/{Path(failure.file).relative_to(self.asked.cases).as_posix()}"
                failures.append({"file": file, "line": failure.line, "case": failure.case, "message": as_rules(failure.message, folder)})
            self._advance(len(same))
        failures.sort(key=lambda failure: (failure["file"], failure["line"]))
        return {"run": len(cases), "all": self.asked.every_case, "failed": len(failures), "failures": failures[:_MOST_FAILURES]}

    # --- patients -----------------------------------------------------------------------------------------------------------

    def _example(self, path: Path) -> Patient:
        try:
            return self._compared(path.stem, read_file(path), self.asked.on, recorded=False)
        except InputError:
            return Patient(path.stem, False, [], _BOTH)
        finally:
            self._advance()

    def _recorded(self, number: int) -> Patient:
        """The patient of a record, on the day of that record."""
        try:
            row = self.store.row(number, _PARTS)
            if row is None or not row.parts:
                return Patient(str(number), recorded=True, forgotten=True)
            require_sound(row, self.store.where, _PARTS)
            data = told_data([opening.value for opening in row.part("facts")])
            on = date.fromisoformat(row.sealed.content["on"])
            return self._compared(str(number), Document(f"record {number}", data, {}), on, recorded=True)
        except InputError:
            return Patient(str(number), True, [], _BOTH)
        finally:
            self._advance()

    def _compared(self, name: str, document: Document, on: date, *, recorded: bool) -> Patient:
        sides = [Side(document, consultation, on) for consultation in (self.before, self.after)]
        unread = tuple(which for which, side in zip(_BOTH, sides, strict=True) if not _readable(side))
        return Patient(name, recorded, [] if unread else brief_comparison(sides[0], sides[1], self.words), unread)


def _readable(side: Side) -> bool:
    try:
        side.consultation.read_document(side.document, side.on)
    except InputError:
        return False
    return True


def latest_records(store: Store) -> list[int]:
    """The number of the last assessment of each patient."""
    latest = {row.subject: row.sealed.number for row in store.rows(kinds=("assessment",)) if row.subject is not None}
    return sorted(latest.values())
