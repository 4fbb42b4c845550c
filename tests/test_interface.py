"""The JSON interface against its own description: whatever is sent, the answer is one of those described, and never a defect."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance
from starlette.testclient import TestClient

from euthymia.resources import bundled
from euthymia.web.access import ACCESS
from euthymia.web.app import create_app
from euthymia.web.house import House
from euthymia.web.settings import Settings

_PASSWORD = "correct horse battery"
_ON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@contextmanager
def _signed_in(folder: Path) -> Iterator[TestClient]:
    """An application of its own, and a clinician in it."""
    places = {"database": str(folder / "clinic.sqlite"), "ledger": str(folder / "ledger.sqlite")}
    folders = {"rules": bundled("rules"), "templates": bundled("templates")}
    house = House(Settings(**places, **folders, clock=lambda: _ON, processes=1, hosts=("testserver",), requests_a_minute=100_000))
    house.accounts.add("clinician", "clinician", _PASSWORD, must_change=False)
    with TestClient(create_app(house)) as made:
        made.post("/sign-in", data={"name": "clinician", "password": _PASSWORD})
        made.headers["X-CSRF-Token"] = made.get("/session").json()["csrf"]
        yield made


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with _signed_in(tmp_path_factory.mktemp("interface")) as made:
        yield made


def test_no_request_brings_about_a_defect(tmp_path: Path) -> None:
    """Every route of the description, with requests that fit it and others that do not: each answer is one of those described."""
    with _signed_in(tmp_path) as client:  # the tool ends the application that it is given
        _try_all(client)


def _try_all(client: TestClient) -> None:
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    signed = {"Cookie": cookies, "X-CSRF-Token": client.headers["X-CSRF-Token"], "Host": "testserver"}
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", client.app, headers=signed)
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) == sum(route.startswith(("GET /api/", "POST /api/")) for route in ACCESS) - 1  # the description itself
    for operation in operations:
        _try(operation, signed)


def _try(operation: Any, signed: dict[str, str]) -> None:
    @given(case=operation.as_strategy())
    @settings(max_examples=20)
    def whatever_is_sent(case: Any) -> None:
        case.call_and_validate(headers=signed, excluded_checks=[positive_data_acceptance])  # a file may be wrong as a whole

    whatever_is_sent()


def test_a_patient_goes_all_the_way_as_json(client: TestClient, root: Path) -> None:
    """Made, answered, judged, explained, recorded, and read again; sent twice, done once."""
    chart = client.post("/api/patients", json={"label": "x"}).json()
    place = f"/api/patients/{chart['id']}"
    answer = {"fact": "risk.suicidal_ideation", "value": "yes", "seen": 0, "once": "0" * 24}
    changed = client.post(f"{place}/facts", json=answer).json()
    assert client.post(f"{place}/facts", json=answer).json() == changed
    assert changed["data"]["risk"] == {"suicidal_ideation": "yes"}
    assert {"GF-K-01"} <= {alert["id"] for alert in client.get(f"{place}/standing").json()["alerts"] if alert["status"] == "met"}
    assert client.get(f"{place}/next").json()["questions"]
    assert client.get(f"{place}/assessment").json()["schema"] == "euthymia.assessment/1"
    assert client.post(f"{place}/why", json={"name": "GF-K-01"}).json()["schema"] == "euthymia.why/1"
    number = client.post(f"{place}/record", json={"once": "1" * 24}).json()["number"]
    assert client.post(f"{place}/record", json={"once": "1" * 24}).json()["number"] == number
    assert client.get(f"/api/decisions/{number}").json()["record"]["kind"] == "assessment"


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"fact": "risk.assessed", "value": "perhaps"}, "allowed: yes, no, unknown"),
        ({"fact": "risk.nothing", "value": "yes"}, "no such fact"),
        ({"fact": "trial.drug", "value": "sertraline"}, "names no trial"),
        ({"fact": "trial.drug@t9", "value": "sertraline"}, "removed meanwhile"),
    ],
)
def test_what_cannot_be_taken_is_told(sent: dict[str, str], told: str, client: TestClient) -> None:
    chart = client.post("/api/patients", json={}).json()
    answer = client.post(f"/api/patients/{chart['id']}/facts", json={**sent, "seen": 0, "once": "a" * 24})
    assert answer.status_code == 422
    assert told in " ".join(answer.json()["problems"])


@pytest.mark.parametrize("value", [None, "unknown", "not_applicable", {"value": "unknown", "source": "patient"}])
def test_the_kind_of_a_trial_cannot_be_taken_away(value: Any, client: TestClient) -> None:
    """Without it the whole trial would be left out of what is shown, and an open count of trials could be read as a no."""
    data = {"schema": "euthymia.patient/1", "trials": [{"id": "t1", "modality": "medication"}]}
    chart = client.post("/api/patients", json={"data": data}).json()
    place = f"/api/patients/{chart['id']}"
    answer = client.post(f"{place}/facts", json={"fact": "trial.modality@t1", "value": value, "seen": 0, "once": "b" * 24})
    assert answer.status_code == 422
    assert "a trial needs it" in " ".join(answer.json()["problems"])
    assert client.get(place).json()["data"] == data
