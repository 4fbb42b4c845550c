"""Many clinicians at once: how long it takes to save an answer and to show where the patient stands. From a second process, on loopback."""

import gzip
import http.client
import json
import random
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlencode

from bench.measures import Sizes
from bench.patients import EXAMPLES
from bench.timing import ROOT, Row, progress, told
from euthymia.clinic.accounts import Accounts
from euthymia.clinic.charts import Charts
from euthymia.clinic.sessions import Session, Sessions
from euthymia.clinic.store import Store
from euthymia.source import read_file

_PAUSE = (4.0, 12.0)  # seconds between two answers of one clinician: they are asked aloud
_FACTS = ("risk.self_harm", "risk.past_attempt", "risk.assessed", "diagnosis.anxiety_disorder", "trauma.exposure")
_ANSWERS = ("yes", "no", "unknown")
_UNTIL_READY = 60.0


@dataclass
class Told:
    """What the clinicians saw: seconds of each kind of request, and answers that were no answer."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def took(self, what: str, began: float) -> None:
        self.seconds.setdefault(what, []).append(time.perf_counter() - began)


def web(sizes: Sizes) -> Iterator[Row]:
    """One clinician alone, then all of them together, each with a patient of the examples."""
    with tempfile.TemporaryDirectory() as folder:
        signed = _signed_in(Path(folder), sizes.clinicians)
        with _server(Path(folder)) as port:
            alone = _together(port, signed[:1], sizes.minutes)
            progress(f"measuring: web, {sizes.clinicians} clinicians")
            all_of_them = _together(port, signed, sizes.minutes)
    yield _row("an answer saved, and where the patient stands", alone, all_of_them, "interaction", sizes)
    yield _row("the advice worked out anew", alone, all_of_them, "results", sizes)
    errors = f"{len(all_of_them.errors)} errors" + (f": {all_of_them.errors[0]}" if all_of_them.errors else "")
    yield Row(f"{sizes.clinicians} clinicians, {sum(map(len, all_of_them.seconds.values()))} requests", errors, "", "")


def _row(what: str, alone: Told, together: Told, kind: str, sizes: Sizes) -> Row:
    one, all_of_them = alone.seconds.get(kind, []), together.seconds.get(kind, [])
    if not one or not all_of_them:
        return Row(what, "nothing was measured", "", "")
    ratio = median(all_of_them) / median(one)
    return Row(what, f"alone {_spread(one)}", f"{sizes.clinicians} at once {_spread(all_of_them)}", f"{ratio:.1f} ×")


def _spread(taken: list[float]) -> str:
    high = quantiles(taken, n=20)[-1] if len(taken) > 1 else taken[0]
    return f"{told(median(taken))}, 95 of 100 within {told(high)}"


def _signed_in(folder: Path, number: int) -> list[tuple[Session, str]]:
    """Sessions and charts, made in the store itself: signing in is slow on purpose, and limited."""
    with closing(Store(str(folder / "clinic.sqlite"))) as store:
        accounts, charts = Accounts(store, _now), Charts(store, _now)
        sessions = Sessions(store, _now, timedelta(hours=1), timedelta(hours=2))
        files = sorted(EXAMPLES.glob("*.yaml"))
        made = []
        for place in range(number):
            account = accounts.add(f"c-{place}", "clinician", secrets.token_hex(8), must_change=False)
            data = json.loads(json.dumps(read_file(files[place % len(files)]).data))
            made.append((sessions.begin(account), charts.add(account.id, "", data).id))
        return made


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  a server that really runs


@contextmanager
def _server(folder: Path) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    command = [sys.executable, "-m", "euthymia", "serve", "--database", str(folder), "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        until = time.monotonic() + _UNTIL_READY
        while not _is_ready(port):
            if time.monotonic() > until or process.poll() is not None:
                raise RuntimeError("the server did not become ready")
            time.sleep(0.2)
        yield port
    finally:
        process.terminate()
        process.wait()


def _is_ready(port: int) -> bool:
    try:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
            connection.request("GET", "/ready")
            return connection.getresponse().status == 200
    except OSError:
        return False


def _together(port: int, signed: list[tuple[Session, str]], minutes: float) -> Told:
    seen, until = Told(), time.monotonic() + 60 * minutes
    people = [threading.Thread(target=_clinician, args=(port, session, chart, until, seen)) for session, chart in signed]
    for person in people:
        person.start()
    for person in people:
        person.join()
    return seen


def _clinician(port: int, session: Session, chart: str, until: float, seen: Told) -> None:
    """Answer, see where the patient stands, and let the page ask for the advice, as a browser does; then ask the next question aloud."""
    chance = random.Random(chart)
    pause = _PAUSE if until - time.monotonic() > _PAUSE[1] else (0.0, 0.1)
    time.sleep(chance.uniform(0, pause[1]))
    while time.monotonic() < until:
        began = time.perf_counter()
        page = _sent(port, session, f"/patients/{chart}/facts", seen, _answer(chance))
        seen.took("interaction", began)
        if b'id="standing"' not in page:
            seen.errors.append("an answer that did not say where the patient stands")
        later = [threading.Thread(target=_asked, args=(port, session, chart, part, seen)) for part in ("next", "results")]
        for thread in later:
            thread.start()
        time.sleep(chance.uniform(*pause))
        for thread in later:
            thread.join()


def _answer(chance: random.Random) -> str:
    given = {"fact": chance.choice(_FACTS), "answer": chance.choice(_ANSWERS), "seen": "999999", "once": secrets.token_hex(12)}
    return urlencode(given)


def _asked(port: int, session: Session, chart: str, part: str, seen: Told) -> None:
    began = time.perf_counter()
    _sent(port, session, f"/patients/{chart}/{part}", seen)
    seen.took(part, began)


def _sent(port: int, session: Session, path: str, seen: Told, body: str | None = None) -> bytes:
    """The page, unpacked; empty where there was none."""
    headers = {"Cookie": f"euthymia={session.token}", "X-CSRF-Token": session.csrf, "HX-Request": "true", "Accept-Encoding": "gzip"}
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=300)) as connection:
            connection.request("POST" if body is not None else "GET", path, body, headers)
            answer = connection.getresponse()
            page = answer.read()
    except OSError as error:
        seen.errors.append(type(error).__name__)
        return b""
    if answer.status not in (200, 204):
        seen.errors.append(f"{answer.status} for {path.rpartition('/')[2]}")
    return gzip.decompress(page) if answer.getheader("Content-Encoding") == "gzip" else page
