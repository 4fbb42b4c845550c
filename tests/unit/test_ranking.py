"""The order of problems: the first ground decides, equal stays equal, and what is not known is placed nowhere."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from euthymia.consultation import Consultation
from euthymia.explain.ranking import Ranked, RankingResult, rank, tied
from euthymia.facts.observation import Observation
from euthymia.facts.patient import Patient, Unit
from euthymia.inference.trace import Key
from euthymia.render.document import document
from euthymia.render.words import Words
from euthymia.rulebook.plans import Ranking, RankingKey
from euthymia.rulebook.rule import Origin
from euthymia.source import read_document
from tests.shared import ON

URGENCY = RankingKey("problem.urgency", ("urgent", "soon", "routine"))
ROLE = RankingKey("problem.role", ("primary", "secondary"))
WISHES = RankingKey("patient.priorities", ())
TARGETS = Ranking(
    id="targets", title="Order of targets", record="problem", name="problem.name", links="problem.linked_to", applies=None, sources=(),
    readings=(), keys=(URGENCY, ROLE, WISHES), marks=(), origin=Origin("targets.yaml", 1),
)  # fmt: skip
EXCLUDED, ASKED = Observation("not_applicable"), Observation("unknown")
Problems = dict[str, dict[str, Any]]


def seen(value: Any) -> Observation:
    """What is known: a word, a list, or an observation as it is."""
    if isinstance(value, Observation):
        return value
    return Observation("known", tuple(value) if isinstance(value, list) else value)


def patient(problems: Problems, wishes: Any = None) -> Patient:
    """A patient with these problems, each named as its id, and with the order in which the patient puts them."""
    units = tuple(
        Unit(name, {f"problem.{fact}": seen(value) for fact, value in ({"name": name} | facts).items()}) for name, facts in problems.items()
    )
    return Patient({} if wishes is None else {"patient.priorities": seen(wishes)}, {"problem": units})


def ranked(problems: Problems, wishes: Any = None, ranking: Ranking = TARGETS, **statuses: str) -> RankingResult:
    found = {Key(rule, name): status for rule, status in statuses.items() for name in problems}
    return rank(ranking, patient(problems, wishes), found | {Key(rule): status for rule, status in statuses.items()})


def places(result: RankingResult) -> dict[str, int | None]:
    return {item.name: item.group for item in result.ranked}


def test_the_first_ground_decides_and_the_next_among_equals() -> None:
    """Urgency before role, role before the patient's own order."""
    problems: Problems = {
        "debts": {"urgency": "routine", "role": "primary"},
        "grief": {"urgency": "soon", "role": "secondary"},
        "insomnia": {"urgency": "soon", "role": "primary"},
        "pain": {"urgency": "soon", "role": "primary"},
        "danger": {"urgency": "urgent", "role": "secondary"},
    }
    assert places(ranked(problems, ["debts", "pain", "insomnia"])) == {"danger": 1, "pain": 2, "insomnia": 3, "grief": 4, "debts": 5}


def test_equal_stays_equal() -> None:
    """Two problems alike in every ground share a place, and nothing else decides between them."""
    problems = {name: {"urgency": "soon", "role": "primary"} for name in ("pain", "insomnia")} | {"debts": {"urgency": "routine"}}
    result = ranked(problems, [])
    assert places(result) == {"insomnia": 1, "pain": 1, "debts": 2}
    assert tied(result.ranked)
    assert not tied(result.ranked[1:])


@pytest.mark.parametrize("unknown", [{}, {"urgency": ASKED}, {"urgency": EXCLUDED}], ids=["not asked", "unknown", "not applicable"])
def test_what_is_not_known_is_placed_nowhere(unknown: dict[str, Any]) -> None:
    """A problem without a rating that others have could stand anywhere; it is listed last, without a place."""
    result = ranked({"anger": unknown | {"role": "primary"}, "pain": {"urgency": "routine"}, "debts": {"urgency": "urgent"}})
    assert places(result) == {"debts": 1, "pain": 2, "anger": None}
    assert [item.name for item in result.ranked] == ["debts", "pain", "anger"]
    assert not tied(result.ranked)


