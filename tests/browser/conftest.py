"""A server in a process of its own, and headless Chromium before it."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from euthymia.clinic.accounts import Accounts
from euthymia.clinic.store import Store
from tests.web.browser import CHEAP, PASSWORD, ROLES

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_QUIET = ("--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync")
_PATIENCE = 60.0


@dataclass
class Server:
    """Where it answers, and what it keeps."""

    address: str
    folder: Path
    log: Path


@dataclass
class Visitor:
    """One who is signed in, in a browser of their own, with what the browser complained of."""

    page: Page
    context: BrowserContext
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def server(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """With an account for each role, named after it, and another clinician."""
    folder = tmp_path_factory.mktemp("server")
    database = folder / "data"
    with closing(Store(str(database / "clinic.sqlite"))) as store:
        accounts = Accounts(store, lambda: datetime(2026, 11, 20, tzinfo=UTC), CHEAP)
        for name in ROLES:
            accounts.add(name, name, PASSWORD, must_change=False)
        accounts.add("colleague", "clinician", PASSWORD, must_change=False)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder / "server.log"
    command = [sys.executable, "-m", "euthymia", "serve", "--database", str(database), "--port", str(port), "--processes", "1"]
    with log.open("w", encoding="utf-8") as stream:
        process = subprocess.Popen(command, cwd=root, stderr=stream, stdout=stream)
    try:
        _wait(f"http://127.0.0.1:{port}/ready", process, log)
        yield Server(f"http://127.0.0.1:{port}", database, log)
    finally:
        process.terminate()
        ended = process.wait(30)
    told = log.read_text(encoding="utf-8")
    assert ended == 0 and "leaked" not in told, "the server did not end in order when it was told to"
    assert '"defect"' not in told


def _wait(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            with urlopen(address, timeout=5) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"the server did not become ready: {log.read_text(encoding='utf-8')[-2000:]}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = next((found for name in _BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        pytest.fail("these tests need Chromium. On Debian or Ubuntu: apt install chromium")
    sandbox = ("--no-sandbox",) if os.geteuid() == 0 else ()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=[*_QUIET, *sandbox])
        yield started
        started.close()


@pytest.fixture
def visit(server: Server, browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """Sign somebody in. At the end nothing may have been complained of: no error of a script, nothing that the policy forbids."""
    visitors: list[Visitor] = []

    def sign_in(name: str, width: int = 1280, height: int = 900, scheme: str = "light", *, quiet: bool = True) -> Visitor:
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, base_url=server.address)
        page = context.new_page()
        visitor = Visitor(page, context)
        page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        if quiet:
            page.on("console", lambda said: visitor.complaints.append(said.text) if _is_complaint(said) else None)
        page.goto("/sign-in")
        page.fill("#name", name)
        page.fill("#password", PASSWORD)
        page.click("main button")
        page.wait_for_url(re.compile(r"/(patients|audit|rules|accounts)$"))
        visitors.append(visitor)
        return visitor

    yield sign_in
    for visitor in visitors:
        visitor.context.close()
        assert visitor.complaints == []


def _is_complaint(said: ConsoleMessage) -> bool:
    """Requests that end because the page is left are none."""
    return said.type == "error" and not said.text.startswith(("htmx:afterRequest", "htmx:sendError", "htmx:sendAbort"))


@pytest.fixture
def picture(root: Path, request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Keep a picture of the page, to be looked at: build/screens/<test>-<name>.png."""
    folder = root / "build" / "screens"

    def take(page: Page, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{request.node.name.removeprefix('test_')[:60]}-{name}.png"
        page.screenshot(path=path, caret="initial")  # hiding it takes a style that the policy forbids

    return take
