"""Scripts and styles: shipped with the package, nothing from elsewhere."""

from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from euthymia.web.guard import TheHouse

router = APIRouter(include_in_schema=False)
_FOLDER = Path(__file__).parents[1] / "static"
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}

_OF_PRINTED_PAGES = {"pages.css": "style.css", "graph.css": "graph.css"}


@router.get("/static/{name}")
def asset(name: str, house: TheHouse) -> Response:
    """Names carry the program's version, so browsers may keep them."""
    if name in _OF_PRINTED_PAGES:
        style = house.settings.templates / "html" / _OF_PRINTED_PAGES[name]
        return Response(style.read_bytes(), media_type=_TYPES[".css"], headers=_KEEP)
    content = _content(name)
    if content is None:
        raise HTTPException(404)
    return Response(content, media_type=_TYPES[Path(name).suffix], headers=_KEEP)


@lru_cache(maxsize=32)
def _content(name: str) -> bytes | None:
    path = _FOLDER / name
    return path.read_bytes() if path.parent == _FOLDER and path.suffix in _TYPES and path.is_file() else None


_KEEP = {"Cache-Control": "public, max-age=3600"}
