"""One rulebook serves many threads; an engine that failed is not used again; engines that differ give no advice."""

import dataclasses
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from euthymia.assess import Assessment
from euthymia.consultation import Consultation
from euthymia.errors import Defect, Disagreement, EngineFault
from euthymia.facts.patient_file import PatientFile
from euthymia.inference import engine
from euthymia.inference.agreement import Engines, decide
from euthymia.inference.durable import RuleSet
from euthymia.inference.engine import Engine
from euthymia.inference.evaluate import Evaluator
from euthymia.inference.trace import Firing, Key
from euthymia.inference.view import View
from euthymia.rulebook.conditions import Compare
from tests.shared import ON, ROOT

EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))


@pytest.fixture(scope="module")
def patients(consultation: Consultation) -> list[PatientFile]:
    """The example patients."""
    return [consultation.read(path, ON) for path in EXAMPLES]


@pytest.fixture
def engines(consultation: Consultation) -> Engines:
    """The shipped rulebook, with a pool of its own."""
    return Engines(consultation.rulebook)


def test_eight_threads_find_what_one_finds(engines: Engines, patients: list[PatientFile]) -> None:
    """Decisions made by eight threads at once, statuses and firings, equal those made one by one."""

    def judge(file: PatientFile) -> tuple[dict[Key, str], tuple[Firing, ...]]:
        decision = decide(engines, file.patient)
        return decision.statuses, decision.firings

    alone = [judge(patient) for patient in patients]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(judge, patients * 4))
    assert together == alone * 4


def test_threads_share_a_consultation(consultation: Consultation) -> None:
    """Files read and assessed by several threads at once give equal assessments."""

    def assess(_: int) -> Assessment:
        return consultation.assess(consultation.read(ROOT / "examples" / "only-an-age.yaml", ON), ON)

    with ThreadPoolExecutor(8) as threads:
        first, *others = threads.map(assess, range(8))
    assert all(other == first for other in others)


def test_engines_are_used_again(engines: Engines, patients: list[PatientFile], monkeypatch: pytest.MonkeyPatch) -> None:
    """Evaluations one after the other need one engine only."""
    built = counted(monkeypatch)
    for patient in patients:
        decide(engines, patient.patient)
    assert len(built) == 1


