"""What a form says, as the value of a fact: exactly that, and never an unknown that becomes a no."""

from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from starlette.datastructures import FormData

from euthymia.consultation import Consultation
from euthymia.facts.catalogue import Catalogue, Declaration
from euthymia.facts.charting import fact_at, with_fact
from euthymia.facts.entering import place_of
from euthymia.facts.observation import Observation
from euthymia.facts.values import read_value
from euthymia.source import read_file
from euthymia.web.charts.answers import Refused, read_answer
from euthymia.web.charts.fields import UNIT_BESIDE
from tests.shared import ROOT
from tests.web.browser import Application, Browser
from tests.web.forms import forms_of

TODAY = "2026-11-20"
STATES = ("unknown", "not_applicable", "none", "not_asked", "given", "")
TRIALS = [{"id": "t1", "modality": "medication"}, {"id": "t2", "modality": "medication"}]
LETTERS = st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs", "Cf", "Cn", "Co"))
WORDS = st.lists(st.text(LETTERS, min_size=1, max_size=8), min_size=1, max_size=3).map(" ".join).filter(lambda text: text not in STATES)
CATALOGUE = Consultation().rulebook.facts
NEEDED = "trial.modality"  # no trial is without it
ENTERED = [fact for _, fact in CATALOGUE.items() if fact.entered and fact.full_name != NEEDED]


def numbers(fact: Declaration, decimals: int) -> st.SearchStrategy[float]:
    """Within the range of the fact, with so many decimals."""
    least = fact.minimum if fact.above is None else fact.above
    scale = 10**decimals
    low = int((0 if least is None else least) * scale) + (fact.above is not None)
    high = int((5000 if fact.maximum is None else fact.maximum) * scale)
    return st.integers(low, max(low, high)).map(lambda number: number / scale if decimals else number)


def written(fact: Declaration) -> st.SearchStrategy[tuple[list[tuple[str, str]], Any]]:
    """What is written or ticked in the form, with what it means; what it means is told apart from how it is read."""

    def one(value: Any, meaning: Any = None) -> tuple[list[tuple[str, str]], Any]:
        return [("value", str(value))], value if meaning is None else meaning

    def ticked(values: list[str], meaning: tuple[str, ...]) -> tuple[list[tuple[str, str]], Any]:
        return [("value", value) for value in values], meaning

    trials = st.lists(st.sampled_from(["t1", "t2"]), min_size=1, unique=True)
    return {
        "integer": lambda: numbers(fact, 0).map(one),
        "number": lambda: st.integers(0, 3).flatmap(lambda decimals: numbers(fact, decimals)).map(one),
        "text": lambda: WORDS.map(one),
        "reference": lambda: st.sampled_from(["t1", "t2"]).map(one),
        "partial date": lambda: st.tuples(st.dates(), st.sampled_from([4, 7, 10])).map(lambda day: one(day[0].isoformat()[: day[1]])),
        "list of text": lambda: st.lists(WORDS, min_size=1, max_size=4).map(lambda lines: one("\r\n".join(lines), tuple(lines))),
        "list of integer": lambda: st.lists(numbers(fact, 0), min_size=1, max_size=5).map(
            lambda found: one(", ".join(map(str, found)), tuple(sorted(set(found))))
        ),
        "list of enum": lambda: st.lists(st.sampled_from(fact.values), min_size=1, unique=True).map(
            lambda found: ticked(found, tuple(value for value in fact.values if value in found))
        ),
        "list of reference": lambda: trials.map(lambda found: ticked(found, tuple(sorted(found)))),
        "map of text": lambda: st.dictionaries(st.sampled_from(fact.keys), WORDS, min_size=1).map(
            lambda found: ([(f"value.{key}", text) for key, text in found.items()], found)
        ),
    }[fact.type]()


def observed(fact: Declaration, form: list[tuple[str, str]]) -> Observation | None:
    """What the patient file says after the form was sent; None where it says nothing."""
    name = f"{fact.full_name}@t1" if fact.record in CATALOGUE.many else fact.full_name
    beside = [("unit_beside", next(iter(CATALOGUE[UNIT_BESIDE[fact.full_name]].choices), "ng/ml"))] if fact.full_name in UNIT_BESIDE else []
    [(said, value), *rest] = read_answer(FormData([*form, *beside]), name, CATALOGUE, TODAY)
    data = with_fact({"trials": TRIALS}, place_of(said, CATALOGUE), value)
    assert bool(rest) == bool(beside) and all((unit is None) == (value is None) for _, unit in rest)
    raw = fact_at(data, place_of(name, CATALOGUE))
    return None if raw is None else read_value(fact, raw)


def meaning(seen: Observation) -> Any:
    """The value that rules see."""
    assert seen.low == seen.high
    return str(seen.value) if hasattr(seen.value, "first") else seen.value


