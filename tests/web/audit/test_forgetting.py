"""A patient is erased in the browser."""

import pytest

from tests.web.audit_house import COMPLETE, FIRST, LABEL, Browser, Server, finished, numbers, record, words

# ---------------------------------------------------------------- forgetting


def patient_to_forget(server: Server, pseudonym: str) -> int:
    owner = next(account.id for account in server.house.accounts.all() if account.role == "clinician")
    number = record(server.house, "only-an-age", pseudonym)
    chart = server.house.charts.add(owner, LABEL, {"schema": "euthymia.patient/1", "patient": {"age_years": 81}}, pseudonym)
    server.house.recordings.take_in(chart, [number])
    return number


@pytest.mark.parametrize(
    "form",
    [
        {"again": "P-KEPT2", "sure": "yes"},
        {"again": "P-KEPT"},
        {"patient": "", "again": "", "sure": "yes"},
        {"patient": "P-NOBODY", "again": "P-NOBODY", "sure": "yes"},
    ],
)
def test_nothing_is_erased_by_mistake(auditor: Browser, server: Server, form: dict[str, str]) -> None:
    """The pseudonym is typed twice, of somebody who is there, and it is confirmed."""
    before = server.house.records.count(("erasure",))
    answer = auditor.post("/audit/erase", **{"patient": COMPLETE, **form})
    assert answer.status_code == 422 and "Nothing was erased" in answer.text
    assert server.house.records.count(("erasure",)) == before


def test_a_patient_is_erased(auditor: Browser, server: Server, capfd: pytest.CaptureFixture[str]) -> None:
    """The content of the records and the chart are gone, the chain stays whole, and neither address nor log knows the pseudonym."""
    number = patient_to_forget(server, "P-FORGET")
    assert "P-FORGET" in auditor.post("/audit", patient="P-FORGET").text
    page = words(auditor.post("/audit/erase", patient="P-FORGET", again="P-FORGET", sure="yes").text)
    assert "The chart that was being entered was removed" in page and "backups" in page
    assert numbers(auditor.post("/audit", patient="P-FORGET").text) == []
    assert all(
        chart.pseudonym != "P-FORGET" for account in server.house.accounts.all() for chart in server.house.charts.of_owner(account.id)
    )
    for path in ("", "/facts", "/judgements"):
        assert "erased" in auditor.get(f"/audit/{number}{path}").text
    assert "was erased" in auditor.get(f"/audit/{number}/page").text
    auditor.post("/audit/check/verify")
    assert "✓ Whole" in (told := finished(auditor)) and "was erased, as a later record says" in told
    erasure = server.house.records.head()
    assert erasure is not None and str(erasure.sealed.by) == "auditor:auditor"
    said = capfd.readouterr()
    assert "/audit/erase" in said.out + said.err and "P-FORGET" not in said.out + said.err
    assert not any("P-FORGET" in address for address in auditor.asked)


def test_a_chart_that_was_never_recorded_is_erased_too(auditor: Browser, server: Server) -> None:
    """The ledger holds nothing of it, so nothing is recorded there."""
    owner = next(account.id for account in server.house.accounts.all() if account.role == "clinician")
    server.house.charts.add(owner, LABEL, {"schema": "euthymia.patient/1"}, "P-UNRECORDED")
    before = server.house.records.count()
    assert "The chart that was being entered was removed" in auditor.post(
        "/audit/erase", patient="P-UNRECORDED", again="P-UNRECORDED", sure="yes"
    ).text  # fmt: skip
    assert server.house.records.count() == before


def test_no_page_of_the_auditor_shows_a_clinicians_label(auditor: Browser) -> None:
    """It may be the name of a patient."""
    for path in ("/audit", f"/audit/{FIRST}", f"/audit/{FIRST}/facts", f"/audit/{FIRST}/page", "/audit/erase", "/audit/export/ndjson"):
        assert LABEL not in auditor.get(path).text
