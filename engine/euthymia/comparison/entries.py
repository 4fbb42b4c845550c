"""One change as data: what it is about, what it was and is, and what became of an alert."""

from typing import Any

from euthymia.comparison.alerts import became, is_shown, why_it_went
from euthymia.comparison.compare import Changed
from euthymia.comparison.grounds import OtherGrounds, Told
from euthymia.comparison.mixtures import Mixture
from euthymia.comparison.outcomes import Outcome, Subject, definition_result, step_result
from euthymia.comparison.reasons import Reasons
from euthymia.render.models import score_shown
from euthymia.render.recommendations import AS_RECOMMENDATION
from euthymia.rulebook.conditions import MET
from euthymia.rulebook.files import AssessmentMap
from euthymia.rulebook.rule import Rule

Item = dict[str, Any]
GROUPS = ("alert", "advice", "argument", "headline", "sequence", "definition", "conclusion", "helper")
_BY_KIND = {"definition": "definition", "spectrum": "headline", "step": "sequence"}


class Entries:
    """Changes of one comparison, in words. `before` and `after`: its two ends."""

    def __init__(self, before: Mixture, after: Mixture, told: Told) -> None:
        self.before, self.after = before, after
        self.told = told
        self.words = told.words
        self._extra: Item = told.words.model_dump()
        self.reasons = Reasons(self.before, self.after, told.words)
        listed = [rule for end in (self.after, self.before) for rule in _headline(end.decided.rulebook.about.assessment)]
        self.headline = list(dict.fromkeys(listed))

    def change(self, changed: Changed) -> Item:
        """Everything about one change."""
        subject = changed.subject
        group = self._group(subject, changed.before, changed.after)
        told = self._named(subject) | {
            "group": group,
            "before": self._side(subject, changed.before, group, 0),
            "after": self._side(subject, changed.after, group, 1),
            "with_unit": self._with_unit(subject),
        }
        if group == "argument":
            told |= self._argument(subject)
        if group == "alert":
            weights = [found.value[0] for found in (changed.after, changed.before) if found.value and found.value[0]]
            told |= {"severity": weights[0], "became": became(changed.before, changed.after), "went": why_it_went(changed.explanations)}
            told |= _signs(changed.before, changed.after)
        return told | self.reasons.of(changed)

    def brief(self, subject: Subject, before: Outcome, after: Outcome) -> Item:
        """The same in short, for many patients at once: nothing that a sentence would tell of the patient, and no cause.

        `weights`: of an alert, before and after. `silent`, `raised`: it stood and stands no more, or the other way round.
        """
        group = self._group(subject, before, after)
        told = self._named(subject) | {"group": group, "weights": None, "became": None}
        told |= {"before": self._shown(subject, before, group), "after": self._shown(subject, after, group)}
        if group == "alert":
            told |= {
                "weights": tuple(found.value[0] if found.value else None for found in (before, after)),
                "became": became(before, after),
            }
        return told | (_signs(before, after) if group == "alert" else {"silent": False, "raised": False})

    def grounds(self, found: OtherGrounds) -> Item:
        """A judgement with the same status on both sides, with both sentences."""
        sentences = [self.told.sentence(end, found.subject) for end in (self.before, self.after)]
        return self._named(found.subject) | {
            "status": found.status,
            "shown": self._extra["states"][found.status],
            "before": sentences[0],
            "after": sentences[1],
            "causes": [list(causes) for causes in found.attribution.sets],
            "rules": [self.reasons.rule(change) for change in found.rules],
        }

    def rule(self, subject: Subject) -> Rule | None:
        """As it is after, else as it was."""
        found = (end.decided.rulebook.by_id.get(subject.id) for end in (self.after, self.before))
        return next((rule for rule in found if rule is not None), None) if subject.kind == "rule" else None

    def is_helper(self, subject: Subject) -> bool:
        """Judged only on the way to something else."""
        rule = self.rule(subject)
        return rule is not None and (rule.kind in ("helper", "conflict") or rule.part_of is not None)

    # --- what it is ---------------------------------------------------------------------------------------------------------

    def _named(self, subject: Subject) -> Item:
        rule = self.rule(subject)
        told: Item = {"kind": subject.kind, "id": subject.id, "title": self._title(subject, rule)}
        if rule is not None:
            told |= {"topic": rule.topic, "class": rule.advice}
        if rule is not None and subject.unit is not None:
            unit = self.reasons.unit(rule.about, subject.unit)
            told |= {rule.about: subject.unit, "about": subject.unit if unit is None else self.words.unit_name(unit)}
        return told

    def _title(self, subject: Subject, rule: Rule | None) -> str:
        if rule is not None:
            return rule.title
        if subject.kind == "spectrum":
            return str(self._extra["compare"]["spectrum"])
        for end in (self.after, self.before):
            if subject.kind == "definition" and (found := definition_result(subject, end.decided)) is not None:
                return found.definition.label
            if subject.kind == "step" and (step := step_result(subject, end.decided)) is not None:
                return step.result.step.label
        return subject.id

    def _group(self, subject: Subject, before: Outcome, after: Outcome) -> str:
        rule = self.rule(subject)
        if rule is None:
            return _BY_KIND[subject.kind]
        if is_shown(before) or is_shown(after):
            return "alert"
        if rule.kind == "option" or (rule.advice and rule.kind != "helper"):
            return "advice"
        if subject.id in self.headline:
            return "headline"
        if rule.part_of is not None:
            return "argument" if "/" in rule.id and self._is_argument(rule) else "helper"
        settled = MET in (before.status, after.status)
        return "helper" if rule.kind == "helper" or (rule.kind == "conflict" and not settled) else "conclusion"

    def _is_argument(self, rule: Rule) -> bool:
        """A sentence for, against, or to bear in mind with an option; not a trait of a population."""
        owners = [end.decided.rulebook.by_id.get(rule.part_of or "") for end in (self.after, self.before)]
        return any(owner is not None and owner.option is not None for owner in owners) and MET in rule.says

    def _argument(self, subject: Subject) -> Item:
        """The option that it speaks about in place of a title, what kind of argument it is, and its sentence."""
        for end in (self.after, self.before):
            rule = end.decided.rulebook.by_id.get(subject.id)
            if rule is not None and rule.part_of is not None:
                section = subject.id.removeprefix(f"{rule.part_of}/").partition("/")[0]
                title = end.decided.rulebook.by_id[rule.part_of].title
                return {"title": title, "section": section, "sentence": self.told.text(end, rule.says[MET])}
        return {}

    def _with_unit(self, subject: Subject) -> str | None:
        """added or removed, where the trial or problem itself is there on one side only."""
        rule = self.rule(subject)
        if rule is None or subject.unit is None:
            return None
        was, now = (_has(end, rule.about, subject.unit) for end in (self.before, self.after))
        return None if was == now else "added" if now else "removed"

    # --- what it was and is -------------------------------------------------------------------------------------------------

    def _side(self, subject: Subject, found: Outcome, group: str, number: int) -> Item:
        end = (self.before, self.after)[number]
        told: Item = {"status": found.status, "shown": self._shown(subject, found, group)}
        match subject.kind:
            case "rule" if subject.key in end.decided.statuses and group != "helper":
                told["text"] = self.told.sentence(end, subject)
                if group == "alert":
                    told["severity"] = found.value[0]
            case "definition" if (result := definition_result(subject, end.decided)) is not None:
                told |= {"threshold": result.has_threshold}
                told |= score_shown(result.score, result.status) if result.score is not None else {}
                told["variants"] = {name: {"name": label, **score_shown(score, result.status)} for name, label, score in result.variants}
            case "spectrum":
                told["possible"] = list(found.value)
        return told

    def _shown(self, subject: Subject, found: Outcome, group: str) -> str:
        """The status in words."""
        own: Item = self._extra["compare"]["states"]
        if found.status in own:
            return str(own[found.status])
        match subject.kind:
            case "step":
                return str(self._extra["steps"][found.status])
            case "spectrum":
                labels = self.after.decided.rulebook.about.assessment.spectrum.labels
                if found.status in labels:
                    return labels[found.status]
                return str(self._extra["compare"]["places"]).format(n=len(found.value))
            case "definition":
                return str(self._extra["fulfilled"][found.status])
        if group == "advice":
            return str(self._extra["advice_states"][AS_RECOMMENDATION[found.status]])
        return str(self._extra["states"][found.status])


def _has(end: Mixture, record: str, unit_id: str) -> bool:
    return any(unit.id == unit_id for unit in end.decided.patient.units.get(record, ()))


def _headline(parts: AssessmentMap) -> list[str]:
    """Rules that make up the first lines of a page, in their order."""
    return [parts.refractoriness, *parts.criteria.values(), parts.spectrum.deterioration, *parts.situations.values()]


def _signs(before: Outcome, after: Outcome) -> Item:
    """Of an alert: did it stand among the alerts and stands no more, or the other way round?"""
    was, now = is_shown(before), is_shown(after)
    return {"silent": was and not now, "raised": now and not was}
