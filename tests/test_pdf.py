"""The printed report: the same bytes for the same assessment, everything of weight in it, and no harm from a patient file."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from euthymia.render.breakable import breakable
from euthymia.render.pdf import PdfAbout, pdf_data, pdf_report
from euthymia.render.wording import sentences_in
from euthymia.resources import bundled
from tests.conftest import Assess
from tests.shared import ROOT
from tests.test_pages import DEMORALISING, MARKED, marked

TEMPLATES = bundled("templates")
ABOUT = PdfAbout(record=7, digest=f"sha256:{'0f' * 32}", pseudonym="p-0001")
COMPLETE = ROOT / "examples" / "complete.yaml"
SPARSE = ROOT / "examples" / "only-an-age.yaml"
PUBLISHED = ROOT / "examples" / "nakama-2014.yaml"
HOSTILE = '#panic("x") $ ] [ *_` \\ <label> @ref // \u202e' + "W" * 400
UNPRINTABLE = "\u6f22\U0001f600"

every_audience = pytest.mark.parametrize("audience", ["clinician", "patient"])
every_patient = pytest.mark.parametrize("path", [COMPLETE, SPARSE, PUBLISHED], ids=lambda path: path.stem)


def words_of(value: Any) -> str:
    """All texts of the data in one, without the places where long words may break."""
    return json.dumps(value, ensure_ascii=False).replace("\u200b", "")


@every_audience
@every_patient
def test_the_same_assessment_gives_the_same_bytes(path: Path, audience: Any, assess: Assess) -> None:
    """Also once it was kept as JSON with its keys in another order; and it is a file that a screen reader can read out."""
    made = assess(path)
    report = pdf_report(made, audience, TEMPLATES, ABOUT)
    assert report.startswith(b"%PDF")
    assert b"<pdfuaid:part>1</pdfuaid:part>" in report
    assert pdf_report(json.loads(json.dumps(made, sort_keys=True)), audience, TEMPLATES, ABOUT) == report


@every_patient
def test_every_alert_and_option_is_in_the_report(path: Path, assess: Assess) -> None:
    """Those that hold with their sentences, those that cannot be told yet by title, all with their ids."""
    made = assess(path)
    data = pdf_data(made, "clinician", TEMPLATES, ABOUT)
    alerts, options = words_of(data["alerts"]), words_of(data["options"])
    for alert in made["alerts"]:
        assert f"[{alert['id']}]" in alerts
        assert json.dumps(alert["text"] if alert["status"] == "met" else alert["title"], ensure_ascii=False)[1:-1] in alerts
    for option in made["recommendations"]:
        if option["class"] == "treat" and option["status"] != "not_applicable":
            assert f"[{option['id']}]" in options


@every_patient
def test_what_cannot_be_told_is_named_with_what_is_missing(path: Path, assess: Assess) -> None:
    """Criteria, situations, alerts and options; and never in the place of a no."""
    made = assess(path)
    data = pdf_data(made, "clinician", TEMPLATES, ABOUT)
    untold = words_of(data["untold"]["lines"])
    statuses = {item["id"]: item["status"] for item in made["conclusions"]}
    for rule in [*made["map"]["criteria"].values(), *made["map"]["situations"].values()]:
        assert (f"[{rule}]" in untold) == (statuses[rule] == "undetermined")
    for alert in made["alerts"]:
        assert (f"[{alert['id']}]" in untold) or alert["status"] == "met"
    assert all(line["missing"] for line in data["untold"]["lines"])
    assert [row["status"] for row in data["summary"]["criteria"]] == list(made["refractoriness"]["criteria"].values())


def test_a_section_with_nothing_in_it_says_so(assess: Assess) -> None:
    """In the words of the page."""
    data = pdf_data(assess(SPARSE), "clinician", TEMPLATES, PdfAbout())
    assert data["options"]["none"] == "No option follows from what is known."
    assert data["trials"]["latest"] == "No trial is on record."
    assert data["first"]["none"] == "No sign of it is established."
    assert data["timeline"] is None
    assert data["about"] == {"record": None, "digest": None, "pseudonym": None}


def test_facts_stand_in_the_report_with_where_they_come_from(assess: Assess) -> None:
    """Every one; and the works that are named."""
    made = assess(COMPLETE)
    data = pdf_data(made, "clinician", TEMPLATES, ABOUT)
    assert sum(len(row["facts"]) for row in data["facts"]) == len(made["facts"])
    assert {"Guidi & Fava 2025", "Markowitz et al. 2022"} <= {work["short"] for work in data["works"]}


@every_patient
def test_the_report_for_the_patient_demoralises_nobody(path: Path, assess: Assess) -> None:
    """The care comes with it, and no label that stands for a verdict."""
    data = pdf_data(assess(path), "patient", TEMPLATES, ABOUT)
    shown = {name: data[name] for name in ("title", "care", "what_this_is", "urgent", "sections")}
    assert "You do not have to carry this alone." in shown["care"]
    assert not DEMORALISING.search(words_of(shown))


@every_audience
@pytest.mark.parametrize("text", [HOSTILE, UNPRINTABLE], ids=["markup", "unprintable"])
def test_a_patient_file_cannot_write_markup(text: str, audience: Any, assess: Assess) -> None:
    """It is shown as it was written; letters that no font has, or that turn a line around, do not keep the report from being made."""
    made = marked(assess(COMPLETE), text)
    about = PdfAbout(record=1, digest=None, pseudonym=text)
    assert pdf_report(made, audience, TEMPLATES, about).startswith(b"%PDF")
    data = words_of(pdf_data(made, audience, TEMPLATES, about))
    assert MARKED not in data
    assert json.dumps(text.replace("\u202e", ""), ensure_ascii=False)[1:-1] in data
    assert "\u202e" not in data


def test_long_words_may_break() -> None:
    """At their joints, else anywhere; usual words and digests are left as they are."""
    assert breakable("W" * 30) == "\u200b".join(["W" * 12, "W" * 12, "W" * 6])
    assert breakable("current.wellbeing_lifestyle_status") == "current.\u200bwellbeing_\u200blifestyle_\u200bstatus"
    assert breakable({"digest": "f" * 64, "text": ["psychopharmacological"]}) == {"digest": "f" * 64, "text": ["psychopharmacological"]}


def test_the_layout_says_nothing_and_fetches_nothing() -> None:
    """Literal text of the layout is labels only, and no package stands in it."""
    for file in (TEMPLATES / "pdf").glob("*.typ"):
        source = re.sub(r"(?m)//.*$", "", file.read_text(encoding="utf-8"))
        assert "@preview" not in source
        assert "eval(" not in source
        texts = re.findall(r'"([^"\n]*)"', source) + re.findall(r"\[([^\[\]#=]*)\]", source)
        assert [sentence for text in texts for sentence in sentences_in(text)] == []


def test_there_is_no_report_for_anybody_else(assess: Assess) -> None:
    """A name that is not known is an error."""
    with pytest.raises(ValueError, match="no such report"):
        pdf_report(assess(SPARSE), "auditor", TEMPLATES, ABOUT)  # type: ignore[arg-type]
