"""A clinician's journey: from signing in to the printed report, by what stands on the pages."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.steps import add_treatment, answer, answer_next, field, new_patient, section, settled, write

Visit = Callable[..., Visitor]
Picture = Callable[[Page, str], None]


def test_a_patient_is_entered_understood_recorded_and_printed(visit: Visit, picture: Picture) -> None:
    """Next question first; facts, treatments, alerts and advice; three whys; a what-if; the record; both reports; the response."""
    page = visit("clinician").page
    new_patient(page, "journey")
    expect(page.locator("#next legend")).to_contain_text("suicide", timeout=30_000)
    picture(page, "1-next-question")
    answer_next(page, "Has the risk of suicide and self-harm been assessed", "yes")
    section(page, "Suicide and self-harm")
    count = page.get_by_role("link", name="Suicide and self-harm").locator(".count")
    expect(count).to_have_text("1 of 4")
    answer(page, "Does the patient have thoughts of suicide", "yes")
    expect(count).to_have_text("2 of 4")
    expect(page.locator("#standing .alert.critical").first).to_contain_text("Suicidal thoughts", timeout=30_000)
    answer(page, "Has there been any self-harm", "not known")
    picture(page, "2-risk")
    section(page, "Diagnoses")
    answer(page, "Is a major depressive episode of a major depressive disorder present (DSM-5-TR or ICD-11)", "yes")
    add_treatment(
        page,
        modality="medication",
        drug="sertraline",
        started="2026-01",
        ended="2026-05",
        dose_daily="100",
        unit_beside="mg",
        weeks_at_adequate_dose="12",
        kellner_score="5",
    )
    answer(page, "Was the treatment taken or attended as agreed", "adequate")
    _proposed(page)
    settled(page)
    picture(page, "3-trial")
    section(page, "Treatment trials")
    expect(page.locator("#timeline svg")).to_contain_text("sertraline")
    picture(page, "4-timeline")
    _three_whys(page)
    picture(page, "5-whys")
    _what_if(page, picture)
    _recorded(page, picture)


def _proposed(page: Page) -> None:
    """Another drug is entered: what the table now proposes comes to the other fields, and what is being typed there stays."""
    page.locator("#section details.more > summary").first.click()
    told = field(page, "To which pharmacological class").locator("[data-place-of-filled]")
    expect(told).to_contain_text("Not asked. Until it is stated, the advice takes: SSRI")
    field(page, "Which drug was given").locator("[name=value]").first.fill("venlafaxine")
    other = field(page, "How many weeks did the treatment last").locator("[name=value]")
    other.press_sequentially("2")
    expect(told).to_contain_text("the advice takes: SNRI", timeout=30_000)
    other.press_sequentially("0")
    expect(other).to_be_focused()
    expect(other).to_have_value("20")
    other.fill("")
    field(page, "Which drug was given").locator("[name=value]").first.fill("sertraline")
    answer(page, "In your judgement, was the dose appropriate", "yes")
    expect(field(page, "In your judgement, was the dose appropriate").locator("[data-place-of-filled]")).to_be_empty()


def _three_whys(page: Page) -> None:
    page.locator("#standing .alert").first.get_by_role("button", name="Why").click()
    expect(page.locator("#standing .alert .answer-why h3").first).to_be_visible()
    page.locator("#standing .statuses div").filter(has_text="Criterion A").get_by_role("button").click()
    expect(page.locator("#why-heading")).to_contain_text("GF-E-A")
    line = page.locator("#results details.line").first
    line.locator("summary").first.click()
    line.get_by_role("button", name="Why", exact=True).first.click()
    expect(line.locator(".answer-why h3").first).to_be_visible()


def _what_if(page: Page, picture: Picture) -> None:
    page.get_by_role("button", name="What if …", exact=True).click()
    expect(page.get_by_text("A trial copy.")).to_be_visible()
    section(page, "Suicide and self-harm")
    answer(page, "Does the patient have thoughts of suicide", "no")
    changed = page.locator("#differences").get_by_role("region", name="Alerts that changed")
    expect(changed).to_contain_text("Suicidal thoughts or self-harm call for an urgent assessment: met →", timeout=30_000)
    picture(page, "6-what-if")
    page.get_by_role("button", name="Leave, and forget the copy").click()
    section(page, "Suicide and self-harm")
    expect(field(page, "Does the patient have thoughts of suicide").get_by_label("yes")).to_be_checked()


def _recorded(page: Page, picture: Picture) -> None:
    page.get_by_role("button", name="Record the decision").click()
    expect(page.get_by_role("heading", name=re.compile(r"Decision \d+"))).to_be_visible()
    for audience in ("clinician", "patient"):
        address = page.get_by_role("link", name="Report as PDF").nth(0 if audience == "clinician" else 1).get_attribute("href")
        report = page.context.request.get(str(address))
        assert report.ok
        assert report.body().startswith(b"%PDF-")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="as a page to print").first.click()
    expect(opened.value.get_by_role("heading", name="Alerts")).to_be_visible()
    opened.value.close()
    page.get_by_label("modified").check()
    page.get_by_label("Why not as given").select_option("patient-preference")
    page.get_by_role("button", name="Note it").click()
    expect(page.locator("#responses").locator("..")).to_contain_text("the patient prefers something else")
    picture(page, "7-decision")


def test_every_question_can_be_answered_with_the_keyboard_alone(visit: Visit) -> None:
    """From the first key: skip to the content, reach the answers, pick one with the arrow keys, and see it saved."""
    page = visit("clinician").page
    new_patient(page)
    section(page, "Suicide and self-harm")
    expect(field(page, "thoughts of suicide")).to_be_visible()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the content")
    page.keyboard.press("Enter")
    asked = field(page, "thoughts of suicide")
    for _ in range(80):
        page.keyboard.press("Tab")
        if asked.locator(":focus").count() and page.locator(":focus").get_attribute("type") == "radio":
            break
    page.keyboard.press("ArrowLeft")
    expect(asked.locator("[data-saved]")).to_contain_text("saved 2")
    expect(asked.get_by_label("not known")).to_be_checked()
    expect(asked.locator(":focus")).to_have_count(1)


def test_a_wrong_answer_is_told_kept_and_put_right(visit: Visit) -> None:
    """What cannot be taken stays as it was typed, also after a reload, with what is allowed; the record is untouched until it is right."""
    page = visit("clinician", quiet=False).page
    new_patient(page)
    section(page, "Present episode")
    question = "How many weeks"
    asked = field(page, question).first
    asked.locator("[name=value]").fill("about ten")
    asked.locator("[name=value]").press("Tab")
    expect(asked.locator(".wrong")).to_contain_text("allowed: ")
    page.reload()
    asked = field(page, question).first
    expect(asked.locator("[name=value]")).to_have_value("about ten")
    expect(asked.locator(".wrong")).to_contain_text("On record: not asked")
    expect(page.locator("#standing")).to_contain_text("Not saved: ")
    write(page, question, "10")
    expect(field(page, question).first.locator(".wrong")).to_have_count(0)
    expect(page.locator("#standing")).not_to_contain_text("Not saved: ")
