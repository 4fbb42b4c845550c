"""Salted commitments: a sealed record holds only their digests, and what they commit to can be forgotten.

A commitment is the SHA-256 of sixteen random bytes followed by the canonical text of a value. Without the salt it says nothing about the
value, not even to somebody who can guess all values that are possible.
"""

import json
import secrets
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from euthymia.ledger.canonical import canonical, digest

_SALT = 16


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens one commitment: the salt, and the canonical text of the value."""

    salt: bytes
    text: str

    @property
    def commitment(self) -> str:
        return digest(self.salt + self.text.encode("utf-8"))

    @property
    def value(self) -> Any:
        return json.loads(self.text)


Part = tuple[Opening, ...]
Parts = Mapping[str, Part]


def opened(value: Any) -> Opening:
    """A fresh salt for a value."""
    return Opening(secrets.token_bytes(_SALT), canonical(value))


def commitments(parts: Parts) -> dict[str, list[str]]:
    """By part, in an order that says nothing about the values."""
    return {name: sorted(opening.commitment for opening in part) for name, part in parts.items()}


def packed(part: Sequence[Opening]) -> bytes:
    """As the store keeps one part of a record: a line for each, salt and text. Canonical text has no line ends of its own."""
    return zlib.compress("\n".join(f"{opening.salt.hex()} {opening.text}" for opening in part).encode("utf-8"), 6)


def unpacked(content: bytes) -> Part:
    """Raises ValueError when the bytes are not what `packed` made."""
    try:
        lines = zlib.decompress(content).decode("utf-8").split("\n")
    except zlib.error as error:
        raise ValueError(str(error)) from None
    pairs = (line.partition(" ") for line in lines if line)
    return tuple(Opening(bytes.fromhex(salt), text) for salt, _, text in pairs)
