"""What the processes of tests do. It imports little: each process reads it anew."""

import os
import threading
from typing import Any

from euthymia.errors import Disagreement, InputError, Problem
from euthymia.web.rules import drafts, live_effects


def process_id() -> int:
    return os.getpid()


def die() -> None:
    os.kill(os.getpid(), 9)


def hang() -> None:
    threading.Event().wait()


def disagree() -> None:
    raise Disagreement("found Zqxj7 and nothing")


def wrong_input() -> None:
    raise InputError([Problem("x", 0, "", "no such")])


def counting(step: Any, to: int) -> dict[str, int]:
    for number in range(to):
        step(number + 1, to)
    return {"counted": to}


def breaking(step: Any) -> None:
    raise ValueError("Zqxj7")


def refusing(step: Any) -> None:
    wrong_input()


def waiting(step: Any) -> None:
    step(1, 2)
    hang()


def dying(step: Any) -> None:
    die()


def at_hand() -> tuple[int, int, int, int]:
    """What this process keeps: patients by the rules in force, results of authors, drafts, and what an engine remembers."""
    kept, *_ = live_effects._kept
    with kept.in_force.consultation.engines.pool.engine() as engine:
        remembered = len(engine._fired)
    return len(kept.in_force), len(live_effects._latest), drafts._drafted.cache_info().currsize, remembered
