"""Who may do what: every route of the application, for each role, for nobody, and for requests that no page of ours sent."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from fastapi import FastAPI
from starlette.routing import Match

from euthymia.web import access
from euthymia.web.jobs import Busy
from tests.web.browser import ROLES, Application, Browser, new_once, where
from tests.web.conftest import MakeApplication
from tests.web.tasks import waiting

SAFE = ("GET", "HEAD")
DAY = {"as_of": "2026-11-01", "seen": 0}
# Forms that a browser of nobody sends: there is no session yet whose token could come back.
WITHOUT_SESSION = "POST /sign-in"


class Route(NamedTuple):
    """One method of one path."""

    method: str
    path: str

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def address(self) -> str:
        """With something in its places that is not there."""
        return re.sub(r"\{[^}]*\}", "99", self.path)


def routes_of(app: FastAPI) -> set[Route]:
    """Everything that the application answers to, whatever kind of route it is."""
    return {Route(method, route.path) for route in _routes(app.routes) for method in route.methods - {"HEAD"}}


def _routes(routes: list[Any]) -> Iterator[Any]:
    for route in routes:
        if (inner := getattr(route, "original_router", None)) is not None:
            yield from _routes(inner.routes)
        else:
            yield route


@pytest.fixture(scope="session")
def routes(application: Application) -> list[Route]:
    return sorted(routes_of(application.app))


@pytest.fixture
def no_jobs(application: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    """Long work is not begun: whether one may is all that is asked here."""

    def start(*arguments: Any) -> None:
        raise Busy("not in this test")

    monkeypatch.setattr(application.house.jobs, "start", start)


def test_every_route_stands_in_the_table_and_every_entry_has_its_route(routes: list[Route]) -> None:
    """Neither a route that was forgotten nor a right to something that is not there."""
    assert {route.name for route in routes} == set(access.ACCESS)


@pytest.mark.usefixtures("no_jobs")
@pytest.mark.parametrize("role", ["", *ROLES])
def test_each_visitor_gets_what_the_table_says(application: Application, routes: list[Route], role: str) -> None:
    """Every route in turn, with the right token: open to whom it is meant for, closed to everybody else."""
    wrong = []
    visitor = application.visitor(role)
    for route in routes:
        allowed = access.ACCESS[route.name]
        if visitor.session is not None:
            visitor.begin(visitor.session.account)  # some routes end the session
        answer = visitor.send(route.method, route.address, headers={"X-CSRF-Token": visitor.csrf} if role else {})
        to_sign_in = answer.status_code == 303 and answer.headers["location"].startswith("/sign-in?")
        if allowed == access.PUBLIC or role in allowed:
            right = answer.status_code not in (403, 405, 500) and not to_sign_in
            right &= answer.status_code != 401 or route.name == WITHOUT_SESSION
        elif role:
            right = answer.status_code == 403
        else:
            right = to_sign_in if route.method == "GET" and not route.path.startswith("/api/") else answer.status_code == 401
        if not right:
            wrong.append((route.name, answer.status_code, answer.headers.get("location")))
    assert wrong == []


def test_a_route_that_is_not_declared_is_closed(make_application: MakeApplication) -> None:
    """Whoever forgets the table opens nothing, not even to those who may do all else."""
    application = make_application()

    @application.app.get("/forgotten")
    def forgotten() -> str:
        return "marmalade"

    answers = [application.visitor(role).get("/forgotten") for role in ("", *ROLES)]
    assert {answer.status_code for answer in answers} == {403}
    assert not [answer for answer in answers if "marmalade" in answer.text]


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "INVENTED"])
def test_other_methods_get_no_further(application: Application, routes: list[Route], visitors: dict[str, Browser], method: str) -> None:
    """Nothing is answered, not even to whom the route is open, and nothing is changed."""
    wrong = []
    for path in {route.path for route in routes}:
        if method in {route.method for route in routes if route.path == path}:
            continue
        role = next(iter(access.roles_of("GET", path) or access.roles_of("POST", path)))
        address = Route("GET", path).address
        answer = visitors.get(role, visitors[""]).send(method, address)
        if answer.status_code != 405:
            wrong.append((path, answer.status_code))
    assert wrong == []


@pytest.mark.usefixtures("no_jobs")
@pytest.mark.parametrize("token", ["none", "wrong", "empty", "of another session"])
def test_nothing_changes_without_the_token_of_the_own_page(application: Application, routes: list[Route], token: str) -> None:
    """Every route that changes something, for one who may, in the header and in the form."""
    wrong = []
    visitors = {role: application.visitor(role) for role in ROLES}
    for route in routes:
        roles = access.ACCESS[route.name] - access.PUBLIC
        if route.method in SAFE or not roles:
            continue
        visitor = visitors[min(roles)]
        assert visitor.session is not None
        other = application.house.sessions.begin(visitor.session.account)
        sent = {"none": None, "wrong": "x" * 43, "empty": "", "of another session": other.csrf}[token]
        in_header = visitor.send(route.method, route.address, headers={} if sent is None else {"X-CSRF-Token": sent})
        in_form = visitor.send(route.method, route.address, data={"new": "x"} | ({} if sent is None else {"csrf": sent}))
        wrong += [(route.name, answer.status_code) for answer in (in_header, in_form) if answer.status_code != 403]
    assert wrong == []


def test_a_token_that_is_a_file_is_none(clinician: Browser) -> None:
    """Uploaded under the name of the token, even the right one is not taken."""
    assert clinician.session is not None
    answer = clinician.send("POST", "/patients", files={"csrf": ("csrf", clinician.session.csrf.encode())})
    assert answer.status_code == 403


# ---------------------------------------------------------------- one's own patients only


def chart_routes(routes: list[Route]) -> list[Route]:
    return [route for route in routes if "{chart}" in route.path]


def _sent(stranger: Browser, address: str, fields: dict[str, Any]) -> Any:
    """As a form, or as the JSON that fits."""
    if not address.startswith("/api/"):
        return stranger.post(address, fields)
    assert stranger.session is not None
    answer = {"fact": "risk.assessed", "value": "yes", "seen": 0, "once": fields["once"]}
    once = {"once": fields["once"]}
    body = {"facts": answer, "why": {"name": "GF-A"}, "record": once, "day": DAY | once}[address.rpartition("/")[2]]
    return stranger.send("POST", address, json=body, headers={"X-CSRF-Token": stranger.session.csrf})


def test_a_patient_of_somebody_else_is_as_one_that_is_not_there(application: Application, routes: list[Route], clinician: Browser) -> None:
    """Seen, changed, exported, recorded, asked about: not found, in the same bytes, and nothing is changed."""
    path = clinician.new_patient(label="hers")
    before = clinician.chart(path)
    stranger = application.visitor("clinician")
    fields = {"fact": "risk.assessed", "answer": "yes", "seen": "0", "once": new_once(), "units": "trials", "confirm": before.pseudonym}
    fields |= {"name": "GF-A", "label": "mine", "unit": "t1", "day": "2026-11-01", "to": "99", "sure": "yes"}
    for route in chart_routes(routes):
        answers = []
        for chart in (before.id, "A" * len(before.id)):
            address = route.path.replace("{chart}", chart)
            answers.append(stranger.get(address) if route.method == "GET" else _sent(stranger, address, fields))
        assert {answer.status_code for answer in answers} == {404}, route
        assert answers[0].content == answers[1].content, route
    assert clinician.chart(path) == before


def test_a_decision_about_a_patient_of_somebody_else_is_as_one_that_is_not_there(
    application: Application, routes: list[Route], clinician: Browser
) -> None:
    """Read, printed, answered: not found, in the same bytes, and nothing is noted. Numbers that no database takes are not found either."""
    path = clinician.new_patient()
    decision = where(clinician.post(f"{path}/record", {"once": new_once()}))
    number = decision.rpartition("/")[2]
    stranger = application.visitor("clinician")
    count = application.house.records.count()
    for route in [route for route in routes if "/decisions/{number}" in route.path]:
        answers = []
        for other in (number, "99999", "0", "-1", str(2**31), str(2**63), "9" * 40):
            address = route.path.replace("{number}", other)
            answers.append(stranger.get(address) if route.method == "GET" else stranger.post(address, {"verdict": "followed"}))
        assert {answer.status_code for answer in answers} == {404}, route
        assert len({answer.content for answer in answers}) == 1, route
    assert application.house.records.count() == count
    assert clinician.get(decision).status_code == 200
    assert decision not in stranger.get("/patients").text


def test_what_was_recorded_stays_readable_after_the_chart_is_removed(clinician: Browser) -> None:
    """The chart goes only with its pseudonym typed again; the decision stays."""
    path = clinician.new_patient()
    decision = where(clinician.post(f"{path}/record", {"once": new_once()}))
    assert clinician.post(f"{path}/remove", {"confirm": "another"}).status_code == 422
    assert where(clinician.post(f"{path}/remove", {"confirm": clinician.chart(path).pseudonym})) == "/patients"
    assert clinician.get(path).status_code == 404
    assert clinician.get(decision).status_code == 200


def test_the_job_of_somebody_else_is_not_found(application: Application) -> None:
    """Neither its progress is to be seen, nor can it be stopped."""
    one, other = application.visitor("auditor"), application.visitor("auditor")
    assert one.session is not None
    job = application.house.jobs.start(one.session.account.id, "verify", waiting)
    try:
        assert other.get(f"/jobs/{job.id}").status_code == other.post(f"/jobs/{job.id}/stop").status_code == 404
        assert not job.over
        assert one.get(f"/jobs/{job.id}").status_code == 200
    finally:
        application.house.jobs.stop(job)


def test_routes_are_found_as_the_server_finds_them(application: Application, routes: list[Route]) -> None:
    """The list that these tests walk is that by which requests are answered."""
    for route in routes:
        scope = {"type": "http", "method": route.method, "path": route.address, "root_path": ""}
        assert any(found.matches(scope)[0] is Match.FULL for found in application.app.routes), route
