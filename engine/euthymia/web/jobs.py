"""Long work in a process of its own: with progress, and so that it can be stopped. It gives way to decisions."""

import os
import secrets
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, Literal

from euthymia.errors import InputError, Problem
from euthymia.web.logs import log, places_of

Step = Callable[[int, int], None]
State = Literal["running", "done", "refused", "failed", "stopped"]
_AT_ONCE = 3  # on the whole server
_KEPT = 200  # finished ones, the oldest are forgotten first
_NICE = 10


class Busy(InputError):
    """The same person already has one running, or the server has enough."""

    def __init__(self, message: str) -> None:
        super().__init__([Problem("job", 0, "", message)])


@dataclass
class Job:
    """One piece of long work. `result` once it is done; `problems` where the input was at fault."""

    id: str
    owner: str
    kind: str
    begun: str = ""
    state: State = "running"
    done: int = 0
    total: int = 0
    result: Any = None
    problems: tuple[str, ...] = ()
    process: Any = field(default=None, repr=False)

    @property
    def over(self) -> bool:
        return self.state != "running"


class Jobs:
    """Jobs of all who are signed in; each is found by its owner only."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._context = get_context("forkserver")

    def start(self, owner: str, kind: str, function: Callable[..., Any], *arguments: Any) -> Job:
        """Call `function(step, *arguments)` elsewhere; it calls `step(done, of)`. Raises Busy. What it returns must be plain data."""
        with self._lock:
            self._require_room(owner, kind)
            job = Job(secrets.token_urlsafe(12), owner, kind)
            here, there = self._context.Pipe(duplex=False)
            job.process = self._context.Process(target=_run, args=(there, function, arguments), daemon=True)
            job.process.start()
            self._jobs[job.id] = job
            self._forget_oldest()
        there.close()
        threading.Thread(target=self._listen, args=(job, here), daemon=True).start()
        return job

    def find(self, job: str, owner: str) -> Job | None:
        found = self._jobs.get(job)
        return found if found is not None and found.owner == owner else None

    def last(self, owner: str, kind: str) -> Job | None:
        """The newest of this kind, running or over."""
        return next((job for job in reversed(list(self._jobs.values())) if (job.owner, job.kind) == (owner, kind)), None)

    def forget(self, *kinds: str) -> None:
        """What came out of these, whoever asked for them: it may cite somebody who was erased. Those under way are stopped."""
        with self._lock:
            for job in [job for job in self._jobs.values() if job.kind in kinds]:
                self.stop(job)
                del self._jobs[job.id]

    def stop(self, job: Job) -> None:
        if not job.over:
            job.state = "stopped"
            job.process.kill()

    def stop_all(self) -> None:
        for job in list(self._jobs.values()):
            self.stop(job)

    def _require_room(self, owner: str, kind: str) -> None:
        running = [job for job in self._jobs.values() if not job.over]
        if any((job.owner, job.kind) == (owner, kind) for job in running):
            raise Busy("is running already; wait for its end, or stop it")
        if len(running) >= _AT_ONCE:
            raise Busy("the server is busy with other long work; try again later")

    def _forget_oldest(self) -> None:
        over = [job for job in self._jobs.values() if job.over]
        for job in over[: max(len(over) - _KEPT, 0)]:
            del self._jobs[job.id]

    def _listen(self, job: Job, here: Connection) -> None:
        """Until the process has said its last word, or has ended without one."""
        try:
            while not job.over:
                what, told = here.recv()
                if what == "step":
                    job.done, job.total = told
                else:
                    self._end(job, what, told)
        except (EOFError, OSError):
            if not job.over:
                job.state = "failed"
        finally:
            here.close()
            job.process.join()

    def _end(self, job: Job, what: State, told: Any) -> None:
        if job.over:
            return  # stopped at the last moment
        if what == "done":
            job.result = told
        elif what == "refused":
            job.problems = told
        else:
            log.error("defect", incident=job.id[:8], error=told[0], places=told[1])
        job.state = what


def _run(there: Connection, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    """In the other process. The words of an unexpected error may cite a patient; only its kind and place are told."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(_NICE)
    try:
        result = function(lambda done, total: there.send(("step", (done, total))), *arguments)
    except InputError as error:
        there.send(("refused", tuple(str(problem) for problem in error.problems)))
    except Exception as error:
        there.send(("failed", (type(error).__name__, places_of(error))))
    else:
        there.send(("done", result))
