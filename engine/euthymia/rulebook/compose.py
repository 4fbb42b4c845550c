"""Entries of rule files turned into rules: an option's arguments, a table's lines and a sequence's steps become rules of their own."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from euthymia.rulebook import definition as made
from euthymia.rulebook import definition_files as written
from euthymia.rulebook import plan_files
from euthymia.rulebook.base import Citation, ConditionText, citations
from euthymia.rulebook.conditions import MET, UNDETERMINED, Condition, StatusIs
from euthymia.rulebook.files import RuleEntry
from euthymia.rulebook.lines import Names, Wrong
from euthymia.rulebook.option_files import SECTIONS, OptionEntry
from euthymia.rulebook.parse import Parser, Report
from euthymia.rulebook.plans import Due, Ranking, RankingKey, Sequence, SequenceStep
from euthymia.rulebook.rule import Argument, Option, Origin, Rule

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Owner:
    """What made rules inherit from: the rule or definition that they belong to."""

    id: str
    sources: tuple[Citation, ...]
    strength: str | None
    readings: tuple[str, ...]
    topic: str
    origin: Origin


class Composer:
    """Makes the rules that belong to one entry of one file. `rules` collects them; `report` takes every mistake."""

    def __init__(self, names: Names, report: Report, owner: Owner) -> None:
        self.names = names
        self.report = report
        self.owner = owner
        self.rules: list[Rule] = []
        self._parser = Parser(names, report)

    def judged(self, raw: ConditionText, place: Place, name: str, title: str, about: str = "patient", **more: Any) -> str:
        """The id of the rule that judges a condition: the one that it names, or one made for it."""
        condition = self._parser.parse(raw, place, about)
        if isinstance(condition, StatusIs) and condition.wanted == (MET,) and self.names.rules[condition.rule] == about and not more:
            return condition.rule
        rule_id = f"{self.owner.id}/{name}"
        if condition is not None:
            self.rules.append(self._rule(rule_id, title, about, condition, **more))
        return rule_id

    def _rule(self, rule_id: str, title: str, about: str, when: Condition, **more: Any) -> Rule:
        owner = self.owner
        return Rule(
            id=rule_id, title=title, kind="helper", about=about, applies=None, when=when, sources=owner.sources, strength=owner.strength,
            evidence=more.get("evidence", ()), readings=owner.readings, reminder=False, alert=None, advice=None, asks=(), shows=(),
            says=more.get("says", {}), tells={}, topic=owner.topic, origin=owner.origin, part_of=owner.id,
        )  # fmt: skip

    # --- options ----------------------------------------------------------------------------------------------------

    def option(self, entry: OptionEntry, rule: RuleEntry) -> Option:
        return Option(
            under=entry.under, offers=tuple(entry.offers), modality=tuple(entry.modality), adds_drug=entry.adds_drug == "yes",
            arguments=tuple(self._arguments(entry, rule)), excludes=tuple(entry.excludes),
        )  # fmt: skip

    def _arguments(self, entry: OptionEntry, rule: RuleEntry) -> Iterator[Argument]:
        for section in SECTIONS:
            for number, item in enumerate(getattr(entry, "for_" if section == "for" else section), start=1):
                text = item.is_ if section == "population" else item.says
                evidence = tuple(item.evidence)
                place = ("option", section, number - 1, "when")
                judged = None
                if item.when is not None:
                    title = f"{rule.title}, {section} {number}"
                    judged = self.judged(item.when, place, f"{section}/{number}", title, evidence=evidence, says=_said(section, text))
                yield Argument(section, text, judged, evidence)

    # --- definitions ------------------------------------------------------------------------------------------------

    def definition(self, entry: written.DefinitionEntry) -> made.Definition:
        return made.Definition(
            id=entry.id, label=entry.label, kind=entry.kind, asks_for=entry.asks_for, sources=self.owner.sources,
            certainty=entry.certainty, provisional=entry.provisional, readings=tuple(entry.readings), applies=entry.applies,
            fulfilled=entry.fulfilled, score=None if entry.score is None else self._score(entry.score, ("score",), "", entry),
            variants=tuple(
                (item.id, item.label, self._score(item.score, ("variants", number, "score"), f"{item.id}/", entry))
                for number, item in enumerate(entry.variants)
            ),
            remarks=tuple(entry.remarks), origin=self.owner.origin,
        )  # fmt: skip

    def _score(self, entry: written.ScoreEntry, place: Place, prefix: str, whole: written.DefinitionEntry) -> made.Score:
        parts = tuple(self._part(part, (*place, "parts", number), prefix, whole) for number, part in enumerate(entry.parts))
        return made.Score(entry.unit, parts, tuple((_exact(item.from_), item.label) for item in entry.labels))

    def _part(self, entry: written.PartEntry, place: Place, prefix: str, whole: written.DefinitionEntry) -> made.Part:
        sources = citations(entry.source) or self.owner.sources
        return made.Part(entry.id, entry.label, self._how(entry, place, f"{prefix}{entry.id}"), sources, entry.certainty or whole.certainty)

    def _how(self, entry: written.PartEntry, place: Place, name: str) -> made.Choose | made.Ladder | made.Number | made.Each:
        if entry.choose is not None:
            return made.Choose(self._steps(entry.choose, (*place, "choose"), name, entry.label))
        if entry.ladder is not None:
            return made.Ladder(self._steps(entry.ladder, (*place, "ladder"), name, entry.label))
        if entry.count is not None and entry.bands is not None:
            record, rule = self._where(entry.count, (*place, "count"), name, entry.label)
            bands = tuple(made.Band(band.from_, _exact(band.points), band.label) for band in entry.bands)
            distinct = self._parser.distinct(entry.count.distinct, record, (*place, "count", "distinct"))
            return made.Number(record, rule, distinct, bands)
        assert entry.each is not None
        record, rule = self._where(entry.each, (*place, "each"), name, entry.label)
        times = self._times(entry.each.times, record, (*place, "each", "times"))
        least = self._times(entry.each.at_least, record, (*place, "each", "at_least"))
        return made.Each(record, rule, _exact(entry.each.points), times, least)

    def _where(self, entry: written.CountEntry | written.EachEntry, place: Place, name: str, label: str) -> tuple[str, str]:
        record = entry.of.removesuffix("s")
        return record, self.judged(entry.where, (*place, "where"), name, label, record)

    def _times(self, fact: str | None, record: str, place: Place) -> str | None:
        if fact is None:
            return None
        declared = dict(self.names.facts.items()).get(fact)
        if declared is None or declared.record != record or not (declared.is_list or declared.is_number):
            self.report(place, f"found '{fact}'; allowed: a list or a number of the record {record}")
        return fact

    def _steps(self, entries: list[written.ChoiceEntry], place: Place, name: str, label: str) -> tuple[made.Step, ...]:
        return tuple(
            made.Step(
                _exact(entry.points),
                entry.label,
                self.judged(entry.when, (*place, number, "when"), f"{name}/{number + 1}", entry.label or f"{label}, {number + 1}"),
            )
            for number, entry in enumerate(entries)
        )

    # --- orders and sequences ---------------------------------------------------------------------------------------

    def ranking(self, entry: plan_files.RankingEntry) -> Ranking:
        keys = tuple(RankingKey(key.fact or key.list_ or "", tuple(key.order)) for key in entry.by)
        marks = tuple(
            (self.judged(mark.when, ("marks", number, "when"), f"mark/{number + 1}", mark.says, entry.record), mark.says)
            for number, mark in enumerate(entry.marks)
        )
        return Ranking(
            entry.id, entry.title, entry.record, entry.name, entry.links, entry.applies, self.owner.sources, self.owner.readings, keys,
            marks, self.owner.origin,
        )  # fmt: skip

    def sequence(self, entry: plan_files.SequenceEntry) -> Sequence:
        steps = tuple(self._sequence_step(step, number) for number, step in enumerate(entry.steps))
        return Sequence(entry.id, entry.title, self.owner.sources, self.owner.readings, entry.chosen, steps, self.owner.origin)

    def _sequence_step(self, entry: plan_files.StepEntry, number: int) -> SequenceStep:
        place = ("steps", number)
        done = self.judged(entry.done, (*place, "done"), f"{number + 1}/done", f"{entry.label}: done")
        begun = None if entry.begun is None else self.judged(entry.begun, (*place, "begun"), f"{number + 1}/begun", f"{entry.label}: begun")
        return SequenceStep(entry.label, entry.rule, done, begun, None if entry.due is None else self._due(entry.due, (*place, "due")))

    def _due(self, entry: plan_files.DueEntry, place: Place) -> Due | None:
        facts = self.names.facts
        if entry.since not in facts or facts[entry.since].unit != "weeks" or facts[entry.since].record in facts.many:
            self.report((*place, "since"), f"found '{entry.since}'; allowed: a fact about the patient in weeks")
            return None
        try:
            first, last = (int(self._parser.plain_number(text)) for text in (entry.from_, entry.until))
        except Wrong as wrong:
            self.report(place, str(wrong))
            return None
        if last < first:
            self.report((*place, "until"), f"found {last}; allowed: {first} or more, where the window begins")
        return Due(entry.since, first, last, (entry.from_.removeprefix("$"), entry.until.removeprefix("$")))


def _said(section: str, text: str) -> dict[str, str]:
    """The sentence of an argument; of a trait of a population only its name is told."""
    return {} if section == "population" else {MET: text, UNDETERMINED: text}


def _exact(value: float) -> Fraction:
    return Fraction(str(value))
