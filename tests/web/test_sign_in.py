"""Signing in, passwords and sessions."""

import re
import sqlite3
import threading
from contextlib import closing
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from argon2 import PasswordHasher, extract_parameters

from euthymia.clinic.accounts import LOCKED_FOR, TRIES
from euthymia.web.settings import Settings
from tests.web.browser import CHEAP, PASSWORD, Application, Browser, hidden, where
from tests.web.conftest import MakeApplication

ANOTHER = "another long password"


@pytest.fixture
def own(make_application: MakeApplication) -> Application:
    """An application whose clock a test may move."""
    return make_application()


def refused(answer: Any, name: str) -> bytes:
    """The page of a sign-in that failed, without the name that was typed."""
    assert answer.status_code == 401
    assert not answer.cookies
    return bytes(answer.content.replace(name.encode(), b"NAME"))


# ---------------------------------------------------------------- passwords


def test_a_wrong_name_and_a_wrong_password_give_the_same_answer(own: Application) -> None:
    """And so do a closed account, a locked one and an empty form: nobody learns who has an account."""
    account, closed, locked = (own.account("clinician", name) for name in ("dr-able", "dr-baker", "dr-crane"))
    own.house.accounts.close(closed.id, closed=True)
    for _ in range(TRIES):
        own.house.accounts.check(locked.name, "wrong")
    answers = [
        refused(own.visitor().sign_in(name, password), name or "never")
        for name, password in ((account.name, "wrong"), ("dr-zebra", PASSWORD), (closed.name, PASSWORD), (locked.name, PASSWORD))
    ]
    assert len(set(answers)) == 1
    assert own.visitor().sign_in("", "").status_code == own.visitor().sign_in("x" * 5000, "y" * 5000).status_code == 401


def test_an_account_is_locked_for_a_while_after_wrong_passwords(own: Application) -> None:
    """Right passwords in between begin the count anew; the lock ends by the clock, and not a moment before."""
    name = own.account("clinician").name
    for _ in range(2):
        for _ in range(TRIES - 1):
            refused(own.visitor().sign_in(name, "wrong"), name)
        where(own.visitor().sign_in(name))
    for _ in range(TRIES):
        refused(own.visitor().sign_in(name, "wrong"), name)
    own.clock.advance(LOCKED_FOR - timedelta(seconds=1))
    refused(own.visitor().sign_in(name), name)
    own.clock.advance(timedelta(seconds=1))
    where(own.visitor().sign_in(name))


