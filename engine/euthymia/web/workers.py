"""Decisions are made in supervised processes: when one dies or hangs, that decision is not made, and the server goes on.

Each process has one thread, a rulebook and engines of its own. What belongs to one chart goes to the same process, which remembers it.
"""

import os
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, ProcessPoolExecutor
from concurrent.futures import TimeoutError as TooLong
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Literal, TypeVar
from zlib import crc32

from euthymia.web import work

Made = TypeVar("Made")
Urgency = Literal["now", "later", "draft"]
_PATIENCE: dict[Urgency, float] = {"now": 20.0, "later": 120.0, "draft": 40.0}  # seconds until a process is taken to hang
_AT_ONCE: tuple[Urgency, ...] = ("now", "later")  # ready before anybody is served; drafts only once an author comes
_NICE = 10  # what can wait gives way to what somebody waits for


class NotDecided(Exception):
    """The process that was to make the decision died or hung; no decision was made, and nothing was lost."""


class Workers:
    """Processes for work that somebody waits for, as many for work that may take longer, and one for drafts of rules."""

    def __init__(self, rules: Path, templates: Path, processes: int | None = None) -> None:
        count = processes or max(os.cpu_count() or 1, 1)
        self._pools: dict[Urgency, list[_Worker]] = {
            "now": [_Worker(rules, templates, 0) for _ in range(count)],
            "later": [_Worker(rules, templates, _NICE) for _ in range(count)],
            "draft": [_Worker(rules, templates, _NICE)],  # an author's draft may be of any kind, and must hold up no decision
        }

    def call(self, urgency: Urgency, affinity: str, function: Callable[..., Made], *arguments: Any) -> Made:
        """The result of a function of `work`, made in the process that belongs to `affinity`. Raises NotDecided, and what it raises."""
        pool = self._pools[urgency]
        return pool[crc32(affinity.encode()) % len(pool)].call(function, arguments, _PATIENCE[urgency])

    def start(self) -> None:
        """Have every process for decisions read the rules; returns once all have. Raises NotDecided."""
        waiting = [worker.submit(work.ready) for urgency in _AT_ONCE for worker in self._pools[urgency]]
        for future in waiting:
            future.result(timeout=_PATIENCE["later"])

    def restarts(self) -> int:
        """How often a process had to be replaced."""
        return sum(worker.restarts for pool in self._pools.values() for worker in pool)

    def stop(self) -> None:
        for pool in self._pools.values():
            for worker in pool:
                worker.stop()


class _Worker:
    """One process, replaced when it dies."""

    def __init__(self, rules: Path, templates: Path, nice: int) -> None:
        self._given = (rules, templates, nice)
        self._lock = threading.Lock()
        self._executor = self._made()
        self.restarts = 0

    def _made(self) -> ProcessPoolExecutor:
        context = get_context("forkserver")
        context.set_forkserver_preload(["euthymia.web.work"])
        return ProcessPoolExecutor(1, mp_context=context, initializer=work.begin, initargs=self._given)

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return self._executor.submit(function, *arguments)

    def call(self, function: Callable[..., Made], arguments: tuple[Any, ...], patience: float) -> Made:
        executor = self._executor
        try:
            return executor.submit(function, *arguments).result(timeout=patience)
        except TooLong:
            self._replace(executor, kill=True)
            raise NotDecided("took too long") from None
        except (BrokenProcessPool, CancelledError):
            self._replace(executor, kill=False)
            raise NotDecided("its process ended") from None

    def _replace(self, broken: ProcessPoolExecutor, *, kill: bool) -> None:
        """Whoever comes first; the others that waited find the new one."""
        with self._lock:
            if self._executor is not broken:
                return
            self._executor = self._made()
            self.restarts += 1
        if kill:
            for process in list(getattr(broken, "_processes", {}).values()):
                process.kill()
        broken.shutdown(wait=False, cancel_futures=True)

    def stop(self) -> None:
        for process in list((getattr(self._executor, "_processes", None) or {}).values()):
            process.terminate()
        self._executor.shutdown(wait=False, cancel_futures=True)
