"""What an auditor can do in the browser, and nobody else."""

import json
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from shutil import copytree

import pytest

from euthymia import certificate
from euthymia.consultation import Consultation
from euthymia.ledger.signing import make_key, public_path
from euthymia.resources import bundled
from euthymia.web.access import ACCESS, AUDITOR
from tests.web.audit_house import AGE, COMPLETE, FIRST, LABEL, OTHER, RESPONSE, SECOND, Browser, Server, record, serving

ROUTES = [route.split() for route, roles in ACCESS.items() if roles == AUDITOR]
_TAGS = re.compile(r"<(script|style).*?</\1>|<[^>]+>", re.DOTALL)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, consultation: Consultation) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("audit"), consultation) as made:
        yield made


@pytest.fixture
def auditor(server: Server) -> Browser:
    return server.browser("auditor")


def words(page: str) -> str:
    """What somebody reads on it."""
    return " ".join(unescape(_TAGS.sub(" ", page)).split())


def numbers(page: str) -> list[int]:
    """Of the records in a list."""
    return [int(number) for number in re.findall(r'<th scope="row"><a href="/audit/(\d+)">', page)]


def finished(auditor: Browser, page: str = "/audit/check") -> str:
    """The page once nothing is under way on it."""
    until = time.monotonic() + 60
    while "<progress" in (shown := auditor.get(page).text):
        assert time.monotonic() < until
        time.sleep(0.05)
    return words(shown)


# ---------------------------------------------------------------- who may


@pytest.mark.parametrize("role", ["clinician", "author", "administrator"])
def test_only_auditors_audit(server: Server, role: str) -> None:
    """Every address of the auditor is closed to the other roles."""
    other = server.browser(role)
    assert len(ROUTES) >= 15
    for method, path in ROUTES:
        address = path.format(number=FIRST, place=1, form="ndjson")
        answer = other.get(address) if method == "GET" else other.post(address, patient=AGE)
        assert answer.status_code == 403, path


def test_who_is_not_signed_in_sees_nothing(server: Server) -> None:
    """They are asked to sign in; nothing is done."""
    nobody = Browser(server.browser("auditor").client)
    nobody.client.cookies.clear()
    for method, path in ROUTES:
        address = path.format(number=FIRST, place=1, form="ndjson")
        answer = nobody.get(address, follow_redirects=False) if method == "GET" else nobody.post(address)
        assert answer.status_code == (303 if method == "GET" else 401), path


def test_what_another_page_sends_is_refused(auditor: Browser) -> None:
    """An erasure needs the token of our own page."""
    auditor.csrf = "guessed"
    assert auditor.post("/audit/erase", patient=AGE, again=AGE, sure="yes").status_code == 403


# ---------------------------------------------------------------- finding and opening


def test_the_newest_records_stand_first(auditor: Browser) -> None:
    """When, who, what, whose, and what came out."""
    page = auditor.get("/audit").text
    assert numbers(page) == sorted(numbers(page), reverse=True)
    assert {1, FIRST, SECOND, OTHER, RESPONSE} <= {*numbers(page)}
    assert f"overridden {SECOND}, urgency" in page and COMPLETE in page
    assert re.search(r"on 2026-11-20; alerts met: \d+ critical", page)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"patient": COMPLETE}, [RESPONSE, SECOND, FIRST]),
        ({"patient": COMPLETE, "kind": "assessment"}, [SECOND, FIRST]),
        ({"patient": AGE, "from": "2026-11-20", "to": "2026-11-20", "role": "clinician"}, [OTHER]),
        ({"patient": COMPLETE, "from": "2026-11-21"}, []),
        ({"patient": COMPLETE, "role": "auditor"}, []),
        ({"patient": COMPLETE, "rule": "urgent-suicide-assessment"}, [SECOND]),
        ({"patient": COMPLETE, "rule": "urgent-suicide-assessment", "status": "not_met"}, [FIRST]),
        ({"patient": COMPLETE, "alert": "urgent-suicide-assessment"}, [SECOND]),
        ({"patient": "P-NOBODY"}, []),
    ],
)
def test_records_are_found(auditor: Browser, asked: dict[str, str], found: list[int]) -> None:
    """By day, role, kind, pseudonym, rule and alert; what was asked stays in the form, and out of the address."""
    answer = auditor.post("/audit", **asked)
    assert (answer.status_code, numbers(answer.text)) == (200, found)
    for text in asked.values():
        assert f'value="{text}"' in answer.text
    assert all(text not in address for text in asked.values() for address in auditor.asked)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"rule": "GF-X-99"}, "rule: no rulebook of this ledger has a rule 'GF-X-99'"),
        ({"from": "2026-13-01"}, "from: is no day; write YYYY-MM-DD"),
        ({"status": "met"}, "status: says which status a rule has"),
    ],
)
def test_what_cannot_be_looked_for_is_told(auditor: Browser, asked: dict[str, str], told: str) -> None:
    """A misspelt id does not look like a rule that never fired."""
    answer = auditor.post("/audit", **asked)
    assert answer.status_code == 422 and told in words(answer.text)
    assert all(f'value="{text}"' in answer.text for text in asked.values())


