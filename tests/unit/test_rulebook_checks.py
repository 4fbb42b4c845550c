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
    """Every mistake of the tiny rulebook with one more file of rules, with whole `files` added, and with changes to other files."""

    def found(*rules: str, head: str = HEAD, files: dict[str, str] | None = None, **changes: tuple[str, str]) -> list[str]:
        folder = tmp_path / "rules"
        shutil.copytree(TINY, folder)
        for name, text in (files or {}).items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
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


def says(name: str, word: str) -> str:
    """A sentence that hangs on one word."""
    return f"\"{{% if {name}.is('{word}') %}}x{{% endif %}}\""


WRONG_WORDS = [
    ("patient.severity", "sever", "found 'sever' for patient.severity; allowed: mild, moderate, severe (did you mean 'severe'?)"),
    ("patient.mdd", "unknown", "found 'unknown' for patient.mdd; allowed: yes, no"),
    ("patient.signs", "slep", "found 'slep' for patient.signs; allowed: sleep, appetite, energy (did you mean 'sleep'?)"),
    ("patient.age", "18", "patient.age is of type integer and has no words to compare with"),
]
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
    (
        rule("patient.mdd = yes", "kind: helper, shows: [patient.agee]"),
        "wrong.shows: unknown fact 'patient.agee' (did you mean 'patient.age'?)",
    ),
    *((rule("always", f"kind: rule, shows: [{name}], says: {{met: {says(name, word)}}}"), message) for name, word, message in WRONG_WORDS),
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


@pytest.mark.parametrize(
    ("name", "word"), [("patient.severity", "severe"), ("patient.mdd", "no"), ("patient.signs", "sleep"), ("patient.note", "any word")]
)
def test_a_word_that_a_fact_can_have_is_right(name: str, word: str, mistakes: Mistakes) -> None:
    """Texts may be any word; the only mistake told is another one."""
    (told,) = mistakes(rule("always", f"kind: rule, shows: [{name}], says: {{met: {says(name, word)}}}"), rule("wrd", name="other"))
    assert "unknown rule or fact 'wrd'" in told


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
        ("parameters__numbers", "work: paper", "work: papers", "parameters/numbers.yaml:"),
        (
            "parameters__numbers",
            "id: trials_needed",
            "id: weeks_needed",
            "parameter 'weeks_needed' is defined twice, first in parameters/numbers.yaml:",
        ),
        (
            "parameters__numbers",
            "valid_from: 2025-01-01",
            "valid_from: March 2026",
            ".valid_from: found 'March 2026'; allowed: a day, YYYY",
        ),
        ("parameters__numbers", "valid_from: 2025-01-01", "valid_from: 2026-02-31", ".valid_from: found '2026-02-31'; allowed: a day, YYY"),
        ("parameters__numbers", "reviewed_on: 2025-01-01", "reviewed_on: 2025", ".reviewed_on: found '2025'; allowed: a day, YYYY-MM-DD"),
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


def test_a_definition_given_twice_names_the_folder_that_was_read(mistakes: Mistakes) -> None:
    """The first one stands in that folder, whatever it is called."""
    (told,) = mistakes(files={"wrong/model.yaml": FULFILLED, "wrong/other.yaml": FULFILLED})
    assert told == "wrong/other.yaml:4: wrong: definition 'wrong' is defined twice, first in wrong/model.yaml:4"


def test_an_empty_file_is_told_once(mistakes: Mistakes) -> None:
    """That it holds no keys goes without saying."""
    assert mistakes(files={"wrong/empty.yaml": ""}) == ["wrong/empty.yaml:1: the file is empty"]


