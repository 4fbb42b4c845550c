"""A patient that is being entered: nothing that was acknowledged is lost, and everything can be taken back."""

import json
import threading
from typing import Any

import pytest

from euthymia.clinic.charts import Charts, Entry
from euthymia.clinic.store import Store
from tests.web.browser import Application, Browser, hidden, new_once, where

TRIAL = {"units": "trials", "trial.modality": "medication", "trial.drug": "sertraline"}


@pytest.fixture
def path(clinician: Browser) -> str:
    """The page of an empty patient."""
    return clinician.new_patient()


def value_of(browser: Browser, path: str, *place: str) -> Any:
    """What the patient file says there, without who said it."""
    found: Any = browser.chart(path).data
    for key in place:
        found = next((row for row in found if row["id"] == key), {}) if isinstance(found, list) else (found or {}).get(key)
    return found["value"] if isinstance(found, dict) and "value" in found else found


def add_trial(browser: Browser, path: str, **fields: str) -> str:
    return where(browser.post(f"{path}/units", {**TRIAL, "once": new_once(), **fields}))


# ---------------------------------------------------------------- saved


def test_an_answer_is_on_the_disk_before_it_is_acknowledged(application: Application, clinician: Browser, path: str) -> None:
    """Another program that opens the database finds it, with who said it and when."""
    answer = clinician.enter(path, "risk.assessed", "yes")
    assert answer.status_code == 200 and answer.headers["hx-trigger"] == "facts-changed"
    assert clinician.session is not None
    store = Store(application.house.settings.database)
    found = Charts(store, application.clock).find(path.split("/")[2], clinician.session.account.id)
    store.close()
    assert found is not None
    assert found.data["risk"]["assessed"] == {"value": "yes", "source": "clinician", "date": "2026-11-20"}


def test_an_answer_that_is_sent_twice_is_saved_once(clinician: Browser, path: str) -> None:
    """As a browser does that did not hear of the first; an answer with its unit as well."""
    once = new_once()
    for _ in range(3):
        assert clinician.enter(path, "risk.assessed", "yes", once=once, seen=0).status_code == 200
    assert clinician.chart(path).version == 1
    add_trial(clinician, path)
    once, seen = new_once(), clinician.chart(path).version
    for _ in range(2):
        assert clinician.enter(path, "trial.dose_daily@t1", "given", "50", unit_beside="mg", once=once, seen=seen).status_code == 200
    assert clinician.chart(path).version == seen + 2


def test_another_answer_from_the_same_form_is_saved(clinician: Browser, path: str) -> None:
    """The first was saved, but the page did not hear of it; the clinician has changed their mind, and that is what counts."""
    once = new_once()
    for answer in ("yes", "no", "unknown", "no"):
        assert clinician.enter(path, "risk.assessed", answer, once=once, seen=0).status_code == 200
        assert value_of(clinician, path, "risk", "assessed") == answer


def test_two_windows_do_not_disturb_each_other(clinician: Browser, path: str) -> None:
    """Each answers other facts on a page that is older than the other's answers, and a trial is added and taken out meanwhile."""
    assert clinician.enter(path, "risk.assessed", "yes", seen=0).status_code == 200
    add_trial(clinician, path)
    assert clinician.enter(path, "risk.self_harm", "no", seen=0).status_code == 200
    clinician.post(f"{path}/units/remove", {"units": "trials", "unit": "t1", "once": new_once()})
    assert clinician.enter(path, "risk.past_attempt", "no", seen=0).status_code == 200
    assert {key: value_of(clinician, path, "risk", key) for key in ("assessed", "self_harm", "past_attempt")} == {
        "assessed": "yes", "self_harm": "no", "past_attempt": "no",
    }  # fmt: skip


def test_the_same_fact_changed_in_two_windows_is_told(clinician: Browser, path: str) -> None:
    """The first answer stands, the second is kept as it was typed; the clinician decides, and till then nothing is recorded."""
    clinician.enter(path, "risk.assessed", "yes", seen=0)
    answer = clinician.enter(path, "risk.assessed", "no", seen=0, note="by telephone")
    assert answer.status_code == 409 and "changed in another window" in answer.text
    assert value_of(clinician, path, "risk", "assessed") == "yes"
    page = clinician.get(f"{path}?section=risk").text
    assert "changed in another window" in page and "by telephone" in page
    assert clinician.post(f"{path}/record", {"once": new_once()}).status_code == 422
    assert clinician.enter(path, "risk.assessed", "no", seen=int(hidden(answer.text, "seen"))).status_code == 200
    assert value_of(clinician, path, "risk", "assessed") == "no"
    assert clinician.chart(path).refused == {}


