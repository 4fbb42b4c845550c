"""No rule file, whatever is in it, is loaded into more than rules: attacks are told as mistakes, and nothing of them is run."""

import shutil
from pathlib import Path

import pytest

from euthymia.errors import InputError, Problem
from euthymia.rulebook.load import load_rulebook
from tests.generative.guard import within

SECONDS = 30
HEAD = 'schema: euthymia.rules/1\ntitle: Hostile\nsource: {work: euthymia, at: "test"}\nrules:\n'

SENTENCES = {
    "reaching-into-python": "{{ ''.__class__.__mro__ }}",
    "a-class": "{{ risk.assessed.__class__ }}",
    "a-private-name": "{{ risk._facts }}",
    "through-a-call": "{{ risk.assessed.is('yes').__class__ }}",
    "format-string": "{{ '{0.__class__}'.format(risk) }}",
    "a-loop": "{% for x in [1, 2] %}{{ x }}{% endfor %}",
    "a-long-loop": "{% for x in range(999999999) %}x{% endfor %}",
    "a-long-word": "{{ 'a' * 10**9 }}",
    "a-power": "{{ 9 ** 9 ** 9 }}",
    "a-sum": "{{ 1 + 1 }}",
    "joined-words": "{{ 'a' ~ 'b' }}",
    "include": "{% include '/etc/passwd' %}",
    "import": "{% import 'os' as os %}{{ os }}",
    "from-import": "{% from 'os' import system %}",
    "extends": "{% extends 'base' %}",
    "set": "{% set x = risk %}{{ x }}",
    "macro": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "a-filter": "{{ risk.assessed | attr('__class__') }}",
    "a-filter-block": "{% filter upper %}x{% endfilter %}",
    "a-test": "{{ risk.assessed is defined }}",
    "an-index": "{{ risk['assessed'] }}",
    "a-list": "{{ [1, 2] }}",
    "a-mapping": "{{ {'a': 1} }}",
    "a-global": "{{ range(3) }}",
    "self": "{{ self }}",
    "cycler": "{{ cycler.__init__.__globals__ }}",
    "a-whole-record": "{{ risk }}",
    "an-unknown-call": "{{ risk.assessed.known() }}",
    "is-without-a-word": "{{ risk.assessed.is }}",
    "is-with-a-name": "{{ risk.assessed.is(risk) }}",
    "is-with-two-words": "{{ risk.assessed.is('yes', 'no') }}",
    "is-with-a-key": "{{ risk.assessed.is(value='yes') }}",
    "is-with-a-star": "{{ risk.assessed.is(*'yes') }}",
    "a-word-with-parts": "{{ 'x'.known }}",
    "a-chain": "{{ risk.assessed.known.known }}",
    "a-parameter-with-parts": "{{ param.adult_age_years.known }}",
    "a-comparison-of-sizes": "{% if risk.assessed < 1 %}x{% endif %}",
    "a-search": "{% if 'a' in 'abc' %}x{% endif %}",
    "many-brackets": "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
    "many-nots": "{% if " + "not " * 3000 + "risk.assessed.known %}x{% endif %}",
    "many-ifs": "{% if risk.assessed.known %}" * 120 + "x" + "{% endif %}" * 120,
    "many-digits": "{{ " + "9" * 5000 + " }}",
    "unclosed": "{{ risk.assessed",
    "no-such-block": "{% raise %}",
    "do": "{% do risk.update() %}",
    "with": "{% with x = 1 %}{{ x }}{% endwith %}",
    "namespace": "{{ namespace(x=1) }}",
    "lipsum": "{{ lipsum(1000000) }}",
}
CONDITIONS = {
    "an-unknown-construct": "{forall: [risk.assessed = yes]}",
    "python": "\"__import__('os').system('true')\"",
    "jinja": '"{{ 1 }}"',
    "a-number": "5",
    "an-empty-line": '""',
    "an-empty-mapping": "{}",
    "a-list": "[risk.assessed = yes]",
    "no-parts": "{all: []}",
    "a-mapping-for-parts": "{any: {a: b}}",
    "a-word-that-is-none": "risk.assessed = perhaps",
    "another-script": "process.workup_steps_done includes \u00b2",
    "a-long-number": "patient.age_years >= 99999999999999999999999",
    "infinity": "patient.age_years >= inf",
    "an-infinite-parameter": "patient.age_years >= $infinite_age",
    "a-list-to-tell-apart": "{at_least: 1, of: trials, where: always, distinct: [trial.drug]}",
    "a-mapping-to-tell-apart": "{at_least: 1, of: trials, where: always, distinct: {a: b}}",
    "no-number": "{at_least: many, of: trials, where: always}",
    "less-than-one": "{at_least: 0, of: trials, where: always}",
    "a-list-of-units": "{some: [trials], where: always}",
    "a-count-in-a-count": "{some: trials, where: {some: trials, where: always}}",
    "a-regular-expression": "trial.drug matches (a+)+$",
    "itself": "itself",
    "a-rule-of-a-trial": "GF-E-A4",
    "two-shapes": "{all: [always], any: [always], eval: x}",
    "deep-in-flow": "{not: " * 500 + "always" + "}" * 500,
    "knowing": "risk.assessed is unknown",
}
FILES = {
    "deep.yaml": HEAD + "  - when: " + "[" * 500 + "]" * 500,
    "brackets.yaml": "[" * 900_000,
    "bomb.yaml": "a: &a [x]\n" + "".join(f"b{n}: &b{n} [*a, *a]\n" for n in range(50)),
    "tag.yaml": HEAD + "  - !!python/object/apply:os.system ['true']\n",
    "binary.yaml": "\x00\x01",
    "words.yaml": "just words",
    "empty.yaml": "",
    "keys.yaml": HEAD + "  - {id: unknown-keys, title: t, kind: helper, when: always, exec: x, python: y}\n",
    "id.yaml": HEAD + '  - {id: "../../etc", title: t, kind: helper, when: always}\n',
}
PARAMETER = """schema: euthymia.parameters/1
title: Hostile
parameters:
  - {id: infinite_age, value: 1.0e999, unit: years, means: none, source: {work: euthymia, at: test}, certainty: reading,
     valid_from: 2025-01-01, reviewed_on: 2025-01-01}
"""
CONTRADICTION = '  - {id: hostile-contradiction, when: GF-E-A1, message: "a rule in a contradiction"}\n'


