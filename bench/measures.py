"""The measurements. Each returns rows of the table; sizes are parameters, so that a test can run them small."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench import patients
from bench.handwritten import GOAL, Handwritten
from bench.rulebooks import only, times
from bench.timing import ON, ROOT, Row, alternating, compared, seconds, told
from euthymia.assess import Assessment, assess
from euthymia.consultation import Consultation
from euthymia.errors import EngineFault
from euthymia.explain.vocabulary import Vocabulary
from euthymia.facts.patient import Patient
from euthymia.inference.agreement import Decision, Engines, decide
from euthymia.inference.durable import RuleSet
from euthymia.inference.engine import Engine
from euthymia.inference.evaluate import Evaluator
from euthymia.inference.view import View, views
from euthymia.resources import bundled
from euthymia.rulebook.load import load_rulebook
from euthymia.rulebook.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured."""

    repeats: int = 15
    generated: int = 200
    trials: tuple[int, ...] = (2, 8, 64)
    rulebooks: tuple[int, ...] = (1, 5, 20)
    evaluations: tuple[int, int] = (300, 1_500)
    threads: int = 8
    starts: int = 5
    started: str = "nakama-2014"
    recorded: tuple[str, ...] = ("nakama-2014", "complete")
    appended: int = 20
    chain: int = 20_000
    clinicians: int = 50
    minutes: float = 1.0


def evaluator_against_hand(consultation: Consultation, sizes: Sizes) -> Iterator[Row]:
    """The evaluator against hand-written Python on the same rules, which must agree first."""
    rulebook = only(consultation.rulebook, GOAL)
    evaluator, handwritten = Evaluator(rulebook), Handwritten(rulebook.parameters)
    whole = [*patients.examples(consultation), *patients.several(consultation, sizes.generated)]
    whole += patients.near_complete(consultation, sizes.generated)
    looked_at = [views(patient, rulebook.facts) for patient in whole]
    differing = sorted({rule for view in looked_at for rule in differences(evaluator, handwritten, view)})
    text = f"differs for {', '.join(differing)}" if differing else "agree on every status"
    yield Row(f"{len(rulebook.rules)} rules, {len(whole)} patients", "evaluator and hand-written code", text, "")
    by_hand, by_rule = alternating([_each(handwritten.judge, looked_at), _each(evaluator.evaluate_view, looked_at)], sizes.repeats)
    yield compared("the same, a patient", ("hand-written", "evaluator"), (by_hand / len(whole), by_rule / len(whole)))


def differences(evaluator: Evaluator, handwritten: Handwritten, view: View) -> set[str]:
    """Rules for which the two find something else."""
    meant, found = evaluator.evaluate_view(view), handwritten.judge(view)
    return {key.rule for key in meant.keys() | found.keys() if meant.get(key) != found.get(key)}


def _each(act: Callable[[Any], object], items: list[Any]) -> Callable[[], object]:
    return lambda: [act(item) for item in items]


