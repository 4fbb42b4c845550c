"""The application's own pages. Templates are untrusted: sandboxed, strict about names, and everything is escaped."""

import json
import secrets
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import FileSystemLoader, StrictUndefined

from euthymia import __version__
from euthymia.render.sentences import Sandbox
from euthymia.render.words import read_words


class Pages:
    """Pages and parts of pages from the templates in `templates/web`."""

    def __init__(self, folder: Path) -> None:
        self._environment = Sandbox(
            loader=FileSystemLoader(folder), undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True
        )
        self._environment.globals.update(words=read_words(folder).model_dump(), version=__version__)
        self._environment.filters["json"] = lambda value: json.dumps(value, ensure_ascii=False)

    def text(self, page: str, /, **given: Any) -> str:
        return self._environment.get_template(f"web/{page}.html.j2").render(given)

    def show(self, request: Request, page: str, status: int = 200, /, **given: Any) -> HTMLResponse:
        """A whole page, or, for a request of a part of it, that part."""
        session = getattr(request.state, "session", None)
        shared = {"session": session, "part": is_part(request), "path": request.url.path, "once": new_once()}
        return HTMLResponse(self.text(page, **shared | given), status)


def is_part(request: Request) -> bool:
    """Did the page itself ask, to put the answer into one of its places?"""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def new_once() -> str:
    """Sent along with a form: the same form sent twice is taken once."""
    return secrets.token_hex(12)
