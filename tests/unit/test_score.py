"""Scores and stages are ranges: every value that the unknown facts can still bring lies inside, and what keeps them open is named."""

import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import product
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euthymia.assess import assess
from euthymia.explain.definitions import DefinitionResult
from euthymia.explain.score import ScoreResult, Scoring
from euthymia.explain.vocabulary import Vocabulary
from euthymia.facts.catalogue import Declaration
from euthymia.facts.observation import NOT_ASKED, Observation, between, measured
from euthymia.facts.patient import Patient, Unit
from euthymia.inference.agreement import Engines
from euthymia.inference.evaluate import Evaluator
from euthymia.inference.trace import Key
from euthymia.inference.view import SCALE, View, views
from euthymia.rulebook.compose import Composer, Owner
from euthymia.rulebook.conditions import MET, facts_read
from euthymia.rulebook.definition import Choose, Each, Ladder, Number, Part, Score, rules_of
from euthymia.rulebook.definition_files import DefinitionEntry
from euthymia.rulebook.lines import Names
from euthymia.rulebook.load import load_rulebook
from euthymia.rulebook.rule import Origin
from euthymia.rulebook.rulebook import Rulebook, in_order
from tests.generative.rulebooks import CATALOGUE, PARAMETERS, rulebook_of
from tests.generative.small_patients import small_patients
from tests.shared import ON, ROOT

TINY = ROOT / "tests" / "tiny"
HEAD = """schema: euthymia.rules/1
title: A score
definition:
  id: score
  label: Score
  kind: score
  asks_for: What the test is about.
  source: {work: paper, at: p. 1}
  certainty: source
"""
LIST_OF_A_TRIAL = (
    '  - {name: added, label: added, definition: Added., type: list of text, ask: "Which were added?", changes: never, unknown: Open.}\n'
)
CHOOSE = """choose: [{points: 1, label: light, when: patient.severity = mild}, {points: 2, when: patient.severity = moderate},
          {points: 4, label: heavy, when: patient.severity = severe}]"""
LADDER = """ladder: [{points: 1, label: first, when: patient.mdd = yes}, {points: 2, label: second, when: patient.severity = severe},
          {points: 5, label: third, when: patient.age >= 65}]"""
BANDS = "bands: [{from: 0, points: 0, label: none}, {from: 1, points: 1, label: 1 or 2}, {from: 3, points: 4, label: 3 or more}]"
COUNT = f"count: {{of: trials, where: trial.failed = yes}}, {BANDS}"
BY_NAME = f"count: {{of: trials, where: trial.failed = yes, distinct: trial.drug}}, {BANDS}"
EACH = "each: {of: trials, where: trial.failed = yes, points: 0.5}"
EACH_MEMBER = "each: {of: trials, where: trial.failed = yes, points: 0.5, times: trial.added}"
EACH_WEEK = "each: {of: trials, where: trial.failed = yes, points: 2, times: trial.weeks, at_least: trial.weeks_at_dose}"
LABELS = "    labels: [{from: 0, label: none}, {from: 2, label: some}, {from: 4, label: many}]\n"

NO, YES, OPEN = {"failed": "no"}, {"failed": "yes"}, dict[str, Any]()
EXCLUDED, ASKED = Observation("not_applicable"), Observation("unknown")
Judge = Callable[..., DefinitionResult]


def scored(*parts: str, more: str = "") -> str:
    """The table of a score, with a part for each of the lines."""
    lines = [f"      - {{id: part{number}, label: Part {number}, {part}}}\n" for number, part in enumerate(parts, start=1)]
    return f"  score:\n    unit: points\n    parts:\n{''.join(lines)}{more}"


def seen(value: Any) -> Observation:
    """What is known of a fact: a number, a range (low, high), a list, a word, or an observation as it is."""
    if isinstance(value, Observation):
        return value
    if isinstance(value, tuple):
        return between(*map(Fraction, value))
    if isinstance(value, int | float):
        return measured(value)
    return Observation("known", tuple(value) if isinstance(value, list) else value)


def patient(*trials: dict[str, Any], problems: tuple[dict[str, Any], ...] = (), **facts: Any) -> Patient:
    """A patient with these trials, all by drugs; a list that is complete is said to be so by `complete`."""
    if complete := facts.pop("complete", None):
        facts["history_complete"] = complete
    units = {"trial": _units("trial", [{"modality": "medication", **trial} for trial in trials]), "problem": _units("problem", problems)}
    return Patient({f"patient.{name}": seen(value) for name, value in facts.items()}, units)


