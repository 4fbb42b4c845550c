"""What an auditor finds and opens in the browser, and nobody else."""

import re

import pytest

from euthymia.web.access import ACCESS, AUDITOR
from tests.web.audit_house import AGE, COMPLETE, FIRST, OTHER, RESPONSE, SECOND, Browser, Server, numbers, words

ROUTES = [route.split() for route, roles in ACCESS.items() if roles == AUDITOR]


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
    nobody = server.stranger()
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
