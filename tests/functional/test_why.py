"""euthymia why: any status explained, in text and as JSON."""

import json
import re
from pathlib import Path

import pytest

from tests.command import euthymia
from tests.functional.test_command_line import write
from tests.shared import ROOT

COMPLETE = ROOT / "examples" / "complete.yaml"
ON = ("--on", "2026-11-20")
LATE = """
trials:
  - {id: t1, modality: medication, drug: sertraline, stop_reason: ongoing, weeks_at_adequate_dose: 3}
"""


def explained(path: Path, name: str) -> list[dict[str, object]]:
    done = euthymia("why", path, name, *ON, "--format", "json")
    assert done.returncode == 0, done.stderr
    found: list[dict[str, object]] = json.loads(done.stdout)["explained"]
    return found


def why(path: Path, name: str, *more: str) -> str:
    done = euthymia("why", path, name, *ON, *more)
    assert done.returncode == 0, done.stderr
    return " ".join(done.stdout.split())


def test_a_status_goes_down_to_facts_with_what_was_noted_about_them() -> None:
    """Why a trial counts: the rules' own sentences, the facts under them, and who said so."""
    page = why(COMPLETE, "GF-E-A9@t1")
    assert "Trial t1 (sertraline) failed: Kellner's score is 5" in page
    assert "Kellner's global rating of change in trial t1 (sertraline): 5 (source: clinician" in page
    assert "In place of anxiety disorder, this would do as well: anxiety disorder as the main diagnosis: no." in page


def test_a_rule_about_trials_is_explained_for_each_trial() -> None:
    """Without a trial, all of them."""
    assert [item["trial"] for item in explained(COMPLETE, "GF-E-A9")] == ["t1", "t2"]


def test_numbers_say_within_what_range_the_status_holds() -> None:
    """Eleven weeks, where four are needed."""
    assert "weeks at an adequate dose in trial t1 (sertraline): 4 weeks or more; now 11 weeks" in why(COMPLETE, "GF-E-A4@t1")


def test_time_can_still_lengthen_a_treatment_that_goes_on(tmp_path: Path) -> None:
    """Three weeks, going on: long enough from four on. After it was stopped, nothing can lengthen it."""
    assert "It would hold if weeks at an adequate dose in trial t1 (sertraline) became 4 weeks or more (now 3 weeks)." in why(
        write(tmp_path, LATE), "GF-E-A4@t1"
    )
    over = write(tmp_path, LATE.replace("ongoing", "no_effect"), "over.yaml")
    assert "Nothing on file that can still change would make it hold." in why(over, "GF-E-A4@t1")


def test_what_was_done_stays_done() -> None:
    """An assessment that was made cannot be unmade."""
    assert "Nothing on file that can still change would make it hold." in why(COMPLETE, "GF-B-12")


def test_what_the_drug_table_proposed_gives_way_to_what_is_stated() -> None:
    """Also for a treatment of the past: nobody has stated it yet."""
    page = why(ROOT / "examples" / "guo-2022.yaml", "GF-E-A6@t3")
    assert "It would no longer hold if adequacy of the dose in trial t3 (bupropion) turned out to be no." in page


def test_a_critical_alert_tells_no_range() -> None:
    """It would read as if a smaller number made the danger smaller."""
    assert "stays so" not in why(COMPLETE, "GF-K-01")


def test_what_cannot_be_told_yet_says_which_missing_facts_keep_it_open_and_what_each_answer_would_do(tmp_path: Path) -> None:
    """Unknown is never no: an open status has reasons, and both ways out."""
    (item,) = explained(write(tmp_path, "trials: [{id: t1, modality: medication, drug: sertraline}]\n"), "GF-E-A8@t1")
    assert item["status"] == "undetermined"
    explanation = item["explanation"]
    assert isinstance(explanation, dict)
    assert explanation["why"]["sets"] == [["trial.modality@t1", "trial.adherence@t1"]]
    ways = {flip["to"]: [change["to"] for changes in flip["sets"] for change in changes] for flip in explanation["would_change"]}
    assert ways == {"met": ["adequate"], "not_met": ["inadequate"]}


@pytest.mark.parametrize("name", ["msm", "guidi_fava", "conway_2017", "A", "a", "refractoriness", "ask-about-suicide-now", "GF-J-22"])
def test_definitions_headings_alerts_and_options_are_explained(name: str) -> None:
    """By their ids, whatever their status."""
    assert "What would change it" in why(COMPLETE, name)


def test_the_auditor_sees_every_set_every_step_and_the_line_of_each_rule() -> None:
    """Names of facts, the tests, file and line."""
    page = why(COMPLETE, "GF-E-A9@t1", "--audience", "auditor")
    assert "GF-E-A7@t1, The trial failed (rules/refractoriness/criterion-a.yaml:" in page
    assert "trial.kellner_score@t1 >= 5" in page
    assert "diagnosis.bipolar_disorder: no → yes (by clinician)" in page


def test_the_clinician_sees_no_names_of_rules_but_the_one_asked_for() -> None:
    """Rule ids and fact names are for auditors."""
    done = euthymia("why", COMPLETE, "GF-E-A9@t1", *ON)
    body = done.stdout.rsplit("[GF-E-A9]", 1)[0]
    assert re.search(r"GF-|\btrial\.\w|@t1", body) is None


def test_a_statement_that_no_fact_decides_says_so() -> None:
    """A text of the sources has no reasons in the patient."""
    assert "No fact decides this; it is told to everybody, whatever is on file." in why(COMPLETE, "GF-K-10")
    assert "(rules/" in why(COMPLETE, "GF-K-10", "--audience", "auditor")


def test_an_unknown_id_names_near_ones() -> None:
    """Exit code 2 and a suggestion."""
    done = euthymia("why", COMPLETE, "GF-E-A99", *ON)
    assert done.returncode == 2
    assert "GF-E-A99" in done.stderr and "did you mean 'GF-E-A9'" in done.stderr and "Traceback" not in done.stderr
    assert done.stdout == ""


def test_the_same_question_gets_the_same_bytes() -> None:
    """Nothing in an explanation depends on chance."""
    first, second = (euthymia("why", COMPLETE, "GF-E-90", *ON, "--format", "json").stdout for _ in range(2))
    assert first == second