def _units(record: str, told: Any) -> tuple[Unit, ...]:
    return tuple(
        Unit(f"{record[0]}{number}", {f"{record}.{name}": seen(value) for name, value in facts.items()})
        for number, facts in enumerate(told, start=1)
    )


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    """A definition of these lines for this patient, by both engines."""
    loaded: dict[str, tuple[Engines, Vocabulary]] = {}

    def judged(lines: str, of: Patient) -> DefinitionResult:
        if lines not in loaded:
            rulebook = _rulebook(tmp_path_factory.mktemp("score") / "rules", lines)
            loaded[lines] = (Engines(rulebook), Vocabulary(rulebook))
        (result,) = assess(*loaded[lines], of, ON).definitions
        return result

    return judged


def _rulebook(folder: Path, lines: str) -> Rulebook:
    """The tiny rulebook with one definition, and a list among the facts of a trial."""
    shutil.copytree(TINY, folder)
    with (folder / "facts" / "trial.yaml").open("a", encoding="utf-8") as file:
        file.write(LIST_OF_A_TRIAL)
    (folder / "definitions").mkdir()
    (folder / "definitions" / "score.yaml").write_text(HEAD + lines, encoding="utf-8")
    return load_rulebook(folder)


def span(score: ScoreResult | None) -> tuple[float, float | None]:
    """Lowest and highest value; None where there is no upper end."""
    assert score is not None
    return float(score.low), None if score.high is None else float(score.high)


def labels(result: DefinitionResult) -> tuple[str, ...]:
    """What the possible points of the first part are called."""
    assert result.score is not None
    return result.score.parts[0].labels


# ---- the four ways to points ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "expected", "named"),
    [
        ({"severity": "mild"}, (1, 1), ("light",)),
        ({"severity": "moderate"}, (2, 2), ()),
        ({"severity": "severe"}, (4, 4), ("heavy",)),
        ({}, (1, 4), ("light", "heavy")),
        ({"severity": ASKED}, (1, 4), ("light", "heavy")),
    ],
)
def test_a_choice_spans_the_alternatives_that_are_open(
    facts: dict[str, Any], expected: tuple[float, float], named: tuple[str, ...], judge: Judge
) -> None:
    """The points of the alternative that holds; while none is known to hold, from the fewest to the most of those still possible."""
    result = judge(scored(CHOOSE), patient(**facts))
    assert (span(result.score), labels(result)) == (expected, named)


def test_an_alternative_that_is_ruled_out_no_longer_widens_a_choice(judge: Judge) -> None:
    """Alternatives of several facts: those which a known fact excludes are left out of the range."""
    lines = scored("choose: [{points: 1, when: patient.mdd = no}, {points: 3, when: {all: [patient.mdd = yes, patient.age < 65]}}, "
                   "{points: 4, when: {all: [patient.mdd = yes, patient.age >= 65]}}]")  # fmt: skip
    assert span(judge(lines, patient()).score) == (1, 4)
    assert span(judge(lines, patient(mdd="yes")).score) == (3, 4)
    assert span(judge(lines, patient(age=70)).score) == (1, 4)
    assert span(judge(lines, patient(mdd="yes", age=70)).score) == (4, 4)


def test_the_alternative_that_holds_settles_a_choice(judge: Judge) -> None:
    """Even where it cannot be told of another one whether it holds."""
    lines = scored("choose: [{points: 1, when: patient.mdd = yes}, {points: 3, when: patient.age >= 65}]")
    assert span(judge(lines, patient(mdd="yes")).score) == (1, 1)


def test_a_choice_of_which_nothing_can_hold_counts_nothing(judge: Judge) -> None:
    """Zero points, and that is settled."""
    result = judge(scored("choose: [{points: 3, label: heavy, when: patient.severity = severe}]"), patient(severity="mild"))
    assert (span(result.score), labels(result), result.status) == ((0, 0), (), "met")


