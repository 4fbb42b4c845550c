"""Each way of writing a case wrongly is told before any case is run, with file, line, key and what is allowed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from euthymia.cases.files import read_cases
from euthymia.cases.run import variants
from euthymia.errors import InputError
from euthymia.rulebook.load import load_rulebook
from euthymia.rulebook.rulebook import Rulebook
from tests.shared import ROOT

HEAD = "schema: euthymia.cases/1\ncases:\n"
T1 = "given: {trials: [{id: t1}, {id: t2}]}"
MDD = "vary: patient.mdd"
MAP = "expect: {word: {yes: met, no: not_met}}"
Mistakes = Callable[..., list[str]]


@pytest.fixture(scope="module")
def tiny() -> Rulebook:
    """The small rulebook that the mistakes are made with."""
    return load_rulebook(ROOT / "tests" / "tiny")


@pytest.fixture
def mistakes(tmp_path: Path, tiny: Rulebook) -> Mistakes:
    """What is told of a file of these cases, each on a line of its own from line 3 on."""

    def found(*cases: str) -> list[str]:
        path = tmp_path / "cases.yaml"
        path.write_text(HEAD + "".join(f"  - {{{case}}}\n" for case in cases), encoding="utf-8")
        with pytest.raises(InputError) as error:
            list(read_cases(path, tiny))
        return [str(problem).replace(f"{tmp_path}/", "") for problem in error.value.problems]

    return found


WRONG = [
    ("on: tomorrow", "on: found 'tomorrow'; allowed: a day, YYYY-MM-DD, 1900 to 2200"),
    ("on: 2026-13-01", "on: found '2026-13-01'; allowed: a day, YYYY-MM-DD"),
    ("on: 2026-02-31", "on: found '2026-02-31'; allowed: a day, YYYY-MM-DD"),
    ("on: 20261120", "on: found '20261120'; allowed: a day, YYYY-MM-DD"),
    ("on: 0001-01-01", "on: found '0001-01-01'; allowed: a day, YYYY-MM-DD"),
    (f"vary: trial.weeks@t9, {T1}, {MAP}", "vary: no trial 't9' to vary; allowed: @t1, @t2"),
    (f"vary: trial.weeks@t1, {MAP}", "vary: no trial 't1' to vary; `given` lists no trials"),
    (f"vary: trial.weeks@t1, given: {{trials: 5}}, {MAP}", "vary: no trial 't1' to vary; `given` lists no trials"),
    (f"vary: trial.weeks@t1, given: {{trials: [t1]}}, {MAP}", "vary: no trial 't1' to vary; `given` lists no trials"),
    (
        f"{MDD}, given: {{patient: 5}}, {MAP}",
        "vary: nothing to vary: `given` holds 5 under patient; a mapping of keys and values is needed",
    ),
    (f"vary: trial.weeks, {MAP}", "vary: trial.weeks belongs to one trial; say to which, trial.weeks@id"),
    (f"vary: patient.md, {MAP}", "vary: unknown fact 'patient.md' (did you mean 'patient.mdd'?)"),
    (f"{MDD}, file: x.yaml, {MAP}", "vary: a patient from a file cannot be varied; write it under `given`"),
    (f"{MDD}, expect: {{word: met}}", "vary: nothing says which values it takes; write `expect: {rule: {value: status}}`"),
    (f"file: x.yaml, {T1}", "file: stands beside `given`; a case has one patient, so keep one of the two"),
    (f'{MDD}, expect: {{word: {{"[": met}}}}', "expect.word.[: found '['; allowed: a word, a number, or a list such as [one, two] ("),
    (f'{MDD}, expect: {{word: {{"[&a b]": met}}}}', "expect.word.[&a b]: found '[&a b]'; allowed: a word, a number, or a list such as"),
    ("expect: {word: {yes: met}}", "expect.word: a status for each value needs `vary`, the fact that takes these values"),
    (f"{MDD}, expect: {{wrd: {{yes: met, no: met}}}}", "expect.wrd: unknown rule 'wrd' (did you mean 'word'?)"),
    ("says: {wrd: x}", "says.wrd: unknown rule 'wrd' (did you mean 'word'?)"),
    ("expect: {word@t1: met}", "expect.word@t1: word is about the patient; write word without @t1"),
    ("expect: {first-known: met}", "expect.first-known: first-known is about a trial; say which, first-known@id"),
    ("definitions: {msm: {status: met}}", "definitions.msm: unknown definition 'msm'"),
    (
        "definitions: {msm: {valu: 1}}",
        "definitions.msm.valu: unknown key (did you mean 'value'?); allowed: high, label, low, needs, status",
    ),
]


@pytest.mark.parametrize(("case", "message"), WRONG, ids=[message[:60] for _, message in WRONG])
def test_a_wrong_case_is_told_once(case: str, message: str, mistakes: Mistakes) -> None:
    """Days that are none, facts and values that cannot be varied, and names that nobody has: once, not for each varied value."""
    (told,) = mistakes(f"case: Wrong, {case}")
    assert told.startswith(f"cases.yaml:3: cases[0].{message}")


def test_two_cases_of_one_name_are_told(mistakes: Mistakes) -> None:
    """A failure names its case; with the line of the first one."""
    (told,) = mistakes("case: One, expect: {word: met}", "case: Two", "case: One, expect: {word: not_met}")
    assert told == "cases.yaml:5: cases[2].case: the case on line 3 has the same name; every case has one of its own"


def test_mistakes_of_all_cases_are_told_at_once(mistakes: Mistakes) -> None:
    """Each with its line."""
    told = mistakes(f"case: One, vary: trial.weeks@t9, {MAP}", "case: Two", "case: Three, expect: {wrd: met}")
    assert [line.partition(": ")[0] for line in told] == ["cases.yaml:3", "cases.yaml:5"]


def test_a_varied_value_is_a_word_a_number_a_list_or_left_out(tmp_path: Path, tiny: Rulebook) -> None:
    """One patient for each; what the case gives stays as it is."""
    path = tmp_path / "cases.yaml"
    values = '{yes: met, 3: met, "[a, b]": met, missing: undetermined}'
    path.write_text(f"{HEAD}  - {{case: One, {MDD}, given: {{patient: {{mdd: no}}}}, expect: {{word: {values}}}}}\n", encoding="utf-8")
    ((_, checked),) = read_cases(path, tiny)
    given = [variant.given["patient"] for variant in variants(path, checked)]
    assert given == [{"mdd": "yes"}, {"mdd": 3}, {"mdd": ["a", "b"]}, {}]
    assert checked.model.cases[0].given == {"patient": {"mdd": "no"}}
