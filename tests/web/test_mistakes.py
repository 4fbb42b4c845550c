"""A chart with mistakes: what is shown while they are left out is true of the patient, and nothing is recorded."""

import copy
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from euthymia.consultation import Consultation
from euthymia.inference.trace import Key
from euthymia.inference.view import View, views
from euthymia.rulebook.conditions import FirstKnown
from euthymia.source import read_file
from euthymia.web.charts.reading import fact_of, read_as_far_as_possible
from tests.generative.forgetting import contradicted, has, is_reminder, overturned, settled_by_forgetting, speaks_of_trials
from tests.shared import ROOT
from tests.web.browser import Application, Browser, new_once

WRONG = {"value": {"a": {}}}  # of no type
SHOWN = ("met", "undetermined")


def example(name: str) -> dict[str, Any]:
    return dict(read_file(ROOT / "examples" / f"{name}.yaml").data)


def judged(consultation: Consultation, data: dict[str, Any], on: date) -> tuple[View, dict[Key, str]]:
    """By the evaluator alone: that both engines agree is shown elsewhere."""
    whole = views(read_as_far_as_possible(consultation, data, on)[0].patient, consultation.rulebook.facts)
    return whole, consultation.engines.evaluator.evaluate_view(whole)


def broken(data: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The file with one wrong value, at every place in turn where a form could bring it about; an amount may also lack its unit."""
    for record, facts in data.items():
        if isinstance(facts, dict):
            for name in facts:
                yield f"{record}.{name}", {**data, record: {**facts, name: WRONG}}
        elif isinstance(facts, list):
            for number, row in enumerate(facts):
                before, after = facts[:number], facts[number + 1 :]
                for name in row.keys() - {"id", "modality"}:
                    yield f"{record}[{number}].{name}", {**data, record: [*before, {**row, name: WRONG}, *after]}
                if "dose_unit" in row:
                    less = {name: value for name, value in row.items() if name != "dose_unit"}
                    yield f"{record}[{number}].dose_unit missing", {**data, record: [*before, less, *after]}


def torn(data: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Whole trials and problems that cannot be read, and the list of them; no form brings these about."""
    for record in ("trials", "problems"):
        rows = data.get(record) or []
        yield record, {**data, record: "nonsense"}
        for number, row in enumerate(rows):
            yield f"{record}[{number}] twice", {**data, record: [*rows, copy.deepcopy(row)]}
            yield f"{record}[{number}] bare", {**data, record: [*rows[:number], {"id": WRONG}, *rows[number + 1 :]]}


@pytest.mark.parametrize("name", ["complete", "willms-2022", "nakama-2014", "veraart-2023-3"])
def test_a_mistake_opens_questions_and_answers_none(consultation: Consultation, on: date, name: str) -> None:
    """Wherever one mistake stands: nothing that is settled turns over, nothing open is settled, and no critical alert goes.

    Excepted are, as for what was forgotten, reminders, rules with a kept alternative that says the opposite, and, where other trials are
    one course, rules that speak of trials.
    """
    rulebook, data = consultation.rulebook, example(name)
    before, more = judged(consultation, data, on)
    critical = {Key(rule.id) for rule in rulebook.rules if rule.alert == "critical" and not is_reminder(rulebook, rule.id)}
    for place, mistaken in broken(data):
        after, less = judged(consultation, mistaken, on)
        changed = {key for key in overturned(more, less) if not is_reminder(rulebook, key.rule)}
        if changed and [unit.unit for unit in before.units["trial"]] == [unit.unit for unit in after.units["trial"]]:
            changed = {key for key in changed if key.rule not in contradicted(rulebook, before, after)}
        else:
            changed = {key for key in changed if not speaks_of_trials(rulebook, key.rule)}
        assert changed == set(), place
        settled = {key for key in settled_by_forgetting(more, less) if not is_reminder(rulebook, key.rule)}
        assert not {key for key in settled if not has(rulebook, key.rule, FirstKnown)}, place
        assert not [key for key in critical if more.get(key) in SHOWN and less.get(key) not in SHOWN], place


def test_every_mistake_leads_to_its_fact(consultation: Consultation, on: date) -> None:
    """However the file is broken in one place, it is read as far as possible, and the mistake names that place."""
    for place, mistaken in (*broken(example("complete")), *torn(example("complete"))):
        file, problems = read_as_far_as_possible(consultation, mistaken, on)
        assert problems, place
        named = {fact_of(mistaken, problem.key)[0].partition(".")[0] for problem in problems}
        record = place.partition(".")[0].partition("[")[0]
        assert named & {record, record.removesuffix("s")}, (place, problems)
        assert file.patient.facts


def test_many_mistakes_at_once_are_left_out_together(consultation: Consultation, on: date) -> None:
    """Every value of a full file is wrong: what is left is a patient of whom nothing is known, and every mistake is told."""
    data = example("complete")
    wrong = {key: dict.fromkeys(facts, WRONG) if isinstance(facts, dict) else facts for key, facts in data.items()}
    wrong["trials"] = [{name: WRONG if name != "id" else row[name] for name in row} for row in data["trials"]]
    _, problems = read_as_far_as_possible(consultation, wrong, on)
    facts = sum(len(part) for part in wrong.values() if isinstance(part, dict))
    assert len(problems) >= facts


def test_a_list_with_a_trial_left_out_is_no_complete_one(consultation: Consultation, on: date) -> None:
    """Else what is not on it would be taken never to have been."""
    data = example("complete")
    closing = consultation.rulebook.facts.record("trial").complete_when
    assert closing is not None and data[closing.partition(".")[0]][closing.partition(".")[2]]
    for place, mistaken in torn(data):
        file, _ = read_as_far_as_possible(consultation, mistaken, on)
        assert place.startswith("problems") or not file.patient.facts[closing].known, place


def test_what_a_trial_shows_that_cannot_be_read_is_open_and_not_denied(consultation: Consultation, on: date) -> None:
    """Two trials of one name, of which the second lost its effect: no count of trials, not even of those on file, turns to no, and neither
    is taken for the latest. Whatever is settled without the second was so with it."""
    first = {"id": "t1", "modality": "medication", "drug": "sertraline", "episode": "current", "stop_reason": "ongoing", "order": 1}
    second = {"modality": "medication", "drug": "venlafaxine", "episode": "current", "stop_reason": "lost_effect", "order": 2}
    second |= {"initial_response": "yes", "symptoms_returned_on_maintenance": "yes", "kellner_score": 5}
    data: dict[str, Any] = {"schema": "euthymia.patient/1", "process": {"treatment_history_complete": "yes"}}
    data |= {"toxicity": {"loss_of_effect": "no", "rechallenge_failure": "no"}}
    _, right = judged(consultation, {**data, "trials": [first, {"id": "t2", **second}]}, on)
    whole, mistaken = judged(consultation, {**data, "trials": [first, {"id": "t1", **second}]}, on)
    loss = Key("loss-of-effect")
    assert (right[loss], mistaken[loss]) == ("met", "undetermined")
    assert whole.latest is None
    changed = {key.rule for key in overturned(right, mistaken) | settled_by_forgetting(right, mistaken) if key.unit is None}
    assert not {rule for rule in changed if not is_reminder(consultation.rulebook, rule)}


# ---------------------------------------------------------------- on the page


def test_a_chart_with_mistakes_shows_alerts_and_cannot_be_recorded(application: Application, clinician: Browser) -> None:
    """The page names each mistake beside what follows from the rest; put right, the decision can be recorded."""
    path = clinician.new_patient()
    clinician.enter(path, "risk.suicidal_ideation", "yes")
    clinician.enter(path, "latest_trial", "given", "t9")
    shown = clinician.part(f"{path}/standing")
    assert shown.status_code == 200
    assert "1 mistake" in shown.text and "no trial &#39;t9&#39;" in shown.text and 'class="alert critical"' in shown.text
    count = application.house.records.count()
    refused = clinician.post(f"{path}/record", {"once": new_once()})
    assert refused.status_code == 422 and "t9" in refused.text
    assert application.house.records.count() == count
    clinician.enter(path, "latest_trial", "not_asked")
    assert "mistake" not in clinician.part(f"{path}/standing").text
    assert clinician.post(f"{path}/record", {"once": new_once()}).status_code == 303
