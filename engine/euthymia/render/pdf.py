"""An assessment as a printable report. Patient text reaches the typesetter as data only, never as markup."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

import typst

from euthymia.render.breakable import breakable
from euthymia.render.clean import clean
from euthymia.render.page import pieces, shown
from euthymia.render.printed import for_clinician
from euthymia.render.printed_patient import for_the_patient

Audience = Literal["clinician", "patient"]

_BUILD = {"clinician": for_clinician, "patient": for_the_patient}
_PIECES = {"clinician": "pdf/pieces.txt.j2", "patient": "patient/pieces.j2"}
_ACCESSIBLE: Literal["ua-1"] = "ua-1"


@dataclass(frozen=True)
class PdfAbout:
    """Where the assessment is kept: its number and digest in the ledger, and whom it is about; None where there is none."""

    record: int | None = None
    digest: str | None = None
    pseudonym: str | None = None


def pdf_report(document: dict[str, Any], audience: Audience, folder: Path, about: PdfAbout) -> bytes:
    """The report for one reader: same document, same bytes. `folder` holds the templates."""
    day = datetime.combine(date.fromisoformat(document["on"]), datetime.min.time(), UTC)
    return _set(folder, audience, json.dumps(pdf_data(document, audience, folder, about)), day)


def pdf_data(document: dict[str, Any], audience: Audience, folder: Path, about: PdfAbout) -> dict[str, Any]:
    """Everything that the report shows, as the typesetter is given it."""
    if audience not in _BUILD:
        raise ValueError(f"no such report: {audience}")
    parts = shown(document, audience, folder)
    made = _BUILD[audience](parts, pieces(parts, _PIECES[audience], folder))
    stamp = {
        "on": parts["doc"]["on"],
        "about": clean(asdict(about)),
        "program": parts["doc"]["program"],
        "rulebook": {name: parts["doc"]["rulebook"][name] for name in ("name", "version", "digest")},
        "words": {name: parts["words"][name] for name in ("words", "states", "severities", "leads", "classes", "steps")},
    }
    found: dict[str, Any] = breakable(stamp | made)
    return found


def _set(folder: Path, audience: str, data: str, day: datetime) -> bytes:
    """Fonts come with the library, and no package is fetched, so that the bytes are the same everywhere.

    The standard for accessible files refuses a letter that no font holds; such a report is made without its seal, tagged all the same.
    """
    root = folder / "pdf"
    compiler = typst.Compiler(root / f"{audience}.typ", root=root, ignore_system_fonts=True, sys_inputs={"data": data})
    try:
        made = compiler.compile(format="pdf", timestamp=day, pdf_standards=_ACCESSIBLE)
    except typst.TypstError as refused:
        if "could not be displayed" not in refused.message:
            raise
        made = compiler.compile(format="pdf", timestamp=day)
    if not isinstance(made, bytes):
        raise TypeError("the typesetter gave no file")
    return made
