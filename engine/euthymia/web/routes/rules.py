"""The rulebook for its authors: as the sources are organised, one rule in full, its files, the map, and what lacks cases."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from euthymia.errors import InputError
from euthymia.render.page import html_fragment
from euthymia.render.rulebook_map import rulebook_map, topic_map
from euthymia.web.guard import Signed, TheHouse
from euthymia.web.house import House
from euthymia.web.rules import drafts
from euthymia.web.rules.browsing import file_link
from euthymia.web.rules.numbered import lines_of, numbered
from euthymia.web.rules.rule_files import NoSuchFile, text_in_force, topics

router = APIRouter(include_in_schema=False)
_VIEWS = ("topics", "statements", "works")
_LONGEST_QUESTION = 200


@router.get("/rules")
def rulebook(request: Request, house: TheHouse, q: str = "", by: str = "topics", topic: str = "") -> Response:
    """`q`: id or words to search for. `by`: topics, statements of the sources, or works. `topic`: the one that is opened."""
    browsing, asked = house.browsing, q.strip()[:_LONGEST_QUESTION]
    view = by if by in _VIEWS else _VIEWS[0]
    about = browsing.rulebook.about
    given: dict[str, Any] = {"asked": asked, "view": view, "views": _VIEWS, "about": about, "topics": topics(house.settings.rules)}
    given["found"] = browsing.search(asked) if asked else None
    given |= {"opened": topic, "others": browsing.other_files()}
    given["parts"] = [] if asked else getattr(browsing, view)()
    return house.pages.show(request, "rules", **given)


@router.get("/rules/map")
def map_of_topics(request: Request, house: TheHouse) -> Response:
    drawn = topic_map(house.browsing.rulebook, house.words, house.browsing.href)
    return house.pages.show(request, "rules-map", html=html_fragment(drawn, "topic_map", house.settings.templates))


@router.get("/rules/coverage")
def coverage(request: Request, house: TheHouse) -> Response:
    cases = house.settings.cases
    found = None if cases is None else house.workers.call("draft", "", drafts.coverage, cases)
    return house.pages.show(request, "rules-coverage", topics=found, browsing=house.browsing)


@router.get("/rules/file")
def file(request: Request, session: Signed, house: TheHouse, path: str = "") -> Response:
    text = _text(house, path)
    mine = house.edits.find(session.account.id, path)
    return house.pages.show(request, "rules-file", file=path, lines=numbered(text), mine=mine)


@router.get("/rules/{name}")
def rule(request: Request, name: str, house: TheHouse) -> Response:
    """One rule or text; a definition, an order or a sequence is shown in its file."""
    browsing = house.browsing
    if name in browsing.models and name not in browsing.rulebook.by_id:
        return RedirectResponse(file_link(browsing.models[name].origin), 303)
    found = browsing.rulebook.by_id.get(name)
    if found is None and name not in browsing.texts:
        raise HTTPException(404)
    item = browsing.text(browsing.texts[name]) if found is None else browsing.rule(found)
    html = "" if found is None else _map(house, name)
    lines = lines_of(_text(house, item["file"]), name)
    return house.pages.show(request, "rules-rule", rule=item, lines=lines, html=html, cases=_cases(house, name))


def _map(house: House, name: str) -> str:
    drawn = rulebook_map(house.browsing.rulebook, name, house.words, house.browsing.href)
    return html_fragment(drawn, "rulebook_map", house.settings.templates)


def _cases(house: House, name: str) -> list[dict[str, Any]] | None:
    """None where there is no folder of cases, or its files have a mistake."""
    if house.settings.cases is None:
        return None
    try:
        return house.workers.call("draft", "", drafts.cases_of, house.settings.cases, name)
    except InputError:
        return None


def _text(house: House, path: str) -> str:
    try:
        text = text_in_force(house.settings.rules, path)
    except NoSuchFile:
        text = None
    if text is None:
        raise HTTPException(404)
    return text
