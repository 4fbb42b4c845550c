"""Handing patients over: one by the clinician who treats them, all of a colleague who left by an administrator, who sees none of them."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from euthymia.clinic.accounts import Account
from euthymia.clinic.charts import Chart, NoLonger
from euthymia.clinic.sessions import Session
from euthymia.errors import InputError
from euthymia.web.charts.charting import HandedOver, own_chart
from euthymia.web.guard import Signed, TheForm, TheHouse
from euthymia.web.house import House
from euthymia.web.logs import log
from euthymia.web.routes.charts import require_once

router = APIRouter(include_in_schema=False)
_UNCONFIRMED = "confirm that the patients are to go to this colleague"


@router.get("/patients/{chart}/hand-over")
def ask(request: Request, chart: str, session: Signed, house: TheHouse) -> Response:
    return _page(request, house, _original(own_chart(house, session, chart)))


@router.post("/patients/{chart}/hand-over")
def hand_over(request: Request, chart: str, session: Signed, house: TheHouse, form: TheForm) -> Response:
    """One patient, to a colleague. Sent twice, it is done once."""
    to, once = str(form.get("to") or ""), require_once(form)
    try:
        found = _original(own_chart(house, session, chart))
        if form.get("sure") != "yes":
            return _page(request, house, found, 422, problems=[_UNCONFIRMED], to=to)
        _log(house.handovers.hand_over(found, to, once), session)
    except (HandedOver, NoLonger):
        if not house.handovers.is_done(session.account.id, once):
            raise
    except InputError as error:
        return _page(request, house, found, 422, problems=[problem.message for problem in error.problems], to=to)
    return RedirectResponse("/patients#handed-over", 303)


@router.get("/accounts/{account}/hand-over")
def ask_for_all(request: Request, account: str, house: TheHouse) -> Response:
    return _page_for_all(request, house, _clinician(house, account))


@router.post("/accounts/{account}/hand-over")
def hand_over_all(request: Request, account: str, session: Signed, house: TheHouse, form: TheForm) -> Response:
    """All patients of a clinician, to another. Sent twice, it is done once."""
    found, to, once = _clinician(house, account), str(form.get("to") or ""), require_once(form)
    if form.get("sure") != "yes":
        return _page_for_all(request, house, found, 422, problems=[_UNCONFIRMED], to=to)
    try:
        _log(house.handovers.hand_over_all(found.id, to, session.account.id, once), session)
    except InputError as error:
        return _page_for_all(request, house, found, 422, problems=[problem.message for problem in error.problems], to=to)
    return RedirectResponse(f"/accounts/{found.id}/hand-over", 303)


def _log(number: int, session: Session) -> None:
    """How many, and in which role; neither whom nor to whom."""
    if number:
        log.info("handed over", patients=number, role=session.account.role)


def _original(chart: Chart) -> Chart:
    """Raises 422 for a what-if: it is nobody's but that of who tries it."""
    if chart.what_if_of is not None:
        raise HTTPException(422)
    return chart


def _clinician(house: House, account: str) -> Account:
    """Raises 404 for another role: they have no patients."""
    found = house.accounts.by_id(account)
    if found is None or found.role != "clinician":
        raise HTTPException(404)
    return found


def _page(request: Request, house: House, chart: Chart, status: int = 200, **given: Any) -> Response:
    shown = {"chart": chart, "colleagues": _colleagues(house, chart.owner), "problems": [], "to": ""}
    return house.pages.show(request, "hand-over", status, **shown | given)


def _page_for_all(request: Request, house: House, account: Account, status: int = 200, **given: Any) -> Response:
    shown = {"account": account, "number": house.handovers.numbers().get(account.id, 0), "gone": house.handovers.together(account.id)}
    shown |= {"colleagues": _colleagues(house, account.id), "problems": [], "to": ""}
    return house.pages.show(request, "hand-over-all", status, **shown | given)


def _colleagues(house: House, account: str) -> list[Account]:
    """Whom a patient can be given to."""
    return [other for other in house.accounts.all() if other.role == "clinician" and not other.closed and other.id != account]
