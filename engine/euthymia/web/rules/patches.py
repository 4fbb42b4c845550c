"""What an author's copies change, as lines added and removed: for the eye, and as a patch for a checkout."""

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_NO_END = "\\ No newline at end of file"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a diff. `what`: added, removed, same, or place (where the next lines stand)."""

    what: str
    text: str


def one_form(text: str) -> str:
    """Line ends as in the repository: browsers send others; and one at the end."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return lines if not lines or lines.endswith("\n") else f"{lines}\n"


def unified(path: str, before: str | None, after: str) -> str:
    """A patch of one file that `git apply` takes in a checkout; empty where nothing changed."""
    name = f"rules/{path}"
    if before == after or (before is None and not after):
        return ""
    made = "new file mode 100644\n" if before is None else ""
    old = "/dev/null" if before is None else f"a/{name}"
    hunks = difflib.unified_diff(_lines(before or ""), _lines(after), old, f"b/{name}")
    return f"diff --git a/{name} b/{name}\n{made}{''.join(_ended(hunks))}"


def patch(changes: Iterable[tuple[str, str | None, str]]) -> str:
    """One patch of several files: path, text in force, text of the copy."""
    return "".join(unified(*change) for change in changes)


def shown(path: str, before: str | None, after: str) -> list[Line]:
    """The same for a page."""
    kinds = {"+": "added", "-": "removed", "@": "place", "\\": "place"}
    body = unified(path, before, after).split("\n+++ ", 1)[-1].split("\n")[1:-1]
    return [Line(kinds.get(line[:1], "same"), line if line[:1] in "@\\" else line[1:]) for line in body]


def _lines(text: str) -> list[str]:
    """Lines as git counts them: other signs that end a line in some programs do not."""
    parts = text.split("\n")
    return [f"{part}\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _ended(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield line if line.endswith("\n") else f"{line}\n{_NO_END}\n"
