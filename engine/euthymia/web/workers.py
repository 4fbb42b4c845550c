"""Decisions are made in supervised processes: when one dies or hangs, that decision is not made, and the server goes on.

Each process has one thread, a rulebook and engines of its own. What belongs to one chart goes to the same process, which remembers it.
"""

import os
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLong
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, TypeVar
from zlib import crc32

from euthymia.web import forked
from euthymia.web.charts import work
from euthymia.web.rules import live_effects

Made = TypeVar("Made")
Urgency = Literal["now", "later", "draft"]
# Seconds until a process at work is taken to hang.
PATIENCE: Mapping[Urgency, float] = MappingProxyType({"now": 20.0, "later": 120.0, "draft": 40.0})
_AT_ONCE: tuple[Urgency, ...] = ("now", "later")  # ready before anybody is served; drafts only once an author comes
_PRELOADED = ["euthymia.web.forked", "euthymia.web.charts.work", "euthymia.web.audit.long_work", "euthymia.web.rules.live_effects"]
_NICE = 10  # what can wait gives way to what somebody waits for


class NotDecided(Exception):
    """The process that was to make the decision died or hung; no decision was made, and nothing was lost."""


class Superseded(Exception):
    """The same was asked again of newer facts before this was begun."""


class Workers:
    """Processes for work that somebody waits for, as many for work that may take longer, and one for drafts of rules."""

    def __init__(self, rules: Path, templates: Path, processes: int | None = None, patience: Mapping[Urgency, float] = PATIENCE) -> None:
        count = processes or max(os.cpu_count() or 1, 1)
        self._pools: dict[Urgency, list[_Worker]] = {
            "now": [_Worker((rules, templates, 0), patience["now"]) for _ in range(count)],
            "later": [_Worker((rules, templates, _NICE), patience["later"]) for _ in range(count)],
            # An author's draft may be of any kind, and must hold up no decision.
            "draft": [_Worker((rules, templates, _NICE), patience["draft"])],
        }

    def call(self, urgency: Urgency, affinity: str, function: Callable[..., Made], *arguments: Any) -> Made:
        """The result of a function of `work`, made in the process that belongs to `affinity`. Raises NotDecided, and what it raises."""
        return self._worker(urgency, affinity).call(function, arguments)

    def newest(self, urgency: Urgency, affinity: str, function: Callable[..., Made], *arguments: Any) -> Made:
        """The same; an earlier call that still waits for its turn is given up. That one raises Superseded."""
        return self._worker(urgency, affinity).call(function, arguments, (affinity, function.__name__))

    def _worker(self, urgency: Urgency, affinity: str) -> "_Worker":
        pool = self._pools[urgency]
        return pool[crc32(affinity.encode()) % len(pool)]

    def start(self) -> None:
        """Have every process for decisions read the rules; returns once all have. Raises NotDecided."""
        workers = self._of_decisions()
        with ThreadPoolExecutor(len(workers)) as waiting:
            for _ in waiting.map(lambda worker: worker.call(work.ready, ()), workers):
                pass

    def forget(self) -> None:
        """Have every process keep nothing of any patient: somebody was erased. Returns at once; each does so after what it is doing."""
        for worker in self._of_decisions():
            worker.forget(work.forget)
        for worker in self._pools["draft"]:
            worker.forget(live_effects.forget)

    def _of_decisions(self) -> list["_Worker"]:
        return [worker for urgency in _AT_ONCE for worker in self._pools[urgency]]

    def restarts(self) -> int:
        """How often a process had to be replaced."""
        return sum(worker.restarts for pool in self._pools.values() for worker in pool)

    def stop(self) -> None:
        for pool in self._pools.values():
            for worker in pool:
                worker.stop()


class _Worker:
    """One process, replaced when it dies. A thread of its own hands it one piece of work after the other: only that thread touches it."""

    def __init__(self, given: tuple[Path, Path, int], patience: float) -> None:
        self._given = given
        self._patience = patience
        self._hand = ThreadPoolExecutor(1)
        self._process = self._made()
        self._begun = False
        self._waiting: dict[tuple[str, str], Future[Any]] = {}
        self.restarts = 0

    def call(self, function: Callable[..., Made], arguments: tuple[Any, ...], newest: tuple[str, str] | None = None) -> Made:
        try:
            future = self._hand.submit(self._done, function, arguments)
        except RuntimeError:  # of an executor that was shut down
            raise NotDecided("the server is stopping") from None
        if newest is not None:
            earlier, self._waiting[newest] = self._waiting.get(newest), future
            if earlier is not None:
                earlier.cancel()  # does nothing to what is done or under way
        try:
            return future.result()
        except CancelledError:
            raise Superseded from None
        finally:
            if newest is not None and self._waiting.get(newest) is future:
                del self._waiting[newest]

    def forget(self, function: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # of an executor that was shut down: its process keeps nothing
            self._hand.submit(self._forgotten, function)

    def _forgotten(self, function: Callable[[], None]) -> None:
        if self._begun:  # else it has nothing to forget
            self._done(function, ())

    def _done(self, function: Callable[..., Made], arguments: tuple[Any, ...]) -> Made:
        self._begun = True
        try:
            return self._process.submit(function, *arguments).result(timeout=self._patience)
        except TooLong:
            self._replace()
            raise NotDecided("took too long") from None
        except (BrokenProcessPool, CancelledError):
            self._replace()
            raise NotDecided("its process ended") from None

    def _made(self) -> ProcessPoolExecutor:
        context = get_context("forkserver")
        os.environ[forked.RULES] = str(self._given[0])  # of use to the first one only: from its parent all others are forked
        context.set_forkserver_preload(_PRELOADED)
        return ProcessPoolExecutor(1, mp_context=context, initializer=work.begin, initargs=self._given)

    def _replace(self) -> None:
        self._end()
        self._process = self._made()
        self.restarts += 1

    def _end(self) -> None:
        for process in list((getattr(self._process, "_processes", None) or {}).values()):
            process.kill()  # it holds nothing that must be put away
        self._process.shutdown(wait=False, cancel_futures=True)

    def stop(self) -> None:
        self._hand.shutdown(wait=False, cancel_futures=True)
        self._end()
