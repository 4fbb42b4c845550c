"""Judgements that came to the same on both sides, by other grounds: another sentence, other reasons, other missing facts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from euthymia.comparison.causes import RULES, Attribution, Switched, attribute
from euthymia.comparison.explained import Explaining
from euthymia.comparison.facts_changed import Change, relevant
from euthymia.comparison.mixtures import Mixture, Mixtures
from euthymia.comparison.outcomes import Subject
from euthymia.comparison.rules_changed import RuleChange
from euthymia.explain.because import Reason
from euthymia.facts.patient import Patient
from euthymia.render.sentences import Sentences
from euthymia.render.words import Words


@dataclass(frozen=True, slots=True)
class OtherGrounds:
    """The same status, said or reasoned differently."""

    subject: Subject
    status: str
    attribution: Attribution
    rules: tuple[RuleChange, ...]


class Told:
    """Sentences of every mixture."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self._sentences: dict[int, Sentences] = {}

    def sentence(self, mixture: Mixture, subject: Subject) -> str:
        """What professionals are told of a judgement."""
        return self._of(mixture).said(mixture.reasoning.judgement(subject.key))

    def text(self, mixture: Mixture, template: str) -> str:
        """A sentence that no fact decides."""
        return self._of(mixture).text(template)

    def _of(self, mixture: Mixture) -> Sentences:
        if id(mixture) not in self._sentences:
            self._sentences[id(mixture)] = Sentences(mixture.decided.rulebook, mixture.decided.patient, self.words)
        return self._sentences[id(mixture)]


def other_grounds(mixtures: Mixtures, judged: Iterable[Subject], explaining: Explaining, told: Told) -> Iterator[OtherGrounds]:
    """Those of `judged`, rules with the same status on both sides, of which something else is said."""
    before, after = mixtures.end(), mixtures.end(mixtures.differing)
    found = explaining.changes(frozenset(), frozenset(mixtures.differing))
    possible = _Possible(before, after, found, explaining)
    for subject in judged:
        if possible.differs(subject) and (other := _other(subject, mixtures, explaining, told)) is not None:
            yield other


def _other(subject: Subject, mixtures: Mixtures, explaining: Explaining, told: Told) -> OtherGrounds | None:
    @cache
    def grounds(switched: Switched) -> Any:
        mixture = mixtures.at(switched)
        return None if mixture is None else _grounds(mixture, subject, told)

    if grounds(frozenset()) == grounds(frozenset(mixtures.differing)):
        return None
    attribution = attribute(grounds, mixtures.differing)
    rules = explaining.rules(subject) if any(RULES in causes for causes in attribution.sets) else ()
    return OtherGrounds(subject, mixtures.end().decided.statuses[subject.key], attribution, rules)


def _grounds(mixture: Mixture, subject: Subject, told: Told) -> Any:
    """The sentence, the reasons with their values, and what is missing."""
    if subject.key not in mixture.decided.statuses:
        return "not judged"
    judgement = mixture.reasoning.judgement(subject.key)
    values = [(reason.name, reason.test, _value(reason, mixture)) for reason in judgement.because]
    return (judgement.status, told.sentence(mixture, subject), values, judgement.needs)


def _value(reason: Reason, mixture: Mixture) -> Any:
    patient = mixture.decided.patient
    if reason.name == "latest_trial":
        return patient.latest
    if reason.is_rule:
        rule, _, unit = reason.name.partition("@")
        return mixture.decided.statuses[Subject("rule", rule, unit or None).key]
    return patient.observation(reason.name).as_json()


class _Possible:
    """Which judgements could be said differently at all, so that the reasons of the others need not be worked out."""

    def __init__(self, before: Mixture, after: Mixture, found: tuple[Change, ...], explaining: Explaining) -> None:
        self.rulebooks = (before.decided.rulebook, after.decided.rulebook)
        self.patients = (before.decided.patient, after.decided.patient)
        self.found = found
        self.explaining = explaining
        self._rules_alike = self.rulebooks[0].digest == self.rulebooks[1].digest
        self._mentioned = set(_names(*self.patients))

    def differs(self, subject: Subject) -> bool:
        hanging = self.explaining.hangs_on(subject)
        if relevant(self.found, hanging, subject.unit):
            return True
        if not self._rules_alike and self._rules_differ(hanging.rules):
            return True
        return self._sentences_differ(subject)

    def _rules_differ(self, names: frozenset[str]) -> bool:
        before, after = self.rulebooks
        return any(before.by_id.get(name) != after.by_id.get(name) for name in names)

    def _sentences_differ(self, subject: Subject) -> bool:
        """Does a sentence name a fact that has changed, or a parameter of other rules?"""
        texts = [text for rulebook in self.rulebooks for text in rulebook.by_id[subject.id].says.values()]
        if any(name in text for text in texts for name in self._mentioned):
            return True
        return not self._rules_alike and any("param." in text for text in texts)


def _names(before: Patient, after: Patient) -> Iterator[str]:
    """Facts as sentences write them, of all that is recorded differently; and the label of trials where their facts are."""
    for name in {*before.facts, *after.facts}:
        if before.get(name) != after.get(name):
            yield name
    for record in {*before.units, *after.units}:
        units = [{unit.id: unit.facts for unit in patient.units.get(record, ())} for patient in (before, after)]
        if units[0] != units[1]:
            yield f"{record}."
