"""How much may be asked, and what every answer tells the browser."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from euthymia.web import access
from tests.web.browser import ROLES, Application, Browser
from tests.web.conftest import MakeApplication

# ---------------------------------------------------------------- limits


def test_so_many_sign_ins_a_minute_and_no_more(make_application: MakeApplication) -> None:
    """Of one address; who is signed in already is not held up."""
    application = make_application(sign_ins_a_minute=3)
    visitor = application.visitor("auditor")
    answers = [application.visitor().sign_in("nobody", "wrong").status_code for _ in range(5)]
    assert answers == [401, 401, 401, 429, 429]
    assert visitor.get("/password").status_code == 200


def test_so_many_requests_a_minute_and_no_more(make_application: MakeApplication) -> None:
    """Of one session; made-up sessions do not help, for all of one address are counted together as well."""
    application = make_application(requests_a_minute=4)
    visitor, other = application.visitor("auditor"), application.visitor("auditor")
    answers = [visitor.get("/password") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200] * 4 + [429]
    assert answers[-1].headers["retry-after"] == "60"
    assert other.get("/password").status_code == 200
    made_up = [Browser(application, cookies={"euthymia": str(number)}).get("/password").status_code for number in range(40)]
    assert made_up[0] == 303 and made_up[-1] == 429


@pytest.mark.parametrize("stated", [True, False])
def test_a_request_that_is_too_large_is_refused(make_application: MakeApplication, stated: bool) -> None:
    """Before it is read, where it says how large it is; else as soon as it is."""
    application = make_application(largest_request=10_000)
    visitor = application.visitor("clinician")
    read = 0

    def parts() -> Iterator[bytes]:
        nonlocal read
        yield b"label="
        for _ in range(100):
            read += 1000
            yield b"x" * 1000

    content: Any = b"label=" + b"x" * 100_000 if stated else parts()
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = visitor.send("POST", "/patients", content=content, headers=headers)
    assert answer.status_code == 413
    assert visitor.get("/patients").status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "", "127.0.0.1.nip.io"])
def test_a_request_under_another_name_is_refused(application: Application, host: str) -> None:
    """A page of another site that calls itself by our address gets nothing."""
    assert application.visitor().get("/sign-in", headers={"host": host}).status_code == 400


# ---------------------------------------------------------------- what the browser is told


def answers_of_every_kind(application: Application) -> dict[str, Any]:
    """By what they are."""
    visitor = application.visitor("clinician")
    path = visitor.new_patient()
    many = application.visitor("auditor")

    @application.app.get("/health/broken")
    def broken() -> None:
        raise RuntimeError

    for _ in range(application.house.settings.requests_a_minute + 1):
        too_many = many.get("/password")
    return {
        "page 200": visitor.get(path), "part 200": visitor.part(path), "redirect 303": visitor.get("/"),
        "missing 404": visitor.get("/none"),
        "file 200": visitor.get("/static/app.js"), "static 404": visitor.get("/static/none.js"), "forbidden 403": visitor.get("/accounts"),
        "signed out 401": application.visitor().part("/patients"), "method 405": visitor.send("PUT", "/patients"),
        "export 200": visitor.get(f"{path}/export"), "too large 413": visitor.send("POST", "/patients", content=b"x" * 60_000),
        "too many 429": too_many, "host 400": visitor.get("/", headers={"host": "evil.example"}), "wrong 422": visitor.get("/decisions/x"),
        "defect 500": visitor.get("/health/broken"), "health 200": visitor.get("/health"),
    }  # fmt: skip


@pytest.mark.parametrize("secure", [False, True])
def test_every_answer_tells_the_browser_what_to_forbid(
    make_application: MakeApplication, monkeypatch: pytest.MonkeyPatch, secure: bool
) -> None:
    """Pages, parts, redirects, files and every refusal: no script from elsewhere, none in the page, no frame, nothing kept."""
    monkeypatch.setitem(access.ACCESS, "GET /health/broken", access.CLINICIAN)
    application = make_application(secure=secure, largest_request=50_000, requests_a_minute=40)
    for name, answer in answers_of_every_kind(application).items():
        assert answer.status_code == int(name.split()[-1]), name
        headers = answer.headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy, name
        assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer", name
        assert ("no-store" in headers["cache-control"]) == (name != "file 200"), name
        assert ("strict-transport-security" in headers) == secure, name
        assert not {"server", "x-powered-by"} & {*headers}, name


def test_no_page_needs_what_the_policy_forbids(application: Application) -> None:
    """No script, style or handler stands in a page itself."""
    for role, path in (("clinician", "/patients"), ("administrator", "/accounts"), *((role, "/password") for role in ROLES)):
        page = application.visitor(role).get(path).text
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)", page), path
        assert {*re.findall(r'(?:src|href|action)="([a-z]+:|//)', page)} == set(), path
