"""The JSON interface: the same charts, the same answers, the same rules of access as the pages. Described at /api/openapi.json.

Signed in by the same session; whatever changes something needs the session's token in the header X-CSRF-Token (see GET /session).
"""

from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from euthymia.clinic.charts import DAY, EMPTY, Changed, Chart, Entry
from euthymia.errors import InputError, Problem
from euthymia.facts.entering import place_of
from euthymia.source import Document
from euthymia.web.charts import work
from euthymia.web.charts.answers import Refused, require
from euthymia.web.charts.charting import assessed_on, own_chart, told
from euthymia.web.charts.day import chosen_day
from euthymia.web.guard import Signed, TheHouse
from euthymia.web.routes.charts import require_fact
from euthymia.web.routes.decisions import own_record, record_chart

_ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"description": "The request cannot be read"},
    401: {"description": "Nobody is signed in"},
    403: {"description": "Not open to this role, or the token is missing"},
    404: {"description": "Not there, or not yours"},
    409: {"description": "Changed meanwhile; `now` is what the chart holds"},
    410: {"description": "Handed over to a colleague; nothing was saved"},
    413: {"description": "Too large"},
    422: {"description": "Cannot be taken; `problems` says why"},
    429: {"description": "Too many requests"},
    503: {"description": "No decision was made; try again"},
}
router = APIRouter(prefix="/api", responses=_ERRORS, tags=["patients"])
ChartId = Annotated[str, Path(max_length=40, pattern=r"^[A-Za-z0-9_-]+$")]
Once = Annotated[str, Field(pattern=r"^[0-9a-f]{8,64}$", description="The same when a request is sent twice")]
_LARGEST_NUMBER = 2**31 - 1


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ChartShown(_Strict):
    """A patient being entered. `as_of`: the day of assessment; null is today, whatever day that is."""

    id: str
    pseudonym: str | None
    label: str
    version: int
    changed_at: str
    as_of: str | None
    data: dict[str, Any]


class NewChart(_Strict):
    """`data`: a patient file; empty when left out."""

    label: Annotated[str, Field(max_length=60)] = ""
    pseudonym: Annotated[str, Field(max_length=60)] = ""
    data: dict[str, Any] | None = None


class Answered(_Strict):
    """One fact, `trial.drug@t1`; `value` as in a patient file, null for not asked; `seen`: the version of the chart that was seen."""

    fact: Annotated[str, Field(max_length=200)]
    value: Any
    seen: Annotated[int, Field(ge=0, le=_LARGEST_NUMBER)]
    once: Once


class Day(_Strict):
    """`as_of`: a day that is not in the future, YYYY-MM-DD; null is today, whatever day that is."""

    as_of: Annotated[str, Field(max_length=10)] | None
    seen: Annotated[int, Field(ge=0, le=_LARGEST_NUMBER)]
    once: Once


class Asked(_Strict):
    """The id of a conclusion, recommendation, alert or definition."""

    name: Annotated[str, Field(max_length=200)]


class ToRecord(_Strict):
    once: Once


class Recorded(_Strict):
    """The number of the record in the ledger."""

    number: int


@router.get("/openapi.json", include_in_schema=False)
def description(request: Request) -> dict[str, Any]:
    """This interface, described by OpenAPI."""
    app: FastAPI = request.app
    return app.openapi()


@router.get("/patients")
def patients(session: Signed, house: TheHouse) -> list[ChartShown]:
    """Your own patients, the last changed first."""
    return [_shown(chart) for chart in house.charts.of_owner(session.account.id)]


@router.post("/patients", status_code=201)
def new_patient(new: NewChart, session: Signed, house: TheHouse) -> ChartShown:
    """A new patient; a file that is given is taken whole or not at all."""
    if new.data is not None:
        house.workers.call("now", session.account.id, work.check, Document("data", new.data, {}), house.today())
    return _shown(house.charts.add(session.account.id, new.label, new.data or EMPTY, new.pseudonym))


