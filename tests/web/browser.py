"""A visitor of the application below the browser: cookies of its own, and the hidden fields of the pages that it was shown."""

import re
import secrets
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher

from euthymia.clinic.accounts import Account
from euthymia.clinic.charts import Chart
from euthymia.clinic.sessions import Session
from euthymia.resources import bundled
from euthymia.web.app import create_app
from euthymia.web.guard import cookie_name
from euthymia.web.house import House
from euthymia.web.settings import Settings

with warnings.catch_warnings():  # starlette asks for another library to send with; this one is locked
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

ROLES = ("clinician", "auditor", "author", "administrator")
PASSWORD = "a long enough password"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # nothing is kept safe by the passwords of tests


class Clock:
    """It stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by


def settings_in(folder: Path, clock: Clock, **changed: Any) -> Settings:
    given: dict[str, Any] = {
        "database": str(folder / "clinic.sqlite"), "ledger": str(folder / "ledger.sqlite"), "rules": bundled("rules"),
        "templates": bundled("templates"), "clock": clock, "processes": 1, "hasher": CHEAP, "requests_a_minute": 1_000_000,
        "sign_ins_a_minute": 1_000_000,
    }  # fmt: skip
    return Settings(**given | changed)


class Application:
    """The application over a house of its own. Processes for decisions begin when one is first asked for."""

    def __init__(self, folder: Path, **changed: Any) -> None:
        self.clock = Clock()
        self.house = House(settings_in(folder, self.clock, **changed))
        self.house.workers.start = lambda: None  # type: ignore[method-assign]
        self.app = create_app(self.house)
        scheme = "https" if self.house.settings.secure else "http"
        self.client = TestClient(
            self.app,
            base_url=f"{scheme}://localhost",
            follow_redirects=False,
            client=("127.0.0.1", 40_000),
            headers={"user-agent": "tests"},
        )

    def account(self, role: str, name: str = "", *, must_change: bool = False) -> Account:
        """An account of this role; another one each time, where no name is given."""
        return self.house.accounts.add(name or secrets.token_hex(4), role, PASSWORD, must_change=must_change)

    def visitor(self, role: str = "") -> "Browser":
        """Signed in with a new account of this role; without one, nobody."""
        browser = Browser(self)
        if role:
            browser.begin(self.account(role))
        return browser


@dataclass
class Browser:
    """One browser. What it sends as a form carries the token of its session."""

    application: Application
    session: Session | None = None
    cookies: dict[str, str] = field(default_factory=dict)

    def begin(self, account: Account) -> None:
        """Signed in without a form."""
        self.session = self.application.house.sessions.begin(account)
        self.cookies[cookie_name(self.application.house.settings)] = self.session.token

    def sign_in(self, name: str, password: str = PASSWORD, **fields: str) -> Any:
        """By the form, as somebody does."""
        return self.send("POST", "/sign-in", data={"name": name, "password": password, **fields})

    def send(self, method: str, path: str, **given: Any) -> Any:
        """As it stands, without a token."""
        client = self.application.client
        headers = dict(given.pop("headers", {}))
        if self.cookies:
            headers["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = client.request(method, path, headers=headers, **given)
        self.cookies |= dict(answer.cookies.items())
        client.cookies.clear()
        return answer

    def get(self, path: str, **given: Any) -> Any:
        return self.send("GET", path, **given)

    def part(self, path: str) -> Any:
        """As the page asks for a part of itself."""
        return self.get(path, headers={"HX-Request": "true"})

    def post(self, path: str, data: Mapping[str, Any] | None = None, **given: Any) -> Any:
        return self.send("POST", path, data={"csrf": self.csrf, **(data or {})}, **given)

    @property
    def csrf(self) -> str:
        if self.session is None or self.session.token not in self.cookies.values():
            return str(self.get("/session").json()["csrf"])
        return self.session.csrf

    # ---- patients

    def new_patient(self, **fields: str) -> str:
        """Where its page is."""
        return where(self.post("/patients", fields))

    def import_file(self, text: str, name: str = "patient.yaml", **fields: str) -> Any:
        return self.post("/patients/import", fields, files={"file": (name, text.encode())})

    def chart(self, path: str) -> Chart:
        """What is kept of a patient."""
        assert self.session is not None
        found = self.application.house.charts.find(path.split("/")[2], self.session.account.id)
        assert found is not None
        return found

    def enter(self, path: str, fact: str, answer: str = "", value: Any = (), **fields: Any) -> Any:
        """Answer one fact, as its form does; `seen` is what is there now, where it is not given."""
        sent = {"fact": fact, "answer": answer, "value": value, "once": new_once(), "seen": self.chart(path).version, **fields}
        return self.post(f"{path}/facts", sent, headers={"HX-Request": "true"})


def new_once() -> str:
    return secrets.token_hex(12)


def where(answer: Any) -> str:
    """Where a redirect leads."""
    assert answer.status_code == 303, (answer.status_code, answer.text[:2000])
    return str(answer.headers["location"])


def hidden(page: str, name: str) -> str:
    """A hidden field of a page: `csrf`, `once` or `seen`."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, page
    return found[1]
