"""What leaves the ledger, and what is taken out of it: exports, comparisons, and the erasure of a patient."""

from collections.abc import Callable, Iterator
from itertools import chain

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from starlette.exceptions import HTTPException

from euthymia.clinic.sessions import Session
from euthymia.errors import InputError, Problem
from euthymia.ledger import fhir, tabular
from euthymia.ledger.export import ndjson
from euthymia.ledger.record import Asker
from euthymia.ledger.store import Store
from euthymia.web.audit import audit_work
from euthymia.web.guard import Signed, TheForm, TheHouse
from euthymia.web.house import House

router = APIRouter(include_in_schema=False)
# The lines, the name's ending, the type, and the end of a line.
_FORMS: dict[str, tuple[Callable[[Store], Iterator[str]], str, str, str]] = {
    "ndjson": (ndjson, "ndjson", "application/x-ndjson", "\n"),
    "csv": (tabular.rows, "csv", "text/csv; charset=utf-8", "\r\n"),
    "fhir": (fhir.resources, "fhir.ndjson", "application/fhir+ndjson", "\n"),
}
_CHUNK = 65_536  # letters
_MAY_CITE = ("replay", "statistics")  # kinds of long work whose results may tell of a patient


@router.get("/audit/export")
def exports(request: Request, house: TheHouse) -> Response:
    not_carried = {"csv": (tabular.NOT_CARRIED,), "fhir": fhir.NOT_CARRIED}
    return house.pages.show(request, "audit-export", not_carried=not_carried, records=house.records.count())


@router.get("/audit/export/{form}")
def export(form: str, house: TheHouse) -> Response:
    """All records, as they are read. Where one cannot be exported, the download breaks off: nobody takes a part for the whole."""
    if form not in _FORMS or house.records.head() is None:
        raise HTTPException(404)
    lines, ending, kind, end = _FORMS[form]
    made = lines(house.records)
    first = next(made)  # what is wrong from the beginning is told on a page
    headers = {"Content-Disposition": f'attachment; filename="euthymia-ledger.{ending}"'}
    return StreamingResponse(_chunks(line + end for line in chain([first], made)), media_type=kind, headers=headers)


def _chunks(lines: Iterator[str]) -> Iterator[str]:
    """Several short lines are sent together."""
    waiting, letters = list[str](), 0
    for line in lines:
        waiting.append(line)
        letters += len(line)
        if letters >= _CHUNK:
            yield "".join(waiting)
            waiting, letters = [], 0
    yield "".join(waiting)


@router.post("/audit/compare")
def compare(request: Request, house: TheHouse, form: TheForm) -> Response:
    """What changed between two records, and whether the patient, the rules or the clock is the cause."""
    numbers = [str(form.get(key) or "").strip() for key in ("before", "after")]
    if not all(text.isdecimal() and len(text) < 16 for text in numbers):
        raise InputError([Problem("compare", 0, "", "two numbers of records are needed")])
    before, after = map(int, numbers)
    html = house.workers.call("later", str(before), audit_work.compared, house.settings.ledger, before, after)
    return house.pages.show(request, "audit-compare", before=before, after=after, html=html)


@router.get("/audit/erase")
def erase_page(request: Request, house: TheHouse) -> Response:
    return house.pages.show(request, "audit-erase", problems=[], done=None)


@router.post("/audit/erase")
def erase(request: Request, session: Signed, house: TheHouse, form: TheForm) -> Response:
    """All content of a patient's records and the chart that is being entered; the erasure itself is recorded."""
    patient, again = (str(form.get(key) or "").strip() for key in ("patient", "again"))
    problems = [] if patient else ["no pseudonym was given"]
    problems += [] if patient == again else ["the pseudonym was not repeated correctly"]
    problems += [] if form.get("sure") == "yes" else ["it was not confirmed that nothing can be brought back"]
    if problems:
        return house.pages.show(request, "audit-erase", 422, problems=problems, done=None)
    try:
        done = _erased(house, session, patient)
    except InputError as error:
        return house.pages.show(request, "audit-erase", 422, problems=[problem.message for problem in error.problems], done=None)
    return house.pages.show(request, "audit-erase", problems=[], done=done)


def _erased(house: House, session: Session, patient: str) -> dict[str, object]:
    """The chart goes even where nothing was recorded of it yet. Raises InputError where neither is there."""
    number, unfinished = None, ""
    recorded = house.records.subject_of(patient)
    if recorded is not None:
        try:
            number = house.ledger.erase(patient, Asker(session.account.role, session.account.name)).number
        except InputError as error:
            if house.records.subject_of(patient) is not None:
                raise  # nothing was removed
            unfinished = "; ".join(problem.message for problem in error.problems)
    chart = house.charts.forget(patient)
    house.workers.forget()
    house.jobs.forget(*_MAY_CITE)
    if recorded is None and not chart:
        raise InputError([Problem("erase", 0, "", "there is no patient of this pseudonym; nothing was erased")])
    return {"recorded": recorded is not None, "number": number, "chart": chart, "unfinished": unfinished}
