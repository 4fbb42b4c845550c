"""A YAML or JSON file that a program changes while it stays the file of whoever wrote it: comments, order and layout are kept.

A change is written to a file beside it, and takes its place only once it is on the disk: at any moment the file is whole, old or new.
"""

import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from euthymia.errors import InputError, Problem
from euthymia.source.text import read_document

Place = tuple[str, ...]
_ANY_WRITE = 0o222  # whoever runs as root may write everything; a file marked as read-only is left alone all the same


def changed_text(text: str, name: str, changes: list[tuple[Place, Any]]) -> str:
    """The text of a file with each value put at its place; a place inside a list names the entry by its `id`.

    What is missing on the way is made. Raises InputError when the result would not read back as the same data with these changes.
    """
    lines = text.replace("\r\n", "\n")
    made = _json(lines, changes) if name.endswith(".json") else _yaml(lines, name, changes)
    _check(lines, made, name, changes)
    return made.replace("\n", "\r\n") if "\r\n" in text else made


def new_text(name: str) -> str:
    """The beginning of a patient file that does not exist yet."""
    return '{"schema": "euthymia.patient/1"}\n' if name.endswith(".json") else "schema: euthymia.patient/1\n"


def text_on_disk(path: Path) -> str:
    """The text with its line ends as they are. Raises InputError."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return stream.read()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError([Problem(str(path), 0, "", f"cannot be read: {error}")]) from None


def writable(path: Path) -> None:
    """Raises InputError where the file or its folder could not be written, before anything is asked."""
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise InputError([Problem(str(path), 0, "", "is a folder; a file is needed")])
    if target.exists() and not (os.access(target, os.W_OK) and target.stat().st_mode & _ANY_WRITE):
        raise InputError([Problem(str(path), 0, "", "may not be written; answers could not be saved")])
    if not target.parent.is_dir() or not os.access(target.parent, os.W_OK):
        raise InputError([Problem(str(path), 0, "", "its folder does not exist or may not be written")])


def save(path: Path, text: str) -> None:
    """Put `text` into the file, whole or not at all; on return it is on the disk. Raises InputError when that cannot be done."""
    target = Path(os.path.realpath(path))  # a link stays a link
    try:
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="", dir=target.parent, suffix=".part", delete=False) as file:
            try:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
                file.close()
                if target.exists():
                    os.chmod(file.name, target.stat().st_mode & 0o777)
                os.replace(file.name, target)
            except BaseException:
                with suppress(OSError):
                    os.unlink(file.name)
                raise
    except OSError as error:
        raise InputError([Problem(str(path), 0, "", f"cannot be written: {error.strerror or error}")]) from None


def _json(text: str, changes: list[tuple[Place, Any]]) -> str:
    data = json.loads(text) if text.strip() else {}
    for place, value in changes:
        _put(data, place, value, dict, list)
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _yaml(text: str, name: str, changes: list[tuple[Place, Any]]) -> str:
    from euthymia.source.layout import changed_yaml  # noqa: PLC0415  the library takes long to load, and most commands need it not

    return changed_yaml(text, name, changes, _put)


def _put(data: Any, place: Place, value: Any, mapping: type, sequence: type) -> None:
    """Walk to the place, making what is missing, and put the value there; a value with a source keeps its source out: it is replaced."""
    here, rest = place[0], place[1:]
    if isinstance(data, list):
        row = next((row for row in data if isinstance(row, dict) and str(row.get("id")) == here), None)
        if row is None:
            row = mapping()
            row["id"] = here
            data.append(row)
        _put(row, rest, value, mapping, sequence)
    elif not rest:
        data[here] = value
    else:
        if data.get(here) is None:
            data[here] = sequence() if len(rest) == 2 else mapping()
        _put(data[here], rest, value, mapping, sequence)


def _check(before: str, after: str, name: str, changes: list[tuple[Place, Any]]) -> None:
    wanted = (read_document(before, name).data or {}) if before.strip() else {}
    for place, value in changes:
        _put(wanted, place, value, dict, list)
    if read_document(after, name).data != wanted:
        raise InputError([Problem(name, 0, "", "cannot be changed without changing more than the answer; enter it by hand")])
