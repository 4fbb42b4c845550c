"""The day of assessment: today, or a day that has been; used by everything that is told of a patient."""

from datetime import timedelta
from typing import Any

import pytest

from tests.shared import ROOT
from tests.web.browser import Application, Browser, new_once, where
from tests.web.conftest import MakeApplication

EXAMPLE = (ROOT / "examples" / "willms-2022.yaml").read_text(encoding="utf-8")
TODAY, YESTERDAY, LONG_AGO = "2026-11-20", "2026-11-19", "2022-01-31"


def set_day(browser: Browser, path: str, day: str, **fields: Any) -> Any:
    """As the form of the chart does."""
    return browser.post(f"{path}/day", {"day": day, "once": new_once(), "seen": browser.chart(path).version, **fields})


def with_trial(browser: Browser, started: str) -> str:
    """A patient with one treatment that goes on."""
    path = browser.new_patient()
    sent = {"units": "trials", "trial.modality": "medication", "trial.drug": "sertraline", "trial.started": started}
    browser.post(f"{path}/units", sent | {"trial.stop_reason": "ongoing", "once": new_once()})
    return path


def test_a_chart_is_assessed_as_of_today_until_a_day_is_chosen(make_application: MakeApplication) -> None:
    """Today follows the calendar; a fixed day stays, and is told above all else from the moment when it is not today."""
    application = make_application()
    clinician = application.visitor("clinician")
    path = clinician.new_patient()
    assert f"Assessed as of <strong>{TODAY}</strong>, today" in clinician.get(path).text
    assert "not today" not in clinician.part(f"{path}/standing").text
    assert where(set_day(clinician, path, TODAY)) == path
    assert "not today" not in clinician.part(f"{path}/standing").text
    application.clock.advance(timedelta(hours=24))
    assert clinician.session is not None
    clinician.begin(clinician.session.account)  # the session did not last so long
    assert f"Assessed as of <strong>{TODAY}</strong>, not today" in clinician.get(path).text
    assert f"<strong>Assessed as of {TODAY}, not today.</strong>" in clinician.part(f"{path}/standing").text
    assert where(set_day(clinician, path, "", follow="yes")) == path
    assert "Assessed as of <strong>2026-11-21</strong>, today" in clinician.get(path).text


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("2026-11-21", "2026-11-21 lies in the future; allowed: today or a day before"),
        ("", "allowed: a day, YYYY-MM-DD"),
        ("2026-11", "allowed: a day, YYYY-MM-DD"),
        ("2026-02-31", "allowed: a day, YYYY-MM-DD"),
        ("yesterday", "allowed: a day, YYYY-MM-DD"),
        ("1822-01-01", "1900 to 2200"),
    ],
)
def test_what_is_no_day_that_has_been_is_refused(clinician: Browser, day: str, told: str) -> None:
    """In words beside the field, which keeps what was typed; by JSON as well."""
    path = clinician.new_patient()
    refused = set_day(clinician, path, day, section="risk")
    assert refused.status_code == 422 and "The day was not changed: " in refused.text and told in refused.text
    assert f'name="day" value="{day or TODAY}"' in refused.text and "?section=risk" in refused.text
    assert clinician.session is not None
    sent = {"as_of": day, "seen": 0, "once": new_once()}
    by_json = clinician.send("POST", f"/api{path}/day", json=sent, headers={"X-CSRF-Token": clinician.csrf})
    assert by_json.status_code == 422 and told in str(by_json.json()["problems"])
    assert clinician.chart(path).as_of is None


def test_everything_is_worked_out_as_of_the_day(clinician: Browser) -> None:
    """Standing, next question, advice, timeline, why, the JSON interface, a what-if, and what is recorded; the record itself is of now."""
    path = where(clinician.import_file(EXAMPLE))
    assert where(set_day(clinician, path, YESTERDAY, section="risk")) == f"{path}?section=risk"
    for part in ("standing", "next", "results", "timeline"):
        assert clinician.part(f"{path}/{part}").status_code == 200
    assert clinician.get(f"/api{path}/assessment").json()["on"] == YESTERDAY
    assert clinician.get(f"/api{path}").json()["as_of"] == YESTERDAY
    why = clinician.send("POST", f"/api{path}/why", json={"name": "GF-E-A9"}, headers={"X-CSRF-Token": clinician.csrf})
    assert why.status_code == 200 and YESTERDAY in why.text
    copy = where(clinician.post(f"{path}/what-if"))
    assert f"Assessed as of <strong>{YESTERDAY}</strong>" in clinician.get(copy).text
    assert "not today" in clinician.part(f"{copy}/standing").text
    assert clinician.part(f"{copy}/differences").status_code == 200
    assert set_day(clinician, copy, TODAY).status_code == 422
    decision = where(clinician.post(f"{path}/record", {"once": new_once()}))
    page = clinician.get(decision).text
    assert "Recorded 2026-11-20 12:00:00 UTC" in page and f"as of {YESTERDAY}" in page
    assert YESTERDAY in clinician.get(f"{decision}/page").text
    number = decision.rpartition("/")[2]
    assert clinician.get(f"/api/decisions/{number}").json()["record"]["content"]["on"] == YESTERDAY


