"""Ed25519 signatures of checkpoints. The only module that knows the library for them."""

import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from euthymia.errors import InputError, Problem


class Signer:
    """A private key in use."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()

    def sign(self, text: str) -> str:
        return self._key.sign(text.encode("utf-8")).hex()


def is_signed(public: str, text: str, signature: str) -> bool:
    """Was the text signed with the private key that belongs to this public one? Both in hexadecimal."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), text.encode("utf-8"))
    except (InvalidSignature, ValueError):
        return False
    return True


def make_key(path: Path) -> Signer:
    """A new private key in a new file that only its owner may read, and beside it the public key, `.pub`. Never overwrites."""
    key = Ed25519PrivateKey.generate()
    _write_new(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), 0o600)
    _write_new(public_path(path), key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), 0o644)
    return Signer(key)


def public_path(path: Path) -> Path:
    return path.with_name(path.name + ".pub")


def read_key(path: Path) -> Signer:
    """A private key from a PEM file. Raises InputError."""
    try:
        key = load_pem_private_key(_read(path), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise InputError([Problem(str(path), 0, "", "is no private key that can be read: PEM without a password is")]) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise InputError([Problem(str(path), 0, "", "is a key of another kind; records are signed with Ed25519")])
    return Signer(key)


def read_public(path: Path) -> str:
    """A public key from a PEM file, in hexadecimal. Raises InputError."""
    return public_in(_read(path), str(path))


def public_in(content: bytes, name: str) -> str:
    """The same of the content of such a file; `name` is what messages call it."""
    try:
        key = load_pem_public_key(content)
    except (ValueError, UnsupportedAlgorithm):
        raise InputError([Problem(name, 0, "", "is no public key that can be read; PEM is")]) from None
    if not isinstance(key, Ed25519PublicKey):
        raise InputError([Problem(name, 0, "", "is a key of another kind; records are signed with Ed25519")])
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError([Problem(str(path), 0, "", f"cannot be read: {error.strerror or error}")]) from None


def _write_new(path: Path, content: bytes, mode: int) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except OSError as error:
        raise InputError([Problem(str(path), 0, "", f"cannot be written: {error.strerror or error}")]) from None
    with os.fdopen(handle, "wb") as file:
        file.write(content)
