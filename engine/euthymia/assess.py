"""From a patient and a rulebook to an assessment. Pure: no file, no clock, no wording."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from euthymia.explain.because import Because, Fallback, Reason
from euthymia.explain.needs import Needs
from euthymia.explain.questions import Question, questions
from euthymia.explain.vocabulary import Vocabulary
from euthymia.explain.waiting import Waiting, WaitingFor
from euthymia.facts.patient import Patient
from euthymia.inference.agreement import Decision, Engines, decide
from euthymia.inference.evaluate import Compiler
from euthymia.inference.trace import Firing, Key
from euthymia.inference.view import views
from euthymia.rulebook.conditions import MET, NOT_MET, UNDETERMINED, facts_read
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
    """Everything that follows for one patient on one day. Frozen; equal for equal patient, rulebook and day."""

    on: date
    rulebook: Rulebook
    patient: Patient
    judgements: tuple[Judgement, ...]
    spectrum: Spectrum
    questions: tuple[Question, ...]
    firings: tuple[Firing, ...]

    def status(self, rule: str) -> str:
        """Status of a rule about the patient."""
        return next(item.status for item in self.judgements if item.key == Key(rule))


def assess(engines: Engines, vocabulary: Vocabulary, patient: Patient, on: date) -> Assessment:
    """Judge one patient. `vocabulary` is that of the engines' rulebook. Raises Disagreement when the two engines differ."""
    rulebook = engines.rulebook
    decision = decide(engines, patient)
    judgements = tuple(_judged(engines, vocabulary, decision))
    needs = {item.key: item.needs for item in judgements}
    return Assessment(
        on=on,
        rulebook=rulebook,
        patient=patient,
        judgements=judgements,
        spectrum=_spectrum(rulebook, decision),
        questions=questions(rulebook, patient, decision.statuses, needs),
        firings=decision.firings,
    )


def _judged(engines: Engines, vocabulary: Vocabulary, decision: Decision) -> Iterator[Judgement]:
    rulebook, statuses, whole = engines.rulebook, decision.statuses, decision.view
    because = Because(rulebook, engines.evaluator, whole, statuses)
    needs = Needs(rulebook, vocabulary, whole, statuses)
    waiting = WaitingFor(rulebook, whole, statuses)
    place = {view.unit: number for views in whole.units.values() for number, view in enumerate(views)}
    for key in sorted(statuses, key=lambda key: (key.rule, place.get(key.unit, -1))):
        reasons = because.of(key)
        deciding = {reason.name for reason in reasons}
        yield Judgement(
            key,
            rulebook.by_id[key.rule],
            statuses[key],
            reasons,
            tuple(fallback for fallback in because.fallbacks(key) if fallback.used in deciding),
            needs.of(key),
            waiting.of(key),
        )


def _spectrum(rulebook: Rulebook, decision: Decision) -> Spectrum:
    """Bands that are not excluded; the category once one of them is met."""
    parts = rulebook.about.assessment.spectrum
    status = {band: decision.statuses[Key(rule)] for band, rule in parts.bands.items()}
    met = [band for band in status if status[band] == MET]
    possible = tuple(met or (band for band in status if status[band] != NOT_MET))
    return Spectrum(met[0] if len(met) == 1 else None, possible, decision.statuses[Key(parts.deterioration)])


def contradictions(rulebook: Rulebook, patient: Patient) -> Iterator[tuple[str, str]]:
    """Fact (`risk.assessed`, `trial.remission@t1`) and message of every combination that cannot be."""
    whole = views(patient, rulebook.facts)
    compiler = Compiler(rulebook.facts, {})
    for item in rulebook.contradictions:
        test = compiler.test(item.when)
        for view in (whole,) if item.about == "patient" else whole.units[item.about]:
            if test(view) is True:
                fact = min(facts_read(item.when), key=rulebook.facts.rank)
                own = fact.partition(".")[0] in rulebook.facts.many
                yield (f"{fact}@{view.unit}" if own and view.unit else fact), item.message


__all__ = ["UNDETERMINED", "Assessment", "Judgement", "Spectrum", "assess", "contradictions"]
