"""What was changed in a chart, by whom, and taken back; and through whose hands the patient went."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from euthymia.clinic.charts import DAY
from euthymia.clinic.handovers import Handover
from euthymia.web.charts.charting import own_chart
from euthymia.web.guard import Signed, TheForm, TheHouse
from euthymia.web.house import House
from euthymia.web.routes.charts import require_once, same_section

router = APIRouter(include_in_schema=False)


@router.post("/patients/{chart}/undo")
def undo(request: Request, chart: str, session: Signed, house: TheHouse, form: TheForm) -> Response:
    found = own_chart(house, session, chart)
    house.charts.undo(found, session.account.id, require_once(form))
    return RedirectResponse(f"/patients/{found.id}" + same_section(house, found, form), 303)


@router.get("/patients/{chart}/history")
def history(request: Request, chart: str, session: Signed, house: TheHouse) -> Response:
    """What was changed and by whom, and through whose hands the patient went."""
    found = own_chart(house, session, chart)
    names = {account.id: account.name for account in house.accounts.all()}
    lines = [_change(house, change, names) for change in house.charts.history(found)]
    lines += [_handed_over(handover) for handover in house.handovers.of_chart(found.id)]
    return house.pages.show(request, "history", chart=found, changes=sorted(lines, key=lambda line: line["version"], reverse=True))


def _handed_over(handover: Handover) -> dict[str, Any]:
    line = {"version": handover.version, "at": handover.at, "by": handover.by, "label": "Patient handed over", "undone": False}
    return line | {"before": handover.sender, "after": handover.receiver}


def _change(house: House, change: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    line = {"version": change["version"], "at": change["at"], "by": names.get(change["account"], "")}
    line["undone"] = change["once"].startswith("undo ")
    if tuple(change["place"]) == DAY:
        return line | {"label": "Assessed as of", "before": change["before"] or "today", "after": change["after"] or "today"}
    return line | {"label": _label(house, change["place"]), "before": _shown(change["before"]), "after": _shown(change["after"])}


def _label(house: House, place: list[str]) -> str:
    catalogue = house.consultation.rulebook.facts
    fact = f"{place[0].removesuffix('s')}.{place[2]}" if len(place) == 3 else ".".join(place)
    label = catalogue[fact].label if fact in catalogue else "several facts at once"
    return label + (f" ({place[1]})" if len(place) == 3 else "")


def _shown(raw: Any) -> str:
    value = raw["value"] if isinstance(raw, dict) and "value" in raw else raw
    if value is None:
        return "not asked"
    if isinstance(value, dict):
        return "…"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return str(value).replace("_", " ")
