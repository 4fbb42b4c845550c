"""What a definition or an order came to, compared with what a case expects."""

from collections.abc import Iterator

from euthymia.assess import Reasoning
from euthymia.cases.files import Defined
from euthymia.explain.definitions import DefinitionResult
from euthymia.explain.ranking import RankingResult
from euthymia.explain.score import ScoreResult
from euthymia.facts.observation import number
from euthymia.rulebook.conditions import NOT_APPLICABLE

Row = dict[str, object]


def definition(wanted: Defined, result: DefinitionResult, reasoning: Reasoning) -> Iterator[str]:
    """Differences, each with what was expected and found."""
    name = f"definition {result.definition.id}"
    row: Row = {"status": result.status, **_score(result.score, result.status)}
    yield from _differences(name, wanted, row)
    if wanted.needs is not None and set(wanted.needs) != {*result.needs, *result.value_needs}:
        yield f"{name}, needs: expected {sorted(wanted.needs)}, found {sorted({*result.needs, *result.value_needs})}"
    if wanted.turns is not None:
        turns = {turn.fact for split in reasoning.splits if split.definition == result.definition.id for turn in split.turns}
        if set(wanted.turns) != turns:
            yield f"{name}, turns: expected {sorted(wanted.turns)}, found {sorted(turns)}"
    variants = {variant: score for variant, _, score in result.variants}
    for variant, defined in wanted.variants.items():
        if variant not in variants:
            yield f"{name}: no other reading called {variant}"
        else:
            yield from _differences(f"{name}, {variant}", defined, _score(variants[variant], result.status))


def _differences(name: str, wanted: Defined, row: Row) -> Iterator[str]:
    for key in sorted(wanted.model_fields_set - {"variants", "needs", "turns"}):
        if row.get(key) != getattr(wanted, key):
            yield f"{name}, {key}: expected {getattr(wanted, key)}, found {row.get(key)}"


def _score(score: ScoreResult | None, status: str) -> Row:
    if score is None or status == NOT_APPLICABLE:
        return {}
    return {
        "value": number(score.low) if score.settled else None,
        "low": number(score.low),
        "high": None if score.high is None else number(score.high),
        "label": score.labels[0] if len(score.labels) == 1 else None,
    }


def groups(result: RankingResult) -> list[list[str]]:
    """Ids by place; those that could not be placed are left out."""
    places = sorted({item.group for item in result.ranked if item.group is not None})
    return [sorted(item.unit for item in result.ranked if item.group == place) for place in places]
