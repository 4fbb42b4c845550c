"""A clinician's own patients: the list, new ones, files in and out."""

import json
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import UploadFile

from euthymia.clinic.charts import EMPTY, Chart
from euthymia.errors import InputError, Problem
from euthymia.facts.entering import Place
from euthymia.source import read_document
from euthymia.source.editing import changed_text, new_text
from euthymia.web.charts import work
from euthymia.web.charts.charting import own_chart
from euthymia.web.guard import Signed, TheForm, TheHouse
from euthymia.web.house import House

router = APIRouter(include_in_schema=False)
_LARGEST_FILE = 500_000  # bytes


@router.get("/patients")
def patients(request: Request, session: Signed, house: TheHouse) -> Response:
    return _page(request, house, session.account.id)


@router.post("/patients")
def new_patient(request: Request, session: Signed, house: TheHouse, form: TheForm) -> Response:
    label, pseudonym = str(form.get("label") or ""), str(form.get("pseudonym") or "")
    try:
        chart = house.charts.add(session.account.id, label, EMPTY, pseudonym)
    except InputError as error:
        return _page(request, house, session.account.id, 422, problems=[f"{problem.file}: {problem.message}" for problem in error.problems])
    return RedirectResponse(f"/patients/{chart.id}", 303)


@router.post("/patients/import")
def import_patient(request: Request, session: Signed, house: TheHouse, form: TheForm) -> Response:
    """A patient file is taken whole or not at all; every mistake is told with its line."""
    file = form.get("file")
    try:
        data = _read(house, file if isinstance(file, UploadFile) else None)
        chart = house.charts.add(session.account.id, str(form.get("label") or ""), data, str(form.get("pseudonym") or ""))
    except InputError as error:
        return _page(request, house, session.account.id, 422, problems=[str(problem) for problem in error.problems])
    return RedirectResponse(f"/patients/{chart.id}", 303)


@router.get("/patients/{chart}/export")
def export(chart: str, session: Signed, house: TheHouse, form: str = "yaml") -> Response:
    """The patient file: what was entered, and nothing of what was concluded."""
    found = own_chart(house, session, chart)
    ending, kind = ("json", "application/json") if form == "json" else ("yaml", "application/yaml")
    text = json.dumps(found.data, ensure_ascii=False, indent=1) if ending == "json" else _yaml(found)
    return Response(text, media_type=kind, headers={"Content-Disposition": f'attachment; filename="patient.{ending}"'})


@router.post("/patients/{chart}/label")
def rename(chart: str, session: Signed, house: TheHouse, form: TheForm) -> Response:
    found = own_chart(house, session, chart)
    house.charts.rename(found, str(form.get("label") or ""))
    return RedirectResponse(f"/patients/{found.id}", 303)


@router.post("/patients/{chart}/remove")
def remove(request: Request, chart: str, session: Signed, house: TheHouse, form: TheForm) -> Response:
    """What was entered, not what was recorded; only with the pseudonym typed again."""
    found = own_chart(house, session, chart)
    if str(form.get("confirm") or "").strip() != found.pseudonym:
        return _page(request, house, session.account.id, 422, problems=["nothing was removed: the pseudonym was not repeated correctly"])
    house.charts.remove(found)
    return RedirectResponse("/patients", 303)


def _page(request: Request, house: House, owner: str, status: int = 200, *, problems: list[str] | None = None) -> Response:
    came, all_charts = house.handovers.to(owner), house.charts.of_owner(owner)
    charts = [{"chart": chart, "records": house.recordings.of_chart(chart), "came": came.get(chart.id)} for chart in all_charts]
    return house.pages.show(request, "patients", status, charts=charts, gone=house.handovers.away_from(owner), problems=problems or [])


def _read(house: House, file: UploadFile | None) -> dict[str, object]:
    """The data of an uploaded patient file. Raises InputError with every mistake in it."""
    if file is None or not file.filename:
        raise InputError([Problem("file", 0, "", "no file was chosen")])
    name = "file.json" if file.filename.lower().endswith(".json") else "file.yaml"  # its own name may be that of the patient
    raw = file.file.read(_LARGEST_FILE + 1)
    if len(raw) > _LARGEST_FILE:
        raise InputError([Problem(name, 0, "", f"larger than {_LARGEST_FILE:,} bytes, the most that is read")])
    try:
        document = read_document(raw.decode("utf-8-sig"), name)
    except UnicodeDecodeError:
        raise InputError([Problem(name, 0, "", "not UTF-8 text; save the file as UTF-8")]) from None
    house.workers.call("now", name, work.check, document, house.today())
    return dict(document.data)


def _yaml(chart: Chart) -> str:
    changes: list[tuple[Place, Any]] = [((key,), value) for key, value in chart.data.items() if key != "schema"]
    return changed_text(new_text("patient.yaml"), "patient.yaml", changes)
