"""An assessment as text and as one HTML page, for three readers, and what other commands show. All wording lies in the templates."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from euthymia.render.arranged import arranged
from euthymia.render.ask import asked
from euthymia.render.audit import audit
from euthymia.render.chapters import chapters
from euthymia.render.clean import clean
from euthymia.render.compared import compared
from euthymia.render.drawing import timeline
from euthymia.render.filters import text_filters
from euthymia.render.patient import for_patient
from euthymia.render.said import Saying, read_sentences
from euthymia.render.sentences import Sandbox
from euthymia.render.whys import outlook, whys
from euthymia.render.words import read_words

AUDIENCES = ("clinician", "patient", "auditor")
_FRAGMENTS = ("results", "why", "comparison", "timeline", "derivation", "rulebook_map", "topic_map")
_HTML_PAGES = (*AUDIENCES, "compare")
_TEXT_PAGES = (*AUDIENCES, "stage", "compare", "why", "why_audit", "ask", "interview")
_NO_WIDTH = 10_000  # pieces are set by whoever asks for them


def text_page(document: dict[str, Any], page: str, folder: Path, *, colour: bool, width: int) -> str:
    """For a terminal, a pipe or a file. `page`: an audience, or the name of a command. Escape sequences only where `colour` is wanted."""
    template = _text(folder, colour, width).get_template(f"text/{_known(page, _TEXT_PAGES)}.txt.j2")
    filled = template.render(shown(document, page, folder))
    return "\n".join(_squeezed([line.rstrip() for line in filled.splitlines()])) + "\n"


def html_page(document: dict[str, Any], page: str, folder: Path) -> str:
    """One page that needs nothing but itself: no script, no other file. `page`: an audience, or `compare`."""
    return _html(folder).get_template(f"html/{_known(page, _HTML_PAGES)}.html.j2").render(shown(document, page, folder))


def _known(page: str, pages: tuple[str, ...]) -> str:
    if page not in pages:
        raise ValueError(f"no such page: {page}")
    return page


def html_fragment(document: dict[str, Any], page: str, folder: Path, prefix: str = "") -> str:
    """A part of a page, for a program that has a page of its own. `prefix` keeps the names of two parts on one page apart."""
    template = _html(folder).get_template(f"html/{_known(page, _FRAGMENTS)}.html.j2")
    asking = {"asks_why": True} if page == "results" else {}
    return template.render({**shown(document, page, folder), **asking, "prefix": prefix})


def pieces(parts: dict[str, Any], template: str, folder: Path) -> Any:
    """The macros of a template of plain text, each to be called for what it says; `parts` is what `shown` gives."""
    return _text(folder, False, _NO_WIDTH).get_template(template).make_module(parts)


def shown(document: dict[str, Any], audience: str, folder: Path) -> dict[str, Any]:
    """What the templates of a page are filled with, in the order in which it is shown."""
    cleaned = arranged(clean(document))
    words = read_words(folder).model_dump()
    match audience:
        case "auditor":
            parts = audit(cleaned)
        case "patient":
            parts = for_patient(cleaned, words)
        case "compare" | "comparison":
            parts = compared(cleaned)
        case "why" | "why_audit":
            parts = whys(cleaned)
        case "ask":
            parts = asked(cleaned)
        case "interview" | "derivation" | "rulebook_map" | "topic_map":
            parts = {}
        case "timeline":
            parts = {"timeline": timeline(cleaned["trials"], cleaned["sequences"], cleaned["on"])}
        case _:
            parts = chapters(cleaned)
    explained = {key: outlook(found) for key, found in cleaned.get("explanations", {}).items()}
    saying = Saying(read_sentences(folder), cleaned)
    return {"doc": cleaned, "words": words, "say": saying.say, "carried": saying.carried, "explanations": explained, **parts}


@lru_cache(maxsize=16)
def _text(folder: Path, colour: bool, width: int) -> Environment:
    made = Sandbox(loader=FileSystemLoader(folder), undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True)
    marks = read_words(folder).model_dump()["marks" if colour else "plain_marks"]
    made.filters.update(text_filters(colour, width, marks))
    return made


@lru_cache(maxsize=4)
def _html(folder: Path) -> Environment:
    return Sandbox(loader=FileSystemLoader(folder), undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True)


def _squeezed(lines: list[str]) -> list[str]:
    """Never more than one empty line in a row, none at the ends."""
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    while kept and not kept[-1]:
        kept.pop()
    return kept
