"""The pages that people read: what stands first, what is never said, and that nothing from a patient file can do harm in them."""

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from euthymia.consultation import Consultation
from euthymia.ledger.canonical import canonical
from euthymia.render.page import AUDIENCES, html_page, text_page
from euthymia.resources import bundled
from tests.conftest import Assess
from tests.conftest import Page as Rendered
from tests.markup import Checked
from tests.shared import ROOT

EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
TEMPLATES = bundled("templates")
DEMORALISING = re.compile(r"resistan|refractor|non-respon|criteri|hopeless|demoral|(?<!not )\bfail", re.IGNORECASE)
MARKED = "sertraline"
HOSTILE = "<script>alert(1)</script>{{ 7*7 }}{% raw %}\x1b[31m\x9b2J\u202eevil\u2066\u200b\x07\nALERT: none " + "W" * 300

FOUR_TRIALS = """
patient: {age_years: 51}
risk: {assessed: {value: yes, source: clinician, date: 2026-11-18}, suicidal_ideation: no, self_harm: no, past_attempt: unknown}
diagnosis: {mdd: yes}
latest_trial: t3
trials:
  - {id: t1, order: 1, episode: current, modality: medication, drug: escitalopram, drug_class: SSRI, dose_adequate: no, started: 2024-03,
     ended: 2024-08, initial_response: no, kellner_score: 5, outcome: partial_response}
  - {id: t2, order: 2, episode: current, modality: medication, drug: venlafaxine, drug_class: SNRI, started: 2025, outcome: non_response}
  - {id: t3, order: 3, episode: current, modality: medication, drug: sertraline, drug_class: SSRI, started: 2026-01-10,
     stop_reason: ongoing}
  - {id: t4, episode: current, modality: psychotherapy, psychotherapy_type: IPT, started: 2026-01-20, stop_reason: ongoing}
  - {id: t5, modality: psychotherapy, psychotherapy_type: CBT}
"""


def text(made: dict[str, Any], audience: str, *, colour: bool = False, width: int = 90) -> str:
    return text_page(made, audience, TEMPLATES, colour=colour, width=width)


def html(made: dict[str, Any], audience: str) -> str:
    return html_page(made, audience, TEMPLATES)


def read(page: str) -> str:
    """The words of a page, without the breaks of lines."""
    return " ".join(page.split())


def marked(value: Any, word: str) -> Any:
    """The document with the drug's name replaced wherever it stands."""
    if isinstance(value, str):
        return value.replace(MARKED, word)
    if isinstance(value, dict):
        return {marked(key, word): marked(item, word) for key, item in value.items()}
    return [marked(item, word) for item in value] if isinstance(value, list) else value


every_example = pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
every_audience = pytest.mark.parametrize("audience", AUDIENCES)


@every_example
def test_alerts_come_before_anything_that_is_concluded(path: Path, text_of: Rendered, html_of: Rendered) -> None:
    """In both forms; and what is most urgent stands first among them."""
    for page in (read(text_of(path, "clinician")), read(html_of(path, "clinician"))):
        first = page.index("Critical")
        assert first < page.index("What to ask next") < page.index("Place on the spectrum") < page.index("Clinical situations")
        assert "Warning" not in page[:first]


@every_example
@every_audience
def test_risk_is_to_be_assessed_now_and_never_scored(path: Path, audience: str, text_of: Rendered, html_of: Rendered) -> None:
    """Every page says so, whatever the patient file says."""
    for page in (text_of(path, audience), html_of(path, audience)):
        assert "ssess now, by your local procedure" in read(page)
        assert re.search(r"no risk score", read(page))


def test_what_nobody_asked_is_never_shown_as_no(assess: Assess) -> None:
    """With an age alone everything else is said to be open, nothing to be absent."""
    made = assess("patient: {age_years: 44}\n")
    page = read(text(made, "clinician"))
    for letter in "ABCDE":
        assert re.search(rf"\? {letter} [^?]*?: cannot be told yet\.", page)
    opening = page[: page.index("About this rulebook")]
    assert "x " not in re.findall(r"(?:^| )(x )\(?[A-Z]", opening)
    assert "Deterioration: cannot be told yet" in page
    assert ": no;" not in opening
    assert "not known" in opening
    assert not re.search(r":\s*<strong>no</strong>", html(made, "clinician"))
    assert not re.search(r":\s*<strong>no</strong>", html(made, "auditor"))


