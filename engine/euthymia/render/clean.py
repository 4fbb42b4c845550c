"""Text that cannot steer a terminal or turn a line around: everything from outside goes through here before it is shown."""

import unicodedata
from typing import Any

_SPACES = {"\n", "\t", "\r", "\u2028", "\u2029", "\x0b", "\x0c", "\x85"}
_DROPPED = ("Cc", "Cf", "Cs", "Co", "Cn")


def clean(value: Any) -> Any:
    """The same data without control, format and bidirectional characters in any text; keys included."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean(key): clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean(item) for item in value]
    return value


def clean_text(text: str) -> str:
    """Line ends become spaces; what has no shape of its own goes."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(" " if letter in _SPACES else letter for letter in text if letter in _SPACES or _visible(letter))


def _visible(letter: str) -> bool:
    return unicodedata.category(letter) not in _DROPPED
