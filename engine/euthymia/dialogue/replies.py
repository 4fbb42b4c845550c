"""What was typed, as values of a patient file. A no is only ever stored for a question that was shown and answered with a no."""

import re
import string
from collections.abc import Sequence
from typing import Any

from pydantic_core import PydanticCustomError

from euthymia.facts.catalogue import Declaration
from euthymia.facts.values import read_value

STATES = {"?": "unknown", "-": "not_applicable"}
_TRI = {"y": "yes", "yes": "yes", "n": "no", "no": "no"}
_LETTERS = "".join(letter for letter in string.ascii_lowercase if letter not in "bnqy")  # back, no, stop, yes
_NONE = ("0", "none")
_MARKED = re.compile(r"(\d+)([a-z?-]?)")
_NUMBERED = re.compile(r"(\d+)[:.]?\s+(.+)")


class Unclear(Exception):
    """The reply cannot be understood; `allowed` says what can, in the words of the reader of patient files, or is empty."""

    def __init__(self, allowed: str = "") -> None:
        super().__init__(allowed)
        self.allowed = allowed


def keys_of(fact: Declaration, trials: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Short keys and what they stand for; none for what is typed out: numbers, names, dates. A list is answered by several keys."""
    if fact.type == "tri":
        return [("y", "yes"), ("n", "no")]
    if fact.type == "reference":
        return [(str(number), trial) for number, trial in enumerate(trials, start=1)]
    return [(str(number), value) for number, value in enumerate(fact.values, start=1)]


def read_reply(fact: Declaration, text: str, trials: Sequence[str] = ()) -> Any:
    """The value that one reply to one question stands for. Raises Unclear."""
    typed = text.strip()
    if typed in STATES:
        return STATES[typed]
    by_key = dict(keys_of(fact, trials))
    if fact.type == "tri":
        value: Any = _TRI.get(typed.lower())
    elif fact.is_list:
        value = _list(fact, typed, by_key)
    elif fact.is_number:
        value = _number(typed)
    else:
        value = by_key.get(typed, typed)
    if value is None:
        raise Unclear
    return _checked(fact, value)


def read_several(facts: Sequence[Declaration], text: str) -> dict[int, Any]:
    """Values by the place of the question, from 0. Raises Unclear.

    Yes or no: `2 5 n` (2 and 5 yes, the others no). Choices: `1a 3c`, `c`. Lists of names: `2 ramipril, lithium; none`. A number by itself
    is a yes; a letter, sign or word without a number is the answer to all others, and without one those stay not asked.
    """
    given = _names(facts, text) if facts[0].type == "list of text" else _letters(facts, text)
    if not given:
        raise Unclear
    return given


def _letters(facts: Sequence[Declaration], text: str) -> dict[int, Any]:
    given: dict[int, Any] = {}
    rest: str | None = None
    for word in text.lower().replace(",", " ").split():
        marked = _MARKED.fullmatch(word)
        if marked is not None and int(marked[1]) - 1 not in given:
            _give(given, facts, int(marked[1]) - 1, marked[2] or "y")
        elif marked is None and rest is None:
            rest = word
        else:
            raise Unclear
    others = [place for place in range(len(facts)) if place not in given] if rest is not None else []
    if rest not in STATES and len({facts[place].choices for place in others}) > 1:
        raise Unclear  # the same letter would mean one thing here and another there
    for place in others:
        _give(given, facts, place, rest or "")
    return given


def _give(given: dict[int, Any], facts: Sequence[Declaration], place: int, letter: str) -> None:
    answers = dict(letters_of(facts[place])) | STATES if place in range(len(facts)) else {}
    if letter not in answers:
        raise Unclear
    given[place] = answers[letter]


def _names(facts: Sequence[Declaration], text: str) -> dict[int, Any]:
    given: dict[int, Any] = {}
    rest: str | None = None
    for part in (part.strip() for part in text.split(";") if part.strip()):
        numbered = _NUMBERED.fullmatch(part)
        if numbered is None and rest is None and part.lower() in (*_NONE, "n", *STATES):
            rest = part.lower().replace("none", "0").replace("n", "0")
        elif numbered is not None and int(numbered[1]) - 1 in range(len(facts)) and int(numbered[1]) - 1 not in given:
            place = int(numbered[1]) - 1
            given[place] = read_reply(facts[place], numbered[2])
        else:
            raise Unclear
    for place in range(len(facts)) if rest is not None else ():
        if place not in given:
            given[place] = read_reply(facts[place], rest or "")
    return given


def letters_of(fact: Declaration) -> list[tuple[str, str]]:
    """Letters for the answers of questions that are asked together: y and n, else a, c, d: none that means something of its own."""
    return [("y", "yes"), ("n", "no")] if fact.type == "tri" else list(zip(_LETTERS, fact.values, strict=False))


def _list(fact: Declaration, typed: str, by_key: dict[str, str]) -> list[Any] | None:
    if typed.lower() in _NONE and typed not in by_key:
        return []
    if fact.type == "list of text":
        if ";" in typed:  # an answer to several questions, typed in answer to one
            raise Unclear("names are separated by commas")
        return [part.strip() for part in typed.split(",") if part.strip()] or None
    words = [by_key.get(word, word) for word in typed.replace(",", " ").split()]
    return [_number(word) for word in words] if fact.type == "list of integer" else [*words]


def _number(typed: str) -> int | float | str:
    """The number; what is none goes on as it is, and is refused with what is allowed."""
    try:
        return int(typed)
    except ValueError:
        try:
            return float(typed.replace(",", "."))
        except ValueError:
            return typed


def _checked(fact: Declaration, value: Any) -> Any:
    try:
        read_value(fact, value)
    except PydanticCustomError as error:
        raise Unclear(error.message()) from None
    return value
