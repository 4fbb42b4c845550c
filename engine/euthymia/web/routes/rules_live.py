"""What the text on the edit page would change, saved or not: shown below it, without leaving the page."""

import time
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from euthymia.clinic.edits import LARGEST
from euthymia.errors import InputError
from euthymia.web.guard import Signed, TheForm, TheHouse
from euthymia.web.house import House
from euthymia.web.rules import live_effects as work
from euthymia.web.rules.effects import fingerprint
from euthymia.web.rules.rule_files import NoSuchFile, Texts, known, text_in_force
from euthymia.web.rules.typed import asked_of, copies, typed
from euthymia.web.workers import NotDecided

router = APIRouter(include_in_schema=False)
Item = dict[str, Any]
_LONGEST = 20.0  # seconds that a page without scripts is worked on; the button then goes on
_ENDED = "The process that worked this out ended or took too long; nothing came out. What you typed still stands above."


@router.post("/rules/edit/effects")
def effects(request: Request, session: Signed, house: TheHouse, form: TheForm) -> Response:
    """A moment of work on the text as it was sent, as part of a page; the page asks again until it is over."""
    path, text, _ = typed(form)
    known(house.settings.rules, path, new=True)
    live = _moment(house, session.account.id, _together(house, session.account.id, path, text), begin=form.get("begin") == "yes")
    return house.pages.show(request, "rules-live", live=live, severities=house.words.model_dump()["severities"])


def live_effects(house: House, account: str, path: str, text: str) -> Item:
    """The same for a whole page: worked on until it is over, or for as long as one may wait for a page."""
    texts, until = _together(house, account, path, text), time.monotonic() + _LONGEST
    live = _moment(house, account, texts, begin=True)
    while live["state"] == "running" and time.monotonic() < until:
        live = _moment(house, account, texts, begin=False)
    return live


def _together(house: House, account: str, path: str, text: str) -> Texts:
    return copies(house, account) | {path: text}


def _moment(house: House, account: str, texts: Texts, *, begin: bool) -> Item:
    """`state` as of the work, or same where nothing differs from the rules in force, or failed with the `problems`."""
    if max(map(len, texts.values())) > LARGEST:
        return {"state": "mistakes"}
    try:
        if all(text_in_force(house.settings.rules, path) == text for path, text in texts.items()):
            return {"state": "same"}
        found = house.workers.newest("draft", account, work.go_on, account, asked_of(house, texts), begin)
    except NotDecided:
        return {"state": "failed", "problems": [_ENDED]}
    except NoSuchFile:
        return {"state": "mistakes"}  # the check says which
    except InputError as error:
        return {"state": "failed", "problems": [problem.message for problem in error.problems]}
    return found | {"fingerprint": fingerprint(texts)}