def test_tries_side_by_side_are_counted_one_by_one(own: Application) -> None:
    """Many wrong ones at once lock the account once and for all of them."""
    name = own.account("clinician").name
    gate = threading.Barrier(TRIES + 4)

    def wrong() -> None:
        gate.wait()
        assert own.house.accounts.check(name, "wrong") is None

    threads = [threading.Thread(target=wrong) for _ in range(TRIES + 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert own.house.accounts.check(name, PASSWORD) is None
    own.clock.advance(LOCKED_FOR)
    assert own.house.accounts.check(name, PASSWORD) is not None


def test_a_password_is_not_tried_while_enough_tries_are_under_way(own: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a hundred guesses sent at the same moment would all be weighed before the first of them was counted."""
    name = own.account("clinician").name
    accounts = own.house.accounts
    is_right = accounts._is_right
    begun, go_on = threading.Semaphore(0), threading.Event()

    def slow(hashed: str, password: str) -> bool:
        if password == "wrong":
            begun.release()
            go_on.wait()
        return is_right(hashed, password)

    monkeypatch.setattr(accounts, "_is_right", slow)
    threads = [threading.Thread(target=accounts.check, args=(name, "wrong")) for _ in range(TRIES)]
    for thread in threads:
        thread.start()
    for _ in threads:
        begun.acquire()
    assert accounts.check(name, PASSWORD) is None
    go_on.set()
    for thread in threads:
        thread.join()


def test_a_password_that_somebody_else_knows_must_be_changed_first(own: Application) -> None:
    """Until then every page leads to the change of the password, and nothing is saved."""
    account = own.account("clinician", must_change=True)
    visitor = own.visitor()
    where(visitor.sign_in(account.name))
    for path in ("/", "/patients", "/session", "/patients/99"):
        assert where(visitor.get(path)) == "/password"
    csrf = hidden(visitor.get("/password").text, "csrf")
    assert where(visitor.send("POST", "/patients", data={"csrf": csrf})) == "/password"
    assert own.house.charts.of_owner(account.id) == []
    same = {"csrf": csrf, "old": PASSWORD, "new": PASSWORD, "again": PASSWORD}
    assert visitor.send("POST", "/password", data=same).status_code == 422
    assert where(visitor.send("POST", "/password", data={**same, "new": ANOTHER, "again": ANOTHER})) == "/"
    assert where(visitor.get("/")) == "/patients"
    assert own.visitor().sign_in(account.name).status_code == 401


def test_a_changed_password_ends_the_other_sessions(own: Application) -> None:
    """Whoever had stolen one is out; the browser that changed it goes on with a new one."""
    account = own.account("author")
    here, elsewhere = own.visitor(), own.visitor()
    for browser in (here, elsewhere):
        where(browser.sign_in(account.name))
    before = dict(here.cookies)
    where(here.post("/password", {"old": PASSWORD, "new": ANOTHER, "again": ANOTHER}))
    assert here.cookies != before
    assert here.get("/password").status_code == 200
    assert where(elsewhere.get("/password")).startswith("/sign-in")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"old": "wrong"}, "the present password is wrong"),
        ({"again": "something else"}, "was not repeated correctly"),
        ({"new": "short", "again": "short"}, "12 to 200"),
        ({"new": "aaaaaaaaaaaaaaaa", "again": "aaaaaaaaaaaaaaaa"}, "too few different letters"),
        ({"new": PASSWORD, "again": PASSWORD}, "must be another one"),
    ],
)
def test_a_password_that_cannot_be_taken_is_told(own: Application, changed: dict[str, str], told: str) -> None:
    """The old one stays."""
    account = own.account("author")
    visitor = own.visitor()
    where(visitor.sign_in(account.name))
    answer = visitor.post("/password", {"old": PASSWORD, "new": ANOTHER, "again": ANOTHER, **changed})
    assert answer.status_code == 422 and told in answer.text
    where(own.visitor().sign_in(account.name))


def test_a_new_password_from_the_administrator_is_shown_once(own: Application) -> None:
    """The sessions of the account end; with it one signs in, and has to change it."""
    account = own.account("clinician")
    user, administrator = own.visitor(), own.visitor("administrator")
    where(user.sign_in(account.name))
    page = administrator.post(f"/accounts/{account.id}/password")
    shown = re.search(r'<code class="secret">([^<]+)</code>', page.text)
    assert shown is not None
    assert shown[1] not in administrator.get("/accounts").text
    assert where(user.get("/")).startswith("/sign-in")
    where(user.sign_in(account.name, shown[1]))
    assert where(user.get("/patients")) == "/password"


def test_passwords_are_kept_as_argon2id_hashes_and_tokens_as_digests(own: Application) -> None:
    """Whoever reads the database can sign in as nobody."""
    account, visitor = own.account("clinician"), own.visitor()
    where(visitor.sign_in(account.name))
    [token] = visitor.cookies.values()
    with closing(sqlite3.connect(own.house.settings.database)) as connection:
        everything = "\n".join(connection.iterdump())
    assert "$argon2id$" in everything
    assert PASSWORD not in everything and token not in everything


def test_the_cost_of_a_hash_is_the_library_s_own() -> None:
    """Only tests make it cheap."""
    [made] = [field.default_factory() for name, field in Settings.__dataclass_fields__.items() if name == "hasher"]  # type: ignore[misc]
    usual = PasswordHasher()
    assert extract_parameters(made.hash("x")) == extract_parameters(usual.hash("x"))
    assert made.memory_cost > 1000 * CHEAP.memory_cost


# ---------------------------------------------------------------- sessions


def test_a_session_ends_when_it_was_idle_for_too_long(own: Application) -> None:
    """Every use prolongs it."""
    visitor, idle = own.visitor("auditor"), own.house.settings.idle
    for _ in range(3):
        own.clock.advance(idle - timedelta(minutes=1))
        assert visitor.get("/password").status_code == 200
    own.clock.advance(idle + timedelta(seconds=1))
    assert where(visitor.get("/password")) == "/sign-in?next=/password"


def test_a_session_ends_after_its_longest_time_however_busy(own: Application) -> None:
    """And is then no longer kept."""
    visitor, settings = own.visitor("auditor"), own.house.settings
    assert visitor.session is not None
    steps = int(settings.longest / settings.idle)
    for _ in range(steps):
        own.clock.advance(settings.idle)
        assert visitor.get("/password").status_code == 200
    own.clock.advance(timedelta(seconds=1))
    assert visitor.get("/password").status_code == 303
    other = own.visitor("auditor")
    with closing(sqlite3.connect(settings.database)) as connection:
        assert connection.execute("SELECT count(*) FROM sessions").fetchone() == (1,)
    assert other.get("/password").status_code == 200


def test_closing_an_account_ends_its_sessions_at_once(own: Application) -> None:
    """Opened again, it can sign in again, but old sessions stay ended. One's own account cannot be closed."""
    account, user, administrator = own.account("clinician"), own.visitor(), own.visitor("administrator")
    where(user.sign_in(account.name))
    where(administrator.post(f"/accounts/{account.id}/closed", {"closed": "yes"}))
    assert where(user.get("/patients")).startswith("/sign-in")
    assert user.sign_in(account.name).status_code == 401
    where(administrator.post(f"/accounts/{account.id}/closed", {"closed": "no"}))
    assert where(user.get("/patients")).startswith("/sign-in")
    where(user.sign_in(account.name))
    assert administrator.session is not None
    assert administrator.post(f"/accounts/{administrator.session.account.id}/closed", {"closed": "yes"}).status_code == 422


def test_signing_out_ends_the_session_and_its_cookie(own: Application) -> None:
    """Whoever kept the cookie has nothing of it."""
    visitor = own.visitor("clinician")
    kept = dict(visitor.cookies)
    answer = visitor.post("/sign-out")
    assert where(answer) == "/sign-in"
    assert 'euthymia=""' in answer.headers["set-cookie"] and "Max-Age=0" in answer.headers["set-cookie"]
    assert Browser(own, cookies=kept).get("/patients").status_code == 303


@pytest.mark.parametrize("secure", [False, True])
def test_the_cookie_is_for_this_server_only(make_application: MakeApplication, secure: bool) -> None:
    """No script reads it and no other site sends it; by TLS, its name lets the browser take it from this host alone."""
    application = make_application(secure=secure)
    answer = application.visitor().sign_in(application.account("auditor").name)
    name, *flags = answer.headers["set-cookie"].split("; ")
    assert name.startswith("__Host-euthymia=" if secure else "euthymia=")
    assert {"HttpOnly", "Path=/", "SameSite=strict", "Max-Age=43200"} <= {*flags}
    assert ("Secure" in flags) == secure
    assert not [flag for flag in flags if flag.startswith("Domain")]


@pytest.mark.parametrize(
    "next_",
    [
        "//evil.example", "https://evil.example", "\\\\evil.example", "/\\evil.example", "///evil.example", "javascript:alert(1)",
        "/\t/evil.example", "/\n/evil.example", " //evil.example", "http:evil.example", "%2F%2Fevil.example", "/%09/evil.example",
        "/%5Cevil.example", "/%2Fevil.example", "evil.example", "/\u2028/evil.example", "@evil.example", "/..//evil.example",
    ],
)  # fmt: skip
def test_signing_in_never_leads_to_another_site(own: Application, next_: str) -> None:
    """Whatever an address that somebody sent asks for; the form does not even show it."""
    name = own.account("auditor").name
    to = where(own.visitor().sign_in(name, next=next_))
    assert to.startswith("/") and urlsplit(urljoin("http://localhost/sign-in", to)).netloc == "localhost"
    assert not re.match(r"/[/\\\s]", to)
    shown = hidden(own.visitor().get("/sign-in", params={"next": next_}).text, "next")
    assert shown == "" or re.match(r"/[^/\\\s]", shown)


def test_signing_in_leads_back_to_the_page_that_was_asked_for(own: Application) -> None:
    """A page leads there by itself; a part of one, and a form, are told, so that what was typed stays."""
    nobody = own.visitor()
    assert where(nobody.get("/patients/abc?section=risk")) == "/sign-in?next=/patients/abc"
    assert nobody.part("/patients/abc/standing").status_code == 401
    assert nobody.send("POST", "/patients/abc/facts", data={"fact": "x"}).status_code == 401
    assert where(nobody.sign_in(own.account("clinician").name, next="/patients/abc")) == "/patients/abc"


def test_another_site_can_sign_nobody_in(make_application: MakeApplication) -> None:
    """A form elsewhere that sends a name and a password is refused, by what the browser says of it."""
    application = make_application()
    application.house.accounts.add("guest", "clinician", PASSWORD, must_change=False)
    sent = {"name": "guest", "password": PASSWORD}
    for site, status in (("cross-site", 403), ("same-site", 403), ("same-origin", 303), ("none", 303)):
        visitor = application.visitor("")
        assert visitor.send("POST", "/sign-in", data=sent, headers={"Sec-Fetch-Site": site}).status_code == status
