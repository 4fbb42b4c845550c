"""Nothing that was typed about a patient stands in an address, in the log, or in what is said of a defect."""

import json
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from tests.shared import ROOT
from tests.web.browser import Application, Browser, new_once, where
from tests.web.conftest import MakeApplication

MARK = "Zqxj7"
FILE = f"""schema: euthymia.patient/1
trials:
- id: {MARK} one
  modality: medication
  drug: {MARK}ine
- id: {MARK} two
  modality: medication
  drug: sertraline
problems:
- id: {MARK} p
  name: {MARK} quarrels
latest_trial: {MARK} two
"""
ADDRESS = re.compile(r'(?:href|action|src|hx-get|hx-post|hx-push-url|formaction)="([^"]*)"')


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """What the server would have logged."""
    with structlog.testing.capture_logs() as lines:
        yield lines


class Watching:
    """A clinician whose every answer is looked at: where it leads, and which addresses it shows."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.addresses: set[str] = set()

    def seen(self, answer: Any) -> Any:
        self.addresses |= {*ADDRESS.findall(answer.text), str(answer.url)}
        self.addresses |= {value for name, value in answer.headers.items() if name in ("location", "hx-redirect", "content-disposition")}
        return answer

    def post(self, path: str, data: dict[str, Any]) -> Any:
        return self.seen(self.browser.post(path, data))

    def get(self, path: str) -> Any:
        return self.seen(self.browser.get(path))


def test_a_mark_in_every_text_is_in_no_address_and_in_no_log(
    application: Application, clinician: Browser, logged: list[dict[str, Any]]
) -> None:
    """Label, pseudonym, notes, names of drugs, ids of trials, problems: on every page, right answers and wrong ones."""
    watched = Watching(clinician)
    imported = clinician.import_file(FILE, f"{MARK}.yaml", label=f"{MARK} label", pseudonym=f"{MARK}-1")
    path = where(watched.seen(imported))
    watched.seen(clinician.import_file(FILE.replace("sertraline", f"[{MARK}]"), label=MARK, pseudonym=MARK))
    for fact, fields in (
        (f"trial.drug@{MARK} one", {"value": MARK}),
        (f"trial.started@{MARK} one", {"value": MARK}),
        (f"trial.concurrent_with@{MARK} one", {"value": f"{MARK} two"}),
        ("diagnosis.primary_problem", {"value": MARK}),
        ("risk.assessed", {"answer": "yes", "note": MARK, "source": MARK}),
        (f"problem.name@{MARK} p", {"value": MARK}),
        (f"risk.{MARK}", {"answer": MARK}),
    ):
        watched.seen(clinician.enter(path, fact, **{"answer": "given", **fields}))
        plain = {"fact": fact, "answer": "given", "once": new_once(), "seen": 999, **fields}
        watched.post(f"{path}/facts", plain)
    copy = where(watched.post(f"{path}/what-if", {}))
    watched.post(f"{path}/units", {"units": "trials", "trial.drug": MARK, "once": new_once()})
    watched.post(f"{path}/units", {"units": "trials", "trial.modality": "medication", "trial.drug": MARK, "once": new_once()})
    watched.post(f"{path}/label", {"label": f"{MARK} again"})
    watched.post(f"{path}/why", {"name": f"{MARK}@{MARK} one"})
    watched.post(f"{path}/remove", {"confirm": MARK})
    watched.post(f"{path}/undo", {"once": new_once(), "section": MARK})
    pages = ["", "/history", "/export", "?section=trials", "?section=trials&unit=1", "?section=problem", "?section=problem&unit=1"]
    pages += ["?section=diagnosis", "/standing", "/next", "/results", "/timeline"]
    for page in pages:
        watched.get(f"{path}{page}")
    watched.get(f"{copy}/differences")
    watched.get("/patients")
    watched.post(f"{path}/units/remove", {"units": "trials", "unit": f"{MARK} one", "once": new_once()})
    assert MARK in clinician.get(path).text and len(watched.addresses) > 50
    assert not [address for address in watched.addresses if MARK in address]
    assert logged and MARK not in json.dumps(logged, default=str)
    assert {line["event"] for line in logged} == {"request"}


def test_a_recorded_decision_tells_its_mark_in_no_address(clinician: Browser, logged: list[dict[str, Any]]) -> None:
    """Its page, its report and what became of it."""
    watched = Watching(clinician)
    path = where(clinician.import_file(FILE, label=MARK, pseudonym=f"{MARK}-2"))
    clinician.enter(path, f"trial.concurrent_with@{MARK} one", "unknown")
    decision = where(watched.post(f"{path}/record", {"once": new_once()}))
    watched.post(f"{decision}/respond", {"verdict": "accepted", "note": MARK})
    watched.post(f"{decision}/respond", {"verdict": MARK, "note": MARK})
    for page in ("", "/page", "/pdf", "/page?audience=patient"):
        watched.get(f"{decision}{page}")
    assert not [address for address in watched.addresses if MARK in address]
    assert MARK not in json.dumps(logged, default=str)


def test_a_defect_is_told_without_its_words(
    make_application: MakeApplication, monkeypatch: pytest.MonkeyPatch, logged: list[dict[str, Any]]
) -> None:
    """Neither the page nor the log cites what a patient told; both bear the number by which whoever runs the server finds the place."""
    application = make_application()
    clinician = application.visitor("clinician")
    path = clinician.new_patient()

    def broken(*arguments: Any) -> None:
        raise ValueError(f"cannot read {MARK}") from KeyError(MARK)

    monkeypatch.setattr(application.house.charts, "history", broken)
    for answer in (clinician.get(f"{path}/history?{MARK}"), clinician.part(f"{path}/history")):
        assert answer.status_code == 500 and MARK not in answer.text and "Traceback" not in answer.text
        [incident] = re.findall(r"<code>([0-9a-f]{8})</code>", answer.text)
        [line] = [line for line in logged if line.get("incident") == incident]
        assert line["error"] == "ValueError" and "broken" in line["places"][-1]
    assert MARK not in json.dumps(logged, default=str)


def test_the_server_itself_says_nothing_of_a_defect(tmp_path: Path) -> None:
    """A real one, with all its libraries: whatever is sent to it and breaks it, its output holds kinds and places only."""
    command = [sys.executable, "-m", "tests.web.alone", str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None and server.stderr is not None
        address = f"http://127.0.0.1:{int(server.stdout.readline())}"
        try:
            for path in (f"/health/broken/{MARK}", f"/{MARK}?{MARK}", f"/patients/{MARK}", f"/static/{MARK}.js"):
                for headers in ({}, {"cookie": f"euthymia={MARK}"}):
                    request = urllib.request.Request(f"{address}{path}", headers=headers)
                    with pytest.raises(urllib.error.HTTPError) as caught:
                        urllib.request.build_opener(_Stay()).open(request, timeout=60)
                    caught.value.close()
        finally:
            server.terminate()
        said = server.stdout.read() + server.stderr.read()
    lines = [json.loads(line) for line in said.splitlines()]
    assert [line["error"] for line in lines if line["event"] == "defect"] == ["ValueError"] * 2
    assert len(lines) >= 8 and MARK not in said and "Traceback" not in said


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect."""

    def redirect_request(self, *arguments: Any) -> None:
        return None
