"""What sets definitions apart: the facts named force the result, and each single change that is named brings about what is said of it."""

from collections.abc import Callable
from typing import Any

import pytest

from euthymia.assess import Reasoning
from euthymia.consultation import Consultation
from euthymia.explain.disagreement import Split, Turn
from euthymia.facts.observation import Observation
from euthymia.facts.patient import Patient, Unit
from euthymia.inference.trace import Key
from euthymia.source import read_file
from tests.generative.patients import read
from tests.shared import ON, ROOT

Data = dict[str, Any]
Reason = Callable[[Data], Reasoning]
DATED = ("started", "ended", "concurrent_with")
COMPLETE: Data = read_file(ROOT / "examples" / "complete.yaml").data


def of(*trials: Data, **records: Data) -> Data:
    """The completely documented patient with other trials, without dates, and with changes to records."""
    data = {name: value for name, value in COMPLETE.items() if name != "latest_trial"}
    rows = [{name: value for name, value in trial.items() if name not in DATED} for trial in trials]
    data["trials"] = [row | {"id": f"t{number}", "order": number} for number, row in enumerate(rows, start=1)]
    data["latest_trial"] = f"t{len(trials)}" if trials else "unknown"
    return data | {name: data.get(name, {}) | facts for name, facts in records.items()}


SERTRALINE, THERAPY = COMPLETE["trials"]
VENLAFAXINE = SERTRALINE | {"drug": "venlafaxine", "drug_class": "SNRI"}
FLUOXETINE = SERTRALINE | {"drug": "fluoxetine", "dose_daily": 60}
SHORT_THERAPY = THERAPY | {"psychotherapy_weeks": 16}
FIVE_WEEKS = {"weeks_total": 5, "weeks_at_adequate_dose": 5}
NO_BURDEN = {"functional_impairment": "none", "major_symptoms_impair": "no"}

TWO_DRUGS = of(SERTRALINE, VENLAFAXINE, SHORT_THERAPY)
PATIENTS = {
    "two drugs and a short psychotherapy": TWO_DRUGS,
    "two drugs, asked about afterwards": of(*({**row, "prospective": "no"} for row in (SERTRALINE, VENLAFAXINE)), SHORT_THERAPY),
    "two drugs of one class": of(SERTRALINE, FLUOXETINE, SHORT_THERAPY),
    "two drugs for five weeks": of(SERTRALINE | FIVE_WEEKS, VENLAFAXINE | FIVE_WEEKS, THERAPY),
    "two drugs, one not taken": of(SERTRALINE, VENLAFAXINE | {"adherence": "inadequate"}, THERAPY),
    "two drugs, one at a low dose": of(SERTRALINE | {"dose_adequate": "no", "dose_daily": 25}, VENLAFAXINE, THERAPY),
    "one drug and a psychotherapy": of(SERTRALINE, THERAPY),
    "no discussion with the patient": of(SERTRALINE, VENLAFAXINE, THERAPY, process={"discussion_offered": "no"}),
    "no burden": of(SERTRALINE, VENLAFAXINE, THERAPY, episode=NO_BURDEN),
    "burden not known": of(SERTRALINE, VENLAFAXINE, SHORT_THERAPY, episode=dict.fromkeys(NO_BURDEN, "unknown")),
    "loss of effect": of(SERTRALINE, VENLAFAXINE, THERAPY, toxicity={"loss_of_effect": "yes"}),
}
every_patient = pytest.mark.parametrize("data", PATIENTS.values(), ids=PATIENTS)


@pytest.fixture(scope="module")
def reason(consultation: Consultation) -> Reason:
    """What follows for a file; worked out once for each."""
    made: dict[str, Reasoning] = {}

    def reasoned(data: Data) -> Reasoning:
        text = repr(data)
        if text not in made:
            made[text] = consultation.reason(read(consultation, data), ON)
        return made[text]

    return reasoned


def statuses(reasoning: Reasoning) -> dict[str, str]:
    """The status of each definition with a threshold."""
    return {result.definition.id: result.status for result in reasoning.definitions if result.has_threshold}


def by_definition(reasoning: Reasoning) -> dict[str, Split]:
    return {split.definition: split for split in reasoning.splits}


def changed(data: Data, turn: Turn) -> Data:
    """The file with the one fact that a turn names, as it says."""
    name, _, unit = turn.fact.partition("@")
    record, _, fact = name.partition(".")
    value = turn.other.as_json()
    if not unit:
        return data | {record: data[record] | {fact: value}}
    return data | {"trials": [row | {fact: value} if row["id"] == unit else row for row in data["trials"]]}


def test_two_failed_drugs_and_a_psychotherapy_of_16_weeks(reason: Reason) -> None:
    """Conway and the drug-based definitions are fulfilled; Guidi & Fava are not, for the length of the psychotherapy alone."""
    found = statuses(reason(TWO_DRUGS))
    assert {name for name, status in found.items() if status == "met"} >= {"conway_2017", "fda_ema", "esm", "gsrd"}
    assert found["guidi_fava"] == "not_met"
    split = by_definition(reason(TWO_DRUGS))["guidi_fava"]
    assert "conway_2017" in split.fulfilled
    assert split.facts[0] == "trial.psychotherapy_weeks@t3"
    turns = {turn.fact: (turn.other.value, turn.brings) for turn in split.turns}
    assert turns["trial.psychotherapy_weeks@t3"] == (20, "met")


