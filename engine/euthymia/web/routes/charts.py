"""Entering facts: one form for each fact, saved as soon as it is answered."""

import re
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from euthymia.clinic.charts import Changed, Chart, Entry
from euthymia.errors import InputError, Problem
from euthymia.facts.charting import row_of, with_unit, without_unit
from euthymia.facts.entering import place_of
from euthymia.web.charts.answers import Refused, read_answer, typed
from euthymia.web.charts.charting import TRIALS, assessed_on, fields_of, own_chart, sections, standing_of
from euthymia.web.charts.fields import Field, bare, slug, trial_names
from euthymia.web.charts.recording import take_in_records
from euthymia.web.charts.trials import FIRST_FACTS, new_trial, trial_form
from euthymia.web.guard import Signed, TheForm, TheHouse
from euthymia.web.house import House
from euthymia.web.pages import is_part

router = APIRouter(include_in_schema=False)
_ONCE = re.compile(r"[0-9a-f]{8,64}")
_ADVICE = "advice"  # no section of facts: the advice over the whole width
_NEXT = "-next"  # the field of the next question, which may stand in its section as well
_UNITS = {TRIALS: "trial", "problems": "problem"}
_UNIT_SECTIONS = {TRIALS: TRIALS, "problems": "problem"}


@router.get("/patients/{chart}")
def show(request: Request, chart: str, session: Signed, house: TheHouse, section: str = "", unit: int = 0) -> Response:
    """The chart with one section open; without one, the next question. `unit`: the place of a trial or problem in its list, from 1."""
    found = own_chart(house, session, chart)
    house.handovers.open(found)
    take_in_records(house, session, found)
    return house.pages.show(request, "chart", **chart_parts(house, found, section, unit))


@router.post("/patients/{chart}/facts")
def enter(request: Request, chart: str, session: Signed, house: TheHouse, form: TheForm) -> Response:
    """Save one answer. 409 where the fact was changed in another window meanwhile; 422 where the answer cannot be taken."""
    found, name = own_chart(house, session, chart), str(form.get("fact") or "")
    where = _NEXT if form.get("where") == _NEXT else ""
    require_fact(house, found, name)
    catalogue = house.consultation.rulebook.facts
    try:
        answers = read_answer(form, name, catalogue, assessed_on(house, found).isoformat())
    except Refused as refused:
        house.charts.keep_refused(found, name, place_of(name, catalogue), typed(form, catalogue[name.partition("@")[0]]), str(refused))
        return _answered(request, house, own_chart(house, session, chart), name, 422, where)
    entries = [Entry(place_of(fact, catalogue), value, require_seen(form), require_once(form)) for fact, value in answers]
    try:
        changed = house.charts.enter(found, session.account.id, entries)
    except Changed:
        message = "changed in another window meanwhile; look at what is there now, and answer again if it is wrong"
        house.charts.keep_refused(found, name, place_of(name, catalogue), typed(form, catalogue[name.partition("@")[0]]), message)
        return _answered(request, house, own_chart(house, session, chart), name, 409, where)
    return _answered(request, house, changed, name, 200, where)


@router.post("/patients/{chart}/units")
def add_unit(request: Request, chart: str, session: Signed, house: TheHouse, form: TheForm) -> Response:
    """A new trial or problem, with what was said of it at once."""
    found, units = own_chart(house, session, chart), str(form.get("units") or "")
    if units not in _UNITS:
        raise HTTPException(422)
    row: dict[str, Any] = {}
    problems: list[str] = []
    if units == TRIALS:
        row, problems = new_trial(form, house.consultation.rulebook.facts, assessed_on(house, found).isoformat())
    if problems:
        shown = chart_parts(house, found, units, 0) | {"problems": problems, "given": {key: str(value) for key, value in form.items()}}
        return house.pages.show(request, "chart", 422, **shown)
    changed = house.charts.replace(found, session.account.id, lambda data: with_unit(data, units, row), require_once(form))
    place = len(changed.data.get(units) or [])
    return RedirectResponse(f"/patients/{found.id}?section={_UNIT_SECTIONS[units]}" + (f"&unit={place}" if place else ""), 303)


@router.post("/patients/{chart}/units/remove")
def remove_unit(chart: str, session: Signed, house: TheHouse, form: TheForm) -> Response:
    """Out of the chart; it can be taken back like every change."""
    found, units, unit = own_chart(house, session, chart), str(form.get("units") or ""), str(form.get("unit") or "")
    if units not in _UNITS or row_of(found.data.get(units) or [], unit) is None:
        raise HTTPException(422)
    house.charts.replace(found, session.account.id, lambda data: without_unit(data, units, unit), require_once(form))
    return RedirectResponse(f"/patients/{found.id}?section={_UNIT_SECTIONS[units]}", 303)


# ---------------------------------------------------------------- parts of pages


def chart_parts(house: House, chart: Chart, section: str, unit: int) -> dict[str, Any]:
    """What the page of a chart shows beside what follows from the facts. Raises 404 for a section that there is not."""
    parts = list(sections(house, chart))
    if section and section not in {_ADVICE, *(part["name"] for part in parts)}:
        raise HTTPException(404)
    shown = {"chart": chart, "sections": parts, "section": section, "fields": [], "more": [], "units": [], "unit": None, "problems": []}
    shown |= {"drugs": house.drug_names, "given": {}, "records": house.recordings.of_chart(chart)}
    shown |= {"on": assessed_on(house, chart).isoformat(), "today": house.today().isoformat(), "day_problem": "", "day_typed": ""}
    if section == _ADVICE:
        return shown
    if section in (TRIALS, "problem"):
        return shown | _of_units(house, chart, section, unit)
    return shown | ({"fields": fields_of(house, chart).of_record(section)} if section else {})


