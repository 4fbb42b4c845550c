"""Nothing that a patient file says reaches logs, stderr or the report of a defect."""

import logging
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import durable_rules_engine
import pytest

from euthymia import cli
from euthymia.consultation import Consultation
from euthymia.errors import Disagreement, EngineFault
from euthymia.inference import durable
from euthymia.inference.durable import RuleSet
from euthymia.inference.engine import _Run
from euthymia.inference.evaluate import Evaluator
from euthymia.inference.trace import Key
from euthymia.inference.view import View
from tests.shared import ON

MARK = "Zyxwv"
NUMBER = "7.531"
FILE = f"""\
schema: euthymia.patient/1
diagnosis:
  mdd: {{value: yes, source: "{MARK} source", note: "{MARK} note"}}
  primary_problem: {MARK} problem
  medical_drugs: [{MARK} drug]
  medical_comorbidities: [{MARK} illness]
episode: {{residual_symptoms: [{MARK} symptom]}}
area: {{methods: {{lifestyle: {MARK} method}}}}
trials:
  - id: t1
    modality: medication
    drug: {MARK} drug
    weeks_at_adequate_dose: {NUMBER}
    augmentation: [{MARK} augmentation]
    adherence: {{value: adequate, note: "{MARK} note"}}
  - {{id: t2, modality: psychotherapy, scale: {MARK} scale}}
latest_trial: t1
problems:
  - {{id: p1, name: {MARK} problem, linked_to: [{MARK} other]}}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A patient file with a mark in everything that names the patient's life."""
    path = tmp_path / "patient.yaml"
    path.write_text(FILE, encoding="utf-8")
    return path


def evaluator_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """One status of the evaluator is turned round."""
    honest = Evaluator.evaluate_view

    def flipped(evaluator: Evaluator, whole: View) -> dict[Key, str]:
        return {key: "not_met" if key.rule == "GF-E-A4" else status for key, status in honest(evaluator, whole).items()}

    monkeypatch.setattr(Evaluator, "evaluate_view", flipped)


def evaluator_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """The evaluator meets a view that lacks something."""

    def failing(_: Evaluator, whole: View) -> Any:
        return whole.statuses["nothing"]

    monkeypatch.setattr(Evaluator, "evaluate_view", failing)


def engine_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every fact is asserted twice, which durable_rules refuses."""
    honest = RuleSet.run
    monkeypatch.setattr(RuleSet, "run", lambda rules, facts: honest(rules, [*facts, *facts]))


def engine_gets_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text of the patient's stands where a word of the rules belongs."""
    honest = _Run._facts

    def wrong(run: _Run, *arguments: Any) -> Any:
        facts, names = honest(run, *arguments)
        return [{**fact, "v": f"{MARK} é"} for fact in facts], names

    monkeypatch.setattr(_Run, "_facts", wrong)


def engine_loses_facts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentinel never arrives."""
    monkeypatch.setattr(durable, "_SENTINEL", {**durable._SENTINEL, "c": "elsewhere"})


def core_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the core hands back cannot be read."""

    class Broken:
        def __getattr__(self, name: str) -> Any:
            return getattr(durable_rules_engine, name) if name != "complete_and_start_action" else lambda *_: f"{{{MARK}"

    monkeypatch.setattr(durable, "core", Broken())


DEFECTS: dict[Callable[[pytest.MonkeyPatch], None], type[Exception]] = {
    evaluator_is_wrong: Disagreement,
    evaluator_fails: KeyError,
    engine_refuses: EngineFault,
    engine_gets_text: EngineFault,
    engine_loses_facts: EngineFault,
    core_fails: EngineFault,
}


def test_an_assessment_logs_and_prints_nothing(
    consultation: Consultation, file: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """With logging at its most talkative, nothing of the patient is logged or printed on the way."""
    caplog.set_level(logging.DEBUG)
    assessment = consultation.assess(consultation.read(file, ON), ON)
    assert assessment.patient.observation("trial.drug@t1").value == f"{MARK} drug"
    out, err = capfd.readouterr()
    assert (out, err) == ("", "")
    assert MARK not in caplog.text


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.__name__)
def test_the_report_of_a_defect_names_no_patient_data(
    defect: Callable[[pytest.MonkeyPatch], None],
    consultation: Consultation,
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Message, notes, causes and traceback of whatever goes wrong inside hold names of rules and facts only."""
    caplog.set_level(logging.DEBUG)
    patient = consultation.read(file, ON)
    defect(monkeypatch)
    with pytest.raises(DEFECTS[defect]) as raised:
        consultation.assess(patient, ON)
    report = "".join(traceback.format_exception(raised.value)) + repr(raised.value) + caplog.text
    assert MARK not in without_source(report)
    assert NUMBER not in report


def without_source(report: str) -> str:
    """The report without the lines of source code that a traceback shows; here they hold the mark by construction."""
    return "\n".join(line for line in report.splitlines() if "MARK" not in line)


@pytest.mark.parametrize("defect", [evaluator_is_wrong, engine_refuses], ids=lambda defect: defect.__name__)
def test_the_command_names_no_patient_data_when_it_fails(
    defect: Callable[[pytest.MonkeyPatch], None], file: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A defect ends the command with an exception, no advice on stdout, and nothing of the patient anywhere."""
    monkeypatch.setattr(sys, "argv", ["euthymia", "assess", str(file), "--on", ON.isoformat()])
    defect(monkeypatch)
    with pytest.raises((Disagreement, EngineFault)) as raised:
        cli.main()
    out, err = capfd.readouterr()
    assert out == ""
    assert MARK not in err + "".join(traceback.format_exception(raised.value))
