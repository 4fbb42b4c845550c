"""Recorded decisions of one's own patients: recorded, read again, printed, and answered."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from euthymia.clinic.charts import Chart
from euthymia.clinic.sessions import Session
from euthymia.errors import InputError, Problem
from euthymia.ledger.record import Asker, Draft
from euthymia.ledger.responses import ANSWERED, REASONS, VERDICTS, response_draft, responses_to
from euthymia.ledger.store import Row
from euthymia.render.page import html_page
from euthymia.render.pdf import PdfAbout
from euthymia.web.charts import work
from euthymia.web.charts.charting import assessed_on, not_saved, own_chart, told
from euthymia.web.charts.recording import KnownRecords
from euthymia.web.guard import Signed, TheForm, TheHouse
from euthymia.web.headers import STORED_PAGE_POLICY
from euthymia.web.house import House
from euthymia.web.routes.charts import require_once

router = APIRouter(include_in_schema=False)
_AUDIENCES = ("clinician", "patient")
_MOST = 2**31  # larger numbers no database takes


@router.post("/patients/{chart}/record")
def record(request: Request, chart: str, session: Signed, house: TheHouse, form: TheForm) -> Response:
    """Write the assessment into the ledger. Sent twice, it is recorded once. Raises InputError while the chart has a mistake."""
    number = record_chart(request, house, session, own_chart(house, session, chart), require_once(form))
    return RedirectResponse(f"/decisions/{number}", 303)


def record_chart(request: Request, house: House, session: Session, found: Chart, once: str) -> int:
    """The number of the record, the same when it was sent before. Raises InputError, and 422 for a what-if."""
    if found.what_if_of is not None or found.pseudonym is None:
        raise HTTPException(422)
    if labels := not_saved(house, found):
        raise InputError([Problem("chart", 0, "", f"an answer could not be taken, put it right first: {label}") for label in labels])
    if (number := house.recordings.sent(found, once)) is not None:
        return number
    by = Asker(session.account.role, session.account.name)
    facts, on = told(found), assessed_on(house, found)
    draft, rulebook = house.workers.call("later", found.id, work.record_draft, facts, on, found.pseudonym, by)
    known = KnownRecords(house, found.pseudonym, draft)
    number, is_new = house.recordings.record(found, once, known, lambda: house.ledger.append(draft, rulebook).number)
    if is_new:
        request.app.state.metrics.recorded.inc()
    return number


@router.get("/decisions/{number}")
def show(request: Request, number: int, session: Signed, house: TheHouse) -> Response:
    row, chart = own_record(house, session, number, "answer", "patient")
    given: dict[str, Any] = {
        "number": number,
        "row": row,
        "chart": chart,
        "responses": _responses(house, row),
        "reasons": REASONS,
        "verdicts": VERDICTS,
    }
    given |= {"advice": _advice(row), "problems": [], "forgotten": not row.parts}
    return house.pages.show(request, "decision", **given)


@router.get("/decisions/{number}/page")
def page(number: int, session: Signed, house: TheHouse, audience: str = "clinician") -> Response:
    """The page of that day, to be printed from the browser."""
    document = _document(own_record(house, session, number, "answer")[0], audience)
    html = html_page(document, audience, house.settings.templates)
    return HTMLResponse(html, headers={"Content-Security-Policy": STORED_PAGE_POLICY})


@router.get("/decisions/{number}/pdf")
def pdf(number: int, session: Signed, house: TheHouse, audience: str = "clinician") -> Response:
    """The report of that day, for the clinician or, in plain words, for the patient."""
    row, _ = own_record(house, session, number, "answer", "patient")
    document = _document(row, audience)
    about = PdfAbout(number, row.sealed.hash, row.part("patient")[0].value)
    made = house.workers.call("later", str(number), work.make_pdf, document, audience, about)
    name = f"euthymia-{number}-{audience}.pdf"
    return Response(made, media_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'})


@router.post("/decisions/{number}/respond")
def respond(number: int, session: Signed, house: TheHouse, form: TheForm) -> Response:
    """What became of the advice: recorded, never changed. Raises InputError."""
    row, _ = own_record(house, session, number, *ANSWERED)
    draft = _response(row, form, Asker(session.account.role, session.account.name))
    house.ledger.append(draft)
    return RedirectResponse(f"/decisions/{number}#responses", 303)


def _response(row: Row, form: TheForm, by: Asker) -> Draft:
    verdict, reason, note = (str(form.get(key) or "").strip() for key in ("verdict", "reason", "note"))
    rules = [str(rule) for rule in form.getlist("rule")]
    return response_draft(row, verdict, reason or None, rules, note or None, by)


def _document(row: Row, audience: str) -> dict[str, Any]:
    """The recorded answer. Raises 404 where it was erased, or is not for such a reader."""
    if audience not in _AUDIENCES or not row.part("answer"):
        raise HTTPException(404)
    return {"program": row.sealed.data["program"], **row.part("answer")[0].value}


def own_record(house: House, session: Session, number: int, *parts: str) -> tuple[Row, str]:
    """The record and the chart that it was made from. Raises 404 for one that is not there or somebody else's."""
    owned = house.recordings.owner_of(number) if 0 < number < _MOST else None
    if owned is None or owned[0] != session.account.id:
        raise HTTPException(404)
    return house.ledger.of_kind(number, "assessment", *parts), owned[1]


def _responses(house: House, row: Row) -> list[dict[str, Any]]:
    found = responses_to(house.records, row, "response")
    return [{"by": str(later.sealed.by), "at": later.sealed.at, **later.sealed.content, **_said(later)} for later in found]


def _said(row: Row) -> dict[str, Any]:
    return row.part("response")[0].value if row.part("response") else {"rules": [], "note": None}


def _advice(row: Row) -> list[dict[str, str]]:
    """What a response may be about."""
    if not row.part("answer"):
        return []
    answer = row.part("answer")[0].value
    return [{"id": item["id"], "title": item["title"]} for item in answer["recommendations"] if item["status"] == "recommended"]
