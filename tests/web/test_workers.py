"""Processes for decisions and for long work: when one dies or hangs, that decision is not made, and everything else goes on."""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from euthymia.errors import Disagreement, InputError
from euthymia.resources import bundled
from euthymia.web.charts import work
from euthymia.web.jobs import Busy, Job, Jobs
from euthymia.web.workers import NotDecided, Workers
from tests.shared import ROOT
from tests.web.browser import Browser
from tests.web.conftest import MakeApplication
from tests.web.tasks import breaking, counting, die, disagree, dying, hang, process_id, refusing, waiting, wrong_input

NOT_MADE = "No decision was made"


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    """Of little patience with what somebody waits for; enough for a process to begin."""
    made = Workers(bundled("rules"), bundled("templates"), 1, {"now": 60.0, "later": 60.0, "draft": 60.0})
    yield made
    made.stop()


@pytest.fixture
def jobs() -> Iterator[Jobs]:
    made = Jobs()
    yield made
    made.stop_all()


def test_a_process_that_dies_makes_no_decision_and_is_replaced(workers: Workers) -> None:
    """The next one is made elsewhere."""
    before, restarts = workers.call("now", "chart", process_id), workers.restarts()
    with pytest.raises(NotDecided, match="its process ended"):
        workers.call("now", "chart", die)
    assert workers.call("now", "chart", process_id) != before
    assert workers.restarts() == restarts + 1


def test_a_process_that_hangs_is_ended_and_replaced(workers: Workers) -> None:
    """After as long as one may wait; it is gone then, and does not go on somewhere."""
    before, restarts = workers.call("now", "chart", process_id), workers.restarts()
    worker = workers._worker("now", "chart")
    worker._patience = 0.2
    with pytest.raises(NotDecided, match="took too long"):
        workers.call("now", "chart", hang)
    worker._patience = 60.0
    assert workers.call("now", "chart", process_id) != before
    assert workers.restarts() == restarts + 1
    while _is_there(before):
        time.sleep(0.01)


def _is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_who_waited_for_a_process_that_died_is_told(workers: Workers) -> None:
    """All of them at once, whether their own work had begun or not; the process is replaced once."""
    restarts = workers.restarts()
    told: list[str] = []
    gate = threading.Barrier(4)

    def ask() -> None:
        gate.wait()
        try:
            workers.call("now", "chart", die)
        except NotDecided as error:
            told.append(str(error))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == ["its process ended"] * 4
    assert restarts < workers.restarts() <= restarts + 4
    assert workers.call("now", "chart", process_id)


def test_what_is_urgent_does_not_wait_for_what_is_not(workers: Workers) -> None:
    """They have processes of their own, and an error of the input comes back as it is."""
    assert workers.call("now", "chart", process_id) != workers.call("later", "chart", process_id)
    with pytest.raises(InputError, match=r"^x: no such$"):
        workers.call("later", "chart", wrong_input)


# ---------------------------------------------------------------- on the page


