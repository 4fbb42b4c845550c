"""A house for authors' tests: a server with accounts of every role, recorded patients, and browsers that are signed in."""

import shutil
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from euthymia.consultation import Consultation
from euthymia.ledger.contents import Asked, assessment_draft, stored_rulebook
from euthymia.ledger.ledger import Ledger
from euthymia.ledger.opening import open_store
from euthymia.ledger.record import Asker
from euthymia.render.document import Explain
from euthymia.web.app import create_app
from euthymia.web.guard import cookie_name
from euthymia.web.house import House
from euthymia.web.settings import Settings
from tests.shared import ON, ROOT

with warnings.catch_warnings():  # starlette asks for another library to send with; this one is locked
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

PASSWORD = "correct horse battery"
ROLES = ("author", "clinician", "auditor", "administrator")
EXAMPLES = ("complete", "guo-2022", "only-an-age", "willms-2022")
RECORDED = ("guo-2022", "willms-2022")
FORGOTTEN = "only-an-age"
SECRET = "P-OF-A-PATIENT"


def clock() -> datetime:
    return datetime(ON.year, ON.month, ON.day, 12, tzinfo=UTC)


class Browser:
    """One browser that is signed in. A form is sent with the token of its session, as a page sends it."""

    def __init__(self, house: House, client: TestClient, name: str) -> None:
        self.account = next(account for account in house.accounts.all() if account.name == name)
        session = house.sessions.begin(self.account)
        self._client, self._csrf = client, session.csrf
        self._cookie = {"cookie": f"{cookie_name(house.settings)}={session.token}"}

    def get(self, where: str, /, **params: str) -> Any:
        return self._client.get(where, params=params or None, headers=self._cookie, follow_redirects=False)

    def post(self, where: str, /, **data: str) -> Any:
        """The page that the browser is sent to, where it is sent on."""
        answer = self._client.post(where, data={"csrf": self._csrf, **data}, headers=self._cookie, follow_redirects=False)
        return self.get(answer.headers["location"]) if answer.status_code == 303 else answer


@contextmanager
def opened(folder: Path, rules: Path) -> Iterator[tuple[House, TestClient]]:
    """A server over a rules folder; it has a few cases and examples, so that nobody waits long."""
    cases = folder / "cases"
    (cases / "refractoriness").mkdir(parents=True)
    shutil.copy(ROOT / "tests/rules/refractoriness/criterion-a.yaml", cases / "refractoriness")
    examples = folder / "examples"
    examples.mkdir()
    for name in EXAMPLES:
        shutil.copy(ROOT / "examples" / f"{name}.yaml", examples)
    settings = Settings(
        str(folder / "clinic.sqlite"), str(folder / "ledger.sqlite"), rules, ROOT / "templates", clock,
        cases=cases, examples=examples, processes=1, hosts=("testserver",), sign_ins_a_minute=1_000,
    )  # fmt: skip
    record_patients(settings)
    house = House(settings)
    house.workers.start = lambda: None  # type: ignore[method-assign]  # each begins when it is first asked for
    for name in (*ROLES, "author-2"):
        house.accounts.add(name, name.removesuffix("-2"), PASSWORD, must_change=False)
    with TestClient(create_app(house)) as client:
        yield house, client


def record_patients(settings: Settings) -> None:
    """Two recorded patients, one of them twice, and one who was forgotten."""
    consultation = Consultation(settings.rules)
    with closing(open_store(settings.ledger, writable=True)) as store:
        ledger = Ledger(store, clock)
        for name in (*RECORDED, RECORDED[0], FORGOTTEN):
            record(ledger, consultation, name, f"{SECRET}-{name}")
        ledger.erase(f"{SECRET}-{FORGOTTEN}", Asker("administrator", "a"))


def record(ledger: Ledger, consultation: Consultation, name: str, pseudonym: str) -> None:
    """One of the examples, as a patient."""
    file = consultation.read(ROOT / "examples" / f"{name}.yaml", ON)
    assessment = consultation.assess(file, ON)
    asked = Asked(Explain.NOTHING.name.lower(), False, "clinician", "html")
    answer = {"program": {}, "recommendations": []}  # nobody reads it here, and it takes long to make
    draft = assessment_draft(pseudonym, file.document.data, assessment, answer, asked, Asker("clinician", "c"))
    ledger.append(draft, stored_rulebook(assessment))
