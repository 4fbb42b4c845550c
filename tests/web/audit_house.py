"""A server with a small ledger: two patients assessed, one of them twice and answered to, and somebody in each role."""

import re
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

from httpx2 import Response

from euthymia.clinic.charts import EMPTY
from euthymia.consultation import Consultation
from euthymia.ledger.contents import Asked, assessment_draft, stored_rulebook
from euthymia.ledger.record import ROLES, Asker
from euthymia.ledger.responses import ANSWERED, response_draft
from euthymia.render.document import Explain, document
from euthymia.resources import bundled
from euthymia.web.app import create_app
from euthymia.web.house import House
from euthymia.web.settings import Settings
from tests.shared import ON, ROOT

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it would rather have another library for the same requests
    from starlette.testclient import TestClient

PASSWORD = "correct horse battery"
COMPLETE, AGE = "P-COMPLETE", "P-ONLYAGE"
# 1 opening, 2 and 3 the same patient, 4 another, 5 what was done with 3
FIRST, SECOND, OTHER, RESPONSE = 2, 3, 4, 5
LABEL = "Mrs Whose-Name-Is-Private"
_CSRF = re.compile(r'name="csrf" value="([^"]+)"')
_TAGS = re.compile(r"<(script|style).*?</\1>|<[^>]+>", re.DOTALL)
CLINICIAN = Asker("clinician", "c1")


@dataclass
class Browser:
    """Somebody who is signed in. Every address that was asked for is kept."""

    client: TestClient
    csrf: str = ""
    asked: list[str] = field(default_factory=list)

    def get(self, path: str, **more: Any) -> Response:
        self.asked.append(path)
        return self.client.get(path, **more)

    def post(self, path: str, /, files: Any = None, **fields: str) -> Response:
        self.asked.append(path)
        answer = self.client.post(path, data={"csrf": self.csrf} | fields, files=files)
        self.asked.append(str(answer.url))
        return answer


@dataclass
class Server:
    """A running application; `browser` signs somebody in."""

    house: House
    app: Any
    signed_in: dict[str, tuple[TestClient, str]] = field(default_factory=dict)

    def browser(self, role: str) -> Browser:
        """Signing in takes its time, by intention: each role does so once."""
        if role not in self.signed_in:
            client = TestClient(self.app, base_url="http://localhost")
            client.post("/sign-in", data={"name": role, "password": PASSWORD})
            found = _CSRF.search(client.get("/password").text)
            assert found is not None
            self.signed_in[role] = client, found[1]
        return Browser(*self.signed_in[role])

    def stranger(self) -> Browser:
        return Browser(TestClient(self.app, base_url="http://localhost"))


@contextmanager
def serving(folder: Path, consultation: Consultation) -> Iterator[Server]:
    """A server with the ledger described above; one process for each kind of work. `consultation`: the shipped rules, read already."""
    seconds = count()
    start = datetime(ON.year, ON.month, ON.day, 12, tzinfo=UTC)
    settings = Settings(
        database=str(folder / "clinic.sqlite"), ledger=str(folder / "ledger.sqlite"),
        rules=bundled("rules"), templates=bundled("templates"),
        clock=lambda: start + timedelta(milliseconds=next(seconds)), processes=1, requests_a_minute=100_000, sign_ins_a_minute=1_000,
    )  # fmt: skip
    with patch("euthymia.web.house.Consultation", lambda rules: consultation):
        house = House(settings)
    for role in ROLES:
        house.accounts.add(role, role, PASSWORD, must_change=False)
    fill(house)
    app = create_app(house)
    with TestClient(app, base_url="http://localhost"):
        yield Server(house, app)


def fill(house: House) -> None:
    """The records; and a chart of each patient, with a label that is nobody's business."""
    owner = next(account.id for account in house.accounts.all() if account.role == "clinician")
    for place, (example, patient) in enumerate((("complete", COMPLETE), ("nakama-2014", COMPLETE), ("only-an-age", AGE))):
        number = record(house, example, patient)
        if place != 1:
            chart = house.charts.add(owner, LABEL, EMPTY | {"patient": {"age_years": 44}}, patient)
            house.recordings.take_in(chart, [number])
    answered = house.ledger.of_kind(SECOND, "assessment", *ANSWERED)
    rule = answered.part("answer")[0].value["recommendations"][0]["id"]
    house.ledger.append(response_draft(answered, "overridden", "urgency", [rule], "first the other thing", CLINICIAN))


def record(house: House, example: str, patient: str, consultation: Consultation | None = None) -> int:
    """An assessment of an example, written as the application writes it."""
    consultation = consultation or house.consultation
    file = consultation.read(ROOT / "examples" / f"{example}.yaml", ON)
    assessment = consultation.assess(file, ON)
    answer = document(assessment, house.words, Explain.NOTHING, answers=False)
    asked = Asked("nothing", False, "clinician", "html")
    draft = assessment_draft(patient, file.document.data, assessment, answer, asked, CLINICIAN)
    return house.ledger.append(draft, stored_rulebook(assessment)).number


# ---------------------------------------------------------------- what pages say


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
