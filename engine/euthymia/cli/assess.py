"""euthymia assess: a page or a document for each patient."""

import json
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from euthymia.cli.common import FilesArgument, OnOption, RulesOption, day_asked, read_all, shipped_words, show, text_writer, write_file
from euthymia.consultation import Consultation
from euthymia.errors import InputError, Problem
from euthymia.progress import progress
from euthymia.render.document import Explain, document
from euthymia.render.page import html_page
from euthymia.resources import bundled


class Format(StrEnum):
    """How an assessment is written."""

    text = "text"
    json = "json"
    html = "html"


class Audience(StrEnum):
    """For whom an assessment is written."""

    clinician = "clinician"
    patient = "patient"
    auditor = "auditor"


def assess(
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
) -> None:
    """Say where a patient stands, what is missing, and what to ask next. Nothing is assessed while any file has a mistake."""
    if format is Format.html and len(files) > 1 and output is None:
        raise InputError([Problem("--format html", 0, "", "several pages need a folder to go to: --output DIR")])
    if output is not None:
        _refuse_output(output, files)
    day = day_asked(on)
    write = _writer(format, audience, several=len(files) > 1, to_file=output is not None)
    consultation = Consultation(rules)
    read = read_all(consultation, files, day)
    if output is not None:
        output.mkdir(parents=True, exist_ok=True)
    words, explain = shipped_words(), _explain(format, audience, everything=explain_all)
    answers = format is Format.json or (format is Format.html and audience is Audience.clinician)
    with progress("assessed", len(read)) as step:
        for path, patient in zip(files, read, strict=True):
            page = write(document(consultation.assess(patient, day), words, explain, answers=answers))
            if output is None:
                show(page)
            else:
                write_file(output / f"{path.stem}.{_SUFFIX[format]}", page)
            step()


def _explain(format: Format, audience: Audience, *, everything: bool) -> Explain:
    """As much as the page shows: the patient's none, the clinician's in text that of criteria and situations."""
    if format is not Format.json and audience is Audience.patient:
        return Explain.NOTHING
    if format is Format.text and audience is Audience.clinician:
        return Explain.HEADINGS
    return Explain.EVERYTHING if everything else Explain.FIRST


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


def _writer(format: Format, audience: Audience, *, several: bool, to_file: bool) -> Callable[[dict[str, Any]], str]:
    if format is Format.json:
        return lambda data: json.dumps(data, ensure_ascii=False, indent=None if several and not to_file else 1)
    if format is Format.html:
        return lambda data: html_page(data, audience.value, bundled("templates"))
    page = text_writer(to_file=to_file)
    return lambda data: page(data, audience.value)
