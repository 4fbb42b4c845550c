"""One value of a patient file, read by the declaration of its fact."""

import calendar
import math
import re
from datetime import date
from typing import Any, NoReturn

from pydantic_core import PydanticCustomError

from euthymia.errors import found, suggestion
from euthymia.facts.catalogue import Declaration
from euthymia.facts.observation import NOT_ASKED, Observation, PartialDate, measured

STATES = ("unknown", "not_applicable")
PROVENANCE = ("value", "unit", "source", "date", "note")
_LONGEST_TEXT = 2_000
_LONGEST_LIST = 200
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def read_value(fact: Declaration, raw: Any) -> Observation:
    """The observation that a patient file's value stands for. Raises PydanticCustomError in words for the reader."""
    if isinstance(raw, Observation):
        return raw
    if isinstance(raw, dict) and fact.type != "map of text":
        return _with_provenance(fact, raw)
    if isinstance(raw, dict) and "value" in raw:
        return _with_provenance(fact, raw)
    return _bare(fact, raw)


def _with_provenance(fact: Declaration, raw: dict[str, Any]) -> Observation:
    for key in raw:
        if key not in PROVENANCE:
            _wrong(f"unknown key '{found(key)}'{suggestion(key, PROVENANCE)}; allowed: {', '.join(PROVENANCE)}")
    if "value" not in raw:
        _wrong("`value` is missing; a fact with its origin is written {value: …, source: …, date: …, note: …}")
    if isinstance(raw["value"], dict) and fact.type != "map of text":
        _wrong("`value` must hold the value itself")
    if raw.get("unit") is not None and raw["unit"] != fact.unit:
        _wrong(f"found unit '{found(raw['unit'])}'; allowed: {fact.unit or 'no unit'}")
    bare = _bare(fact, raw["value"])
    given = {key: _words(key, raw.get(key)) for key in ("source", "date", "note")}
    return Observation(bare.state, bare.value, bare.low, bare.high, given["source"], given["date"], given["note"])


def _words(key: str, raw: Any) -> str | None:
    if raw is None:
        return None
    if key == "date":
        day = partial_date(raw)
        if len(day.text) != len("2025-01-31"):
            _wrong(f"found '{found(raw)}' as date; allowed: a day, YYYY-MM-DD")
        return day.text
    return text(raw)


def _bare(fact: Declaration, raw: Any) -> Observation:
    if raw is None:
        return NOT_ASKED
    if raw == "unknown" or (raw == "not_applicable" and fact.safety):
        return Observation("unknown")
    if raw == "not_applicable":
        return Observation("not_applicable")
    if fact.is_number:
        return measured(_number(fact, raw))
    return Observation("known", _READERS[fact.type](fact, raw))


def _choice(fact: Declaration, raw: Any) -> str:
    word = {True: "yes", False: "no"}.get(raw) if isinstance(raw, bool) and fact.type == "tri" else raw
    if not isinstance(word, str) or word not in fact.choices:
        allowed = (*fact.choices, *STATES)
        _wrong(f"found {_quoted(raw)}; allowed: {', '.join(allowed)}{suggestion(str(raw), allowed)}")
    return str(word)


def _number(fact: Declaration, raw: Any) -> int | float:
    what = "a whole number" if fact.type == "integer" else "a number"
    unit = "" if fact.unit in (None, "none") else f" ({fact.unit})"
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        hint = " without its unit" if isinstance(raw, str) and raw[:1].isdigit() else ""
        _wrong(f"found {_quoted(raw)}; allowed: {what}{hint}{unit}, unknown, not_applicable")
    if not math.isfinite(raw):
        _wrong(f"found {raw}; allowed: {what}{unit}")
    if fact.type == "integer" and raw != int(raw):
        _wrong(f"found {raw}; allowed: a whole number{unit}")
    if round(raw, 3) != raw:
        _wrong(f"found {raw}; allowed: at most three decimals")
    low = fact.minimum if fact.above is None else fact.above
    if (low is not None and (raw < low or (raw == fact.above))) or (fact.maximum is not None and raw > fact.maximum):
        _wrong(f"found {raw}; allowed: {range_in_words(fact)}{unit}")
    if abs(raw) > 1_000_000:
        _wrong(f"found {raw}; allowed: at most 1,000,000{unit}")
    return int(raw) if fact.type == "integer" else raw


def range_in_words(fact: Declaration) -> str:
    """`1 to 9`, `0 or more`, `more than 0`, `at most 100`."""
    low = None if fact.minimum is None else f"{fact.minimum:g}"
    if fact.above is not None:
        start = f"more than {fact.above:g}"
        return start if fact.maximum is None else f"{start}, at most {fact.maximum:g}"
    if fact.maximum is None:
        return f"{low} or more" if low is not None else "any number"
    return f"at most {fact.maximum:g}" if low is None else f"{low} to {fact.maximum:g}"


