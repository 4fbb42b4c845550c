"""A time limit that stops a hanging call."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Hangs(Exception):
    """Something took longer than it may."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise Hangs when the block takes longer. For the main thread only."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise Hangs(f"took more than {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
