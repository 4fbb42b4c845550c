"""Each guard over the compiled rules fires on the smallest rule that it forbids, and lets the shipped rules pass."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from euthymia.consultation import Consultation
from euthymia.errors import EngineFault
from euthymia.inference.clauses import Code, Literal, compiled_rule
from euthymia.inference.lint import MOST_RULES, MOST_SAME_CHAIN, collision_free, fnv, lint

Rule = dict[str, Any]
GOOD: Rule = {"dist": 0, "all": [{"a0": {"$and": [{"t": "e"}, {"b": 1}, {"c": "e1"}, {"v": "yes"}]}}]}


def with_tests(*tests: Any) -> Rule:
    """The good rule with other tests after its kind, bucket and code."""
    rule = copy.deepcopy(GOOD)
    rule["all"][0]["a0"]["$and"][3:] = tests
    return rule


def changed(change: Callable[[Rule], Any]) -> Rule:
    """The good rule after a change."""
    rule = copy.deepcopy(GOOD)
    change(rule)
    return rule


BAD = {
    "a rule that lacks dist": (changed(lambda rule: rule.pop("dist")), "not of the form"),
    "a rule with dist 1": (changed(lambda rule: rule.update(dist=1)), "not of the form"),
    "a rule with a priority": (changed(lambda rule: rule.update(pri=1)), "not of the form"),
    "any instead of all": ({"dist": 0, "any": GOOD["all"]}, "not of the form"),
    "no pattern": ({"dist": 0, "all": []}, "0 patterns"),
    "sixteen patterns": ({"dist": 0, "all": GOOD["all"] * 16}, "16 patterns"),
    "a negated pattern": ({"dist": 0, "all": [{"a0$not": GOOD["all"][0]["a0"]}]}, "not a flat conjunction"),
    "an alias out of place": ({"dist": 0, "all": [{"m": GOOD["all"][0]["a0"]}]}, "not a flat conjunction"),
    "two aliases in one pattern": ({"dist": 0, "all": [{**GOOD["all"][0], "a1": {}}]}, "not a flat conjunction"),
    "$or around everything": ({"dist": 0, "all": [{"a0": {"$or": [{"v": "yes"}]}}]}, "not a flat conjunction"),
    "a bare test": ({"dist": 0, "all": [{"a0": {"c": "e1"}}]}, "not a flat conjunction"),
    "code before kind": ({"dist": 0, "all": [{"a0": {"$and": [{"c": "e1"}, {"t": "e"}, {"b": 1}]}}]}, "kind, bucket and code first"),
    "no code": ({"dist": 0, "all": [{"a0": {"$and": [{"t": "e"}, {"b": 1}, {"v": "yes"}]}}]}, "kind, bucket and code first"),
    "two keys in one test": (with_tests({"v": "yes", "c": "e2"}), "two keys in one test"),
    "a group inside": (with_tests({"$and": [{"v": "yes"}]}), "outside the safe subset"),
    "$or before another test": (with_tests({"$or": [{"v": "yes"}]}, {"v": "no"}), "only at the end"),
    "$or over numbers": (with_tests({"$or": [{"v": 1}]}), "only over words"),
    "$or over another field": (with_tests({"$or": [{"c": "e1"}]}), "only over words"),
    "a comparison with a fraction": (with_tests({"$gte": {"lo": 1.5}}), "only whole numbers"),
    "a comparison with a truth value": (with_tests({"$gte": {"lo": True}}), "only whole numbers"),
    "a comparison with a word": (with_tests({"$gte": {"lo": "4"}}), "only whole numbers"),
    "a comparison of a word field": (with_tests({"$gte": {"v": 4}}), "only whole numbers"),
    "a comparison of two fields": (with_tests({"$gte": {"lo": 4, "hi": 5}}), "only whole numbers"),
    "a join": (with_tests({"$gt": {"lo": {"a0": "lo"}}}), "only whole numbers"),
    "an equality join": (with_tests({"v": {"a0": "v"}}), "outside the safe subset"),
    "a join on the session": (with_tests({"sid": {"a0": "sid"}}), "outside the safe subset"),
    "a test of the id": (with_tests({"id": "f0"}), "outside the safe subset"),
    "a test for absence": (with_tests({"$nex": {"v": 1}}), "outside the safe subset"),
    "an inequality": (with_tests({"$neq": {"v": "yes"}}), "outside the safe subset"),
    "a regular expression": (with_tests({"$mt": {"v": "y.*"}}), "outside the safe subset"),
    "arithmetic": (with_tests({"v": {"$add": {"$l": 1, "$r": 2}}}), "outside the safe subset"),
    "null": (with_tests({"v": None}), "outside the safe subset"),
    "a number where a word belongs": (with_tests({"v": 1}), "outside the safe subset"),
    "one fact in two patterns": ({"dist": 0, "all": [GOOD["all"][0], {"a1": GOOD["all"][0]["a0"]}]}, "two patterns"),
}


def test_the_good_rule_passes() -> None:
    """What the bad rules below were made from is allowed, and so are comparisons and a choice of words at the end."""
    choice = {"$or": [{"v": "yes"}, {"v": "no"}]}
    lint({"r0": GOOD, "r1": with_tests({"$gte": {"lo": 4000}}, {"$lt": {"hi": 8000}}), "r2": with_tests(choice)})


@pytest.mark.parametrize("name", BAD)
def test_a_bad_rule_is_refused(name: str) -> None:
    """The guard names the rule and what is wrong with it."""
    rule, message = BAD[name]
    with pytest.raises(EngineFault, match=message) as fault:
        lint({"r7": rule})
    assert str(fault.value).startswith("r7:")


def clauses(number: int, literals: Callable[[int], tuple[Literal, ...]]) -> dict[str, Rule]:
    """So many rules, each compiled from the literals for its number."""
    return {f"r{n}": compiled_rule(literals(n)) for n in range(number)}


def word(number: int, *values: str) -> Literal:
    return Literal(Code("e", number), values)


@pytest.mark.parametrize(
    ("limit", "literals", "message"),
    [
        (MOST_RULES, lambda n: (word(n, "yes"),), "4001 compiled rules in one layer"),
        (MOST_SAME_CHAIN, lambda n: (word(1, "yes"), word(2 + n, "yes")), "251 rules share one pattern"),
        (60, lambda n: (word(1, f"w{n}"),), "61 tests after"),
        (60, lambda n: (Literal(Code("n", 1), (), (("$gte", "lo", n),)),), "61 tests after"),
        (60, lambda n: (word(1, "yes", "no"), word(2 + n, "yes")), "61 tests after"),
    ],
    ids=["rules in a layer", "rules that share a pattern", "words of one fact", "bounds of one number", "choices of one fact"],
)
def test_a_limit_of_the_engine_is_kept(limit: int, literals: Callable[[int], tuple[Literal, ...]], message: str) -> None:
    """As many as the engine bears pass; one more does not."""
    lint(clauses(limit, literals))
    with pytest.raises(EngineFault, match=message):
        lint(clauses(limit + 1, literals))


def test_500_siblings_are_the_most() -> None:
    """Codes in one bucket are siblings, of which the engine hangs at 512; we stop at 500."""
    lint(clauses(500, lambda n: (word(64 * n, "yes"),)))
    with pytest.raises(EngineFault, match="501 tests after"):
        lint(clauses(501, lambda n: (word(64 * n, "yes"),)))


def test_names_that_collide_are_refused() -> None:
    """Two names with one 32-bit hash are refused, a name that occurs twice is not."""
    with pytest.raises(EngineFault, match="are one name"):
        collision_free(["patient-332789", "patient-529192"])
    collision_free(["f1", "f1", "f2"])


@pytest.mark.parametrize(("name", "value"), [("", 0x811C9DC5), ("a", 0xE40C292C), ("foobar", 0xBF9CF968)])
def test_the_hash_is_fnv_1a(name: str, value: int) -> None:
    """The published test values of 32-bit FNV-1a."""
    assert fnv(name) == value


def test_the_shipped_rules_pass(consultation: Consultation) -> None:
    """Every layer of the shipped rulebook lies in the safe subset."""
    assert consultation.engines.plan.layers
    for layer in consultation.engines.plan.layers:
        lint(layer.definition)
