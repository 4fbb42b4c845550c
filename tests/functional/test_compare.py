"""`euthymia compare`: what changed between two sides, and whether the patient, the rules or the clock is the cause."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.command import Done, euthymia
from tests.shared import ROOT

Item = dict[str, Any]
AGE = ROOT / "examples" / "only-an-age.yaml"
ON, LATER = "2026-11-20", "2027-03-01"
RISK = "risk: {assessed: yes, suicidal_ideation: {value: yes, source: clinician}, self_harm: no, past_attempt: no}\n"
T1 = (
    "  - {id: t1, order: 1, episode: current, modality: medication, drug: sertraline, dose_adequate: yes, kellner_score: 5, "
    "weeks_at_adequate_dose: 5}\n"
)
PATIENT = "diagnosis: {mdd: yes}\nprocess: {treatment_history_complete: yes}\ntrials:\n" + T1


def compare(*arguments: str | Path, cwd: Path | None = None, on: tuple[str, ...] = (ON,)) -> Done:
    """Run the command as a user would."""
    days = [part for day in on for part in ("--on", day)]
    return euthymia("compare", *arguments, *days, cwd=cwd)


def compared(*arguments: str | Path, cwd: Path | None = None, on: tuple[str, ...] = (ON,)) -> Item:
    done = compare(*arguments, "--format", "json", cwd=cwd, on=on)
    assert (done.returncode, done.stderr) == (0, "")
    document: Item = json.loads(done.stdout)
    assert document["schema"] == "euthymia.comparison/1"
    for item in document["changes"]:
        assert item["causes"] and item["before"] != item["after"], item["id"]
        assert {cause for found in item["causes"] for cause in found["causes"]} <= set(document["differing"])
    return document


def change(document: Item, name: str, unit: str | None = None) -> Item:
    (found,) = [item for item in document["changes"] if item["id"] == name and item.get("trial") == unit]
    return dict(found)


def facts(item: Item) -> list[set[str]]:
    """Names of the facts in each set that is enough, of the first set of causes."""
    return [{fact["name"] for fact in chosen} for chosen in item["causes"][0]["facts"]["sets"]]


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def written(name: str, text: str = PATIENT) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return written


@pytest.fixture
def six_weeks(tmp_path: Path) -> Path:
    """The shipped rules, but a drug trial must have lasted six weeks."""
    rules = Path(shutil.copytree(ROOT / "rules", tmp_path / "six"))
    path = rules / "parameters" / "refractoriness.yaml"
    text = path.read_text(encoding="utf-8")
    start = text.index("id: medication_trial_minimum_weeks")
    path.write_text(text[:start] + text[start:].replace("value: 4", "value: 6", 1), encoding="utf-8")
    return rules


def test_two_files_and_the_fact_that_made_the_difference(write: Callable[..., Path]) -> None:
    """Fewer weeks, and nothing else of many changes, is why the trial was not long enough; an alert comes first on the page."""
    before = write("before.yaml")
    after = write("after.yaml", PATIENT.replace("dose: 5", "dose: 3").replace("mdd: yes", "mdd: yes, adhd: no") + RISK)
    document = compared(before, after)
    assert document["differing"] == ["patient"]
    weeks = change(document, "GF-E-A4", "t1")
    assert (weeks["before"]["status"], weeks["after"]["status"]) == ("met", "not_met")
    assert [cause["causes"] for cause in weeks["causes"]] == [["patient"]]
    assert facts(weeks) == [{"trial.weeks_at_adequate_dose@t1"}]
    assert weeks["causes"][0]["facts"]["claim"] == "smallest"
    assert document["changes"][0]["group"] == "alert"
    urgent = change(document, "urgent-suicide-assessment")
    (fact,) = urgent["causes"][0]["facts"]["sets"][0]
    assert fact["after"] == {"state": "known", "value": "yes", "shown": "yes", "provenance": {"source": "clinician"}}
    assert fact["before"]["state"] == "not_asked"


def test_a_comparison_as_one_page(write: Callable[..., Path]) -> None:
    """For a browser or a printer: it needs nothing but itself, and names the change and its cause."""
    done = compare(write("before.yaml"), write("after.yaml", PATIENT.replace("dose: 5", "dose: 3")), "--format", "html")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("<!doctype html>") and done.stdout.rstrip().endswith("</html>")
    assert "weeks at an adequate dose in trial t1 (sertraline): 5 weeks → 3 weeks" in done.stdout
    assert "<script" not in done.stdout and "src=" not in done.stdout


def test_an_alert_that_went_because_a_fact_was_removed_is_not_excluded(write: Callable[..., Path]) -> None:
    """Taking an answer out of the file makes nothing known: it says so, in words as well."""
    before, after = write("before.yaml", PATIENT + RISK), write("after.yaml", PATIENT)
    item = change(compared(before, after), "urgent-suicide-assessment")
    assert (item["group"], item["became"], item["went"]) == ("alert", "not_known", ["removed"])
    assert item["after"]["status"] == "undetermined"
    page = " ".join(compare(before, after).stdout.split())
    assert "Critical, was met, cannot be told any more and is not excluded" in page
    assert "Missing information is not an answer" in page


def test_an_alert_that_went_because_of_an_answer_says_so(write: Callable[..., Path]) -> None:
    """Met before, not met after, because no was answered."""
    answered = RISK.replace("{value: yes, source: clinician}", "no")
    item = change(compared(write("before.yaml", PATIENT + RISK), write("after.yaml", PATIENT + answered)), "urgent-suicide-assessment")
    assert (item["became"], item["went"]) == ("gone", ["answered"])


def test_a_trial_that_was_added_is_one_change(write: Callable[..., Path]) -> None:
    """What is judged about it is new because of it; the number of trials changed because of it too."""
    t2 = T1.replace("t1", "t2").replace("order: 1", "order: 2").replace("sertraline", "venlafaxine")
    document = compared(write("before.yaml"), write("after.yaml", PATIENT + t2))
    item = change(document, "GF-E-A4", "t2")
    assert (item["before"]["status"], item["after"]["status"], item["with_unit"]) == ("absent", "met", "added")
    (added,) = item["causes"][0]["facts"]["sets"][0]
    assert (added["nature"], added["added"], added["removed"]) == ("added", ["t2"], [])
    assert any(item["kind"] == "definition" for item in document["changes"])
    assert "trial t2 (venlafaxine) added" in " ".join(compare("before.yaml", "after.yaml", cwd=Path(write("x")).parent).stdout.split())


def test_two_rulebooks_and_the_number_that_made_the_difference(write: Callable[..., Path], six_weeks: Path) -> None:
    """With one file, one folder stands against the shipped rules: the parameter is named with both values, file and line."""
    patient = write("patient.yaml")
    document = compared(patient, "--rules", six_weeks)
    assert document["differing"] == ["rules"]
    item = change(document, "GF-E-A4", "t1")
    assert (item["before"]["status"], item["after"]["status"]) == ("met", "not_met")
    (cause,) = item["causes"]
    assert (cause["causes"], cause["facts"]) == (["rules"], None)
    (rule,) = cause["rules"]
    assert (rule["what"], rule["id"], rule["file"]) == (
        "parameter",
        "medication_trial_minimum_weeks",
        "rules/parameters/refractoriness.yaml",
    )
    assert (rule["before"]["shown"], rule["after"]["shown"]) == ("4 weeks", "6 weeks")
    lines = (six_weeks / "parameters" / "refractoriness.yaml").read_text(encoding="utf-8").splitlines()
    assert lines[rule["line"] - 1].split() == ["value:", "6"]


def test_a_rule_that_is_new_and_one_that_reads_differently(write: Callable[..., Path], tmp_path: Path) -> None:
    """A rule added, and a condition changed, each with its line."""
    rules = Path(shutil.copytree(ROOT / "tests" / "tiny", tmp_path / "tiny"))
    path = rules / "constructs" / "constructs.yaml"
    text = path.read_text(encoding="utf-8")
    word = "  - {id: word, title: Word, kind: helper, when: patient.severity = severe}\n"
    number = "when: patient.age >= 18}"
    assert word in text and number in text
    text = text.replace(word, word + word.replace("id: word", "id: word-again")).replace(number, "when: patient.age > 50}", 1)
    path.write_text(text, encoding="utf-8")
    patient = write("patient.yaml", "patient: {age: 44}\n")
    document = compared(patient, "--rules", ROOT / "tests" / "tiny", "--rules", rules)
    item = change(document, "word-again")
    assert (item["before"]["status"], item["after"]["status"]) == ("absent", "undetermined")
    assert [rule["what"] for rule in item["causes"][0]["rules"]] == ["rule_added"]
    item = change(document, "number")
    assert (item["before"]["status"], item["after"]["status"]) == ("met", "not_met")
    assert [(rule["what"], rule["line"]) for rule in item["causes"][0]["rules"]] == [("condition", 11)]


def test_two_days_and_the_weeks_that_passed(write: Callable[..., Path]) -> None:
    """The same file a month later: a trial that goes on has become long enough by the clock alone."""
    text = "trials:\n  - {id: t1, modality: medication, drug: sertraline, started: 2026-10-01, stop_reason: ongoing}\n"
    document = compared(write("patient.yaml", text), on=("2026-10-20", ON))
    assert document["differing"] == ["clock"]
    item = change(document, "GF-E-A4", "t1")
    assert (item["before"]["status"], item["after"]["status"]) == ("not_met", "met")
    (cause,) = item["causes"]
    assert cause["causes"] == ["clock"]
    (fact,) = cause["clock"]
    assert (fact["name"], fact["before"]["shown"], fact["after"]["shown"]) == ("trial.weeks_total@t1", "2 to 3 weeks", "7 to 8 weeks")


def test_everything_at_once_and_a_file_that_speaks_of_what_came_later(write: Callable[..., Path], six_weeks: Path) -> None:
    """The causes are told apart, though the file after cannot be read as of the day before."""
    ended = "started: 2026-10-01, ended: 2026-12-15}\n"
    before = write("before.yaml", PATIENT.replace("weeks_at_adequate_dose: 5}\n", "started: 2026-10-01, stop_reason: ongoing}\n") + RISK)
    after = write("after.yaml", PATIENT.replace("weeks_at_adequate_dose: 5}\n", ended) + RISK.replace("self_harm: no", "self_harm: yes"))
    document = compared(before, after, "--rules", ROOT / "rules", "--rules", six_weeks, on=("2026-11-05", LATER))
    assert document["differing"] == ["patient", "rules", "clock"]
    assert {item["on"] for item in document["unreadable"]} == {"2026-11-05"}
    assert all(item["instead"] == LATER and "after.yaml:4" in item["problems"][0] for item in document["unreadable"])
    causes = {tuple(cause["causes"]) for item in document["changes"] for cause in item["causes"]}
    assert ("patient",) in causes
    assert len(causes) > 1


def test_where_nothing_differs_it_says_so(write: Callable[..., Path]) -> None:
    """The same file under the same rules on the same day; also where the file was only written in another order."""
    document = compared(AGE)
    assert (document["differing"], document["changes"], document["grounds"]) == ([], [], [])
    page = " ".join(compare(AGE).stdout.split())
    assert "nothing can have changed" in page
    one = write("one.yaml", "patient: {age_years: 44, sex: female}\nrisk: {assessed: yes}\n")
    other = write("other.yaml", "risk: {assessed: yes}\npatient: {sex: female, age_years: 44}\n")
    assert compared(one, other)["differing"] == []


def test_the_same_input_gives_the_same_bytes(write: Callable[..., Path]) -> None:
    """Also when the keys of a file stand in another order."""
    before = write("before.yaml")
    one = compare(before, write("after.yaml", PATIENT + RISK), "--format", "json").stdout
    turned = RISK.replace("self_harm: no, past_attempt: no", "past_attempt: no, self_harm: no")
    other = compare(before, write("after.yaml", turned + PATIENT), "--format", "json").stdout
    assert one == other


def test_every_mistake_is_told_at_once(write: Callable[..., Path], tmp_path: Path) -> None:
    """Both files, the rules and the days; exit code 2, nothing on standard output, no traceback."""
    one, other = write("one.yaml", "patient: {age_years: 144}\n"), write("other.yaml", "patient: {sex: fmale}\n")
    done = compare(one, other)
    assert (done.returncode, done.stdout) == (2, "")
    assert "one.yaml:1: patient.age_years" in done.stderr and "other.yaml:1: patient.sex" in done.stderr
    done = compare("nowhere.yaml", other, "--rules", ROOT / "rules", "--rules", "no-rules", cwd=tmp_path, on=("tomorrow", ON))
    assert (done.returncode, done.stdout) == (2, "")
    told = ("nowhere.yaml: cannot be read", "no-rules: no such folder", "--on: found 'tomorrow'")
    assert [part for part in told if part not in done.stderr] == []
    assert "other.yaml:1: patient.sex" in compare("nowhere.yaml", other, cwd=tmp_path).stderr
    assert "Traceback" not in done.stderr


def test_more_than_two_sides_are_refused() -> None:
    """Three days or three rulebooks."""
    done = compare(AGE, on=(ON, ON, LATER))
    assert (done.returncode, done.stdout) == (2, "")
    assert "--on: found 3; allowed: one for both sides, or two, before and after" in done.stderr


def test_causes_that_need_each_other_and_causes_that_do_not(write: Callable[..., Path], six_weeks: Path) -> None:
    """Fewer weeks and a longer minimum: too short only by both together, or by each of them alone."""
    sides = ("--rules", ROOT / "rules", "--rules", six_weeks)
    five, seven, three = (write(f"{number}.yaml", PATIENT.replace("dose: 5", f"dose: {number}")) for number in (5, 7, 3))
    together = change(compared(seven, five, *sides), "GF-E-A4", "t1")
    assert [cause["causes"] for cause in together["causes"]] == [["patient", "rules"]]
    assert (together["needed"], together["overdetermined"]) == (["patient", "rules"], False)
    assert "Only together: Because of the patient: weeks at an adequate dose" in " ".join(compare(seven, five, *sides).stdout.split())
    apart = change(compared(five, three, *sides), "GF-E-A4", "t1")
    assert [cause["causes"] for cause in apart["causes"]] == [["patient"], ["rules"]]
    assert (apart["needed"], apart["overdetermined"]) == ([], True)
    assert "Or, by itself also enough: Because of the rules" in " ".join(compare(five, three, *sides).stdout.split())


def test_what_the_table_of_drugs_fills_in_otherwise_is_told(write: Callable[..., Path], tmp_path: Path) -> None:
    """The same dose is no longer enough by the strictest source: the table is named, and the fact that it filled in."""
    rules = Path(shutil.copytree(ROOT / "rules", tmp_path / "strict"))
    text = (rules / "drugs.yaml").read_text(encoding="utf-8")
    start = text.index("id: sertraline")
    stricter = text[start:].replace("strict: 100}", "strict: 200}", 1)
    (rules / "drugs.yaml").write_text(text[:start] + stricter, encoding="utf-8")
    drug = "trials:\n  - {id: t1, modality: medication, drug: sertraline, dose_daily: 150, dose_unit: mg}\n"
    item = change(compared(write("patient.yaml", drug), "--rules", rules), "GF-E-A6", "t1")
    (cause,) = item["causes"]
    assert [(rule["what"], rule["title"]) for rule in cause["rules"]] == [("drugs", "sertraline")]
    assert [(fact["name"], fact["nature"]) for fact in cause["filled"]] == [("trial.dose_adequate@t1", "removed")]


def test_a_file_that_only_its_own_rules_can_read(write: Callable[..., Path], tmp_path: Path) -> None:
    """The mixture is unreadable, with file and line, and what cannot be told apart is told together; as one of the sides it is refused."""
    tiny = ROOT / "tests" / "tiny"
    rules = Path(shutil.copytree(tiny, tmp_path / "other"))
    path = rules / "facts" / "patient.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("[mild, moderate, severe]", "[moderate, severe, grave]"), encoding="utf-8")
    path = rules / "constructs" / "constructs.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("= mild", "= moderate"), encoding="utf-8")
    before, after = write("before.yaml", "patient: {severity: mild}\n"), write("after.yaml", "patient: {severity: grave}\n")
    document = compared(before, after, "--rules", tiny, "--rules", rules)
    assert {tuple(item["causes"]) for item in document["unreadable"]} == {("patient",), ("rules",)}
    assert all(
        f"yaml:1: patient.severity: found '{word}'" in text
        for word, text in zip(("grave", "mild"), (item["problems"][0] for item in document["unreadable"]), strict=True)
    )
    item = change(document, "not-the-word")
    assert [cause["causes"] for cause in item["causes"]] == [["patient", "rules"]]
    assert item["untried"] == [["patient"], ["rules"]]
    done = compare(before, "--rules", tiny, "--rules", rules)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{before}:1: patient.severity: found 'mild'" in done.stderr
    assert f"(by the rules in {rules})" in done.stderr


def test_a_file_that_cannot_be_read_on_one_day_is_a_mistake(write: Callable[..., Path]) -> None:
    """With its file, its line and the day."""
    path = write("patient.yaml", "trials:\n  - {id: t1, modality: medication, started: 2026-12-01}\n")
    done = compare(path, on=(ON, LATER))
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{path}:2: trials[0].started: 2026-12-01 lies after the day of assessment, {ON}" in done.stderr


def test_helpers_stand_in_the_json_only(write: Callable[..., Path]) -> None:
    """The page counts them."""
    before, after = write("before.yaml"), write("after.yaml", PATIENT.replace("dose: 5", "dose: 3"))
    helpers = [item for item in compared(before, after)["changes"] if item["group"] == "helper"]
    page = compare(before, after).stdout
    assert helpers
    assert f"stand in the JSON: {len(helpers)}." in " ".join(page.split())
    assert not any(f"[{item['id']}]" in page for item in helpers)
    assert "\x1b" not in page
