"""The interview as a state machine: what is asked, and what the file is after each reply. It reads and writes nothing itself."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from euthymia.assess import Reasoning
from euthymia.consultation import Consultation
from euthymia.dialogue.replies import Unclear, read_reply, read_several
from euthymia.dialogue.screens import TREATMENTS, Screen, next_screen, still_open
from euthymia.dialogue.treatments import read_treatment
from euthymia.errors import InputError
from euthymia.facts.catalogue import Catalogue, Declaration
from euthymia.facts.entering import place_of
from euthymia.facts.patient_file import PatientFile
from euthymia.inference.trace import Key
from euthymia.rulebook.conditions import MET
from euthymia.source import read_document
from euthymia.source.editing import Place, changed_text

SKIP, BACK, STOP = "", "b", "q"
Change = tuple[Place, Any]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a reply. `allowed` says more where it was refused."""

    what: Literal["answered", "skipped", "back", "stopped", "refused"]
    changes: tuple[Change, ...] = ()
    raised: tuple[Key, ...] = ()
    allowed: str = ""
    no_more: bool = False  # the list of treatments was left, rather than a question skipped
    at_start: bool = False  # a step back was refused: there is nothing to go back to


@dataclass(frozen=True, slots=True)
class _Moment:
    """What a step back returns to."""

    text: str
    passed: frozenset[str]
    unfinished: tuple[str, ...]


@dataclass(slots=True)
class Interview:
    """One session. `text` is the file as it stands; `screen` what is asked now, None once nothing more can change the advice."""

    consultation: Consultation
    name: str
    text: str
    on: date
    passed: frozenset[str] = frozenset()
    unfinished: tuple[str, ...] = ()
    screen: Screen | None = None
    file: PatientFile = field(init=False)
    reasoning: Reasoning = field(init=False)
    replies: int = 0
    _before: list[_Moment] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Raises InputError with every mistake in the file."""
        self._read(self.text)
        self._turn()

    def reply(self, typed: str) -> Taken:
        """Take what was typed in answer to `screen`. `text` has changed when it was answered."""
        if self.screen is None:
            raise ValueError("nothing is asked")
        self.replies += 1
        said = typed.strip()
        if said.lower() == STOP:
            return Taken("stopped")
        if said.lower() == BACK:
            return self._back()
        if said == SKIP:
            return self._skip(self.screen)
        try:
            return self._answer(self.screen, said)
        except Unclear as unclear:
            return Taken("refused", allowed=unclear.allowed)
        except InputError as error:
            return Taken("refused", allowed="; ".join(problem.message for problem in error.problems))

    def open_questions(self) -> list[str]:
        """Facts that were skipped or are not known and could still change the advice."""
        return still_open(self.file, self.reasoning)

    def critical(self) -> tuple[Key, ...]:
        """Critical alerts that are raised now."""
        critical = {rule.id for rule in self.consultation.rulebook.rules if rule.alert == "critical"}
        return tuple(key for key, status in self.reasoning.decision.statuses.items() if status == MET and key.rule in critical)

    # --- taking a reply -------------------------------------------------------------------------------------------------

    def _answer(self, screen: Screen, said: str) -> Taken:
        changes = self._changes(screen, said)
        moment, before = self._moment(), set(self.critical())
        text = changed_text(self.text, self.name, list(changes))
        self._read(text)
        self._before.append(moment)
        self.text = text
        answered = {change[0] for change in changes}
        done = {fact for fact in screen.facts if place_of(fact, self._catalogue) in answered}
        self.passed |= done
        self.unfinished = tuple(fact for fact in screen.facts if fact not in done)
        self._turn()
        return Taken("answered", changes, tuple(key for key in self.critical() if key not in before))

    def _changes(self, screen: Screen, said: str) -> tuple[Change, ...]:
        if screen.kind == "treatment":
            facts = read_treatment(said, self.file.entered, self._catalogue, self.consultation.rulebook.drugs)
            trial = facts.pop("id")
            return tuple((("trials", trial, name), value) for name, value in facts.items())
        declared = [self._catalogue[fact.partition("@")[0]] for fact in screen.facts]
        if screen.kind == "several":
            return tuple((self._place(screen.facts[number]), value) for number, value in sorted(read_several(declared, said).items()))
        return self._one(screen.facts[0], declared[0], said)

    def _one(self, name: str, fact: Declaration, said: str) -> tuple[Change, ...]:
        """One answer; an amount that needs its unit takes it along: `150 mg`."""
        unit = self.unit_beside(fact)
        if unit is None or said in ("?", "-"):
            return ((self._place(name), read_reply(fact, said, self.trials)),)
        amount, _, written = said.partition(" ")
        at = name.partition("@")[2]
        value = read_reply(fact, amount)
        choice = read_reply(unit, written.strip() or (unit.values[0] if unit.values else ""))
        return ((self._place(name), value), (self._place(f"{unit.full_name}@{at}"), choice))

    def unit_beside(self, fact: Declaration) -> Declaration | None:
        """The fact that holds the unit of an amount."""
        beside = {"trial.dose_daily": "trial.dose_unit", "trial.plasma_level": "trial.plasma_level_unit"}.get(fact.full_name)
        return None if beside is None else self._catalogue[beside]

    def _skip(self, screen: Screen) -> Taken:
        self._before.append(self._moment())
        self.passed |= {*screen.facts, *([TREATMENTS] if screen.kind == "treatment" else [])}
        self.unfinished = ()
        self._turn()
        return Taken("skipped", no_more=screen.kind == "treatment")

    def _back(self) -> Taken:
        if not self._before:
            return Taken("refused", at_start=True)
        moment = self._before.pop()
        self._read(moment.text)
        self.text, self.passed, self.unfinished = moment.text, moment.passed, moment.unfinished
        self._turn()
        return Taken("back")

    # --- the state ------------------------------------------------------------------------------------------------------

    @property
    def trials(self) -> list[str]:
        """Ids of the trials as entered."""
        return [trial.id for trial in self.file.entered.units.get("trial", ())]

    def _read(self, text: str) -> None:
        """Judge the file as it would be. Raises InputError, and leaves everything as it was."""
        file = self.consultation.read_document(read_document(text, self.name), self.on)
        self.reasoning = self.consultation.reason(file, self.on)
        self.file = file

    def _turn(self) -> None:
        self.screen = next_screen(self.file, self.reasoning, self.passed, self.unfinished)

    def _moment(self) -> _Moment:
        return _Moment(self.text, self.passed, self.unfinished)

    def _place(self, name: str) -> Place:
        return place_of(name, self._catalogue)

    @property
    def _catalogue(self) -> Catalogue:
        return self.consultation.rulebook.facts
