"""What an author's copies of rule files change: the cases, the example patients, and the recorded patients by number only.

Runs in a process of its own. Nothing of what a recorded patient told leaves it: no fact, no pseudonym, no name of a trial.
"""

import hashlib
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

from euthymia.cases.run import Variant, run
from euthymia.comparison.brief import brief_comparison
from euthymia.comparison.mixtures import Mixture, Side, assessed
from euthymia.consultation import Consultation
from euthymia.errors import InputError
from euthymia.ledger.contents import told_data
from euthymia.ledger.opening import open_store
from euthymia.ledger.sound import require_sound
from euthymia.ledger.store import Store
from euthymia.render.words import Words, read_words
from euthymia.source import Document, read_file
from euthymia.web.rules.changed_parts import changed_parts, touched_rules
from euthymia.web.rules.drafts import Drafted, drafted, read_variants
from euthymia.web.rules.effects_told import Patient, Tally
from euthymia.web.rules.in_force import InForce
from euthymia.web.rules.rule_files import Texts, as_rules

Item = dict[str, Any]
Step = Callable[[int, int], None]
_PARTS = ("facts",)
_MOST_FAILURES = 200
_BOTH = ("in force", "edited")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is compared. `every_case`: also cases that belong to no changed rule."""

    rules: Path
    templates: Path
    texts: Texts
    ledger: str
    on: date
    cases: Path | None = None
    examples: Path | None = None
    every_case: bool = False


def fingerprint(texts: Texts) -> str:
    """Tells whether a result was made of the copies as they are now."""
    return hashlib.sha256("\0".join(f"{path}\0{text}" for path, text in sorted(texts.items())).encode()).hexdigest()[:16]


def effects(step: Step, asked: Asked) -> Item:
    """All of it, as long work. Raises InputError with every mistake in the edited rules."""
    after = drafted(asked.rules, asked.texts)
    with closing(open_store(asked.ledger, writable=False)) as store:
        found = Effects(asked, InForce(Consultation(asked.rules)), after, latest_records(store))
        while not found.over:
            found.go_on(store)
            step(found.done, found.total)
    return found.told()


class Effects:
    """Of one set of copies, worked out patient by patient. `records`: the numbers of those to look at."""

    def __init__(self, asked: Asked, in_force: InForce, after: Drafted, records: list[int]) -> None:
        self.asked = asked
        self.in_force, self.after = in_force, after
        self.words: Words = read_words(asked.templates)
        self.parts = changed_parts(in_force.consultation.rulebook, after.consultation.rulebook)
        self.done = 0
        self._tally = Tally()
        self._failures: list[Item] = []
        self._cases = list(self._chosen_cases())
        self._left: deque[tuple[int, Callable[[Store], None]]] = deque(self._pieces(records))
        self.total = sum(patients for patients, _ in self._left)

    @property
    def over(self) -> bool:
        return not self._left

    def go_on(self, store: Store) -> None:
        """One patient further, or one patient of the cases."""
        patients, work = self._left.popleft()
        work(store)
        self.done += patients

    def numbers(self) -> Item:
        """What came out so far, in short."""
        return self._tally.numbers() | {"done": self.done, "total": self.total, "failed": len(self._failures)}

    def told(self) -> Item:
        """What came out, once it is over."""
        failures = sorted(self._failures, key=lambda failure: (failure["file"], failure["line"]))
        cases = {"run": len(self._cases), "all": self.asked.every_case, "failed": len(failures), "failures": failures[:_MOST_FAILURES]}
        return {
            "fingerprint": fingerprint(self.asked.texts),
            "on": self.asked.on.isoformat(),
            "parts": self.parts,
            "cases": cases if self.asked.cases else None,
            **self._tally.told(),
        }

    def _pieces(self, records: list[int]) -> Iterator[tuple[int, Callable[[Store], None]]]:
        """Patients first: what an author asks for before all else."""
        for path in sorted(self.asked.examples.glob("*.yaml")) if self.asked.examples else []:
            yield 1, partial(self._example, path)
        for number in records:
            yield 1, partial(self._recorded, number)
        for _, group in groupby(sorted(self._cases, key=lambda variant: variant.patient), lambda variant: variant.patient):
            same = list(group)
            yield len(same), partial(self._run, same)

    # --- cases --------------------------------------------------------------------------------------------------------------

    def _chosen_cases(self) -> Iterator[Variant]:
        """All, or those that name a changed rule or stand in the case file of a changed rule file."""
        if self.asked.cases is None:
            return
        rules = touched_rules(self.in_force.consultation.rulebook, self.after.consultation.rulebook)
        for variant in read_variants(self.asked.cases):
            case = variant.case
            beside = Path(variant.file).relative_to(self.asked.cases).as_posix() in self.asked.texts
            named = {name.partition("@")[0] for name in (*variant.expect, *case.needs, *case.because, *case.says)}
            if self.asked.every_case or beside or named & rules:
                yield variant

    def _run(self, same: list[Variant], _: Store) -> None:
        assert self.asked.cases is not None
        for failure in run(self.after.consultation, self.words, same):
            file = f"tests/rules/{Path(failure.file).relative_to(self.asked.cases).as_posix()}"
            message = as_rules(failure.message, self.after.folder)
            self._failures.append({"file": file, "line": failure.line, "case": failure.case, "message": message})

    # --- patients -----------------------------------------------------------------------------------------------------------

    def _example(self, path: Path, _: Store) -> None:
        try:
            patient = self._compared(path.stem, read_file(path), self.asked.on, recorded=False)
        except InputError:
            patient = Patient(path.stem, False, [], _BOTH)
        self._tally.add(patient)

    def _recorded(self, number: int, store: Store) -> None:
        """The patient of a record, on the day of that record."""
        try:
            row = store.row(number, _PARTS)
            if row is None or not row.parts:
                return  # forgotten meanwhile
            require_sound(row, store.where, _PARTS)
            data = told_data([opening.value for opening in row.part("facts")])
            on = date.fromisoformat(row.sealed.content["on"])
            patient = self._compared(str(number), Document(f"record {number}", data, {}), on, recorded=True)
        except InputError:
            patient = Patient(str(number), True, [], _BOTH)
        self._tally.add(patient)

    def _compared(self, name: str, document: Document, on: date, *, recorded: bool) -> Patient:
        before = _readable(lambda: self.in_force.of(document, on))
        after = _readable(lambda: assessed(Side(document, self.after.consultation, on)))
        if before is None or after is None:
            unread = tuple(which for which, side in zip(_BOTH, (before, after), strict=True) if side is None)
            return Patient(name, recorded, [], unread)
        return Patient(name, recorded, brief_comparison(before, after, self.words))


def _readable(assess: Callable[[], Mixture]) -> Mixture | None:
    """None where the rules cannot read the patient."""
    try:
        return assess()
    except InputError:
        return None


def latest_records(store: Store) -> list[int]:
    """The number of the last assessment of each patient."""
    latest = {row.subject: row.sealed.number for row in store.rows(kinds=("assessment",)) if row.subject is not None}
    return sorted(latest.values())
