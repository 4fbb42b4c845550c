"""`euthymia interview`, driven like a user would: by lines on standard input, in a terminal of its own, killed and resumed."""

import fcntl
import json
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from datetime import date
from pathlib import Path

import pytest

from euthymia.consultation import Consultation
from tests.command import Done, euthymia
from tests.shared import ROOT

COMMENTED = """\
# seen on Monday
schema: euthymia.patient/1
patient: {age_years: 44}     # by her card

risk:
  assessed: yes              # asked twice
"""
_LONGEST = 60


def _environment() -> dict[str, str]:
    path = os.pathsep.join([str(ROOT / "engine"), os.environ.get("PYTHONPATH", "")])
    return {**os.environ, "COLUMNS": "200", "PYTHONPATH": path, "NO_COLOR": "1"}


def _command(file: Path) -> list[str]:
    return [sys.executable, "-m", "euthymia", "interview", str(file), "--on", "2026-11-20"]


def interview(file: Path, *lines: str) -> Done:
    """The lines as answers; at their end the program stops by itself."""
    said = "".join(f"{line}\n" for line in lines)
    return euthymia("interview", file, "--on", "2026-11-20", told=said, NO_COLOR="1")


def test_a_new_file_is_made_and_the_alert_stands_first(tmp_path: Path) -> None:
    """The question about suicide comes before anything else; a yes shows the critical alert at once; q keeps what was answered."""
    file = tmp_path / "new.yaml"
    done = interview(file, "y", "y", "q")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Entered: suicidal thoughts now: yes" in done.stdout
    page = " ".join(done.stdout.split())
    assert page.index("Critical: Ask about suicide and self-harm now") < page.index("Now: Has the risk of suicide")
    assert page.index("Does the patient have thoughts of suicide at present?") < page.index("Critical: Recorded: suicidal thoughts now")
    assert file.read_text(encoding="utf-8") == "schema: euthymia.patient/1\nrisk:\n  assessed: yes\n  suicidal_ideation: yes\n"


def test_comments_and_layout_stay(tmp_path: Path) -> None:
    """Only the answered lines are new."""
    file = tmp_path / "p.yaml"
    file.write_text(COMMENTED, encoding="utf-8")
    assert interview(file, "n", "?", "q").returncode == 0
    assert file.read_text(encoding="utf-8") == COMMENTED + "  suicidal_ideation: no\n  self_harm: unknown\n"


def test_json_stays_json(tmp_path: Path) -> None:
    """A file called .json is written as JSON."""
    file = tmp_path / "p.json"
    file.write_text('{"patient": {"age_years": 44}}', encoding="utf-8")
    assert interview(file, "y", "q").returncode == 0
    assert json.loads(file.read_text(encoding="utf-8")) == {"patient": {"age_years": 44}, "risk": {"assessed": "yes"}}


def test_what_is_not_understood_is_asked_again(tmp_path: Path) -> None:
    """Nothing is entered, and the reply after it counts."""
    file = tmp_path / "p.yaml"
    done = interview(file, "perhaps", "n", "q")
    assert "That was not understood, and nothing was entered." in done.stdout
    assert done.stdout.count("Has the risk of suicide and self-harm been assessed") == 2
    assert "assessed: no" in file.read_text(encoding="utf-8")


def test_a_step_back_corrects_the_last_answer(tmp_path: Path) -> None:
    """The file is as if the wrong answer had never been given."""
    file = tmp_path / "p.yaml"
    assert interview(file, "n", "b", "y", "q").returncode == 0
    assert file.read_text(encoding="utf-8") == "schema: euthymia.patient/1\nrisk:\n  assessed: yes\n"


def test_skipping_makes_no_file(tmp_path: Path) -> None:
    """Not answered is not asked, and nothing is written for it."""
    file = tmp_path / "p.yaml"
    done = interview(file, "", "", "q")
    assert done.returncode == 0
    assert "Nothing was answered, so no file was made." in done.stdout
    assert not file.exists()


def test_treatments_are_entered_line_by_line(tmp_path: Path, consultation: Consultation, on: date) -> None:
    """Then the list is closed by an answer of its own."""
    file = tmp_path / "p.yaml"
    done = interview(file, "y", "n", "n", "n", "0", "n", "sertraline 150 mg 11 weeks", "CBT 24 sessions 26 weeks", "", "y", "q")
    assert done.returncode == 0, done.stderr
    patient = consultation.read(file, on).entered
    assert [trial.id for trial in patient.units["trial"]] == ["t1", "t2"]
    assert patient.observation("trial.dose_daily@t1").value == 150
    assert patient.observation("trial.psychotherapy_weeks@t2").value == 26
    assert patient.observation("process.treatment_history_complete").value == "yes"


