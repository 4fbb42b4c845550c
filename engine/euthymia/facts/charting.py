"""The data of a patient file while it is being entered: one fact put in or taken out, everything else left as it is."""

from collections.abc import Iterator
from typing import Any

from euthymia.facts.entering import Place

NOT_ASKED = None  # what a fact is that the file does not hold


def fact_at(data: Any, place: Place) -> Any:
    """What the file says at this place; None where it says nothing."""
    if not place or data is None:
        return data
    if isinstance(data, list):
        return fact_at(row_of(data, place[0]), place[1:])
    return fact_at(data.get(place[0]), place[1:]) if isinstance(data, dict) else None


def with_fact(data: dict[str, Any], place: Place, value: Any) -> dict[str, Any]:
    """The data with this value; `None` takes the fact out: it was not asked. A unit that is not there yet is added at the end."""
    changed: dict[str, Any] = _put(data, place, value)
    return changed


def without_unit(data: dict[str, Any], units: str, unit: str) -> dict[str, Any]:
    """The data without this trial or problem. References to it are left: they are mistakes that must be seen."""
    left = [row for row in data.get(units) or [] if str(row.get("id")) != unit]
    rest = {key: value for key, value in data.items() if key != units}
    return rest | ({units: left} if left else {})


def with_unit(data: dict[str, Any], units: str, row: dict[str, Any]) -> dict[str, Any]:
    """The data with one more trial or problem, under an id that is free."""
    return {**data, units: [*(data.get(units) or []), {"id": free_id(data, units), **row}]}


def free_id(data: dict[str, Any], units: str) -> str:
    """An id for a new trial or problem: `t1`, `t2`, …; never one that stands anywhere: what still refers to a trial that was taken out must
    not refer to another one."""
    taken = set(_words(data))
    return next(name for name in (f"{units[0]}{number}" for number in range(1, len(taken) + 2)) if name not in taken)


def _words(data: Any) -> Iterator[str]:
    inside = data.values() if isinstance(data, dict) else data if isinstance(data, list) else None
    if inside is None:
        yield str(data)
    else:
        for part in inside:
            yield from _words(part)


def row_of(rows: list[Any], unit: str) -> Any:
    return next((row for row in rows if isinstance(row, dict) and str(row.get("id")) == unit), None)


def _put(data: Any, place: Place, value: Any) -> Any:
    here, rest = place[0], place[1:]
    if len(place) == 3:
        rows = list((data or {}).get(here) or [])
        if row_of(rows, rest[0]) is None and value is not None:
            rows.append({"id": rest[0]})
        made = [_put(row, rest[1:], value) if str(row.get("id")) == rest[0] else row for row in rows]
        return {**(data or {}), here: made} if made else {key: kept for key, kept in (data or {}).items() if key != here}
    inner = _put((data or {}).get(here), rest, value) if rest else value
    left = {key: kept for key, kept in (data or {}).items() if key != here}
    if inner is None or inner == {}:
        return left
    return {**(data or {}), here: inner}