@pytest.mark.parametrize(
    ("facts", "expected", "named"),
    [
        ({"mdd": "no", "severity": "severe", "age": 70}, (0, 0), ()),
        ({"mdd": "yes", "severity": "mild", "age": 70}, (1, 1), ("first",)),
        ({"mdd": "yes", "severity": "severe", "age": 40}, (2, 2), ("second",)),
        ({"mdd": "yes", "severity": "severe", "age": 70}, (5, 5), ("third",)),
        ({"mdd": "yes", "severity": "severe"}, (2, 5), ("second", "third")),
        ({"mdd": "yes", "age": 70}, (1, 5), ("first", "second", "third")),
        ({"mdd": "yes", "age": 40}, (1, 2), ("first", "second")),
        ({"severity": "severe", "age": 70}, (0, 5), ("first", "second", "third")),
        ({"severity": "mild", "age": 70}, (0, 1), ("first",)),
        ({}, (0, 5), ("first", "second", "third")),
    ],
)
def test_a_ladder_stops_at_the_first_step_that_does_not_hold(
    facts: dict[str, Any], expected: tuple[float, float], named: tuple[str, ...], judge: Judge
) -> None:
    """Certain up to the first step that is not known to hold, possible up to the first that is known not to; steps above do not count."""
    result = judge(scored(LADDER), patient(**facts))
    assert (span(result.score), labels(result)) == (expected, named)


@pytest.mark.parametrize(
    ("trials", "complete", "expected", "named"),
    [
        ([NO, NO], "yes", (0, 0), ("none",)),
        ([YES, YES], "yes", (1, 1), ("1 or 2",)),
        ([YES, YES, YES], "yes", (4, 4), ("3 or more",)),
        ([YES, YES, OPEN], "yes", (1, 4), ("1 or 2", "3 or more")),
        ([YES, OPEN, NO], "yes", (1, 1), ("1 or 2",)),
        ([OPEN], "yes", (0, 1), ("none", "1 or 2")),
        ([], "yes", (0, 0), ("none",)),
        ([NO, NO], None, (0, 4), ("none", "1 or 2", "3 or more")),
        ([NO, NO], "no", (0, 4), ("none", "1 or 2", "3 or more")),
        ([YES, YES], None, (1, 4), ("1 or 2", "3 or more")),
        ([YES, YES, YES], None, (4, 4), ("3 or more",)),
    ],
)
def test_a_count_runs_from_the_certain_to_the_possible_band(
    trials: list[dict[str, Any]], complete: str | None, expected: tuple[float, float], named: tuple[str, ...], judge: Judge
) -> None:
    """By the trials that certainly and possibly failed; while more trials may exist, up to the last band."""
    result = judge(scored(COUNT), patient(*trials, complete=complete))
    assert (span(result.score), labels(result)) == (expected, named)


def by(drug: Any, **more: Any) -> dict[str, Any]:
    return {"failed": "yes", "drug": drug} | more


@pytest.mark.parametrize(
    ("trials", "expected"),
    [
        ([by("a"), by("b"), by("c")], (4, 4)),
        ([by("a"), by("a"), by("b")], (1, 1)),
        ([by("Ab "), by("aB"), by("c")], (1, 1)),
        ([by("a"), by("b"), YES], (1, 4)),
        ([YES, YES, YES], (1, 4)),
        ([by("a"), by("b"), {"drug": "a"}], (1, 1)),
        ([by("a"), by("b"), {"drug": "c"}], (1, 4)),
        ([by(EXCLUDED), by(EXCLUDED), by(EXCLUDED)], (4, 4)),
    ],
    ids=["three names", "one twice", "one in two spellings", "one nameless", "all nameless", "open, but known", "open and new", "no name"],
)
def test_trials_of_one_name_count_once(trials: list[dict[str, Any]], expected: tuple[float, float], judge: Judge) -> None:
    """With `distinct`: a trial without a name may be a new drug or one on file; one that can have no name counts by itself."""
    assert span(judge(scored(BY_NAME), patient(*trials, complete="yes")).score) == expected


@pytest.mark.parametrize(
    ("trials", "complete", "expected"),
    [
        ([YES, YES, NO], "yes", (1, 1)),
        ([YES, YES, OPEN], "yes", (1, 1.5)),
        ([NO], "yes", (0, 0)),
        ([], "yes", (0, 0)),
        ([YES], None, (0.5, None)),
        ([], None, (0, None)),
        ([], "no", (0, None)),
    ],
)
def test_points_for_each_trial_have_no_upper_end_while_the_list_is_open(
    trials: list[dict[str, Any]], complete: str | None, expected: tuple[float, float | None], judge: Judge
) -> None:
    """From the trials that certainly failed to those that may have."""
    assert span(judge(scored(EACH), patient(*trials, complete=complete)).score) == expected


