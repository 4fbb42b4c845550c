"""euthymia why: the reasons for one status, what would change it, and how firm it is."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from euthymia.assess import Reasoning
from euthymia.cli.common import OnOption, RulesOption, TextOrJson, day_asked, shipped_words, show_as
from euthymia.consultation import Consultation
from euthymia.errors import InputError, Problem
from euthymia.render.why_document import NoSuchId, why_document


class WhyAudience(StrEnum):
    """For whom."""

    clinician = "clinician"
    auditor = "auditor"


def why(
    file: Annotated[Path, typer.Argument(help="A patient file, YAML or JSON.", metavar="FILE")],
    name: Annotated[
        str, typer.Argument(help="A conclusion, recommendation, alert or definition by its id; GF-E-A9@t1 for one trial.", metavar="ID")
    ],
    format: Annotated[TextOrJson, typer.Option(help="How to write it.")] = TextOrJson.text,
    audience: Annotated[WhyAudience, typer.Option(help="For whom.")] = WhyAudience.clinician,
    on: OnOption = None,
    rules: RulesOption = None,
) -> None:
    """Say why something holds, does not hold or cannot be told yet, what would change it, and how firm it is."""
    day = day_asked(on)
    consultation = Consultation(rules)
    patient = consultation.read(file, day)
    show_why(consultation.reason(patient, day), name, format, audience)


def show_why(reasoning: Reasoning, name: str, format: TextOrJson, audience: WhyAudience) -> None:
    """The why of one status of a decision, as a page or a document. Raises InputError for an id that nothing has."""
    try:
        data = why_document(reasoning, shipped_words(), name)
    except NoSuchId as error:
        raise InputError([Problem("ID", 0, "", str(error))]) from None
    show_as(data, "why" if audience is WhyAudience.clinician else "why_audit", format)