def test_a_record_is_opened_as_it_was(auditor: Browser, server: Server) -> None:
    """Its heading, what came out, and what became of it."""
    page = words(auditor.get(f"/audit/{FIRST}").text)
    row = server.house.ledger.row(FIRST)
    for text in (row.sealed.hash, "2026-11-20 12:00:00 UTC by clinician: c1", "Signature none", COMPLETE, "agreed on all", "Criterion A:"):
        assert text in page
    second = words(auditor.get(f"/audit/{SECOND}").text)
    assert f"Record {RESPONSE}" in second and "overridden (something else comes first)" in second and f"record {FIRST}" in second
    assert "first the other thing" in words(auditor.get(f"/audit/{RESPONSE}").text)
    assert "are not signed" in words(auditor.get("/audit/1").text)
    assert auditor.get("/audit/9999").status_code == 404


@pytest.mark.parametrize("audience", ["clinician", "auditor", "patient"])
def test_the_page_of_that_day_runs_nothing(auditor: Browser, audience: str) -> None:
    """It is shown whole, by a policy of its own."""
    answer = auditor.get(f"/audit/{FIRST}/page?audience={audience}")
    assert answer.status_code == 200 and answer.text.startswith("<!doctype html>")
    assert "script-src" not in (policy := answer.headers["content-security-policy"]) and "default-src 'none'" in policy


def test_the_facts_stand_as_they_were_told(auditor: Browser) -> None:
    """With their source and note, where they were given."""
    page = words(auditor.get(f"/audit/{SECOND}/facts").text)
    assert "suicidal thoughts now risk.suicidal_ideation yes publication" in page
    assert "trial.drug@t3 sertraline" in page


def test_judgements_are_listed_by_status(auditor: Browser) -> None:
    """As many as the record says there were."""
    page = words(auditor.get(f"/audit/{FIRST}/judgements?status=met").text)
    [(shown, counted)] = re.findall(r"met \((\d+)\) ✗.* 1 to \d+ of (\d+)", page)
    assert shown == counted
    assert "not met ✗" not in page.partition("Why Conversion")[2]


# ---------------------------------------------------------------- why


def test_a_judgement_is_drawn_and_explained(auditor: Browser) -> None:
    """Every box leads on; no address names a trial."""
    answer = auditor.post(f"/audit/{FIRST}/why", name="GF-E-A4@t1")
    assert re.fullmatch(rf"http://localhost/audit/{FIRST}/why/\d+", str(answer.url))
    assert "<svg" in answer.text and "What would change it" in answer.text
    links = re.findall(rf'<a href="(/audit/{FIRST}/[^"]+)"', answer.text)
    assert any("/facts#f" in link for link in links) and any("/why/" in link for link in links)
    assert all("@" not in link and "trial" not in link for link in links)
    for link in {*links}:
        page, _, place = link.partition("#")
        shown = auditor.get(page)
        assert shown.status_code == 200 and (not place or f'id="{place}"' in shown.text)


def test_a_rule_of_several_trials_and_a_definition_are_explained(auditor: Browser) -> None:
    """Where several judgements are meant, each can be drawn."""
    page = auditor.post(f"/audit/{FIRST}/why", name="GF-E-A4").text
    assert "Draw GF-E-A4@t1" in page and "Draw GF-E-A4@t2" in page
    assert "MSM" in auditor.post(f"/audit/{FIRST}/why", name="msm").text
    wrong = auditor.post(f"/audit/{FIRST}/why", name="GF-E-A44")
    assert wrong.status_code == 422 and "did you mean" in words(wrong.text)


def test_why_is_told_by_the_rules_of_that_day(auditor: Browser, server: Server, tmp_path: Path) -> None:
    """A title that has been written anew since is shown as it was."""
    rules = copytree(bundled("rules"), tmp_path / "rules")
    file = rules / "refractoriness" / "criterion-a.yaml"
    file.write_text(file.read_text().replace("The medication trial was long enough", "The drug was given for long enough"))
    number = record(server.house, "complete", "P-OLD-RULES", Consultation(rules))
    page = words(auditor.post(f"/audit/{number}/why", name="GF-E-A4@t1").text)
    assert "The drug was given for long enough" in page and "The medication trial was long enough" not in page
    assert "The drug was given for long enough" in words(auditor.post(f"/audit/{number}/why", name="GF-E-A4@t2").text)


def test_two_records_are_compared(auditor: Browser) -> None:
    """What changed, and by which cause."""
    page = words(auditor.post("/audit/compare", before=str(FIRST), after=str(OTHER)).text)
    assert f"Before: record {FIRST}" in page and "Different: the patient file" in page
    assert auditor.post("/audit/compare", before="2", after="x").status_code == 422
    assert "is no assessment but an opening" in auditor.post("/audit/compare", before="1", after="2").text


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


# ---------------------------------------------------------------- forgetting


def patient_to_forget(server: Server, pseudonym: str) -> int:
    owner = next(account.id for account in server.house.accounts.all() if account.role == "clinician")
    number = record(server.house, "only-an-age", pseudonym)
    chart = server.house.charts.add(owner, LABEL, {"schema": "euthymia.patient/1", "patient": {"age_years": 81}}, pseudonym)
    server.house.charts.note_record(chart, number, f"{number:08x}")
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