@pytest.mark.parametrize(
    ("part", "trials", "expected"),
    [
        (EACH_MEMBER, [by("a", added=["b", "c"]), by("b", added=["d"])], (1.5, 1.5)),
        (EACH_MEMBER, [by("a", added=[])], (0, 0)),
        (EACH_MEMBER, [YES], (0, None)),
        (EACH_MEMBER, [by("a", added=ASKED), by("b", added=["c"])], (0.5, None)),
        (EACH_MEMBER, [by("a", added=EXCLUDED)], (0, 0)),
        (EACH_MEMBER, [{"added": ["b", "c"]}], (0, 1)),
        (EACH_MEMBER, [{"failed": "no"}], (0, 0)),
        (EACH_WEEK, [by("a", weeks=6)], (12, 12)),
        (EACH_WEEK, [by("a", weeks=(2, 4))], (4, 8)),
        (EACH_WEEK, [{"weeks": (2, 4)}], (0, 8)),
        (EACH_WEEK, [by("a")], (0, None)),
        (EACH_WEEK, [OPEN], (0, None)),
        (EACH_WEEK, [by("a", weeks=EXCLUDED)], (0, 0)),
        (EACH_WEEK, [by("a", weeks_at_dose=5)], (10, None)),
        (EACH_WEEK, [by("a", weeks_at_dose=(3, 5))], (6, None)),
        (EACH_WEEK, [{"weeks_at_dose": 5}], (0, None)),
        (EACH_WEEK, [by("a", weeks=6, weeks_at_dose=5)], (12, 12)),
    ],
)
def test_points_are_taken_as_often_as_a_list_or_a_number_says(
    part: str, trials: list[dict[str, Any]], expected: tuple[float, float | None], judge: Judge
) -> None:
    """A range gives a range; not known gives no upper end, and not less than `at_least` says; what does not apply counts nothing."""
    assert span(judge(scored(part), patient(*trials, complete="yes")).score) == expected


# ---- sums, labels and other readings ----------------------------------------------------------------------------------


def test_a_score_is_the_sum_of_its_parts(judge: Judge) -> None:
    """Lowest with lowest and highest with highest; one part without an upper end leaves the sum without one."""
    lines = scored(CHOOSE, LADDER, EACH)
    assert span(judge(lines, patient(YES, complete="yes", severity="severe", mdd="yes", age=70)).score) == (9.5, 9.5)
    assert span(judge(lines, patient(YES, OPEN, complete="yes", mdd="yes", age=40)).score) == (2.5, 7)
    assert span(judge(lines, patient(YES, severity="severe", mdd="yes", age=70)).score) == (9.5, None)


@pytest.mark.parametrize(
    ("trials", "complete", "named"),
    [
        (0, "yes", ("none",)),
        (3, "yes", ("some",)),
        (4, "yes", ("many",)),
        (9, "yes", ("many",)),
        (3, None, ("some", "many")),
        (0, None, ("none", "some", "many")),
    ],
)
def test_a_range_bears_every_name_between_its_ends(trials: int, complete: str | None, named: tuple[str, ...], judge: Judge) -> None:
    """Each name belongs to the values from its own on; a range without upper end reaches to the last."""
    result = judge(scored(EACH.replace("0.5", "1"), more=LABELS), patient(*[YES] * trials, complete=complete))
    assert result.score is not None
    assert result.score.labels == named


def test_a_variant_is_worked_out_beside_the_score(judge: Judge) -> None:
    """Another reading has its own range and name, and changes neither score nor status."""
    other = "  variants:\n    - id: half\n      label: Half of it\n" + indent(scored(EACH), "    ")
    result = judge(scored(EACH.replace("0.5", "1")) + other, patient(YES, YES, complete="yes"))
    ((name, label, score),) = result.variants
    assert (span(result.score), result.status) == ((2, 2), "met")
    assert (name, label, span(score)) == ("half", "Half of it", (1, 1))


