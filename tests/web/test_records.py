"""Decisions that are recorded, and patient files in and out."""

import json
import threading
from typing import Any

import pytest

from euthymia.clinic import recordings
from tests.shared import ROOT
from tests.web.browser import Application, Browser, new_once, where

EXAMPLE = (ROOT / "examples" / "willms-2022.yaml").read_text(encoding="utf-8")


def test_a_decision_that_is_sent_twice_is_recorded_once(application: Application, clinician: Browser) -> None:
    """One after the other, and at the same moment; another form makes another record."""
    path, once = clinician.new_patient(), new_once()
    assert clinician.session is not None
    count = application.house.records.count()
    pages: list[str] = []

    def record() -> None:
        pages.append(where(clinician.post(f"{path}/record", {"once": once})))

    threads = [threading.Thread(target=record) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    record()
    assert len(pages) == 4 and len(set(pages)) == 1
    before = application.house.records.count()
    assert before - count in (1, 2)  # the very first record brings an opening along
    assert where(clinician.post(f"{path}/record", {"once": new_once()})) not in pages
    assert application.house.records.count() == before + 1


@pytest.fixture
def ended(application: Application, clinician: Browser, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """A chart, and the form with which it was recorded when the server ended: the record was written, but not noted as this chart's."""
    path, once = clinician.new_patient(), new_once()
    with monkeypatch.context() as ending:

        def end(*_: Any) -> None:
            raise ConnectionError("gone")

        ending.setattr(recordings, "_note", end)
        assert clinician.post(f"{path}/record", {"once": once}).status_code == 500
    return path, once


def test_a_form_that_is_sent_again_after_the_server_ended_finds_its_record(
    application: Application, clinician: Browser, ended: tuple[str, str]
) -> None:
    """It is not recorded once more; another form is."""
    path, once = ended
    before = application.house.records.count()
    page = where(clinician.post(f"{path}/record", {"once": once}))
    assert application.house.records.count() == before
    assert clinician.get(page).status_code == 200
    assert where(clinician.post(f"{path}/record", {"once": new_once()})) != page
    assert application.house.records.count() == before + 1


def test_a_record_that_was_not_noted_stands_with_its_patient(application: Application, clinician: Browser, ended: tuple[str, str]) -> None:
    """Once the patient is opened again; the decision of changed facts is another one. Nobody else gets it."""
    path, _ = ended
    clinician.enter(path, "risk.assessed", "yes")
    before = application.house.records.count()
    page = where(clinician.post(f"{path}/record", {"once": new_once()}))
    assert application.house.records.count() == before + 1
    lost = f"/decisions/{before}"
    assert page != lost and f'href="{lost}"' in clinician.get(path).text
    assert clinician.get(lost).status_code == 200
    assert application.visitor("clinician").get(lost).status_code == 404


def test_a_recorded_decision_is_printed_and_answered(application: Application, clinician: Browser) -> None:
    """For the clinician and for the patient, as page and as PDF; what became of it stands beside it and cannot be changed."""
    decision = where(clinician.post(f"{clinician.new_patient()}/record", {"once": new_once()}))
    for audience in ("clinician", "patient"):
        page, pdf = (clinician.get(f"{decision}/{kind}?audience={audience}") for kind in ("page", "pdf"))
        assert page.status_code == 200 and "script" not in page.headers["content-security-policy"] and "<script" not in page.text
        assert pdf.content.startswith(b"%PDF") and pdf.headers["content-type"] == "application/pdf"
    assert clinician.get(f"{decision}/page?audience=auditor").status_code == 404
    wrong = clinician.post(f"{decision}/respond", {"verdict": "perhaps"})
    assert wrong.status_code == 422
    assert where(clinician.post(f"{decision}/respond", {"verdict": "accepted", "note": "as agreed"})).startswith(decision)
    assert "as agreed" in clinician.get(decision).text


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_what_was_exported_is_imported_as_it_was(clinician: Browser, form: str) -> None:
    """The same data, value by value, with who said it."""
    path = where(clinician.import_file(EXAMPLE, label="hers"))
    assert "Everything came with the imported file, on 2026-11-20" in clinician.get(f"{path}/history").text
    clinician.enter(path, "risk.assessed", "yes", note="by telephone: “no”, then yes # 7")
    text = clinician.get(f"{path}/export?form={form}").text
    again = where(clinician.import_file(text, f"patient.{form}"))
    assert clinician.chart(again).data == clinician.chart(path).data
    assert form == "yaml" or json.loads(text) == clinician.chart(path).data
    assert clinician.get(f"{again}/export?form={form}").text == text


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        (
            "p.yaml",
            b"schema: euthymia.patient/1\nrisk:\n  assessed: perhaps\npatient:\n  age_years: old\n",
            ["file.yaml:3:", "file.yaml:5:"],
        ),
        ("p.json", b'{"schema": "euthymia.patient/1",\n "risk": {"assesed": "yes"}}', ["file.json:2:", "assessed"]),
        ("p.yaml", b"\xff\xfe\x00", ["not UTF-8"]),
        ("p.yaml", b"", ["file.yaml"]),
        ("p.yaml", b"a: &x [1]\nb: *x\n", ["file.yaml:1:"]),
        ("p.yaml", b"- 1\n- 2\n", ["file.yaml"]),
        ("p.yaml", b"schema: euthymia.patient/1\n# " + b"x" * 600_000, ["larger than"]),
        ("", b"", ["no file was chosen"]),
    ],
)
def test_a_wrong_file_is_refused_whole(clinician: Browser, name: str, content: bytes, told: list[str]) -> None:
    """Every mistake with its line, under a name that is not that of the file; nothing of it is kept."""
    answer = clinician.post("/patients/import", {"label": "x"}, files={"file": (name, content)})
    assert answer.status_code == 422
    assert not [word for word in told if word not in answer.text]
    assert "You have not entered a patient yet." in clinician.get("/patients").text


