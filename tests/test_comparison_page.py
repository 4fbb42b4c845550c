"""A comparison as a page and as a part of another program's page: all that the text page says, each change with what brought it about."""

import re
import shutil
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from euthymia.comparison.document import comparison
from euthymia.comparison.mixtures import Side
from euthymia.consultation import Consultation
from euthymia.render.compared import compared
from euthymia.render.page import html_fragment, html_page, text_page
from euthymia.render.wording import BREAK, without_markup
from euthymia.render.words import Words
from euthymia.resources import bundled
from euthymia.source import Document, read_file
from tests.evidence import Page
from tests.shared import ON, ROOT
from tests.test_pages import HOSTILE, MARKED, marked

TEMPLATES = bundled("templates")
LATER = date(2027, 3, 1)
CASES = ("other-patient", "later", "everything", "fewer-facts", "nothing")
GOES_ON = {"id": "t1", "modality": "medication", "drug": "sertraline", "started": "2026-10-01", "stop_reason": "ongoing"}
ENDED = {**GOES_ON, "ended": "2026-12-15", "stop_reason": "completed"}
ENDED_RISK = {"risk": {"assessed": "yes", "suicidal_ideation": {"value": "yes", "source": "clinician"}}}

Item = dict[str, Any]


def example(consultation: Consultation, name: str, on: date = ON) -> Side:
    return Side(read_file(ROOT / "examples" / f"{name}.yaml"), consultation, on)


@pytest.fixture(scope="module")
def documents(consultation: Consultation, words: Words, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Item]:
    """Comparisons in which the patient, the rules, the day or all of them differ, and one in which nothing does."""
    rules = Path(shutil.copytree(ROOT / "rules", tmp_path_factory.mktemp("six") / "rules"))
    path = rules / "parameters" / "refractoriness.yaml"
    text = path.read_text(encoding="utf-8")
    start = text.index("id: medication_trial_minimum_weeks")
    path.write_text(text[:start] + text[start:].replace("value: 4", "value: 6", 1), encoding="utf-8")
    before = Document("before.yaml", {"trials": [GOES_ON], **ENDED_RISK}, {})
    after = Document("after.yaml", {"trials": [ENDED]}, {})
    sides = {
        "other-patient": (example(consultation, "veraart-2023-1"), example(consultation, "complete")),
        "later": (example(consultation, "complete"), example(consultation, "complete", LATER)),
        "everything": (
            Side(before, consultation, date(2026, 11, 5)),
            Side(after, Consultation(rules), LATER, str(rules)),
        ),
        "fewer-facts": (example(consultation, "complete"), example(consultation, "only-an-age")),
        "nothing": (example(consultation, "only-an-age"), example(consultation, "only-an-age")),
    }
    return {name: comparison(*pair, words) for name, pair in sides.items()}


def plain(text: str) -> str:
    return " ".join(unescape(text).replace(BREAK, " ").split())


@pytest.mark.parametrize("case", CASES)
def test_the_page_says_what_the_text_says(case: str, documents: dict[str, Item]) -> None:
    """Every piece of every line; only the word before is left to the arrow, and the heading to the page around it."""
    text = text_page(documents[case], "compare", TEMPLATES, colour=False, width=100_000)
    lines = [plain(re.sub(r"^ *[+x?-] ", "", line)) for line in text.splitlines()[1:]]
    pieces = {piece.strip(" .[]") for line in lines for piece in re.split(r"[:;,()→]|\. |  ", line)} - {"before"}
    for made in (html_page(documents[case], "compare", TEMPLATES), html_fragment(documents[case], "comparison", TEMPLATES, prefix="x-")):
        shown = plain(without_markup(made))
        assert [piece for piece in pieces if piece not in shown and set(piece) - {"-"}] == []


@pytest.mark.parametrize("case", CASES)
def test_each_change_is_told_from_what_it_was_to_what_it_is(case: str, documents: dict[str, Item]) -> None:
    """In the order of the text page, with its id; and as many are left out as there."""
    shown = plain(without_markup(html_page(documents[case], "compare", TEMPLATES)))
    found = compared(documents[case])
    entries = [*found["alerts"], *(item for section in found["sections"] for group in section["groups"] for item in group["items"])]
    place = 0
    for item in entries:
        told = [item["before"]["shown"], "→", item["after"]["shown"]] if item["kind"] == "rule" and item.get("became") != "weight" else []
        if "options" not in item:
            told.append(item["id"])
        for word in told:
            place = shown.index(word, place)
    for more in [section["more"] for section in found["sections"]] + [found["grounds"]["more"]]:
        assert not more or f"And {more} more; all of them with --format json." in shown


def test_an_alert_says_in_words_that_it_is_raised_or_silenced(documents: dict[str, Item]) -> None:
    """One that was met and is not excluded now still stands: it is not called silenced, and says whether information went missing."""
    page = Page(html_page(documents["other-patient"], "compare", TEMPLATES))
    alerts = {part.given["data-evidence"]: part.words() for part in page.root.all() if part.given.get("class", "").startswith("alert")}
    assert alerts["GF-K-01"].startswith("Raised Critical, new: ")
    assert alerts["ask-about-suicide-now"].startswith("Silenced Critical, no longer met: ")
    page = Page(html_page(documents["everything"], "compare", TEMPLATES))
    (told,) = [part.words() for part in page.root.all() if part.given.get("data-evidence") == "urgent-suicide-assessment"]
    assert told.startswith("Critical, was met, cannot be told any more and is not excluded")
    assert "Missing information is not an answer" in told


@pytest.mark.parametrize("case", CASES)
def test_each_sentence_opens_its_evidence(case: str, documents: dict[str, Item]) -> None:
    """On the page and in the fragment, which brings no shell of its own and names that are its own."""
    fragment = html_fragment(documents[case], "comparison", TEMPLATES, prefix="differences-")
    for made in (html_page(documents[case], "compare", TEMPLATES), fragment):
        assert list(Page(made).faults()) == []
    assert not re.search(r"<(html|head|body|h1|h2|script|style)\b", fragment)
    assert all(name.startswith("differences-") for name in Page(fragment).by_id)


def test_nothing_from_a_patient_file_becomes_markup(documents: dict[str, Item]) -> None:
    """It is shown as it was written."""
    for made in (
        html_page(marked(documents["other-patient"], HOSTILE), "compare", TEMPLATES),
        html_fragment(marked(documents["other-patient"], HOSTILE), "comparison", TEMPLATES),
    ):
        assert MARKED not in made
        assert "<script>" not in made
        assert "&lt;script&gt;" in made
        assert "&amp;lt;" not in made
