"""What every command needs: its options, reading the files of patients, and writing pages."""

import json
import os
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from euthymia.consultation import Consultation
from euthymia.errors import InputError, Problem
from euthymia.facts.days import day_of
from euthymia.facts.patient_file import PatientFile
from euthymia.render.page import text_page
from euthymia.render.words import Words, read_words
from euthymia.resources import bundled

WRONG_INPUT = 2
INTERRUPTED = 130

FilesArgument = Annotated[list[Path], typer.Argument(help="Patient files, YAML or JSON.", metavar="FILE…")]
OnOption = Annotated[str | None, typer.Option(help="Day of assessment; today when left out.", metavar="YYYY-MM-DD")]
RulesOption = Annotated[Path | None, typer.Option("--rules", help="A folder of rule files instead of the shipped one.", metavar="DIR")]


class TextOrJson(StrEnum):
    """How a command writes what it has to say."""

    text = "text"
    json = "json"


def show_as(data: dict[str, Any], page: str, format: TextOrJson) -> None:
    """One document, as it is or as a page of this name."""
    if format is TextOrJson.json:
        show(json.dumps(data, ensure_ascii=False, indent=1))
    else:
        show(text_writer(to_file=False)(data, page))


def show(text: str) -> None:
    """To standard output. A reader that went away is no fault; a full disk is one line."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None
    except OSError as error:
        stop(f"standard output cannot be written: {error.strerror or error}", WRONG_INPUT)


def stop(message: str, code: int) -> NoReturn:
    print(message, file=sys.stderr)
    raise SystemExit(code)


def shipped_words() -> Words:
    return read_words(bundled("templates"))


def day_asked(text: str | None) -> date:
    if text is None:
        return date.today()
    try:
        return day_of(text)
    except ValueError as error:
        raise InputError([Problem("--on", 0, "", str(error))]) from None


def now() -> datetime:
    """The time at which something is recorded."""
    return datetime.now(UTC)


def read_all(consultation: Consultation, files: list[Path], day: date) -> list[PatientFile]:
    """Every file, or every mistake in all of them."""
    read: list[PatientFile] = []
    problems: list[Problem] = []
    for path in files:
        try:
            read.append(consultation.read(path, day))
        except InputError as error:
            problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    return read


def text_writer(*, to_file: bool) -> Callable[[dict[str, Any], str], str]:
    """Text pages, with colour and the width of the screen where they go to a terminal."""
    terminal = sys.stdout is not None and sys.stdout.isatty()
    colour = terminal and not to_file and "NO_COLOR" not in os.environ
    width = min(os.get_terminal_size().columns or 100, 110) if terminal else 100
    return lambda data, page: text_page(data, page, bundled("templates"), colour=colour, width=width)


def write_file(path: Path, text: str) -> None:
    """Whole or not at all."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, suffix=".part", delete=False) as file:
        try:
            file.write(text + "\n")
            file.close()
            os.replace(file.name, path)
        except BaseException:
            os.unlink(file.name)
            raise
