"""An explanation as data: the facts that force a status with the rules between, what would change it, and how firm it is."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from euthymia.assess import Assessment, Judgement
from euthymia.explain.changing import Change, Flip
from euthymia.explain.explanation import Explanation
from euthymia.explain.firmness import Firm
from euthymia.explain.spans import Span, spans
from euthymia.explain.tracing import Step
from euthymia.explain.vocabulary import OTHER
from euthymia.explain.why import Why
from euthymia.facts.catalogue import Declaration
from euthymia.facts.observation import number
from euthymia.render.shown import Shown
from euthymia.render.words import plain, with_unit
from euthymia.rulebook.conditions import MET, UNDETERMINED


class Explained:
    """Explanations of one assessment in words."""

    def __init__(self, shown: Shown) -> None:
        self.shown = shown
        self.words = shown.words
        self.facts = shown.rulebook.facts
        self.vocabulary = shown.assessment.explanations.vocabulary

    def of(self, judgement: Judgement) -> dict[str, Any]:
        """The explanation of one judgement as plain data.

        No range is told for a critical alert: it would read as if a smaller number made the danger smaller.
        """
        found = self.shown.assessment.explanations.of(judgement.key)
        return {
            "why": self._why(found.why),
            "would_change": [self._flip(found.why.status, flip) for flip in found.flips],
            "holds": [] if judgement.rule.alert == "critical" else [self._firm(firm) for firm in found.firm],
            "age": self._age(found),
        }

    # --- why --------------------------------------------------------------------------------------------------------

    def why(self, judgement: Judgement) -> dict[str, Any]:
        """The facts that force it and the rules between, without what would change it."""
        return self._why(self.shown.assessment.explanations.why(judgement.key))

    def _why(self, why: Why) -> dict[str, Any]:
        named = dict.fromkeys(name for forced in why.sets for name in forced.facts)
        return {
            "sets": [list(forced.facts) for forced in why.sets],
            "more": why.more,
            "facts": {name: self._fact(name) for name in named},
            "tree": self._step(why.sets[0].tree, set()),
        }

    def _fact(self, name: str) -> dict[str, Any]:
        fact = self.shown.fact(name)
        return {**fact, "shown": fact["shown"] or self.words.words["not_known"]}

    def _step(self, step: Step, seen: set[Step]) -> dict[str, Any]:
        """A step that stands elsewhere in the tree already is only named again."""
        judged = self.shown.assessment.named(str(step.key))
        if step in seen:
            return {**self.shown.heading(judged), "again": True}
        seen.add(step)
        return {
            **self.shown.judgement(judged),
            "facts": [{"name": ground.fact, "test": ground.test} for ground in step.grounds],
            "steps": [self._step(inner, seen) for inner in step.steps],
        }

    # --- what would change it ---------------------------------------------------------------------------------------

    def _flip(self, status: str, flip: Flip) -> dict[str, Any]:
        return {
            "from": status,
            "to": flip.to,
            "sets": [[self._change(change) for change in changes] for changes in flip.sets],
            "more": flip.more,
            "proved": flip.proved,
        }

    def _change(self, change: Change) -> dict[str, Any]:
        fact, now = self.facts[change.fact.partition("@")[0]], self._fact(change.fact)
        return {
            "fact": change.fact,
            "label": now["label"],
            "asked": change.asked,
            "now": now["shown"],
            "to": self._values(fact, change),
            "changes": fact.changes,
        }

    def _values(self, fact: Declaration, change: Change) -> str:
        """What the fact could become, in words: `adequate`, `4 weeks or more`, `includes anhedonia`."""
        if fact.is_number:
            stretches = spans(fact, self.vocabulary, [value[0] for value in change.values])
            return self._or(self.span(stretch, fact.unit) for stretch in stretches)
        if fact.is_list:
            return self._members(fact, change)
        if fact.type == "text":
            return self.words.words["any_text" if not fact.compared else "another_name"]
        if fact.type == "reference":
            return self._or(self.shown.unit_name("trial", value) for value in change.values)
        return self._or(plain(value) for value in change.values)

    def _members(self, fact: Declaration, change: Change) -> str:
        observed = self.shown.patient.observation(change.fact)
        held = frozenset(observed.value) if observed.known else frozenset()
        words, told = self.words.words, list[str]()
        if not held and (whole := self._of_an_open_list(fact, change)):
            return whole
        single = [member for value in change.values if len(value - held) == 1 and held <= value for member in value - held]
        for value in change.values:
            added, gone = sorted(value - held, key=str), sorted(held - value, key=str)
            if not value:
                told.append(words["none"])
            elif gone and not added:
                told.append(words["without"].format(items=self.words.listed(map(plain, gone))))
            elif gone or len(added) > 1:
                told.append(words["including"].format(items=self.words.listed(map(self._member, added))))
        if single:
            told.append(words["including"].format(items=self._or(map(self._member, single))))
        return self._or(dict.fromkeys(told))

    def _of_an_open_list(self, fact: Declaration, change: Change) -> str:
        """Where a list must lack something, one that does not: naming what it may hold would be untrue of a list that holds both."""
        words, singles = self.words.words, {member for value in change.values if len(value) == 1 for member in value}
        lacking = [member for member in self.vocabulary.all_members(fact) if member not in singles]
        empty = any(not value for value in change.values)
        if not lacking:
            return words["any_members"] if empty else words["not_none"]
        return words["lacking"].format(items=self._or(map(self._member, lacking))) if empty and singles else ""

    def _member(self, member: Any) -> str:
        return self.words.words["something_else"] if member == OTHER else plain(member)

    def _or(self, items: Iterable[str]) -> str:
        return self.words.listed(items, "or")

    # --- how firm ---------------------------------------------------------------------------------------------------

    def _firm(self, firm: Firm) -> dict[str, Any]:
        unit = self.facts[firm.fact.partition("@")[0]].unit
        now = self._fact(firm.fact)
        shown = {name: now[name] for name in ("label", "value", "shown")}
        return {"fact": firm.fact, **shown, "range": self.span(firm.span, unit), **_ends(firm.span), "any": firm.any}

    def span(self, span: Span, unit: str | None) -> str:
        """`4 weeks or more`, `less than 4 weeks`, `from 4 to 8 weeks`."""
        words = self.words.words
        low = None if span.low is None else with_unit(number(span.low), unit)
        high = None if span.high is None else with_unit(number(span.high), unit)
        if low is None and high is None:
            return words["any_number"]
        if high is None:
            return words["or_more" if span.with_low else "more_than"].format(low=low)
        if low is None:
            return words["or_less" if span.with_high else "less_than"].format(high=high)
        if low == high:
            return low
        if span.low == 0 and not span.with_high:
            return words["less_than"].format(high=high)
        ends = ("from" if span.with_low else "more_than_and") + ("_to" if span.with_high else "_below")
        return words[ends].format(low=low if unit == "%" else _bare(span.low), high=high)

    def _age(self, found: Explanation) -> dict[str, Any]:
        age = found.age
        oldest = None if age.oldest is None else age.oldest.isoformat()
        return {"oldest": oldest, "weeks": age.weeks, "dated": age.dated, "undated": age.undated}


def explained_by_default(assessment: Assessment) -> set[str]:
    """Judgements whose explanations stand on every page: alerts, advice that is given, and the headings."""
    headings = {rule for _, rule in assessment.rulebook.about.assessment.headings}
    found = set()
    for item in assessment.judgements:
        rule, met = item.rule, item.status == MET
        advised = met and (rule.advice is not None or rule.kind == "option")
        raised = rule.alert is not None and (met or (rule.alert == "critical" and item.status == UNDETERMINED))
        if rule.id in headings or advised or raised:
            found.add(str(item.key))
    return found


def _ends(span: Span) -> dict[str, Any]:
    """The stretch in the fact's unit; null where it has no end."""
    low, high = (None if end is None else number(end) for end in (span.low, span.high))
    return {"low": low, "low_included": span.with_low, "high": high, "high_included": span.with_high}


def _bare(end: Fraction | None) -> str:
    return "" if end is None else str(number(end))
