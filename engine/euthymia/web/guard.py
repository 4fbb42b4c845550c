"""What every request passes: who asks, whether they may, and whether their own page sent it."""

import hmac
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from euthymia.clinic.sessions import Session
from euthymia.web.access import PUBLIC, roles_of
from euthymia.web.house import House
from euthymia.web.settings import Settings

_SAFE = ("GET", "HEAD", "OPTIONS")
_WITHOUT_PASSWORD = ("/password", "/sign-out")


class SignInNeeded(Exception):
    """Nobody is signed in, or no longer."""


class PasswordNeeded(Exception):
    """A password that somebody else knows must be changed first."""


class Forbidden(Exception):
    """This role may not do this, or the request did not come from the application's own page."""


def cookie_name(settings: Settings) -> str:
    """With its prefix, the browser accepts it by TLS only, and from this host only."""
    return "__Host-euthymia" if settings.secure else "euthymia"


def house_of(request: Request) -> House:
    house: House = request.app.state.house
    return house


async def form_of(request: Request) -> FormData:
    return await request.form(max_files=5, max_fields=2_000)


async def guard(request: Request) -> AsyncIterator[None]:
    """Runs before every route. Raises SignInNeeded, PasswordNeeded or Forbidden. What was uploaded is closed whatever comes of it."""
    try:
        await _require_allowed(request)
        yield
    finally:
        await request.close()


async def _require_allowed(request: Request) -> None:
    route = request.scope.get("route")
    allowed = roles_of(request.method, getattr(route, "path", ""))
    request.state.session = None
    if allowed == PUBLIC:
        return
    if not allowed:
        raise Forbidden
    house = house_of(request)
    token = request.cookies.get(cookie_name(house.settings), "")
    session = await run_in_threadpool(house.sessions.find, token) if token else None
    if session is None:
        raise SignInNeeded
    request.state.session = session
    if session.account.role not in allowed:
        raise Forbidden
    if request.method not in _SAFE:
        await _require_own_page(request, session)
    if session.account.must_change and request.url.path not in _WITHOUT_PASSWORD:
        raise PasswordNeeded


async def _require_own_page(request: Request, session: Session) -> None:
    """The token that only our own page knows must come back, in a header or in the form."""
    sent = request.headers.get("X-CSRF-Token")
    if sent is None and "form" in request.headers.get("content-type", ""):
        value = (await form_of(request)).get("csrf")
        sent = value if isinstance(value, str) else None
    if sent is None or not hmac.compare_digest(sent.encode(), session.csrf.encode()):
        raise Forbidden


def session_of(request: Request) -> Session:
    """Of a route that is not public."""
    session: Session = request.state.session
    return session


TheHouse = Annotated[House, Depends(house_of)]
Signed = Annotated[Session, Depends(session_of)]
TheForm = Annotated[FormData, Depends(form_of)]
