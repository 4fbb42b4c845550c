"""What can go wrong, and whose fault it is.

EuthymiaError
├── InputError     the patient file or the rules are wrong: every problem at once, exit code 2
└── Defect         the program is wrong: keeps its traceback, exit code 1
    ├── EngineFault     durable_rules refused, lost or invented something
    └── Disagreement    the two engines came to different results; no advice is given
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

_UNITS = frozenset(("kg", "g", "mg", "mcg", "ug", "µg", "ng"))
_LONGEST = 60


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake in a file: where it stands, what was found and what is allowed."""

    file: str
    line: int
    key: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        key = f" {self.key}:" if self.key else ""
        return f"{place}:{key} {self.message}"


class EuthymiaError(Exception):
    """Root of all errors of this program."""


class InputError(EuthymiaError):
    """Files that cannot be used as they are. `problems` holds every mistake, in the order of the files."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))

    def __reduce__(self) -> tuple[Any, ...]:
        """From another process it comes back with its problems; of its own accord it would be made anew from its text."""
        return InputError, (self.problems,)


class Defect(EuthymiaError):
    """A mistake of the program itself."""


class EngineFault(Defect):
    """durable_rules did not do what it was asked to do; the patient was not evaluated."""


class Disagreement(Defect):
    """Evaluator and durable_rules differ; neither result is shown as advice."""


def found(value: object) -> str:
    """A value from a file, shortened and free of control characters, for an error message."""
    text = value if isinstance(value, str) else repr(value)
    text = "".join(char if char.isprintable() else "�" for char in text)
    return f"{text[:_LONGEST]}…" if len(text) > _LONGEST else text


def suggestion(word: str, known: Iterable[str], least: float = 0.6) -> str:
    """` (did you mean 'x'?)`, or nothing when no known word is near; `least` is how near it must be, from 0 to 1 (the same)."""
    others = [other for other in known if _may_be_meant(word, other)]
    near = [other for other in others if other.startswith(f"{word}_")][:3] or get_close_matches(word, others, n=1, cutoff=least)
    return f" (did you mean {' or '.join(repr(other) for other in near)}?)" if near else ""


def _may_be_meant(word: str, other: str) -> bool:
    """The opposite is no slip of the pen, and neither is another unit, a thousand times as much."""
    negated = ("non_", "not_", "no_")
    opposite = (other.startswith(negated) and not word.startswith("no")) or (word.startswith(negated) and not other.startswith("no"))
    return not opposite and not {word.casefold(), other} <= _UNITS
