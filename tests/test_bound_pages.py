"""Every sentence of every page opens its evidence: the facts and their origin, what is missing, and the source."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from euthymia.consultation import Consultation
from euthymia.render.document import document
from euthymia.render.page import AUDIENCES, html_page
from euthymia.render.words import Words
from euthymia.resources import bundled
from tests.evidence import Page
from tests.shared import ON, ROOT

TEMPLATES = bundled("templates")
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
Assess = Callable[[Path], dict[str, Any]]


@pytest.fixture(scope="module")
def assess(consultation: Consultation, words: Words) -> Assess:
    """The document of a patient file, made once for each."""
    made: dict[Path, dict[str, Any]] = {}

    def assessed(path: Path) -> dict[str, Any]:
        if path not in made:
            made[path] = document(consultation.assess(consultation.read(path, ON), ON), words)
        return made[path]

    return assessed


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_each_sentence_opens_its_evidence(path: Path, audience: str, assess: Assess) -> None:
    """As the summary of it, or as a link to it on the same page; and no sentence stands outside."""
    assert list(Page(html_page(assess(path), audience, TEMPLATES)).faults()) == []
