"""Why something came out in a record, and what changed between two."""

import re
from pathlib import Path
from shutil import copytree

from euthymia.consultation import Consultation
from euthymia.resources import bundled
from tests.web.audit_house import FIRST, OTHER, Browser, Server, record, words

# ---------------------------------------------------------------- why


def test_a_judgement_is_drawn_and_explained(auditor: Browser) -> None:
    """Every box leads on; no address names a trial."""
    answer = auditor.post(f"/audit/{FIRST}/why", name="GF-E-A4@t1")
    assert re.fullmatch(rf"http://localhost/audit/{FIRST}/why/\d+", str(answer.url))
    assert "<svg" in answer.text and "What would change it" in answer.text
    links = re.findall(rf'<a href="(/audit/{FIRST}/[^"]+)"', answer.text)
    assert any("/facts#f" in link for link in links) and any("/why/" in link for link in links)
    assert all("@" not in link and "trial" not in link for link in links)
    for link in {*links}:
        page, _, place = link.partition("#")
        shown = auditor.get(page)
        assert shown.status_code == 200 and (not place or f'id="{place}"' in shown.text)


def test_a_rule_of_several_trials_and_a_definition_are_explained(auditor: Browser) -> None:
    """Where several judgements are meant, each can be drawn."""
    page = auditor.post(f"/audit/{FIRST}/why", name="GF-E-A4").text
    assert "Draw GF-E-A4@t1" in page and "Draw GF-E-A4@t2" in page
    assert "MSM" in auditor.post(f"/audit/{FIRST}/why", name="msm").text
    wrong = auditor.post(f"/audit/{FIRST}/why", name="GF-E-A44")
    assert wrong.status_code == 422 and "did you mean" in words(wrong.text)


def test_why_is_told_by_the_rules_of_that_day(auditor: Browser, server: Server, tmp_path: Path) -> None:
    """A title that has been written anew since is shown as it was."""
    rules = copytree(bundled("rules"), tmp_path / "rules")
    file = rules / "refractoriness" / "criterion-a.yaml"
    file.write_text(file.read_text().replace("The medication trial was long enough", "The drug was given for long enough"))
    number = record(server.house, "complete", "P-OLD-RULES", Consultation(rules))
    page = words(auditor.post(f"/audit/{number}/why", name="GF-E-A4@t1").text)
    assert "The drug was given for long enough" in page and "The medication trial was long enough" not in page
    assert "The drug was given for long enough" in words(auditor.post(f"/audit/{number}/why", name="GF-E-A4@t2").text)


def test_two_records_are_compared(auditor: Browser) -> None:
    """What changed, and by which cause."""
    page = words(auditor.post("/audit/compare", before=str(FIRST), after=str(OTHER)).text)
    assert f"Before: record {FIRST}" in page and "Different: the patient file" in page
    assert auditor.post("/audit/compare", before="2", after="x").status_code == 422
    assert "is no assessment but an opening" in auditor.post("/audit/compare", before="1", after="2").text
