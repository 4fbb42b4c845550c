"""euthymia compare: what changed between two assessments, and whether the patient, the rules or the clock is the cause."""

from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from euthymia.cli.common import day_asked, shipped_words
from euthymia.cli.pages import Format, show_comparison
from euthymia.comparison.document import comparison
from euthymia.comparison.mixtures import Side
from euthymia.consultation import Consultation
from euthymia.errors import InputError, Problem
from euthymia.source import read_file

_SIDES = 2
Given = TypeVar("Given", bound=Hashable)
Made = TypeVar("Made")


def compare(
    before: Annotated[Path, typer.Argument(help="Patient file, YAML or JSON.", metavar="BEFORE")],
    after: Annotated[Path | None, typer.Argument(help="Patient file after; the same file when left out.", metavar="[AFTER]")] = None,
    format: Annotated[Format, typer.Option(help="How to write it.")] = Format.text,
    on: Annotated[
        list[str] | None,
        typer.Option(metavar="YYYY-MM-DD", help="Day of assessment; today when left out. Given once: of both. Given twice: before, after."),
    ] = None,
    rules: Annotated[
        list[Path] | None,
        typer.Option(
            "--rules",
            metavar="DIR",
            help="A folder of rule files instead of the shipped one. Given twice: before, after. Given once: for both; "
            "but with one file and one day, the shipped rules stand before and these after.",
        ),
    ] = None,
) -> None:
    """Say which advice changed between two files, two rulebooks or two days, and which of the three is the cause of each change."""
    data = comparison(*_sides(before, after or before, rules or [], on or [], one_file=after is None), shipped_words())
    show_comparison(data, format)


def _sides(before: Path, after: Path, rules: Sequence[Path], on: Sequence[str], *, one_file: bool) -> tuple[Side, Side]:
    """Both sides. Raises InputError with every mistake in days, rules and files."""
    problems = [*_too_many("--rules", rules), *_too_many("--on", on)]
    days = _pair(on or [None], day_asked, problems)
    folders = _folders(rules, only_rules_differ=one_file and len(on) < _SIDES)
    consultations = _pair(folders, Consultation, problems)
    documents = _pair([before, after], read_file, problems)
    names = [None if folder is None else str(folder) for folder in (folders[0], folders[:_SIDES][-1])]
    sides = [
        None if document is None or consultation is None or day is None else Side(document, consultation, day, name)
        for document, consultation, day, name in zip(documents, consultations, days, names, strict=True)
    ]
    if problems:
        raise InputError([*problems, *(problem for side in sides if side is not None for problem in _mistakes(side))])
    one, other = sides
    assert one is not None
    assert other is not None
    return one, other


def _folders(rules: Sequence[Path], *, only_rules_differ: bool) -> list[Path | None]:
    """The folders before and after; None is the shipped one."""
    if not rules:
        return [None]
    return [None, *rules] if len(rules) == 1 and only_rules_differ else [*rules]


def _too_many(option: str, given: Sequence[object]) -> list[Problem]:
    if len(given) <= _SIDES:
        return []
    return [Problem(option, 0, "", f"found {len(given)}; allowed: one for both sides, or two, before and after")]


def _pair(given: Sequence[Given], read: Callable[[Given], Made], problems: list[Problem]) -> list[Made | None]:
    """What was given for before and after, read once where it is the same; mistakes are kept."""
    found: dict[Given, Made | None] = {}
    for item in given[:_SIDES]:
        if item not in found:
            try:
                found[item] = read(item)
            except InputError as error:
                found[item] = None
                problems.extend(error.problems)
    return [found[given[0]], found[given[:_SIDES][-1]]]


def _mistakes(side: Side) -> Sequence[Problem]:
    """Those in a patient file, where other mistakes already stop the comparison."""
    try:
        side.consultation.read_document(side.document, side.on)
    except InputError as error:
        return error.problems
    return ()