def test_an_import_without_a_file_is_told(clinician: Browser) -> None:
    """The form was sent without choosing one, or the file came as text."""
    for answer in (clinician.post("/patients/import"), clinician.post("/patients/import", {"file": EXAMPLE})):
        assert answer.status_code == 422 and "no file was chosen" in answer.text


def test_a_pseudonym_belongs_to_one_patient(application: Application, clinician: Browser) -> None:
    """Nobody enters a second one under it, nor with names that are too long or cannot be printed."""
    clinician.new_patient(pseudonym="P-77")
    for other in (clinician, application.visitor("clinician")):
        for name in ("P-77", " P-77 ", "x" * 61, "a\x00b", "a\u202eb"):
            assert other.post("/patients", {"pseudonym": name}).status_code == 422
            assert other.import_file(EXAMPLE, pseudonym=name).status_code == 422


def test_what_is_missing_from_a_form_is_told(clinician: Browser) -> None:
    """Nothing is changed by a form that is not whole, or that names what is not there."""
    path = clinician.new_patient()
    fields: dict[str, Any] = {"fact": "risk.assessed", "answer": "yes", "seen": "0", "once": new_once()}
    for wrong in (
        {"once": ""}, {"once": "x" * 20}, {"seen": ""}, {"seen": "-1"}, {"seen": "9" * 30}, {"fact": ""}, {"fact": "risk.none"},
        {"fact": "risk.assessed@t1"}, {"fact": "trial.drug"}, {"fact": "trial.drug@t1"}, {"fact": "trial.lost_effect_kind"},
    ):  # fmt: skip
        assert clinician.post(f"{path}/facts", fields | wrong).status_code == 422, wrong
    for wrong in ({"units": "risk"}, {"units": "trials", "unit": "t9"}, {}):
        assert clinician.post(f"{path}/units/remove", {"once": new_once(), **wrong}).status_code == 422
    for page in ("?section=none", "?section=trials&unit=9", "?section=trials&unit=-1", f"?section=trials&unit={'9' * 30}"):
        assert clinician.get(f"{path}{page}").status_code == 404
    assert clinician.get(f"{path}/differences").status_code == 404
    assert clinician.post(f"{path}/why", {"name": "no-such-rule@x"}).status_code == 422
    assert clinician.chart(path).version == 0


def test_questions_can_be_set_aside(clinician: Browser) -> None:
    """Whatever stands in the address: what is no question there is left out."""
    path = clinician.new_patient()
    for passed in ("", "t", "0", "0-1-t", "99999", "-1", "0.5", "5.0", "x", "٣", "9" * 50, "-" * 5000):
        assert clinician.part(f"{path}/next?passed={passed}").status_code == 200, passed
