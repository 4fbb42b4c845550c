"""Advice and options as data: what speaks for and against each, whom it was studied in, and what the service and the patient say."""

from typing import Any

from euthymia.assess import Judgement
from euthymia.render.shown import Shown
from euthymia.render.words import plain
from euthymia.rulebook.conditions import MET, NOT_APPLICABLE, NOT_MET, UNDETERMINED
from euthymia.rulebook.rule import Argument, Option, Rule

AS_RECOMMENDATION = {MET: "recommended", NOT_MET: "not_indicated", UNDETERMINED: UNDETERMINED, NOT_APPLICABLE: NOT_APPLICABLE}
CLASSES = ("safety", "fix_first", "assess", "treat", "remind")
_RESEMBLES = {MET: "verified", NOT_MET: "differs", UNDETERMINED: "not_known"}


class Recommendations:
    """All advice of one assessment."""

    def __init__(self, shown: Shown) -> None:
        self.shown = shown
        self.rulebook = shown.rulebook
        self._met = {item.rule.id for item in shown.assessment.judgements if item.status == MET}

    def all(self) -> list[dict[str, Any]]:
        """By class; inside a class in the order of ids. Options are listed whatever their status."""
        found = [item for item in self.shown.assessment.judgements if item.rule.advice or item.rule.kind == "option"]
        ranked = sorted(found, key=lambda item: (CLASSES.index(item.rule.advice or "treat"), item.rule.id))
        return [self._one(item) for item in ranked]

    def _one(self, item: Judgement) -> dict[str, Any]:
        rule, shown = item.rule, self.shown
        reasons = [shown.reason(reason) for reason in item.because]
        return {
            "id": rule.id,
            **({rule.about: item.key.unit} if item.key.unit is not None else {}),
            "title": rule.title,
            "class": rule.advice or "treat",
            "kind": rule.kind,
            "status": AS_RECOMMENDATION[item.status],
            "text": shown.sentences.said(item),
            "brief": shown.brief.said(item),
            "because": reasons,
            "for": self._arguments(rule, "for") if rule.option else reasons if item.status == MET else [],
            "against": self._arguments(rule, "against") if rule.option else reasons if item.status == NOT_MET else [],
            "needs": list(item.needs),
            "missing": shown.sentences.needs(item.needs),
            "missing_brief": shown.brief.needs(item.needs),
            "evidence": list(rule.evidence),
            "strength": rule.strength,
            "sources": shown.sources(rule.sources),
            "readings": list(rule.readings),
            **(self._option(item, rule.option) if rule.option else {}),
            "beside": self._beside(rule),
        }

    # --- options ----------------------------------------------------------------------------------------------------

    def _option(self, item: Judgement, option: Option) -> dict[str, Any]:
        rule = item.rule
        traits = self._arguments(rule, "population")
        excludes = [name for name in self._conflicts(rule, option) if item.status == MET and self._status(name) == MET]
        return {
            "under": option.under,
            "population": traits,
            "resemblance": _resemblance(traits),
            "defers": self._arguments(rule, "defers"),
            "cautions": self._arguments(rule, "cautions"),
            "adds_drug": option.adds_drug,
            "offers": [{"value": value, "label": plain(value), "available": self._available(value)} for value in option.offers],
            "preference": self._preference(option),
            "excludes": [{"id": name, "title": self.rulebook.by_id[name].title} for name in excludes],
        }

    def _conflicts(self, rule: Rule, option: Option) -> list[str]:
        """Options that cannot stand with this one, whichever of the two says so."""
        others = [other.id for other in self.rulebook.rules if other.option is not None and rule.id in other.option.excludes]
        return list(dict.fromkeys([*option.excludes, *others]))

    def _status(self, rule: str) -> str:
        return self.shown.assessment.named(rule).status

    def _arguments(self, rule: Rule, section: str) -> list[dict[str, Any]]:
        """Arguments that hold or may hold, with their status; every trait of a population, whatever its status."""
        arguments = rule.option.arguments if rule.option else ()
        found = [self._argument(item, rule) for item in arguments if item.section == section]
        return [item for item in found if section == "population" or item["status"] in (MET, UNDETERMINED)]

    def _argument(self, argument: Argument, rule: Rule) -> dict[str, Any]:
        shown = self.shown
        if argument.rule is None:
            return {"text": shown.sentences.text(argument.text), "status": MET, "evidence": list(argument.evidence), "because": []}
        judged = shown.assessment.named(argument.rule)
        own = judged.rule.part_of == rule.id and argument.section != "population"
        text = shown.sentences.said(judged) if own and judged.status in judged.rule.says else shown.sentences.text(argument.text)
        return {
            "text": text,
            "status": judged.status,
            "evidence": list(argument.evidence),
            "because": [shown.reason(reason) for reason in judged.because],
            "missing": shown.brief.needs(judged.needs),
        }

    def _available(self, therapy: str) -> str:
        """Whether this service offers it: yes, no, or not known when nobody said what the service offers."""
        fact = self.rulebook.about.assessment.availability
        offered = None if fact is None else self.shown.patient.observation(fact)
        if offered is None or not offered.known:
            return "not_known"
        return "yes" if therapy in offered.value else "no"

    def _preference(self, option: Option) -> str | None:
        """Whether it agrees with what the patient prefers; None where the option says nothing of modality."""
        fact = self.rulebook.about.assessment.preference
        if fact is None or not option.modality:
            return None
        preferred = self.shown.patient.observation(fact)
        if not preferred.known:
            return "not_known"
        if preferred.value == "none_expressed":
            return "none_expressed"
        return "agrees" if preferred.value in option.modality else "differs"

    def _beside(self, rule: Rule) -> list[dict[str, Any]]:
        """Explanations and warnings that are shown together with this option."""
        found = [other for other in self.rulebook.rules if rule.id in other.beside and other.id in self._met]
        return [self._explained(self.shown.assessment.named(other.id)) for other in found if other.about == "patient"]

    def _explained(self, item: Judgement) -> dict[str, Any]:
        rule = item.rule
        return {
            "id": rule.id,
            "title": rule.title,
            "kind": rule.kind,
            "text": self.shown.sentences.said(item),
            "evidence": list(rule.evidence),
            "strength": rule.strength,
            "sources": self.shown.sources(rule.sources),
        }


def _resemblance(traits: list[dict[str, Any]]) -> str:
    """How far the patient resembles those studied: differs in something known, else something is not known, else verified."""
    statuses = {_RESEMBLES.get(trait["status"], "not_known") for trait in traits}
    if not statuses:
        return "not_stated"
    return next(name for name in ("differs", "not_known", "verified") if name in statuses)
