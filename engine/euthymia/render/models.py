"""Definitions, the order of problems and the steps of the sequential treatment as data."""

from typing import Any

from euthymia.explain.definitions import DefinitionResult
from euthymia.explain.disagreement import Split, Turn
from euthymia.explain.ranking import Ranked, RankingResult, tied
from euthymia.explain.score import PartResult, ScoreResult
from euthymia.explain.sequence import SequenceResult, StepResult
from euthymia.facts.observation import number
from euthymia.render.shown import Shown
from euthymia.rulebook.conditions import MET


class Models:
    """Models of one assessment."""

    def __init__(self, shown: Shown) -> None:
        self.shown = shown
        self.assessment = shown.assessment
        self.rulebook = shown.rulebook

    # --- definitions ------------------------------------------------------------------------------------------------

    def definitions(self) -> dict[str, dict[str, Any]]:
        return {result.definition.id: self.definition(result) for result in self.assessment.definitions}

    def definition(self, result: DefinitionResult) -> dict[str, Any]:
        definition, shown = result.definition, self.shown
        split = next((split for split in self.assessment.splits if split.definition == definition.id), None)
        return {
            "name": definition.label,
            "kind": definition.kind,
            "status": result.status,
            **(score_shown(result.score, result.status) if result.score is not None else {"label": None}),
            "threshold": result.has_threshold,
            "needs": list(result.needs),
            "missing": shown.brief.needs(result.needs),
            "value_needs": list(result.value_needs),
            "value_missing": shown.brief.needs(result.value_needs),
            "asks_for": definition.asks_for,
            "provisional": definition.provisional,
            "certainty": definition.certainty,
            "rule": definition.fulfilled,
            "because": self._because(definition.fulfilled),
            "parts": [] if result.score is None else [_part(part, shown) for part in result.score.parts],
            "variants": {name: {"name": label, **score_shown(score, result.status)} for name, label, score in result.variants},
            "remarks": [self._remark(name) for name in definition.remarks if self._is_met(name)],
            "disagrees": None if split is None else self._split(split),
            "sources": shown.sources(definition.sources),
            "readings": list(definition.readings),
        }

    def _because(self, rule: str | None) -> list[dict[str, Any]]:
        return [] if rule is None else [self.shown.reason(reason) for reason in self.shown.assessment.named(rule).because]

    def _is_met(self, rule: str) -> bool:
        return any(item.rule.id == rule and item.status == MET for item in self.assessment.judgements)

    def _remark(self, rule: str) -> dict[str, Any]:
        met = [item for item in self.assessment.judgements if item.rule.id == rule and item.status == MET]
        return {"id": rule, "text": " ".join(dict.fromkeys(self.shown.sentences.said(item) for item in met))}

    def _split(self, split: Split) -> dict[str, Any]:
        """Why it is not fulfilled while others are, and which single facts would bring it to the same result."""
        return {
            "fulfilled": list(split.fulfilled),
            "facts": [self.shown.fact(name) for name in split.facts],
            "turns": [{**self.shown.fact(turn.fact), "with": self._other_value(turn), "brings": turn.brings} for turn in split.turns],
        }

    def _other_value(self, turn: Turn) -> str:
        return self.shown.words.value(self.rulebook.facts[turn.fact.partition("@")[0]], turn.other)

    # --- the order of problems --------------------------------------------------------------------------------------

    def rankings(self) -> list[dict[str, Any]]:
        return [self._ranking(result) for result in self.assessment.rankings]

    def _ranking(self, result: RankingResult) -> dict[str, Any]:
        ranking = result.ranking
        return {
            "id": ranking.id,
            "title": ranking.title,
            "record": ranking.record,
            "provisional": result.applies != MET,
            "ranked": [self._ranked(item, result) for item in result.ranked],
            "ties": tied(result.ranked),
            "sources": self.shown.sources(ranking.sources),
            "readings": list(ranking.readings),
        }

    def _ranked(self, item: Ranked, result: RankingResult) -> dict[str, Any]:
        keys = result.ranking.keys
        return {
            "id": item.unit,
            "name": item.name,
            "place": item.group,
            "grounds": [self._ground(key.fact, item, place, len(key.order)) for key, place in zip(keys, item.places, strict=True)],
            "links": list(item.links),
            "other_links": list(item.unknown_links),
            "marks": list(item.marks),
        }

    def _ground(self, fact: str, item: Ranked, place: int | None, values: int) -> dict[str, Any]:
        declared = self.rulebook.facts[fact]
        if values:
            observed = self.shown.patient.observation(f"{fact}@{item.unit}")
            return {"fact": fact, "label": declared.label, "shown": self.shown.words.value(declared, observed), "known": observed.known}
        listed = self.shown.patient.observation(fact)
        there = place is not None and listed.known and place < len(listed.value)
        return {"fact": fact, "label": declared.label, "known": listed.known, "place": place + 1 if there and place is not None else None}

    # --- steps of a treatment that has an order ---------------------------------------------------------------------

    def sequences(self) -> list[dict[str, Any]]:
        return [self._sequence(result) for result in self.assessment.sequences]

    def _sequence(self, result: SequenceResult) -> dict[str, Any]:
        sequence = result.sequence
        return {
            "id": sequence.id,
            "title": sequence.title,
            "chosen": result.chosen,
            "steps": [self._step(step, place) for place, step in enumerate(result.steps, start=1)],
            "sources": self.shown.sources(sequence.sources),
            "readings": list(sequence.readings),
        }

    def _step(self, result: StepResult, place: int) -> dict[str, Any]:
        judged = self.shown.assessment.named(result.step.rule)
        return {
            "place": place,
            "label": result.step.label,
            "rule": result.step.rule,
            "state": result.state,
            "advised": result.advised,
            "text": self.shown.sentences.said(judged),
            "first": None if result.first is None else result.first.isoformat(),
            "last": None if result.last is None else result.last.isoformat(),
        }


def score_shown(score: ScoreResult, status: str) -> dict[str, Any]:
    """Value, range and name; nothing of it where the model does not apply."""
    if status == "not_applicable":
        return {"value": None, "low": None, "high": None, "label": None, "possible_labels": [], "unit": score.score.unit}
    return {
        "value": number(score.low) if score.settled else None,
        "low": number(score.low),
        "high": None if score.high is None else number(score.high),
        "label": score.labels[0] if len(score.labels) == 1 else None,
        "possible_labels": list(score.labels),
        "unit": score.score.unit,
    }


def _part(result: PartResult, shown: Shown) -> dict[str, Any]:
    return {
        "id": result.part.id,
        "label": result.part.label,
        "low": number(result.low),
        "high": None if result.high is None else number(result.high),
        "named": list(result.labels),
        "certainty": result.part.certainty,
        "sources": shown.sources(result.part.sources),
    }
