"""Every tampering that we could think of is named by the record that it first concerns."""

import json
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euthymia.ledger.anchor import Anchor, anchor_of
from euthymia.ledger.commitments import opened, packed
from euthymia.ledger.opening import open_store
from euthymia.ledger.signing import Signer, make_key
from euthymia.ledger.verify import Verified, verify
from tests.ledger.forging import Forger, write
from tests.ledger.packing import zipped

LAST = 11
Tamper = Callable[[Forger], None]


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Signer, Signer]:
    """The ledger's key, and a forger's own."""
    folder = tmp_path_factory.mktemp("keys")
    return make_key(folder / "key"), make_key(folder / "other")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, keys: tuple[Signer, Signer]) -> dict[bool, Path]:
    """One ledger that is signed, and one that is not."""
    folder = tmp_path_factory.mktemp("written")
    paths = {signed: folder / f"signed-{signed}.sqlite" for signed in (True, False)}
    for signed, path in paths.items():
        write(path, keys[0] if signed else None)
    return paths


def checked(path: Path, *anchors: Anchor, public_key: str | None = None) -> Verified:
    with closing(open_store(str(path), writable=False)) as store:
        return verify(store, anchors, public_key)


def head(path: Path) -> Anchor:
    with closing(open_store(str(path), writable=False)) as store:
        row = store.head()
    assert row is not None
    made = anchor_of(row.sealed)
    return Anchor(made["ledger"], made["number"], made["hash"], made["signature"])


def changed(number: int, *, sealed: bool, **more: Any) -> Tamper:
    return lambda forger: forger.put(number, forger.body(number) | more, sealed=sealed)


def content_changed(number: int, **more: Any) -> Tamper:
    """Sealed again, but not chained again."""

    def tamper(forger: Forger) -> None:
        body = forger.body(number)
        forger.put(number, body | {"content": body["content"] | more})

    return tamper


def sql(statement: str, *values: Any) -> Tamper:
    return lambda forger: void(forger.run(statement, *values))


def void(_: object) -> None:
    return None


def inserted(number: int) -> Tamper:
    """A forged record that fits what is before it; those after it move on."""

    def tamper(forger: Forger) -> None:
        forger.make_room(number)
        forger.copy(number - 1, number)
        before = forger.run("SELECT hash FROM records WHERE number = ?", number - 1)[0][0]
        forger.put(number, forger.body(number - 1) | {"number": number, "before": before, "previous": number - 1})

    return tamper


# What is done, the first record that it concerns, and a word of what is said.
TAMPERINGS: dict[str, tuple[Tamper, int | None, str]] = {
    "a text changed": (changed(4, sealed=False, at="2026-11-20T00:03:00.000001+00:00"), 4, "changed"),
    "a text changed and its digest with it": (changed(4, sealed=True, by={"role": "auditor", "name": "x"}), 4, "changed"),
    "the day of an assessment changed": (content_changed(4, on="2026-11-19"), 4, "changed"),
    "the statuses counted otherwise": (content_changed(6, shape={"facts": 2, "statuses": {"met": 2}}), 6, "changed"),
    "a digest changed": (sql("UPDATE records SET hash = 'sha256:' || hex(zeroblob(32)) WHERE number = 6"), 6, "changed"),
    "a text that is no JSON": (sql("UPDATE records SET body = 'x' WHERE number = 6"), 6, "changed"),
    "one letter of a text": (sql("UPDATE records SET body = replace(body, 'c-17', 'c-18') WHERE number = 9"), 9, "changed"),
    "a record removed": (lambda forger: forger.remove(4, closing_up=False), 4, "removed"),
    "a record removed and the gap closed": (lambda forger: forger.remove(4, closing_up=True), 4, "removed"),
    "the erasure removed and the gap closed": (lambda forger: forger.remove(7, closing_up=True), 3, "no erasure"),
    "the opening removed": (lambda forger: forger.remove(1, closing_up=False), 1, "removed"),
    "the opening removed and the gap closed": (lambda forger: forger.remove(1, closing_up=True), 1, "removed"),
    "two neighbours changed places": (lambda forger: forger.swap(4, 5), 4, "reordered"),
    "two others changed places": (lambda forger: forger.swap(4, 10), 4, "reordered"),
    "a forged record inserted": (inserted(5), 5, "inserted"),
    "a record inserted after the opening": (inserted(3), 3, "inserted"),
    "an old record repeated at the end": (lambda forger: forger.copy(4, 12), 12, "inserted"),
    "a number below the first": (lambda forger: forger.copy(4, 0), 0, "inserted"),
    "a salt exchanged": (
        lambda forger: void(forger.run("UPDATE openings SET content = ? WHERE number = 4 AND part = 'answer'", packed([opened("x")]))),
        4, "answer",
    ),
    "content exchanged between records": (
        sql(
            "UPDATE openings SET content = (SELECT content FROM openings WHERE number = 4 AND part = 'facts') "
            "WHERE number = 6 AND part = 'facts'"
        ),
        6, "facts",
    ),
    "content that cannot be read": (sql("UPDATE openings SET content = x'00' WHERE number = 4 AND part = 'facts'"), 4, "cannot be read"),
    "part of the content removed": (sql("DELETE FROM openings WHERE number = 4 AND part = 'facts'"), 4, "lacks"),
    "all content removed without an erasure": (sql("DELETE FROM openings WHERE number = 4"), 4, "no erasure"),
    "a part added": (sql("INSERT INTO openings VALUES (7, 'answer', ?)", packed([opened("x")])), 7, "answer"),
    "content of no record": (sql("INSERT INTO openings VALUES (99, 'answer', ?)", packed([opened("x")])), None, "beside the records"),
    "erased content brought back": (
        lambda forger: void(forger.run("INSERT INTO openings SELECT 3, part, content FROM openings WHERE number = 8")), 3, "changed",
    ),
    "a patient renamed": (sql("UPDATE patients SET pseudonym = 'eve' WHERE pseudonym = 'anna'"), 2, "patients"),
    "a patient removed from the list": (sql("DELETE FROM patients WHERE pseudonym = 'clara'"), 6, "patients"),
    "a patient of no record added": (sql("INSERT INTO patients VALUES ('ab', 'eve')"), None, "beside the records"),
    "a record given to another patient": (
        sql("UPDATE records SET subject = (SELECT subject FROM records WHERE number = 6) WHERE number = 2"), 2, "changed",
    ),
    "an erasure called something else": (sql("UPDATE records SET kind = 'response' WHERE number = 7"), 3, "no erasure"),
    "a rule file changed": (
        sql("UPDATE rulebooks SET files = ?", zipped(json.dumps({"rulebook.yaml": "name: other\n"}))), 2, "rulebook was changed",
    ),
    "a rulebook removed": (sql("DELETE FROM rulebooks"), 2, "rulebook was removed"),
    "a rulebook that cannot be read": (sql("UPDATE rulebooks SET files = x'00'"), 2, "rulebook cannot be read"),
    "the compiled rulebook changed": (sql("UPDATE rulebooks SET compiled = ?", zipped("{}")), 2, "compiled"),
}  # fmt: skip


