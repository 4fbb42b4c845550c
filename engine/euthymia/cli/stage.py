"""euthymia stage: every definition of resistance and every staging model side by side."""

import json
from typing import Annotated

import typer

from euthymia.cli.common import FilesArgument, OnOption, RulesOption, TextOrJson, day_asked, read_all, shipped_words, show, text_writer
from euthymia.consultation import Consultation
from euthymia.progress import progress
from euthymia.render.document import Explain, document


def stage(
    files: FilesArgument,
    format: Annotated[TextOrJson, typer.Option(help="How to write it.")] = TextOrJson.text,
    on: OnOption = None,
    rules: RulesOption = None,
) -> None:
    """Show the same patient through every definition of treatment resistance and every staging model."""
    day = day_asked(on)
    consultation = Consultation(rules)
    read = read_all(consultation, files, day)
    words, page = shipped_words(), text_writer(to_file=False)
    with progress("staged", len(read)) as step:
        for patient in read:
            data = document(consultation.assess(patient, day), words, Explain.NOTHING, answers=False)
            if format is TextOrJson.json:
                shown = {name: data[name] for name in ("schema", "on", "rulebook", "alerts", "definitions")}
                show(json.dumps(shown, ensure_ascii=False, indent=None if len(read) > 1 else 1))
            else:
                show(page(data, "stage"))
            step()
