"""Long work over the whole ledger, each in a process of its own: how far it is is told, what came out is plain data."""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from euthymia import certificate
from euthymia.ledger.anchor import Anchor
from euthymia.ledger.export import ndjson
from euthymia.ledger.replay import PARTS_NEEDED, Replayed
from euthymia.ledger.replay import replay as replayed
from euthymia.ledger.reports import of_replay, of_verification
from euthymia.ledger.rulebooks import old_rulebooks
from euthymia.ledger.sound import require_sound
from euthymia.ledger.statistics import statistics
from euthymia.ledger.store import Row, Store
from euthymia.ledger.verify import verify
from euthymia.render.clean import clean_text
from euthymia.render.words import read_words
from euthymia.web.audit.audit_work import reading
from euthymia.web.jobs import Step

Item = dict[str, Any]
_EVERY = 0.3  # seconds between two tellings of how far it is
_MOST = 200  # records told one by one; the others are counted


def verification(step: Step, where: str, anchors: Sequence[Anchor], public_key: str | None) -> Item:
    """Is every record as it was written?"""
    with reading(where) as store:
        found = verify(store, anchors, public_key, _counted(step, store.count()))
    return {"right": found.fault is None, "lines": _cleaned(of_verification(found, len(anchors)))}


def replaying(step: Step, where: str, templates: Path, first: int | None, last: int | None) -> Item:
    """Does today's program come to the same answers? Of the records from `first` to `last`. Raises InputError for one that was changed."""
    words, same, forgotten, all_of_them = read_words(templates), 0, 0, 0
    told: list[tuple[int, list[str]]] = []
    with reading(where) as store, old_rulebooks(store) as rulebooks:
        one_more = _counted(step, _number(store, first, last))
        for row in _assessments(store, first, last):
            result = replayed(require_sound(row, store.where, PARTS_NEEDED), rulebooks, words)
            all_of_them, same, forgotten = all_of_them + 1, same + result.same, forgotten + result.forgotten
            told += [] if result.same or len(told) >= _MOST else [(result.number, _about(result))]
            one_more()
    right = same + forgotten == all_of_them
    return {"right": right, "same": same, "of": all_of_them - forgotten, "forgotten": forgotten, "told": told}


def _about(result: Replayed) -> list[str]:
    return _cleaned([line.strip() for line in of_replay(result)])


def _number(store: Store, first: int | None, last: int | None) -> int:
    if first is None and last is None:
        return store.count(("assessment",))
    return sum(1 for _ in _assessments(store, first, last, parts=()))


def _assessments(store: Store, first: int | None, last: int | None, parts: Sequence[str] = PARTS_NEEDED) -> Iterator[Row]:
    for row in store.rows((first or 1) - 1, parts, kinds=("assessment",)):
        if last is not None and row.sealed.number > last:
            return
        yield row


def checking(step: Step, where: str) -> Item:
    """Does every step of every derivation follow? By a checker that shares no code with the engines."""
    with reading(where) as store:
        report = certificate.check(ndjson(store, _counted(step, store.count())))
    faults = _cleaned(report.faults)
    return {
        "right": not faults,
        "records": report.records,
        "steps": report.steps,
        "forgotten": report.forgotten,
        "faults": faults[:_MOST],
        "more": max(len(faults) - _MOST, 0),
    }


def counting(step: Step, where: str) -> Item:
    """What all records together say."""
    with reading(where) as store:
        return statistics(store, _counted(step, store.count()))


def _cleaned(lines: Sequence[str]) -> list[str]:
    return [clean_text(line) for line in lines]


def _counted(step: Step, total: int) -> Callable[[], None]:
    """Tells now and then: telling each record of a long ledger would take longer than reading it."""
    done, told = 0, 0.0

    def one_more() -> None:
        nonlocal done, told
        done += 1
        if time.monotonic() - told >= _EVERY:
            told = time.monotonic()
            step(done, total)

    step(0, total)
    return one_more
