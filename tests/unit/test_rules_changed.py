"""What changed in the rules that a judgement hangs on, and what became of an alert."""

from dataclasses import replace
from typing import Any

import pytest

from euthymia.comparison.alerts import became, is_shown
from euthymia.comparison.hanging import hangs_on
from euthymia.comparison.outcomes import NOWHERE, Outcome, Subject
from euthymia.comparison.rules_changed import RuleChanges
from euthymia.explain.vocabulary import Vocabulary
from euthymia.rulebook.rulebook import Rulebook
from tests.generative import rulebooks
from tests.generative.rulebooks import written

SUBJECT = Subject("rule", "r0")


def told(before: Rulebook, after: Rulebook, subject: Subject = SUBJECT) -> list[tuple[str, str]]:
    changes = RuleChanges(before, after, lambda *_: ("rules/parameters/generated.yaml", 1))
    one, other = (hangs_on(subject, rulebook, Vocabulary(rulebook)) for rulebook in (before, after))
    hanging = replace(one, rules=one.rules | other.rules, facts=one.facts | other.facts)
    return [(change.what, change.id) for change in changes.of(subject, hanging)]


def with_rule(rulebook: Rulebook, **more: Any) -> Rulebook:
    return replace(rulebook, rules=tuple(replace(rule, **more) if rule.id == "r0" else rule for rule in rulebook.rules))


@pytest.mark.parametrize(
    "when",
    [
        "p.n >= $bound", "p.kind in $kinds", {"at_least": "$two", "of": "trials", "where": "trial.ok = yes"},
        {"all": [{"not": {"any": ["p.n > $bound", "p.a = yes"]}}, {"once": "p.n < $bound"}]},
        {"first_known": ["p.n >= $bound", "p.a = yes"]},
        {"latest_trial": {"all": ["trial.score >= $bound", "trial.ok = yes"]}},
    ],
)  # fmt: skip
def test_a_number_that_changed_is_told_and_not_the_condition(when: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rule reads the same; only its parameter is another one."""
    before = written(r0=when)
    other = {
        name: entry.model_copy(update={"value": [*entry.value[:1]] if isinstance(entry.value, list) else entry.value + 1})
        for name, entry in rulebooks.PARAMETERS.items()
    }
    monkeypatch.setattr(rulebooks, "PARAMETERS", other)
    found = told(before, written(r0=when))
    assert [what for what, _ in found] == ["parameter"]


def test_a_condition_is_told_where_it_changed() -> None:
    """Also in a rule that the judgement only refers to; a rule that nothing refers to is not named."""
    before = written(r0="r1", r1="p.a = yes", r2="p.b = yes")
    after = written(r0="r1", r1="p.a = no", r2="p.b = no")
    assert told(before, after) == [("condition", "r1")]


def test_a_rule_that_is_new_or_gone_is_told() -> None:
    """With the rule that refers to it now, or did."""
    one, two = written(r0="p.a = yes"), written(r0={"all": ["p.a = yes", "r1"]}, r1="p.b = yes")
    assert told(one, two) == [("condition", "r0"), ("rule_added", "r1")]
    assert told(two, one) == [("condition", "r0"), ("rule_removed", "r1")]


def test_another_sentence_is_wording_only_and_another_weight_is_not() -> None:
    """Wording counts for the judgement itself, not for those that refer to it."""
    before = written(r0="p.a = yes", r1="r0")
    assert told(before, with_rule(before, says={"met": "Said differently."})) == [("wording", "r0")]
    assert told(before, with_rule(before, says={"met": "Said differently."}), Subject("rule", "r1")) == []
    assert told(before, with_rule(before, alert="critical", title="Another")) == [("weight", "r0")]


def test_nothing_is_told_where_nothing_changed() -> None:
    """The same rules, read twice."""
    assert told(written(r0="p.a = yes"), written(r0="p.a = yes")) == []


def alert(status: str, weight: str | None = "critical") -> Outcome:
    return Outcome(status, (weight, None))


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        (alert("not_met"), alert("met"), "new"), (NOWHERE, alert("met"), "new"), (alert("undetermined"), alert("met"), "new"),
        (alert("met"), alert("not_met"), "gone"), (alert("met"), NOWHERE, "gone"), (alert("met"), alert("met", None), "weight"),
        (alert("met"), alert("undetermined"), "not_known"), (alert("not_met"), alert("undetermined"), "open"),
        (alert("undetermined"), alert("not_met"), "excluded"), (alert("met"), alert("met", "notice"), "weight"),
        (alert("met", "notice"), alert("undetermined", "notice"), "not_known"),
    ],
)  # fmt: skip
def test_what_became_of_an_alert(before: Outcome, after: Outcome, what: str) -> None:
    """One that cannot be told any more has not gone."""
    assert is_shown(before) or is_shown(after)
    assert became(before, after) == what