def test_an_unknown_key_inside_a_list_of_a_part_is_told_with_what_is_allowed(mistakes: Mistakes) -> None:
    """However deep it stands."""
    bands = "bands: [{from: 0, points: 0, poins: 1}]"
    (told,) = mistakes(files={"wrong/model.yaml": part(f"count: {{{FAILED}}}, {bands}").replace(">", "")})
    assert told.endswith("definition.score.parts[0].bands[0].poins: unknown key (did you mean 'points'?); allowed: from, label, points")


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("parameters__numbers", "unit: weeks", "unti: weeks", "parameters/numbers.yaml:5: parameters[0].unti: unknown key (did you mean"),
        ("parameters__numbers", "unit: weeks", "unit: weeks, &a x", "parameters/numbers.yaml:5: "),
        ("constructs__constructs", "id: word,", "id: word, knd: rule,", "unknown key (did you mean 'kind'?)"),
        ("sources", "id: paper", "id: paper, idd: x", "sources.yaml:"),
    ],
)
def test_one_mistake_does_not_make_other_names_unknown(name: str, old: str, new: str, message: str, mistakes: Mistakes) -> None:
    """What stands in a file that has mistakes is not called unknown wherever it is used."""
    uses = rule("patient.age > 1", 'kind: rule, says: {met: "{{ param.weeks_needed }}"}')
    told = mistakes(uses, files={"other/model.yaml": FULFILLED}, **{name: (old, new)})
    assert any(message in line for line in told)
    assert [line for line in told if re.search("unknown [a-z ]+'|names .*, which the rule does not read", line)] == []


def test_a_rule_with_a_mistake_in_its_condition_is_not_called_unknown(mistakes: Mistakes) -> None:
    """Nor are facts that it may read called unread where another rule builds on it; but names that nobody has are told as well."""
    told = mistakes(
        rule("patient.agee > 18", name="broken"),
        rule("broken", 'kind: rule, beside: [broken, brokn], says: {met: "{{ patient.age }}"}', name="other"),
    )
    assert [line.partition(": ")[2] for line in told] == [
        "broken.when: unknown fact 'patient.agee' (did you mean 'patient.age'?)",
        "other: beside: unknown rule 'brokn'",
    ]


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


# ---- options ----------------------------------------------------------------------------------------------------------

OFFERED = (
    "assessment:\n",
    "assessment:\n  availability: patient.offered\n  preference: patient.preferred\n",
)
OFFERS = (
    "  - {name: mdd,",
    (
        '  - {name: offered, label: x, definition: X., type: list of enum, values: [CBT, IPT], ask: "?", changes: never, unknown: Open.}\n'
        '  - {name: preferred, label: x, definition: X., type: enum, values: [drugs, talking], ask: "?", changes: never, unknown: Open.}\n'
        "  - {name: mdd,"
    ),
)
MDD = "when: patient.mdd = yes"
UNREAD = "names patient.age, which the rule does not read; list it under `shows` if it should"


def option(text: str, more: str = "kind: option") -> str:
    return rule("patient.mdd = yes", f"{more}, option: {{{text}}}")