# ---- the status of a definition, and what it needs --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({"age": 30, "severity": "mild"}, "met"),
        ({"age": 30}, "undetermined"),
        ({"severity": "mild"}, "undetermined"),
        ({"age": 10, "severity": "mild"}, "not_applicable"),
        ({"age": 10}, "not_applicable"),
    ],
)
def test_a_score_alone_is_met_once_its_value_is_settled(facts: dict[str, Any], status: str, judge: Judge) -> None:
    """Never not met; not applicable while it is known not to apply, undetermined while that or the value is open."""
    assert judge("  applies: number\n" + scored(CHOOSE), patient(**facts)).status == status


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({"age": 30, "severity": "severe"}, "met"),
        ({"age": 30, "severity": "mild"}, "not_met"),
        ({"age": 30}, "undetermined"),
        ({"severity": "severe"}, "undetermined"),
        ({"severity": "mild"}, "undetermined"),
        ({"age": 10, "severity": "severe"}, "not_applicable"),
        ({"age": 10}, "not_applicable"),
    ],
)
def test_a_definition_with_a_threshold_has_the_status_of_its_rule(facts: dict[str, Any], status: str, judge: Judge) -> None:
    """As long as it applies, whether its score is settled or not."""
    for lines in ("  fulfilled: word\n", "  fulfilled: word\n" + scored(LADDER)):
        assert judge("  applies: number\n" + lines, patient(**facts)).status == status


@pytest.mark.parametrize(
    ("lines", "trials", "facts", "needs", "value_needs"),
    [
        (scored(CHOOSE), [], {}, {"patient.severity"}, {"patient.severity"}),
        (scored(CHOOSE), [], {"severity": ASKED}, {"patient.severity"}, {"patient.severity"}),
        (scored(CHOOSE), [], {"severity": "mild"}, set(), set()),
        (scored(LADDER), [], {"severity": "mild"}, {"patient.mdd"}, {"patient.mdd"}),
        (scored(COUNT), [YES, YES], {}, {"patient.history_complete"}, {"patient.history_complete"}),
        (scored(COUNT), [YES, YES, OPEN], {"complete": "yes"}, {"trial.failed@t3"}, {"trial.failed@t3"}),
        (scored(COUNT), [YES, YES, YES], {}, set(), set()),
        (scored(BY_NAME), [by("a"), by("b"), YES], {"complete": "yes"}, {"trial.drug@t3"}, {"trial.drug@t3"}),
        (scored(EACH), [YES], {}, {"patient.history_complete"}, {"patient.history_complete"}),
        (scored(EACH_WEEK), [YES, OPEN], {"complete": "yes"}, *[{"trial.weeks@t1", "trial.failed@t2", "trial.weeks@t2"}] * 2),
        (scored(EACH_WEEK), [by("a", weeks=(2, 4))], {"complete": "yes"}, set(), set()),
        (scored(EACH_MEMBER), [{"added": []}], {"complete": "yes"}, set(), set()),
        ("  fulfilled: word\n" + scored(LADDER), [], {"severity": "severe"}, set(), {"patient.mdd", "patient.age"}),
        ("  fulfilled: all-of\n" + scored(LADDER), [], {"mdd": "yes"}, {"patient.severity"}, {"patient.severity", "patient.age"}),
        ("  applies: number\n  fulfilled: word\n", [], {}, {"patient.age", "patient.severity"}, set()),
        ("  applies: number\n" + scored(CHOOSE), [], {"severity": "mild"}, {"patient.age"}, set()),
        ("  applies: number\n" + scored(CHOOSE), [], {"age": 10}, set(), set()),
    ],
)
def test_what_is_missing_is_named(
    lines: str, trials: list[dict[str, Any]], facts: dict[str, Any], needs: set[str], value_needs: set[str], judge: Judge
) -> None:
    """Facts that can still change the status, and those that can still change the value; nothing where the definition does not apply."""
    result = judge(lines, patient(*trials, **facts))
    assert (set(result.needs), set(result.value_needs)) == (needs, value_needs)


def test_a_name_that_changes_nothing_is_not_asked_for(judge: Judge) -> None:
    """Whether the only trial failed decides; what its drug is called does not."""
    two = "count: {of: trials, where: trial.failed = yes, distinct: trial.drug}, bands: [{from: 0, points: 0}, {from: 1, points: 1}]"
    assert judge(scored(two), patient(OPEN, complete="yes")).value_needs == ("trial.failed@t1",)


