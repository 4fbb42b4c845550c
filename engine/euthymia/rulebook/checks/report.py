"""One finding of a check, and where it stands."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from euthymia.errors import Problem
from euthymia.rulebook.rule import Origin
from euthymia.source import Document, Limits, read_file

MAIN_FILE = "rulebook.yaml"
LIMITS = Limits(size=4_000_000, depth=24, values=200_000)


class Item(NamedTuple):
    """An entry of a list in one of the files that `pattern` matches, by its id or, in a file of facts, by its full name."""

    pattern: str
    list: str
    id: str


@dataclass(frozen=True, slots=True)
class Found:
    """A mistake: at a rule's place (`origin`), at an entry of a list (`item`), or at a place in rulebook.yaml."""

    message: str
    key: str = ""
    origin: Origin | None = None
    place: tuple[str | int, ...] = ()
    item: Item | None = None

    def problem(self, folder: Path) -> Problem:
        """With file and line; files are read once more for it."""
        if self.origin is not None:
            return Problem(str(self.origin.path(folder)), self.origin.line, self.key, self.message)
        if self.item is not None:
            for path in sorted(folder.glob(self.item.pattern)):
                document = read_file(path, LIMITS)
                for number, name in enumerate(_names(document, self.item.list)):
                    if name == self.item.id:
                        return document.problem((self.item.list, number), self.message)
        return read_file(folder / MAIN_FILE, LIMITS).problem(self.place, self.message)


def _names(document: Document, key: str) -> list[str]:
    """The ids of a list; of facts, their names with that of the record before them."""
    return [item.get("id") or f"{document.data['record']}.{item['name']}" for item in document.data.get(key, [])]