WRONG_OPTIONS = [
    (option("offers: [CBT]", "kind: rule"), "wrong: `option` belongs to rules of kind option; this one is of kind rule"),
    (option("offers: [CBTT]"), "wrong: offers: found 'CBTT'; allowed: CBT, IPT (did you mean 'CBT'?)"),
    (option("modality: [drug]"), "wrong: modality: found 'drug'; allowed: drugs, talking (did you mean 'drugs'?)"),
    (option("excludes: [nowhere]"), "wrong: excludes: unknown option 'nowhere'"),
    (option("excludes: [number]"), "wrong: excludes: number is of kind helper; an option is needed here"),
    (option("excludes: [wrong]"), "wrong: excludes: wrong excludes itself; name another option"),
    (option("under: nowhere"), "wrong: under: unknown option 'nowhere'"),
    (option("under: number"), "wrong: under: number is of kind helper; an option is needed here"),
    (rule("patient.mdd = yes", "kind: option"), "wrong: a rule of kind option needs `option`; `option: {}` where nothing stands beside"),
    (rule("trial.failed = yes", "kind: option, about: trial, option: {}"), "wrong: an option is about the patient; this one is about a tr"),
    (
        rule("problem.urgent = yes", "kind: option, about: problem, option: {}"),
        "wrong: an option is about the patient; this one is about a problem",
    ),
    (option("offers: [CBT]", "kind: option, beside: [wrd]"), "wrong: beside: unknown rule 'wrd' (did you mean 'word'?)"),
    (option("for: [{says: x, evidence: [E-1]}]"), "wrong: for: unknown study 'E-1'"),
    (option(f"population: [{{is: x, {MDD}, evidence: [E-1]}}]"), "wrong: population: unknown study 'E-1'"),
    (option('for: [{says: "{{ patient.age }}"}]'), f"wrong: for: {UNREAD}"),
    (option('cautions: [{says: "{{ patient.age"}]'), "wrong: cautions: not a well-formed sentence:"),
    (option(f'against: [{{says: "{{{{ patient.age }}}}", {MDD}}}]'), f"wrong/against/1.says.met: {UNREAD}"),
    (option(f'against: [{{says: x}}, {{says: "{{{{ patient.age }}}}", {MDD}}}]'), f"wrong/against/2.says.undetermined: {UNREAD}"),
    (
        option("defers: [{says: x, when: patient.age is unknown}]"),
        "wrong/defers/1: tests whether a fact is known; only a rule with `reminder",
    ),
    (option("defers: [{says: x, when: unanswered}]"), "wrong/defers/1: refers to the reminder unanswered; only another reminder may"),
    (
        option("defers: [{says: x, when: patient.age < 0}]"),
        "wrong/defers/1: can never be met: no number in the range of patient.age fulfils it",
    ),
    (option("defers: [{says: x, when: patient.agee > 1}]"), "wrong.option.defers[0].when: unknown fact 'patient.agee'"),
    (
        option("for: [{says: x, when: trial.failed = yes}]"),
        "wrong.option.for[0].when: trial.failed belongs to one trial; use it inside a count",
    ),
    (option("defers: [{says: x}]"), "rules[0].option.defers[0].when: is missing"),
    (option("population: [{is: x}]"), "rules[0].option.population[0].when: is missing"),
    (option("for: [{is: x}]"), "rules[0].option.for[0].is: unknown key; allowed: evidence, says, when"),
    (option("adds_drug: maybe"), "rules[0].option.adds_drug: found maybe; allowed: 'yes' or 'no'"),
]


@pytest.mark.parametrize(("text", "message"), WRONG_OPTIONS, ids=[message[:70] for _, message in WRONG_OPTIONS])
def test_a_wrong_option_is_told(text: str, message: str, mistakes: Mistakes) -> None:
    """Names that nothing has, arguments that name what they do not read, and tests of knowing where a yes or no is needed."""
    told = mistakes(text, rulebook=OFFERED, facts__patient=OFFERS)
    assert all(line.startswith("wrong/rules.yaml:5: ") for line in told)
    assert any(line.startswith(f"wrong/rules.yaml:5: {message}") for line in told), told


def test_an_option_needs_a_fact_for_what_it_offers(mistakes: Mistakes) -> None:
    """A rulebook that names no fact for what a service offers cannot say that it offers something."""
    assert mistakes(option("offers: [CBT]")) == ["wrong/rules.yaml:5: wrong: offers: rulebook.yaml names no fact for it"]


# ---- definitions, orders and sequences: the mistake is on the line that begins with >, else on that of the id -----------

DEFINITION = """schema: euthymia.rules/1
title: Wrong
definition:
  id: wrong
  label: Wrong
  kind: score
  asks_for: Nothing.
  source: {work: paper, at: p. 1}
  certainty: source
"""
SCORE = "  score:\n    unit: points\n    parts:\n"
RANKING = """schema: euthymia.rules/1
title: Wrong
ranking:
  id: wrong
  title: Wrong
  record: problem
  name: problem.name
  links: problem.linked_to
  source: {work: paper, at: p. 1}
"""
SEQUENCE = """schema: euthymia.rules/1
title: Wrong
sequence:
  id: wrong
  title: Wrong
  source: {work: paper, at: p. 1}
"""
STEPS = """  chosen: word
  steps:
    - {label: One, rule: word, done: patient.mdd = yes}
"""
WEEKS = (
    "  - {name: mdd,",
    (
        '  - {name: passed, label: x, definition: X., type: number, unit: weeks, minimum: 0, ask: "?", changes: never, unknown: Open.}\n'
        "  - {name: mdd,"
    ),
)


def part(text: str) -> str:
    return f"{DEFINITION}{SCORE}>      - {{id: one, label: One, {text}}}\n"


def table(text: str) -> str:
    """A part whose names are only looked up when the whole is known; then the line of the definition is given."""
    return part(text).replace(">", "")


