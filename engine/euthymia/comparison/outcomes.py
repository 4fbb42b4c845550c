"""What can change between two assessments: judgements, definitions, the place on the spectrum, steps of a sequence."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from euthymia.assess import spectrum_of
from euthymia.comparison.decided import Decided
from euthymia.explain.definitions import Defining, DefinitionResult
from euthymia.explain.score import ScoreResult
from euthymia.explain.sequence import StepResult, stand
from euthymia.inference.trace import Key
from euthymia.rulebook.conditions import MET, UNDETERMINED

ABSENT = "absent"
NOT_CHOSEN = "not_chosen"


class Subject(NamedTuple):
    """Something that is judged. `unit`: the trial or problem. The id of a step is that of its sequence with a number, `sequence/2`."""

    kind: Literal["rule", "definition", "spectrum", "step"]
    id: str
    unit: str | None = None

    @property
    def key(self) -> Key:
        """Of a rule."""
        return Key(self.id, self.unit)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a subject came to: its status, and what else must be alike for two outcomes to be the same: the weight of an alert, a score,
    the places that are possible."""

    status: str
    value: tuple[Any, ...] = ()


NOWHERE = Outcome(ABSENT)  # no such rule, or no such trial


def rules_judged(decided: Decided) -> Iterator[Subject]:
    """Every judgement of a rule."""
    for key in decided.statuses:
        yield Subject("rule", key.rule, key.unit)


def subjects(decided: Decided) -> Iterator[Subject]:
    """Everything that is judged."""
    yield from rules_judged(decided)
    for definition in decided.rulebook.definitions:
        yield Subject("definition", definition.id)
    yield Subject("spectrum", "spectrum")
    for sequence in decided.rulebook.sequences:
        for number in range(1, len(sequence.steps) + 1):
            yield Subject("step", f"{sequence.id}/{number}")


def outcome(subject: Subject, decided: Decided) -> Outcome:
    """What a subject comes to. Only the rules that it hangs on need to have been judged."""
    match subject.kind:
        case "rule":
            status = decided.statuses.get(subject.key)
            rule = decided.rulebook.by_id.get(subject.id)
            return NOWHERE if status is None or rule is None else Outcome(status, (rule.alert, rule.advice))
        case "definition":
            result = definition_result(subject, decided)
            if result is None:
                return NOWHERE
            scores = [result.score, *(score for _, _, score in result.variants)]
            return Outcome(result.status, tuple(_range(score) for score in scores if score is not None))
        case "spectrum":
            place = spectrum_of(decided.rulebook, decided.statuses)
            return Outcome(place.category or UNDETERMINED, place.possible)
        case "step":
            step = step_result(subject, decided)
            return NOWHERE if step is None else Outcome(step.state if step.state_counts else NOT_CHOSEN)


def _range(score: ScoreResult) -> tuple[Any, ...]:
    return (score.low, score.high, score.labels)


def definition_result(subject: Subject, decided: Decided) -> DefinitionResult | None:
    """The result of a definition, without what it needs; None where the rulebook does not have it."""
    definition = next((item for item in decided.rulebook.definitions if item.id == subject.id), None)
    if definition is None:
        return None
    defining = Defining(decided.rulebook, decided.view, decided.statuses, lambda _: (), lambda name: name)
    return defining.of(definition)


class Step(NamedTuple):
    """A step, and whether it counts: the treatment that it belongs to was chosen."""

    result: StepResult
    state_counts: bool

    @property
    def state(self) -> str:
        return self.result.state


def step_result(subject: Subject, decided: Decided) -> Step | None:
    name, _, number = subject.id.rpartition("/")
    sequence = next((item for item in decided.rulebook.sequences if item.id == name), None)
    if sequence is None or int(number) > len(sequence.steps):
        return None
    result = stand(sequence, decided.patient, decided.statuses, decided.on)
    return Step(result.steps[int(number) - 1], result.chosen == MET)
