"""The day of assessment: today, or the day of a consultation that is written up later."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from euthymia.clinic.charts import DAY, Changed, Entry
from euthymia.errors import InputError
from euthymia.web.charts.charting import own_chart
from euthymia.web.charts.day import chosen_day
from euthymia.web.guard import Signed, TheForm, TheHouse
from euthymia.web.routes.charts import chart_parts, require_once, require_seen, same_section, section_of

router = APIRouter(include_in_schema=False)


@router.post("/patients/{chart}/day")
def set_day(request: Request, chart: str, session: Signed, house: TheHouse, form: TheForm) -> Response:
    """The day of assessment: a fixed one, or none, which is today. Only of the chart itself: a what-if is assessed as of the same day."""
    found, typed_day = own_chart(house, session, chart), str(form.get("day") or "")
    if found.what_if_of is not None:
        raise HTTPException(422)
    try:
        day = None if form.get("follow") == "yes" else chosen_day(typed_day, house.today())
        house.charts.enter(found, session.account.id, [Entry(DAY, day, require_seen(form), require_once(form))])
    except InputError as error:
        status, problem = 422, error.problems[0].message
    except Changed:
        status, problem = 409, "changed in another window meanwhile; look at what is there now, and choose again if it is wrong"
    else:
        return RedirectResponse(f"/patients/{found.id}" + same_section(house, found, form), 303)
    shown = chart_parts(house, own_chart(house, session, chart), section_of(house, found, form), 0)
    return house.pages.show(request, "chart", status, **shown | {"day_problem": problem, "day_typed": typed_day[:20]})
