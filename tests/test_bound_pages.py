"""Every sentence of every page opens its evidence: the facts and their origin, what is missing, and the source."""

from pathlib import Path

import pytest

from euthymia.render.page import AUDIENCES, html_page, text_page
from euthymia.resources import bundled
from tests.conftest import Assess
from tests.conftest import Page as Rendered
from tests.evidence import Page
from tests.shared import ROOT
from tests.test_pages import FOUR_TRIALS

TEMPLATES = bundled("templates")
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
ONLY_AN_AGE = "patient: {age_years: 44}\n"


every_source = pytest.mark.parametrize(
    "source", [*EXAMPLES, FOUR_TRIALS, ONLY_AN_AGE], ids=lambda source: getattr(source, "stem", "written")
)
every_audience = pytest.mark.parametrize("audience", AUDIENCES)


@every_audience
@every_source
def test_each_sentence_opens_its_evidence(source: Path | str, audience: str, html_of: Rendered) -> None:
    """As the summary of it, or as a link to it on the same page; and no sentence stands outside."""
    page = Page(html_of(source, audience))
    assert list(page.faults()) == []
    assert any("data-said" in element.given for element in page.root.all())


@pytest.mark.parametrize(
    ("page", "faults"),
    [
        ("<p>Ketamine is safe for everyone.</p>", ["not marked as a sentence: Ketamine is safe for everyone."]),
        ("<p>Ketamine <b>is</b> safe</p>", ["not marked as a sentence: Ketamine is safe"]),
        ('<p><a data-said="x" href="#x">So it is.</a></p>', ["leads nowhere: So it is."]),
        ('<a data-said="x" href="#x">So it is.</a><p id="x">X</p>', ["leads to no evidence: So it is."]),
        ('<a data-said="x" href="#x">So it is.</a><p id="x" data-evidence="x">X</p>', []),
        ('<details><summary data-said="x">So it is.</summary></details>', ["opens to no evidence: So it is."]),
        ('<details><summary data-said="x">So it is.</summary><p data-evidence="x">X</p></details>', []),
        ('<details><summary data-said="x">So it is.</summary><p data-evidence="x"></p></details>', ["evidence without a word: x"]),
        ('<span data-said="x">So it is.</span>', ["leads nowhere: So it is."]),
        ("<p>Sources: none</p><h2>What to ask</h2>", []),
    ],
)
def test_a_sentence_without_evidence_is_found(page: str, faults: list[str]) -> None:
    """On a page made for it, and none where all is well."""
    assert list(Page(page).faults()) == faults


@every_source
def test_the_auditor_finds_what_carries_each_fixed_sentence(source: Path | str, text_of: Rendered, html_of: Rendered) -> None:
    """In both forms, at the end of the page."""
    page = " ".join(text_of(source, "auditor").split())
    listed = page[page.index("Fixed sentences of this page") :]
    assert "It computes no risk score. [project reading: AMB-K-1]" in listed
    assert 'id="said-risk"' in html_of(source, "auditor")


def test_a_sentence_for_the_patient_leads_back_to_what_was_entered(assess: Assess) -> None:
    """In both forms, in words that the patient may read."""
    made = assess(ROOT / "examples" / "complete.yaml")
    for page in (text_page(made, "patient", TEMPLATES, colour=False, width=500), html_page(made, "patient", TEMPLATES)):
        assert "Rests on: reduction (tapering) of the antidepressant: completed." in page
        assert "GF-" not in page


def test_the_page_for_the_patient_counts_what_it_does_not_name(assess: Assess) -> None:
    """Words that discourage are left to the conversation, but not hidden."""
    page = text_page(assess(ROOT / "examples" / "complete.yaml"), "patient", TEMPLATES, colour=False, width=500)
    assert "further entries, which your clinician can show you" in page
