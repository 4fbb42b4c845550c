"""What a form says, as the value of a fact. Nothing is guessed: what contradicts itself is refused, in words."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from pydantic_core import PydanticCustomError

from euthymia.facts.catalogue import Catalogue, Declaration
from euthymia.facts.values import read_value
from euthymia.source.text import plain_scalar
from euthymia.web.charts.fields import EMPTY, GIVEN, NOT_APPLICABLE, NOT_ASKED, SOURCES, UNIT_BESIDE, UNKNOWN

_NO_VALUE = (UNKNOWN, NOT_APPLICABLE)
_LONGEST = 10_000
_NEEDED = "trial.modality"  # without it the whole trial would have to be left out of what is shown


class Form(Protocol):
    """The fields that a browser sent."""

    def get(self, key: str, /) -> Any: ...
    def getlist(self, key: str, /) -> Sequence[Any]: ...


class Refused(Exception):
    """An answer that cannot be taken; the message says what was found and what is allowed."""


def read_answer(form: Form, name: str, catalogue: Catalogue, day: str) -> list[tuple[str, Any]]:
    """Facts with the values to save, None for not asked; an amount brings its unit along. Raises Refused.

    Without a source it is the clinician who says so, on the day of assessment.
    """
    fact = catalogue[name.partition("@")[0]]
    found = [(name, _with_provenance(_value(fact, form), form, day))]
    if (beside := UNIT_BESIDE.get(fact.full_name)) is not None:
        unit = catalogue[beside]
        word = _text(form, "unit_beside")
        if found[0][1] is not None and _text(form, "answer") not in _NO_VALUE and not word:
            raise Refused("a dose or level needs its unit")
        found.append((f"{beside}@{name.partition('@')[2]}", word if word and found[0][1] is not None else None))
        require(unit, found[1][1])
    require(fact, found[0][1])
    return found


def typed(form: Form, fact: Declaration) -> dict[str, Any]:
    """What was typed, to be shown again."""
    given = {key: _text(form, key) for key in ("answer", "unit_beside", "source", "date", "note")}
    written = {key: _text(form, f"value.{key}") for key in fact.keys}
    return given | {"written": written, "values": [str(value)[:_LONGEST] for value in form.getlist("value")]}


def require(fact: Declaration, value: Any) -> None:
    """Raises Refused for a value that a chart may not hold; None is not asked."""
    bare = value.get("value") if isinstance(value, dict) else value
    if fact.full_name == _NEEDED and bare in (None, *_NO_VALUE):
        raise Refused("a trial needs it; a trial that was entered by mistake can be taken out")
    if value is None:
        return
    try:
        read_value(fact, value)
    except PydanticCustomError as error:
        raise Refused(error.message()) from None


def _value(fact: Declaration, form: Form) -> Any:
    answer = _text(form, "answer")
    if fact.choices and not fact.is_list:
        return None if answer in ("", NOT_ASKED) else answer
    if fact.type == "map of text":
        written: Any = {key: text for key in fact.keys if (text := _text(form, f"value.{key}"))}
    else:
        written = [text for given in form.getlist("value") if (text := str(given).strip())]
    return _weighed(fact, answer, written)


def _weighed(fact: Declaration, answer: str, written: Any) -> Any:
    """The state that was picked and what was written must not contradict each other."""
    if not written:
        if answer == GIVEN:
            raise Refused("nothing was written")
        if answer not in ("", NOT_ASKED, EMPTY, *_NO_VALUE):
            raise Refused("is no answer to this question")
        return {EMPTY: [], UNKNOWN: UNKNOWN, NOT_APPLICABLE: NOT_APPLICABLE}.get(answer)
    if answer in (*_NO_VALUE, EMPTY):
        shown = {UNKNOWN: "not known", NOT_APPLICABLE: "does not apply", EMPTY: "none"}[answer]
        raise Refused(f"“{shown}” was picked and something was written; keep one of them")
    if fact.type == "map of text":
        return written
    if fact.type in ("list of enum", "list of reference"):
        return list(written)
    lines = _lines(written)
    if fact.type == "list of text":
        return lines
    if fact.type == "list of integer":
        return [plain_scalar(word) for line in lines for word in line.replace(",", " ").split()]
    if fact.is_number:
        number = plain_scalar(lines[0])
        return lines[0] if number is None else number  # `~` and `null` are no way to take an answer back
    return "\n".join(lines) if fact.type == "text" else " ".join(lines)


def _lines(written: Iterable[str]) -> list[str]:
    return [line.strip() for text in written for line in text[:_LONGEST].splitlines() if line.strip()]


def _with_provenance(value: Any, form: Form, day: str) -> Any:
    if value is None:
        return None
    source = _text(form, "source") or SOURCES[0]
    note = _text(form, "note")
    return {"value": value, "source": source, "date": _text(form, "date") or day} | ({"note": note} if note else {})


def _text(form: Form, key: str) -> str:
    value = form.get(key)
    return value.strip()[:_LONGEST] if isinstance(value, str) else ""
