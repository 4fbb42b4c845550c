"""What follows from the facts as they stand: at once where the patient stands, then the next question, the advice, and every why."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from euthymia.web.charts import work
from euthymia.web.charts.charting import assessed_on, fields_of, names_aside, own_chart, set_aside, standing_of, told
from euthymia.web.guard import Signed, TheForm, TheHouse

router = APIRouter(include_in_schema=False)


@router.get("/patients/{chart}/standing")
def standing(request: Request, chart: str, session: Signed, house: TheHouse) -> Response:
    found = own_chart(house, session, chart)
    return house.pages.show(request, "standing", chart=found, **standing_of(house, found))


@router.get("/patients/{chart}/next")
def next_question(request: Request, chart: str, session: Signed, house: TheHouse, passed: str = "") -> Response:
    """`passed`: questions set aside for now, by the places of their facts in the catalogue."""
    found = own_chart(house, session, chart)
    on, aside = assessed_on(house, found), names_aside(house, found, passed)
    asked = house.workers.newest("later", found.id, work.show_next, told(found), on, aside)
    fields = fields_of(house, found, lambda: asked["filled"])
    questions = [{**question, "field": fields.of(question["fact"])} for question in asked["questions"]]
    more = set_aside(house, found, asked["kind"], [question["fact"] for question in questions])
    return house.pages.show(request, "next", asked=asked, questions=questions, chart=found, passed=passed, aside=more)


@router.get("/patients/{chart}/results")
def results(request: Request, chart: str, session: Signed, house: TheHouse) -> Response:
    """The advice with its grounds. It is worked out where it does not hold up what somebody waits for."""
    found = own_chart(house, session, chart)
    html = house.workers.newest("later", found.id, work.show_results, told(found), assessed_on(house, found))
    return house.pages.show(request, "results", html=html, chart=found)


@router.get("/patients/{chart}/timeline")
def timeline(request: Request, chart: str, session: Signed, house: TheHouse) -> Response:
    found = own_chart(house, session, chart)
    html = house.workers.newest("now", found.id, work.show_timeline, told(found), assessed_on(house, found))
    return house.pages.show(request, "results", html=html)


@router.post("/patients/{chart}/why")
def why(request: Request, chart: str, session: Signed, house: TheHouse, form: TheForm) -> Response:
    """Why, why not, and what would change it. Posted, because the name of a trial is part of what is asked."""
    found, name = own_chart(house, session, chart), str(form.get("name") or "")[:200]
    html = house.workers.call("later", found.id, work.show_why, told(found), assessed_on(house, found), name)
    return house.pages.show(request, "why", html=html)


@router.post("/patients/{chart}/what-if")
def what_if(chart: str, session: Signed, house: TheHouse) -> Response:
    """A copy in which anything may be tried. The chart itself is not touched."""
    found = own_chart(house, session, chart)
    if found.what_if_of is not None:
        raise HTTPException(422)
    return RedirectResponse(f"/patients/{house.charts.what_if(found).id}", 303)


@router.get("/patients/{chart}/differences")
def differences(request: Request, chart: str, session: Signed, house: TheHouse) -> Response:
    """What a what-if would change, and which of its facts do."""
    found = own_chart(house, session, chart)
    if found.what_if_of is None:
        raise HTTPException(404)
    before = own_chart(house, session, found.what_if_of)
    html = house.workers.newest("later", found.id, work.show_differences, told(before), told(found), assessed_on(house, found))
    return house.pages.show(request, "results", html=html)


@router.post("/patients/{chart}/leave")
def leave(chart: str, session: Signed, house: TheHouse) -> Response:
    """The copy is forgotten, with all that was tried in it."""
    found = own_chart(house, session, chart)
    if found.what_if_of is None:
        raise HTTPException(422)
    house.charts.remove(found)
    return RedirectResponse(f"/patients/{found.what_if_of}", 303)