def test_how_much_cannot_be_told_is_said_at_the_top(assess: Assess) -> None:
    """In numbers, before the alerts; and for a complete file too."""
    for made in (assess("patient: {age_years: 44}\n"), assess(ROOT / "examples" / "complete.yaml")):
        page = read(text(made, "clinician"))
        assert re.search(r"\d+ of \d+ judgements cannot be told yet", page[: page.index("Alerts")])


def test_undetermined_alerts_are_folded_under_the_question_about_suicide(text_of: Rendered) -> None:
    """One line instead of the same call three times; nothing is lost."""
    page = read(text_of("patient: {age_years: 44}\n", "clinician"))
    assert page[: page.index("Up to here")].count("Critical:") == 1
    not_excluded = page[page.index("and so not excluded:") : page.index("In short")]
    assert "The risk of suicide and self-harm is substantial" in not_excluded
    assert "Suicidal thoughts or self-harm call for an urgent assessment" in not_excluded


def test_the_same_question_over_several_trials_is_one_line(text_of: Rendered) -> None:
    """And beside the questions on present danger, five stand on the page."""
    page = text_of(FOUR_TRIALS, "clinician")
    asked = page[page.index("What to ask next") : page.index("Place on the spectrum")]
    assert len(re.findall(r"^\d+\. Now: ", asked, re.MULTILINE)) == 3
    assert len(re.findall(r"^\d+\. (?!Now: )", asked, re.MULTILINE)) == 5
    assert re.search(r"And \d+ further questions", asked)
    assert "trials" in asked


def test_merged_courses_contradictions_and_fallbacks_are_visible(text_of: Rendered, html_of: Rendered) -> None:
    """With the way to overrule the merging."""
    for page in (read(text_of(FOUR_TRIALS, "clinician")), read(html_of(FOUR_TRIALS, "clinician"))):
        assert "read as one combined course, t3+t4" in page
        assert "own_course: yes" in page
        assert "Contradiction:" in page
        assert "because this is not known" in page


def test_trials_without_dates_stand_beside_the_timeline(html_of: Rendered) -> None:
    """They are named as undated and get no bar; partial dates get soft ends."""
    page = html_of(FOUR_TRIALS, "clinician")
    drawing = page[page.index('aria-labelledby="timeline-title') : page.index("</svg>", page.index("timeline-title"))]
    assert "t5" not in drawing
    assert re.search(r"not drawn: trial t5 \(CBT\)", read(page))
    assert "stroke-dasharray" in drawing
    assert "going on" in drawing


def test_inputs_show_their_source_and_date(html_of: Rendered) -> None:
    """Where they were given; where not, that is said."""
    page = read(html_of(FOUR_TRIALS, "clinician"))
    assert "<td>clinician</td><td>2026-11-18</td>" in page
    assert "not given" in page


@every_example
def test_the_page_for_the_patient_has_no_word_that_demoralises(path: Path, text_of: Rendered, html_of: Rendered) -> None:
    """Nor the names of rules, nor a list of questions about suicide."""
    for page in (text_of(path, "patient"), " ".join(Checked(html_of(path, "patient")).words)):
        assert not DEMORALISING.search(page), DEMORALISING.search(page)
        assert "ever attempted" not in page
        assert "GF-" not in page
        assert "local emergency number" in read(page)
        assert read(page).startswith(("For the clinician to hand over", "Your treatment so far"))


def test_no_sentence_for_patients_in_any_rule_demoralises(consultation: Consultation) -> None:
    """Whatever status it belongs to."""
    told = [text for rule in consultation.rulebook.rules for text in rule.tells.values()]
    told += [text.tells for text in consultation.rulebook.texts if text.tells]
    assert told
    assert not [text for text in told if DEMORALISING.search(text)]


def test_the_page_for_the_patient_keeps_not_known(text_of: Rendered) -> None:
    """A treatment without a date and a result is not given one."""
    page = read(text_of(FOUR_TRIALS, "patient"))
    assert "Talking treatment: CBT. When: not known. What it changed: not known." in page


