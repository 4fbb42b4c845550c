"""One patient of a case for each value that the varied fact takes."""

import copy
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from euthymia.errors import InputError, found
from euthymia.source import read_document
from euthymia.source.text import plain_scalar

if TYPE_CHECKING:
    from euthymia.cases.files import Case

MISSING = "missing"


class CannotVary(Exception):
    """What is wrong with the fact that a case varies, or with one of its values."""


def values(case: "Case") -> list[str]:
    """The values that a varied fact takes, in the order of the file."""
    return list(dict.fromkeys(value for status in case.expect.values() if isinstance(status, dict) for value in status))


def expected(case: "Case", value: str | None) -> dict[str, str]:
    """The statuses that hold for one value, or for the one patient of a case that varies nothing."""
    one = {name: status if isinstance(status, str) else status.get(value or "") for name, status in case.expect.items()}
    return {name: status for name, status in one.items() if status is not None}


def varied(given: Mapping[str, Any], fact: str, value: str) -> dict[str, Any]:
    """The patient with that fact (`trial.drug@t1`) set to `value`. Raises CannotVary."""
    data = copy.deepcopy(dict(given))
    name, _, unit = fact.partition("@")
    record, _, key = name.partition(".")
    holder = _unit(data, record, unit) if unit else _record(data, record) if key else data
    if value == MISSING:
        holder.pop(key or record, None)
    else:
        holder[key or record] = _value(value)
    return data


def _unit(data: dict[str, Any], record: str, unit: str) -> dict[str, Any]:
    listed = data.get(f"{record}s")
    by_id = {str(row.get("id")): row for row in listed if isinstance(row, dict)} if isinstance(listed, list) else {}
    if unit not in by_id:
        there = f"allowed: {', '.join(f'@{found(name)}' for name in by_id)}" if by_id else f"`given` lists no {found(record)}s"
        raise CannotVary(f"no {found(record)} '{found(unit)}' to vary; {there}")
    return by_id[unit]


def _record(data: dict[str, Any], record: str) -> dict[str, Any]:
    holder = data.setdefault(record, {})
    if not isinstance(holder, dict):
        raise CannotVary(
            f"nothing to vary: `given` holds {found(holder)} under {found(record)}; a mapping of keys and values is needed there"
        )
    return holder


def _value(text: str) -> Any:
    """A value as it stands before a status: a word, a number, or a list in brackets."""
    if not text.startswith("["):
        return plain_scalar(text)
    try:
        document = read_document(text, "value")
    except InputError as error:
        raise _no_list(text, error.problems[0].message) from None
    if document.problems:
        raise _no_list(text, document.problems[0].message)
    return document.data


def _no_list(text: str, why: str) -> CannotVary:
    return CannotVary(f"found '{found(text)}'; allowed: a word, a number, or a list such as [one, two] ({why})")
