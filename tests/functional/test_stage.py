"""`euthymia stage`: one patient through every definition of resistance and every staging model."""

import json
from pathlib import Path

import pytest

from euthymia.consultation import Consultation
from tests.command import Done, euthymia
from tests.shared import ROOT

AGE = ROOT / "examples" / "only-an-age.yaml"
DEFINITIONS = [
    "guidi_fava", "markowitz_2022", "conway_2017", "fda_ema", "esm", "gsrd", "dtd", "thase_rush", "mgh_s", "msm", "dm_trd",
]  # fmt: skip


def stage(*arguments: str | Path, cwd: Path | None = None) -> Done:
    """Run the command as a user would, on a fixed day."""
    return euthymia("stage", *arguments, "--on", "2026-11-20", cwd=cwd)


def test_every_definition_stands_on_the_page(consultation: Consultation, tmp_path: Path) -> None:
    """All eleven, in the order of the rulebook, after the alerts and the statement that none of them is the right one."""
    done = stage(AGE, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    page = " ".join(done.stdout.split())
    labels = {definition.id: definition.label for definition in consultation.rulebook.definitions}
    assert sorted(labels) == sorted(DEFINITIONS)
    places = [page.find(f"{labels[name]}: ") for name in DEFINITIONS]
    first = page.index("No definition is the right one")
    assert page.index("Critical") < first < places[0]
    assert places == sorted(places)
    assert "\x1b" not in done.stdout


def test_json_is_the_definitions_and_nothing_else(tmp_path: Path) -> None:
    """One document: its schema, the day, the rulebook, the alerts and each definition by its id."""
    done = stage(AGE, "--format", "json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    assert list(document) == ["schema", "on", "rulebook", "alerts", "definitions"]
    assert (document["schema"], document["on"]) == ("euthymia.assessment/1", "2026-11-20")
    assert list(document["definitions"]) == DEFINITIONS
    assert {item["status"] for item in document["definitions"].values()} <= {"met", "not_met", "undetermined", "not_applicable"}


def test_several_files_give_one_line_each(tmp_path: Path) -> None:
    """In the order of the files, with progress on standard error alone; an age alone settles no definition."""
    (tmp_path / "untreated.yaml").write_text("process: {treatment_history_complete: yes}\ntrials: []\n", encoding="utf-8")
    done = stage(AGE, "untreated.yaml", "--format", "json", cwd=tmp_path)
    first, second = [json.loads(line)["definitions"] for line in done.stdout.splitlines()]
    assert {item["status"] for item in first.values()} == {"undetermined"}
    assert second["fda_ema"]["status"] == "not_met"
    assert "2 of 2" in done.stderr


@pytest.mark.parametrize(
    ("text", "message"),
    [("patient: {age_years: 144}\n", "patient.age_years: found 144; allowed: 0 to 120"), (None, "cannot be read")],
    ids=["mistake", "missing"],
)
def test_nothing_is_shown_while_one_file_is_wrong(text: str | None, message: str, tmp_path: Path) -> None:
    """Exit code 2, the mistake with its file, and nothing on standard output, not even of the file that is right."""
    if text is not None:
        (tmp_path / "wrong.yaml").write_text(text, encoding="utf-8")
    done = stage(AGE, "wrong.yaml", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "wrong.yaml" in done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_format_that_stage_does_not_have_is_refused(tmp_path: Path) -> None:
    """Definitions are written as text or JSON."""
    done = stage(AGE, "--format", "html", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
