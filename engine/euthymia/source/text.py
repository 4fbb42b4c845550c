"""YAML 1.2 and JSON from untrusted files, into plain data and line numbers.

Built on the parser's events, before anything is constructed: anchors, aliases, tags, repeated keys, depth, size and
special numbers are refused with their line, and `no` stays the word no.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from euthymia.errors import InputError, Problem, found

_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

_INTEGER = re.compile(r"[-+]?[0-9]{1,15}")
_NUMBER = re.compile(r"[-+]?(?:[0-9]{1,15}(?:\.[0-9]{0,15})?|\.[0-9]{1,15})(?:[eE][-+]?[0-9]{1,3})?")
_WORDS = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_TRUTHS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_SURROGATES = re.compile(r"\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})", re.IGNORECASE)

Path_ = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may hold at most. Bytes of text, levels of nesting, values in all."""

    size: int = 1_000_000
    depth: int = 16
    values: int = 50_000


@dataclass(frozen=True, slots=True)
class Document:
    """A file as plain data (None, bool, int, float, str, list, dict) with the line of every value.

    `problems` are mistakes that leave the data readable (a key given twice); whoever uses the document must report them.
    """

    name: str
    data: Any
    lines: dict[Path_, int] = field(repr=False)
    problems: tuple[Problem, ...] = ()

    def line(self, path: Path_) -> int:
        """Line of the value at `path`, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def problem(self, path: Path_, message: str) -> Problem:
        """A mistake at a place of this file."""
        return Problem(self.name, self.line(path), dotted(path), message)


def dotted(path: Path_) -> str:
    """`trials[0].dose_daily` for ('trials', 0, 'dose_daily')."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return found(text)


def read_file(path: Path, limits: Limits | None = None) -> Document:
    """Read a file. Raises InputError when it is missing, too large, not UTF-8 or not well formed."""
    limits = limits or Limits()
    name = str(path)
    try:
        with path.open("rb") as stream:
            raw = stream.read(limits.size + 1)
    except OSError as error:
        raise InputError([Problem(name, 0, "", f"cannot be read: {error.strerror or error}")]) from None
    if len(raw) > limits.size:
        raise InputError([Problem(name, 0, "", f"larger than {limits.size:,} bytes, the most that is read")])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError([Problem(name, line, "", "not UTF-8 text; save the file as UTF-8")]) from None
    return read_document(text, name, limits)


def read_document(text: str, name: str, limits: Limits | None = None) -> Document:
    """Read text. Raises InputError with every mistake that can be told apart."""
    if name.endswith(".json") or text.lstrip()[:1] in ("{", "["):
        text = _as_yaml(text, name)
    builder = _Builder(name, limits or Limits())
    try:
        data = builder.document(yaml.parse(text, Loader=_Loader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        raise InputError([Problem(name, line, "", f"not well-formed YAML: {error.problem}")]) from None
    except (yaml.YAMLError, ValueError) as error:
        raise InputError([Problem(name, 0, "", f"not well-formed YAML: {found(str(error))}")]) from None
    return Document(name, data, builder.lines, tuple(builder.problems))


def _as_yaml(text: str, name: str) -> str:
    """JSON is nearly YAML: two halves of one character must be joined first. Bad JSON in a .json file is an error."""
    if name.endswith(".json"):
        try:
            json.loads(text)
        except json.JSONDecodeError as error:
            raise InputError([Problem(name, error.lineno, "", f"not well-formed JSON: {error.msg}")]) from None
        except (RecursionError, ValueError) as error:
            raise InputError([Problem(name, 0, "", f"not usable JSON: {found(str(error))}")]) from None
    return _SURROGATES.sub(lambda pair: chr(_code_point(pair[1], pair[2])), text)


def _code_point(high: str, low: str) -> int:
    return 0x10000 + ((int(high, 16) - 0xD800) << 10) + (int(low, 16) - 0xDC00)


class _Builder:
    """Plain data from parser events, one problem for each thing that is not allowed."""

    def __init__(self, name: str, limits: Limits) -> None:
        self.name = name
        self.limits = limits
        self.problems: list[Problem] = []
        self.lines: dict[Path_, int] = {}
        self._values = 0

    def document(self, events: Iterator[Any]) -> Any:
        data: Any = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._problem(event, (), "a second document (---) in one file; only one is read")
                    break
            elif isinstance(event, yaml.NodeEvent):
                data = self._value(event, events, (), 0)
        if documents == 0:
            self.problems.append(Problem(self.name, 1, "", "the file is empty"))
        return data

    def _value(self, event: Any, events: Iterator[Any], path: Path_, depth: int) -> Any:
        self.lines.setdefault(path, _line(event))
        self._count(event, depth)
        if isinstance(event, yaml.AliasEvent):
            return self._problem(event, path, "aliases (*name) are not allowed; write the value out")
        self._plain(event, path)
        if isinstance(event, yaml.ScalarEvent):
            return event.value if event.style else plain_scalar(event.value)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(events, path, depth)
        return self._mapping(events, path, depth)

    def _plain(self, event: Any, path: Path_) -> None:
        """Neither anchor nor tag."""
        if event.anchor is not None:
            self._problem(event, path, "anchors (&name) are not allowed")
        if event.tag is not None and event.tag != "!":
            self._problem(event, path, f"tags ({found(event.tag)}) are not allowed")

    def _list(self, events: Iterator[Any], path: Path_, depth: int) -> list[Any]:
        items: list[Any] = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            items.append(self._value(event, events, (*path, len(items)), depth + 1))
        return items

    def _mapping(self, events: Iterator[Any], path: Path_, depth: int) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        own: dict[str, int] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            if not isinstance(event, yaml.ScalarEvent):
                self._problem(event, path, "a key must be a plain word")
                self._value(event, events, (*path, "?"), depth + 1)
                self._value(next(events), events, (*path, "?"), depth + 1)
                continue
            key, line = event.value, _line(event)
            place = (*path, key)
            self._plain(event, place)
            before = own.get(key)
            self.lines[place] = own[key] = line
            value = self._value(next(events), events, place, depth + 1)
            if before is not None:
                self._problem(event, place, f"given twice (first on line {before}); keep one")
            entries[key] = value
        return entries

    def _count(self, event: Any, depth: int) -> None:
        self._values += 1
        if depth > self.limits.depth:
            self._stop(event, f"nested more than {self.limits.depth} levels deep")
        if self._values > self.limits.values:
            self._stop(event, f"more than {self.limits.values:,} values, the most that is read")

    def _problem(self, event: Any, path: Path_, message: str) -> None:
        self.problems.append(Problem(self.name, _line(event), dotted(path), message))

    def _stop(self, event: Any, message: str) -> None:
        raise InputError([*self.problems, Problem(self.name, _line(event), "", message)])


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def plain_scalar(text: str) -> Any:
    """An unquoted word by YAML 1.2's core rules: null, true, 12, 1.5, else the word itself."""
    if text in _WORDS:
        return None
    if text in _TRUTHS:
        return _TRUTHS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text):
        return float(text)
    return text
