"""Every page for everybody: WCAG 2.2 AA by axe, light and dark, on a tablet; and what a page makes a browser load."""

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.steps import import_patient, settled

Visit = Callable[..., Visitor]
Picture = Callable[[Page, str], None]
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_EVERY_RULE = {"runOnly": {"type": "tag", "values": _TAGS}}
# What another screen or scheme can change; the rest is the same page as on the first screen.
_OF_THE_SCREEN = {"runOnly": {"type": "rule", "values": ["color-contrast", "target-size", "meta-viewport"]}}
# The advice is the same on every page of a chart, and long: it is looked at where it stands by itself.
_NO_ADVICE = "<section><p>Advice</p></section>"
_SECTIONS = ("section=advice", "", "section=trials&unit=2", "section=risk", "section=trials", "section=problem")
_MOST = 100_000  # bytes of the application's own scripts and styles on one page
_SCREENS = [(1280, 900, "light"), (820, 1180, "dark"), (390, 844, "light")]


@pytest.mark.parametrize(("width", "height", "scheme"), _SCREENS)
def test_every_page_of_a_clinician_is_for_everybody(
    width: int, height: int, scheme: str, visit: Visit, picture: Picture, root: Path
) -> None:
    """No violation on any page, and nothing that must be scrolled sideways."""
    every = (width, height, scheme) == _SCREENS[0]
    page = visit("clinician", width, height, scheme).page
    import_patient(page, root / "examples" / "complete.yaml", "axe")
    chart = page.url
    for name in _SECTIONS if every else ("section=advice", "section=trials&unit=2"):
        page.goto(f"{chart}?{name}")
        settled(page)
        _require_fit(page, name or "next", picture, every=every)
        page.route("**/results", lambda route: route.fulfill(body=_NO_ADVICE))
    if every:
        for name in ("/patients", f"{chart}/history", f"{chart}/hand-over", "/password"):
            page.goto(name)
            _require_fit(page, name.rpartition("/")[2], picture)
        page.goto(chart)
        page.get_by_text("Assessed as of").first.click()
        page.get_by_label("Day of the consultation").fill("2026-01-02")
        page.get_by_role("button", name="Assess as of this day").click()
        expect(page.get_by_text("Assessed as of 2026-01-02, not today.")).to_be_visible(timeout=30_000)
        page.get_by_text("Assessed as of").first.click()
        _require_fit(page, "day", picture)
        page.get_by_role("button", name="Undo the last change").click()
        page.get_by_role("button", name="Record the decision").click()
        expect(page.get_by_role("heading", name="What became of the advice")).to_be_visible(timeout=30_000)
        _require_fit(page, "decision", picture)


_PAGES = {
    "administrator": ("/accounts",),
    "auditor": ("/audit", "/audit/check", "/audit/statistics", "/audit/export", "/audit/erase"),
    "author": (
        "/rules", "/rules/GF-E-C1", "/rules/map", "/rules/coverage", "/rules/edits", "/rules/file?path=refractoriness/criterion-a.yaml",
        "/rules/edit?path=refractoriness/criterion-a.yaml",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("width", "height", "scheme"), _SCREENS[:2])
@pytest.mark.parametrize("role", _PAGES)
def test_every_page_of_the_others_is_for_everybody(role: str, width: int, height: int, scheme: str, visit: Visit, picture: Picture) -> None:
    page = visit(role, width, height, scheme).page
    for number, address in enumerate(_PAGES[role] if scheme == "light" else _PAGES[role][:2]):
        page.goto(address)
        _require_fit(page, f"{role}-{number}-{scheme}", picture, every=scheme == "light")


def test_what_an_authors_text_changes_is_for_everybody(visit: Visit, picture: Picture) -> None:
    """Below the text, with alerts that fall silent and every patient opened; the keyboard stays where it was when all of it is replaced."""
    page = visit("author").page
    page.goto("/rules/edit?path=safety/suicide-risk.yaml")
    text, said = page.get_by_label("Text of the file"), page.locator("#effects-said")
    changed = text.input_value().replace("alert: critical", "alert: notice")
    text.fill(changed)
    expect(said).to_contain_text("fall silent", timeout=60_000)
    page.locator("#effects-found summary").first.press("Enter")
    page.locator("#changes").scroll_into_view_if_needed()
    _require_fit(page, "author-effects", picture)
    text.evaluate("(area, text) => { area.value = text; area.dispatchEvent(new Event('input')); }", f"{changed}# more\n")
    expect(page.locator("#effects-found")).to_have_class("old")
    expect(page.locator("#effects-found")).not_to_have_class("old", timeout=60_000)
    expect(page.locator("#effects-found summary").first).to_be_focused()
    expect(page.locator("#effects-found details").first).to_have_attribute("open", "")
    text.fill("")  # so that nothing is left to lose


def test_a_violation_would_be_found(visit: Visit, picture: Picture) -> None:
    """A field that has lost its label, and a text that can hardly be read."""
    page = visit("administrator").page
    page.evaluate("document.querySelector('label[for=name]').remove(); document.querySelector('h1').className = 'stale small'")
    with pytest.raises(AssertionError, match="label"):
        _require_fit(page, "violation", picture)


@pytest.mark.parametrize(
    ("role", "address"),
    [("author", "/rules/GF-E-A4"), ("author", "/rules/edit?path=refractoriness/criterion-a.yaml"), ("clinician", "")],
)
def test_no_page_loads_more_than_a_hundred_kilobytes_of_our_own(role: str, address: str, visit: Visit, root: Path) -> None:
    """Scripts, styles and pictures together, and nothing from anywhere else."""
    page = visit(role).page
    if role == "clinician":
        import_patient(page, root / "examples" / "complete.yaml")
        address = page.url
    loaded: set[str] = set()
    page.on("response", lambda response: loaded.add(response.url))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    host = page.url.split("/rules", maxsplit=1)[0].split("/patients", maxsplit=1)[0]
    assert all(url.startswith(host) for url in loaded)
    assets = {url: len(page.context.request.get(url).body()) for url in sorted(loaded) if "/static/" in url}
    assert 0 < sum(assets.values()) < _MOST, assets


def _require_fit(page: Page, name: str, picture: Picture, *, every: bool = True) -> None:
    expect(page.locator("progress")).to_have_count(0, timeout=60_000)  # the page of long work is loaded anew at its end
    page.wait_for_load_state()
    picture(page, name)
    options = _EVERY_RULE if every else _OF_THE_SCREEN
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{name}: {wide} pixels too wide"
    found = Axe().run(page, options=options).response["violations"]
    told = [f"{item['id']}: {item['help']}: {[node['target'] for node in item['nodes']][:5]}" for item in found]
    assert told == [], f"{name}: {told}"
