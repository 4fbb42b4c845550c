"""A patient goes from one clinician to another: what goes along, who sees what afterwards, and what happens at the same moment."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from euthymia.clinic.accounts import Account
from tests.web.browser import Application, Browser, new_once, where

MARK = "Zqxj7"


@pytest.fixture
def colleague(application: Application) -> Browser:
    """Another clinician without patients."""
    return application.visitor("clinician")


@pytest.fixture
def administrator(application: Application) -> Browser:
    return application.visitor("administrator")


@pytest.fixture
def logged() -> Iterator[list[Any]]:
    """What the server would have logged."""
    with structlog.testing.capture_logs() as lines:
        yield lines


def account(browser: Browser) -> Account:
    assert browser.session is not None
    return browser.session.account


def hand_over(browser: Browser, path: str, to: Browser, **fields: str) -> Any:
    """As the form does."""
    return browser.post(f"{path}/hand-over", {"to": account(to).id, "sure": "yes", "once": new_once(), **fields})


def hand_over_all(administrator: Browser, sender: Browser, to: Browser, **fields: str) -> Any:
    given = {"to": account(to).id, "sure": "yes", "once": new_once(), **fields}
    return administrator.post(f"/accounts/{account(sender).id}/hand-over", given)


# ---------------------------------------------------------------- one patient


def test_a_patient_goes_with_all_that_belongs_to_it(clinician: Browser, colleague: Browser) -> None:
    """Facts, label, answers that could not be taken, history and recorded decisions; a trial copy does not."""
    path = clinician.new_patient(label=f"{MARK} label", pseudonym=f"{MARK}-go")
    clinician.enter(path, "risk.assessed", "yes")
    decision = where(clinician.post(f"{path}/record", {"once": new_once()}))
    clinician.enter(path, "trial.started@t1", "given", "x")
    copy = where(clinician.post(f"{path}/what-if"))
    before = clinician.chart(path)
    page = clinician.get(f"{path}/hand-over").text
    assert account(colleague).name in page and f"{MARK} label" in page and f"{MARK}-go" in page
    assert where(hand_over(clinician, path, colleague)) == "/patients#handed-over"

    after = colleague.chart(path)
    assert (after.data, after.label, after.refused, after.pseudonym) == (before.data, before.label, before.refused, before.pseudonym)
    assert colleague.get(path).status_code == colleague.get(decision).status_code == colleague.get(f"{decision}/pdf").status_code == 200
    assert colleague.post(f"{decision}/respond", {"verdict": "accepted"}).status_code == 303
    for browser in (clinician, colleague):
        assert browser.get(copy).status_code == 404
    assert clinician.get(decision).status_code == 404


def test_both_can_see_when_and_from_whom_to_whom_it_went(clinician: Browser, colleague: Browser) -> None:
    """The one in the history and on the page of patients, new until it was opened; the other on the page of patients, by the pseudonym."""
    path = clinician.new_patient(label=f"{MARK} seen", pseudonym=f"{MARK}-seen")
    clinician.enter(path, "risk.assessed", "yes")
    hand_over(clinician, path, colleague)
    names = account(clinician).name, account(colleague).name
    mine, theirs = clinician.get("/patients").text, colleague.get("/patients").text
    assert f"{MARK}-seen: to {names[1]}, 2026-11-20 12:00 UTC" in mine and f"{MARK} seen" not in mine and path not in mine
    assert f"<strong>New:</strong> handed over by {names[0]}, 2026-11-20" in theirs
    colleague.get(path)
    opened = colleague.get("/patients").text
    assert "<strong>New:</strong>" not in opened and f"handed over by {names[0]}" in opened
    history = colleague.get(f"{path}/history").text
    line = f'<td>{names[0]}</td><th scope="row">Patient handed over</th><td>{names[0]}</td><td>{names[1]}</td>'
    assert line in history


def test_who_had_the_patient_is_told_in_words_and_nothing_is_saved(clinician: Browser, colleague: Browser) -> None:
    """An answer from another window, a change of anything, every part of the page, and the JSON interface."""
    path = clinician.new_patient(label="x", pseudonym=f"{MARK}-gone")
    hand_over(clinician, path, colleague)
    before = colleague.chart(path)
    once = {"once": new_once()}
    answer = {"fact": "risk.assessed", "answer": "yes", "seen": "0", **once}
    posts = {"facts": answer, "undo": once, "record": once, "day": {"day": "2026-11-01", "seen": "0", **once}, "label": {"label": "y"}}
    posts |= {"what-if": {}, "remove": {"confirm": f"{MARK}-gone"}, "why": {"name": "GF-A"}, "units": {"units": "problems", **once}}
    told = [clinician.post(f"{path}/{name}", given, headers={"HX-Request": "true"}) for name, given in posts.items()]
    told += [clinician.get(f"{path}{page}") for page in ("", "/standing", "/results", "/history", "/export", "/hand-over")]
    for refused in told:
        assert refused.status_code == 410
        assert f"{MARK}-gone was handed over to {account(colleague).name}, 2026-11-20 12:00 UTC" in refused.text
        assert "Nothing that is sent from here is saved any more" in refused.text
    by_json = clinician.get(f"/api{path}")
    assert by_json.status_code == 410 and by_json.json()["error"] == "handed-over"
    assert colleague.chart(path) == before


def test_an_answer_at_the_very_moment_is_refused_in_words(
    application: Application, clinician: Browser, colleague: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The patient was still the sender's when the answer arrived, and no longer when it was to be saved."""
    charts = application.house.charts
    for change, fields in (("enter", {"answer": "yes"}), ("keep_refused", {"answer": "nonsense"})):
        path = clinician.new_patient()
        real = getattr(charts, change)

        def late(*given: Any, path: str = path, real: Any = real) -> Any:
            hand_over(clinician, path, colleague)
            return real(*given)

        with monkeypatch.context() as patched:
            patched.setattr(charts, change, late)
            refused = clinician.enter(path, "risk.assessed", **fields)
        assert refused.status_code == 410 and "was handed over to" in refused.text
        assert colleague.chart(path).data == {"schema": "euthymia.patient/1"} and colleague.chart(path).refused == {}