@router.get("/patients/{chart}")
def patient(chart: ChartId, session: Signed, house: TheHouse) -> ChartShown:
    return _shown(own_chart(house, session, chart))


@router.post("/patients/{chart}/facts")
def answer(chart: ChartId, given: Answered, session: Signed, house: TheHouse) -> ChartShown:
    """Save one answer; it is on the disk when this returns."""
    found = own_chart(house, session, chart)
    require_fact(house, found, given.fact)
    catalogue = house.consultation.rulebook.facts
    try:
        require(catalogue[given.fact.partition("@")[0]], given.value)
    except Refused as refused:
        raise InputError([Problem(given.fact, 0, "", str(refused))]) from None
    entry = Entry(place_of(given.fact, catalogue), given.value, given.seen, given.once)
    try:
        return _shown(house.charts.enter(found, session.account.id, [entry]))
    except Changed:
        raise HTTPException(409) from None


@router.post("/patients/{chart}/day")
def set_day(chart: ChartId, given: Day, session: Signed, house: TheHouse) -> ChartShown:
    """Choose the day of assessment, as of which everything about this patient is told and recorded. Not of a what-if."""
    found = own_chart(house, session, chart)
    if found.what_if_of is not None:
        raise HTTPException(422)
    day = None if given.as_of is None else chosen_day(given.as_of, house.today())
    try:
        return _shown(house.charts.enter(found, session.account.id, [Entry(DAY, day, given.seen, given.once)]))
    except Changed:
        raise HTTPException(409) from None


@router.get("/patients/{chart}/standing")
def standing(chart: ChartId, session: Signed, house: TheHouse) -> dict[str, Any]:
    """Alerts and headings with their statuses."""
    found = own_chart(house, session, chart)
    return house.workers.call("now", found.id, work.show_standing, told(found), assessed_on(house, found))


@router.get("/patients/{chart}/next")
def next_question(chart: ChartId, session: Signed, house: TheHouse) -> dict[str, Any]:
    """What to ask next, and what each answer would do."""
    found = own_chart(house, session, chart)
    return house.workers.call("later", found.id, work.show_next, told(found), assessed_on(house, found), frozenset())


@router.get("/patients/{chart}/assessment", response_class=Response, responses={200: {"content": {"application/json": {}}}})
def assessment(chart: ChartId, session: Signed, house: TheHouse) -> Response:
    """The whole assessment, as `euthymia assess --format json` gives it, without explanations."""
    found = own_chart(house, session, chart)
    text = house.workers.call("later", found.id, work.json_document, told(found), assessed_on(house, found))
    return Response(text, media_type="application/json")


@router.post("/patients/{chart}/why", response_class=Response, responses={200: {"content": {"application/json": {}}}})
def why(chart: ChartId, asked: Asked, session: Signed, house: TheHouse) -> Response:
    """Why, why not and what would change it, as `euthymia why --format json` gives it."""
    found = own_chart(house, session, chart)
    text = house.workers.call("later", found.id, work.json_why, told(found), assessed_on(house, found), asked.name)
    return Response(text, media_type="application/json")


@router.post("/patients/{chart}/record", status_code=201)
def record(request: Request, chart: ChartId, given: ToRecord, session: Signed, house: TheHouse) -> Recorded:
    """Write the assessment into the ledger; sent twice, it is recorded once."""
    found = own_chart(house, session, chart)
    return Recorded(number=record_chart(request, house, session, found, given.once))


@router.get("/decisions/{number}", tags=["decisions"])
def decision(number: int, session: Signed, house: TheHouse) -> dict[str, Any]:
    """A recorded decision of one of your own patients: the sealed record, and the answer that was given."""
    row, _ = own_record(house, session, number, "answer")
    parts = row.part("answer")
    return {"record": row.sealed.data, "hash": row.sealed.hash, "answer": parts[0].value if parts else None}


def _shown(chart: Chart) -> ChartShown:
    return ChartShown(**{name: getattr(chart, name) for name in ChartShown.model_fields})