def test_what_fired_over_the_very_same_facts_is_remembered_until_it_is_forgotten(
    engines: Engines, patients: list[PatientFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Statuses and firings are the same with and without; after `forget` everything fires again."""
    runs: list[RuleSet] = []
    honest = RuleSet.run

    def counting(rules: RuleSet, facts: list[dict[str, Any]]) -> Any:
        runs.append(rules)
        return honest(rules, facts)

    found = [decide(engines, patient.patient) for patient in patients]
    monkeypatch.setattr(RuleSet, "run", counting)
    again = [decide(engines, patient.patient) for patient in patients]
    assert runs == []
    engines.pool.forget()
    anew = [decide(engines, patient.patient) for patient in patients]
    assert len(runs) >= len(patients)
    assert [(one.statuses, one.firings) for one in again] == [(one.statuses, one.firings) for one in anew]
    assert [one.statuses for one in found] == [one.statuses for one in anew]


def test_an_engine_remembers_no_more_than_its_share(engines: Engines, patients: list[PatientFile], monkeypatch: pytest.MonkeyPatch) -> None:
    """What was used last is kept."""
    monkeypatch.setattr(engine, "_REMEMBERED", 1)
    for patient in patients[:3]:
        decide(engines, patient.patient)
    with engines.pool.engine() as used:
        assert len(used._fired) == 1


def counted(monkeypatch: pytest.MonkeyPatch) -> list[Engine]:
    """Every engine that is built from here on."""
    built: list[Engine] = []
    build = Engine.__init__

    def remember(engine: Engine, *arguments: Any) -> None:
        built.append(engine)
        build(engine, *arguments)

    monkeypatch.setattr(Engine, "__init__", remember)
    return built


@pytest.mark.parametrize("error", [EngineFault("lost"), KeyError("bug"), KeyboardInterrupt()], ids=lambda error: type(error).__name__)
def test_an_engine_that_raised_is_thrown_away(
    error: BaseException, engines: Engines, patients: list[PatientFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever was raised, the engine is closed and the next patient gets a new one, with the right result."""
    right = decide(engines, patients[0].patient).statuses
    engines.pool.forget()
    built, closed = counted(monkeypatch), list[Engine]()
    monkeypatch.setattr(Engine, "close", lambda engine: closed.append(engine))  # noqa: PLW0108
    with monkeypatch.context() as broken:
        broken.setattr(RuleSet, "run", raising(error))
        with pytest.raises(type(error)):
            decide(engines, patients[0].patient)
    assert len(closed) == 1
    assert decide(engines, patients[0].patient).statuses == right
    assert len(built) == 1
    assert built != closed


def raising(error: BaseException) -> Callable[..., Any]:
    def run(*_: Any) -> Any:
        raise error

    return run


def flip(monkeypatch: pytest.MonkeyPatch, rule: str) -> None:
    """Let the evaluator say the opposite of what it found for one rule."""
    honest = Evaluator.evaluate_view

    def flipped(evaluator: Evaluator, whole: View) -> dict[Key, str]:
        found = honest(evaluator, whole)
        return {key: "not_met" if key.rule == rule else status for key, status in found.items()}

    monkeypatch.setattr(Evaluator, "evaluate_view", flipped)


def test_a_disagreement_is_no_decision(consultation: Consultation, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the evaluator says otherwise about one rule, the error names rule, both statuses and the facts, and no value."""
    patient = consultation.read(ROOT / "examples" / "complete.yaml", ON)
    assert consultation.assess(patient, ON).status("GF-E-E1") == "met"
    flip(monkeypatch, "GF-E-E1")
    with pytest.raises(Disagreement) as raised:
        consultation.assess(patient, ON)
    lines = str(raised.value).splitlines()
    assert lines[1:] == ["GF-E-E1: evaluator not_met; durable_rules met from process.appraisal_given"]


def test_an_engine_that_differed_is_thrown_away(engines: Engines, patients: list[PatientFile], monkeypatch: pytest.MonkeyPatch) -> None:
    """With all that it remembers: the next decision is made by another one."""
    patient = next(patient for path, patient in zip(EXAMPLES, patients, strict=True) if path.stem == "complete").patient
    built = counted(monkeypatch)
    with monkeypatch.context() as lying:
        flip(lying, "GF-E-E1")
        with pytest.raises(Disagreement):
            decide(engines, patient)
    assert decide(engines, patient).statuses[Key("GF-E-E1", None)] == "met"
    assert len(built) == 2


def test_a_disagreement_about_a_trial_names_the_trial(consultation: Consultation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """For a rule that is judged for each trial the error says which one by its number: its id is the user's own text."""
    file = tmp_path / "patient.yaml"
    file.write_text("trials: [{id: t1, modality: medication, drug: Sekretin, weeks_at_adequate_dose: 4.321, adherence: adequate}]")
    patient = consultation.read(file, ON)
    flip(monkeypatch, "GF-E-A4")
    with pytest.raises(Disagreement) as raised:
        consultation.assess(patient, ON)
    assert "GF-E-A4, unit 1: evaluator not_met; durable_rules met from trial.modality, trial.weeks_at_adequate_dose" in str(raised.value)
    for value in ("Sekretin", "4.321", "4321", "adequate\n"):
        assert value not in "".join(traceback.format_exception(raised.value)).replace("GF-E-A4", "")


def test_a_status_that_one_engine_lacks_is_a_disagreement(consultation: Consultation, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that one engine did not judge at all counts as a difference."""
    patient = consultation.read(ROOT / "examples" / "only-an-age.yaml", ON).patient
    honest = Evaluator.evaluate_view

    def forgetful(evaluator: Evaluator, whole: View) -> dict[Key, str]:
        return {key: status for key, status in honest(evaluator, whole).items() if key.rule != "GF-E-00"}

    monkeypatch.setattr(Evaluator, "evaluate_view", forgetful)
    with pytest.raises(Disagreement, match="GF-E-00: evaluator None; durable_rules undetermined from nothing"):
        decide(consultation.engines, patient)


def test_two_conclusions_about_one_rule_are_a_fault(consultation: Consultation, engines: Engines, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were a rule concluded to be met and not met at once, there would be no decision."""
    patient = consultation.read(ROOT / "examples" / "complete.yaml", ON).patient
    honest = RuleSet.run

    def everything(rules: RuleSet, facts: list[dict[str, Any]]) -> list[tuple[str, tuple[str, ...]]]:
        honest(rules, facts)
        return [(name, ()) for name in rules.layer.concludes]

    monkeypatch.setattr(RuleSet, "run", everything)
    with pytest.raises(EngineFault, match="durable_rules concluded met and not_met for "):
        decide(engines, patient)


def test_rules_that_do_not_fit_are_refused_before_any_patient(consultation: Consultation) -> None:
    """A rulebook beyond what durable_rules bears is a fault at once, not at the first patient."""
    rule = consultation.rulebook.by_id["GF-E-A5"]
    copies = tuple(dataclasses.replace(rule, id=f"copy-{number}", when=bound(number)) for number in range(70))
    with pytest.raises(EngineFault, match=r"tests after .*; durable_rules bears 60"):
        Engines(dataclasses.replace(consultation.rulebook, rules=copies))


def bound(number: int) -> Compare:
    return Compare("trial.psychotherapy_weeks", ">=", Fraction(number))


def test_disagreement_and_engine_fault_are_defects() -> None:
    """Both are mistakes of the program, never of the input."""
    assert issubclass(Disagreement, Defect)
    assert issubclass(EngineFault, Defect)
