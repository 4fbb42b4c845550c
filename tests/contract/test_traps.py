"""Our use of durable_rules stays clear of its traps, each of which test_canaries.py shows to exist."""

import json
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import durable_rules_engine
import pytest

import euthymia
from euthymia.consultation import Consultation
from euthymia.errors import EngineFault
from euthymia.inference import durable
from euthymia.inference.clauses import Code, Literal, compiled_rule, engine_fact, merge
from euthymia.inference.durable import RuleSet
from euthymia.inference.engine import Engine
from euthymia.inference.lint import collision_free, fnv
from euthymia.inference.plan import Layer

WORD, NUMBER = Code("e", 1), Code("n", 2)
SOURCES = {path: path.read_text() for path in Path(euthymia.__file__).parent.rglob("*.py")}


class Spy:
    """Stands in front of the C core and keeps every call."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, tuple[Any, ...]]] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        real = getattr(durable_rules_engine, name)

        def call(*arguments: Any) -> Any:
            self.calls.append((name, arguments))
            return real(*arguments)

        return real if isinstance(real, type) else call

    def named(self, name: str) -> list[tuple[Any, ...]]:
        return [arguments for called, arguments in self.calls if called == name]


@pytest.fixture
def spy(monkeypatch: pytest.MonkeyPatch) -> Spy:
    """Every call of the C core from here on."""
    watcher = Spy()
    monkeypatch.setattr(durable, "core", watcher)
    return watcher


def rule_set(*clauses: tuple[Literal, ...]) -> RuleSet:
    """Compiled rules r0, r1 … of a layer that concludes a status from each."""
    layer = Layer("patient", 0, ())
    for number, clause in enumerate(clauses):
        layer.definition[f"r{number}"] = compiled_rule(clause)
        layer.concludes[f"r{number}"] = (Code("s", number), "met")
    return RuleSet(layer)


def yes(number: int = 0, code: Code = WORD) -> dict[str, Any]:
    """An engine fact that says yes."""
    return engine_fact(code, number, v="yes")


@pytest.fixture
def one_rule() -> RuleSet:
    """A rule set that fires on one word."""
    return rule_set((Literal(WORD, ("yes",)),))


# ---- names that are compared by a hash only ---------------------------------------------------------------------------


def test_two_sids_known_to_collide_are_refused() -> None:
    """The two patient numbers that shared one memory count as one name."""
    with pytest.raises(EngineFault, match="'patient-529192' and 'patient-332789' are one name"):
        collision_free(["patient-332789", "patient-529192"])


def test_a_collision_found_by_search_is_one_for_the_engine_too() -> None:
    """Our hash is the engine's: two names found to collide by it are one session to the engine, two others are not."""
    seen: dict[int, str] = {}
    names = (f"{number * 2654435761 % 2**32:08x}" for number in range(10**6))
    one, other = next((seen[fnv(name)], name) for name in names if seen.setdefault(fnv(name), name) != name)
    with pytest.raises(EngineFault, match="are one name"):
        collision_free([one, other])
    assert shares_memory(one, other)
    assert not shares_memory(one, "other")


def shares_memory(one: str, other: str) -> bool:
    """Does a rule that needs two facts fire when each was asserted under another sid?"""
    two = {"r": {"all": [{"a": {"k": "A"}}, {"b": {"k": "B"}}]}}
    handle = durable_rules_engine.create_ruleset("t", json.dumps(two))
    durable_rules_engine.assert_fact(handle, json.dumps({"k": "A", "sid": one}))
    _, offset = durable_rules_engine.assert_fact(handle, json.dumps({"k": "B", "sid": other}))
    return bool(durable_rules_engine.start_action_for_state(handle, offset))


def test_no_id_depends_on_the_patient(consultation: Consultation, spy: Spy) -> None:
    """Every fact is asserted under one constant sid, with an id that is its position."""
    one_rule = rule_set((Literal(WORD, ("yes",)),))
    for _ in range(3):
        one_rule.run([yes()])
    asserted = [fact for _, text in spy.named("assert_facts") for fact in json.loads(text)]
    assert {fact["sid"] for fact in asserted} == {"p"}
    assert {fact["id"] for fact in asserted} == {"f0", "~end"}


