"""An author's own copy of a rule file: changed in the browser, checked with the whole rulebook, kept until it is discarded."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from euthymia.clinic.edits import LARGEST, Edit, SavedMeanwhile
from euthymia.clinic.sessions import Session
from euthymia.errors import InputError, Problem
from euthymia.web.guard import Signed, TheForm, TheHouse
from euthymia.web.house import House
from euthymia.web.routes.rules_live import live_effects
from euthymia.web.rules import drafts
from euthymia.web.rules.patches import shown
from euthymia.web.rules.rule_files import NoSuchFile, known, text_in_force
from euthymia.web.rules.typed import copies, typed
from euthymia.web.rules.vocabulary import vocabulary
from euthymia.web.workers import NotDecided

router = APIRouter(include_in_schema=False)
Item = dict[str, Any]
_NEW = """# yaml-language-server: $schema=../schemas/rules.schema.json
schema: euthymia.rules/1
title:
source: {work: euthymia, at: "why"}
rules:
  - id:
    title:
    kind: rule
    when:
    says:
      met: ""
"""


@router.get("/rules/words")
def words(house: TheHouse) -> Response:
    """For the editor: all that it can complete."""
    return JSONResponse(vocabulary(house.browsing.rulebook), headers={"Cache-Control": "private, max-age=3600"})


@router.get("/rules/edit")
def edit(request: Request, session: Signed, house: TheHouse, path: str = "", topic: str = "", name: str = "") -> Response:
    """`topic` and `name`: of a file that is not there yet."""
    if topic and name:
        path = f"{topic}/{name.removesuffix('.yaml')}.yaml"
    in_force = _in_force(house, path)
    mine = house.edits.find(session.account.id, path)
    text = mine.text if mine else _NEW if in_force is None else in_force
    return _page(request, house, path, text, mine.version if mine else 0, mine=mine)


@router.post("/rules/edit")
def save(request: Request, session: Signed, house: TheHouse, form: TheForm) -> Response:
    """Saved with its mistakes: a draft may have some. With `do` = check or effects nothing is saved."""
    path, text, seen = typed(form)
    _in_force(house, path)
    account, do = session.account.id, form.get("do")
    if do in ("check", "effects"):
        checked = _check(house, session, path, text)
        live = live_effects(house, account, path, text) if do == "effects" and not checked["problems"] else None
        return _page(request, house, path, text, seen, mine=house.edits.find(account, path), checked=checked, live=live)
    try:
        saved = house.edits.save(account, Edit(path, text, house.browsing.rulebook.digest, seen, ""))
    except SavedMeanwhile as other:
        mine, version = other.now, other.now.version if other.now else 0
        return _page(request, house, path, text, version, 409, mine=mine, other=other)
    except InputError as error:
        problems = [problem.message for problem in error.problems]
        return _page(request, house, path, text, seen, 422, mine=house.edits.find(account, path), refused=problems)
    return _page(request, house, path, saved.text, saved.version, mine=saved, checked=_check(house, session, path, text), saved=True)


@router.post("/rules/check")
def check(session: Signed, house: TheHouse, form: TheForm) -> Response:
    """Mistakes in the rules in force with all of the author's copies laid over them, this one as it was sent."""
    path, text, _ = typed(form)
    _in_force(house, path)
    return JSONResponse(_check(house, session, path, text))


def _check(house: House, session: Session, path: str, text: str) -> Item:
    """Each mistake says whether it stands in this file."""
    if len(text) > LARGEST:
        return _only(Problem(f"rules/{path}", 0, "", f"longer than {LARGEST:,} characters, the most that is kept"))
    texts = copies(house, session.account.id) | {path: text}
    try:
        checked = house.workers.call("draft", "", drafts.check, house.settings.rules, texts)
    except NotDecided:
        return _only(Problem(f"rules/{path}", 0, "", "could not be checked in time; make the last change smaller"))
    except NoSuchFile:
        return _only(Problem("rules", 0, "", "one of your copies has no place in the rules in force any more; see your changes"))
    here = f"rules/{path}"
    checked["problems"] = sorted(({**problem, "here": problem["file"] == here} for problem in checked["problems"]), key=_first_here)
    return checked


def _first_here(problem: Item) -> tuple[bool, str, int]:
    return (not problem["here"], problem["file"], problem["line"])


def _only(problem: Problem) -> Item:
    told = {"file": problem.file, "line": problem.line, "key": problem.key, "message": problem.message, "here": True}
    return {"problems": [told], "more": 0, "rules": None}


def _in_force(house: House, path: str) -> str | None:
    """Raises NoSuchFile, which tells what is allowed."""
    known(house.settings.rules, path, new=True)
    return text_in_force(house.settings.rules, path)


def _page(request: Request, house: House, path: str, text: str, seen: int, status: int = 200, /, **more: Any) -> Response:
    """`more`: the copy that is kept (`mine`), what a check found, what stood in the way of saving."""
    mine, other = more.get("mine"), more.get("other")
    given: Item = {"file": path, "text": text, "seen": seen, "mine": mine, "other": other, "largest": LARGEST}
    given |= {"checked": None, "saved": False, "refused": [], "live": None} | more
    given["severities"] = house.words.model_dump()["severities"]
    given["new"] = _in_force(house, path) is None
    given["diff"] = shown(path, other.now.text, text) if other and other.now else []
    given["old"] = mine is not None and mine.base != house.browsing.rulebook.digest
    return house.pages.show(request, "rules-edit", status, **given)