def test_a_decision_is_not_recorded_of_a_patient_who_went_meanwhile(
    application: Application, clinician: Browser, colleague: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between working it out and writing it down the patient went: nothing is written."""
    path, workers = clinician.new_patient(), application.house.workers
    real = workers.call

    def late(*given: Any) -> Any:
        made = real(*given)
        hand_over(clinician, path, colleague)
        return made

    monkeypatch.setattr(workers, "call", late)
    count = application.house.records.count()
    assert clinician.post(f"{path}/record", {"once": new_once()}).status_code == 410
    assert application.house.records.count() == count


def test_a_form_that_is_sent_twice_hands_over_once(clinician: Browser, colleague: Browser) -> None:
    """One after the other and at the same moment; nor does the old form take the patient away again who came back."""
    path, once = clinician.new_patient(), new_once()
    answers: list[Any] = []
    threads = [threading.Thread(target=lambda: answers.append(hand_over(clinician, path, colleague, once=once))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers.append(hand_over(clinician, path, colleague, once=once))
    assert {where(answer) for answer in answers} == {"/patients#handed-over"}
    assert colleague.get(f"{path}/history").text.count("Patient handed over") == 1
    hand_over(colleague, path, clinician)
    assert hand_over(clinician, path, colleague, once=once).status_code == 303
    assert clinician.get(path).status_code == 200
    assert "Handed over</h2>" not in clinician.get("/patients").text
    assert clinician.get(f"{path}/history").text.count("Patient handed over") == 2


def test_to_whom_nobody_can_hand_over(application: Application, clinician: Browser, colleague: Browser) -> None:
    """Oneself, another role, an account that is closed or not there, nobody, or without confirming it: told, and nothing goes."""
    path = clinician.new_patient()
    gone = application.visitor("clinician")
    application.house.accounts.close(account(gone).id, closed=True)
    page = clinician.get(f"{path}/hand-over").text
    assert account(colleague).id in page and account(gone).id not in page and f'value="{account(clinician).id}"' not in page
    wrong = [account(clinician).id, account(gone).id, account(application.visitor("auditor")).id, "99", ""]
    for to in wrong:
        answer = clinician.post(f"{path}/hand-over", {"to": to, "sure": "yes", "once": new_once()})
        assert answer.status_code == 422 and "choose a colleague whose account is open" in answer.text
    unsure = hand_over(clinician, path, colleague, sure="")
    assert unsure.status_code == 422 and "confirm that" in unsure.text and f'{account(colleague).id}" selected' in unsure.text
    assert hand_over(clinician, path, colleague, once="").status_code == 422
    copy = where(clinician.post(f"{path}/what-if"))
    assert clinician.get(f"{copy}/hand-over").status_code == hand_over(clinician, copy, colleague).status_code == 422
    assert clinician.get(path).status_code == 200


def test_what_a_colleague_entered_is_not_undone(clinician: Browser, colleague: Browser) -> None:
    """Undo reaches back to the handover; what was there before can be answered anew."""
    path = clinician.new_patient()
    clinician.enter(path, "risk.assessed", "yes")
    hand_over(clinician, path, colleague)
    before = colleague.chart(path).data
    colleague.enter(path, "risk.suicidal_ideation", "no")
    for _ in range(3):
        assert colleague.post(f"{path}/undo", {"once": new_once()}).status_code == 303
    assert colleague.chart(path).data == before
    colleague.enter(path, "risk.assessed", "no")
    assert colleague.chart(path).data["risk"]["assessed"]["value"] == "no"
    history = colleague.get(f"{path}/history").text
    assert account(clinician).name in history and account(colleague).name in history


# ---------------------------------------------------------------- all patients of one clinician


def test_the_patients_of_one_who_left_are_reached_again(
    application: Application, clinician: Browser, colleague: Browser, administrator: Browser
) -> None:
    """Their number is shown and confirmed; labels and decisions go along, and those of others stay where they are."""
    paths = [clinician.new_patient(label=f"{MARK} all {number}", pseudonym=f"{MARK}-all-{number}") for number in range(3)]
    decision = where(clinician.post(f"{paths[0]}/record", {"once": new_once()}))
    clinician.post(f"{paths[1]}/what-if")
    other = application.visitor("clinician")
    kept = other.new_patient()
    application.house.accounts.close(account(clinician).id, closed=True)
    assert f"/accounts/{account(clinician).id}/hand-over" in administrator.get("/accounts").text
    page = administrator.get(f"/accounts/{account(clinician).id}/hand-over").text
    assert "This account is closed and has 3 patients" in page and "Hand over 3 patients" in page
    once = new_once()
    for _ in range(2):
        done = administrator.get(where(hand_over_all(administrator, clinician, colleague, once=once))).text
        assert "has no patients" in done
        assert f"2026-11-20 12:00 UTC: 3 patients to {account(colleague).name}, by {account(administrator).name}" in done
    assert [colleague.chart(path).label for path in paths] == [f"{MARK} all {number}" for number in range(3)]
    assert colleague.get(decision).status_code == 200
    shown = colleague.get("/patients").text
    assert shown.count(f"handed over by {account(clinician).name} (through {account(administrator).name})") == 3
    history = colleague.get(f"{paths[0]}/history").text
    assert f'<td>{account(administrator).name}</td><th scope="row">Patient handed over</th>' in history
    assert other.get(kept).status_code == 200


def test_an_administrator_sees_no_patient(application: Application, clinician: Browser, colleague: Browser, administrator: Browser) -> None:
    """Neither label nor pseudonym nor the address of a chart, before, on and after handing over."""
    path = clinician.new_patient(label=f"{MARK} secret", pseudonym=f"{MARK}-secret")
    clinician.enter(path, "risk.assessed", "yes", note=MARK)
    address = f"/accounts/{account(clinician).id}/hand-over"
    answers = [administrator.get("/accounts"), administrator.get(address), hand_over_all(administrator, clinician, colleague, sure="")]
    answers += [hand_over_all(administrator, clinician, colleague), administrator.get(address), administrator.get("/accounts")]
    assert [answer.status_code for answer in answers] == [200, 200, 422, 303, 200, 200]
    for answer in answers:
        assert MARK not in answer.text and path.split("/")[2] not in answer.text
    for route in (path, f"{path}/hand-over", "/patients"):
        assert administrator.get(route).status_code == 403


def test_there_must_be_somebody_and_something_to_hand_over(application: Application, clinician: Browser, administrator: Browser) -> None:
    """To oneself, without patients, without confirming; and other roles have none."""
    clinician.new_patient()
    empty = application.visitor("clinician")
    assert "choose a colleague" in hand_over_all(administrator, clinician, clinician).text
    assert "confirm that" in hand_over_all(administrator, clinician, empty, sure="").text
    assert "this account has no patients" in hand_over_all(administrator, empty, clinician).text
    assert '<form method="post" action="/accounts/' not in administrator.get(f"/accounts/{account(empty).id}/hand-over").text
    for wrong in (account(application.visitor("auditor")).id, "99"):
        assert administrator.get(f"/accounts/{wrong}/hand-over").status_code == 404
    assert len(application.house.charts.of_owner(account(clinician).id)) == 1


def test_handing_over_is_logged_without_patient_and_without_names(
    clinician: Browser, colleague: Browser, administrator: Browser, logged: list[Any]
) -> None:
    """How many, and in which role; once for a form that is sent twice."""
    paths = [clinician.new_patient(label=MARK, pseudonym=f"{MARK}-log-{number}") for number in range(3)]
    once = new_once()
    for _ in range(2):
        hand_over(clinician, paths[0], colleague, once=once)
    hand_over_all(administrator, clinician, colleague)
    events = [line for line in logged if line["event"] == "handed over"]
    assert [(line["patients"], line["role"]) for line in events] == [(1, "clinician"), (2, "administrator")]
    said = str(logged)
    assert not [word for word in (MARK, *(account(one).name for one in (clinician, colleague, administrator))) if word in said]
