"""What comes after the clinician: the auditor finds and verifies the decision, the author sees whom a changed threshold affects."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.steps import import_patient

Visit = Callable[..., Visitor]
Picture = Callable[[Page, str], None]
_LONG = 60_000


def test_a_decision_is_found_explained_verified_and_forgotten(visit: Visit, picture: Picture, root: Path) -> None:
    """By its pseudonym; the derivation is drawn; the chain verifies, and again after the patient was erased."""
    clinician = visit("clinician").page
    import_patient(clinician, root / "examples" / "complete.yaml", "to be audited")
    told = clinician.get_by_text("Pseudonym P-").inner_text()
    pseudonym = re.findall(r"P-\w+", told)[0]
    clinician.get_by_role("button", name="Record the decision").click()
    expect(clinician.get_by_role("heading", name=re.compile(r"Decision \d+"))).to_be_visible()
    page = visit("auditor").page
    page.get_by_label("Pseudonym").fill(pseudonym)
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("table").get_by_text(pseudonym)).to_have_count(1)
    assert pseudonym not in page.url
    assert "to be audited" not in page.content()
    picture(page, "1-search")
    page.get_by_role("table").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Record")
    picture(page, "2-record")
    _why(page, picture)
    _verified(page, picture)
    _erased(page, pseudonym, picture)
    _verified(page, picture)


def _why(page: Page, picture: Picture) -> None:
    page.get_by_label("Rule, recommendation, alert").fill("GF-E-A1")
    page.get_by_role("button", name="Draw and explain it").click()
    boxes = page.locator("figure svg a")
    expect(boxes.first).to_be_visible(timeout=_LONG)
    picture(page, "3-derivation")
    boxes.nth(1).click()
    expect(page.locator("figure svg").first).to_be_visible(timeout=_LONG)


def _verified(page: Page, picture: Picture) -> None:
    page.get_by_role("link", name="Verify and replay").click()
    section = page.get_by_role("region", name="Is every record as it was written?")
    section.get_by_role("button", name="Verify").click()
    expect(section.get_by_text("Whole", exact=False).first).to_be_visible(timeout=_LONG)
    picture(page, "4-verified")


def _erased(page: Page, pseudonym: str, picture: Picture) -> None:
    page.goto("/audit/erase")
    page.get_by_label("Pseudonym", exact=True).fill(pseudonym)
    page.get_by_label("Pseudonym again").fill(pseudonym)
    page.get_by_role("checkbox").check()
    picture(page, "5-erase")
    page.get_by_role("button", name="Erase all content").click()
    expect(page.get_by_role("heading", name="Erased")).to_be_visible(timeout=_LONG)


def test_a_threshold_is_changed_and_whom_it_affects_is_seen(visit: Visit, picture: Picture, root: Path) -> None:
    """In a copy: a mistake is told at its line as one types, and whom the text changes once there is none; then a patch that applies."""
    page = visit("author").page
    picture(page, "1-rulebook")
    page.goto("/rules/GF-E-A4")
    expect(page.locator("figure svg").first).to_be_visible()
    picture(page, "2-rule")
    page.goto("/rules/map")
    picture(page, "3-map")
    page.goto("/rules/edit?path=parameters/refractoriness.yaml")
    text = page.get_by_label("Text of the file")
    before = text.input_value()
    text.fill(before.replace("value: 4\n", "value: four\n", 1))
    text.press("End")
    text.press("Space")
    expect(page.locator("#problems")).to_contain_text("Line 6", timeout=_LONG)
    picture(page, "4-mistake")
    _seen_at_once(page, before, picture)
    page.get_by_role("button", name="Save my copy").click()
    expect(page.get_by_text("Saved as your own copy")).to_be_visible(timeout=_LONG)
    _effects(page, picture, root)


def _seen_at_once(page: Page, before: str, picture: Picture) -> None:
    """No button is pressed, the keyboard stays in the text, and what was worked out is marked as old once the text goes on."""
    text, said, found = page.get_by_label("Text of the file"), page.locator("#effects-said"), page.locator("#effects-found")
    expect(found).to_be_empty()
    text.fill(before.replace("value: 4\n", "value: 30\n", 1))
    expect(said).to_contain_text("1 of 10 example patients", timeout=_LONG)
    expect(found).to_contain_text("4 weeks → 30 weeks")
    expect(text).to_be_focused()
    picture(page, "5-effects-as-one-types")
    text.fill(before.replace("value: 4\n", "value: 20\n", 1))
    expect(said).to_contain_text("The text has changed")
    expect(found).to_have_class("old")
    expect(found).to_contain_text("4 weeks → 20 weeks", timeout=_LONG)
    expect(found).not_to_have_class("old")
    expect(text).to_be_focused()


def _effects(page: Page, picture: Picture, root: Path) -> None:
    page.goto("/rules/edits")
    page.get_by_role("button", name="Work out what changes").click()
    expect(page.get_by_role("heading", name="What do they change?").locator("..")).to_contain_text("patients", timeout=_LONG)
    expect(page.locator("progress")).to_have_count(0, timeout=_LONG)
    expect(page.get_by_text("complete", exact=False).first).to_be_visible(timeout=_LONG)
    picture(page, "6-effects")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download all as a patch").click()
    check = subprocess.run(["git", "apply", "--check", str(download.value.path())], cwd=root, check=False, capture_output=True, text=True)
    assert check.returncode == 0, check.stderr
    page.get_by_role("button", name="Discard").first.click()
    expect(page.get_by_role("link", name="Download all as a patch")).to_have_count(0)
