"""From a patient and a rulebook to an assessment. Pure: no file, no clock, no wording."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from euthymia.explain.answers import Answers, Enter, no_way_in
from euthymia.explain.because import Because, Fallback, Reason
from euthymia.explain.definitions import Defining, DefinitionResult
from euthymia.explain.disagreement import Split, splits
from euthymia.explain.explanation import Explanations
from euthymia.explain.needs import Needs
from euthymia.explain.questions import Question, questions
from euthymia.explain.ranking import RankingResult, rank
from euthymia.explain.rejudging import Rejudging
from euthymia.explain.sequence import SequenceResult, stand
from euthymia.explain.vocabulary import Vocabulary
from euthymia.explain.waiting import Waiting, WaitingFor
from euthymia.facts.patient import Patient
from euthymia.inference.agreement import Decision, Engines, decide
from euthymia.inference.trace import Firing, Key, Statuses
from euthymia.inference.view import views
from euthymia.rulebook.conditions import MET, NOT_MET, UNDETERMINED
from euthymia.rulebook.rule import Rule
from euthymia.rulebook.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Judgement:
    """The status of one rule for the patient or one unit, with what forces it or what could still settle it."""

    key: Key
    rule: Rule
    status: str
    because: tuple[Reason, ...]
    fallbacks: tuple[Fallback, ...]
    needs: tuple[str, ...]
    waiting: tuple[Waiting, ...]


@dataclass(frozen=True, slots=True)
class Spectrum:
    """Place on the spectrum of responses: `category` is None while more than one band is possible."""

    category: str | None
    possible: tuple[str, ...]
    deterioration: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything that follows for one patient on one day. Frozen; equal for equal patient, rulebook and day.

    `named` gives the judgement `GF-E-A9@t1`. `explanations`, and what `answers` would do, are worked out when they are asked for.
    """

    on: date
    rulebook: Rulebook
    patient: Patient
    judgements: tuple[Judgement, ...]
    spectrum: Spectrum
    definitions: tuple[DefinitionResult, ...]
    splits: tuple[Split, ...]
    rankings: tuple[RankingResult, ...]
    sequences: tuple[SequenceResult, ...]
    questions: tuple[Question, ...]
    firings: tuple[Firing, ...]
    named: Callable[[str], Judgement] = field(compare=False, repr=False)
    explanations: Explanations = field(compare=False, repr=False)
    answers: Answers = field(compare=False, repr=False)

    def status(self, rule: str) -> str:
        """Status of a rule about the patient."""
        return self.named(rule).status


def assess(engines: Engines, vocabulary: Vocabulary, patient: Patient, on: date, enter: Enter = no_way_in) -> Assessment:
    """Judge one patient. `vocabulary` is that of the engines' rulebook. Raises Disagreement when the two engines differ.

    `enter` gives the patient with one more answer, for what answers would do.
    """
    return Reasoning(engines, vocabulary, decide(engines, patient), patient, on, enter).assessment()