def test_a_later_ground_that_is_not_known_leaves_the_earlier_order() -> None:
    """Only inside the group that it would divide; the problems before and after keep their places."""
    problems = {
        "a": {"urgency": "urgent"},
        "b": {"urgency": "soon", "role": "primary"},
        "c": {"urgency": "soon"},
        "d": {"urgency": "routine"},
    }
    assert places(ranked(problems)) == {"a": 1, "b": 2, "d": 3, "c": None}


def test_a_ground_that_nobody_rated_is_passed_over() -> None:
    """Then the next one decides; where nothing at all is rated, all share the first place."""
    assert places(ranked({"pain": {"role": "secondary"}, "debts": {"role": "primary"}})) == {"debts": 1, "pain": 2}
    assert places(ranked({"pain": {}, "debts": {}}, ["debts"])) == {"debts": 1, "pain": 2}
    assert places(ranked({"pain": {}, "debts": {}})) == {"debts": 1, "pain": 1}


def test_a_ground_passed_over_in_one_group_may_decide_in_another() -> None:
    """Nobody among the urgent ones was judged primary or secondary, so the patient's order decides there."""
    problems = {"a": {"urgency": "urgent"}, "b": {"urgency": "urgent"}, "c": {"role": "secondary"}, "d": {"role": "primary"}}
    late = {name: {"urgency": "soon"} | facts if name in "cd" else facts for name, facts in problems.items()}
    assert places(ranked(late, ["b", "c"])) == {"b": 1, "a": 2, "d": 3, "c": 4}


def test_what_the_patient_did_not_name_comes_after_all_that_was_named() -> None:
    """Names match in any case; an empty list names nothing, and a list that was not asked for places nobody by it."""
    problems: Problems = {"Pain": {}, "debts": {}, "anger": {}, "grief": {}}
    assert places(ranked(problems, ["Debts", "pain"])) == {"debts": 1, "Pain": 2, "anger": 3, "grief": 3}
    assert set(places(ranked(problems, [])).values()) == {1}
    assert set(places(ranked(problems, ASKED)).values()) == {1}


def test_a_single_problem_has_the_first_place() -> None:
    """Whatever is known of it; and without problems there is no order."""
    assert places(ranked({"pain": {}})) == {"pain": 1}
    assert ranked({}).ranked == ()


def test_links_lead_to_problems_on_file_or_are_named_as_they_are() -> None:
    """By name in any case; what is no problem on file is told apart, and what is not known leads nowhere."""
    result = ranked({"Pain": {"linked_to": ["DEBTS", "work"]}, "debts": {"linked_to": ["pain"]}, "grief": {"linked_to": ASKED}})
    links = {item.name: (item.links, item.unknown_links) for item in result.ranked}
    assert links == {"Pain": (("debts",), ("work",)), "debts": (("Pain",), ()), "grief": ((), ())}


@pytest.mark.parametrize(("status", "marks"), [("met", ("No tool.",)), ("not_met", ()), ("undetermined", ()), ("not_applicable", ())])
def test_a_mark_stands_only_where_it_is_known_to_hold(status: str, marks: tuple[str, ...]) -> None:
    """Beside the problem, without a bearing on its place."""
    (item,) = ranked({"pain": {}}, None, replace(TARGETS, marks=(("no-tool", "No tool."),)), **{"no-tool": status}).ranked
    assert (item.marks, item.group) == (marks, 1)


@pytest.mark.parametrize("status", ["met", "not_met", "undetermined"])
def test_the_order_says_whether_it_is_more_than_provisional(status: str) -> None:
    """By the status of the rule that the ranking names; without one it always is."""
    assert ranked({"pain": {}}, None, replace(TARGETS, applies="done"), done=status).applies == status
    assert ranked({"pain": {}}).applies == "met"


