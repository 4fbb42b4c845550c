"""No patient file, whatever is in it, ends in anything but an assessment or an InputError, soon and in little memory."""

import random
import re
import resource
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euthymia.consultation import Consultation
from euthymia.errors import InputError
from euthymia.inference.agreement import decide
from tests.generative.guard import within
from tests.shared import ON, ROOT

SECONDS = 5
MOST_MEMORY = 1_000_000  # kilobytes
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
HOSTILE_WORDS = (
    "*a", "&a", "!!python/object:os.system", "!!binary", "<<: *a", "{", "}", "[", "]", "? ", "- ", "---", "...", "|", ">", "%YAML 1.1",
    "\t", ".nan", ".inf", "1e400", "1.0e999", "-1.0e999", "0x10", "0o7", "1_000", "9" * 5000, "null", "~", "yes", "true", "unknown",
    "\u0000",
    "\ufeff", "\u2028", "\x85", "'", '"', '"\\ud800"', "@", "`", "2026-02-30", "0000-00-00", "\u0663", "\u00b2", "t1+t2", "id: t1",
    "trials: {}", "trials: [[]]", "risk: [yes]", "patient: 5", "{value: {value: 1}}", "{value: yes, date: 1}", "__class__: x",
)  # fmt: skip


def _try(consultation: Consultation, folder: Path, raw: bytes, on: date, name: str = "patient.yaml") -> str:
    """Read the file and judge the patient: `assessed`, or `refused` with messages that can be printed."""
    path = folder / name
    path.write_bytes(raw)
    with within(SECONDS):
        try:
            decide(consultation.engines, consultation.read(path, on).patient)
        except InputError as error:
            str(error).encode("utf-8")
            return "refused"
    return "assessed"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile")


