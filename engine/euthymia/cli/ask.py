"""euthymia ask: the next questions, and what each answer would do."""

from pathlib import Path
from typing import Annotated

import typer

from euthymia.cli.common import OnOption, RulesOption, TextOrJson, day_asked, shipped_words, show_as
from euthymia.consultation import Consultation
from euthymia.render.ask import ask_document


def ask(
    file: Annotated[Path, typer.Argument(help="A patient file, YAML or JSON.", metavar="FILE")],
    format: Annotated[TextOrJson, typer.Option(help="How to write it.")] = TextOrJson.text,
    everything: Annotated[bool, typer.Option("--all", help="All questions, not only the first few.")] = False,
    on: OnOption = None,
    rules: RulesOption = None,
) -> None:
    """Say what to ask next: safety first, then what settles most, cheap before expensive; and what each answer would do."""
    day = day_asked(on)
    consultation = Consultation(rules)
    read = consultation.read(file, day)
    reasoning = consultation.reason(read, day)
    data = ask_document(reasoning, shipped_words(), everything=everything, every_trial=everything and format is TextOrJson.json)
    show_as(data, "ask", format)
