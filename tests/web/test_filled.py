"""Values that nobody stated and that the advice takes: shown with their fields and with where they come from, until one is stated."""

import re

from tests.evidence import Element, Page
from tests.shared import ROOT
from tests.web.browser import Browser, new_once

DOSE, CLASS, LENGTH = "trial.dose_adequate@t1", "trial.drug_class@t1", "trial.weeks_total@t1"


def with_trial(clinician: Browser, **given: str) -> str:
    """A patient with one drug trial."""
    path = clinician.new_patient()
    row = {f"trial.{name}": value for name, value in given.items() if name != "unit_beside"}
    sent = {"units": "trials", "once": new_once(), "trial.modality": "medication", **row}
    clinician.post(f"{path}/units", sent | ({"unit_beside": given["unit_beside"]} if "unit_beside" in given else {}))
    return path


def forms(page: str) -> dict[str, Element]:
    found = {}
    for form in Page(page).root.all():
        if form.tag == "form" and form.given.get("class", "").startswith("field"):
            fact = next(part for part in form.all() if part.given.get("name") == "fact")
            found[fact.given["value"]] = form
    return found


def beside(form: Element) -> str:
    """What stands with a field about a value that nobody stated."""
    (place,) = [part for part in form.all() if "data-place-of-filled" in part.given]
    described = next(part for part in form.all() if part.tag == "fieldset").given["aria-describedby"]
    assert place.given["id"] in described.split()
    return place.words()


def in_fields(clinician: Browser, path: str, section: str = "section=trials&unit=1") -> dict[str, str]:
    return {fact: told for fact, form in forms(clinician.get(f"{path}?{section}").text).items() if (told := beside(form))}


def with_the_standing(clinician: Browser, path: str) -> dict[str, str]:
    """The same as it comes with the alerts after every answer."""
    root = Page(clinician.part(f"{path}/standing").text).root
    return {part.given["data-filled"]: part.words() for part in root.all() if "data-filled" in part.given}


def test_what_the_drug_table_proposes_stands_with_the_fields(clinician: Browser) -> None:
    """In words, as coming from the table, with its source and how sure that is; the field is still not asked."""
    path = with_trial(clinician, drug="sertraline", dose_daily="150", unit_beside="mg")
    told = in_fields(clinician, path)
    assert told[CLASS] == (
        "Not asked. Until it is stated, the advice takes: SSRI (the drug table: sertraline). What you state here stands instead."
    )
    assert "takes: yes (proposed by the drug table: sertraline 150 mg a day; at least 100 by the strictest source)" in told[DOSE]
    assert re.search(r"Source: \w.*, \w.*; (looked up in|from the literature|stated in)", told[DOSE])
    form = forms(clinician.get(f"{path}?section=trials&unit=1").text)[DOSE]
    (picked,) = [part.given["value"] for part in form.all() if "checked" in part.given]
    assert picked == "not_asked" and "asked" not in form.given["class"].split()
    assert "dose_adequate" not in clinician.chart(path).data["trials"][0]
    assert with_the_standing(clinician, path).items() >= told.items()


def test_what_somebody_states_takes_its_place(clinician: Browser) -> None:
    """At once in the field itself, and in what comes with the alerts. Taken back, the proposal stands there again."""
    path = with_trial(clinician, drug="sertraline", dose_daily="150", unit_beside="mg")
    assert beside(forms(clinician.enter(path, DOSE, "no").text)[DOSE]) == ""
    assert DOSE not in in_fields(clinician, path)
    assert DOSE not in with_the_standing(clinician, path)
    assert beside(forms(clinician.enter(path, DOSE, "not_asked").text)[DOSE]).startswith("Not asked. ")


def test_asked_and_not_known_is_not_called_not_asked(clinician: Browser) -> None:
    """The table speaks there as well, and the page says so."""
    path = with_trial(clinician, drug="sertraline", dose_daily="150", unit_beside="mg")
    told = beside(forms(clinician.enter(path, DOSE, "unknown").text)[DOSE])
    assert told.startswith("Asked, and not known. Until it is stated, the advice takes: yes (proposed by the drug table")
    assert with_the_standing(clinician, path)[DOSE] == told


