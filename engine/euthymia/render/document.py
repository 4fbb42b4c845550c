"""An assessment as one JSON document: what other programs read, and what the templates show."""

from enum import Enum
from typing import Any

from euthymia import __version__
from euthymia.assess import Assessment, Judgement
from euthymia.facts.drug_facts import names_not_held
from euthymia.facts.patient import Patient, Unit
from euthymia.render.about import about_rulebook
from euthymia.render.explained import Explained, explained_by_default
from euthymia.render.models import Models
from euthymia.render.questions import ShownAnswers, first_groups, grouped, shown_question
from euthymia.render.recommendations import Recommendations
from euthymia.render.shown import Shown
from euthymia.render.words import Words
from euthymia.rulebook.base import SEVERITIES, alert_stands, citations
from euthymia.rulebook.conditions import MET, parameters_read
from euthymia.rulebook.rule import Rule, Text
from euthymia.rulebook.rulebook import Rulebook

_ON_THE_WAY = ("helper", "conflict")  # listed for auditors; a conflict is shown to clinicians once it is there


class Explain(Enum):
    """What bears an explanation."""

    NOTHING = 0
    HEADINGS = 1
    FIRST = 2  # headings, alerts and advice
    EVERYTHING = 3  # every conclusion, which may take some seconds


def document(assessment: Assessment, words: Words, explain: Explain = Explain.FIRST, *, answers: bool = True) -> dict[str, Any]:
    """The whole assessment as plain data, in a fixed order. `answers`: what they would do, with the first questions.

    Pages that do not show all of it need not have it worked out.
    """
    return _Document(assessment, words, explain, answers=answers).as_dict()


def shown_trials(rulebook: Rulebook, patient: Patient, words: Words) -> list[dict[str, Any]]:
    """Every trial with what is known of it, and the days between which it began and ended."""
    return [_trial(rulebook, unit, words) for unit in patient.units.get("trial", ())]


def _trial(rulebook: Rulebook, unit: Unit, words: Words) -> dict[str, Any]:
    shown: dict[str, Any] = {"id": unit.id, "label": words.unit_name(unit), "parts": list(unit.parts)}
    for fact in rulebook.facts.of_record("trial"):
        item = unit.get(fact.full_name)
        if item.known:
            shown[fact.name] = item.as_json()
    for side in ("started", "ended"):
        item = unit.get(f"trial.{side}")
        if item.known:
            shown[f"{side}_first"] = item.value.first.isoformat()
            shown[f"{side}_last"] = item.value.last.isoformat()
    return shown


