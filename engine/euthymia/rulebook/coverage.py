"""The table that says what became of every statement of the sources: encoded, text only, or left out and why."""

from collections.abc import Iterator

from euthymia.errors import InputError, Problem
from euthymia.rulebook.files import Entry
from euthymia.rulebook.rulebook import Rulebook

_HEAD = """# What became of every statement of the sources

Made by `python3 tasks.py docs` from `rules/entries.yaml` and the rule files; do not edit. *Encoded*: a rule of that id decides it.
*Text only*: no fact decides it; it is shown as it stands. *Left out* says why.
"""


def coverage_table(rulebook: Rulebook) -> str:
    """The table as Markdown. Raises InputError when a statement has no row to show."""
    missing = [entry for entry in rulebook.entries if _row(rulebook, entry) is None]
    if missing:
        place = f"{rulebook.folder}/entries.yaml"
        raise InputError(Problem(place, 0, entry.id, "neither encoded, nor a text, nor left out with a reason") for entry in missing)
    groups = (line for group in rulebook.groups for line in _group(rulebook, group.id, group.title))
    return "\n".join([_HEAD, *_counts(rulebook), *groups, *_tensions(rulebook), *_gaps(rulebook)])


def _counts(rulebook: Rulebook) -> Iterator[str]:
    yield "| group | encoded | text only | left out |\n|---|---|---|---|"
    for group in rulebook.groups:
        rows = [_row(rulebook, entry) or ("", "") for entry in rulebook.entries if entry.group == group.id]
        counts = [sum(row[0] == kind for row in rows) for kind in ("encoded", "text only", "left out")]
        yield f"| {group.id} {group.title} | {' | '.join(map(str, counts))} |"
    yield ""


def _group(rulebook: Rulebook, group: str, title: str) -> Iterator[str]:
    yield f"## {group}. {title}\n\n| id | statement | what became of it | where |\n|---|---|---|---|"
    for entry in rulebook.entries:
        if entry.group == group:
            kind, where = _row(rulebook, entry) or ("", "")
            yield f"| {entry.id} | {entry.title} | {kind} | {where} |"
    yield ""


def _tensions(rulebook: Rulebook) -> Iterator[str]:
    if rulebook.tensions:
        yield "## N. Tensions within and between the sources\n"
        yield "| id | subject | what is done with it here | where it shows |\n|---|---|---|---|"
        for tension in rulebook.tensions:
            yield f"| {tension.id} | {tension.subject} | {_cell(tension.here)} | {', '.join(tension.rules) or 'nowhere: no consequence'} |"
        yield ""


def _gaps(rulebook: Rulebook) -> Iterator[str]:
    if rulebook.gaps:
        yield "## O. What the sources do not give\n\n| id | gap | what follows from it here | where it shows |\n|---|---|---|---|"
        for gap in rulebook.gaps:
            yield f"| {gap.id} | {_cell(gap.what)} | {_cell(gap.here)} | {', '.join(gap.rules) or 'the rulebook as a whole'} |"
        yield ""


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "/").split())


def _row(rulebook: Rulebook, entry: Entry) -> tuple[str, str] | None:
    """What became of an entry, and where it stands or why it does not."""
    if entry.id in rulebook.by_id:
        rule = rulebook.by_id[entry.id]
        return "encoded", f"[{rule.origin.file}](../{rule.origin.file})"
    text = next((text for text in rulebook.texts if text.id == entry.id), None)
    if text is not None:
        return "text only", f"[{text.origin.file}](../{text.origin.file})"
    if entry.disposition is None or not entry.why:
        return None
    return entry.disposition, entry.why