@settings(max_examples=100)
@given(raw=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_random_bytes(consultation: Consultation, folder: Path, on: date, raw: bytes) -> None:
    """Random bytes and random text are refused, or read as an empty patient."""
    _try(consultation, folder, raw, on)
    _try(consultation, folder, raw, on, "patient.json")


@settings(max_examples=200)
@given(seed=st.integers(0, 10**9), changes=st.integers(1, 4))
def test_mutated_examples(consultation: Consultation, folder: Path, on: date, seed: int, changes: int) -> None:
    """Examples with lines lost, doubled, indented otherwise, or holding hostile words are refused or assessed."""
    choose = random.Random(seed)
    lines = choose.choice(EXAMPLES).read_text(encoding="utf-8").splitlines()
    for _ in range(changes):
        lines = _mutated(lines, choose)
    _try(consultation, folder, "\n".join(lines).encode(), on)


def _mutated(lines: list[str], choose: random.Random) -> list[str]:
    place = choose.randrange(len(lines))
    line, word = lines[place], choose.choice(HOSTILE_WORDS)
    key = line.partition(":")[0]
    changed = choose.choice(
        [[], [line, line], [f"  {line}"], [line.strip()], [f"{key}: {word}"], [f"{line}{word}"], [f"{line}, {word}: {word}"], [word, line]]
    )
    return [*lines[:place], *changed, *lines[place + 1 :]]


def _keys(start: str, word: str, end: str = "}") -> str:
    return start + ", ".join(f"{word}{number}: 1" for number in range(23_000)) + end


HOSTILE = {
    "1 MB of brackets": "[" * 999_999,
    "1 MB of braces": "{a: " * 249_000,
    "1 MB of dashes": "- " * 499_000,
    "1 MB of question marks": "? " * 499_000,
    "1 MB of colons": "a: " * 333_000,
    "1 MB of commas": "[" + "a," * 400_000 + "]",
    "more than may be read": "a" * 1_000_001,
    "a long key": "a" * 999_000 + ": 1",
    "a long quoted key": '? "' + "a" * 999_000 + '"\n: 1',
    "a long word": "patient: {sex: " + "femal" * 190_000 + "}",
    "a long number": "patient: {age_years: " + "9" * 900_000 + "}",
    "many unknown keys": _keys("{", "risk"),
    "many keys like a fact": _keys("patient: {", "age_yearx"),
    "many keys in a trial": _keys("trials: [{id: t1, modality: medication, ", "weeks_at_adequate_dosf", "}]"),
    "many trials": "trials: [" + ", ".join(f"{{id: t{number}, modality: medicatio}}" for number in range(12_000)) + "]",
    "one trial many times": "trials: [" + ", ".join("{id: t1, modality: medication}" for _ in range(199)) + "]",
    "many words": "diagnosis: {bipolarity_features: [" + "x, " * 40_000 + "]}",
    "an alias bomb": "a: &a [x, x]\n" + "".join(f"b{n}: &b{n} [*{'a' if not n else f'b{n - 1}'}, *a]\n" for n in range(40)),
    "an anchor on a key": "&a patient: {age_years: 44}",
    "a tag on a key": "!!python/name:os.system patient: {age_years: 44}",
    "a tag": "patient: !!python/object/apply:os.system ['true']",
    "repeated keys": "risk: {assessed: yes}\n" * 20_000,
    "two documents": "---\npatient: {}\n---\npatient: {}",
    "not a number": "patient: {age_years: .nan}",
    "infinity as a whole number": "patient: {age_years: 1.0e999}",
    "infinity as a number": "episode: {duration_weeks: 1.0e999}",
    "infinity in a list": "process: {workup_steps_done: [1.0e999]}",
    "negative infinity": "patient: {age_years: -1.0e999}",
    "a number of many digits": "episode: {duration_weeks: 0.000000000000001}",
    "a word that is no text": "patient: {age_years: {value: [1]}}",
    "a day that is none": "episode: {started: 2026-02-30}",
    "the year zero": "episode: {started: 0000}",
    "digits of another script": "episode: {started: '\u0662\u0660\u0662\u0665'}",
    "lists for words": "risk: {assessed: [yes]}\nlatest_trial: [t1]\ntrials: [[t1]]",
    "names of Python": "__class__: x\npatient: {__init__: y, model_config: z}",
    "null everywhere": "patient:\ntrials:\nlatest_trial:\nrisk: {assessed: }",
}
HOSTILE_JSON = {
    "a lone surrogate": '{"patient": {"note": "\\ud800"}}',
    "a lone surrogate as a key": '{"\\udfff": 1}',
    "numbers that are none": '{"patient": {"age_years": NaN, "sex": Infinity}}',
    "a large exponent": '{"patient": {"age_years": 1e999}}',
    "5000 digits": '{"patient": {"age_years": ' + "9" * 5000 + "}}",
    "brackets": "[" * 900_000,
    "objects": '{"a":' * 190_000,
}
REFUSED = {*HOSTILE, *HOSTILE_JSON} - {"null everywhere", "digits of another script"}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_yaml(consultation: Consultation, folder: Path, on: date, name: str) -> None:
    """Text made to overwhelm a reader of YAML is refused in time."""
    assert _try(consultation, folder, HOSTILE[name].encode(), on) == "refused" or name not in REFUSED


@pytest.mark.parametrize("name", HOSTILE_JSON)
def test_hostile_json(consultation: Consultation, folder: Path, on: date, name: str) -> None:
    """Text made to overwhelm a reader of JSON is refused in time, with the ending .json and without."""
    assert _try(consultation, folder, HOSTILE_JSON[name].encode(), on, "patient.json") == "refused"
    assert _try(consultation, folder, HOSTILE_JSON[name].encode(), on) == "refused"


def test_a_trial_named_like_a_merged_course_is_not_lost(consultation: Consultation, folder: Path, on: date) -> None:
    """An entry whose id looks like that of two merged trials is refused or kept, never dropped without a word."""
    both = "started: 2026-01-01, stop_reason: ongoing"
    trials = f"{{id: t1, modality: medication, {both}}}, {{id: t2, modality: psychotherapy, {both}}}, {{id: t1+t2, modality: other}}"
    path = folder / "course.yaml"
    path.write_text(f"trials: [{trials}]", encoding="utf-8")
    try:
        patient = consultation.read(path, on).patient
    except InputError:
        return
    parts = [part for unit in patient.units["trial"] for part in unit.parts or (unit.id,)]
    assert sorted(parts) == ["t1", "t1+t2", "t2"]
    assert len({unit.id for unit in patient.units["trial"]}) == len(patient.units["trial"])


def test_memory_stays_below_a_gigabyte() -> None:
    """A process of its own that reads all the hostile files never holds a gigabyte."""
    done = subprocess.run([sys.executable, "-c", _READS_ALL], capture_output=True, text=True, cwd=ROOT, timeout=300, check=True)
    assert 10_000 < int(done.stdout) < MOST_MEMORY


_READS_ALL = """
from tests.generative import test_hostile_patients as hostile
print(hostile.most_memory_after_reading_all())
"""


def most_memory_after_reading_all() -> int:
    """Read every hostile file, refused or not; the most kilobytes that this process ever held."""
    consultation = Consultation()
    with tempfile.TemporaryDirectory() as folder:
        for text in HOSTILE.values():
            _try(consultation, Path(folder), text.encode(), ON)
        for text in HOSTILE_JSON.values():
            _try(consultation, Path(folder), text.encode(), ON, "patient.json")
    if (status := Path("/proc/self/status")).exists():  # on Linux, getrusage counts what the parent held as well
        return int(re.findall(r"^VmHWM:\s+(\d+) kB", status.read_text(encoding="ascii"), re.MULTILINE)[0])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "darwin" else 1)
