"""Filters of the text pages: wrapping and colour. Without colour no escape sequence is ever written."""

from collections.abc import Callable
from textwrap import fill, wrap

_RESET = "\x1b[0m"
_STYLES = {"alert": "\x1b[1;31m", "faint": "\x1b[2m", "good": "\x1b[32m", "open": "\x1b[33m", "strong": "\x1b[1m"}
_BY_STATUS = {"met": "good", "recommended": "good", "undetermined": "open", "not_met": "strong", "not_applicable": "faint"}


def text_filters(colour: bool, width: int, marks: dict[str, str]) -> dict[str, Callable[..., str]]:
    """The filters by name."""

    def painted(style: str) -> Callable[[str], str]:
        return lambda text: f"{_STYLES[style]}{text}{_RESET}" if colour and text else str(text)

    def heading(text: str) -> str:
        return f"\n{painted('strong')(text)}" if colour else f"\n{text}\n{'-' * min(len(text), width)}"

    def wrapped(text: object, indent: int = 0, hanging: int | None = None) -> str:
        rest = " " * (indent if hanging is None else hanging)
        return fill(str(text), max(width, len(rest) + 20), initial_indent=" " * indent, subsequent_indent=rest)

    def cell(text: object, size: int) -> str:
        return (wrap(str(text), size, max_lines=1, placeholder="...") or [""])[0].ljust(size)

    def mark(status: str) -> str:
        return painted(_BY_STATUS[status])(marks[status])

    def of_status(text: str, status: str) -> str:
        return painted(_BY_STATUS[status])(text)

    def entry(text: object, status: str, indent: int = 0) -> str:
        body = wrapped(text, indent + 2)[indent + 2 :]
        return f"{' ' * indent}{mark(status)} {body}"

    named = {style: painted(style) for style in _STYLES}
    return {**named, "heading": heading, "wrap": wrapped, "cell": cell, "mark": mark, "of_status": of_status, "entry": entry}