def test_3000_evaluations_leave_no_session_behind(one_rule: RuleSet) -> None:
    """Thrice as many evaluations as the engine bears sessions, each with the same result: the session is deleted after each."""
    assert {tuple(one_rule.run([yes()])) for _ in range(3000)} == {(("r0", ("f0",)),)}
    with pytest.raises(durable_rules_engine.error):
        durable_rules_engine.delete_state(one_rule._handle, "p")


# ---- facts that are lost or refused -----------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [1e-05, 1e16, float("inf"), float("nan"), 2.5, None, True, False, "7", 2**53, [1], {"a": 1}])
def test_a_number_that_the_engine_misreads_is_not_asserted(value: Any, spy: Spy) -> None:
    """Only whole numbers that it keeps exactly reach the engine: no float, null, bool, text, list or object."""
    rules = rule_set((Literal(NUMBER, (), (("$gte", "lo", 4),)),))
    before = len(spy.named("assert_facts"))
    with pytest.raises(EngineFault, match="a fact's lo"):
        rules.run([{**engine_fact(NUMBER, 0, hi=5), "lo": value}])
    assert len(spy.named("assert_facts")) == before


@pytest.mark.parametrize("value", [1, 2.5, None, True, "é", "x" * 100, ["yes"]])
def test_a_word_that_the_engine_misreads_is_not_asserted(value: Any, one_rule: RuleSet) -> None:
    """Only short words of plain letters reach the engine, no number in their place."""
    with pytest.raises(EngineFault, match="a fact's v"):
        one_rule.run([engine_fact(WORD, 0, v=value)])