def due(text: str) -> str:
    return f"{SEQUENCE}{STEPS}>    - {{label: Two, rule: word, done: patient.mdd = yes, due: {{{text}}}}}\n"


FAILED = "of: trials, where: trial.failed = yes"
ZERO = "bands: [{from: 0, points: 0}]"
WRONG_MODELS = [
    (DEFINITION.replace("definition:", ">definition:"), "definition: a definition needs `fulfilled` (a rule), a `score`, or both"),
    (part("choose: [], ladder: []"), "definition.score.parts[0]: a part of a score needs exactly one of choose, ladder, count (with"),
    (
        part("certainty: source"),
        "definition.score.parts[0]: a part of a score needs exactly one of choose, ladder, count (with bands), each",
    ),
    (part(f"count: {{{FAILED}}}"), "definition.score.parts[0]: a part of a score needs exactly one of choose, ladder, count (with bands)"),
    (part(f"choose: [], {ZERO}"), "definition.score.parts[0]: a part of a score needs exactly one of choose, ladder, count (with bands)"),
    (part(f"count: {{{FAILED}}}, bands: [{{from: 1, points: 0}}]"), "definition.score.parts[0]: bands start from 0 and rise"),
    (
        part(f"count: {{{FAILED}}}, bands: [{{from: 0, points: 0}}, {{from: 4, points: 2}}, {{from: 2, points: 1}}]"),
        "definition.score.parts[0]: bands start from 0 and rise",
    ),
    (
        part("each: {of: drugs, where: trial.failed = yes, points: 1}"),
        "definition.score.parts[0].each.of: found drugs; allowed: 'trials' or",
    ),
    (part("each: {of: trials, points: 1}"), "definition.score.parts[0].each.where: is missing"),
    (part("choose: [{points: -1, when: word}]"), "definition.score.parts[0].choose[0].points: found -1; input should be greater than or"),
    (part("choose: [{points: 1, when: trial.failed = yes}]"), "wrong.score.parts[0].choose[0].when: trial.failed belongs to one trial"),
    (part("ladder: [{points: 1, when: first-known}]"), "wrong.score.parts[0].ladder[0].when: first-known is about a trial; refer to it"),
    (
        part("each: {of: problems, where: trial.failed = yes, points: 1}"),
        "wrong.score.parts[0].each.where: trial.failed belongs to one trial",
    ),
    (
        part(f"count: {{of: trials, where: problem.urgent = yes}}, {ZERO}"),
        "wrong.score.parts[0].count.where: problem.urgent belongs to one pro",
    ),
    (
        part(f"count: {{{FAILED}, distinct: trial.failed}}, {ZERO}"),
        "wrong.score.parts[0].count.distinct: found 'trial.failed'; allowed: trial.modality, trial.drug",
    ),
    *(
        (
            part(f"each: {{{FAILED}, points: 1, {key}: {fact}}}"),
            f"wrong.score.parts[0].each.{key}: found '{fact}'; allowed: a list or a number of the record trial",
        )
        for key, fact in [("times", "trial.failed"), ("times", "patient.age"), ("times", "trial.week"), ("at_least", "trial.drug")]
    ),
    (
        table("choose: [{points: 1, when: patient.age < 0}]"),
        "wrong/one/1: can never be met: no number in the range of patient.age fulfils it",
    ),
    (table("choose: [{points: 1, when: patient.age is known}]"), "wrong/one/1: tests whether a fact is known; only a rule with `reminder"),
    (table("choose: [], source: {work: papers, at: p. 1}"), "wrong: unknown source 'papers' (did you mean 'paper'?)"),
    (f"{DEFINITION}  fulfilled: wrd\n", "wrong: unknown rule 'wrd' (did you mean 'word'?)"),
    (f"{DEFINITION}  fulfilled: first-known\n", "wrong: first-known is about a trial; a rule about the patient is needed here"),
    (f"{DEFINITION}  fulfilled: word\n  applies: wrd\n", "wrong: unknown rule 'wrd' (did you mean 'word'?)"),
    (f"{DEFINITION}  fulfilled: word\n  remarks: [wrd]\n", "wrong: unknown remark 'wrd' (did you mean 'word'?)"),
    (f"{DEFINITION}  fulfilled: word\n  readings: [AMB-2]\n", "wrong: unknown reading 'AMB-2' (did you mean 'AMB-1'?)"),
    (f"{RANKING}  by: [{{fact: problem.urgent, order: [yes, soon]}}]\n", "wrong: problem.urgent: found 'soon'; allowed: yes, no"),
    (f"{RANKING}  by: [{{fact: problem.rank, order: [first]}}]\n", "wrong: unknown fact 'problem.rank'"),
    (
        f"{RANKING}  by: [{{list: patient.ilnesses}}]\n",
        "wrong: unknown fact 'patient.ilnesses' (did you mean 'patient.illnesses'?)",
    ),
    (
        f"{RANKING}  by:\n>    - {{fact: problem.urgent, order: [yes, no], list: patient.illnesses}}\n",
        "ranking.by[0]: an order needs either a `fact` with its `order` or a `list`",
    ),
    (
        f"{RANKING}  by:\n>    - {{fact: problem.urgent}}\n",
        "ranking.by[0]: an order needs either a `fact` with its `order` or a `list`",
    ),
    (f"{RANKING}  by: [{{list: patient.illnesses}}]\n  applies: wrd\n", "wrong: unknown rule 'wrd' (did you mean 'word'?)"),
    (
        f"{RANKING}  by: [{{list: patient.illnesses}}]\n  marks:\n>    - {{when: trial.failed = yes, says: x}}\n",
        "wrong.marks[0].when: trial.failed belongs to one trial; use it inside a count or latest_trial",
    ),
    (f"{SEQUENCE}{STEPS}    - {{label: Two, rule: wrd, done: patient.mdd = yes}}\n", "wrong: unknown rule 'wrd' (did you mean 'word'?)"),
    (
        f"{SEQUENCE}{STEPS}    - {{label: Two, rule: first-known, done: patient.mdd = yes}}\n",
        "wrong: first-known is about a trial; a rule about the patient is needed here",
    ),
    (
        f"{SEQUENCE}{STEPS}    - {{label: Two, rule: word, done: patient.mdd = yes}}\n".replace("chosen: word", "chosen: wrd"),
        "wrong: unknown rule 'wrd' (did you mean 'word'?)",
    ),
    (
        f"{SEQUENCE}{STEPS}>    - {{label: Two, rule: word, done: patient.md = yes}}\n",
        "wrong.steps[1].done: unknown fact 'patient.md' (did you mean 'patient.mdd'?)",
    ),
    (f"{SEQUENCE}{STEPS}".replace("  steps", ">  steps"), "sequence.steps: found [{'label': 'One'"),
    (
        due('since: patient.age, from: $weeks_needed, until: "9"'),
        "wrong.steps[1].due.since: found 'patient.age'; allowed: a fact about the patient in weeks",
    ),
    (
        due('since: patient.pased, from: $weeks_needed, until: "9"'),
        "wrong.steps[1].due.since: found 'patient.pased'; allowed: a fact about the patient in weeks",
    ),
    (due('since: patient.passed, from: $weeks, until: "9"'), "wrong.steps[1].due: unknown parameter 'weeks'"),
    (due('since: patient.passed, from: $drug_kinds, until: "9"'), "wrong.steps[1].due: $drug_kinds holds a list; a number is needed here"),
]


