"""Reload, back, double submit, two windows, a lost connection and an expired session: what was answered is there."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.steps import add_treatment, answer, field, new_patient, section
from tests.web.browser import PASSWORD

Visit = Callable[..., Visitor]
_TWICE = "form => { fetch(form.action, {method: 'POST', body: new URLSearchParams(new FormData(form))}); form.submit(); }"
_QUESTION = "Does the patient have thoughts of suicide"


def test_reload_back_and_double_submit_lose_and_double_nothing(visit: Visit) -> None:
    """An answer stands after a reload and after going back; a button pressed twice adds one treatment."""
    page = visit("clinician").page
    new_patient(page)
    section(page, "Suicide and self-harm")
    answer(page, _QUESTION, "yes")
    page.reload()
    expect(field(page, _QUESTION).get_by_label("yes")).to_be_checked()
    section(page, "Trauma")
    page.go_back()
    expect(field(page, _QUESTION).get_by_label("yes")).to_be_checked()
    section(page, "Treatment trials")
    form = page.locator("form.new-trial")
    form.locator("[name='trial.modality']").select_option("medication")
    form.evaluate(_TWICE)
    expect(page.get_by_role("heading", name="Trial t1")).to_be_visible()
    section(page, "Treatment trials")
    expect(page.locator("ol.units li")).to_have_count(1)


def test_what_is_answered_without_a_connection_is_saved_when_it_is_back(visit: Visit) -> None:
    """The page says that it is not saved, keeps it, and sends it again by itself."""
    visitor = visit("clinician", quiet=False)
    page = visitor.page
    new_patient(page)
    section(page, "Suicide and self-harm")
    expect(field(page, _QUESTION)).to_be_visible()
    visitor.context.set_offline(True)
    field(page, _QUESTION).get_by_label("yes", exact=True).check()
    expect(field(page, _QUESTION).locator("[data-saved]")).to_contain_text("not saved yet")
    expect(page.locator("#notices")).to_contain_text("No connection")
    visitor.context.set_offline(False)
    expect(field(page, _QUESTION).locator("[data-saved]")).to_contain_text("saved 2", timeout=15_000)
    page.reload()
    expect(field(page, _QUESTION).get_by_label("yes")).to_be_checked()


def test_what_is_answered_after_the_session_ended_is_saved_after_signing_in_again(visit: Visit) -> None:
    """In a second window; the first one goes on by itself."""
    visitor = visit("clinician", quiet=False)
    page = visitor.page
    new_patient(page)
    section(page, "Suicide and self-harm")
    expect(field(page, _QUESTION)).to_be_visible()
    visitor.context.clear_cookies()
    field(page, _QUESTION).get_by_label("no", exact=True).check()
    expect(page.locator("#notices")).to_contain_text("signed out")
    with visitor.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in in a new window").click()
    other = opened.value
    other.fill("#name", "clinician")
    other.fill("#password", PASSWORD)
    other.click("main button")
    expect(field(page, _QUESTION).locator("[data-saved]")).to_contain_text("saved 2", timeout=15_000)
    page.reload()
    expect(field(page, _QUESTION).get_by_label("no", exact=True)).to_be_checked()


def test_two_windows_do_not_overwrite_each_other(visit: Visit) -> None:
    """Another fact is no matter; the same fact is told, and both answers can be seen; of a patient who was handed over it is told that."""
    visitor = visit("clinician", quiet=False)
    one = visitor.page
    new_patient(one)
    section(one, "Suicide and self-harm")
    expect(field(one, _QUESTION)).to_be_visible()
    two = visitor.context.new_page()
    two.goto(one.url)
    answer(two, _QUESTION, "yes")
    answer(one, "Has the patient ever attempted suicide", "no")
    field(one, _QUESTION).get_by_label("no", exact=True).check()
    expect(field(one, _QUESTION).locator(".wrong")).to_contain_text("another window")
    expect(field(one, _QUESTION).locator(".wrong")).to_contain_text("On record: yes")
    answer(one, _QUESTION, "not known")
    two.reload()
    expect(field(two, _QUESTION).get_by_label("not known")).to_be_checked()
    _hand_over(one, "colleague")
    field(two, _QUESTION).get_by_label("yes").check()
    expect(two.get_by_role("status").first).to_contain_text("was handed over to colleague")
    expect(field(two, _QUESTION).locator("[data-saved]")).to_have_text("not saved")


def _hand_over(page: Page, to: str) -> None:
    page.get_by_text("More", exact=True).click()
    page.get_by_role("link", name="Hand over to a colleague").click()
    page.get_by_label("Colleague", exact=True).select_option(label=to)
    page.get_by_label("The patient is to go to this colleague").check()
    page.get_by_role("button", name="Hand over the patient").click()
    expect(page.get_by_role("heading", name="Handed over")).to_be_visible()


def test_a_change_can_be_taken_back(visit: Visit) -> None:
    """Undo takes back the last change; the history holds both."""
    page = visit("clinician").page
    new_patient(page)
    add_treatment(page, modality="medication", drug="sertraline")
    page.get_by_role("button", name="Take this trial out").click()
    expect(page.get_by_text("No treatment was entered yet.")).to_be_visible()
    page.get_by_role("button", name="Undo the last change").click()
    section(page, "Treatment trials")
    expect(page.locator("ol.units li")).to_have_text("t1 (sertraline)")
    page.get_by_role("link", name="History").click()
    expect(page.get_by_role("row")).to_have_count(4)