def decision_against_bare_engine(consultation: Consultation, sizes: Sizes) -> Iterator[Row]:
    """A decision and an assessment against durable_rules alone, on the examples."""
    everybody = patients.examples(consultation)
    with consultation.engines.pool.engine() as engine:
        work = [step for patient in everybody for step in recorded(engine, views(patient, engine.catalogue))]
    vocabulary = Vocabulary(consultation.rulebook)
    bare, both, explained = alternating(
        [
            lambda: [rules.run(facts) for rules, facts in work],
            lambda: [decided_anew(consultation.engines, patient) for patient in everybody],
            lambda: [_assessed_anew(consultation.engines, vocabulary, patient) for patient in everybody],
        ],
        max(sizes.repeats // 3, 1),
    )
    number = len(everybody)
    yield compared("an example patient: both engines", ("bare durable_rules", "decision"), (bare / number, both / number))
    yield compared("the same, with reasons", ("bare durable_rules", "assessment"), (bare / number, explained / number))
    yield from _typical(consultation, everybody, sizes)


def decided_anew(engines: Engines, patient: Patient) -> Decision:
    """A decision as about a patient never seen before: nothing that fired earlier is remembered."""
    engines.pool.forget()
    return decide(engines, patient)


def _assessed_anew(engines: Engines, vocabulary: Vocabulary, patient: Patient) -> Assessment:
    engines.pool.forget()
    return assess(engines, vocabulary, patient, ON)


def _typical(consultation: Consultation, everybody: list[Patient], sizes: Sizes) -> Iterator[Row]:
    """The example in the middle, by the time that its decision takes."""
    repeats = max(sizes.repeats // 3, 1)
    taken = [seconds(lambda one=patient: decided_anew(consultation.engines, one), repeats) for patient in everybody]  # type: ignore[misc]
    yield Row("one decision, over the examples", f"median {told(median(taken))}", f"longest {told(max(taken))}", f"{len(taken)} patients")


def recorded(engine: Engine, whole: View) -> list[tuple[RuleSet, list[dict[str, Any]]]]:
    """Each rule set that one evaluation runs, with the facts that it runs on."""
    runs: list[tuple[RuleSet, list[dict[str, Any]]]] = []
    honest = RuleSet.run
    engine.forget()

    def recording(rules: RuleSet, facts: list[dict[str, Any]]) -> list[tuple[str, tuple[str, ...]]]:
        runs.append((rules, facts))
        return honest(rules, facts)

    RuleSet.run = recording  # type: ignore[method-assign, assignment]
    try:
        engine.evaluate(whole)
    finally:
        RuleSet.run = honest  # type: ignore[method-assign]
    return runs


def growth_with_trials(consultation: Consultation, sizes: Sizes) -> Iterator[Row]:
    """A decision about a patient with more and more trials."""
    people = [patients.with_trials(consultation, many) for many in sizes.trials]
    taken = alternating([_decision(consultation.engines, patient) for patient in people], sizes.repeats)
    for many, time_taken in list(zip(sizes.trials, taken, strict=True))[1:]:
        yield compared(f"decision: {many} trials", (f"{sizes.trials[0]} trials", f"{many} trials"), (taken[0], time_taken))


def _decision(engines: Engines, patient: Patient) -> Callable[[], object]:
    return lambda: decided_anew(engines, patient)


def growth_with_rules(consultation: Consultation, sizes: Sizes) -> Iterator[Row]:
    """The evaluator and whole decisions by a rulebook of more and more rules; the engine may refuse to hold so many."""
    patient = patients.with_trials(consultation, 2)
    rulebooks = {many: times(consultation.rulebook, many) for many in sizes.rulebooks}
    acts = {many: _evaluation(Evaluator(rulebook), patient) for many, rulebook in rulebooks.items()}
    yield from _grown("evaluator", rulebooks, acts, sizes.repeats)
    acts = {}
    for many, rulebook in rulebooks.items():
        try:
            acts[many] = _decision(Engines(rulebook), patient)
        except EngineFault as fault:
            yield Row(_size("decision", many, rulebook), "refused before it starts", str(fault), "")
    yield from _grown("decision", rulebooks, acts, max(sizes.repeats // 3, 1))


def _grown(what: str, rulebooks: dict[int, Rulebook], acts: dict[int, Callable[[], object]], repeats: int) -> Iterator[Row]:
    taken = dict(zip(acts, alternating(list(acts.values()), repeats), strict=True))
    least = min(taken)
    for many in sorted(taken.keys() - {least}):
        yield compared(_size(what, many, rulebooks[many]), (f"× {least}", f"× {many}"), (taken[least], taken[many]))


def _size(what: str, many: int, rulebook: Rulebook) -> str:
    return f"{what}: rulebook × {many} ({len(rulebook.rules)} rules)"


def _evaluation(evaluator: Evaluator, patient: Patient) -> Callable[[], object]:
    return lambda: evaluator.evaluate(patient)


def memory(sizes: Sizes) -> Iterator[Row]:
    """Memory of a process of its own after some and after many decisions."""
    few, many = sizes.evaluations
    done = subprocess.run(
        [sys.executable, "-m", "bench.memory", str(few), str(many)], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )
    before, after = (int(word) for word in done.stdout.split())
    ratio = f"{after / before:.2f} ×"
    yield Row("memory of the process", f"{few:,} decisions {before / 1024:.0f} MB", f"{many:,} decisions {after / 1024:.0f} MB", ratio)


def threads(consultation: Consultation, sizes: Sizes) -> Iterator[Row]:
    """Decisions a second by several threads on one rulebook, against one thread."""
    people = patients.examples(consultation) * max(sizes.repeats // 5, 1)

    def together(number: int) -> object:
        with ThreadPoolExecutor(number) as pool:
            return list(pool.map(lambda patient: decided_anew(consultation.engines, patient), people))

    alone, many = alternating([lambda: together(1), lambda: together(sizes.threads)], max(sizes.repeats // 5, 1))
    names = ("1 thread", f"{sizes.threads} threads")
    told_as = [f"{name} {len(people) / taken:.0f} a second" for name, taken in zip(names, (alone, many), strict=True)]
    yield Row("decisions by threads on one rulebook", told_as[0], told_as[1], f"{alone / many:.2f} ×")


def start_up(sizes: Sizes) -> Iterator[Row]:
    """The command from its start to its end, against Python itself."""
    example = ROOT / "examples" / f"{sizes.started}.yaml"
    commands = (["-c", "pass"], ["-m", "euthymia", "--version"], ["-m", "euthymia", "assess", str(example), "--on", ON.isoformat()])
    taken = alternating([_command(command) for command in commands], sizes.starts)
    yield compared("the command `euthymia --version`", ("python", "euthymia"), (taken[0], taken[1]))
    yield compared("the command `euthymia assess`", ("euthymia --version", "assess"), (taken[1], taken[2]))


def _command(arguments: list[str]) -> Callable[[], object]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "engine"), os.environ.get("PYTHONPATH", "")])}
    command = [sys.executable, *arguments]
    return lambda: subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)


def set_up(sizes: Sizes, rules: Path | None = None) -> Iterator[Row]:
    """Reading, checking and compiling the rules, against one decision."""
    consultation = Consultation(rules)
    patient = patients.small(consultation)
    read = seconds(lambda: load_rulebook(rules or bundled("rules")), max(sizes.repeats // 5, 1))
    ready = seconds(lambda: Consultation(rules), max(sizes.repeats // 5, 1))
    once = seconds(lambda: decided_anew(consultation.engines, patient), sizes.repeats)
    yield Row("rules read and checked", told(read), f"one decision {told(once)}", f"{read / once:.0f} ×")
    yield Row("rules read, checked and compiled", told(ready), f"one decision {told(once)}", f"{ready / once:.0f} ×")
