"""The shape of a case file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import ConfigDict, Field

from euthymia.cases.checks import mistakes
from euthymia.errors import InputError, Problem
from euthymia.rulebook.base import Day, Status, Strict
from euthymia.rulebook.rulebook import Rulebook
from euthymia.source import Checked, Limits, read_model

_LIMITS = Limits(size=4_000_000, depth=16, values=200_000)


class Placing(Strict):
    """Expected place on the spectrum."""

    category: str | None = None
    possible: list[str] | None = None
    deterioration: Status | None = None


class Defined(Strict):
    """Expected result of a definition. What is left out is not looked at; `high: null` means without upper end."""

    status: Status | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    label: str | None = None
    needs: list[str] | None = None
    turns: list[str] | None = None
    variants: dict[str, "Defined"] = Field(default_factory=dict)


class Case(Strict):
    """One sentence, one patient, and what must follow. With `vary`, one patient for each value of one fact.

    The patient is `given` here, or stands in the patient file `file` (a path from the case file).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    case: str
    given: dict[str, Any] = Field(default_factory=dict)
    file: str | None = None
    on: Day | None = None
    vary: str | None = None
    expect: dict[str, Status | dict[str, Status]] = Field(default_factory=dict)
    needs: dict[str, list[str]] = Field(default_factory=dict)
    because: dict[str, list[str]] = Field(default_factory=dict)
    says: dict[str, str] = Field(default_factory=dict)
    definitions: dict[str, Defined] = Field(default_factory=dict)
    order: dict[str, list[list[str]]] = Field(default_factory=dict)
    steps: dict[str, list[str]] = Field(default_factory=dict)
    spectrum: Placing | None = None
    situations: dict[str, Status] = Field(default_factory=dict)
    criteria: dict[str, Status] = Field(default_factory=dict)


class CaseFile(Strict):
    schema_: Literal["euthymia.cases/1"] = Field(alias="schema")
    cases: list[Case]


def read_cases(folder: Path, rulebook: Rulebook | None = None) -> Iterator[tuple[Path, Checked[CaseFile]]]:
    """Every case file below `folder` (or the one file). Raises InputError with the mistakes of all of them.

    Where the rulebook is given, names that it does not have are mistakes too.
    """
    paths = [folder] if folder.is_file() else sorted(folder.rglob("*.yaml"))
    problems: list[Problem] = []
    read: list[tuple[Path, Checked[CaseFile]]] = []
    for path in paths:
        try:
            checked = read_model(path, CaseFile, _LIMITS)
        except InputError as error:
            problems.extend(error.problems)
        else:
            problems.extend(mistakes(checked, rulebook))
            read.append((path, checked))
    if not paths:
        problems.append(Problem(str(folder), 0, "", "no case files (*.yaml) here"))
    if problems:
        raise InputError(problems)
    yield from read
