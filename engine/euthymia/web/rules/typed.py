"""The text of a rule file as an author typed it, and the author's other copies with it."""

from typing import Any

from starlette.exceptions import HTTPException

from euthymia.web.house import House
from euthymia.web.rules.effects import Asked
from euthymia.web.rules.patches import one_form
from euthymia.web.rules.rule_files import Texts


def typed(form: Any) -> tuple[str, str, int]:
    """Path, text with line ends as in the repository, and the version that the page showed."""
    path, text, seen = (form.get(key) for key in ("path", "text", "seen"))
    if not isinstance(path, str) or not isinstance(text, str) or not str(seen or "0").isdecimal():
        raise HTTPException(422)
    return path, one_form(text), int(str(seen or "0")[:9])


def copies(house: House, account: str) -> dict[str, str]:
    """All that an author keeps: path to text."""
    return {edit.path: edit.text for edit in house.edits.of_owner(account)}


def asked_of(house: House, texts: Texts, *, every_case: bool = False) -> Asked:
    """What do these copies change, by what is at hand on this server?"""
    settings = house.settings
    return Asked(
        settings.rules, settings.templates, texts, settings.ledger, house.today(), settings.cases, settings.examples, every_case
    )  # fmt: skip
