"""What the text that an author is typing would change, worked out while they look on.

Each call goes on for a moment and tells how far it is; the page calls again until it is over. So nothing goes on that nobody waits for, a
newer text never waits for an older one, and one author's checks never wait long for another's patients. Knows no request.
"""

import time
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from euthymia.errors import InputError
from euthymia.ledger.opening import open_store
from euthymia.ledger.store import Store
from euthymia.web.charts import work
from euthymia.web.rules import drafts
from euthymia.web.rules.effects import Asked, Effects, latest_records
from euthymia.web.rules.in_force import InForce

Item = dict[str, Any]
_MOMENT = 0.5  # seconds
_AUTHORS = 8  # whose latest is kept; who was away longest begins anew
_REMEMBERED = 100  # patients, by the rules in force


@dataclass(frozen=True, slots=True)
class _Basis:
    """What the effects of a text rest upon beside it: when it changes, what was worked out is old."""

    records: list[int]
    files: tuple[tuple[tuple[str, int], ...], ...]


@dataclass(frozen=True, slots=True)
class _Latest:
    """Of one author."""

    effects: Effects
    basis: _Basis


@dataclass
class _Kept:
    """What this process has at hand of patients. `erasures`: so many had been recorded when it was worked out."""

    in_force: InForce
    erasures: int


_kept: list[_Kept] = []
_latest: dict[str, _Latest] = {}


def forget() -> None:
    """Keep nothing at hand of any patient."""
    _latest.clear()
    drafts.forget()
    for kept in _kept:
        kept.in_force.forget()


def go_on(author: str, asked: Asked, begin: bool) -> Item:
    """A moment further. `begin`: this text takes the place of the one that the author had before; else it is only gone on with.

    `state`: done, with the `result`; running, with `numbers`; mistakes, where the text has some; superseded, where the author has begun
    with another text since. Raises InputError where cases or ledger cannot be read.
    """
    with closing(open_store(asked.ledger, writable=False)) as store:
        in_force = _in_force(store)
        latest = _latest.get(author)
        if latest is not None and latest.effects.asked != asked and not begin:
            return {"state": "superseded"}
        if begin or latest is None:
            basis = _basis(asked, store)
            if latest is None or latest.effects.asked != asked or latest.basis != basis:
                try:
                    after = drafts.drafted(asked.rules, asked.texts)
                except InputError:
                    return {"state": "mistakes"}
                latest = _Latest(Effects(asked, in_force, after, basis.records), basis)
        found = latest.effects
        _latest.pop(author, None)
        _further(found, store)
    _latest[author] = latest  # the last one; of what ended with an error nothing is kept
    while len(_latest) > _AUTHORS:
        del _latest[next(iter(_latest))]
    return {"state": "done", "result": found.told()} if found.over else {"state": "running", "numbers": found.numbers()}


def _basis(asked: Asked, store: Store) -> _Basis:
    return _Basis(latest_records(store), tuple(drafts.state_of(folder) for folder in (asked.cases, asked.examples) if folder))


def _further(found: Effects, store: Store) -> None:
    until = time.monotonic() + _MOMENT
    while not found.over:
        found.go_on(store)
        if time.monotonic() >= until:
            return


def _in_force(store: Store) -> InForce:
    """With nothing kept of who was erased since, by whatever way."""
    erasures = store.count(("erasure",))
    if not _kept:
        _kept.append(_Kept(InForce(work.own().consultation, _REMEMBERED), erasures))
    elif _kept[0].erasures != erasures:
        forget()
        _kept[0].erasures = erasures
    return _kept[0].in_force
