"""Long work: how far it is, and stopping it."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from euthymia.clinic.sessions import Session
from euthymia.web.guard import Signed, TheHouse
from euthymia.web.house import House
from euthymia.web.jobs import Job

router = APIRouter(include_in_schema=False)
PAGES = {
    "verify": "/audit/check",
    "replay": "/audit/check",
    "steps": "/audit/check",
    "statistics": "/audit/statistics",
    "effects": "/rules/edits",
}


@router.get("/jobs/{job}")
def show(request: Request, job: str, session: Signed, house: TheHouse) -> Response:
    """Once it is over, the browser is sent to the page that shows what came out."""
    found = own_job(house, session, job)
    answer = house.pages.show(request, "job", job=found)
    if found.over:
        answer.headers["HX-Redirect"] = PAGES[found.kind]
    return answer


@router.post("/jobs/{job}/stop")
def stop(job: str, session: Signed, house: TheHouse) -> Response:
    found = own_job(house, session, job)
    house.jobs.stop(found)
    return RedirectResponse(PAGES[found.kind], 303)


def own_job(house: House, session: Session, job: str) -> Job:
    found = house.jobs.find(job, session.account.id)
    if found is None:
        raise HTTPException(404)
    return found
