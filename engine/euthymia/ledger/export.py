"""The whole ledger as lines of JSON, by the format that docs/ledger-format.md describes."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from euthymia.ledger.record import Sealed
from euthymia.ledger.rulebooks import compiled_text, files_of
from euthymia.ledger.store import PARTS, Row, Store, StoredRulebook


def ndjson(store: Store, step: Callable[[], None] = lambda: None) -> Iterator[str]:
    """One line for the ledger, one for each rulebook, one for each record."""
    head = store.head()
    if head is None:
        return
    last = head.sealed
    yield _line({"schema": "euthymia.ledger/1", "ledger": last.data["ledger"], "records": last.number, "head": _place(last)})
    for digest in store.digests():
        stored = store.rulebook(digest)
        if stored is not None:
            yield _line({"rulebook": exported_rulebook(stored)})
    for row in store.rows(parts=PARTS):
        if row.sealed.number > last.number:
            return  # written since the first line
        yield _line(exported_record(row))
        step()


def exported_rulebook(stored: StoredRulebook) -> dict[str, Any]:
    return {"digest": stored.digest, "files": files_of(stored), "compiled": compiled_text(stored)}


def exported_record(row: Row) -> dict[str, Any]:
    parts = {name: [[opening.salt.hex(), opening.text] for opening in row.part(name)] for name in row.parts}
    return {"record": {**_place(row.sealed), "body": row.sealed.body}, "parts": parts}


def _place(sealed: Sealed) -> dict[str, Any]:
    return {"number": sealed.number, "hash": sealed.hash, "signature": sealed.signature}


def _line(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False)
