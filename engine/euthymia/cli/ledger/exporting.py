"""euthymia ledger export: the records for other programs and other people."""

import sys
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Annotated

import typer

from euthymia.cli.common import show
from euthymia.cli.recording import LedgerOption, readable
from euthymia.ledger import fhir, tabular
from euthymia.ledger.export import ndjson
from euthymia.ledger.store import Store
from euthymia.progress import progress


class ExportFormat(StrEnum):
    """How records are exported."""

    ndjson = "ndjson"
    csv = "csv"
    fhir = "fhir"


_NOT_CARRIED = {
    ExportFormat.ndjson: "",
    ExportFormat.csv: tabular.NOT_CARRIED,
    ExportFormat.fhir: "FHIR does not carry all of a record: the first line says what is missing. To verify or replay, export NDJSON.",
}
_LINES: dict[ExportFormat, Callable[[Store, Callable[[], None]], Iterator[str]]] = {
    ExportFormat.ndjson: ndjson,
    ExportFormat.csv: tabular.rows,
    ExportFormat.fhir: fhir.resources,
}


def export(
    format: Annotated[ExportFormat, typer.Option(help="ndjson holds everything; csv and fhir what they can carry.")] = ExportFormat.ndjson,
    ledger: LedgerOption = None,
) -> None:
    """Print all records. They hold what patients told: keep the file as you keep the ledger, and erase it when you erase there."""
    with readable(ledger) as opened, progress("records exported", opened.store.count()) as step:
        for line in _LINES[format](opened.store, step):
            show(line)
    if _NOT_CARRIED[format]:
        print(_NOT_CARRIED[format], file=sys.stderr)
