"""Why, and what would change it, for every conclusion of every example: how long each question takes, and how many have an answer."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter

from bench import patients
from bench.timing import ON, Row, progress, told
from euthymia.assess import Reasoning
from euthymia.consultation import Consultation
from euthymia.facts.patient import Patient
from euthymia.inference.agreement import decide


@dataclass
class _Found:
    """Seconds of every question, and what it found."""

    why: list[float] = field(default_factory=list)
    change: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    flips: int = 0
    feasible: int = 0
    proved: int = 0


def explanations(consultation: Consultation) -> Iterator[Row]:
    """One row for each kind of question, and the counts."""
    found, everybody = _Found(), patients.examples(consultation)
    for number, patient in enumerate(everybody, start=1):
        progress(f"explaining example {number} of {len(everybody)}")
        _explain(consultation, patient, found)
    judged = len(found.why)
    yield Row(f"why, {judged} judgements of {len(everybody)} examples", *_spread(found.why))
    yield Row("what would change it, for the same", *_spread(found.change))
    with_why = len(found.sizes)  # one without would have stopped the measurement with an error
    longest = max(found.sizes, default=0)
    yield Row("judgements with a why", f"{with_why} of {judged}", f"longest {longest} facts", f"{with_why / judged:.0%}")
    yield Row("ways out asked for", f"{found.flips}", f"{found.feasible} can happen, {found.proved} proved smallest", "")


def _explain(consultation: Consultation, patient: Patient, found: _Found) -> None:
    """Every judgement that is not a helper, each asked by itself."""
    decision = decide(consultation.engines, patient)
    asked = Reasoning(consultation.engines, consultation.vocabulary, decision, patient, ON).explanations
    for key in [key for key in decision.statuses if consultation.rulebook.by_id[key.rule].kind != "helper"]:
        started = perf_counter()
        why = asked.why(key)
        found.why.append(perf_counter() - started)
        found.sizes.append(len(why.sets[0].facts))
        started = perf_counter()
        flips = asked.flips(key)
        found.change.append(perf_counter() - started)
        found.flips += len(flips)
        found.feasible += sum(bool(flip.sets) for flip in flips)
        found.proved += sum(bool(flip.sets) and flip.proved for flip in flips)


def _spread(seconds: list[float]) -> tuple[str, str, str]:
    ordered = sorted(seconds)
    most = ordered[int(0.95 * (len(ordered) - 1))]
    return f"median {told(median(ordered))}", f"95 of 100 within {told(most)}", f"longest {told(ordered[-1])}"
