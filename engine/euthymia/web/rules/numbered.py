"""A rule file as numbered lines, and which of them make up one rule and its condition."""

from dataclasses import dataclass

from euthymia.errors import InputError
from euthymia.rulebook.checks.report import LIMITS
from euthymia.source import Document, read_document

_CONDITION = ("when", "applies")
_LISTS = ("rules", "texts")
_ONE = ("definition", "ranking", "sequence")


@dataclass(frozen=True, slots=True)
class Line:
    """`marked`: it belongs to the condition."""

    number: int
    text: str
    marked: bool = False


def numbered(text: str) -> list[Line]:
    parts = text.split("\n")
    return [Line(number, line) for number, line in enumerate(parts[:-1] if parts[-1] == "" else parts, 1)]


def lines_of(text: str, wanted: str) -> list[Line]:
    """The lines of the entry of that id, its condition marked; empty where the file does not have it, or cannot be read."""
    try:
        document = read_document(text, "rules.yaml", LIMITS)
    except InputError:
        return []
    place = _place(document, wanted)
    if place is None:
        return []
    lines = numbered(text)
    start, end = _span(document, place, len(lines))
    marked = {number for key in _CONDITION for number in _numbers(document, (*place, key), end)}
    found = [Line(line.number, line.text, line.number in marked) for line in lines[start - 1 : end]]
    while found and not found[-1].text.strip():
        found.pop()
    return found


def _place(document: Document, wanted: str) -> tuple[str | int, ...] | None:
    data = document.data if isinstance(document.data, dict) else {}
    for key in _LISTS:
        for number, entry in enumerate(data.get(key) or []):
            if isinstance(entry, dict) and entry.get("id") == wanted:
                return (key, number)
    return next(((key,) for key in _ONE if isinstance(data.get(key), dict) and data[key].get("id") == wanted), None)


def _span(document: Document, place: tuple[str | int, ...], last: int) -> tuple[int, int]:
    """From the entry's first line to that before the next entry or key."""
    start = document.line(place)
    later = [line for other, line in document.lines.items() if line > start and other[: len(place)] != place]
    return start, min(later, default=last + 1) - 1


def _numbers(document: Document, key: tuple[str | int, ...], end: int) -> range:
    if key not in document.lines:
        return range(0)
    start = document.lines[key]
    later = [line for other, line in document.lines.items() if line > start and other[: len(key)] != key]
    return range(start, min([*later, end + 1]))
