"""The application put together: routes behind the guard, and an answer for everything that can go wrong."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import quote

from anyio import to_thread
from fastapi import Depends, FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from euthymia import __version__
from euthymia.clinic.charts import NoLonger
from euthymia.errors import Disagreement, InputError
from euthymia.web.charts.charting import HandedOver
from euthymia.web.guard import Forbidden, PasswordNeeded, SignInNeeded, cookie_name, guard, house_of, session_of
from euthymia.web.headers import SecurityHeaders
from euthymia.web.house import House
from euthymia.web.limits import RateLimit, SizeLimit, TooLarge
from euthymia.web.logs import tell_defect
from euthymia.web.operations import Metrics, Watched
from euthymia.web.pages import is_part
from euthymia.web.routes import ROUTERS
from euthymia.web.sending import Sending
from euthymia.web.workers import NotDecided, Superseded

# A request that waits for its turn at a worker holds a thread; so many may wait without holding up those that are quick.
_THREADS = 400


def create_app(house: House) -> FastAPI:
    """The application over stores and workers that are open. They are closed when it ends."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = _THREADS
        await run_in_threadpool(house.workers.start)
        house.ready = True
        yield
        house.ready = False
        await run_in_threadpool(house.close)

    app = FastAPI(
        title="euthymia",
        version=__version__,
        lifespan=lifespan,
        dependencies=[Depends(guard)],
        openapi_url=None,  # described by a route of our own, behind the guard like the others
    )
    app.state.house, app.state.metrics = house, Metrics()
    for router in ROUTERS:
        app.include_router(router)
    _add_middleware(app, house)
    _add_answers(app)
    return app


def _add_middleware(app: FastAPI, house: House) -> None:
    """The last one added sees a request first."""
    settings = house.settings
    app.add_middleware(Caught)
    app.add_middleware(GZipMiddleware, minimum_size=2_000, compresslevel=3)
    app.add_middleware(SizeLimit, largest=settings.largest_request)
    app.add_middleware(RateLimit, settings=settings, cookie=cookie_name(settings))
    app.add_middleware(Watched, metrics=app.state.metrics)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[*settings.hosts])
    app.add_middleware(SecurityHeaders, secure=settings.secure)


def _add_answers(app: FastAPI) -> None:
    app.add_exception_handler(SignInNeeded, _sign_in)
    app.add_exception_handler(PasswordNeeded, lambda request, error: RedirectResponse("/password", 303))
    app.add_exception_handler(Forbidden, lambda request, error: _told(request, 403, "forbidden"))
    app.add_exception_handler(NotDecided, lambda request, error: _told(request, 503, "not-decided"))
    app.add_exception_handler(Superseded, lambda request, error: Response(status_code=204))  # nobody waits for it any more
    app.add_exception_handler(HandedOver, _no_longer)
    app.add_exception_handler(NoLonger, _no_longer)
    app.add_exception_handler(InputError, _input)
    app.add_exception_handler(RequestValidationError, lambda request, error: _told(request, 422, "wrong-request"))
    app.add_exception_handler(HTTPException, _http)


class Caught:
    """A defect becomes a page that says so. Left to the server, it would be written down in words that may cite what a patient told."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sending = Sending(send)
        try:
            await self._app(scope, receive, sending)
        except TooLarge:
            raise
        except Exception as error:
            incident = secrets.token_hex(4)
            tell_defect(error, incident)
            if not sending.begun:
                what = "disagreement" if isinstance(error, Disagreement) else "defect"
                await _told(Request(scope), 500, what, incident=incident)(scope, receive, send)


def _sign_in(request: Request, error: Exception) -> Response:
    """A page leads to signing in and back; a part of a page, or a form, is told, and keeps what was typed."""
    if request.method == "GET" and not is_part(request) and not _is_api(request):
        return RedirectResponse(f"/sign-in?next={quote(request.url.path)}", 303)
    return _told(request, 401, "signed-out")


def _no_longer(request: Request, error: Exception) -> Response:
    """Whose patient it was is told where it went; where it was removed, it is not there any more."""
    sent = house_of(request).handovers.sent
    found = error.handover if isinstance(error, HandedOver) else sent(request.path_params["chart"], session_of(request).account.id)
    if found is None:
        return _told(request, 404, "not-found")
    by = "" if found.by == found.sender else f", by {found.by}"
    when = found.at[:16].replace("T", " ")
    return _told(request, 410, "handed-over", problems=[f"{found.pseudonym} was handed over to {found.receiver}{by}, {when} UTC"])


def _input(request: Request, error: Exception) -> Response:
    assert isinstance(error, InputError)
    house = house_of(request)
    at_fault = {house.store.where, house.records.where} & {problem.file for problem in error.problems}
    problems = [str(problem.message) for problem in error.problems]
    return _told(request, 503, "not-saved", problems=problems) if at_fault else _told(request, 422, "wrong-input", problems=problems)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _told(request, error.status_code, "not-found" if error.status_code == 404 else "wrong-request", headers=error.headers)


def _told(
    request: Request, status: int, what: str, *, problems: list[str] | None = None, incident: str = "", headers: object = None
) -> Response:
    """A page, a part of a page or JSON, by what was asked for."""
    if _is_api(request):
        body = {"error": what, "problems": problems or []} | ({"incident": incident} if incident else {})
        return JSONResponse(body, status)
    shown = house_of(request).pages.show(request, "error", status, what=what, problems=problems or [], incident=incident)
    if isinstance(headers, dict):
        shown.headers.update(headers)
    return shown


def _is_api(request: Request) -> bool:
    return request.url.path.startswith("/api/")
