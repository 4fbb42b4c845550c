"""The command as its three users know it: exit codes, messages, one document a file."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import euthymia
from tests.shared import ROOT

COMPLETE = ROOT / "examples" / "complete.yaml"


def write(folder: Path, text: str, name: str = "patient.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_json_is_one_document_and_nothing_else(tmp_path: Path) -> None:
    """Standard output of --format json parses as one assessment; nothing stands on standard error."""
    done = euthymia("assess", COMPLETE, "--format", "json", "--on", "2026-11-20", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["schema"] == "euthymia.assessment/1"
    assert done.stderr == ""


def test_several_files_give_one_document_each_and_progress_on_standard_error(tmp_path: Path) -> None:
    """One JSON document a line, in the order of the files."""
    done = euthymia("assess", COMPLETE, ROOT / "examples" / "only-an-age.yaml", "--format", "json", "--on", "2026-11-20", cwd=tmp_path)
    documents = [json.loads(line) for line in done.stdout.splitlines()]
    assert [len(document["trials"]) for document in documents] == [2, 0]
    assert "2 of 2" in done.stderr


@pytest.mark.parametrize("audience", ["clinician", "patient", "auditor"])
@pytest.mark.parametrize("form", ["text", "html"])
def test_every_audience_gets_a_page_that_says_what_it_is_not(form: str, audience: str, tmp_path: Path) -> None:
    """No page without the statement that this is no medical device or no diagnosis, and that a clinician decides."""
    done = euthymia("assess", COMPLETE, "--format", form, "--audience", audience, "--on", "2026-11-20", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    shown = " ".join(done.stdout.lower().split())
    assert ("medical device" in shown or "no diagnosis" in shown) and "clinician" in shown


def test_text_in_a_pipe_is_plain(tmp_path: Path) -> None:
    """No escape sequences where nobody sees colours."""
    assert "\x1b" not in euthymia("assess", COMPLETE, "--on", "2026-11-20", cwd=tmp_path).stdout


def test_all_mistakes_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    """File, line, key, what was found, what is allowed; exit code 2; nothing is assessed."""
    path = write(
        tmp_path,
        "schema: euthymia.patient/1\n"
        "patient: {age_years: 144, sx: female}\n"
        "episode:\n  severity: sevear\n"
        "diagnosis: {anxiety_disorder: no, anxiety_disorder_main: yes}\n"
        "latest_trial: t9\n"
        "trials:\n  - {id: t1, modality: medication, dose_daily: 100}\n  - {id: t1, modality: drugs}\n",
    )
    done = euthymia("assess", path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    for part in (
        f"{path}:2: patient.age_years: found 144; allowed: 0 to 120",
        f"{path}:2: patient.sx: unknown key (did you mean 'sex'?)",
        f"{path}:4: episode.severity: found 'sevear'; allowed: mild, moderate, severe, unknown, not_applicable (did you mean 'severe'?)",
        f"{path}:5: diagnosis.anxiety_disorder: The anxiety disorder is called the main diagnosis",
        f"{path}:6: latest_trial: no trial 't9'",
        f"{path}:8: trials[0].dose_unit: is missing",
        f"{path}:9: trials[1].id: 't1' is used twice",
        f"{path}:9: trials[1].modality: found 'drugs'",
    ):
        assert part in done.stderr


def test_mistakes_between_facts_are_told_too(tmp_path: Path) -> None:
    """References, repeated ids, units and lengths that cannot be true."""
    path = write(
        tmp_path,
        "latest_trial: t9\n"
        "trials:\n"
        "  - {id: t1, modality: medication, dose_daily: 100, weeks_total: 40, started: 2025-01-01, ended: 2025-03-01}\n"
        "  - {id: t1, modality: medication}\n"
        "  - {id: t2}\n",
    )
    done = euthymia("assess", path, "--on", "2026-11-20")
    assert done.returncode == 2
    told = ("no trial 't9'", "'t1' is used twice", "a dose needs its unit", "found 40 weeks, but the dates", "a trial needs its modality")
    assert [part for part in told if part not in done.stderr] == []


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("assess", "missing.yaml"), "cannot be read"),
        (("assess", COMPLETE, "--on", "tomorrow"), "allowed: a day, YYYY-MM-DD"),
        (("assess", COMPLETE, "--rules", "nowhere"), "no such folder"),
        (("assess", COMPLETE, COMPLETE, "--format", "html"), "--output DIR"),
        (("rules", "check", "nowhere"), "no such folder"),
        (("rules", "test", "nowhere"), "no case files"),
        (("schema", "patients"), "allowed: patient, rules"),
    ],
)
def test_wrong_arguments_give_one_clear_line(arguments: tuple[str, ...], part: str, tmp_path: Path) -> None:
    """Exit code 2, no traceback, nothing on standard output."""
    done = euthymia(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert part in done.stderr and "Traceback" not in done.stderr


def test_rules_check_reports_every_mistake_with_file_and_line(tmp_path: Path) -> None:
    """An author who breaks two files sees both."""
    rules = Path(shutil.copytree(ROOT / "rules", tmp_path / "rules"))
    for name, old, new in (
        ("refractoriness/criterion-a.yaml", "trial.weeks_at_adequate_dose >=", "trial.weeks_at_adequat_dose >="),
        ("parameters/refractoriness.yaml", "value: 4\n", "value: four\n"),
    ):
        text = (rules / name).read_text(encoding="utf-8")
        assert old in text
        (rules / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    done = euthymia("rules", "check", rules)
    assert done.returncode == 2
    assert "criterion-a.yaml:" in done.stderr and "did you mean 'trial.weeks_at_adequate_dose'?" in done.stderr
    assert "parameters/refractoriness.yaml:" in done.stderr and "found four" in done.stderr.replace("'", "")


def test_a_rule_without_a_case_is_named_where_it_stands(tmp_path: Path) -> None:
    """In the folder that the author gave, whatever it is called."""
    shutil.copytree(ROOT / "tests" / "tiny", tmp_path / "mine")
    cases = "schema: euthymia.cases/1\ncases:\n  - case: One\n    expect: {word: undetermined}\n"
    (tmp_path / "constructs").mkdir()
    write(tmp_path / "constructs", cases, "cases.yaml")
    done = euthymia("rules", "test", "constructs", "--rules", "mine", cwd=tmp_path)
    assert done.returncode == 2
    assert f"{Path('mine/constructs/constructs.yaml')}:7: word has no case for met, not_met\n" in done.stdout


def test_a_wrong_case_is_a_mistake_and_no_traceback(tmp_path: Path) -> None:
    """With file, line and key."""
    cases = write(tmp_path, "schema: euthymia.cases/1\ncases:\n  - case: One\n    on: tomorrow\n", "cases.yaml")
    done = euthymia("rules", "test", cases, "--rules", ROOT / "tests" / "tiny")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"{cases}:4: cases[0].on: found 'tomorrow'; allowed: a day, YYYY-MM-DD, 1900 to 2200\n"


def test_an_assessment_by_other_rules_uses_their_threshold(tmp_path: Path) -> None:
    """A guideline author changes a number in YAML alone, and the result changes."""
    rules = Path(shutil.copytree(ROOT / "rules", tmp_path / "my-rules"))
    patient = write(tmp_path, "trials: [{id: t1, modality: medication, weeks_at_adequate_dose: 5}]\n")
    before = json.loads(euthymia("assess", patient, "--format", "json").stdout)
    path = rules / "parameters" / "refractoriness.yaml"
    text = path.read_text(encoding="utf-8")
    start = text.index("id: medication_trial_minimum_weeks")
    path.write_text(text[:start] + text[start:].replace("value: 4", "value: 6", 1), encoding="utf-8")
    after = json.loads(euthymia("assess", patient, "--format", "json", "--rules", rules).stdout)

    def status(document: dict[str, list[dict[str, str]]]) -> str:
        return next(item["status"] for item in document["conclusions"] if item["id"] == "GF-E-A4")

    assert (status(before), status(after)) == ("met", "not_met")


def test_pages_can_be_written_into_a_folder(tmp_path: Path) -> None:
    """--output writes one whole file for each patient and leaves nothing half written."""
    done = euthymia("assess", COMPLETE, ROOT / "examples" / "only-an-age.yaml", "--format", "html", "--output", tmp_path / "pages")
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (tmp_path / "pages").iterdir()) == ["complete.html", "only-an-age.html"]


def test_a_defect_keeps_its_traceback_and_shows_no_patient(tmp_path: Path) -> None:
    """Exit code 1, a traceback for us, and none of the patient's words."""
    program = (
        "import sys; from euthymia import cli; from euthymia.inference import durable, engine\n"
        "def broken(self, whole): raise durable.EngineFault('forced')\n"
        "engine.Engine.evaluate = broken\n"
        "sys.argv = ['euthymia', 'assess', sys.argv[1]]; cli.main()\n"
    )
    path = write(tmp_path, "trials: [{id: t1, modality: medication, drug: marked-drug-name}]\n")
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "engine")}
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, env=environment, timeout=120, check=False
    )
    assert done.returncode == 1
    assert "Traceback" in done.stderr and "forced" in done.stderr
    assert "marked-drug-name" not in done.stderr + done.stdout


