"""What every part of a document shows alike: sources, reasons, names of facts and units, and sentences."""

from collections.abc import Iterable
from typing import Any

from euthymia.assess import Assessment, Judgement, Reasoning
from euthymia.explain.because import Reason
from euthymia.render.brief import BriefSentences
from euthymia.render.sentences import Sentences
from euthymia.render.words import Words, unit_of
from euthymia.rulebook.base import Citation


class Shown:
    """One assessment and its words; of a reasoning, only what is asked for is worked out."""

    def __init__(self, assessment: Assessment | Reasoning, words: Words) -> None:
        self.assessment = assessment
        self.rulebook = assessment.rulebook
        self.patient = assessment.patient
        self.words = words
        self.sentences = Sentences(assessment.rulebook, assessment.patient, words)
        self.brief = BriefSentences(assessment.rulebook, assessment.patient, words)

    def sources(self, sources: Iterable[Citation]) -> list[dict[str, str]]:
        return [{"work": item.work, "short": self.rulebook.works[item.work].short, "at": item.at} for item in sources]

    def reason(self, reason: Reason) -> dict[str, Any]:
        if reason.is_rule:
            rule, _, unit = reason.name.partition("@")
            status = self.assessment.named(reason.name).status
            title = self.rulebook.by_id[rule].title
            about = self.rulebook.by_id[rule].about
            label = title if not unit else self.words.words["in_unit"].format(label=title, unit=self.unit_name(about, unit))
            return {"name": reason.name, "label": label, "value": status, "shown": self.words.states[status], "test": reason.test}
        return {**self.fact(reason.name), "test": reason.test}

    def fact(self, name: str) -> dict[str, Any]:
        """A fact with its value, in words as well, and who said it."""
        if name == "latest_trial":
            latest = self.patient.latest
            return {"name": name, "label": self.label(name), "value": latest, "shown": latest}
        item = self.patient.observation(name)
        fact = self.rulebook.facts[name.partition("@")[0]]
        shown = {"name": name, "label": self.label(name), "value": item.as_json(), "shown": self.words.value(fact, item)}
        provenance = item.provenance()
        return shown | ({"provenance": provenance} if provenance else {})

    def label(self, name: str) -> str:
        return self.words.fact_name(self.rulebook.facts[name.partition("@")[0]], unit_of(self.patient, name))

    def unit_name(self, record: str, unit_id: str) -> str:
        return self.words.unit_name(self.patient.unit(record, unit_id))

    def judgement(self, judgement: Judgement) -> dict[str, Any]:
        """A judgement by itself: what it is and what it says, with its sources and where the rule stands."""
        rule = judgement.rule
        return {
            **self.heading(judgement),
            "text": self.sentences.said(judgement),
            "brief": self.brief.said(judgement),
            "sources": self.sources(rule.sources),
            "readings": list(rule.readings),
            "rule": {"file": rule.origin.file, "line": rule.origin.line},
        }

    def heading(self, judgement: Judgement) -> dict[str, Any]:
        rule, unit = judgement.rule, judgement.key.unit
        about = {} if unit is None else {rule.about: unit, "about": self.unit_name(rule.about, unit)}
        return {"id": rule.id, **about, "title": rule.title, "kind": rule.kind, "status": judgement.status}