def _marked(text: str) -> tuple[str, int]:
    """The text without its mark, and the number of the line that bears it; else of the line with the id."""
    lines = text.splitlines()
    number = next((number for number, line in enumerate(lines, start=1) if line.startswith(">")), lines.index("  id: wrong") + 1)
    return re.sub("^>", "", text, flags=re.MULTILINE), number


@pytest.mark.parametrize(("text", "message"), WRONG_MODELS, ids=[f"{n}: {message[:60]}" for n, (_, message) in enumerate(WRONG_MODELS)])
def test_a_wrong_definition_order_or_sequence_is_told(text: str, message: str, mistakes: Mistakes) -> None:
    """Shapes that are none, names that nothing has, and facts of the wrong kind or of another record, each with its line."""
    plain, line = _marked(text)
    (told,) = mistakes(files={"wrong/model.yaml": plain}, facts__patient=WEEKS)
    assert told.startswith(f"wrong/model.yaml:{line}: {message}")


def test_the_list_of_definitions_is_checked(mistakes: Mistakes) -> None:
    """Definitions that are not there, and one that is listed twice, with the line in rulebook.yaml."""
    told = mistakes(
        files={"wrong/model.yaml": f"{DEFINITION}  fulfilled: word\n"}, rulebook=("definitions: []", "definitions: [wrong, wrog, wrong]")
    )
    assert [re.sub(r":\d+:", ":", line) for line in told] == [
        "rulebook.yaml: assessment.definitions: a definition is listed twice",
        "rulebook.yaml: assessment.definitions: unknown definition 'wrog' (did you mean 'wrong'?)",
    ]