class Reasoning:
    """Reasons and missing facts of one decision, worked out when they are asked for."""

    def __init__(
        self, engines: Engines, vocabulary: Vocabulary, decision: Decision, patient: Patient, on: date, enter: Enter = no_way_in
    ) -> None:
        self.rulebook = engines.rulebook
        self.patient = patient
        self.on = on
        self.decision = decision
        self._vocabulary = vocabulary
        statuses, whole = decision.statuses, decision.view
        self._because = Because(self.rulebook, engines.evaluator, whole, statuses)
        self._needs = Needs(self.rulebook, vocabulary, whole, statuses)
        self._waiting = WaitingFor(self.rulebook, whole, statuses)
        self._rejudging = Rejudging(engines.evaluator, vocabulary.dependence, whole)
        self.explanations = Explanations(self.rulebook, vocabulary, decision, self._rejudging, patient, on)
        self.answers = Answers(self.rulebook, vocabulary, engines.evaluator, patient, statuses, enter)
        self._judged: dict[Key, Judgement] = {}

    def assessment(self) -> Assessment:
        return Assessment(
            on=self.on,
            rulebook=self.rulebook,
            patient=self.patient,
            judgements=self.judgements,
            spectrum=self.spectrum,
            definitions=self.definitions,
            splits=self.splits,
            rankings=self.rankings,
            sequences=self.sequences,
            questions=self.questions,
            firings=tuple(sorted(self.decision.firings, key=lambda firing: (firing.key.rule, firing.key.unit or ""))),
            named=self.named,
            explanations=self.explanations,
            answers=self.answers,
        )

    def named(self, name: str) -> Judgement:
        """The judgement `GF-E-A9@t1`."""
        rule, _, unit = name.partition("@")
        return self.judgement(Key(rule, unit or None))

    @cached_property
    def judgements(self) -> tuple[Judgement, ...]:
        return tuple(self.judgement(key) for key in self.keys)

    @cached_property
    def keys(self) -> list[Key]:
        """All judgements in the order of rules and units."""
        place = {view.unit: number for number, view in enumerate(self.decision.view.every())}
        return sorted(self.decision.statuses, key=lambda key: (key.rule, place[key.unit]))

    def judgement(self, key: Key) -> Judgement:
        if key not in self._judged:
            reasons = self._because.of(key)
            deciding = {reason.name for reason in reasons}
            self._judged[key] = Judgement(
                key,
                self.rulebook.by_id[key.rule],
                self.decision.statuses[key],
                reasons,
                tuple(fallback for fallback in self._because.fallbacks(key) if fallback.used in deciding),
                self._needs.of(key),
                self._waiting.of(key),
            )
        return self._judged[key]

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """What to ask next, in order: the same for the assessment, `ask` and the interview."""
        statuses = self.decision.statuses
        return questions(self.rulebook, self.patient, statuses, {key: self._needs.of(key) for key in self.keys})

    @cached_property
    def spectrum(self) -> Spectrum:
        return spectrum_of(self.rulebook, self.decision.statuses)

    @cached_property
    def definitions(self) -> tuple[DefinitionResult, ...]:
        view, statuses = self.decision.view, self.decision.statuses
        return Defining(self.rulebook, view, statuses, self._needs.of, self._needs.order).all()

    @cached_property
    def splits(self) -> tuple[Split, ...]:
        return splits(self._vocabulary, self.decision.view, self._rejudging, self.definitions, lambda key: self.judgement(key).because)

    @cached_property
    def rankings(self) -> tuple[RankingResult, ...]:
        return tuple(rank(ranking, self.patient, self.decision.statuses) for ranking in self.rulebook.rankings)

    @cached_property
    def sequences(self) -> tuple[SequenceResult, ...]:
        return tuple(stand(sequence, self.patient, self.decision.statuses, self.on) for sequence in self.rulebook.sequences)


def spectrum_of(rulebook: Rulebook, statuses: Statuses) -> Spectrum:
    """Bands that are not excluded; the category once one of them is met."""
    parts = rulebook.about.assessment.spectrum
    status = {band: statuses[Key(rule)] for band, rule in parts.bands.items()}
    met = [band for band in status if status[band] == MET]
    possible = tuple(met or (band for band in status if status[band] != NOT_MET))
    return Spectrum(met[0] if len(met) == 1 else None, possible, statuses[Key(parts.deterioration)])


def contradictions(engines: Engines, patient: Patient) -> Iterator[tuple[str, str]]:
    """Fact (`risk.assessed`, `trial.remission@t1`) and message of every combination that cannot be."""
    catalogue = engines.catalogue
    for item, view in engines.evaluator.contradictions(views(patient, catalogue)):
        fact = min(item.reads, key=catalogue.rank)
        yield (view.name(fact) if fact.partition(".")[0] in catalogue.many else fact), item.message


__all__ = ["UNDETERMINED", "Assessment", "Judgement", "Reasoning", "Spectrum", "assess", "contradictions", "spectrum_of"]
