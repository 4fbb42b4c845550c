"""What people do on the pages, by the words that they see there."""

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

_LONG = 30_000  # the advice of a long case takes its time on a slow machine


def new_patient(page: Page, label: str = "") -> None:
    page.goto("/patients")
    section = page.get_by_role("region", name="New patient")
    section.get_by_label("A label for yourself").fill(label)
    section.get_by_role("button", name="Enter a new patient").click()
    settled(page)


def import_patient(page: Page, file: Path, label: str = "") -> None:
    page.goto("/patients")
    section = page.get_by_role("region", name="Import a patient file")
    section.get_by_label("Patient file").set_input_files(file)
    section.get_by_label("A label for yourself").fill(label)
    section.get_by_role("button", name="Import").click()
    settled(page)


def settled(page: Page) -> None:
    """Everything that follows from the facts stands on the page."""
    expect(page.locator("#results section").first).to_be_visible(timeout=_LONG)
    expect(page.locator("#results.stale")).to_have_count(0, timeout=_LONG)
    expect(page.get_by_role("heading", name="Alerts").first).to_be_visible(timeout=_LONG)


def section(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Sections of the record").get_by_role("link", name=name).click()


def field(page: Page, question: str) -> Locator:
    return page.locator("form.field").filter(has=page.locator("legend", has_text=question))


def answer(page: Page, question: str, word: str) -> None:
    """Pick an answer and wait until it is saved."""
    asked = field(page, question)
    select = asked.locator("select[name=answer]")
    if select.count():
        select.select_option(label=word)
    else:
        asked.get_by_label(word, exact=True).first.check()
    saved(asked)


def write(page: Page, question: str, text: str) -> None:
    asked = field(page, question)
    asked.locator("[name=value]").first.fill(text)
    asked.locator("[name=value]").first.press("Tab")
    saved(asked)


def saved(asked: Locator) -> None:
    expect(asked.locator("[data-saved]")).to_contain_text("saved 2", timeout=_LONG)


def add_treatment(page: Page, **given: str) -> None:
    """By the names of the form's fields without `trial.`."""
    section(page, "Treatment trials")
    form = page.locator("form.new-trial")
    for name, value in given.items():
        box = form.locator(f"[name='trial.{name}'], [name='{name}']").first
        if box.evaluate("box => box.tagName") == "SELECT":
            box.select_option(value)
        else:
            box.fill(value)
    form.get_by_role("button", name="Add this treatment").click()
    expect(page.get_by_role("heading", name="Trial t")).to_be_visible()