def test_whatever_the_program_fills_in_is_shown(clinician: Browser) -> None:
    """Lengths from dates, groups of drugs that are taken now, and which trial is the latest; in their own sections, and as JSON."""
    path = clinician.import_file((ROOT / "examples" / "complete.yaml").read_text(encoding="utf-8")).headers["location"]
    groups = in_fields(clinician, path, "section=drugs")
    assert "takes: no (the drug table: no drug on file belongs to this group)" in groups["drugs.lithium"]
    assert "from dates: 2025-03 to 2026-11-20" in in_fields(clinician, path, "section=episode")["episode.duration_weeks"]
    path = with_trial(clinician, drug="sertraline", started="2026-01", ended="2026-03")
    assert "takes: 4 to 13 weeks (from dates: 2026-01 to 2026-03)" in in_fields(clinician, path)[LENGTH]
    clinician.enter(path, "trial.order@t1", value="1")
    clinician.post(f"{path}/units", {"units": "trials", "once": new_once(), "trial.modality": "medication", "trial.drug": "venlafaxine"})
    clinician.enter(path, "trial.order@t2", value="2")
    latest = in_fields(clinician, path, "section=trials")["latest_trial"]
    assert "takes: trial t2 (venlafaxine) (the last one in the order of the trials)" in latest
    listed = {item["fact"]: item for item in clinician.get(f"/api{path}/standing").json()["filled"]}
    assert (listed[CLASS]["value"], listed[CLASS]["origin"]) == ("SSRI", "the drug table: sertraline")
    assert listed[LENGTH]["value"] == {"low": 4, "high": 13}


def test_while_a_mistake_is_on_file_the_rest_is_still_shown(clinician: Browser) -> None:
    """What is wrong stands in its field and is not called not asked; what could not be read at all stops no page."""
    path = with_trial(clinician, drug="sertraline", started="2026-01-01", ended="2026-03-01")
    clinician.enter(path, LENGTH, value="40")  # against the dates
    told = in_fields(clinician, path)
    assert CLASS in told and LENGTH not in told
    assert clinician.get(f"{path}?section=trials").status_code == 200


def counts(text: str) -> dict[str, str]:
    found = Page(text).root.all()
    return {part.given["id"].removeprefix("count-"): part.words() for part in found if part.given.get("id", "").startswith("count-")}


def test_the_count_of_a_section_follows_each_answer(clinician: Browser) -> None:
    """It comes with the field, and only that of its own section; it is what the whole page shows."""
    path = clinician.new_patient()
    before = counts(clinician.get(path).text)
    answer = clinician.enter(path, "risk.assessed", "yes").text
    assert 'id="count-risk" hx-swap-oob="true"' in answer
    after = counts(answer)
    assert (before["risk"].split()[0], after) == ("0", {"risk": before["risk"].replace("0 ", "1 ", 1)})
    assert counts(clinician.get(path).text) == before | after
    assert counts(clinician.enter(path, "risk.assessed", "not_asked", where="-next").text) == {"risk": before["risk"]}
    assert "hx-swap-oob" not in clinician.get(path).text


def test_a_what_if_is_compared_as_part_of_the_page(clinician: Browser) -> None:
    """The alert that went is told first, from what it was to what it is; its names are no others' on the page."""
    path = clinician.new_patient()
    clinician.enter(path, "risk.suicidal_ideation", "yes")
    copy = clinician.post(f"{path}/what-if").headers["location"]
    clinician.enter(copy, "risk.suicidal_ideation", "no")
    html = clinician.part(f"{copy}/differences").text
    (gone,) = [part.words() for part in Page(html).root.all() if part.given.get("data-evidence") == "urgent-suicide-assessment"]
    assert gone.startswith("Critical, was met, cannot be told any more and is not excluded: ") and "suicidal thoughts now: yes" in gone
    assert all(name.startswith("differences-") for name in Page(html).by_id)
    assert "<pre" not in html
