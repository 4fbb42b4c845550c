"""Limits of what is asked: the size of a request, and how many come from one browser or address."""

import hashlib

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from euthymia.web.sending import Sending
from euthymia.web.settings import Settings

_SHARING = 10  # so many browsers behind one address may be as busy as one may be; a made-up session does not help


class TooLarge(Exception):
    """The request holds more than is taken."""


class SizeLimit:
    """Refuses a request before it is read, where it says how large it is; else as soon as it is too large."""

    def __init__(self, app: ASGIApp, largest: int) -> None:
        self._app = app
        self._largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        stated = Headers(scope=scope).get("content-length", "")
        if stated.isdecimal() and int(stated) > self._largest:
            await self._refuse(scope, receive, send)
            return
        sending = Sending(send)
        try:
            await self._app(scope, self._counted(receive), sending)
        except TooLarge:
            if sending.begun:
                raise
            await self._refuse(scope, receive, send)

    def _counted(self, receive: Receive) -> Receive:
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._largest:
                raise TooLarge
            return message

        return counted

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse(f"More than {self._largest:,} bytes were sent.\n", 413)(scope, receive, send)


class RateLimit:
    """So many requests a minute of one session or, where there is none, of one address; signing in is counted by itself."""

    def __init__(self, app: ASGIApp, settings: Settings, cookie: str) -> None:
        self._app = app
        self._cookie = f"{cookie}="
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._all = RateLimitItemPerMinute(settings.requests_a_minute)
        self._all_together = RateLimitItemPerMinute(settings.requests_a_minute * _SHARING)
        self._sign_ins = RateLimitItemPerMinute(settings.sign_ins_a_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._passes(scope):
            refused = PlainTextResponse("Too many requests; wait a minute.\n", 429, headers={"Retry-After": "60"})
            await refused(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _passes(self, scope: Scope) -> bool:
        address = (scope.get("client") or ("",))[0]
        if scope["path"] == "/sign-in" and scope["method"] == "POST" and not self._limiter.hit(self._sign_ins, "sign-in", address):
            return False
        session = self._session(scope)
        return self._limiter.hit(self._all_together, "all", address) and self._limiter.hit(self._all, session or address)

    def _session(self, scope: Scope) -> str:
        """Not the token itself: it is kept nowhere."""
        for part in Headers(scope=scope).get("cookie", "").split(";"):
            if part.strip().startswith(self._cookie):
                return hashlib.sha256(part.strip().encode()).hexdigest()
        return ""