def test_a_list_that_nothing_can_close_is_never_complete(judge: Judge) -> None:
    """No fact says that all problems are listed: conditions never count them as all, and points for each have no upper end."""
    assert span(judge(scored("each: {of: problems, where: problem.urgent = yes, points: 1}"), patient()).score) == (0, None)


# ---- any score, any patient -------------------------------------------------------------------------------------------

CLOSING = "process.treatment_history_complete"
CASES: tuple[list[Any], ...] = (
    ["p.kind = x", "p.kind = y", "p.kind = z"],
    ["p.n < 2", {"all": ["p.n >= 2", "p.n < 4"]}, "p.n >= 4"],
    ["p.w <= 2", "p.w > 2"],
    ["p.l includes u", {"not": "p.l includes u"}],
)
STEPS = ["p.a = yes", "p.b = yes", "p.c = yes"]
FAILED = ["trial.ok = yes", "trial.score >= 5", "trial.outcome in [same, bad]"]
POINTS = st.sampled_from([0, 0.5, 1, 1.5, 2, 4])
MANY = 60


def _entry(number: int, **how: Any) -> dict[str, Any]:
    return {"id": f"part{number}", "label": f"Part {number}", **how}


@st.composite
def choices(draw: st.DrawFn, number: int) -> dict[str, Any]:
    """Alternatives that cover every case and exclude each other, as authors have to write them."""
    return _entry(number, choose=[{"points": draw(POINTS), "when": when} for when in draw(st.sampled_from(CASES))])


@st.composite
def ladders(draw: st.DrawFn, number: int) -> dict[str, Any]:
    """Steps of rising points."""
    points = sorted(draw(st.lists(POINTS, min_size=1, max_size=3)))
    return _entry(number, ladder=[{"points": each, "when": when} for each, when in zip(points, STEPS, strict=False)])


@st.composite
def counts(draw: st.DrawFn, number: int, *, plain: bool = False) -> dict[str, Any]:
    """Bands of rising points."""
    starts = [0, *sorted(draw(st.sets(st.integers(1, 4), max_size=3)))]
    points = sorted(draw(st.lists(POINTS, min_size=len(starts), max_size=len(starts))))
    names = st.sampled_from([None, "trial.drug"] if plain else [None, "trial.drug", "trial.outcome"])
    count = {"of": "trials", "where": draw(st.sampled_from(FAILED[:2] if plain else FAILED)), "distinct": draw(names)}
    return _entry(number, count=count, bands=[{"from": start, "points": each} for start, each in zip(starts, points, strict=True)])


@st.composite
def for_each(draw: st.DrawFn, number: int, *, plain: bool = False) -> dict[str, Any]:
    """Points for each trial, or each problem."""
    trial = draw(st.booleans())
    times = ["trial.weeks"] if plain else ["trial.weeks", "trial.with", "trial.score"]
    where = draw(st.sampled_from(FAILED[:2] if plain else FAILED)) if trial else "problem.active = yes"
    times = [None, *times] if trial else [None] if plain else [None, "problem.rank"]
    each = {"of": "trials" if trial else "problems", "where": where, "points": draw(st.sampled_from([0.5, 1, 2]))}
    return _entry(number, each=each | {"times": draw(st.sampled_from(times))})


@st.composite
def rulebooks_with_a_score(draw: st.DrawFn, *, plain: bool = False) -> Rulebook:
    """A rulebook that holds nothing but one score of a few parts. `plain`: each part reads facts of its own."""
    kinds = [choices, ladders, lambda number: counts(number, plain=plain), lambda number: for_each(number, plain=plain)]
    wanted = draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=1 if plain else 4))
    parts = [draw(kind(number)) for number, kind in enumerate(wanted)]
    starts = sorted(draw(st.sets(st.integers(1, 8), max_size=3)))
    named = [{"from": start, "label": f"from {start}"} for start in (0, *starts)]
    entry = {"id": "s", "label": "S", "kind": "score", "asks_for": "x", "source": {"work": "w", "at": "a"}, "certainty": "source"}
    return _composed(DefinitionEntry.model_validate(entry | {"score": {"unit": "points", "parts": parts, "labels": named}}))


