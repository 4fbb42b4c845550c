"""Clocks and medians."""

import gc
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
ON = date(2026, 11, 20)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what was compared, both medians, and the ratio or whatever else is to be told."""

    what: str
    one: str
    other: str
    ratio: str


def seconds(act: Callable[[], object], repeats: int) -> float:
    """Median time of one call."""
    act()
    gc.collect()
    taken = []
    for _ in range(repeats):
        started = time.perf_counter()
        act()
        taken.append(time.perf_counter() - started)
    return median(taken)


def alternating(acts: Sequence[Callable[[], object]], repeats: int) -> list[float]:
    """Median time of each of several things, done in turn so that a slow moment of the machine strikes all alike."""
    for act in acts:
        act()
    taken: list[list[float]] = [[] for _ in acts]
    for _ in range(repeats):
        for act, times in zip(acts, taken, strict=True):
            started = time.perf_counter()
            act()
            times.append(time.perf_counter() - started)
    return [median(times) for times in taken]


def compared(what: str, names: tuple[str, str], times: tuple[float, float]) -> Row:
    """A row that says how many times as long the second took."""
    return Row(what, f"{names[0]} {told(times[0])}", f"{names[1]} {told(times[1])}", f"{times[1] / times[0]:.1f} ×")


def told(time_taken: float) -> str:
    if time_taken < 1e-3:
        return f"{time_taken * 1e6:.0f} µs"
    return f"{time_taken * 1e3:.1f} ms" if time_taken < 1 else f"{time_taken:.2f} s"


def progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
