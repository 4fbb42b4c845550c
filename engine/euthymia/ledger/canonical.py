"""One spelling for every record: JSON by RFC 8785, and the SHA-256 of it."""

import hashlib
from typing import Any

import rfc8785


def canonical(data: Any) -> str:
    """Text of the data by RFC 8785: keys sorted, numbers in one form, no spaces. Patient files hold no number beyond what JSON carries."""
    return rfc8785.dumps(data).decode("utf-8")


def digest(data: str | bytes) -> str:
    """`sha256:` and 64 hexadecimal digits."""
    return f"sha256:{hashlib.sha256(data.encode('utf-8') if isinstance(data, str) else data).hexdigest()}"