@pytest.mark.parametrize("text", ["patient: {age_years: 144}\n", "risk: {assessed: no\n", "risk: {asessed: no}\n"])
def test_a_file_with_mistakes_is_left_alone(tmp_path: Path, text: str) -> None:
    """Exit code 2, the mistake with its line, and the file as it was."""
    file = tmp_path / "p.yaml"
    file.write_text(text, encoding="utf-8")
    done = interview(file, "y")
    assert (done.returncode, done.stdout) == (2, "")
    assert "p.yaml:" in done.stderr
    assert "Traceback" not in done.stderr
    assert file.read_text(encoding="utf-8") == text


def test_a_read_only_file_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    """Answers that could not be saved are not asked for."""
    file = tmp_path / "p.yaml"
    file.write_text(COMMENTED, encoding="utf-8")
    file.chmod(0o444)
    done = interview(file, "y")
    assert (done.returncode, done.stdout) == (2, "")
    assert "may not be written" in done.stderr
    assert file.read_text(encoding="utf-8") == COMMENTED


def test_a_folder_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    """Before anything is asked."""
    done = interview(tmp_path / "nowhere" / "p.yaml", "y")
    assert (done.returncode, done.stdout) == (2, "")
    assert "folder" in done.stderr


class Terminal:
    """The program in a terminal of its own."""

    def __init__(self, file: Path) -> None:
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 110, 0, 0))
        self.process = subprocess.Popen(_command(file), stdin=slave, stdout=slave, stderr=slave, env=_environment(), close_fds=True)
        os.close(slave)
        self.seen = ""

    def wait_for(self, text: str, times: int = 1) -> None:
        deadline = time.monotonic() + _LONGEST
        while " ".join(self.seen.split()).count(text) < times:
            assert time.monotonic() < deadline, self.seen
            if select.select([self.master], [], [], 1)[0]:
                self.seen += os.read(self.master, 65536).decode("utf-8", errors="replace")

    def type(self, text: str) -> None:
        os.write(self.master, text.encode())

    def end(self) -> int:
        code = self.process.wait(timeout=_LONGEST)
        os.close(self.master)
        return code


def test_killed_half_way_and_resumed(tmp_path: Path) -> None:
    """What was answered is on the disk; the next run asks the next question; no other file is left behind."""
    file = tmp_path / "p.yaml"
    first = Terminal(file)
    first.wait_for("Has the risk of suicide and self-harm been assessed")
    first.type("y\n")
    first.wait_for("Does the patient have thoughts of suicide at present?")
    first.process.send_signal(signal.SIGKILL)
    assert first.end() == -signal.SIGKILL
    assert file.read_text(encoding="utf-8") == "schema: euthymia.patient/1\nrisk:\n  assessed: yes\n"
    assert [path.name for path in tmp_path.iterdir()] == ["p.yaml"]
    second = Terminal(file)
    second.wait_for("Does the patient have thoughts of suicide at present?")
    assert "Has the risk of suicide and self-harm been assessed" not in " ".join(second.seen.split())
    second.type("q\n")
    second.wait_for("Stopped.")
    assert second.end() == 0


def test_ctrl_c_loses_nothing(tmp_path: Path) -> None:
    """Exit code 130, no traceback, and the answer is there."""
    file = tmp_path / "p.yaml"
    terminal = Terminal(file)
    terminal.wait_for("Has the risk of suicide and self-harm been assessed")
    terminal.type("y\n")
    terminal.wait_for("Does the patient have thoughts of suicide at present?")
    terminal.process.send_signal(signal.SIGINT)
    terminal.wait_for("Stopped. Everything answered is saved")
    assert terminal.end() == 130
    assert "Traceback" not in terminal.seen
    assert "assessed: yes" in file.read_text(encoding="utf-8")


def test_a_file_changed_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    """Another program's change stays, and the user is told."""
    file = tmp_path / "p.yaml"
    terminal = Terminal(file)
    terminal.wait_for("Has the risk of suicide and self-harm been assessed")
    terminal.type("y\n")
    terminal.wait_for("Does the patient have thoughts of suicide at present?")
    file.write_text(COMMENTED, encoding="utf-8")
    terminal.type("n\n")
    terminal.wait_for("changed by another program")
    assert terminal.end() == 2
    assert file.read_text(encoding="utf-8") == COMMENTED


def test_the_end_says_what_the_advice_is(tmp_path: Path) -> None:
    """A file of which nothing can be asked any more: alerts first, then where the patient stands, then the command for the page."""
    text = (ROOT / "examples" / "complete.yaml").read_text(encoding="utf-8")
    file = tmp_path / "p.yaml"
    file.write_text(text, encoding="utf-8")
    done = interview(file, *[""] * 40)
    assert done.returncode == 0, done.stderr
    page = " ".join(done.stdout.split())
    assert "questions were left open or are not known, and could still change the advice" in page
    assert (
        page.index("[GF-K-01]")
        < page.index("Response to the latest treatment: refractoriness")
        < page.index("The whole page: euthymia assess")
    )
    assert file.read_text(encoding="utf-8") == text