def _rule(rule: str, condition: str, sentence: str = "x") -> str:
    quoted = sentence.replace("'", "''")
    return f"  - id: {rule}\n    title: t\n    kind: helper\n    when: {condition}\n    says: {{met: '{quoted}'}}\n"


@pytest.fixture
def rules(root: Path, tmp_path: Path) -> Path:
    """A copy of the shipped rules, with a place for hostile ones."""
    shutil.copytree(root / "rules", tmp_path / "rules")
    (tmp_path / "rules" / "hostile").mkdir()
    return tmp_path / "rules"


def _problems(rules: Path) -> list[Problem]:
    with within(SECONDS), pytest.raises(InputError) as caught:
        load_rulebook(rules)
    str(caught.value).encode("utf-8")
    return list(caught.value.problems)


def test_every_hostile_sentence_is_refused(rules: Path) -> None:
    """A sentence that loops, computes, calls, or reaches for anything but facts and parameters is a mistake when the rules are loaded."""
    text = HEAD + "".join(_rule(rule, "{any: [risk.assessed = yes]}", sentence) for rule, sentence in SENTENCES.items())
    (rules / "hostile" / "sentences.yaml").write_text(text, encoding="utf-8")
    refused = {problem.key.partition(".")[0] for problem in _problems(rules)}
    assert SENTENCES.keys() - refused == set()


def test_every_hostile_condition_is_refused(rules: Path) -> None:
    """A condition outside the language, or one that refers to itself, is a mistake that names its rule."""
    for rule, condition in CONDITIONS.items():
        (rules / "hostile" / f"{rule}.yaml").write_text(HEAD + _rule(rule, condition), encoding="utf-8")
    (rules / "parameters" / "an-infinite-parameter.yaml").write_text(PARAMETER, encoding="utf-8")
    refused = {name for problem in _problems(rules) for name in (problem.key.partition(".")[0], Path(problem.file).stem)}
    assert CONDITIONS.keys() - refused - {"itself", "knowing"} == set()


@pytest.mark.parametrize("rule", ["itself", "knowing"])
def test_what_only_the_whole_shows_is_refused(rules: Path, rule: str) -> None:
    """A rule that refers to itself, and a test of knowing outside a reminder, are mistakes of the rulebook."""
    (rules / "hostile" / "one.yaml").write_text(HEAD + _rule(rule, CONDITIONS[rule]), encoding="utf-8")
    assert rule in {problem.key for problem in _problems(rules)}


def test_every_hostile_file_is_refused(rules: Path) -> None:
    """Bombs, tags, deep nesting and files that are none are mistakes of their files, all told at once."""
    for name, text in FILES.items():
        (rules / "hostile" / name).write_text(text, encoding="utf-8")
    (rules / "hostile" / "latin.yaml").write_bytes(b"title: \xff\xfe")
    refused = {Path(problem.file).name for problem in _problems(rules)}
    assert {*FILES, "latin.yaml"} - refused == set()


def test_a_contradiction_may_not_refer_to_a_rule(rules: Path) -> None:
    """Contradictions are tested before any rule is judged, so one that names a rule is a mistake of the rules, not of a patient."""
    path = rules / "contradictions.yaml"
    path.write_text(path.read_text(encoding="utf-8") + CONTRADICTION, encoding="utf-8")
    assert "hostile-contradiction" in {problem.key.partition(".")[0] for problem in _problems(rules)}
