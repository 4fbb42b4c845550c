"""Sealed records, commitments and keys by themselves."""

import hashlib
import json
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from euthymia.errors import InputError
from euthymia.ledger.canonical import canonical, digest
from euthymia.ledger.commitments import commitments, opened, packed, unpacked
from euthymia.ledger.form import has_form
from euthymia.ledger.record import Place, Sealed, checkpoint, seal
from euthymia.ledger.signing import is_signed, make_key, public_path, read_key, read_public
from tests.ledger.forging import assessment

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e15, 1e15) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(values)
def test_canonical_text_says_the_same_and_has_one_form(value: Any) -> None:
    """Read again and written again, it is the same text; numbers are those that JSON carries everywhere."""
    text = canonical(value)
    assert json.loads(text) == value
    assert canonical(json.loads(text)) == text


@given(values, values)
def test_a_commitment_fixes_its_value(one: Any, other: Any) -> None:
    """With the salt it can be checked by anybody; another value, and the same value with another salt, have another one."""
    opening = opened(one)
    assert opening.commitment == f"sha256:{hashlib.sha256(opening.salt + opening.text.encode()).hexdigest()}"
    assert opening.commitment != opened(one).commitment
    assert opening.commitment != opened(other).commitment
    assert unpacked(packed((opening, opened(other))))[0] == opening


def test_the_order_of_commitments_says_nothing() -> None:
    """They are sorted by themselves, not by what they commit to."""
    part = tuple(opened(number) for number in range(20))
    assert commitments({"facts": part})["facts"] == sorted(opening.commitment for opening in part)


@pytest.mark.parametrize(
    "content", [b"", b"x", packed(())[:-1], packed((opened(1),))[:10]], ids=["nothing", "a letter", "cut", "cut early"]
)
def test_packed_content_that_is_damaged_is_a_value_error(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        unpacked(content)


def sealed(**more: Any) -> Sealed:
    record = seal(
        assessment("anna"), Place("ab", 2, digest("x"), "2026-11-20T00:00:00+00:00", "cd", None), datetime(2026, 11, 20, tzinfo=UTC)
    )
    text = canonical(record.data | more)
    return Sealed(2, text, digest(text))


def test_a_record_has_its_form() -> None:
    assert has_form(sealed())


@pytest.mark.parametrize(
    "more",
    [
        {"schema": "euthymia.record/2"}, {"kind": "note"}, {"at": "yesterday"}, {"at": "2026-11-20T00:00:00"}, {"number": "2"},
        {"number": True}, {"before": "x"}, {"by": {"role": "clinician"}}, {"content": {}}, {"extra": 1}, {"clock_went_back": 0},
        {"commitments": {"facts": ["x"]}}, {"subject": 5},
    ],
    ids=str,
)  # fmt: skip
def test_another_form_is_told(more: dict[str, Any]) -> None:
    """A key too many, a value of another kind, a time without its zone."""
    assert not has_form(sealed(**more))


def test_nothing_of_the_patient_is_sealed() -> None:
    """Neither name nor value of a fact, nor the pseudonym."""
    body = sealed().body
    for word in ("anna", "risk", "assessed", "self_harm"):
        assert word not in body


def test_the_private_key_is_its_owners_alone(tmp_path: Path) -> None:
    """And neither file is ever overwritten."""
    signer = make_key(tmp_path / "folder" / "key")
    assert stat.S_IMODE((tmp_path / "folder" / "key").stat().st_mode) == 0o600
    assert read_public(public_path(tmp_path / "folder" / "key")) == read_key(tmp_path / "folder" / "key").public == signer.public
    before = (tmp_path / "folder" / "key").read_bytes()
    with pytest.raises(InputError, match="File exists"):
        make_key(tmp_path / "folder" / "key")
    assert (tmp_path / "folder" / "key").read_bytes() == before


def test_a_signature_is_of_one_text_and_one_key(tmp_path: Path) -> None:
    one, other = make_key(tmp_path / "one"), make_key(tmp_path / "other")
    text = checkpoint("ab", 2, digest("x"))
    assert is_signed(one.public, text, one.sign(text))
    assert not is_signed(other.public, text, one.sign(text))
    assert not is_signed(one.public, checkpoint("ab", 3, digest("x")), one.sign(text))
    assert not is_signed(one.public, text, "zz")


@pytest.mark.parametrize("content", [b"", b"no key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_file_that_is_no_key_is_told(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)
    with pytest.raises(InputError, match="is no private key"):
        read_key(path)
    with pytest.raises(InputError, match="is no public key"):
        read_public(path)