def _of_units(house: House, chart: Chart, section: str, unit: int) -> dict[str, Any]:
    units = TRIALS if section == TRIALS else "problems"
    rows = chart.data.get(units) or []
    names = trial_names(chart.data) if units == TRIALS else [(str(row.get("id")), str(row.get("id"))) for row in rows]
    shown: dict[str, Any] = {"units": names, "units_name": units}
    fields = fields_of(house, chart)
    if not unit:
        shown["trial_form"] = trial_form(house.consultation.rulebook.facts)
        return shown | ({"fields": [fields.of("latest_trial")]} if units == TRIALS and len(names) > 1 else {})
    if not 1 <= unit <= len(names):
        raise HTTPException(404)
    own = [
        field
        for field in fields.of_record(_UNITS[units], names[unit - 1][0])
        if field.asked or not _is_barred(house, rows[unit - 1], field)
    ]
    first = [field for field in own if field.fact.partition("@")[0] in FIRST_FACTS] if units == TRIALS else own
    return shown | {"unit": {"number": unit, "id": names[unit - 1][0], "name": names[unit - 1][1]}, "fields": _in_order(first),
                    "more": [field for field in own if field not in first]}  # fmt: skip


def _is_barred(house: House, row: dict[str, Any], field: Field) -> bool:
    """Can a trial of this kind not have such a fact? A psychotherapy has no drug."""
    return bare(row.get("modality")) in house.consultation.rulebook.facts[field.fact.partition("@")[0]].barred


def _in_order(fields: list[Field]) -> list[Field]:
    return sorted(fields, key=lambda field: _rank(field.fact.partition("@")[0]))


def _rank(fact: str) -> int:
    return FIRST_FACTS.index(fact) if fact in FIRST_FACTS else len(FIRST_FACTS)


def _answered(request: Request, house: House, chart: Chart, name: str, status: int, where: str) -> Response:
    """The field as it stands now, with how much of its section was asked; without scripts, the page that it was on."""
    if not is_part(request):
        record, unit = name.partition(".")[0], name.partition("@")[2]
        place = next((number for number, (known, _) in enumerate(trial_names(chart.data), 1) if known == unit), 0) if unit else 0
        section = TRIALS if record in ("trial", "latest_trial") else record
        return RedirectResponse(f"/patients/{chart.id}?section={section}" + (f"&unit={place}" if place else "") + f"#{slug(name)}", 303)
    standing = _standing(house, chart)
    shown = standing["standing"]
    field = fields_of(house, chart, (lambda: shown["filled"]) if shown else None).of(name)
    counted = next((part for part in sections(house, chart) if part["name"] == name.partition(".")[0]), None)
    answer = house.pages.show(request, "field", status, field=field, chart=chart, where=where, counted=counted, **standing)
    # Also where nothing was saved: that must be told beside what follows.
    answer.headers["HX-Trigger"] = "facts-changed" if shown else "facts-changed, standing-wanted"
    return answer


def _standing(house: House, chart: Chart) -> dict[str, Any]:
    """Where the patient stands now, in the same answer: nobody waits twice. None while it cannot be told."""
    try:
        return standing_of(house, chart)
    except Exception:  # the answer is saved whatever comes of this; the page asks once more, and is told then
        return {"standing": None}


# ---------------------------------------------------------------- what a form says


def require_fact(house: House, chart: Chart, name: str) -> None:
    """Raises InputError for a fact that there is not, or of a trial that there is not (any more)."""
    fact, _, unit = name.partition("@")
    catalogue = house.consultation.rulebook.facts
    if fact not in catalogue or not catalogue[fact].entered:
        raise InputError([Problem("fact", 0, "", "no such fact")])
    record = catalogue[fact].record
    if (record in catalogue.many) != bool(unit):
        raise InputError([Problem("fact", 0, "", "names no trial or problem, or one too many")])
    if unit and row_of(chart.data.get(f"{record}s") or [], unit) is None:
        raise InputError([Problem("fact", 0, "", "belongs to a trial or problem that was removed meanwhile")])


def require_seen(form: TheForm) -> int:
    """The version of the chart that the page showed. Raises InputError."""
    text = str(form.get("seen") or "")
    if not text.isdecimal() or len(text) > 9:
        raise InputError([Problem("seen", 0, "", "is missing; reload the page")])
    return int(text)


def require_once(form: TheForm) -> str:
    """What is the same when a form is sent twice. Raises InputError."""
    text = str(form.get("once") or "")
    if not _ONCE.fullmatch(text):
        raise InputError([Problem("once", 0, "", "is missing; reload the page")])
    return text


def section_of(house: House, chart: Chart, form: TheForm) -> str:
    """Where the form was sent from; the next question, where that is no section of facts."""
    section = str(form.get("section") or "")
    return section if section in {part["name"] for part in sections(house, chart)} else ""


def same_section(house: House, chart: Chart, form: TheForm) -> str:
    """For the address to which the form leads back."""
    section = section_of(house, chart, form)
    return f"?section={section}" if section else ""
