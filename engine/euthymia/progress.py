"""Progress of long work, on standard error only, and only where there is more than one thing to do."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

_EVERY = 10.0


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[], None]]:
    """A function to call after each of `total` things. Numbers only: no name of a file, no patient."""
    if total < 2:
        yield lambda: None
    elif sys.stderr.isatty():
        columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(what, total=total)
            yield lambda: bar.advance(task)
    else:
        yield _lines(what, total)


def _lines(what: str, total: int) -> Callable[[], None]:
    """A line now and then, for logs."""
    done = 0
    told = time.monotonic()

    def step() -> None:
        nonlocal done, told
        done += 1
        if done == total or time.monotonic() - told > _EVERY:
            told = time.monotonic()
            print(f"{done} of {total} {what}", file=sys.stderr)

    return step
