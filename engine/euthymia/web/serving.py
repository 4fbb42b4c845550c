"""The server itself: where it listens, what it refuses, and how it ends."""

import ipaddress
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import uvicorn

from euthymia.errors import InputError, Problem
from euthymia.web.app import create_app
from euthymia.web.house import House
from euthymia.web.logs import set_up_logs
from euthymia.web.settings import Settings

_GRACE = 20  # seconds in which requests may end after the server was told to stop


@dataclass(frozen=True, slots=True)
class Place:
    """Where the server listens. With `certificate` and `private_key` it speaks TLS itself; `proxy` names who else does it before it."""

    host: str
    port: int
    certificate: Path | None = None
    private_key: Path | None = None
    proxy: str | None = None

    @property
    def tls(self) -> bool:
        return self.certificate is not None and self.private_key is not None


def require_safe(place: Place) -> None:
    """Beyond this machine only with TLS, or behind a proxy that was named. Raises InputError."""
    if (place.certificate is None) != (place.private_key is None):
        raise InputError([Problem("--certificate", 0, "", "and --private-key are needed together")])
    for option, path in (("--certificate", place.certificate), ("--private-key", place.private_key)):
        if path is not None and not path.is_file():
            raise InputError([Problem(option, 0, "", f"no such file: {path}")])
    if not is_loopback(place.host) and not place.tls and place.proxy is None:
        message = (
            f"{place.host} can be reached from other machines; passwords and patients would travel unprotected. Give --certificate and "
            "--private-key, or name the proxy that speaks TLS before this server with --proxy ADDRESS"
        )
        raise InputError([Problem("--host", 0, "", message)])


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def serve(settings: Settings, place: Place) -> None:
    """Until it is told to stop; requests under way are then answered. Raises InputError before anybody is served."""
    require_safe(place)
    set_up_logs()
    house = House(settings)
    print(f"euthymia: reading the rules; then at {_address(place)} (Ctrl-C stops)", file=sys.stderr, flush=True)
    signal.signal(signal.SIGTERM, _end)  # what uvicorn comes back to once the requests under way were answered
    uvicorn.run(
        create_app(house), host=place.host, port=place.port, log_config=None, access_log=False, server_header=False,
        proxy_headers=place.proxy is not None, forwarded_allow_ips=place.proxy, timeout_graceful_shutdown=_GRACE,
        ssl_certfile=place.certificate, ssl_keyfile=place.private_key,
    )  # fmt: skip


def _end(*_: object) -> NoReturn:
    """An end in order, at which everything is put away."""
    raise SystemExit(0)


def _address(place: Place) -> str:
    host = f"[{place.host}]" if ":" in place.host else place.host
    return f"{'https' if place.tls else 'http'}://{host}:{place.port}/"