# ---- any problems -----------------------------------------------------------------------------------------------------

NAMES = ("anger", "debts", "grief", "insomnia", "pain")
RATINGS = st.fixed_dictionaries(
    {}, optional={"urgency": st.sampled_from([*URGENCY.order, ASKED]), "role": st.sampled_from([*ROLE.order, ASKED])}
)
PROBLEMS = st.dictionaries(st.sampled_from(NAMES), RATINGS, max_size=len(NAMES))
WISHED = st.none() | st.lists(st.sampled_from(NAMES), unique=True)


@given(problems=PROBLEMS, wishes=WISHED, data=st.data())
def test_the_order_of_the_file_never_matters(problems: Problems, wishes: list[str] | None, data: st.DataObject) -> None:
    """The same problems in another order give the same places, in the same order."""
    shuffled = dict(data.draw(st.permutations(list(problems.items()))))
    assert ranked(shuffled, wishes) == ranked(problems, wishes)


@given(problems=PROBLEMS, wishes=WISHED)
def test_every_place_has_a_ground(problems: Problems, wishes: list[str] | None) -> None:
    """Of two problems the earlier is ahead in the first ground in which they differ; those that share a place differ in none."""
    items = [item for item in ranked(problems, wishes).ranked if item.group is not None]
    assert sorted({item.group for item in items}) == list(range(1, len({item.group for item in items}) + 1))
    for one in items:
        for other in items:
            first = _difference(one, other)
            assert (first is None) == (one.group == other.group)
            assert first is None or None not in first
            assert first is None or (first[0] < first[1]) == (one.group < other.group)


def _difference(one: Ranked, other: Ranked) -> tuple[Any, Any] | None:
    """The places of two problems by the first ground in which they differ."""
    return next(((own, their) for own, their in zip(one.places, other.places, strict=True) if own != their), None)


@given(problems=PROBLEMS, wishes=WISHED)
def test_a_problem_without_a_place_lacks_a_ground_that_another_has(problems: Problems, wishes: list[str] | None) -> None:
    """Another problem that is alike in all earlier grounds is rated where this one is not; and every other problem has a place."""
    items = ranked(problems, wishes).ranked
    for item in items:
        assert (item.group is None) == _lacks_what_another_has(item, items)


def _lacks_what_another_has(item: Ranked, items: Sequence[Ranked]) -> bool:
    return any(
        place is None and other.places[depth] is not None and other.places[:depth] == item.places[:depth]
        for depth, place in enumerate(item.places)
        for other in items
    )


def test_the_shipped_order_of_targets(consultation: Consultation, words: Words) -> None:
    """By urgency, role and the patient's own order; provisional until a macro-analysis is done; a target without a tool is marked."""
    file = """
    patient: {priorities: [insomnia, debts]}
    problems:
      - {id: p1, name: debts, urgency: soon, linked_to: [Insomnia, boredom], tools_available: no}
      - {id: p2, name: insomnia, urgency: soon}
      - {id: p3, name: pain}
    """
    made = {}
    for done in ("yes", "no"):
        text = f"{file}\n    process: {{macro_analysis_done: {done}}}\n"
        read = consultation.read_document(read_document(text, "patient.yaml"), ON)
        (made[done],) = document(consultation.assess(read, ON), words)["rankings"]
    assert [made[done]["provisional"] for done in ("yes", "no")] == [False, True]
    assert [(item["name"], item["place"]) for item in made["yes"]["ranked"]] == [("insomnia", 1), ("debts", 2), ("pain", None)]
    (debts,) = (item for item in made["yes"]["ranked"] if item["name"] == "debts")
    assert (debts["links"], debts["other_links"]) == (["p2"], ["boredom"])
    assert any("No tool" in mark for mark in debts["marks"])