@given(st.data())
@settings(max_examples=150)
def test_the_file_says_what_the_form_says(data: st.DataObject) -> None:
    """Every kind of fact with every state, written or not: that value, that state or nothing; what contradicts itself is refused."""
    fact = data.draw(st.sampled_from(ENTERED).filter(lambda fact: not fact.choices or fact.is_list))
    state = data.draw(st.sampled_from(STATES))
    fields, value = data.draw(st.one_of(st.just(([], None)), written(fact)))
    form = [("answer", state), *fields]
    contradicts = state in ("unknown", "not_applicable", "none") if fields else state == "given"
    no_list = state == "none" and (not fact.is_list or fact.type == "map of text")
    if contradicts or no_list:
        with pytest.raises(Refused):
            observed(fact, form)
        return
    seen = observed(fact, form)
    if fields:
        assert seen is not None and seen.known and meaning(seen) == value
    elif state in ("", "not_asked"):
        assert seen is None
    elif state == "none":
        assert seen is not None and seen.known and seen.value == ()
    else:
        assert seen is not None and seen.state == ("unknown" if fact.safety else state)


@pytest.mark.parametrize("answer", [*STATES, "maybe", "NO", "0", "false", "null", "~", "[]"])
def test_a_choice_says_what_was_picked(answer: str) -> None:
    """Yes and no only where that very word was picked; what is no answer is refused."""
    for fact in [fact for fact in ENTERED if fact.choices and not fact.is_list]:
        for choice in fact.choices:
            seen = observed(fact, [("answer", choice)])
            assert seen is not None and seen.known and seen.value == choice
        if answer in ("unknown", "not_applicable"):
            seen = observed(fact, [("answer", answer)])
            assert seen is not None and seen.state == ("unknown" if fact.safety else answer)
        elif answer in ("", "not_asked"):
            assert observed(fact, [("answer", answer)]) is None
        elif answer not in fact.choices:
            with pytest.raises(Refused):
                observed(fact, [("answer", answer)])


@given(st.sampled_from([fact for fact in ENTERED if fact.is_number]), st.text(max_size=12))
@example(CATALOGUE["trial.dose_daily"], "1,5")
@example(CATALOGUE["trial.dose_daily"], "1 000")
@example(CATALOGUE["trial.dose_daily"], "50mg")
@example(CATALOGUE["trial.dose_daily"], "١٢")
@example(CATALOGUE["patient.age_years"], "0x28")
@example(CATALOGUE["patient.age_years"], "~")
@settings(max_examples=80)
def test_an_amount_is_never_guessed(fact: Declaration, text: str) -> None:
    """Plain decimal figures, or the answer is refused: no comma, no unit, no other writing. A word for not knowing is not knowing."""
    assume(text.strip() and text.strip() not in ("unknown", "not_applicable"))
    try:
        seen = observed(fact, [("answer", "given"), ("value", text)])
    except Refused:
        return
    assert seen is not None and seen.known and seen.value == float(text.strip()) and text.strip().isascii()


# ---------------------------------------------------------------- the page as it stands


def complete() -> dict[str, Any]:
    return dict(read_file(ROOT / "examples" / "complete.yaml").data)


def everywhere(value: str, catalogue: Catalogue) -> dict[str, Any]:
    """Every fact with this state."""
    data: dict[str, Any] = {"schema": "euthymia.patient/1"}
    for record in catalogue.records:
        facts = {fact.name: value for fact in catalogue.of_record(record.record) if fact.entered}
        if record.many:
            data[f"{record.record}s"] = [{"id": "x1", **facts}]
        elif record.record != "none":
            data[record.record] = facts
    return data


@pytest.mark.parametrize("kind", ["complete", "unknown", "not_applicable", "empty"])
def test_a_page_sent_as_it_stands_changes_nothing(
    application: Application, clinician: Browser, consultation: Consultation, kind: str
) -> None:
    """Every form of every section and trial, read as a browser reads it: what it would send is what the file says already."""
    catalogue = consultation.rulebook.facts
    data = complete() if kind == "complete" else everywhere(kind, catalogue) if kind != "empty" else {"schema": "euthymia.patient/1"}
    assert clinician.session is not None
    chart = application.house.charts.add(clinician.session.account.id, "", data)
    sections = [record.record for record in catalogue.records if not record.many and record.record != "none"]
    units = [("trials", number) for number, _ in enumerate(data.get("trials") or [], 1)]
    units += [("problem", number) for number, _ in enumerate(data.get("problems") or [], 1)]
    pages = (
        [f"?section={section}" for section in sections] + [f"?section={name}&unit={number}" for name, number in units] + ["?section=trials"]
    )
    found = 0
    for page in pages:
        for form in forms_of(clinician.get(f"/patients/{chart.id}{page}").text):
            if not form.action.endswith("/facts"):
                continue
            found += 1
            sent = form.sent()
            if kind != "complete" and str(sent["fact"]).startswith(NEEDED):
                continue
            answers = read_answer(sent, str(sent["fact"]), catalogue, TODAY)
            for name, value in answers if kind == "complete" else answers[:1]:  # without an amount, there is no unit to be sent
                declared, before = catalogue[name.partition("@")[0]], fact_at(data, place_of(name, catalogue))
                assert same(declared, value) == same(declared, before), (page, name)
    assert found > 230


def same(fact: Declaration, raw: Any) -> Any:
    """What rules see of it."""
    if raw is None:
        return None
    seen = read_value(fact, raw)
    return seen.state, seen.value, seen.low, seen.high
