"""`euthymia assess --record` and `euthymia ledger`, as a clinic and its auditor use them."""

import csv
import io
import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest
from fhir.resources.R4B import get_fhir_model_class

from euthymia import certificate
from euthymia.ledger.fhir import NOT_CARRIED
from euthymia.ledger.signing import make_key
from tests.command import Done, euthymia
from tests.shared import ROOT

AS = {"EUTHYMIA_AS": "clinician:c-17"}
COMPLETE, AGE = ROOT / "examples" / "complete.yaml", ROOT / "examples" / "only-an-age.yaml"
MARK = "Zyxwv"


class Clinic(NamedTuple):
    """A folder with a signed ledger: 1 opening, 2 and 3 of `complete` on two days, 4 of `only-an-age`, 5 a response to 2."""

    folder: Path

    def run(self, *arguments: str | Path, **environment: str) -> Done:
        files = {"EUTHYMIA_LEDGER": str(self.folder / "ledger.sqlite"), "EUTHYMIA_LEDGER_KEY": str(self.folder / "key")}
        return euthymia(*arguments, cwd=self.folder, **(AS | files | environment))

    def did(self, *arguments: str | Path, **environment: str) -> str:
        """What a run prints that must succeed."""
        done = self.run(*arguments, **environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def copy(self, folder: Path) -> "Clinic":
        return Clinic(Path(shutil.copytree(self.folder, folder / "copy")))


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Clinic:
    made = Clinic(tmp_path_factory.mktemp("clinic"))
    made.did("ledger", "keygen", "key")
    for file, day in ((COMPLETE, "2026-11-20"), (COMPLETE, "2026-12-20"), (AGE, "2026-11-20")):
        made.did("assess", file, "--record", "--on", day)
    made.did("ledger", "respond", "2", "overridden", "--reason", "rule-disagreed", "--rule", "GF-J-22", "--note", f"{MARK} says no")
    return made


def test_what_was_recorded_is_what_was_shown(clinic: Clinic) -> None:
    """The page of the record is the page that the clinician saw."""
    seen = euthymia("assess", COMPLETE, "--on", "2026-11-20").stdout
    assert clinic.did("ledger", "show", "2", "--audience", "clinician").endswith(seen)


def test_the_number_is_told_and_nothing_of_the_patient(clinic: Clinic, tmp_path: Path) -> None:
    """On standard error, which may end in a log."""
    file = Path(shutil.copy(AGE, tmp_path / f"{MARK}.yaml"))
    other = clinic.copy(tmp_path)
    done = other.run("assess", file, "--record", "--on", "2026-11-20")
    assert done.returncode == 0
    assert done.stderr == f"Recorded as 6 in {other.folder / 'ledger.sqlite'}\n"


def test_what_cannot_be_recorded_is_not_answered(clinic: Clinic, tmp_path: Path) -> None:
    """No page, one line, and exit code 2: without the key, without a name, without a place."""
    for environment, said in (
        ({"EUTHYMIA_LEDGER_KEY": ""}, "is signed, and no key was given"),
        ({"EUTHYMIA_AS": ""}, "--as: is missing; say who asks, as ROLE:NAME"),
        ({"EUTHYMIA_AS": "doctor:x"}, "roles: clinician, auditor, author, administrator"),
        ({"EUTHYMIA_LEDGER": str(COMPLETE)}, "is not a database"),
        ({"EUTHYMIA_LEDGER": str(tmp_path)}, "cannot be"),
        ({"EUTHYMIA_LEDGER": "mysql://x/y"}, "allowed: a file, or postgresql://"),
        ({"EUTHYMIA_LEDGER": "postgresql://nobody:secret@127.0.0.1:1/x"}, "cannot be used"),
    ):
        done = clinic.run("assess", AGE, "--record", **environment)
        assert (done.returncode, done.stdout) == (2, ""), environment
        assert said in done.stderr
        assert "secret" not in done.stderr
    assert len(clinic.did("ledger", "list").splitlines()) == 6


def test_two_files_are_not_taken_for_one_patient(clinic: Clinic, tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    file = Path(shutil.copy(AGE, tmp_path / "x"))
    done = clinic.run("assess", AGE, file, "--record")
    assert done.returncode == 2
    assert "would be taken for another record of the patient only-an-age" in done.stderr
    assert "found one pseudonym for 2 files" in clinic.run("assess", AGE, COMPLETE, "--record", "--patient", "p").stderr
    assert "give --record with it" in clinic.run("assess", AGE, "--patient", "p").stderr


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        ((), ["1", "2", "3", "4", "5"]),
        (("--patient", "complete"), ["2", "3", "5"]),
        (("--patient", "nobody"), []),
        (("--kind", "response"), ["5"]),
        (("--role", "auditor"), []),
        (("--rule", "GF-E-00"), ["2", "3"]),
        (("--rule", "GF-E-00", "--status", "undetermined"), ["4"]),
        (("--alert", "ask-about-suicide-now"), ["4"]),
        (("--alert", "critical", "--patient", "complete"), ["2", "3"]),
        (("--to", "2020-01-01"), []),
        (("--from", "2020-01-01", "--kind", "opening"), ["1"]),
    ],
)
def test_records_are_found(filters: tuple[str, ...], numbers: list[str], clinic: Clinic) -> None:
    """By patient, kind, role, rule and status, alert, and day."""
    found = clinic.did("ledger", "list", "--format", "json", *filters)
    assert [str(json.loads(line)["number"]) for line in found.splitlines()] == numbers
    page = clinic.did("ledger", "list", *filters).splitlines()
    assert [line.split()[0] for line in page[1:]] == numbers if numbers else page == ["no record is so"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("list", "--rule", "GF-E-99"), "no rulebook of this ledger has a rule 'GF-E-99'"),
        (("list", "--alert", "grave"), "allowed: critical, warning, notice, or the id of an alert"),
        (("list", "--status", "met"), "name it with --rule"),
        (("list", "--kind", "respons"), "allowed: opening, key, assessment, response, erasure"),
        (("list", "--role", "doctor"), "allowed: clinician, auditor, author, administrator"),
        (("list", "--rule", "GF-E-00", "--status", "true"), "allowed: met, not_met, undetermined, not_applicable"),
        (("list", "--from", "yesterday"), "YYYY-MM-DD"),
        (("show", "99"), "holds no record 99; the last is 5"),
        (("why", "5", "GF-E-00"), "record 5 is no assessment but a response"),
        (("why", "2", "GF-X"), "GF-X"),
        (("replay",), "name one assessment, or give --all"),
        (("replay", "1"), "record 1 is no assessment but an opening"),
        (("verify", "--public-key", "key"), "is no public key"),
        (("verify", "--anchor", "key"), "key:"),
        (("respond", "2", "overriden"), "did you mean 'overridden'?"),
        (("respond", "2", "modified"), "--reason: is missing; modified needs one of patient-preference"),
        (("respond", "2", "modified", "--reason", "urgncy"), "did you mean 'urgency'?"),
        (("respond", "2", "modified", "--reason", "other"), "the reason 'other' needs one"),
        (("respond", "2", "accepted", "--rule", "GF-J-99"), "record 2 has no 'GF-J-99'"),
        (("respond", "5", "accepted"), "record 5 is no assessment"),
        (("erase", "nobody", "--yes"), "holds no patient of this name; nothing was erased"),
        (("keygen", "key"), "cannot be written: File exists"),
    ],
)
def test_a_mistake_is_told_in_one_line(arguments: tuple[str, ...], said: str, clinic: Clinic) -> None:
    """Exit code 2, what was found and what is allowed; no traceback."""
    done = clinic.run("ledger", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_why_is_answered_by_the_facts_and_rules_of_the_day(clinic: Clinic) -> None:
    now = euthymia("why", COMPLETE, "GF-E-A1", "--on", "2026-11-20", "--audience", "auditor").stdout
    assert clinic.did("ledger", "why", "2", "GF-E-A1") == now


def test_two_records_are_compared(clinic: Clinic) -> None:
    """What changed between them, and by which cause."""
    found = json.loads(clinic.did("ledger", "diff", "2", "3", "--format", "json"))
    assert found["differing"] == ["clock"]
    assert "Before: record 2" in clinic.did("ledger", "diff", "2", "3")


def test_overrides_are_counted_by_rule(clinic: Clinic) -> None:
    """With the reasons; and rules that fire, rules that never do, and facts for lack of which advice stays open."""
    found = json.loads(clinic.did("ledger", "stats", "--format", "json"))
    (overridden,) = found["overridden"]
    assert (overridden["id"], overridden["times"], overridden["reasons"]) == ("GF-J-22", 1, {"rule-disagreed": 1})
    by_id = {rule["id"]: rule for rule in found["rules"]}
    assert (by_id["GF-E-00"]["met"], by_id["GF-E-00"]["undetermined"]) == (2, 1)
    assert "GF-E-00" not in found["never_met"]
    assert all(not by_id[name]["met"] for name in found["never_met"] if name in by_id)
    assert found["lacking"]["process.treatment_history_complete"] > 0
    page = clinic.did("ledger", "stats")
    assert "Records: 3 assessment, 1 opening, 1 response; erased: 0" in page
    assert "GF-J-22" in page


def test_answers_are_the_same_today(clinic: Clinic) -> None:
    assert clinic.did("ledger", "replay", "--all").splitlines()[-1] == "3 of 3 answers are the same byte by byte"


def test_a_stranger_confirms_the_export(clinic: Clinic, tmp_path: Path) -> None:
    """With one file and Python alone; and finds a status that does not follow."""
    lines = clinic.did("ledger", "export").splitlines()
    export = tmp_path / "export.ndjson"
    export.write_text("\n".join(lines) + "\n", encoding="utf-8")
    checker = shutil.copy(certificate.__file__, tmp_path)
    done = subprocess.run([sys.executable, "-I", checker, export], capture_output=True, encoding="utf-8", check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert "0 faults" in clinic.did("ledger", "check")


def test_csv_holds_a_row_for_each_record(clinic: Clinic) -> None:
    """And what it does not hold is said."""
    done = clinic.run("ledger", "export", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["number"] for row in rows] == ["1", "2", "3", "4", "5"]
    assert (rows[1]["patient"], rows[1]["on"], rows[4]["verdict"], rows[4]["to"]) == ("complete", "2026-11-20", "overridden", "2")
    assert "does not carry facts" in done.stderr
    assert MARK not in done.stdout


def test_fhir_resources_are_valid_and_say_what_they_lack(clinic: Clinic) -> None:
    """An AuditEvent for each record, a Provenance for each assessment, and first of all the statement."""
    resources = [json.loads(line) for line in clinic.did("ledger", "export", "--format", "fhir").splitlines()]
    for resource in resources:
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    kinds = [resource["resourceType"] for resource in resources]
    assert kinds[0] == "OperationOutcome"
    assert [issue["diagnostics"] for issue in resources[0]["issue"]] == list(NOT_CARRIED)
    assert (kinds.count("AuditEvent"), kinds.count("Provenance")) == (5, 3)


def test_from_an_assessment_to_an_erased_record(clinic: Clinic, tmp_path: Path) -> None:
    """Verified with key and anchor, erased, verified again; the content is gone, its shape and the response remain."""
    other = clinic.copy(tmp_path)
    anchor = tmp_path / "head.json"
    anchor.write_text(other.did("ledger", "head"), encoding="utf-8")
    page = other.did("ledger", "verify", "--anchor", anchor)
    assert "5 records are as they were written\n" in page
    assert "1 of 1 anchors fit." in page
    refused = other.run("ledger", "erase", "complete", EUTHYMIA_AS="auditor:a-1")  # nobody said yes
    assert (refused.returncode, "nothing was erased" in refused.stderr) == (2, True)
    assert "Recorded as 6" in other.did("ledger", "erase", "complete", "--yes", EUTHYMIA_AS="auditor:a-1")
    page = other.did("ledger", "verify", "--anchor", anchor, "--public-key", "key.pub")
    assert "6 records are as they were written; the content of 3 was erased" in page
    shown = other.did("ledger", "show", "2")
    assert "erased; what is shown here is all that is left" in shown
    assert "236 facts told" in shown
    assert "response   record 5: overridden" in shown
    for arguments in (("why", "2", "GF-E-00"), ("diff", "2", "3"), ("respond", "2", "accepted")):
        assert "was erased" in other.run("ledger", *arguments).stderr
    assert other.did("ledger", "replay", "--all").splitlines()[-1] == "1 of 1 answers are the same byte by byte; 2 were erased"
    assert "0 faults; 3 were erased" in other.did("ledger", "check")
    assert "6 records" in other.did("ledger", "verify")


def test_tampering_ends_with_exit_code_two(clinic: Clinic, tmp_path: Path) -> None:
    """The record is named by verify, and nobody shows it as if it were whole."""
    other = clinic.copy(tmp_path)
    with closing(sqlite3.connect(other.folder / "ledger.sqlite")) as connection, connection:
        connection.execute("UPDATE records SET body = replace(body, '2026-12-20', '2026-12-21') WHERE number = 3")
    done = other.run("ledger", "verify")
    assert done.returncode == 2
    assert "NOT WHOLE: record 3 was changed" in done.stdout
    for arguments in (("show", "3"), ("list",), ("replay", "3"), ("stats",), ("export", "--format", "csv")):
        done = other.run("ledger", *arguments)
        assert done.returncode == 2
        assert "record 3 was changed: its text is not the one that was sealed; `euthymia ledger verify` tells more" in done.stderr


def test_signing_begins_later_and_changes_its_key(tmp_path: Path) -> None:
    """Each change is a record, signed with the key before; verification wants the last one."""
    made = Clinic(tmp_path)
    for name in ("one", "two"):
        make_key(tmp_path / name)
    made.did("assess", AGE, "--record", EUTHYMIA_LEDGER_KEY="")
    made.did("ledger", "sign", "one", EUTHYMIA_LEDGER_KEY="")
    made.did("ledger", "sign", "two", EUTHYMIA_LEDGER_KEY="one")
    assert "is signed with another key" in made.run("assess", AGE, "--record", EUTHYMIA_LEDGER_KEY="one").stderr
    assert "with the key that was given" in made.did("ledger", "verify", "--public-key", "two.pub", EUTHYMIA_LEDGER_KEY="")
    assert made.run("ledger", "verify", "--public-key", "one.pub", EUTHYMIA_LEDGER_KEY="").returncode == 2
    assert "no public key was given" in made.did("ledger", "verify", EUTHYMIA_LEDGER_KEY="")
