"""The ledger for the auditor: records found, opened and explained. Patients stand here by their pseudonyms, and in no address."""

from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from euthymia.errors import InputError, Problem
from euthymia.ledger.listing import Filters, about
from euthymia.ledger.record import KINDS, ROLES
from euthymia.ledger.searching import Found
from euthymia.render.page import AUDIENCES
from euthymia.rulebook.base import SEVERITIES
from euthymia.rulebook.conditions import STATUSES
from euthymia.web.audit import audit_work
from euthymia.web.audit.records import facts_told, judgements, outcome, record_at, responses
from euthymia.web.guard import TheForm, TheHouse
from euthymia.web.headers import STORED_PAGE_POLICY
from euthymia.web.house import House

router = APIRouter(include_in_schema=False)
_ASKED = ("from", "to", "role", "kind", "patient", "rule", "status", "alert")
_A_PAGE = 100
_LONGEST = 200


# ---------------------------------------------------------------- finding


@router.get("/audit")
def newest(request: Request, house: TheHouse) -> Response:
    return _search_page(request, house, {}, None)


@router.post("/audit")
def search(request: Request, house: TheHouse, form: TheForm) -> Response:
    """Posted, because a pseudonym may be part of what is asked."""
    asked = {key: text for key in _ASKED if (text := str(form.get(key) or "").strip()[:_LONGEST])}
    before = str(form.get("before") or "")
    return _search_page(request, house, asked, int(before) if before.isdecimal() and len(before) < 18 else None)


def _search_page(request: Request, house: House, asked: dict[str, str], before: int | None) -> Response:
    problems: list[str] = []
    found = Found()
    try:
        if house.records.head() is not None:
            found = house.workers.call("later", "audit", audit_work.search, house.settings.ledger, _filters(asked), before)
    except InputError as error:
        problems = [_said(problem) for problem in error.problems]
    rows = [{**row, "flaw": audit_work.on_a_page(row["flaw"])} if "flaw" in row else {**row, "about": about(row)} for row in found.lines]
    given = {"asked": asked, "found": found, "rows": rows, "before": before, "problems": problems, **_choices(house)}
    return house.pages.show(request, "audit", 422 if problems else 200, **given)


def _choices(house: House) -> dict[str, Any]:
    """What can be picked. Rules that only older rulebooks know may be written all the same."""
    rules = [{"id": rule.id, "title": rule.title} for rule in house.consultation.rulebook.rules if "/" not in rule.id]
    alerts = [{"id": rule.id, "title": rule.title} for rule in house.consultation.rulebook.rules if rule.alert]
    return {"rules": rules, "alerts": alerts, "roles": ROLES, "kinds": KINDS, "statuses": STATUSES, "severities": SEVERITIES}


def _filters(asked: dict[str, str]) -> Filters:
    """Raises InputError for a day that is none."""
    first, last = (_day(asked.get(key), key) for key in ("from", "to"))
    return Filters(first, last, **{key: asked.get(key) for key in _ASKED[2:]})


def _day(text: str | None, name: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InputError([Problem(name, 0, "", "is no day; write YYYY-MM-DD")]) from None


def _said(problem: Problem) -> str:
    """The messages were written for the command line, whose options have the names of these fields."""
    return f"{problem.file}: {problem.message}".replace("--", "")


# ---------------------------------------------------------------- one record


@router.get("/audit/{number}")
def show(request: Request, number: int, house: TheHouse) -> Response:
    """What the record says of itself, what came out, and what became of it."""
    row = record_at(house, number, "patient", "facts", "answer", "response")
    given = {"row": row, "number": number, "outcome": outcome(row), "responses": responses(house, row)}
    given |= {"patient": row.part("patient")[0].value if row.part("patient") else None}
    given |= {"said": row.part("response")[0].value if row.part("response") else None, "audiences": AUDIENCES}
    return house.pages.show(request, "audit-record", **given)


@router.get("/audit/{number}/page")
def page(number: int, house: TheHouse, audience: str = "clinician") -> Response:
    """The page of that day, for one of its three readers."""
    record_at(house, number)
    if audience not in AUDIENCES:
        raise HTTPException(404)
    html = house.workers.call("later", "audit", audit_work.page_of_that_day, house.settings.ledger, number, audience)
    return HTMLResponse(html, headers={"Content-Security-Policy": STORED_PAGE_POLICY})


@router.get("/audit/{number}/facts")
def facts(request: Request, number: int, house: TheHouse) -> Response:
    """What was told, by whom and when."""
    row = record_at(house, number, "facts", "answer")
    return house.pages.show(request, "audit-facts", number=number, row=row, facts=facts_told(row))


@router.get("/audit/{number}/judgements")
def all_judgements(request: Request, number: int, house: TheHouse, status: str = "", first: int = 1) -> Response:
    """Every step of the derivation, by status, a page at a time."""
    row = record_at(house, number, "derivation")
    found = [item for item in judgements(house, row) if status in ("", item["status"])]
    counts = row.sealed.content["shape"]["statuses"] if row.kind == "assessment" else {}
    shown = found[max(first, 1) - 1 : max(first, 1) - 1 + _A_PAGE]
    given = {"number": number, "items": shown, "all": len(found), "first": max(first, 1), "step": _A_PAGE, "status": status}
    return house.pages.show(request, "audit-judgements", statuses=STATUSES, counts=counts, row=row, **given)


# ---------------------------------------------------------------- why


@router.get("/audit/{number}/why/{place}")
def why(request: Request, number: int, place: int, house: TheHouse) -> Response:
    """Of the judgement at this place of the record's derivation: an address that names no trial."""
    row = record_at(house, number, "derivation")
    names = audit_work.judgement_names(row) if row.part("derivation") else []
    if not 1 <= place <= len(names):
        raise HTTPException(404)
    return _why_page(request, house, number, names[place - 1])


@router.post("/audit/{number}/why")
def why_of(request: Request, number: int, house: TheHouse, form: TheForm) -> Response:
    """Of whatever has this name: a judgement, a rule in all trials, or a definition."""
    name = str(form.get("name") or "").strip()[:_LONGEST]
    row = record_at(house, number, "derivation")
    names = audit_work.judgement_names(row) if row.part("derivation") else []
    if name in names:
        return RedirectResponse(f"/audit/{number}/why/{names.index(name) + 1}", 303)
    return _why_page(request, house, number, name)


def _why_page(request: Request, house: House, number: int, name: str) -> Response:
    found = house.workers.call("later", str(number), audit_work.why, house.settings.ledger, number, name)
    return house.pages.show(request, "audit-why", number=number, why=found)
