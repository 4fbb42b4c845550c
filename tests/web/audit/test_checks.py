"""Verification, replay, counts and exports, asked for in the browser."""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from euthymia import certificate
from euthymia.ledger.signing import make_key, public_path
from tests.web.audit_house import FIRST, OTHER, RESPONSE, Browser, Server, finished, numbers, words

# ---------------------------------------------------------------- verify and replay


@contextmanager
def tampered(server: Server, number: int) -> Iterator[None]:
    """A record that somebody has changed behind the program's back; mended at the end."""
    file = server.house.settings.ledger
    with sqlite3.connect(file) as connection:
        (body,) = connection.execute("SELECT body FROM records WHERE number = ?", (number,)).fetchone()
        connection.execute("UPDATE records SET body = ? WHERE number = ?", (body.replace("c1", "c9"), number))
    connection.close()
    try:
        yield
    finally:
        with sqlite3.connect(file) as connection:
            connection.execute("UPDATE records SET body = ? WHERE number = ?", (body, number))
        connection.close()


def test_the_ledger_is_verified_against_an_anchor(auditor: Browser) -> None:
    """The head is downloaded, and later uploaded."""
    anchor = auditor.get("/audit/check/head")
    assert "attachment" in anchor.headers["content-disposition"]
    auditor.post("/audit/check/verify", files={"anchor": ("kept.json", anchor.content)})
    told = finished(auditor)
    assert "✓ Whole" in told and "1 of 1 anchors fit" in told
    other = json.loads(anchor.text) | {"hash": f"sha256:{'0' * 64}"}
    auditor.post("/audit/check/verify", files={"anchor": ("kept.json", json.dumps(other))})
    assert "✗ Not whole" in finished(auditor)


def test_a_public_key_must_have_signed(auditor: Browser, tmp_path: Path) -> None:
    """This ledger is not signed at all."""
    make_key(tmp_path / "key")
    auditor.post("/audit/check/verify", files={"public_key": ("key.pub", public_path(tmp_path / "key").read_bytes())})
    assert "the ledger is not signed with the key that was given" in finished(auditor)


@pytest.mark.parametrize("upload", [{"anchor": ("x.json", b"{}")}, {"anchor": ("x.json", b"\xff\xfe")}, {"public_key": ("x.pub", b"none")}])
def test_what_is_no_anchor_and_no_key_is_told(auditor: Browser, upload: dict[str, tuple[str, bytes]]) -> None:
    """Nothing is begun."""
    answer = auditor.post("/audit/check/verify", files=upload)
    assert answer.status_code == 422 and "It was not begun" in answer.text


def test_a_changed_record_is_named(auditor: Browser, server: Server) -> None:
    """By verification, in the list, and when it is opened; no other is hidden by it."""
    with tampered(server, OTHER):
        auditor.post("/audit/check/verify")
        assert f"NOT WHOLE: record {OTHER} was changed" in finished(auditor)
        page = auditor.get("/audit").text
        assert FIRST in numbers(page) and "Not what was sealed: record 4 was changed" in words(page)
        opened = auditor.get(f"/audit/{OTHER}")
        assert opened.status_code == 422 and "was changed" in opened.text
        assert str(server.house.settings.ledger) not in opened.text


def test_answers_are_replayed(auditor: Browser) -> None:
    """Those of some records, as long work; the result is kept."""
    auditor.post("/audit/check/replay", first=str(OTHER), last=str(OTHER))
    assert "1 of 1 answers are the same byte by byte" in finished(auditor)
    assert "1 of 1 answers are the same byte by byte" in words(auditor.get("/audit/check").text)
    assert auditor.post("/audit/check/replay", first="two").status_code == 422


def test_a_replay_is_stopped(auditor: Browser) -> None:
    """Nothing comes out of it."""
    page = auditor.post("/audit/check/replay", first="2", last="3").text
    [job] = re.findall(r'action="/jobs/([^"/]+)/stop"', page)
    assert "is running already" in auditor.post("/audit/check/replay").text
    assert "Stopped; nothing came out" in auditor.post(f"/jobs/{job}/stop").text


def test_the_steps_are_checked_by_a_stranger(auditor: Browser) -> None:
    """By code that shares nothing with the engines."""
    auditor.post("/audit/check/steps")
    told = finished(auditor)
    assert "Every step follows" in told and " 0 faults" in told


# ---------------------------------------------------------------- counts and exports


def test_statistics_are_counted(auditor: Browser) -> None:
    """When they are first looked at, and anew when that is asked for."""
    auditor.get("/audit/statistics")
    assert "overridden 1" in (told := finished(auditor, "/audit/statistics")) and "urgency (1)" in told
    auditor.post("/audit/statistics")
    assert "urgency (1)" in finished(auditor, "/audit/statistics")


def test_the_export_holds_all_that_a_stranger_needs(auditor: Browser) -> None:
    """NDJSON is checked without this program; CSV and FHIR have their forms, and the page says what they lack."""
    answer = auditor.get("/audit/export/ndjson")
    report = certificate.check(answer.text.splitlines())
    assert report.faults == [] and report.records >= RESPONSE
    assert auditor.get("/audit/export/csv").text.startswith("number,at,")
    assert json.loads(auditor.get("/audit/export/fhir").text.splitlines()[0])["resourceType"] == "OperationOutcome"
    assert "CSV does not carry facts" in auditor.get("/audit/export").text
    assert auditor.get("/audit/export/pdf").status_code == 404