class _Document:
    def __init__(self, assessment: Assessment, words: Words, explain: Explain, *, answers: bool) -> None:
        self.assessment = assessment
        self.answers = answers
        self.explained = Explained(Shown(assessment, words))
        self.explain = explain
        self.rulebook = assessment.rulebook
        self.patient = assessment.patient
        self.words = words
        self.shown = self.explained.shown
        self.sentences = self.shown.sentences
        self.brief = self.shown.brief
        self.models = Models(self.shown)

    def as_dict(self) -> dict[str, Any]:
        parts = self.rulebook.about.assessment
        status = self.assessment.status
        spectrum = self.assessment.spectrum
        return {
            "schema": "euthymia.assessment/1",
            "on": self.assessment.on.isoformat(),
            "program": {"name": "euthymia", "version": __version__},
            "rulebook": about_rulebook(self.rulebook),
            "refractoriness": {
                "status": status(parts.refractoriness),
                "criteria": {name: status(rule) for name, rule in parts.criteria.items()},
            },
            "spectrum": {
                "category": spectrum.category,
                "possible": list(spectrum.possible),
                "deterioration": spectrum.deterioration,
            },
            "situations": {name: status(rule) for name, rule in parts.situations.items()},
            "definitions": self.models.definitions(),
            "conclusions": [
                self._conclusion(item) for item in self.assessment.judgements if item.rule.kind not in (*_ON_THE_WAY, "option")
            ],
            "helpers": [
                self._conclusion(item) for item in self.assessment.judgements if item.rule.kind in _ON_THE_WAY and item.rule.part_of is None
            ],
            "parts": [
                self._conclusion(item) for item in self.assessment.judgements if item.rule.kind == "option" or item.rule.part_of is not None
            ],
            "recommendations": Recommendations(self.shown).all(),
            "alerts": self._alerts(),
            "explanations": self._explanations(),
            "questions": self._questions(),
            "conflicts": [
                self._conclusion(item) for item in self.assessment.judgements if item.rule.kind == "conflict" and item.status == MET
            ],
            "rankings": self.models.rankings(),
            "sequences": self.models.sequences(),
            "tensions": self._tensions(),
            "courses": self._courses(),
            "trials": shown_trials(self.rulebook, self.patient, self.words),
            "latest_trial": self.patient.latest,
            "texts": self._texts(),
            "facts": self._facts(),
            "names_not_held": self._names_not_held(),
            "references": self._references(),
            "map": parts.model_dump(),
            "orders": self._orders(),
            "trace": [firing.as_json() | {"matched": self._matched(firing.matched)} for firing in self.assessment.firings],
        }

    def _orders(self) -> dict[str, list[str]]:
        """Objects of JSON have no order; these are shown in one."""
        return {
            "definitions": [item.definition.id for item in self.assessment.definitions],
            "bands": list(self.rulebook.about.assessment.spectrum.bands),
            "attributes": list(about_rulebook(self.rulebook)["attributes"]),
        }

    # --- sources --------------------------------------------------------------------------------------------------------

    def _references(self) -> dict[str, Any]:
        """The studies and readings that anything here names, by id."""
        items: list[Rule | Text] = [*self.rulebook.rules, *self.rulebook.texts]
        studies = sorted({study for item in items for study in item.evidence})
        readings = sorted({reading for item in items for reading in item.readings})
        return {
            "evidence": {name: self.rulebook.studies[name].model_dump(exclude={"id"}) for name in studies},
            "readings": {name: self.rulebook.readings[name].model_dump(exclude={"id"}) for name in readings},
            "works": {name: work.model_dump(exclude={"id"}) for name, work in self.rulebook.works.items()},
        }

    def _provisional(self, rule: Rule) -> list[dict[str, Any]]:
        """Parameters behind the rule that no source states with certainty."""
        names = sorted({part for condition in rule.conditions for part in parameters_read(condition)})
        found = [self.rulebook.parameters[name] for name in names]
        return [
            {"id": entry.id, "value": self.words.parameter(entry), "means": entry.means, "certainty": entry.certainty}
            for entry in found
            if entry.certainty != "source"
        ]

    # --- judgements -----------------------------------------------------------------------------------------------------

    def _conclusion(self, item: Judgement) -> dict[str, Any]:
        rule = item.rule
        shown: dict[str, Any] = {"id": rule.id, "title": rule.title, "kind": rule.kind, "topic": rule.topic}
        if item.key.unit is not None:
            shown[rule.about] = item.key.unit
        return shown | {
            "status": item.status,
            "text": self.sentences.said(item),
            "brief": self.brief.said(item),
            "patient_text": self.sentences.told(item),
            "because": [self.shown.reason(reason) for reason in item.because],
            "needs": list(item.needs),
            "missing": self.sentences.needs(item.needs),
            "missing_brief": self.brief.needs(item.needs),
            "waiting": [{"fact": wait.fact, "label": self.shown.label(wait.fact), "why": wait.why} for wait in item.waiting],
            "fallbacks": [
                {"used": self.shown.label(fallback.used), "instead_of": [self.shown.label(name) for name in fallback.instead_of]}
                for fallback in item.fallbacks
            ],
            "reminder": rule.reminder,
            **({"factor": rule.factor} if rule.factor else {}),
            **({"beside": list(rule.beside)} if rule.beside else {}),
            "strength": rule.strength,
            "sources": self.shown.sources(rule.sources),
            "evidence": list(rule.evidence),
            "readings": list(rule.readings),
            "provisional": self._provisional(rule),
            "rule": {"file": rule.origin.file, "line": rule.origin.line},
        }

    def _explanations(self) -> dict[str, Any]:
        """By judgement: GF-E-A9@t1. Helpers are explained inside what they serve."""
        return {str(item.key): self.explained.of(item) for item in self._to_explain() if item.rule.kind != "helper"}

    def _to_explain(self) -> list[Judgement]:
        match self.explain:
            case Explain.NOTHING:
                return []
            case Explain.HEADINGS:
                return [self.assessment.named(rule) for _, rule in self.rulebook.about.assessment.headings]
            case Explain.FIRST:
                first = explained_by_default(self.assessment)
                return [item for item in self.assessment.judgements if str(item.key) in first]
            case Explain.EVERYTHING:
                return list(self.assessment.judgements)

    def _alerts(self) -> list[dict[str, Any]]:
        """Alerts that are met, and those of weight that cannot be told yet."""
        found = [item for item in self.assessment.judgements if alert_stands(item.rule.alert, item.status)]
        ranked = sorted(found, key=lambda item: (SEVERITIES.index(item.rule.alert or "notice"), item.status != MET, item.rule.id))
        return [
            {
                "id": item.rule.id,
                **({item.rule.about: item.key.unit} if item.key.unit is not None else {}),
                "title": item.rule.title,
                "severity": item.rule.alert,
                "status": item.status,
                "text": self.sentences.said(item),
                "brief": self.brief.said(item),
                "because": [self.shown.reason(reason) for reason in item.because],
                "needs": list(item.needs),
                "missing": self.sentences.needs(item.needs),
                "sources": self.shown.sources(item.rule.sources),
            }
            for item in ranked
        ]

    def _questions(self) -> list[dict[str, Any]]:
        """All of them; the first ones, of several trials for the first of these, with what each answer would do."""
        groups = first_groups(grouped(self.assessment.questions)) if self.answers else []
        first = [group[0].fact for group in groups]
        answers = ShownAnswers(self.assessment.answers, self.words)
        return [
            shown_question(question, self.rulebook, self.patient, self.words)
            | ({"answers": answers.of(question)} if question.fact in first else {})
            for question in self.assessment.questions
        ]

    def _tensions(self) -> list[dict[str, Any]]:
        """Where the sources do not agree: each side with its citation, and what is done with it here."""
        return [
            {
                "id": tension.id,
                "subject": tension.subject,
                "sides": [{"text": side.says, "sources": self.shown.sources(citations(side.source))} for side in tension.sides],
                "here": tension.here,
                "readings": list(tension.readings),
                "rules": list(tension.rules),
            }
            for tension in self.rulebook.tensions
        ]

    # --- the patient ----------------------------------------------------------------------------------------------------

    def _courses(self) -> list[dict[str, Any]]:
        return [
            {
                "id": course.id,
                "parts": list(course.parts),
                "gap_days": course.gap_days,
                "conflicts": [self.rulebook.facts[name].label for name in course.conflicts],
            }
            for course in self.patient.courses
        ]

    def _texts(self) -> list[dict[str, Any]]:
        return [
            {
                "id": text.id,
                "title": text.title,
                "kind": text.kind,
                "place": text.place,
                "text": self.sentences.text_of(text),
                "patient_text": None if text.tells is None else self.sentences.text(text.tells),
                "strength": text.strength,
                "sources": self.shown.sources(text.sources),
                "readings": list(text.readings),
            }
            for text in self.rulebook.texts
        ]

    def _names_not_held(self) -> list[dict[str, Any]]:
        """Names in lists of drugs that the drug table does not hold: no alert can rest on them."""
        found = names_not_held(self.patient, self.rulebook.drugs)
        return [{"fact": item.fact, "label": self.rulebook.facts[item.fact].label, "name": item.name, "near": item.near} for item in found]

    def _facts(self) -> list[dict[str, Any]]:
        """Every fact that the file records, with its state, value in words and origin."""
        recorded = self.patient.as_json()
        names = sorted(recorded, key=self._fact_order)
        return [
            {
                "name": name,
                "label": self.shown.label(name),
                **recorded[name],
                "shown": self.words.value(self.rulebook.facts[name.partition("@")[0]], self.patient.observation(name)),
            }
            for name in names
        ]

    def _fact_order(self, name: str) -> tuple[int, int]:
        fact, _, unit = name.partition("@")
        units = [member.id for members in self.patient.units.values() for member in members]
        return (self.rulebook.facts.rank(fact), units.index(unit) if unit else -1)

    def _matched(self, matched: tuple[tuple[str, Any], ...]) -> dict[str, Any]:
        """What a firing rested on, with the patient's values."""
        shown: dict[str, Any] = {}
        for name, value in matched:
            if value is not None:
                shown[name] = value
            elif name == "latest_trial":
                shown[name] = self.patient.latest
            else:
                shown[name] = self.patient.observation(name).as_json()
        return shown