# ---- tensions and drugs -----------------------------------------------------------------------------------------------

TENSIONS = """schema: euthymia.tensions/1
tensions:
  - {id: TEN-1, subject: x, sides: [{says: x, source: {work: papers, at: p. 1}}], here: x, readings: [AMB-2], rules: [wrd]}
gaps:
  - {id: GAP-1, what: x, here: x, rules: [numbr]}
"""
DRUGS = """schema: euthymia.drugs/1
title: Drugs
drugs:
  - {id: one, names: [uno], atc: null, rxnorm: null, class: SSRI, kind: antidepressant, sources: {}}
"""
CLASSES = (
    "  - {name: drug,",
    (
        '  - {name: drug_class, label: x, definition: X., type: enum, values: [SSRI, SNRI], ask: "?", changes: never, unknown: Open.}\n'
        "  - {name: drug,"
    ),
)
GIVEN = "{work: paper, at: p. 1, certainty: source}"
ALL_GIVEN = f"sources: {{lenient: {GIVEN}, default: {GIVEN}, strict: {GIVEN}}}"


def drug(text: str, name: str = "two", drug_class: str = "SNRI") -> dict[str, str]:
    line = f"  - {{id: {name}, atc: null, rxnorm: null, class: {drug_class}, kind: antidepressant, {text}}}\n"
    return {"drugs.yaml": DRUGS + line}


def test_a_wrong_tension_is_told(mistakes: Mistakes) -> None:
    """Works, readings and rules that nobody wrote."""
    told = " ".join(mistakes(files={"tensions.yaml": TENSIONS}))
    for message in (
        "TEN-1: unknown source 'papers' (did you mean 'paper'?)",
        "TEN-1: unknown reading 'AMB-2' (did you mean 'AMB-1'?)",
        "TEN-1: unknown rule or text 'wrd' (did you mean 'word'?)",
        "GAP-1: unknown rule or text 'numbr' (did you mean 'number'?)",
    ):
        assert message in told


WRONG_DRUGS = [
    (drug("names: [UNO], sources: {}"), "drugs[1].names: 'UNO' also names one; every name belongs to one drug"),
    (drug("names: [one], sources: {}"), "drugs[1].names: 'one' also names one; every name belongs to one drug"),
    (drug("sources: {}", name="uno"), "drugs[1].names: 'uno' also names one; every name belongs to one drug"),
    (drug("sources: {}", drug_class="SSRX"), "drugs[1].class: found 'SSRX'; allowed: SSRI, SNRI"),
    (
        drug(f"unit: mg, per: day, dose: {{lenient: 1, default: 2, strict: 3}}, sources: {{lenient: {GIVEN}}}"),
        "drugs[1].sources: no source for the default and the strict dose",
    ),
    (drug(f"dose: {{lenient: 1, default: 2, strict: 3}}, {ALL_GIVEN}"), "drugs[1]: a dose needs `unit` and `per`"),
    (
        drug(f"unit: mg, per: day, dose: {{lenient: 1, default: 3, strict: 2}}, {ALL_GIVEN}"),
        "drugs[1].dose: lenient, default and strict must not fall",
    ),
    (drug("sources: {}", name="Two"), "drugs[1].id: found Two; "),
]


@pytest.mark.parametrize(("files", "message"), WRONG_DRUGS, ids=[message[:70] for _, message in WRONG_DRUGS])
def test_a_wrong_drug_is_told(files: dict[str, str], message: str, mistakes: Mistakes) -> None:
    """Names that two drugs share, classes that no trial can have, doses without source or unit, each with its line."""
    (told,) = mistakes(files=files, facts__trial=CLASSES)
    assert told.startswith(f"drugs.yaml:5: {message}")


