"""An author's changes together: what they are, what they would change for whom, as a patch, and discarded."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from euthymia.clinic.edits import Edit
from euthymia.clinic.sessions import Session
from euthymia.errors import InputError
from euthymia.web.guard import Signed, TheForm, TheHouse
from euthymia.web.house import House
from euthymia.web.jobs import Busy
from euthymia.web.rules.effects import effects, fingerprint
from euthymia.web.rules.patches import patch, shown
from euthymia.web.rules.rule_files import NoSuchFile, text_in_force
from euthymia.web.rules.typed import asked_of, copies

router = APIRouter(include_in_schema=False)
_KIND = "effects"


@router.get("/rules/edits")
def edits(request: Request, session: Signed, house: TheHouse) -> Response:
    return _page(request, house, session)


@router.post("/rules/effects")
def start(request: Request, session: Signed, house: TheHouse, form: TheForm) -> Response:
    """What do my changes change? Worked out beside everything else."""
    mine = copies(house, session.account.id)
    if not mine:
        return _page(request, house, session, 422, problems=["you have changed nothing yet"])
    asked = asked_of(house, mine, every_case=form.get("cases") == "all")
    try:
        house.jobs.start(session.account.id, _KIND, effects, asked)
    except Busy as busy:
        return _page(request, house, session, 409, problems=[problem.message for problem in busy.problems])
    return RedirectResponse("/rules/edits", 303)


@router.post("/rules/discard")
def discard(session: Signed, house: TheHouse, form: TheForm) -> Response:
    house.edits.discard(session.account.id, str(form.get("path") or ""))
    return RedirectResponse("/rules/edits", 303)


@router.get("/rules/patch")
def download(session: Signed, house: TheHouse) -> Response:
    """For `git apply` in a checkout."""
    mine = house.edits.of_owner(session.account.id)
    made = patch((edit.path, text, edit.text) for edit in mine if (text := _before(house, edit)) is not False)
    headers = {"Content-Disposition": 'attachment; filename="rules.patch"'}
    return Response(made, media_type="text/x-patch; charset=utf-8", headers=headers)


def _before(house: House, edit: Edit) -> Any:
    """The text in force, None for a new file; False where the file's place is gone."""
    try:
        return text_in_force(house.settings.rules, edit.path)
    except (NoSuchFile, InputError):
        return False


def _page(request: Request, house: House, session: Session, status: int = 200, *, problems: list[str] | None = None) -> Response:
    mine = house.edits.of_owner(session.account.id)
    digest = house.browsing.rulebook.digest
    files = [_file(house, edit) | {"old": edit.base != digest} for edit in mine]
    job = house.jobs.last(session.account.id, _KIND)
    given: dict[str, Any] = {"files": files, "problems": problems or [], "job": job, "has_cases": house.settings.cases is not None}
    given["fingerprint"] = fingerprint({edit.path: edit.text for edit in mine})
    given["severities"] = house.words.model_dump()["severities"]
    return house.pages.show(request, "rules-edits", status, **given)


def _file(house: House, edit: Edit) -> dict[str, Any]:
    before = _before(house, edit)
    lines = [] if before is False else shown(edit.path, before, edit.text)
    counts = {what: sum(line.what == what for line in lines) for what in ("added", "removed")}
    return {"edit": edit, "lines": lines, "new": before is None, "lost": before is False, **counts}