def _composed(entry: DefinitionEntry) -> Rulebook:
    problems: list[str] = []
    owner = Owner("s", (), None, (), "generated", Origin("generated.yaml", 1))
    composer = Composer(Names(CATALOGUE, PARAMETERS, {}), lambda _, message: problems.append(message), owner)
    definition = composer.definition(entry)
    assert not problems
    rules, _ = in_order(composer.rules)
    return replace(rulebook_of([]), rules=tuple(rules), definitions=(definition,), digest=str(entry.score))


def _score(rulebook: Rulebook) -> Score:
    (definition,) = rulebook.definitions
    assert definition.score is not None
    return definition.score


def _judged(rulebook: Rulebook, of: Patient) -> tuple[View, dict[Key, str]]:
    whole = views(of, rulebook.facts)
    return whole, Evaluator(rulebook).evaluate_view(whole)


def worth(part: Part, whole: View, statuses: dict[Key, str]) -> Fraction:
    """Points of a part for a patient of whom all is known, counted as a reader of the table would."""
    how = part.how
    if isinstance(how, Choose | Ladder):
        held = [statuses[Key(step.rule)] == MET for step in how.steps]
        last = held.index(True) if isinstance(how, Choose) else next((n for n, met in enumerate(held) if not met), len(held)) - 1
        return how.steps[last].points if last >= 0 else Fraction(0)
    units = [unit for unit in whole.units[how.record] if statuses[Key(how.rule, unit.unit)] == MET]
    if isinstance(how, Number):
        number = len(units) if how.distinct is None else len({unit.facts.get(how.distinct, (unit.unit,)) for unit in units})
        return [band for band in how.bands if band.least <= number][-1].points
    return sum((how.points * _taken(unit, how) for unit in units), Fraction(0))


def _taken(unit: View, how: Each) -> Fraction:
    value = unit.facts[how.times] if how.times else "x"
    return Fraction(value[0], SCALE) if isinstance(value, tuple) else Fraction(len(value))


def _open_facts(of: Patient) -> Patient:
    """What does not apply is taken as not asked, so that everything can still be known."""

    def kept(facts: Any) -> dict[str, Observation]:
        return {name: NOT_ASKED if item.state == "not_applicable" else item for name, item in facts.items()}  # fmt: skip

    units = {record: tuple(Unit(unit.id, kept(unit.facts)) for unit in members) for record, members in of.units.items()}
    return Patient(kept(of.facts), units)


def values(fact: Declaration, item: Observation, names: int) -> list[Observation]:
    """What an open fact may turn out to be; `names`: so many new ones for a drug."""
    if fact.is_number and item.known:
        assert item.low is not None and item.high is not None
        middle = (item.low + item.high) / 2
        return [measured(item.low), measured(int(middle) if fact.type == "integer" else middle), measured(item.high)]
    if fact.is_number:
        least = fact.minimum if fact.above is None else fact.above + 0.5
        return [measured(number) for number in (least, 2, 3, 5, fact.maximum or MANY)]
    lists: dict[str, list[Any]] = {
        "list of enum": [(), ("u",), ("v", "w")], "list of integer": [(), (1,), (2, 3)], "map of text": [{}, {"k": "x"}],
        "text": ["sertraline", "lithium", *(f"new {number}" for number in range(names))],
    }  # fmt: skip
    return [Observation("known", value) for value in lists.get(fact.type, list(fact.choices))]


def _is_open(item: Observation) -> bool:
    return not item.known or (item.low is not None and item.low != item.high)


def _can_have(unit: Unit, fact: Declaration) -> bool:
    return unit.get("trial.modality").value not in fact.barred


def completed(of: Patient, choose: random.Random) -> Patient:
    """The patient with every open fact known, and with trials and problems that were not listed, where there may be some."""

    def known(name: str, item: Observation, unit: Unit | None) -> Observation:
        fills = _is_open(item) and (unit is None or _can_have(unit, CATALOGUE[name]))
        return choose.choice(values(CATALOGUE[name], item, 3)) if fills else item

    def filled(facts: Any, unit: Unit | None) -> dict[str, Observation]:
        return {name: known(name, item, unit) for name, item in facts.items()}

    units = {record: [Unit(unit.id, filled(unit.facts, unit)) for unit in members] for record, members in of.units.items()}
    if of.facts[CLOSING].value != "yes":
        for record in units:
            units[record] += [Unit(f"x{number}", filled(_blank(record), None)) for number in range(choose.randrange(4))]
    closed = filled(of.facts, None) | {CLOSING: Observation("known", "yes")}
    return Patient(closed, {record: tuple(members) for record, members in units.items()})


