"""Bytes as the store keeps texts."""

import zlib


def zipped(text: str) -> bytes:
    return zlib.compress(text.encode("utf-8"))
