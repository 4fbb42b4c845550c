"""The server is killed while somebody enters facts."""

import http.client
import random
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

from euthymia.clinic.accounts import Accounts
from euthymia.clinic.charts import EMPTY, Chart, Charts
from euthymia.clinic.sessions import Session, Sessions
from euthymia.clinic.store import Store
from tests.shared import ROOT
from tests.web.browser import CHEAP, PASSWORD, Clock, new_once, settings_in

ANSWERS = ("yes", "no", "unknown", "not_applicable")


def entered_till_killed(folder: Path, session: Session, chart: Chart, most: int) -> list[str]:
    """Answers that were acknowledged to somebody who changes the same fact over and over; killed after about so many of them."""
    command = [sys.executable, "-m", "tests.web.alone", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        acknowledged: list[str] = []
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
                while True:
                    answer = ANSWERS[len(acknowledged) % len(ANSWERS)]
                    fields = {
                        "fact": "risk.assessed",
                        "answer": answer,
                        "note": str(len(acknowledged)),
                        "once": new_once(),
                        "seen": "99999",
                    }
                    headers = {"cookie": f"euthymia={session.token}", "X-CSRF-Token": session.csrf, "HX-Request": "true"}
                    headers["content-type"] = "application/x-www-form-urlencoded"
                    connection.request("POST", f"/patients/{chart.id}/facts", urlencode(fields), headers)
                    response = connection.getresponse()
                    response.read()
                    assert response.status == 200
                    acknowledged.append(fields["note"])
                    if len(acknowledged) == most:
                        threading.Timer(random.Random(most).uniform(0, 0.02), server.kill).start()
        except (OSError, http.client.HTTPException):
            return acknowledged
        finally:
            server.kill()


def test_what_was_acknowledged_is_there_after_the_server_was_killed(tmp_path: Path) -> None:
    """Killed twice in the middle of answers: every one that the browser heard of is kept, at most one more, and the next server goes on."""
    settings, clock = settings_in(tmp_path, Clock()), Clock()
    with closing(Store(settings.database)) as store:
        account = Accounts(store, clock, CHEAP).add("c1", "clinician", PASSWORD, must_change=False)
        session = Sessions(store, clock, settings.idle, settings.longest).begin(account)
        chart = Charts(store, clock).add(account.id, "", EMPTY)
    known = 0
    for most in (20, 45):
        acknowledged = entered_till_killed(tmp_path, session, chart, most)
        assert len(acknowledged) >= most
        with closing(Store(settings.database)) as store:
            changes = Charts(store, clock).history(chart)
            now = Charts(store, clock).find(chart.id, account.id)
        notes = [change["after"]["note"] for change in changes[known:]]
        assert notes[: len(acknowledged)] == acknowledged and len(notes) <= len(acknowledged) + 1
        assert now is not None and now.data["risk"]["assessed"] == changes[-1]["after"] and now.version == len(changes)
        known = len(changes)
