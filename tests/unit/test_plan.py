"""The compiled rules are pure data: the same every time, as kept in tests/golden/plans, and free of what the engine does badly.

To make the golden files anew after a wanted change: `WRITE_GOLDEN=1 pytest tests/unit/test_plan.py`; then read the difference.
"""

import dataclasses
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from euthymia.consultation import Consultation
from euthymia.inference.clauses import START, Code, Literal, merge
from euthymia.inference.plan import MOST_PATTERNS, Layer, Plan, compile_plan
from euthymia.rulebook.conditions import All, StatusIs
from euthymia.rulebook.load import load_rulebook
from euthymia.rulebook.rulebook import Rulebook
from tests.shared import ROOT

TINY = ROOT / "tests" / "tiny"
GOLDEN = ROOT / "tests" / "golden" / "plans"
RULES = re.findall(r"id: ([a-z-]+)", (TINY / "constructs" / "constructs.yaml").read_text(encoding="utf-8"))
DIGEST = """
import hashlib, json, sys
from pathlib import Path
from euthymia.inference.plan import compile_plan
from euthymia.rulebook.conditions import All, StatusIs
from euthymia.rulebook.load import load_rulebook
print(hashlib.sha256(json.dumps(compile_plan(load_rulebook(Path(sys.argv[1]))).as_json()).encode()).hexdigest())
"""


@pytest.fixture(scope="module")
def tiny() -> Rulebook:
    """A rulebook with one rule for each construct of the language."""
    return load_rulebook(TINY)


def alone(rulebook: Rulebook, rule: str) -> Rulebook:
    """The rulebook with one rule and those that it refers to."""
    found, wanted = set[str](), {rule}
    while wanted:
        found |= wanted
        wanted = {other for one in wanted for other in rulebook.by_id[one].refers_to}
    return dataclasses.replace(rulebook, rules=tuple(rule for rule in rulebook.rules if rule.id in found))


def lines(plan: Plan) -> Iterator[str]:
    """For each layer what its codes stand for, then each compiled rule with what it concludes."""
    names = {code: name for name, code in plan.status_codes.items()}
    for layer in plan.layers:
        yield json.dumps({"about": layer.about, "level": layer.level, "codes": codes(layer, names)})
        for name, definition in layer.definition.items():
            code, value = layer.concludes[name]
            yield json.dumps({"concludes": f"{names.get(code, code.name)} {value}", **definition})


def codes(layer: Layer, names: dict[Code, str]) -> dict[str, str]:
    """The facts, statuses and counts that are asserted in a layer, by their code."""
    asserted: dict[Code, Any] = {**layer.facts, **layer.knowing, **layer.statuses}
    found = {code.name: name if isinstance(name, str) else " ".join(str(part) for part in name if part) for code, name in asserted.items()}
    return found | {quantity.code.name: f"quantity {quantity.body}" for quantity in layer.quantities}


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_compiles_as_kept(rule: str, tiny: Rulebook) -> None:
    """One rule for each construct of the language compiles to the golden file of its name."""
    path = GOLDEN / f"{rule}.json"
    compiled = "[\n" + ",\n".join(lines(compile_plan(alone(tiny, rule)))) + "\n]\n"
    if os.environ.get("WRITE_GOLDEN"):
        path.write_text(compiled, encoding="utf-8")
    assert compiled == path.read_text(encoding="utf-8")


def test_no_golden_file_is_left_over() -> None:
    """Every golden file belongs to a rule."""
    assert sorted(path.stem for path in GOLDEN.iterdir()) == sorted(RULES)


def test_the_same_bytes_in_every_process() -> None:
    """Neither the order of sets nor anything else of the process shows in the compiled rules."""
    digests = set()
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", DIGEST, str(TINY)]
        digests.add(subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=True).stdout)
    assert len(digests) == 1


def test_the_shipped_plan_is_pure_data(consultation: Consultation) -> None:
    """Compiled twice, the shipped rules give the same JSON, and reading that JSON back gives the same rules."""
    plan = compile_plan(consultation.rulebook)
    assert json.dumps(plan.as_json()) == json.dumps(consultation.engines.plan.as_json())
    assert json.loads(json.dumps(plan.as_json())) == plan.as_json()


def test_the_shipped_plan_has_no_negation_no_any_and_no_join(consultation: Consultation) -> None:
    """Only `all` of flat conjunctions of constants; `$or` only over words of one fact, at the end."""
    for layer in consultation.engines.plan.layers:
        for rule in layer.definition.values():
            assert list(rule) == ["dist", "all"]
            for pattern in rule["all"]:
                ((alias, body),) = pattern.items()
                assert alias.isalnum()
                assert list(body) == ["$and"]
                for test in body["$and"]:
                    assert all(isinstance(constant, str | int) for constant in constants(test)), test


def constants(test: dict[str, Any]) -> Iterator[Any]:
    """What a test compares with; a join would be a mapping here."""
    ((key, value),) = test.items()
    if key == "$or":
        for branch in value:
            yield from branch.values()
    elif key.startswith("$"):
        yield from value.values()
    else:
        yield value


def test_no_rule_follows_from_absence(tiny: Rulebook) -> None:
    """Without a fact at all, only what always holds, and what asks for unknown facts, can fire."""
    for layer in compile_plan(tiny).layers:
        without = [name for name, rule in layer.definition.items() if {"c": START.code.name} in rule["all"][0]["a0"]["$and"]]
        assert [layer.concludes[name][1] for name in without] == ["met"] * len(without)
        assert len(without) <= 1


# ---- merging ----------------------------------------------------------------------------------------------------------

WORD, NUMBER = Code("e", 1), Code("n", 2)


def word(*values: str) -> Literal:
    return Literal(WORD, values)


def number(*comparisons: tuple[str, str, int]) -> Literal:
    return Literal(NUMBER, (), comparisons)


@pytest.mark.parametrize(
    ("clause", "merged"),
    [
        ((), (START,)),
        ((word("a"), word("a")), (word("a"),)),
        ((word("a", "b"), word("b", "c")), (word("b"),)),
        ((word("a"), word("b")), None),
        ((word(),), None),
        ((number(("$gte", "lo", 1)), number(("$gte", "lo", 1))), (number(("$gte", "lo", 1)),)),
        ((number(("$gte", "lo", 1)), number(("$lt", "hi", 9))), (number(("$gte", "lo", 1), ("$lt", "hi", 9)),)),
        ((number(("$gte", "lo", 1)), word("a")), (word("a"), number(("$gte", "lo", 1)))),
    ],
)
def test_one_fact_fills_one_pattern(clause: tuple[Literal, ...], merged: tuple[Literal, ...] | None) -> None:
    """All tests of one fact stand in one literal; a clause that cannot hold is dropped; an empty one hangs on the start."""
    assert merge(clause) == merged


def test_a_long_conjunction_is_cut_into_helpers(tiny: Rulebook) -> None:
    """No compiled rule has more patterns than the limit, whatever the length of the condition."""
    many = All(tuple(StatusIs(rule.id) for rule in tiny.rules if rule.about == "patient"))
    rule = dataclasses.replace(tiny.by_id["all-of"], id="many", when=many)
    plan = compile_plan(dataclasses.replace(tiny, rules=(*tiny.rules, rule)))
    longest = max(len(rule["all"]) for layer in plan.layers for rule in layer.definition.values())
    assert longest <= MOST_PATTERNS < len(many.parts)
