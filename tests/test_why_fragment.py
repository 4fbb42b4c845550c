"""The explanation as a part of another program's page: what the text page says, each sentence with its evidence."""

import re
from html import unescape
from typing import Any

import pytest

from euthymia.consultation import Consultation
from euthymia.render.page import html_fragment, text_page
from euthymia.render.why_document import why_document
from euthymia.render.wording import BREAK, without_markup
from euthymia.render.words import Words
from euthymia.resources import bundled
from tests.evidence import Page
from tests.shared import ON, ROOT
from tests.test_pages import HOSTILE, MARKED, marked

TEMPLATES = bundled("templates")
NAMES = ["GF-E-00", "GF-E-A9", "GF-E-A4@t1", "GF-C-01", "GF-K-01", "guidi_fava", "esm", "dm_trd", "FA-B-01"]


@pytest.fixture(scope="module")
def explained(consultation: Consultation, words: Words) -> dict[str, dict[str, Any]]:
    """Judgements of one trial and of several, definitions with and without a threshold, and a statement."""
    path = ROOT / "examples" / "complete.yaml"
    reasoning = consultation.reason(consultation.read(path, ON), ON)
    return {name: why_document(reasoning, words, name) for name in NAMES}


def plain(text: str) -> str:
    return " ".join(unescape(text).replace(BREAK, " ").split())


@pytest.mark.parametrize("name", NAMES)
def test_each_sentence_of_the_fragment_opens_its_evidence(name: str, explained: dict[str, dict[str, Any]]) -> None:
    """It is a part, not a page: no shell, and its headings begin below those of a page."""
    fragment = html_fragment(explained[name], "why", TEMPLATES)
    assert list(Page(fragment).faults()) == []
    assert not re.search(r"<(html|head|body|h1|h2|script|style)\b", fragment)


@pytest.mark.parametrize("name", NAMES)
def test_the_fragment_says_what_the_text_says(name: str, explained: dict[str, dict[str, Any]]) -> None:
    """Every piece of every line of the page for a terminal stands in it; the list of fixed sentences comes after that."""
    shown = plain(without_markup(html_fragment(explained[name], "why", TEMPLATES)))
    page = text_page(explained[name], "why", TEMPLATES, colour=False, width=100_000)
    pieces = {piece.strip(" .[]") for line in page.splitlines() for piece in re.split(r"[:;,()]|\. |  ", plain(line))}
    assert [piece for piece in pieces if piece not in shown and set(piece) - {"-"}] == []


def test_nothing_from_a_patient_file_becomes_markup(explained: dict[str, dict[str, Any]]) -> None:
    """It is shown as it was written."""
    fragment = html_fragment(marked(explained["GF-E-A9"], HOSTILE), "why", TEMPLATES)
    assert MARKED not in fragment
    assert "<script>" not in fragment
    assert "&lt;script&gt;" in fragment


def test_there_is_no_other_fragment(explained: dict[str, dict[str, Any]]) -> None:
    """A name that is not known is an error."""
    with pytest.raises(ValueError, match="no such page"):
        html_fragment(explained["GF-E-A9"], "clinician", TEMPLATES)