def test_a_drug_cites_a_work_that_exists(mistakes: Mistakes) -> None:
    """As every rule does."""
    files = drug(f"unit: mg, per: day, dose: {{lenient: 1, default: 2, strict: 3}}, {ALL_GIVEN.replace('paper', 'papers', 1)}")
    (told,) = mistakes(files=files, facts__trial=CLASSES)
    assert "two: unknown source 'papers' (did you mean 'paper'?)" in told


def test_a_group_that_no_drug_has_is_told(mistakes: Mistakes) -> None:
    """A fact that such a group would fill in could never become yes."""
    (told,) = mistakes(files={"drugs.yaml": DRUGS}, facts__trial=CLASSES, facts__patient=("{name: mdd,", "{name: mdd, drug_group: maoi,"))
    assert "patient.mdd: no drug of the table belongs to the group 'maoi'" in told


CHOICES = "{id: one, label: One, choose: [{points: 1, when: word}, {points: 2, when: word is not met}]}"
OTHERS = "{id: one, label: Other, choose: [{points: 5, when: number}, {points: 6, when: number is not met}]}"
BY_NAME = "  by: [{list: patient.illnesses}]\n"
FULFILLED = f"{DEFINITION}  fulfilled: word\n"


@pytest.mark.parametrize(
    "files",
    [
        {"wrong/model.yaml": part(f"count: {{{FAILED}}}, bands: []").replace(">", "")},
        {"wrong/model.yaml": f"{DEFINITION}{SCORE}      - {CHOICES}\n      - {OTHERS}\n"},
        {"wrong/model.yaml": FULFILLED, "wrong/other.yaml": FULFILLED},
        {"wrong/model.yaml": RANKING.replace("record: problem", "record: probem") + BY_NAME},
        {"wrong/model.yaml": f"{RANKING}  by: [{{list: patient.severity}}]\n"},
        {"wrong/model.yaml": f"{RANKING}  by: [{{fact: patient.severity, order: [mild]}}]\n"},
        {"wrong/model.yaml": due('since: trial.weeks, from: $weeks_needed, until: "9"').replace(">", "")},
        {"wrong/model.yaml": due('since: patient.passed, from: "9", until: "4"').replace(">", "")},
        {"drugs.yaml": DRUGS.replace("SSRI", "null") + "  - {id: one, atc: null, rxnorm: null, class: null, kind: other, sources: {}}\n"},
        {"wrong/rules.yaml": f"{HEAD}  - {{{option('under: wrong')}}}\n"},
        {"wrong/rules.yaml": HEAD + "  - {" + option('population: [{is: "{{ patient.agee", when: patient.mdd = yes}]') + "}\n"},
    ],
    ids=[
        "no band", "two parts of one id", "two definitions of one id", "order of an unknown record", "order by a word as a list",
        "order by a fact of another record", "weeks of one trial", "window that ends before it begins", "one drug twice",
        "option under itself", "malformed trait of a population",
    ],
)  # fmt: skip
def test_what_loads_and_should_not(files: dict[str, str], mistakes: Mistakes) -> None:
    """Each is a mistake of the author that makes a result wrong or lets something vanish without a word."""
    assert mistakes(files=files, facts__patient=WEEKS)


@pytest.mark.parametrize(
    ("files", "patient", "place"),
    [
        ({"tensions.yaml": TENSIONS}, WEEKS, r"tensions\.yaml:[35]: "),
        (drug(f"unit: mg, per: day, {ALL_GIVEN.replace('paper', 'papers')}", drug_class="SSRI"), WEEKS, r"drugs\.yaml:5: "),
        ({"drugs.yaml": DRUGS}, ("{name: mdd,", "{name: mdd, drug_group: maoi,"), r"facts/patient\.yaml:\d+: "),
    ],
    ids=["tension", "drug", "group of drugs"],
)
def test_these_mistakes_are_told_where_they_stand(files: dict[str, str], patient: tuple[str, str], place: str, mistakes: Mistakes) -> None:
    """In their own file, with the line; not at the top of rulebook.yaml."""
    assert all(re.match(place, line) for line in mistakes(files=files, facts__trial=CLASSES, facts__patient=patient))