@pytest.mark.parametrize("signed", [True, False], ids=["signed", "unsigned"])
def test_an_honest_ledger_is_whole(signed: bool, written: dict[bool, Path], keys: tuple[Signer, Signer]) -> None:
    """All records, the erased one among them, with the key and an anchor."""
    found = checked(written[signed], head(written[signed]), public_key=keys[0].public if signed else None)
    assert (found.fault, found.records, found.forgotten, found.signed, found.anchors) == (None, LAST, 1, signed, 1)


@pytest.mark.parametrize("signed", [True, False], ids=["signed", "unsigned"])
@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_is_named(name: str, signed: bool, written: dict[bool, Path], tmp_path: Path) -> None:
    """By the number of the first record that is not as it was."""
    tamper, number, word = TAMPERINGS[name]
    path = Path(shutil.copy(written[signed], tmp_path))
    tamper(Forger(path))
    fault = checked(path).fault
    assert fault is not None
    assert fault.number == number
    assert word in fault.what or (signed and "signature" in fault.what)


REWRITINGS: dict[str, tuple[Tamper, int]] = {
    "a record changed": (lambda forger: (content_changed(4, on="2026-11-19")(forger), forger.chain_anew(5))[0], 4),
    "a record removed": (lambda forger: (forger.remove(4, closing_up=True), forger.chain_anew(4))[0], 4),
    "a record inserted": (lambda forger: (inserted(5)(forger), forger.chain_anew(6))[0], 5),
    "two records exchanged": (lambda forger: (forger.swap(4, 6), forger.chain_anew(4))[0], 4),
}


@pytest.mark.parametrize("name", REWRITINGS)
def test_a_signed_ledger_cannot_be_chained_anew(name: str, written: dict[bool, Path], tmp_path: Path) -> None:
    """Whoever lacks the key can make all digests fit, and no signature."""
    tamper, number = REWRITINGS[name]
    path = Path(shutil.copy(written[True], tmp_path))
    tamper(Forger(path))
    fault = checked(path).fault
    assert fault is not None
    assert fault.number == number


@pytest.mark.parametrize("name", REWRITINGS)
def test_an_unsigned_ledger_chained_anew_does_not_fit_its_anchor(name: str, written: dict[bool, Path], tmp_path: Path) -> None:
    """The anchor was made before, at the head."""
    anchor = head(written[False])
    path = Path(shutil.copy(written[False], tmp_path))
    REWRITINGS[name][0](Forger(path))
    assert checked(path, anchor).fault is not None


