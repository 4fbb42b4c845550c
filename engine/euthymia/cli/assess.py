"""euthymia assess: a page or a document for each patient."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from euthymia.cli.common import FilesArgument, OnOption, RulesOption, day_asked, read_all, shipped_words, show, write_file
from euthymia.cli.pages import Audience, Format, page_writer
from euthymia.cli.recording import AsOption, KeyOption, LedgerOption, Recorder, asker, writable
from euthymia.consultation import Consultation
from euthymia.errors import InputError, Problem
from euthymia.ledger.contents import Asked
from euthymia.progress import progress
from euthymia.render.document import Explain, document


def assess(  # noqa: PLR0913, PLR0917  the options of a command
    files: FilesArgument,
    format: Annotated[Format, typer.Option(help="How to write it.")] = Format.text,
    audience: Annotated[Audience, typer.Option(help="For whom.")] = Audience.clinician,
    on: OnOption = None,
    rules: RulesOption = None,
    explain_all: Annotated[
        bool,
        typer.Option("--explain-all", help="Explain every conclusion, not only alerts, advice and headings: slower."),
    ] = False,
    output: Annotated[Path | None, typer.Option(help="Write one file for each patient into this folder.", metavar="DIR")] = None,
    record: Annotated[bool, typer.Option("--record", help="Write each assessment into the ledger before it is shown.")] = False,
    patient: Annotated[
        str | None,
        typer.Option("--patient", metavar="PSEUDONYM", help="Whose record it is; the file's name without its ending when left out."),
    ] = None,
    ledger: LedgerOption = None,
    key: KeyOption = None,
    by: AsOption = None,
) -> None:
    """Say where a patient stands, what is missing, and what to ask next. Nothing is assessed while any file has a mistake."""
    _refuse_pages(format, output, files)
    patients = _patients(files, patient, record=record)
    day = day_asked(on)
    write = page_writer(format, audience, several=len(files) > 1, to_file=output is not None)
    consultation = Consultation(rules)
    read = read_all(consultation, files, day)
    if output is not None:
        output.mkdir(parents=True, exist_ok=True)
    words, explain = shipped_words(), _explain(format, audience, everything=explain_all)
    answers = format is Format.json or (format is Format.html and audience is Audience.clinician)
    asked = Asked(explain.name.lower(), answers, audience.value, format.value)
    with _recorder(ledger, key, by, asked, record=record) as recorder, progress("assessed", len(read)) as step:
        for path, file, pseudonym in zip(files, read, patients, strict=True):
            assessment = consultation.assess(file, day)
            data = document(assessment, words, explain, answers=answers)
            if recorder is not None:
                recorder.record(pseudonym, file, assessment, data)
            page = write(data)
            if output is None:
                show(page)
            else:
                write_file(output / f"{path.stem}.{_SUFFIX[format]}", page)
            step()


@contextmanager
def _recorder(ledger: str | None, key: Path | None, by: str | None, asked: Asked, *, record: bool) -> Iterator[Recorder | None]:
    if not record:
        yield None
        return
    who = asker(by)
    with writable(ledger, key) as opened:
        yield Recorder(opened, who, asked)


def _patients(files: list[Path], pseudonym: str | None, *, record: bool) -> list[str]:
    """Whose record each file is. Raises InputError where two files would be taken for one patient's."""
    if not record:
        if pseudonym is not None:
            raise InputError([Problem("--patient", 0, "", "names whose record it is; give --record with it")])
        return [path.stem for path in files]
    if pseudonym is not None and len(files) > 1:
        raise InputError([Problem("--patient", 0, "", f"found one pseudonym for {len(files)} files; record them one by one")])
    names = [path.stem for path in files] if pseudonym is None else [pseudonym]
    problems = [Problem(str(path), 0, "--record", f"would be taken for another record of the patient {path.stem}; record them one by one")
                for path in files if names.count(path.stem) > 1]  # fmt: skip
    problems += [
        Problem("--patient", 0, "", "is empty, or cannot be printed") for name in names if not name.strip() or not name.isprintable()
    ]
    if problems:
        raise InputError(problems)
    return names


def _explain(format: Format, audience: Audience, *, everything: bool) -> Explain:
    """As much as the page shows: the patient's none, the clinician's in text that of criteria and situations."""
    if format is not Format.json and audience is Audience.patient:
        return Explain.NOTHING
    if format is Format.text and audience is Audience.clinician:
        return Explain.HEADINGS
    return Explain.EVERYTHING if everything else Explain.FIRST


def _refuse_pages(format: Format, folder: Path | None, files: list[Path]) -> None:
    """One patient's page never overwrites another's, and several do not run into each other."""
    if folder is None:
        if format is Format.html and len(files) > 1:
            raise InputError([Problem("--format html", 0, "", "several pages need a folder to go to: --output DIR")])
        return
    names = [path.stem for path in files]
    problems = [Problem(str(path), 0, "--output", f"would be written over another page called {path.stem}") for path in files
                if names.count(path.stem) > 1]  # fmt: skip
    if folder.exists() and not folder.is_dir():
        problems.append(Problem(str(folder), 0, "--output", "is no folder"))
    if problems:
        raise InputError(problems)


_SUFFIX = {Format.text: "txt", Format.json: "json", Format.html: "html"}