@pytest.mark.parametrize("page", ["standing", "next", "results", "timeline"])
def test_a_decision_that_was_not_made_is_said_in_words(
    make_application: MakeApplication, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    """503 and no advice; the chart is as it was. Where the engines differ, the page says so and gives no advice either."""
    application = make_application()
    clinician: Browser = application.visitor("clinician")
    path = clinician.new_patient()

    def call(*arguments: Any) -> None:
        raise NotDecided("its process ended")

    for way in ("call", "newest"):
        monkeypatch.setattr(application.house.workers, way, call)
    answer = clinician.part(f"{path}/{page}")
    assert answer.status_code == 503 and NOT_MADE in answer.text
    for way in ("call", "newest"):
        monkeypatch.setattr(application.house.workers, way, lambda *arguments: disagree())
    answer = clinician.part(f"{path}/{page}")
    assert answer.status_code == 500 and "The two engines came to different results" in answer.text and "Zqxj7" not in answer.text
    monkeypatch.undo()
    assert clinician.get(path).status_code == 200


def test_a_disagreement_comes_back_from_its_process(workers: Workers) -> None:
    """As what it is, so that the page can say so."""
    with pytest.raises(Disagreement):
        workers.call("now", "chart", disagree)
    assert len(workers.call("now", "chart", work.ready)) > 40


# ---------------------------------------------------------------- long work


def ended(job: Job) -> str:
    while not job.over:
        time.sleep(0.01)
    return job.state


def test_long_work_tells_how_far_it_is_and_what_came_out(jobs: Jobs, capsys: pytest.CaptureFixture[str]) -> None:
    """Done, refused or failed; of a failure neither its words nor those of the input are kept."""
    done, refused = jobs.start("a", "one", counting, 5), jobs.start("a", "two", refusing)
    failed = jobs.start("a", "three", breaking)
    assert (ended(done), done.result, done.done, done.total) == ("done", {"counted": 5}, 5, 5)
    assert (ended(refused), refused.problems) == ("refused", ("x: no such",))
    assert ended(failed) == "failed" and "Zqxj7" not in repr(failed) + capsys.readouterr().out
    died = jobs.start("a", "four", dying)
    assert ended(died) == "failed"


def test_long_work_can_be_stopped(jobs: Jobs) -> None:
    """Its process is gone, and nothing comes out; then another may begin."""
    job = jobs.start("a", "one", waiting)
    while not job.done:
        time.sleep(0.01)
    jobs.stop(job)
    job.process.join()
    assert job.state == "stopped" and job.process.exitcode not in (0, None)
    jobs.stop(job)
    assert ended(jobs.start("a", "one", counting, 1)) == "done"


def test_one_of_a_kind_and_few_at_once(jobs: Jobs) -> None:
    """A second of the same kind is refused in words, and so is one too many for the server; each is found by its owner only."""
    first = jobs.start("a", "one", waiting)
    with pytest.raises(Busy, match="is running already"):
        jobs.start("a", "one", waiting)
    for owner in ("b", "c"):
        jobs.start(owner, "one", waiting)
    with pytest.raises(Busy, match="the server is busy"):
        jobs.start("d", "one", waiting)
    assert jobs.find(first.id, "b") is None and jobs.find(first.id, "a") is first and jobs.last("a", "one") is first
    jobs.stop(first)
    assert jobs.start("d", "one", waiting).state == "running"


def test_a_saved_answer_says_where_the_patient_stands(clinician: Browser) -> None:
    """In the same answer, with the version of the chart that was judged."""
    path = clinician.new_patient()
    answer = clinician.enter(path, "risk.suicidal_ideation", "yes")
    assert answer.headers["hx-trigger"] == "facts-changed"
    part = answer.text[answer.text.index('<div id="standing" hx-swap-oob="innerHTML">') :]
    assert 'data-version="1"' in part and 'class="alert critical"' in part
    assert clinician.part(f"{path}/standing").text.strip() in part


def test_an_answer_is_acknowledged_although_nothing_follows_from_it_yet(
    make_application: MakeApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process died, or the engines differ: the answer is saved all the same, and the page is to ask once more and be told."""
    application = make_application()
    clinician: Browser = application.visitor("clinician")
    path = clinician.new_patient()
    for error in (NotDecided("its process ended"), Disagreement("they differ")):

        def newest(*arguments: Any, error: Exception = error) -> None:
            raise error

        monkeypatch.setattr(application.house.workers, "newest", newest)
        answer = clinician.enter(path, "risk.assessed", "yes" if isinstance(error, NotDecided) else "no")
        assert answer.status_code == 200 and "saved 2026-11-20" in answer.text and 'id="standing"' not in answer.text
        assert answer.headers["hx-trigger"] == "facts-changed, standing-wanted"
    assert clinician.chart(path).data["risk"]["assessed"]["value"] == "no"


def test_a_process_that_died_is_replaced_by_the_rules_that_the_server_began_with(tmp_path: Path) -> None:
    """Whatever stands in the folder by then: one server decides by one rulebook."""
    shutil.copytree(bundled("rules"), tmp_path / "rules")
    command = [sys.executable, "-m", "tests.web.replaced", str(tmp_path / "rules")]
    before, after = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert before.startswith("sha256:") and after == before