def test_truncation_shows_by_the_anchor(written: dict[bool, Path], tmp_path: Path) -> None:
    """Records cut off at the end leave a ledger that looks whole to whoever has no anchor."""
    anchor = head(written[True])
    path = Path(shutil.copy(written[True], tmp_path))
    forger = Forger(path)
    for number in (11, 10):
        forger.remove(number, closing_up=False)
    forger.run("DELETE FROM patients WHERE pseudonym = 'dora'")
    assert checked(path).fault is None
    fault = checked(path, anchor).fault
    assert fault is not None
    assert (fault.number, "removed" in fault.what) == (10, True)


def test_an_anchor_of_another_ledger_does_not_fit(written: dict[bool, Path]) -> None:
    fault = checked(written[True], head(written[False])).fault
    assert fault is not None
    assert "another ledger" in fault.what


@pytest.mark.parametrize("signature", [None, "00" * 64], ids=["missing", "wrong"])
def test_a_missing_or_wrong_signature_fails(signature: str | None, written: dict[bool, Path], tmp_path: Path) -> None:
    path = Path(shutil.copy(written[True], tmp_path))
    Forger(path).run("UPDATE records SET signature = ? WHERE number = 6", signature)
    fault = checked(path).fault
    assert fault is not None
    assert (fault.number, "signature" in fault.what) == (6, True)


def test_a_ledger_stripped_of_all_signatures_fails_where_the_key_is_given(
    written: dict[bool, Path], keys: tuple[Signer, Signer], tmp_path: Path
) -> None:
    """Written anew from its opening, as if it had never been signed."""
    path = Path(shutil.copy(written[True], tmp_path))
    forger = Forger(path)
    content_changed(1, public_key=None)(forger)
    forger.chain_anew(1)
    forger.run("UPDATE records SET signature = NULL")
    assert checked(path).fault is None
    fault = checked(path, public_key=keys[0].public).fault
    assert fault is not None
    assert "not signed with the key" in fault.what


def test_a_ledger_signed_anew_with_another_key_fails_where_the_key_is_given(
    written: dict[bool, Path], keys: tuple[Signer, Signer], tmp_path: Path
) -> None:
    path = Path(shutil.copy(written[True], tmp_path))
    forger = Forger(path, keys[1])
    content_changed(1, public_key=keys[1].public)(forger)
    forger.chain_anew(1)
    assert checked(path).fault is None
    assert checked(path, public_key=keys[0].public).fault is not None


def test_an_empty_ledger_is_whole_only_while_nothing_is_expected(
    written: dict[bool, Path], keys: tuple[Signer, Signer], tmp_path: Path
) -> None:
    """All records removed: found by the key, by the anchor, and by what is left beside them."""
    path = Path(shutil.copy(written[True], tmp_path))
    for table in ("openings", "patients", "records"):
        Forger(path).run(f"DELETE FROM {table}")
    assert checked(path).records == 0
    assert checked(path, public_key=keys[0].public).fault is not None
    assert checked(path, head(written[True])).fault is not None


columns = st.sampled_from(["records.hash", "records.body", "records.signature", "records.kind", "records.subject", "openings.content"])


@settings(max_examples=60)
@given(number=st.integers(1, LAST), column=columns, place=st.integers(0, 10_000), letter=st.integers(0, 15))
def test_any_single_change_is_found(
    number: int, column: str, place: int, letter: int, written: dict[bool, Path], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """One letter of one value of one record, wherever: that record is named, or one whose content it explains."""
    path = Path(shutil.copy(written[True], tmp_path_factory.mktemp("changed")))
    forger = Forger(path)
    table, name = column.split(".")
    rows = forger.run(f"SELECT rowid, {name} FROM {table} WHERE number = ? ORDER BY rowid", number)
    if not rows or rows[0][1] is None:
        return
    old = rows[0][1]
    new = changed_letter(old, place, letter)
    forger.run(f"UPDATE {table} SET {name} = ? WHERE rowid = ?", new, rows[0][0])
    fault = checked(path).fault
    assert (fault is not None) == (new != old)
    if fault is not None and not (number == 7 and name in ("kind", "subject")):
        assert fault.number == number


def changed_letter(old: str | bytes, place: int, letter: int) -> str | bytes:
    place %= len(old)
    if isinstance(old, bytes):
        return old[:place] + bytes([old[place] ^ (1 << letter % 8)]) + old[place + 1 :]
    return old[:place] + "0123456789abcdef"[letter] + old[place + 1 :]


def test_the_clock_may_go_back_but_not_in_silence(tmp_path: Path) -> None:
    """What the record says of the clock is checked against the record before it."""
    path = tmp_path / "ledger.sqlite"
    write(path, None)
    forger = Forger(path)
    body = forger.body(LAST)
    forger.put(LAST, body | {"at": "2020-01-01T00:00:00.000000+00:00"})
    fault = checked(path).fault
    assert fault is not None
    assert "clock" in fault.what
    forger.put(LAST, body | {"at": "2020-01-01T00:00:00.000000+00:00", "clock_went_back": True})
    found = checked(path)
    assert (found.fault, found.clock_went_back) == (None, [LAST])
