"""Words too long for a line: they are let break, so that nothing runs off a printed page."""

import re
from typing import Any

_LONG = re.compile(r"[^\s\-/\u200b]{25,}")
_JOINT = re.compile(r"(?<=[_.@:;,+])(?=.)")
_PIECE = re.compile(r".{12}(?=.)")
_WHOLE = ("digest",)  # to be copied from the page as it is
_MAY_BREAK = "\u200b"


def breakable(value: Any) -> Any:
    """The same data; a very long word may break at its joints, and without these after every twelfth letter."""
    if isinstance(value, str):
        return _LONG.sub(lambda word: _broken(word[0]), value)
    if isinstance(value, dict):
        return {key: item if key in _WHOLE else breakable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [breakable(item) for item in value]
    return value


def _broken(word: str) -> str:
    parts = _JOINT.split(word)
    return _MAY_BREAK.join(_LONG.sub(lambda part: _PIECE.sub(lambda piece: piece[0] + _MAY_BREAK, part[0]), part) for part in parts)
