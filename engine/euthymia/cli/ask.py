"""euthymia ask: the next questions, and what each answer would do."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from euthymia.cli.common import OnOption, RulesOption, day_asked, shipped_words, show, text_writer
from euthymia.consultation import Consultation
from euthymia.render.ask import ask_document


class AskFormat(StrEnum):
    """How questions are written."""

    text = "text"
    json = "json"


def ask(
    file: Annotated[Path, typer.Argument(help="A patient file, YAML or JSON.", metavar="FILE")],
    format: Annotated[AskFormat, typer.Option(help="How to write it.")] = AskFormat.text,
    everything: Annotated[bool, typer.Option("--all", help="All questions, not only the first few.")] = False,
    on: OnOption = None,
    rules: RulesOption = None,
) -> None:
    """Say what to ask next: safety first, then what settles most, cheap before expensive; and what each answer would do."""
    day = day_asked(on)
    consultation = Consultation(rules)
    read = consultation.read(file, day)
    reasoning = consultation.reason(read, day)
    data = ask_document(reasoning, shipped_words(), everything=everything, every_trial=everything and format is AskFormat.json)
    if format is AskFormat.json:
        show(json.dumps(data, ensure_ascii=False, indent=1))
    else:
        show(text_writer(to_file=False)(data, "ask"))