def test_two_drugs_of_one_class(reason: Reason) -> None:
    """Definitions that ask for different classes are not fulfilled; another class of either drug would fulfil them."""
    splits = by_definition(reason(PATIENTS["two drugs of one class"]))
    for definition in ("esm", "gsrd"):
        turned = {turn.fact for turn in splits[definition].turns if turn.brings == "met"}
        assert {"trial.drug_class@t1", "trial.drug_class@t2"} <= turned
    assert "fda_ema" not in splits


@every_patient
def test_there_is_one_entry_for_each_definition_that_is_not_fulfilled(data: Data, reason: Reason) -> None:
    """While another is; those that are fulfilled are named with it, and what cannot be told yet has none."""
    reasoning = reason(data)
    found = statuses(reasoning)
    fulfilled = {name for name, status in found.items() if status == "met"}
    missed = {name for name, status in found.items() if status == "not_met"}
    assert by_definition(reasoning).keys() == (missed if fulfilled else set())
    assert all(set(split.fulfilled) == fulfilled for split in reasoning.splits)


@every_patient
def test_the_facts_named_force_the_result(data: Data, consultation: Consultation, reason: Reason) -> None:
    """The patient of whom nothing but these facts is known does not fulfil the definition either."""
    for split in reason(data).splits:
        fulfilled = next(item.fulfilled for item in consultation.rulebook.definitions if item.id == split.definition)
        assert split.facts
        assert consultation.engines.evaluator.evaluate(_only(reason(data).patient, set(split.facts)))[Key(str(fulfilled))] == "not_met"


def _only(patient: Patient, names: set[str]) -> Patient:
    """The patient as if all but these facts had never been asked."""
    units = {
        record: tuple(Unit(unit.id, {name: item for name, item in unit.facts.items() if f"{name}@{unit.id}" in names}) for unit in members)
        for record, members in patient.units.items()
    }
    latest = patient.latest if "latest_trial" in names else None
    return Patient({name: item for name, item in patient.facts.items() if name in names}, units, latest)


@every_patient
def test_every_turn_brings_what_it_says(data: Data, reason: Reason) -> None:
    """With the one fact entered as the turn says and nothing else changed, the definition is fulfilled, or no longer ruled out."""
    for split in reason(data).splits:
        for turn in split.turns:
            assert statuses(reason(changed(data, turn)))[split.definition] == turn.brings, turn
            assert turn.fact in split.facts
            assert turn.other != reason(data).patient.observation(turn.fact)


@every_patient
def test_a_fact_that_is_no_turn_changes_nothing(data: Data, consultation: Consultation, reason: Reason) -> None:
    """Of the facts named, one with fixed values that is no turn leaves the definition not fulfilled, whichever value it has."""
    facts = consultation.rulebook.facts
    for split in reason(data).splits:
        turned = {turn.fact for turn in split.turns}
        for name in split.facts:
            fact = facts[name.partition("@")[0]]
            values = fact.choices if name not in turned and fact.name != "modality" and not fact.is_list else ()
            for value in values:
                again = reason(changed(data, Turn(name, Observation("known", value), "met")))
                assert statuses(again)[split.definition] == "not_met", (name, value)


def test_what_was_done_is_never_imagined_otherwise(reason: Reason) -> None:
    """The kind of a treatment is named as a fact, behind all others, but a psychotherapy is not turned into a drug."""
    for data in PATIENTS.values():
        for split in reason(data).splits:
            kinds = [name.startswith("trial.modality@") for name in split.facts]
            assert kinds == sorted(kinds)
            assert not [turn for turn in split.turns if turn.fact.startswith("trial.modality@")]


@pytest.mark.parametrize(
    "data",
    [
        of(episode=NO_BURDEN),
        of(SERTRALINE | {"kellner_score": 1, "outcome": "full_response", "remission": "yes", "percent_reduction": 90}, episode=NO_BURDEN),
        {"patient": {"age_years": 44}},
    ],
    ids=["no trial", "a drug that worked", "nothing but an age"],
)
def test_where_none_is_fulfilled_nothing_is_set_apart(data: Data, reason: Reason) -> None:
    """All agree, or nothing can be told yet."""
    assert "met" not in statuses(reason(data)).values()
    assert reason(data).splits == ()


def test_where_all_are_fulfilled_nothing_is_set_apart(reason: Reason) -> None:
    """Two adequate drugs of different classes and a psychotherapy of 26 weeks fulfil every definition with a threshold."""
    reasoning = reason(of(SERTRALINE, VENLAFAXINE, THERAPY))
    assert set(statuses(reasoning).values()) == {"met"}
    assert reasoning.splits == ()
