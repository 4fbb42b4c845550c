"""For whoever runs the server: metrics, health, a line of log for each request. Nothing of a patient or an account is in them."""

import time
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from euthymia.web.guard import TheHouse
from euthymia.web.logs import log

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_HERE = ("127.0.0.1", "::1")
router = APIRouter(include_in_schema=False)


class Metrics:
    """Counted since the server was started."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self.requests = Counter("euthymia_requests", "Requests answered", labels, registry=self.registry)
        self.seconds = Histogram(
            "euthymia_request_seconds", "Time to answer", ("method", "route"), buckets=_SECONDS, registry=self.registry
        )
        self.recorded = Counter("euthymia_decisions_recorded", "Decisions written into the ledger", registry=self.registry)
        self.refused = Counter("euthymia_sign_ins_refused", "Wrong names or passwords", registry=self.registry)
        self.replaced = Gauge("euthymia_workers_replaced", "Processes that had to be replaced", registry=self.registry)


class Watched:
    """One line of log and one count for each request. The path is told by its pattern: what stands in its places is nobody's business."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.monotonic(), 500

        async def seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, seen)
        finally:
            route = getattr(scope.get("route"), "path", "none")
            method = scope["method"] if scope["method"] in ("GET", "HEAD", "POST") else "other"
            seconds = time.monotonic() - started
            self._metrics.requests.labels(method, route, str(status)).inc()
            self._metrics.seconds.labels(method, route).observe(seconds)
            log.info("request", method=method, route=route, status=status, ms=round(seconds * 1000, 1))


@router.get("/health")
def health() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/ready")
def ready(house: TheHouse) -> Response:
    """The rules are read by every process, and both stores answer."""
    parts: dict[str, Any] = {"workers": house.ready, "database": house.store.alive(), "ledger": house.ledger_alive()}
    return JSONResponse({"ready": all(parts.values()), **parts}, 200 if all(parts.values()) else 503)


@router.get("/metrics")
def metrics(request: Request, house: TheHouse) -> Response:
    """For Prometheus on this machine; through a proxy they are not to be had."""
    client = request.client.host if request.client else ""
    if client not in _HERE or house.settings.proxied:
        return PlainTextResponse("only from the machine itself\n", 403)
    counted: Metrics = request.app.state.metrics
    counted.replaced.set(house.workers.restarts())
    return PlainTextResponse(generate_latest(counted.registry).decode(), media_type="text/plain; version=0.0.4")