def _blank(record: str) -> dict[str, Observation]:
    return {fact.full_name: NOT_ASKED for fact in CATALOGUE.of_record(record)} | (
        {"trial.modality": Observation("known", "medication")} if record == "trial" else {})  # fmt: skip


@settings(max_examples=150)
@given(rulebook=rulebooks_with_a_score(), of=small_patients().map(_open_facts), seed=st.integers(0, 10**6))
def test_every_completion_lies_inside_the_range(rulebook: Rulebook, of: Patient, seed: int) -> None:
    """Whatever the unknown facts turn out to be, the value of each part and of the sum lies in its range, its name among those told."""
    score, choose = _score(rulebook), random.Random(seed)
    result = Scoring(rulebook.facts, *_judged(rulebook, of)).of(score)
    for _ in range(8):
        whole, statuses = _judged(rulebook, completed(of, choose))
        points = [worth(part, whole, statuses) for part in score.parts]
        for value, part in zip([*points, sum(points, Fraction(0))], [*result.parts, result], strict=True):
            assert part.low <= value
            assert part.high is None or value <= part.high
        assert [label for start, label in score.labels if start <= sum(points)][-1] in result.labels


@settings(max_examples=150)
@given(rulebook=rulebooks_with_a_score(plain=True), of=small_patients().map(_open_facts))
def test_both_ends_of_a_range_are_reached(rulebook: Rulebook, of: Patient) -> None:
    """For parts that read facts of their own: some completion brings the lowest value, another the highest, or one beyond any bound."""
    (part,) = _score(rulebook).parts
    of = replace(of, units={record: members[:2] for record, members in of.units.items()})
    result = Scoring(rulebook.facts, *_judged(rulebook, of)).of(_score(rulebook))
    reached = [worth(part, *_judged(rulebook, found)) for found in every_completion(rulebook, part, of)]
    assert result.low == min(reached)
    assert result.high == max(reached) if result.high is not None else max(reached) >= MANY / 2


def every_completion(rulebook: Rulebook, part: Part, of: Patient) -> Iterator[Patient]:
    """The patient with every combination of values of the open facts that the part reads, with no more trials or with many."""
    read = set().union(*(facts_read(rulebook.by_id[rule].when) for rule in rules_of(part)))
    read |= {name for name in (getattr(part.how, "times", None), getattr(part.how, "distinct", None)) if name}
    units = [unit for members in of.units.values() for unit in members]
    places = [(unit, name) for unit in (None, *units) for name in sorted(read) if _stands_open(of, unit, name)]
    ranges = [values(CATALOGUE[name], (unit or of).get(name), len(units)) for unit, name in places]
    for chosen in product(*ranges):
        found = of
        for (unit, name), value in zip(places, chosen, strict=True):
            found = _with(found, unit, name, value)
        yield found
        if of.facts[CLOSING].value != "yes":
            yield _with_many_more(found)


def _stands_open(of: Patient, unit: Unit | None, name: str) -> bool:
    holder: Patient | Unit = unit or of
    return name in holder.facts and _is_open(holder.get(name)) and (unit is None or _can_have(unit, CATALOGUE[name]))


def _with(of: Patient, unit: Unit | None, name: str, value: Observation) -> Patient:
    if unit is None:
        return replace(of, facts={**of.facts, name: value})
    units = {record: tuple(Unit(each.id, {**each.facts, name: value}) if each.id == unit.id else each for each in members)
             for record, members in of.units.items()}  # fmt: skip
    return replace(of, units=units)


def _with_many_more(of: Patient) -> Patient:
    """As many further trials and problems, each of which counts."""
    failed = {"trial.ok": "yes", "trial.outcome": "bad"}
    trial = {name: Observation("known", value) for name, value in failed.items()} | {"trial.score": measured(9), "trial.weeks": measured(9)}
    more = {
        "trial": [Unit(f"x{n}", _blank("trial") | trial | {"trial.drug": Observation("known", f"more {n}")}) for n in range(MANY)],
        "problem": [Unit(f"y{n}", {"problem.active": Observation("known", "yes")}) for n in range(MANY)],
    }
    return replace(of, units={record: (*members, *more[record]) for record, members in of.units.items()})