def text(raw: Any) -> str:
    """Free text, without control characters."""
    if not isinstance(raw, str):
        _wrong(f"found {_quoted(raw)}; allowed: text (put it in quotation marks)")
    if not raw.strip():
        _wrong("found an empty text; leave the key out when it was not asked")
    if len(raw) > _LONGEST_TEXT:
        _wrong(f"found {len(raw):,} characters; allowed: at most {_LONGEST_TEXT:,}")
    if any((ord(char) < 32 and char not in "\n\t") or 127 <= ord(char) < 160 or 0xD800 <= ord(char) < 0xE000 for char in raw):
        _wrong("found a control character; allowed: plain text")
    return str(raw).strip()


def _list(raw: Any) -> list[Any]:
    if not isinstance(raw, list):
        _wrong(f"found {_quoted(raw)}; allowed: a list, [] when there is none, unknown, not_applicable")
    if len(raw) > _LONGEST_LIST:
        _wrong(f"found {len(raw)} entries; allowed: at most {_LONGEST_LIST}")
    return list(raw)


def _choices(fact: Declaration, raw: Any) -> tuple[str, ...]:
    chosen = {_choice_in_list(fact, item) for item in _list(raw)}
    return tuple(value for value in fact.values if value in chosen)


def _choice_in_list(fact: Declaration, item: Any) -> str:
    if not isinstance(item, str) or item not in fact.values:
        _wrong(f"found {_quoted(item)} in the list; allowed: {', '.join(fact.values)}{suggestion(str(item), fact.values)}")
    return str(item)


def _texts(_: Declaration, raw: Any) -> tuple[str, ...]:
    return tuple(text(item) for item in _list(raw))


def _integers(fact: Declaration, raw: Any) -> tuple[int, ...]:
    whole = fact.model_copy(update={"type": "integer", "unit": "none"})
    return tuple(sorted({int(_number(whole, item)) for item in _list(raw)}))


def _references(_: Declaration, raw: Any) -> tuple[str, ...]:
    return tuple(sorted({identifier(item) for item in _list(raw)}))


def _map(fact: Declaration, raw: Any) -> dict[str, str]:
    if not isinstance(raw, dict):
        _wrong(f"found {_quoted(raw)}; allowed: a mapping with the keys {', '.join(fact.keys)}")
    for key in raw:
        if key not in fact.keys:
            _wrong(f"unknown key '{found(key)}'{suggestion(key, fact.keys)}; allowed: {', '.join(fact.keys)}")
    return {key: text(raw[key]) for key in fact.keys if raw.get(key) is not None}


def identifier(raw: Any) -> str:
    """The id of a trial or problem, or a reference to one: any short text."""
    word = str(raw) if isinstance(raw, int) and not isinstance(raw, bool) else raw
    if not isinstance(word, str) or not word.strip() or len(word) > 60 or not word.isprintable() or "@" in word:
        _wrong(f"found {_quoted(raw)}; allowed: a short text without @")
    return str(word).strip()


def partial_date(raw: Any) -> PartialDate:
    """YYYY, YYYY-MM or YYYY-MM-DD. Raises PydanticCustomError."""
    word = str(raw) if isinstance(raw, int) and not isinstance(raw, bool) else raw
    match = _DATE.fullmatch(word) if isinstance(word, str) else None
    if not match:
        _wrong(f"found {_quoted(raw)}; allowed: YYYY, YYYY-MM or YYYY-MM-DD")
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        first = date(year or 0, 1 if month is None else month, 1 if day is None else day)
        length = calendar.monthrange(first.year, month or 12)[1]
        last = date(first.year, month or 12, day or length)
    except ValueError:
        _wrong(f"found {_quoted(raw)}; no such day")
    return PartialDate(str(word), first, last)


def _quoted(raw: Any) -> str:
    return f"'{found(raw)}'" if isinstance(raw, str) else found(raw)


def _wrong(message: str) -> NoReturn:
    raise PydanticCustomError("fact", "{message}", {"message": message})


_READERS: dict[str, Any] = {
    "tri": _choice,
    "enum": _choice,
    "text": lambda _, raw: text(raw),
    "reference": lambda _, raw: identifier(raw),
    "partial date": lambda _, raw: partial_date(raw),
    "map of text": _map,
    "list of enum": _choices,
    "list of text": _texts,
    "list of integer": _integers,
    "list of reference": _references,
}
