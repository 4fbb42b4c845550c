"""Label or sentence: one plain rule, for the literal text of templates and for finished pages alike.

Text is cut into pieces at colons and after . ! ? and ; and what a template fills in counts as one word. A piece is a sentence if

- it holds seven or more words of its own, or
- it has two or more words, among them a finite verb of the list or a word of denial, or
- it has two or more words and ends in . ! ? or ; right after a word of its own.

The rule rather calls a label a sentence than a sentence a label: a label that is caught is shortened, or bound like a sentence.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

HOLE = "\ufffc"  # what a template fills in
BREAK = "\x1e"  # where one text ends and another begins

_LONG = 7
_SAYING: frozenset[str] = frozenset({
    "is", "are", "was", "were", "be", "been", "has", "have", "had", "does", "do", "did", "can", "cannot", "could", "may", "might",
    "must", "should", "would", "will", "shall", "counts", "holds", "stands", "follows", "shows", "means", "needs", "helps",
    "worked", "failed", "recovered", "not", "no", "none", "never", "nothing", "nobody", "neither", "without",
})  # fmt: skip
_CUT = re.compile(rf"[:{BREAK}]|(?<=[.!?;])(?=[\s”\"’)]|$)")
_WORD = re.compile(rf"{HOLE}|[^\W_]+(?:[’'\-–./][^\W_]+)*")
_ENDED = re.compile(r"[^\W_][)\]”\"’]*[.!?;]$")
_READ_ALOUD = ("aria-label", "title", "alt", "placeholder", "content")
_INLINE = frozenset({"a", "abbr", "b", "code", "em", "i", "small", "span", "strong", "sub", "sup"})


def sentences_in(text: str) -> Iterator[str]:
    """The pieces of a text that say something."""
    for piece in _CUT.split(text):
        if is_sentence(piece.strip()):
            yield " ".join(piece.split())


def is_sentence(piece: str) -> bool:
    """By the rule above; a piece that is only filled in is not the template's to answer for."""
    words: list[str] = _WORD.findall(piece)
    own = [word.lower() for word in words if word != HOLE]
    if not own or len(words) < 2:
        return False
    return is_long(piece) or bool(_SAYING.intersection(own)) or bool(_ENDED.search(piece))


def is_long(piece: str) -> bool:
    """So many words that it cannot be a label."""
    words: list[str] = _WORD.findall(piece)
    return sum(word != HOLE for word in words) >= _LONG


def without_markup(page: str) -> str:
    """What a reader sees or hears of a piece of HTML, with a break wherever a block begins or ends."""
    return _Words(page).text


class _Words(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self._found: list[str] = []
        self._aside: list[str] = []
        self._silent = 0
        self.feed(page)
        self.close()
        self.text = BREAK.join(["".join(self._found), *self._aside])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag == "style"
        meta = dict(attrs)
        technical = "http-equiv" in meta or meta.get("name") in ("viewport", "robots")
        self._aside += [value for name, value in attrs if name in _READ_ALOUD and value and not technical]
        self._found += [] if tag in _INLINE else [BREAK]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag == "style"
        self._found += [] if tag in _INLINE else [BREAK]

    def handle_data(self, data: str) -> None:
        self._found += [] if self._silent else [data]
