"""The command `euthymia`. Arguments in, text out; nothing is decided here."""

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from euthymia import __version__, schemas
from euthymia.cases.coverage import uncovered
from euthymia.cases.files import read_cases
from euthymia.cases.parallel import run_all
from euthymia.cases.run import Failure, Variant, variants
from euthymia.consultation import Consultation
from euthymia.errors import EngineFault, InputError, Problem
from euthymia.facts.catalogue_files import read_catalogue
from euthymia.facts.days import day_of
from euthymia.facts.patient_file import PatientFile
from euthymia.inference.agreement import Engines
from euthymia.progress import progress
from euthymia.render.document import document
from euthymia.render.page import html_page, text_page
from euthymia.render.words import Words, read_words
from euthymia.resources import bundled
from euthymia.rulebook.coverage import coverage_table
from euthymia.rulebook.load import load_rulebook

WRONG_INPUT = 2
INTERRUPTED = 130

app = typer.Typer(
    help="Explained decision support for depression that does not respond to treatment. Not a medical device; the clinician decides.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
rules_app = typer.Typer(help="For guideline authors: check rules, run cases.", no_args_is_help=True)
app.add_typer(rules_app, name="rules")


class Format(StrEnum):
    """How an assessment is written."""

    text = "text"
    json = "json"
    html = "html"


class StageFormat(StrEnum):
    """How the definitions are written."""

    text = "text"
    json = "json"


class Audience(StrEnum):
    """For whom an assessment is written."""

    clinician = "clinician"
    patient = "patient"
    auditor = "auditor"


RulesOption = Annotated[Path | None, typer.Option("--rules", help="A folder of rule files instead of the shipped one.", metavar="DIR")]


def main() -> None:
    """Run the command. Exit codes: 0 done, 1 a defect of the program, 2 the input or the rules are wrong, 130 interrupted."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        app()
    except InputError as error:
        _stop("\n".join(map(str, error.problems)), WRONG_INPUT)
    except KeyboardInterrupt:
        _stop("interrupted", INTERRUPTED)


def _print(text: str) -> None:
    """To standard output. A reader that went away is no fault; a full disk is one line."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None
    except OSError as error:
        _stop(f"standard output cannot be written: {error.strerror or error}", WRONG_INPUT)


def _stop(message: str, code: int) -> NoReturn:
    print(message, file=sys.stderr)
    raise SystemExit(code)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"euthymia {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.", callback=_version, is_eager=True)] = False,
) -> None:
    """Explained decision support for depression that does not respond to treatment. Not a medical device; the clinician decides."""


@app.command()
def assess(
    files: Annotated[list[Path], typer.Argument(help="Patient files, YAML or JSON.", metavar="FILE…")],
    format: Annotated[Format, typer.Option(help="How to write it.")] = Format.text,
    audience: Annotated[Audience, typer.Option(help="For whom.")] = Audience.clinician,
    on: Annotated[str | None, typer.Option(help="Day of assessment; today when left out.", metavar="YYYY-MM-DD")] = None,
    rules: RulesOption = None,
    output: Annotated[Path | None, typer.Option(help="Write one file for each patient into this folder.", metavar="DIR")] = None,
) -> None:
    """Say where a patient stands, what is missing, and what to ask next. Nothing is assessed while any file has a mistake."""
    if format is Format.html and len(files) > 1 and output is None:
        raise InputError([Problem("--format html", 0, "", "several pages need a folder to go to: --output DIR")])
    if output is not None:
        _refuse_output(output, files)
    day = _day(on)
    write = _writer(format, audience, several=len(files) > 1, to_file=output is not None)
    consultation = Consultation(rules)
    read = _read_all(consultation, files, day)
    if output is not None:
        output.mkdir(parents=True, exist_ok=True)
    words = _words()
    with progress("assessed", len(read)) as step:
        for path, patient in zip(files, read, strict=True):
            page = write(document(consultation.assess(patient, day), words))
            if output is None:
                _print(page)
            else:
                _write_file(output / f"{path.stem}.{_SUFFIX[format]}", page)
            step()


@app.command()
def stage(
    files: Annotated[list[Path], typer.Argument(help="Patient files, YAML or JSON.", metavar="FILE…")],
    format: Annotated[StageFormat, typer.Option(help="How to write it.")] = StageFormat.text,
    on: Annotated[str | None, typer.Option(help="Day of assessment; today when left out.", metavar="YYYY-MM-DD")] = None,
    rules: RulesOption = None,
) -> None:
    """Show the same patient through every definition of treatment resistance and every staging model."""
    day = _day(on)
    consultation = Consultation(rules)
    read = _read_all(consultation, files, day)
    words, page = _words(), _text_writer(to_file=False)
    with progress("staged", len(read)) as step:
        for patient in read:
            data = document(consultation.assess(patient, day), words)
            if format is StageFormat.json:
                shown = {name: data[name] for name in ("schema", "on", "rulebook", "alerts", "definitions")}
                _print(json.dumps(shown, ensure_ascii=False, indent=None if len(read) > 1 else 1))
            else:
                _print(page(data, "stage"))
            step()


