"""euthymia interview: one question after the other in the terminal, each answer saved at once."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from euthymia.cli.common import INTERRUPTED, OnOption, RulesOption, day_asked, shipped_words, show, stop, text_writer
from euthymia.consultation import Consultation
from euthymia.dialogue.interview import Interview, Taken
from euthymia.dialogue.shown import shown_alerts, shown_changes, shown_end, shown_screen
from euthymia.errors import InputError, Problem
from euthymia.render.words import Words
from euthymia.source import read_file
from euthymia.source.editing import new_text, save, text_on_disk, writable

Page = Callable[[dict[str, Any]], None]


def interview(
    file: Annotated[Path, typer.Argument(help="A patient file, YAML or JSON; made where there is none.", metavar="FILE")],
    on: OnOption = None,
    rules: RulesOption = None,
) -> None:
    """Ask, one after the other, what can still change the advice. Every answer is saved at once; stop and go on whenever you like."""
    day = day_asked(on)
    text = _text_of(file)
    talk = Interview(Consultation(rules), str(file), text, day)
    words, write = shipped_words(), text_writer(to_file=False)

    def written(data: dict[str, Any]) -> str:
        blank: dict[str, Any] = {"news": None, "why": "", "saved": file.exists(), "alerts": [], "entered": [], "screen": None, "end": None}
        return write({"file": str(file)} | blank | data, "interview")

    try:
        _converse(talk, file, words, lambda data: show(written(data)))
    except KeyboardInterrupt:
        stop("\n" + written({"news": "stopped"}).strip(), INTERRUPTED)


def _text_of(file: Path) -> str:
    """The file as it stands; the beginning of a new one where there is none. Raises InputError, also where it could not be saved."""
    writable(file)
    if not file.exists():
        return new_text(file.name)
    read_file(file)
    return text_on_disk(file)


def _converse(talk: Interview, file: Path, words: Words, page: Page) -> None:
    page({"news": "opening", "alerts": shown_alerts(talk, words, talk.critical())})
    news: dict[str, Any] = {}
    again = False
    while talk.screen is not None:
        screen = shown_screen(talk, words)
        page(news | {"screen": screen | {"again": again and screen["kind"] == "treatment"}})
        typed = _typed()
        before = talk.text
        taken = Taken("stopped") if typed is None else talk.reply(typed)
        if taken.what == "stopped":
            page({"news": "stopped"})
            return
        if talk.text != before:
            _save(file, before, talk.text)
        news = _news(talk, words, taken)
        again = screen["kind"] == "treatment" and taken.what == "answered"
    page(news | {"end": shown_end(talk, words)})


def _typed() -> str | None:
    """One line; None at the end of what comes in."""
    if sys.stdout.isatty():
        print("> ", end="", flush=True)
    line = sys.stdin.readline()
    return line.rstrip("\n") if line else None


def _save(file: Path, before: str, after: str) -> None:
    """Put the new text into the file, unless somebody else has changed it meanwhile. Raises InputError."""
    if file.exists() and text_on_disk(file) != before:
        raise InputError(
            [Problem(str(file), 0, "", "was changed by another program meanwhile; the last answer was not saved, start again")]
        )
    save(file, after)


def _news(talk: Interview, words: Words, taken: Taken) -> dict[str, Any]:
    """What became of the reply, shown above the next question."""
    match taken.what:
        case "answered":
            return {"alerts": shown_alerts(talk, words, taken.raised), "entered": shown_changes(talk, words, taken)}
        case "skipped":
            return {"news": "no_more_treatments" if taken.no_more else "skipped"}
        case "back":
            return {"news": "back"}
        case _:
            return {"news": "no_way_back"} if taken.at_start else {"news": "refused", "why": taken.allowed}