def test_lengths_are_counted_up_to_the_day(clinician: Browser) -> None:
    """A treatment that goes on is as long as it was on that day."""
    path = with_trial(clinician, "2026-09-25")

    def length() -> list[str]:
        facts = clinician.get(f"/api{path}/assessment").json()["facts"]
        return [fact["shown"] for fact in facts if fact["name"] == "trial.weeks_total@t1"]

    assert length() == ["8 to 9 weeks"]
    set_day(clinician, path, "2026-10-09")
    assert length() == ["2 to 3 weeks"]


def test_what_is_dated_after_the_day_is_a_mistake_until_the_day_is_changed(application: Application, clinician: Browser) -> None:
    """Told with both days, left out meanwhile, and nothing is recorded; with the day of today all is right again."""
    path = with_trial(clinician, "2026-09-25")
    set_day(clinician, path, LONG_AGO)
    shown = clinician.part(f"{path}/standing").text
    assert "1 mistake" in shown and f"start of the trial (t1): 2026-09-25 lies after the day of assessment, {LONG_AGO}" in shown
    count = application.house.records.count()
    refused = clinician.post(f"{path}/record", {"once": new_once()})
    assert refused.status_code == 422 and "lies after the day of assessment" in refused.text
    assert application.house.records.count() == count
    clinician.post(f"{path}/undo", {"once": new_once()})
    assert "mistake" not in clinician.part(f"{path}/standing").text
    assert clinician.post(f"{path}/record", {"once": new_once()}).status_code == 303


def test_an_answer_is_dated_of_the_day_of_assessment(clinician: Browser) -> None:
    """Where nobody says when it was told. One that is dated later is no mistake, for a record is often written after the consultation."""
    path = clinician.new_patient()
    set_day(clinician, path, YESTERDAY)
    saved = clinician.enter(path, "risk.assessed", "yes")
    assert f"Assessed as of {YESTERDAY}, not today." in saved.text
    assert clinician.chart(path).data["risk"]["assessed"]["date"] == YESTERDAY
    clinician.enter(path, "risk.suicidal_ideation", "yes", date=TODAY)
    assert "mistake" not in clinician.part(f"{path}/standing").text
    why = clinician.post(f"{path}/why", {"name": "urgent-suicide-assessment"}).text
    assert f"of {TODAY}, after the day of assessment" in why and "-1 weeks" not in why
    assert clinician.post(f"{path}/record", {"once": new_once()}).status_code == 303


def test_the_day_stands_in_the_history_and_can_be_taken_back(clinician: Browser) -> None:
    """Like every change; a form that is sent twice changes it once, and what was entered stays."""
    path, once = clinician.new_patient(), new_once()
    clinician.enter(path, "risk.assessed", "yes")
    data = clinician.chart(path).data
    for _ in range(2):
        assert set_day(clinician, path, YESTERDAY, once=once).status_code == 303
    assert clinician.chart(path).version == 2
    assert '<th scope="row">Assessed as of</th><td>today</td><td>2026-11-19</td>' in clinician.get(f"{path}/history").text
    assert clinician.chart(path).as_of == YESTERDAY
    clinician.post(f"{path}/undo", {"once": new_once()})
    assert clinician.chart(path).as_of is None and clinician.chart(path).data == data
    assert "Assessed as of (taken back)" in clinician.get(f"{path}/history").text


def test_two_windows_do_not_overwrite_each_others_day(clinician: Browser) -> None:
    """The second is told what is there now. An answer in the one does not stand in the way of the day in the other."""
    path = clinician.new_patient()
    clinician.enter(path, "risk.assessed", "yes")
    assert set_day(clinician, path, YESTERDAY, seen=0).status_code == 303
    late = set_day(clinician, path, "2026-11-01", seen=0)
    assert late.status_code == 409 and "changed in another window meanwhile" in late.text
    assert clinician.chart(path).as_of == YESTERDAY
    sent = {"as_of": "2026-11-01", "seen": 0, "once": new_once()}
    by_json = clinician.send("POST", f"/api{path}/day", json=sent, headers={"X-CSRF-Token": clinician.csrf})
    assert by_json.status_code == 409
    sent |= {"seen": clinician.chart(path).version, "as_of": None}
    by_json = clinician.send("POST", f"/api{path}/day", json=sent, headers={"X-CSRF-Token": clinician.csrf})
    assert by_json.json()["as_of"] is None and clinician.chart(path).as_of is None


def test_the_day_goes_along_with_the_patient(application: Application, clinician: Browser) -> None:
    """Handed over, a chart is assessed as of the same day."""
    colleague = application.visitor("clinician")
    assert colleague.session is not None
    path = clinician.new_patient()
    set_day(clinician, path, YESTERDAY)
    clinician.post(f"{path}/hand-over", {"to": colleague.session.account.id, "sure": "yes", "once": new_once()})
    assert colleague.chart(path).as_of == YESTERDAY