def _refuse_output(folder: Path, files: list[Path]) -> None:
    """One patient's page never overwrites another's."""
    names = [path.stem for path in files]
    problems = [Problem(str(path), 0, "--output", f"would be written over another page called {path.stem}") for path in files
                if names.count(path.stem) > 1]  # fmt: skip
    if folder.exists() and not folder.is_dir():
        problems.append(Problem(str(folder), 0, "--output", "is no folder"))
    if problems:
        raise InputError(problems)


_SUFFIX = {Format.text: "txt", Format.json: "json", Format.html: "html"}


def _words() -> Words:
    return read_words(bundled("templates"))


def _day(text: str | None) -> date:
    if text is None:
        return date.today()
    try:
        return day_of(text)
    except ValueError as error:
        raise InputError([Problem("--on", 0, "", str(error))]) from None


def _read_all(consultation: Consultation, files: list[Path], day: date) -> list[PatientFile]:
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


def _writer(format: Format, audience: Audience, *, several: bool, to_file: bool) -> Callable[[dict[str, Any]], str]:
    if format is Format.json:
        return lambda data: json.dumps(data, ensure_ascii=False, indent=None if several and not to_file else 1)
    if format is Format.html:
        return lambda data: html_page(data, audience.value, bundled("templates"))
    page = _text_writer(to_file=to_file)
    return lambda data: page(data, audience.value)


def _text_writer(*, to_file: bool) -> Callable[[dict[str, Any], str], str]:
    """Text pages, with colour and the width of the screen where they go to a terminal."""
    terminal = sys.stdout is not None and sys.stdout.isatty()
    colour = terminal and not to_file and "NO_COLOR" not in os.environ
    width = min(os.get_terminal_size().columns, 110) if terminal else 100
    return lambda data, page: text_page(data, page, bundled("templates"), colour=colour, width=width)


def _write_file(path: Path, text: str) -> None:
    """Whole or not at all."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, suffix=".part", delete=False) as file:
        try:
            file.write(text + "\n")
            file.close()
            os.replace(file.name, path)
        except BaseException:
            os.unlink(file.name)
            raise


@rules_app.command("check")
def check(folder: Annotated[Path | None, typer.Argument(help="A folder of rule files.", metavar="[DIR]")] = None) -> None:
    """Report every mistake in the rules, with file and line."""
    rulebook = load_rulebook(folder or bundled("rules"))
    try:
        Engines(rulebook)
    except EngineFault as fault:
        raise InputError([Problem(rulebook.folder, 0, "", f"more than the engine bears: {fault}")]) from None
    counts = f"{len(rulebook.rules)} rules, {len(rulebook.texts)} texts, {len(list(rulebook.facts))} facts"
    print(f"{rulebook.about.name} {rulebook.about.version}: {counts}; no mistakes found")


@rules_app.command("test")
def run_cases(
    folder: Annotated[Path, typer.Argument(help="A folder of case files, or one file.", metavar="[DIR]")] = Path("tests/rules"),
    rules: RulesOption = None,
) -> None:
    """Run the cases on both engines; say what differs, and which rules have no case for which status."""
    consultation = Consultation(rules)
    read = list(read_cases(folder, consultation.rulebook))
    patients = [variant for path, checked in read for variant in variants(path, checked)]
    failures = list(_run_all(consultation, patients))
    for failure in failures:
        print(failure)
    topics = {path.parent.name for path, _ in read}
    lacking = [(rule, missing) for rule, missing in uncovered(consultation.rulebook, patients) if rule.topic in topics]
    for rule, missing in lacking:
        print(f"{rule.origin.path(consultation.rulebook.folder)}:{rule.origin.line}: {rule.id} has no case for {', '.join(missing)}")
    print(f"{len(read)} files, {len(patients)} patients, {len(failures)} failures, {len(lacking)} rules with a status that no case shows")
    if failures or lacking:
        raise SystemExit(WRONG_INPUT)


def _run_all(consultation: Consultation, found: list[Variant]) -> Iterator[Failure]:
    with progress("cases run", len(found)) as step:
        for number, failures in run_all(consultation, _words(), found):
            yield from failures
            for _ in range(number):
                step()


@rules_app.command("coverage")
def coverage(folder: Annotated[Path | None, typer.Argument(help="A folder of rule files.", metavar="[DIR]")] = None) -> None:
    """Print, as Markdown, what became of every statement of the sources."""
    _print(coverage_table(load_rulebook(folder or bundled("rules"))))


@app.command()
def schema(
    name: Annotated[str, typer.Argument(help=f"One of {', '.join(schemas.NAMES)}.")],
    rules: RulesOption = None,
) -> None:
    """Print the JSON Schema of a kind of file."""
    if name not in schemas.NAMES:
        raise InputError([Problem("schema", 0, "", f"found '{name}'; allowed: {', '.join(schemas.NAMES)}")])
    made = schemas.schema(name, lambda: read_catalogue((rules or bundled("rules")) / "facts"))
    _print(json.dumps(made, ensure_ascii=False, indent=1))