def test_answers_side_by_side_are_all_saved(application: Application, clinician: Browser, path: str) -> None:
    """Many at the same moment, while trials are added."""
    charts, chart = application.house.charts, clinician.chart(path)
    wrong: list[BaseException] = []

    def enter(number: int) -> None:
        try:
            if number % 3:
                charts.enter(chart, chart.owner, [Entry(("risk", f"fact{number}"), number, 0, new_once())])
            else:
                charts.replace(chart, chart.owner, lambda data: {**data, "trials": [*data.get("trials", []), number]}, new_once())
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=enter, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    data = clinician.chart(path).data
    assert {*data["risk"].values()} == {number for number in range(12) if number % 3} and sorted(data["trials"]) == [0, 3, 6, 9]


# ---------------------------------------------------------------- what cannot be taken


@pytest.mark.parametrize(
    ("fact", "sent", "kept"),
    [
        ("trial.dose_daily@t1", {"answer": "given", "value": "fifty", "unit_beside": "mg", "note": "of the box"}, ["fifty", "of the box"]),
        ("trial.dose_daily@t1", {"answer": "given", "value": "50"}, ["50", "a dose or level needs its unit"]),
        ("trial.started@t1", {"answer": "given", "value": "last spring"}, ["last spring"]),
        ("trial.drug@t1", {"answer": "unknown", "value": "lithium?"}, ["lithium?", "keep one of them"]),
        ("risk.assessed", {"answer": "perhaps"}, ["perhaps"]),
        ("trial.drug@t1", {"answer": "perhaps"}, ["is no answer to this question"]),
        ("risk.assessed", {"answer": "yes", "date": "2026-13-01", "source": "his aunt"}, ["his aunt"]),
        ("patient.age_years", {"answer": "given", "value": "407"}, ["407"]),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_kept_as_it_was_typed(
    clinician: Browser, path: str, fact: str, sent: dict[str, str], kept: list[str]
) -> None:
    """It stands there again after a reload, with why; the record stays as it was, and a right answer takes it away."""
    add_trial(clinician, path)
    before = clinician.chart(path).data
    assert clinician.enter(path, fact, **sent).status_code == 422
    assert clinician.chart(path).data == before
    record = fact.partition(".")[0]
    page = clinician.get(f"{path}?section={'trials&unit=1' if record == 'trial' else record}").text
    assert "Not saved:" in page and not [word for word in kept if word not in page]
    assert clinician.enter(path, fact, "unknown").status_code == 200
    assert "Not saved:" not in clinician.get(f"{path}?section={'trials&unit=1' if record == 'trial' else record}").text
    assert clinician.chart(path).refused == {}


def test_the_same_answer_again_takes_back_a_refused_one(clinician: Browser, path: str) -> None:
    """What is on record was right after all."""
    clinician.enter(path, "patient.age_years", "given", "40")
    clinician.enter(path, "patient.age_years", "given", "forty")
    assert clinician.chart(path).refused
    clinician.enter(path, "patient.age_years", "given", "40")
    assert clinician.chart(path).refused == {} and clinician.chart(path).version == 1


def test_what_was_typed_about_a_trial_goes_with_it(clinician: Browser, path: str) -> None:
    """Else nothing could be recorded any more, for there is no place left to put it right."""
    add_trial(clinician, path)
    clinician.enter(path, "trial.started@t1", "given", "spring")
    clinician.post(f"{path}/units/remove", {"units": "trials", "unit": "t1", "once": new_once()})
    assert clinician.chart(path).refused == {}


# ---------------------------------------------------------------- trials and problems


def test_trials_and_problems_are_added_once_and_shown(clinician: Browser, path: str) -> None:
    """The page that the form leads to is there; the same form sent twice adds one."""
    for units in ("trials", "problems"):
        once = new_once()
        pages = {where(clinician.post(f"{path}/units", {**TRIAL, "units": units, "once": once})) for _ in range(2)}
        [page] = pages
        assert clinician.get(page).status_code == 200 and page.endswith("unit=1")
        removed = where(clinician.post(f"{path}/units/remove", {"units": units, "unit": f"{units[0]}1", "once": new_once()}))
        assert clinician.get(removed).status_code == 200
        assert clinician.get(where(clinician.post(f"{path}/units", {**TRIAL, "units": units, "once": once}))).status_code == 200
    assert clinician.chart(path).data.keys() == {"schema"}


def test_a_new_trial_never_takes_the_place_of_one_that_was_taken_out(clinician: Browser, path: str) -> None:
    """What still refers to the old one is a mistake that is told, and not a reference to another treatment."""
    for _ in range(2):
        add_trial(clinician, path)
    clinician.enter(path, "trial.concurrent_with@t2", "given", "t1")
    clinician.post(f"{path}/units/remove", {"units": "trials", "unit": "t1", "once": new_once()})
    add_trial(clinician, path)
    assert [row["id"] for row in clinician.chart(path).data["trials"]] == ["t2", "t3"]


def test_a_trial_with_mistakes_is_not_added(clinician: Browser, path: str) -> None:
    """Each is told by its label, and what was typed stands there again."""
    answer = clinician.post(f"{path}/units", {**TRIAL, "trial.modality": "", "trial.started": "spring", "once": new_once()})
    assert answer.status_code == 422 and "a trial needs it" in answer.text and 'value="spring"' in answer.text
    assert "trials" not in clinician.chart(path).data


# ---------------------------------------------------------------- taking back


def undo(browser: Browser, path: str, once: str = "") -> None:
    where(browser.post(f"{path}/undo", {"once": once or new_once()}))


def test_changes_are_taken_back_one_by_one(clinician: Browser, path: str) -> None:
    """The last one first, whatever it was; taking back once more brings nothing back. Sent twice, it is one step."""
    states = [clinician.chart(path).data]
    for step in (
        lambda: clinician.enter(path, "risk.assessed", "yes"),
        lambda: add_trial(clinician, path),
        lambda: clinician.enter(path, "trial.adherence@t1", "unknown"),
        lambda: clinician.enter(path, "risk.assessed", "not_asked"),
        lambda: clinician.post(f"{path}/units/remove", {"units": "trials", "unit": "t1", "once": new_once()}),
    ):
        step()
        states.append(clinician.chart(path).data)
    once = new_once()
    for _ in range(3):
        undo(clinician, path, once)
    assert clinician.chart(path).data == states[-2]
    for state in reversed(states[:-2]):
        undo(clinician, path)
        assert clinician.chart(path).data == state
    undo(clinician, path)
    assert clinician.chart(path).data == states[0]


def test_after_taking_back_one_goes_on(clinician: Browser, path: str) -> None:
    """New answers can be taken back as well, and the history tells everything in its order."""
    clinician.enter(path, "risk.assessed", "yes")
    undo(clinician, path)
    clinician.enter(path, "risk.assessed", "no")
    clinician.enter(path, "risk.self_harm", "no")
    undo(clinician, path)
    assert clinician.chart(path).data["risk"].keys() == {"assessed"}
    undo(clinician, path)
    assert "risk" not in clinician.chart(path).data
    page = clinician.get(f"{path}/history").text
    assert page.count("(taken back)") == 3 and page.count("<tr><td>") == 6


# ---------------------------------------------------------------- what if


def test_a_what_if_never_touches_the_record(clinician: Browser, path: str) -> None:
    """Everything is tried in the copy; the chart and its history stay as they were, and the copy is neither recorded nor listed."""
    clinician.enter(path, "risk.assessed", "no")
    before, changes = clinician.chart(path), clinician.get(f"{path}/history").text
    copy = where(clinician.post(f"{path}/what-if"))
    clinician.enter(copy, "risk.assessed", "yes")
    clinician.enter(copy, "patient.age_years", "given", "forty")
    add_trial(clinician, copy)
    undo(clinician, copy)
    assert clinician.post(f"{copy}/record", {"once": new_once()}).status_code == 422
    assert clinician.post(f"{copy}/what-if").status_code == 422
    assert clinician.post(f"{copy}/remove", {"confirm": ""}).status_code == 422
    assert "yes" in json.dumps(clinician.chart(copy).data) and copy not in clinician.get("/patients").text
    assert where(clinician.post(f"{copy}/leave")) == path
    assert clinician.get(copy).status_code == 404
    assert clinician.chart(path) == before and clinician.get(f"{path}/history").text == changes
    assert clinician.post(f"{path}/leave").status_code == 422


def test_a_patient_that_is_removed_takes_its_copies_and_its_history_along(application: Application, clinician: Browser, path: str) -> None:
    """Nothing of it is left in the database but that there were decisions."""
    clinician.enter(path, "risk.assessed", "yes", note="marmalade")
    clinician.enter(where(clinician.post(f"{path}/what-if")), "risk.assessed", "no", note="marmalade")
    where(clinician.post(f"{path}/remove", {"confirm": clinician.chart(path).pseudonym}))
    with application.house.store.reading() as connection:
        for table in ("charts", "changes"):
            assert "marmalade" not in str(connection.exec_driver_sql(f"SELECT * FROM {table}").all())


def test_a_trial_never_loses_its_kind(clinician: Browser, path: str) -> None:
    """It would have to be left out of everything that is shown, and what counts trials would say no."""
    add_trial(clinician, path)
    for answer in ("unknown", "not_applicable", "not_asked", ""):
        assert clinician.enter(path, "trial.modality@t1", answer).status_code == 422
        assert value_of(clinician, path, "trials", "t1", "modality") == "medication"
    assert clinician.enter(path, "trial.modality@t1", "psychotherapy").status_code == 200
