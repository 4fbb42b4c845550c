"""Is the record true, and do the answers follow? Verification, replay, the stranger's check, and counts, as long work."""

import json
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from euthymia.clinic.sessions import Session
from euthymia.errors import InputError, Problem
from euthymia.ledger.anchor import Anchor, anchor_in, anchor_of
from euthymia.web.audit import long_work
from euthymia.web.audit.counts import tables
from euthymia.web.guard import Signed, TheForm, TheHouse
from euthymia.web.house import House

router = APIRouter(include_in_schema=False)
KINDS = ("verify", "replay", "steps")
_LARGEST = 20_000  # bytes; an anchor has some three hundred


@router.get("/audit/check")
def checks(request: Request, session: Signed, house: TheHouse) -> Response:
    return _page(request, house, session, {})


@router.get("/audit/check/head")
def head(house: TheHouse) -> Response:
    """The end of the chain, to be kept where the owner of the ledger cannot change it."""
    row = house.records.head()
    if row is None:
        raise HTTPException(404)
    name = f"euthymia-anchor-{row.sealed.number}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(json.dumps(anchor_of(row.sealed), indent=1), media_type="application/json", headers=headers)


@router.post("/audit/check/verify")
def verify(request: Request, session: Signed, house: TheHouse, form: TheForm) -> Response:
    """With the anchors and the public key that were kept elsewhere, as far as they were given."""
    try:
        anchors, key = _anchors(form), _public_key(house, form)
        return _begun(house, session, "verify", long_work.verification, anchors, key)
    except InputError as error:
        return _page(request, house, session, {"verify": _said(error)}, 422)


@router.post("/audit/check/replay")
def replay(request: Request, session: Signed, house: TheHouse, form: TheForm) -> Response:
    """All answers, or those of some records."""
    try:
        first, last = (_number(form, key) for key in ("first", "last"))
        return _begun(house, session, "replay", long_work.replaying, house.settings.templates, first, last)
    except InputError as error:
        return _page(request, house, session, {"replay": _said(error)}, 422)


@router.post("/audit/check/steps")
def steps(request: Request, session: Signed, house: TheHouse) -> Response:
    try:
        return _begun(house, session, "steps", long_work.checking)
    except InputError as error:
        return _page(request, house, session, {"steps": _said(error)}, 422)


@router.get("/audit/statistics")
def statistics(request: Request, session: Signed, house: TheHouse) -> Response:
    """Counted when it is first looked at; then what was counted stands until it is asked for anew."""
    job, problems = house.jobs.last(session.account.id, "statistics"), []
    newest = house.records.head()
    if job is None and newest is not None:
        try:
            _begun(house, session, "statistics", long_work.counting)
        except InputError as error:
            problems = _said(error)
        job = house.jobs.last(session.account.id, "statistics")
    given: dict[str, Any] = {"job": job, "problems": problems, "empty": newest is None, "added": 0, "tables": []}
    if newest is not None and job is not None and job.state == "done":
        given["added"] = newest.sealed.number - sum(job.result["records"].values())
        given["tables"] = tables(job.result, house.words.states)
    return house.pages.show(request, "audit-statistics", **given)


@router.post("/audit/statistics")
def count_anew(session: Signed, house: TheHouse) -> Response:
    """Raises InputError while it is being counted."""
    _begun(house, session, "statistics", long_work.counting)
    return RedirectResponse("/audit/statistics", 303)


def _begun(house: House, session: Session, kind: str, function: Any, *arguments: Any) -> Response:
    job = house.jobs.start(session.account.id, kind, function, house.settings.ledger, *arguments)
    job.begun = house.now().isoformat()
    return RedirectResponse("/audit/check", 303)


def _page(request: Request, house: House, session: Session, problems: dict[str, list[str]], status: int = 200) -> Response:
    jobs = {kind: house.jobs.last(session.account.id, kind) for kind in KINDS}
    newest = house.records.head()
    given = {"jobs": jobs, "problems": {kind: problems.get(kind, []) for kind in KINDS}, "head": newest and newest.sealed}
    return house.pages.show(request, "audit-check", status, own_key=house.signer is not None, **given)


# ---------------------------------------------------------------- what was uploaded


def _anchors(form: TheForm) -> list[Anchor]:
    """Raises InputError for what is no anchor."""
    files = [file for file in form.getlist("anchor") if isinstance(file, UploadFile) and file.filename]
    anchors = []
    for place, file in enumerate(files, 1):
        name = "the anchor" if len(files) == 1 else f"anchor {place}"
        try:
            anchors.append(anchor_in(_content(file, name).decode("utf-8-sig"), f"{name}.json"))
        except UnicodeDecodeError:
            raise InputError([Problem(name, 0, "", "is no text")]) from None
    return anchors


def _public_key(house: House, form: TheForm) -> str | None:
    """The one that was uploaded; else that of the server itself, where it was asked for."""
    file = form.get("public_key")
    if isinstance(file, UploadFile) and file.filename:
        from euthymia.ledger.signing import public_in  # noqa: PLC0415  read only where something is signed

        return public_in(_content(file, "the public key"), "the public key")
    return house.signer.public if house.signer is not None and form.get("own_key") == "yes" else None


def _content(file: UploadFile, name: str) -> bytes:
    content = file.file.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise InputError([Problem(name, 0, "", f"is larger than {_LARGEST:,} bytes, the most that is read")])
    return content


def _number(form: TheForm, key: str) -> int | None:
    text = str(form.get(key) or "").strip()
    if not text:
        return None
    if not text.isdecimal() or len(text) > 15 or int(text) < 1:
        raise InputError([Problem(key, 0, "", "is no number of a record")])
    return int(text)


def _said(error: InputError) -> list[str]:
    return [str(problem) for problem in error.problems]
