"""Pages of records, the newest first."""

from pathlib import Path

from euthymia.ledger.commitments import opened
from euthymia.ledger.ledger import Ledger
from euthymia.ledger.listing import Filters
from euthymia.ledger.record import Asker, Draft
from euthymia.ledger.searching import newest
from tests.ledger.conftest import Maker
from tests.ledger.forging import Forger
from tests.ledger.making import ledger_in

AUDITOR = Asker("auditor", "a1")


def noted(patient: str, by: Asker) -> Draft:
    """A record that needs no rulebook."""
    parts = {"patient": (opened(patient),), "response": (opened({"rules": [], "note": None}),)}
    return Draft("response", by, {"to": 1, "verdict": "accepted", "reason": None}, patient, parts)


def filled(maker: Maker, many: int) -> Ledger:
    ledger = ledger_in(maker())
    ledger.append_all([noted(f"p{number % 2}", AUDITOR if number % 10 == 0 else Asker("clinician", "c1")) for number in range(many)])
    return ledger


def numbers(ledger: Ledger, filters: Filters, most: int, looked: int = 10_000) -> list[list[int]]:
    """Page after page; no page looks at more than `looked` records."""
    pages, before = [], None
    while True:
        left = iter([False] * (looked - 1) + [True] * 10_000)
        found = newest(ledger.store, filters, before, most, lambda left=left: next(left))  # type: ignore[misc]
        assert found.looked <= looked
        pages.append([line["number"] for line in found.lines])
        if found.older is None:
            return pages
        before = found.older


def test_pages_follow_each_other_to_the_first_record(store_maker: Maker) -> None:
    """None is left out, and none stands twice."""
    pages = numbers(filled(store_maker, 120), Filters(), 50)
    assert [len(page) for page in pages] == [50, 50, 21]
    assert [number for page in pages for number in page] == list(range(121, 0, -1))


def test_rare_records_are_found_however_little_is_looked_at_once(store_maker: Maker) -> None:
    """A page may be empty; the next one goes on where it ended."""
    pages = numbers(filled(store_maker, 60), Filters(role="auditor"), 50, looked=7)
    assert [number for page in pages for number in page] == [52, 42, 32, 22, 12, 2, 1]
    assert [] in pages


def test_records_of_one_patient_of_one_kind(store_maker: Maker) -> None:
    """And none where nobody has that name."""
    ledger = filled(store_maker, 10)
    assert numbers(ledger, Filters(patient="p1", kind="response"), 50) == [[11, 9, 7, 5, 3]]
    assert numbers(ledger, Filters(patient="p1", kind="opening"), 50) == [[]]
    assert numbers(ledger, Filters(patient="p9"), 50) == [[]]


def test_a_record_that_was_changed_hides_no_other(sqlite_maker: Maker) -> None:
    """It is named among those found, with its flaw, whatever was looked for."""
    ledger = filled(sqlite_maker, 10)
    Forger(Path(sqlite_maker.where)).run("UPDATE records SET body = replace(body, 'c1', 'c2') WHERE number = 5")
    found = newest(ledger.store, Filters(role="auditor"), None, 50)
    assert [line["number"] for line in found.lines] == [5, 2, 1]
    assert "was changed: its text is not the one that was sealed" in found.lines[0]["flaw"]
