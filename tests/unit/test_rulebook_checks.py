"""Each way of writing a rulebook wrongly is told, with file, line and what is allowed; all mistakes at once."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from euthymia.errors import InputError
from euthymia.rulebook.load import load_rulebook
from tests.shared import ROOT

TINY = ROOT / "tests" / "tiny"
HEAD = "schema: euthymia.rules/1\ntitle: Wrong\nsource: {work: paper, at: p. 1}\nrules:\n"
Mistakes = Callable[..., list[str]]


@pytest.fixture
def mistakes(tmp_path: Path) -> Mistakes:
    """Every mistake of the tiny rulebook with one more file of rules, and with changes to other files."""

    def found(*rules: str, head: str = HEAD, **changes: tuple[str, str]) -> list[str]:
        folder = tmp_path / "rules"
        shutil.copytree(TINY, folder)
        if rules:
            (folder / "wrong").mkdir()
            (folder / "wrong" / "rules.yaml").write_text(head + "".join(f"  - {{{rule}}}\n" for rule in rules), encoding="utf-8")
        for name, (old, new) in changes.items():
            path = folder / f"{name.replace('__', '/')}.yaml"
            text = path.read_text(encoding="utf-8")
            assert old in text
            path.write_text(text.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(InputError) as error:
            load_rulebook(folder)
        return [str(problem).replace(f"{folder}/", "") for problem in error.value.problems]

    return found


def rule(when: str, more: str = "kind: helper", name: str = "wrong") -> str:
    return f"id: {name}, title: Wrong, {more}, when: {when}"


def test_the_tiny_rulebook_itself_is_right() -> None:
    """What the wrong ones below are made from loads without a mistake."""
    assert load_rulebook(TINY).rules


CONDITIONS = [
    ("patient.agee >= 18", "unknown fact 'patient.agee' (did you mean 'patient.age'?)"),
    ("any-off", "unknown rule or fact 'any-off' (did you mean 'any-of'?)"),
    ("patient.age = old", "found 'old'; a number or a parameter ($name) is needed"),
    ("patient.mdd >= 1", "patient.mdd is of type tri and cannot be compared with >="),
    ("patient.mdd is empty", "patient.mdd is of type tri; only a list or a text can be empty"),
    ("patient.mdd includes yes", "patient.mdd is of type tri; includes and lacks need a list"),
    ("patient.signs = sleep", "patient.signs is a list; use includes"),
    ("patient.note = x", "patient.note is of type text and has no fixed values to compare with"),
    ("patient.since = 2025", "patient.since is of type partial date and has no fixed values to compare with"),
    ("patient.illnesses includes x", "patient.illnesses holds free text; only is empty and is not empty can test it"),
    ("patient.age >= $weeks_needed", "$weeks_needed is in weeks, but patient.age is in years"),
    ("patient.age >= $drug_kinds", "$drug_kinds holds a list; a number is needed here"),
    ('"patient.severity in $weeks_needed"', "$weeks_needed holds one value; a list is needed after `in`"),
    ("patient.age >= $years_needed", "unknown parameter 'years_needed' (did you mean 'weeks_needed'?)"),
    ("patient.severity = sever", "found 'sever' for patient.severity; allowed: mild, moderate, severe (did you mean 'severe'?)"),
    ('"patient.severity in [mild, sever]"', "found 'sever' for patient.severity; allowed: mild, moderate, severe (did you mean 'severe'?)"),
    ('"patient.severity in [mild, ]"', "the list in brackets has an empty place"),
    ("patient.severity in mild", "found 'mild'; a list in brackets is needed, [one, two]"),
    ("patient.steps includes 8", "found '8' for patient.steps; allowed: whole numbers 1 to 7"),
    ('"patient.steps includes ²"', "found '²' for patient.steps; allowed: whole numbers 1 to 7"),
    (f"patient.steps includes {'9' * 5000}", f"found '{'9' * 60}…' for patient.steps; allowed: whole numbers 1 to 7"),
    ("patient.signs includes slep", "found 'slep' for patient.signs; allowed: sleep, appetite, energy (did you mean 'sleep'?)"),
    ("patient.severity", "found '' after patient.severity; allowed: a comparison, in, includes, is empty, is unknown …"),
    ("patient.age ~ 5", "found '~ 5' after patient.age; allowed: a comparison, in, includes, is empty, is unknown …"),
    ("patient.age >= 18.0001", "found '18.0001'; at most three decimals"),
    ("word is mett", "found 'is mett' after word; allowed: is met, is not met, is not applicable, is met or not applicable"),
    ("trial.failed = yes", "trial.failed belongs to one trial; use it inside a count or latest_trial"),
    ("first-known", "first-known is about a trial; refer to it inside a count or latest_trial"),
    ("{all: [5]}", "found 5; a condition is a line of text or a mapping such as all: […]"),
    ("{al: [always]}", "found the keys al; allowed: all, any, not,"),
    ("{all: []}", "needs a list of at least one condition"),
    ("{all: [always], any: [always]}", "'any' does not belong beside all; allowed: all"),
    ("{first_known: [{all: [patient.mdd = yes, patient.age > 1]}]}", "each option of first_known reads exactly one fact and no rule"),
    ("{first_known: [word]}", "each option of first_known reads exactly one fact and no rule"),
    ("{first_known: [{some: trials, where: trial.failed = yes}]}", "an option of first_known cannot count"),
    ("{at_least: 0, of: trials, where: trial.failed = yes}", "found 0; allowed: a whole number from 1, or a parameter"),
    ("{at_least: 2, of: trial, where: trial.failed = yes}", "found 'trial'; allowed: trials, listed trials, problems, listed problems"),
    ("{at_least: 2, of: trials}", "at_least needs `where`"),
    ("{every: trials, where: trial.failed = yes}", "every needs `holds`"),
    (
        "{at_least: 2, of: trials, where: trial.failed = yes, distinct: trial.failed}",
        "found 'trial.failed'; allowed: trial.modality, trial.drug",
    ),
    (
        "{at_least: 2, of: trials, where: trial.failed = yes, distinct: [trial.drug]}",
        "found '['trial.drug']'; allowed: trial.modality, trial.drug",
    ),
]


@pytest.mark.parametrize(("when", "message"), CONDITIONS, ids=[when[:60] for when, _ in CONDITIONS])
def test_a_wrong_condition_is_told(when: str, message: str, mistakes: Mistakes) -> None:
    """Unknown names, wrong types and units, values outside the set, and shapes that are none."""
    (told,) = mistakes(rule(when))
    assert re.match(r"wrong/rules\.yaml:5: wrong\.when", told)
    assert message in told


def test_a_count_inside_a_rule_about_a_trial_is_told(mistakes: Mistakes) -> None:
    """One trial has no trials."""
    (told,) = mistakes(rule("{some: trials, where: trial.failed = yes}", "kind: helper, about: trial"))
    assert "some counts units of its own and cannot stand inside a condition about a trial" in told


RULES = [
    (rule("patient.age < 0"), "wrong: can never be met: no number in the range of patient.age fulfils it"),
    (rule("{all: [patient.age < 5, patient.age > 6]}"), "wrong: can never be met: no number in the range of patient.age fulfils it"),
    (rule("{all: [patient.mdd = yes, patient.mdd = no]}"), "wrong: can never be met: no value of patient.mdd fulfils it"),
    (rule("patient.mdd is unknown"), "wrong: tests whether a fact is known; only a rule with `reminder: true` may do so"),
    (rule("patient.mdd is not yes"), "wrong: tests whether a fact is known; only a rule with `reminder: true` may do so"),
    (rule("patient.signs lacks sleep"), "wrong: tests whether a fact is known; only a rule with `reminder: true` may do so"),
    (rule("unanswered"), "wrong: refers to the reminder unanswered; only another reminder may"),
    (
        rule("patient.mdd is unknown", "kind: rule, reminder: true"),
        "wrong: a rule of kind rule cannot be a reminder; allowed: question, assessment, warning, explanation, remark",
    ),
    (
        rule("patient.mdd = yes", 'kind: rule, says: {met: "{{ patient.age }}"}'),
        "wrong.says.met: names patient.age, which the rule does not read; list it under `shows` if it should",
    ),
    (
        rule("patient.mdd = yes", 'kind: rule, tells: {met: "{{ patient.agee }}"}'),
        "wrong.tells.met: unknown fact 'patient.agee' (did you mean 'patient.age'?)",
    ),
    (rule("patient.mdd = yes", 'kind: rule, says: {met: "{{ param.weeks }}"}'), "wrong.says.met: unknown parameter 'weeks'"),
    (
        rule("patient.mdd = yes", 'kind: rule, says: {met: "{{ trial.drug }}"}'),
        "wrong.says.met: 'trial.drug': this rule is not about one trial",
    ),
    (rule("patient.mdd = yes", 'kind: rule, says: {met: "{{ patient.mdd"}'), "wrong.says.met: not a well-formed sentence:"),
    (
        rule("patient.mdd = yes", 'kind: rule, says: {met: "{% for x in needs %}{% endfor %}"}'),
        "a sentence may hold facts, parameters and if/else only",
    ),
    (
        rule("patient.mdd = yes", "kind: helper, asks: [patient.agee]"),
        "wrong.asks: unknown fact 'patient.agee' (did you mean 'patient.age'?)",
    ),
    (rule("always", "kind: helper, source: {work: papers, at: p. 1}"), "wrong.source: unknown source 'papers' (did you mean 'paper'?)"),
    (rule("always", "kind: helper, evidence: [E-1]"), "wrong.evidence: unknown evidence 'E-1'"),
    (rule("always", "kind: helper, readings: [AMB-2]"), "wrong.readings: unknown readings 'AMB-2' (did you mean 'AMB-1'?)"),
    (rule("always", name="GF-E-99"), "GF-E-99: looks like an id of the sources' list, but entries.yaml does not hold it"),
]


@pytest.mark.parametrize(("text", "message"), RULES, ids=[message[:70] for _, message in RULES])
def test_a_wrong_rule_is_told(text: str, message: str, mistakes: Mistakes) -> None:
    """What only the whole set shows, with the line of the rule."""
    (told,) = mistakes(text)
    assert told.startswith("wrong/rules.yaml:5: ")
    assert message in told


SHAPES = [
    (rule("always", "kind: helper, whn: always"), "rules[0].whn: unknown key (did you mean 'when'?); allowed: about, advice, alert"),
    (rule("always", "kind: rules"), "rules[0].kind: found rules; allowed: 'definition', 'rule'"),
    (rule("always", "kind: helper, alert: high"), "rules[0].alert: found high; allowed: 'critical', 'warning' or 'notice'"),
    (rule("always", "kind: helper, about: episode"), "rules[0].about: found episode; allowed: 'patient', 'trial' or 'problem'"),
    (rule("always", name="wrong rule"), "rules[0].id: found wrong rule;"),
    ("id: wrong, title: Wrong, kind: helper", "rules[0].when: is missing"),
    (rule("always", 'kind: helper, says: {mett: ""}'), "allowed: 'met', 'not_met', 'undetermined' or 'not_applicable'"),
]


@pytest.mark.parametrize(("text", "message"), SHAPES, ids=[message[:60] for _, message in SHAPES])
def test_a_wrong_shape_is_told(text: str, message: str, mistakes: Mistakes) -> None:
    """Keys and words that a rule file does not know."""
    (told,) = mistakes(text)
    assert told.startswith("wrong/rules.yaml:5: ")
    assert message in told


def test_a_missing_source_is_told(mistakes: Mistakes) -> None:
    """A rule without a source of its own in a file without one."""
    (told,) = mistakes(rule("always"), head=HEAD.replace("source: {work: paper, at: p. 1}\n", "\n"))
    assert told == "wrong/rules.yaml:5: wrong: cites no source; give `source: {work: …, at: …}` here or for the whole file"


def test_an_id_used_twice_is_told(mistakes: Mistakes) -> None:
    """With the place of the first one."""
    (told,) = mistakes(rule("always", name="word"))
    assert re.fullmatch(
        r"wrong/rules\.yaml:5: rules\[0\]\.id: rule or text 'word' is defined twice, first in constructs/constructs\.yaml:\d+", told
    )


def test_a_circle_is_told_with_its_path(mistakes: Mistakes) -> None:
    """Every step of the circle, with the file and line of the rule where it begins; what only leads to it is not part of it."""
    told = mistakes(rule("a-two", name="a-one"), rule("{all: [a-three]}", name="a-two"), rule("{not: a-two}", name="a-three"))
    assert told == ["wrong/rules.yaml:6: a-two: rules refer to each other in a circle: a-two → a-three → a-two"]


def test_a_rule_that_refers_to_itself_is_told(mistakes: Mistakes) -> None:
    """The smallest circle."""
    assert mistakes(rule("wrong")) == ["wrong/rules.yaml:5: wrong: rules refer to each other in a circle: wrong → wrong"]


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("parameters__numbers", "work: paper", "work: papers", "rulebook.yaml:"),
        (
            "parameters__numbers",
            "id: trials_needed",
            "id: weeks_needed",
            "parameter 'weeks_needed' is defined twice, first in parameters/numbers.yaml:",
        ),
        ("rulebook", "refractoriness: any-of", "refractoriness: any-off", "unknown rule 'any-off' (did you mean 'any-of'?)"),
        (
            "facts__trial",
            "complete_when: patient.history_complete",
            "complete_when: patient.history",
            "unknown fact 'patient.history' in complete_when",
        ),
        ("facts__patient", "values: [mild, moderate, severe]", "values: []", "a fact of type enum needs `values`"),
        ("facts__patient", "values: [mild, moderate, severe]", "values: [mild, unknown]", "'unknown' cannot be a value"),
        ("facts__patient", "values: [mild, moderate, severe]", "values: [sévère]", "'sévère' cannot be a value"),
        ("facts__patient", "values: [mild, moderate, severe]", f"values: [{'x' * 61}]", "cannot be a value: a short word"),
        ("facts__patient", "{name: note,", "{name: mdd,", "patient.mdd is declared twice, first in "),
        ("contradictions", "patient.severity = severe", "patient.severity = sever", "contradictions.yaml:"),
        ("facts__patient", "type: tri", "type: bool", "found bool; allowed: 'tri', 'enum'"),
    ],
)
def test_a_mistake_in_another_file_is_told(name: str, old: str, new: str, message: str, mistakes: Mistakes) -> None:
    """Parameters, facts, contradictions and the map of the assessment are checked as well."""
    assert any(message in told for told in mistakes(**{name: (old, new)}))


def test_all_mistakes_are_told_at_once(mistakes: Mistakes) -> None:
    """Mistakes of several rules and several files, in the order of the files, each with its line."""
    told = mistakes(
        rule("patient.agee >= 18", name="one"),
        rule("patient.age < 0", name="two"),
        rule("patient.mdd is unknown", name="three"),
        rule("always", "kind: helper, source: {work: nowhere, at: x}", name="four"),
        contradictions=("patient.severity = severe", "patient.severity = sever"),
    )
    assert [line.partition(": ")[0] for line in told] == ["contradictions.yaml:4", *(f"wrong/rules.yaml:{n}" for n in (5, 6, 7, 8))]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """No folder, and an empty one, are mistakes of the input."""
    with pytest.raises(InputError, match="no such folder"):
        load_rulebook(tmp_path / "none")
    with pytest.raises(InputError, match="no file that declares facts"):
        load_rulebook(tmp_path)
