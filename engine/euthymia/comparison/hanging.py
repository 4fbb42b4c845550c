"""What a subject hangs on: rules and facts, read through all the rules that it refers to."""

from collections.abc import Iterator
from dataclasses import dataclass

from euthymia.comparison.outcomes import Subject
from euthymia.explain.vocabulary import Vocabulary
from euthymia.rulebook.definition import Definition, Each, Number, Score
from euthymia.rulebook.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Hanging:
    """`around`: facts of every trial and problem matter, and which of them there are; else only those of the subject's own unit."""

    rules: frozenset[str]
    facts: frozenset[str]
    around: bool


NOTHING = Hanging(frozenset(), frozenset(), False)


def hangs_on(subject: Subject, rulebook: Rulebook, vocabulary: Vocabulary) -> Hanging:
    """Everything that could matter to the outcome by this rulebook; nothing where it does not know the subject."""
    start = set(_own_rules(subject, rulebook))
    if not start:
        return NOTHING
    rules = frozenset[str]().union(*(vocabulary.dependence.rules(name) for name in start))
    facts = set(_own_facts(subject, rulebook)).union(*(vocabulary.reads(rulebook, name) for name in start))
    around = subject.unit is None or any(vocabulary.looks_around(rulebook, name) for name in start)
    if around:  # a count hangs on whether the list is complete; units without a name, on what kind of treatment they are
        facts |= {record.complete_when for record in rulebook.facts.records if record.complete_when} | {"trial.modality"}
    return Hanging(rules, frozenset(facts), around)


def _own_rules(subject: Subject, rulebook: Rulebook) -> Iterator[str]:
    match subject.kind:
        case "rule":
            yield from (name for name in (subject.id,) if name in rulebook.by_id)
        case "definition":
            yield from (rule for item in rulebook.definitions if item.id == subject.id for rule in item.rules)
        case "spectrum":
            yield from rulebook.about.assessment.spectrum.bands.values()
            yield rulebook.about.assessment.spectrum.deterioration
        case "step":
            for sequence in rulebook.sequences:
                if subject.id.rpartition("/")[0] == sequence.id:
                    yield sequence.chosen
                    yield from (rule for step in sequence.steps for rule in (step.rule, step.done, step.begun) if rule)


def _own_facts(subject: Subject, rulebook: Rulebook) -> Iterator[str]:
    """Facts that no rule reads: those that points are counted by, and that a step is due by."""
    if subject.kind == "definition":
        for definition in (item for item in rulebook.definitions if item.id == subject.id):
            yield from _counted(definition)
    if subject.kind == "step":
        steps = (step for sequence in rulebook.sequences if subject.id.rpartition("/")[0] == sequence.id for step in sequence.steps)
        yield from (step.due.since for step in steps if step.due is not None)


def _counted(definition: Definition) -> Iterator[str]:
    scores: list[Score | None] = [definition.score, *(score for _, _, score in definition.variants)]
    for part in (part for score in scores if score is not None for part in score.parts):
        if isinstance(part.how, Each):
            yield from (name for name in (part.how.times, part.how.at_least) if name)
        elif isinstance(part.how, Number) and part.how.distinct:
            yield part.how.distinct
