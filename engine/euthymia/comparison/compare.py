"""Two sides and all between them, compared: every change with its cause."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from euthymia.comparison.causes import Attribution, Switched, attribute
from euthymia.comparison.decided import Decided
from euthymia.comparison.explained import Explaining, Explanation
from euthymia.comparison.outcomes import Outcome, Subject, outcome

At = Callable[[Switched], Decided | None]  # the mixture with these causes at after; None where it cannot be assessed


@dataclass(frozen=True, slots=True)
class Changed:
    """A subject that came to something else, and why. `explanations`: one for each set of causes that is enough."""

    subject: Subject
    before: Outcome
    after: Outcome
    attribution: Attribution
    explanations: tuple[Explanation, ...]


def changed(at: At, differing: Sequence[str], judged: Iterable[Subject], explaining: Explaining) -> tuple[Changed, ...]:
    """Those of `judged` that came to something else. Raises Unattributed, a defect, for a change that nothing explains."""
    found: list[Changed] = []
    for subject in judged:
        before, after = (_outcome(subject, at(end)) for end in (frozenset[str](), frozenset(differing)))
        if before is not None and after is not None and before != after:
            found.append(_changed(subject, before, after, at, differing, explaining))
    return tuple(found)


def _changed(subject: Subject, before: Outcome, after: Outcome, at: At, differing: Sequence[str], explaining: Explaining) -> Changed:
    attribution = attribute(lambda switched: _outcome(subject, at(switched)), differing)
    explanations = tuple(explaining.of(subject, causes, after) for causes in attribution.sets)
    return Changed(subject, before, after, attribution, explanations)


def _outcome(subject: Subject, decided: Decided | None) -> Outcome | None:
    return None if decided is None else outcome(subject, decided)