@every_audience
def test_hostile_text_is_shown_and_does_nothing(audience: str, assess: Assess) -> None:
    """Markup is escaped, braces stay braces, no escape sequence or turned line reaches a terminal."""
    made = marked(assess(FOUR_TRIALS), HOSTILE)
    page = html(made, audience)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "{{ 7*7 }}" in page
    assert "49" not in page.partition("&lt;script&gt;")[2][:80]
    assert not Checked(page).faults
    for shown in (page, text(made, audience)):
        assert not [sign for sign in shown if sign != "\n" and unicodedata.category(sign) in ("Cc", "Cf")]
        assert "\nALERT: none" not in shown


def test_long_words_do_not_break_the_width(assess: Assess) -> None:
    """Lines stay inside the terminal whatever a name is."""
    page = text(marked(assess(FOUR_TRIALS), HOSTILE), "clinician", width=72)
    assert max(len(line) for line in page.splitlines()) <= 72


@every_example
@every_audience
def test_a_page_is_well_formed_and_needs_nothing_from_outside(path: Path, audience: str, html_of: Rendered) -> None:
    """Tags balance, headings follow in order, ids are unique, links lead inside the page."""
    page = html_of(path, audience)
    checked = Checked(page)
    assert not checked.faults
    assert not checked.open
    assert checked.headings[0] == 1
    assert all(later - earlier <= 1 for earlier, later in zip(checked.headings, checked.headings[1:], strict=False))
    assert len(checked.ids) == len(set(checked.ids))
    assert all(link.startswith("#") and link[1:] in checked.ids for link in checked.links)
    assert "default-src 'none'; style-src 'unsafe-inline'" in page
    assert "@import" not in page
    assert not re.search(r"url\((?!#)", page)


@every_audience
def test_the_same_assessment_gives_the_same_page(audience: str, assess: Assess) -> None:
    """Also after a journey through JSON."""
    made = assess(FOUR_TRIALS)
    again = json.loads(json.dumps(made))
    assert html(made, audience) == html(again, audience)
    assert text(made, audience) == text(again, audience)


@every_audience
def test_without_colour_no_escape_sequence_is_written(audience: str, assess: Assess) -> None:
    """And with colour the words are the same."""
    made = assess(FOUR_TRIALS)
    plain, coloured = text(made, audience), text(made, audience, colour=True)
    assert "\x1b" not in plain
    assert "\x1b[" in coloured
    bare = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert re.findall(r"\w{3,}", bare) == re.findall(r"\w{3,}", re.sub(r"^-+$", "", plain, flags=re.MULTILINE))


def test_the_auditor_sees_every_rule_every_fact_and_what_fired(assess: Assess) -> None:
    """Helpers too, with file and line."""
    made = assess(FOUR_TRIALS)
    page, lines = html(made, "auditor"), read(text(made, "auditor"))
    for item in [*made["conclusions"], *made["helpers"], *made["parts"]]:
        unit = item.get("trial", item.get("problem"))
        key = f"{item['id']}@{unit}" if unit else item["id"]
        assert f'id="{key}"' in page
        assert f"{item['rule']['file']}:{item['rule']['line']}" in page
        assert key in lines
    assert all(fact["name"] in page for fact in made["facts"])
    assert made["rulebook"]["digest"] in page
    assert "nothing fired" in page
    assert page.count("<dt>AMB-") == len(made["references"]["readings"])


def test_an_attribute_that_was_not_provided_is_said_aloud(html_of: Rendered) -> None:
    """All thirteen stand on the page of the clinician."""
    page = read(html_of(FOUR_TRIALS, "clinician"))
    assert page.count('<tr><th scope="row">') >= 13
    assert "not provided" in page


def test_an_unknown_audience_is_refused(text_of: Rendered) -> None:
    """A page for nobody is not made."""
    with pytest.raises(ValueError, match="no such page"):
        text_of(FOUR_TRIALS, "public")


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("source", [ROOT / "examples" / "complete.yaml", FOUR_TRIALS], ids=["complete", "four-trials"])
def test_no_page_rests_on_the_order_of_keys(source: Path | str, audience: str, assess: Assess) -> None:
    """JSON knows no order of keys: a document that was sorted, sent or recorded gives the same pages."""
    made = assess(source)
    kept = json.loads(canonical(made))
    folder = bundled("templates")
    assert html_page(kept, audience, folder) == html_page(made, audience, folder)
    assert text_page(kept, audience, folder, colour=False, width=100) == text_page(made, audience, folder, colour=False, width=100)