def test_one_page_never_overwrites_another(tmp_path: Path) -> None:
    """Two patients in files of one name are refused before anything is written."""
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder, "patient: {age_years: 44}\n")
    done = euthymia("assess", "a/patient.yaml", "b/patient.yaml", "--output", "out", cwd=tmp_path)
    assert done.returncode == 2
    assert "would be written over another page" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("place", ["suicide-risk.yaml", "safety/suicide-risk.yml", "facts/deep/suicide-risk.yaml"])
def test_a_rule_file_in_the_wrong_place_is_a_mistake(place: str, tmp_path: Path) -> None:
    """A safety rule must not vanish because its file was moved or renamed."""
    rules = Path(shutil.copytree(ROOT / "rules", tmp_path / "rules"))
    (rules / place).parent.mkdir(parents=True, exist_ok=True)
    shutil.move(rules / "safety" / "suicide-risk.yaml", rules / place)
    done = euthymia("rules", "check", rules)
    assert done.returncode == 2
    assert f"{rules / place}: is not read here" in done.stderr


def test_a_reader_that_goes_away_is_no_fault(tmp_path: Path) -> None:
    """A closed pipe ends the command quietly, with exit code 0."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "engine")}
    command = f"{sys.executable} -m euthymia assess {COMPLETE} --format json | head -c 10; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=environment, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_clinician_sees_who_said_a_fact_and_when(tmp_path: Path) -> None:
    """Source, date and note of a fact stand on the text page too."""
    path = write(tmp_path, "risk: {suicidal_ideation: {value: yes, source: patient, date: 2026-11-18, note: passive wish}}\n")
    done = euthymia("assess", path, "--on", "2026-11-20")
    assert "suicidal thoughts now: yes (patient; 2026-11-18; passive wish)" in " ".join(done.stdout.split())
