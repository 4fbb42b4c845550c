"""The folder of files that declare facts, read into a catalogue."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from euthymia.errors import InputError, Problem
from euthymia.facts.catalogue import Catalogue, Record
from euthymia.source import Document, read_model


def read_catalogue(folder: Path) -> Catalogue:
    """Read every file of `folder`. Raises InputError with all mistakes."""
    problems: list[Problem] = []
    read: list[tuple[Record, Document]] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            checked = read_model(path, Record)
            read.append((checked.model, checked.document))
        except InputError as error:
            problems.extend(error.problems)
    problems.extend(_repeated(read))
    if not read and not problems:
        problems.append(Problem(str(folder), 0, "", "no file that declares facts"))
    if problems:
        raise InputError(problems)
    return Catalogue(record for record, _ in read)


def _repeated(read: list[tuple[Record, Document]]) -> Iterator[Problem]:
    seen: dict[Any, str] = {}
    for record, document in read:
        for number, fact in enumerate(record.facts):
            name = f"{record.record}.{fact.name}"
            if name in seen:
                yield document.problem(("facts", number, "name"), f"{name} is declared twice, first in {seen[name]}")
            seen[name] = document.name