def test_a_batch_that_is_cut_short_is_noticed(one_rule: RuleSet, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were an unreadable number let through, the sentinel behind it would be lost and the run would fail."""
    monkeypatch.setattr(durable, "_only_plain", lambda batch: None)
    with pytest.raises(EngineFault, match="lost a part of the facts"):
        one_rule.run([yes(), {**engine_fact(NUMBER, 1, hi=1), "lo": 1e-05}])


def test_a_sentinel_that_is_missing_is_noticed(one_rule: RuleSet, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run whose sentinel does not fire fails, whatever else fired."""
    monkeypatch.setattr(durable, "_SENTINEL", {**durable._SENTINEL, "c": "elsewhere"})
    with pytest.raises(EngineFault, match="lost a part of the facts"):
        one_rule.run([yes()])


def test_a_refused_fact_fails_the_run(one_rule: RuleSet) -> None:
    """A code other than 0, here for an id that was used already, is an error."""
    with pytest.raises(EngineFault, match="refused a fact, code 2"):
        one_rule.run([yes(), yes()])


def test_an_exception_of_the_core_is_not_swallowed(one_rule: RuleSet, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the C core raises in the middle of a run ends the run."""

    class Failing(Spy):
        def complete_and_start_action(self, *_: Any) -> Any:
            raise RuntimeError("out of order")

    monkeypatch.setattr(durable, "core", Failing())
    with pytest.raises(EngineFault, match="out of order"):
        one_rule.run([yes()])


def test_a_rule_set_works_again_after_a_failed_run(one_rule: RuleSet) -> None:
    """A failed run leaves none of its facts to the next one."""
    with pytest.raises(EngineFault):
        one_rule.run([yes(), yes()])
    assert one_rule.run([engine_fact(WORD, 0, v="no")]) == []
    assert one_rule.run([yes()]) == [("r0", ("f0",))]


def test_facts_that_stay_behind_fail_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """A session that cannot be deleted is an error at once, before another patient meets its facts."""

    class Keeping(Spy):
        def delete_state(self, *_: Any) -> Any:
            raise RuntimeError("no such state")

    rules = rule_set((Literal(WORD, ("yes",)),))
    monkeypatch.setattr(durable, "core", Keeping())
    with pytest.raises(EngineFault, match="did not forget the facts"):
        rules.run([yes()])


def test_a_fact_that_nobody_reads_is_kept_and_harmless(one_rule: RuleSet) -> None:
    """A rule of our own accepts every fact, so that none is refused for want of a listener."""
    assert one_rule.run([yes(), yes(1, Code("e", 9)), yes(2, Code("~", 4))]) == [("r0", ("f0",))]


def test_rules_without_end_are_stopped(monkeypatch: pytest.MonkeyPatch, one_rule: RuleSet) -> None:
    """More firings than any patient can cause end in an error."""
    monkeypatch.setattr(durable, "_MOST_FIRINGS", 1)
    with pytest.raises(EngineFault, match="without end"):
        one_rule.run([yes()])


# ---- what is never called ---------------------------------------------------------------------------------------------


def test_building_engines_starts_no_thread(consultation: Consultation) -> None:
    """There are as many threads after two engines were built as before: no timers."""
    before = threading.active_count()
    engines = [Engine(consultation.engines.plan, consultation.rulebook.facts) for _ in range(2)]
    assert threading.active_count() == before
    for engine in engines:
        engine.close()


def test_the_state_is_deleted_only_after_an_action(spy: Spy) -> None:
    """A new rule set fires its sentinel before the first deletion, which would crash otherwise."""
    rule_set((Literal(WORD, ("yes",)),))
    order = [name for name, _ in spy.calls]
    assert order.index("create_ruleset") < order.index("complete_and_start_action") < order.index("delete_state")


def test_an_evaluation_uses_six_functions_of_the_core(consultation: Consultation, spy: Spy) -> None:
    """Rules, facts, actions and forgetting: nothing is retracted, posted, timed or updated."""
    engine = Engine(consultation.engines.plan, consultation.rulebook.facts)
    engine.close()
    used = {name for name, _ in spy.calls}
    assert used == {
        "create_ruleset", "assert_facts", "start_action_for_state", "complete_and_start_action", "delete_state", "delete_ruleset",
    }  # fmt: skip


@pytest.mark.parametrize("word", ["retract", "assert_event", "start_timer", "update_state", "Host(", "durable.lang", "durable.engine"])
def test_the_source_never_names(word: str) -> None:
    """No module calls what the traps forbid."""
    assert [path.name for path, text in SOURCES.items() if word in text] == []


def test_one_module_knows_the_core() -> None:
    """Only inference/durable.py imports the C core."""
    importing = [path.name for path, text in SOURCES.items() if re.search(r"^\s*(import|from) durable", text, re.MULTILINE)]
    assert importing == ["durable.py"]


# ---- shapes of rules --------------------------------------------------------------------------------------------------


def test_tests_of_one_fact_are_merged_into_one_pattern() -> None:
    """Two conditions on one number become one pattern, and the rule fires on the one fact."""
    both = (Literal(NUMBER, (), (("$gte", "lo", 4),)), Literal(NUMBER, (), (("$lt", "hi", 9),)))
    merged = merge(both)
    assert merged == (Literal(NUMBER, (), (("$gte", "lo", 4), ("$lt", "hi", 9))),)
    assert rule_set(merged).run([engine_fact(NUMBER, 0, lo=5, hi=6)]) == [("r0", ("f0",))]
    with pytest.raises(EngineFault, match="one fact would fill two patterns"):
        rule_set(both)


def test_every_alias_is_a_position(consultation: Consultation) -> None:
    """Aliases are a0, a1 … in every compiled rule, none from data, none ending in $not."""
    for layer in consultation.engines.plan.layers:
        for rule in layer.definition.values():
            assert [list(pattern) for pattern in rule["all"]] == [[f"a{number}"] for number in range(len(rule["all"]))]


@pytest.mark.parametrize("uses", [60, 61])
def test_choices_on_one_fact_stay_within_what_the_engine_bears(uses: int) -> None:
    """Up to 60 rules may test one fact for a choice of words, all of which fire; more are refused."""
    status = Code("s", 900)
    clauses = [tuple(sorted((Literal(status, ("met", "not_applicable")), Literal(Code("e", n), ("yes",))), key=str)) for n in range(uses)]
    if uses > 60:
        with pytest.raises(EngineFault, match="61 tests after"):
            rule_set(*clauses)
        return
    facts = [engine_fact(status, 0, v="met"), *(yes(n + 1, Code("e", n)) for n in range(uses))]
    assert len(rule_set(*clauses).run(facts)) == uses


def test_a_rule_set_that_never_fired_deletes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the very first sentinel lost, the rule set would be refused, and the deletion that crashes would not be tried."""
    monkeypatch.setattr(durable, "_SENTINEL", {**durable._SENTINEL, "c": "elsewhere"})
    with pytest.raises(EngineFault, match="lost a part of the facts"):
        rule_set((Literal(WORD, ("yes",)),))
