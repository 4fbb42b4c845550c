"""The sentences of an HTML page and the evidence that each of them opens, for tests."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from euthymia.render.wording import BREAK, sentences_in
from tests.markup import VOID

_INLINE = {"a", "b", "br", "code", "em", "i", "small", "span", "strong"}
_SILENT = {"style", "title", "desc", "head"}


@dataclass
class Element:
    """A part of a page."""

    tag: str
    given: dict[str, str]
    parent: "Element | None" = None
    inside: list["Element | str"] = field(default_factory=list)

    def all(self) -> Iterator["Element"]:
        yield self
        for part in self.inside:
            if isinstance(part, Element):
                yield from part.all()

    def words(self) -> str:
        return " ".join("".join(part if isinstance(part, str) else part.words() for part in self.inside).split())

    def above(self) -> Iterator["Element"]:
        element: Element | None = self
        while element is not None:
            yield element
            element = element.parent


class Page(HTMLParser):
    """A page as a tree."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.root = self._here = Element("", {})
        self.feed(page)
        self.close()
        self.by_id = {element.given["id"]: element for element in self.root.all() if "id" in element.given}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self._here)
        self._here.inside.append(element)
        if tag not in VOID:
            self._here = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and self._here.parent is not None:
            self._here = self._here.parent

    def handle_data(self, data: str) -> None:
        self._here.inside.append(data)

    def faults(self) -> Iterator[str]:
        """Sentences without evidence."""
        for element in self.root.all():
            if "data-said" in element.given:
                fault = self._without_evidence(element)
                if fault:
                    yield f"{fault}: {element.words()[:120]}"
            if "data-evidence" in element.given and not element.words():
                yield f"evidence without a word: {element.given['data-evidence']}"
        for sentence in sentences_in(_unbound(self.root)):
            yield f"not marked as a sentence: {sentence}"

    def _without_evidence(self, said: Element) -> str | None:
        """A sentence is the summary of its evidence, or a link to it on the same page."""
        if said.tag == "summary" and said.parent is not None:
            return None if _holds_evidence(said.parent) else "opens to no evidence"
        target = self.by_id.get(said.given.get("href", "").removeprefix("#"))
        if said.tag != "a" or target is None:
            return "leads nowhere"
        section = next((part for part in target.above() if part.tag in ("section", "article", "li", "tr")), target)
        return None if _holds_evidence(section) or _is_evidence(section) else "leads to no evidence"


def _holds_evidence(part: Element) -> bool:
    return any("data-evidence" in element.given for element in part.all())


def _is_evidence(part: Element) -> bool:
    return any("data-evidence" in element.given for element in part.above())


def _unbound(element: Element) -> str:
    """The words that stand neither in a sentence nor in evidence nor in a heading or table head, where names stand, and are no status."""
    if element.tag in (*_SILENT, "h1", "h2", "h3", "h4", "th") or element.given.keys() & {"data-said", "data-evidence", "data-state"}:
        return BREAK
    inside = "".join(part if isinstance(part, str) else _unbound(part) for part in element.inside)
    return inside if element.tag in _INLINE else f"{BREAK}{inside}{BREAK}"
