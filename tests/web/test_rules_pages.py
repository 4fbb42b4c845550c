"""What a guideline author can do in the browser, and what an author must not be able to do."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from euthymia.rulebook.load import digest_of
from euthymia.web.access import ACCESS
from euthymia.web.house import House
from tests.shared import ROOT
from tests.web.author_house import SECRET, Browser, TestClient, opened
from tests.web.author_pages import FILE, HOSTILE, OUTSIDE, Field, in_force, longer, opened_file, save

RULE_FILE = "refractoriness/criterion-a.yaml"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, TestClient]]:
    folder = tmp_path_factory.mktemp("author")
    shutil.copytree(ROOT / "rules", folder / "rules")
    before = _digest(folder / "rules")
    with opened(folder, folder / "rules") as made:
        yield made
    assert _digest(folder / "rules") == before, "the rules in force were changed"


@pytest.fixture
def author(place: tuple[House, TestClient]) -> Iterator[Browser]:
    """Signed in, with nothing changed yet."""
    house, client = place
    browser = Browser(house, client, "author")
    yield browser
    for edit in house.edits.of_owner(browser.account.id):
        house.edits.discard(browser.account.id, edit.path)


def _digest(folder: Path) -> str:
    return digest_of({str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()})


def test_an_author_finds_a_rule_by_its_id_and_by_its_words(author: Browser) -> None:
    assert "The medication trial was long enough" in author.get("/rules", q="gf-e-a4").text
    assert 'href="/rules/GF-E-A4"' in author.get("/rules", q="medication long enough").text
    assert "rules/parameters/refractoriness.yaml:" in author.get("/rules", q="medication_trial_minimum_weeks").text
    assert "0 found" in author.get("/rules", q="no such words").text


@pytest.mark.parametrize("view", ["topics", "statements", "works"])
def test_the_rulebook_is_shown_as_the_sources_are_organised(author: Browser, view: str) -> None:
    page = author.get("/rules", by=view).text
    assert 'href="/rules/GF-E-A4"' in page
    assert {"topics": "rules/refractoriness/criterion-a.yaml", "statements": "encoded", "works": "Guidi"}[view] in page


def test_one_rule_is_shown_with_all_that_stands_behind_it(author: Browser) -> None:
    page = author.get("/rules/GF-E-A4").text
    for shown in (
        "Table 3 A (duration)", "expert opinion", "AMB-E-3", "4 weeks", "medication_trial_minimum_weeks", "was given too briefly",
        "<mark>        - trial.weeks_total", "tests/rules/refractoriness/criterion-a.yaml:", "rulebook-map", "Used by", "not told",
    ):  # fmt: skip
        assert shown in page, shown


def test_texts_options_and_definitions_have_a_page_too(author: Browser, place: tuple[House, TestClient]) -> None:
    browsing = place[0].browsing
    for name in [*list(browsing.texts)[:3], "GF-J-10"]:
        assert author.get(f"/rules/{name}").status_code == 200, name
    assert author.get("/rules/msm").headers["location"].startswith("/rules/file?path=definitions/msm.yaml#L")
    assert author.get("/rules/no-such-rule").status_code == 404


def test_map_and_file_are_shown_with_links(author: Browser) -> None:
    assert "/rules?topic=refractoriness#topic-refractoriness" in author.get("/rules/map").text
    page = author.get("/rules/file", path=RULE_FILE).text
    assert 'id="L8"' in page and "Edit a copy" in page


def test_rules_without_cases_are_told_by_topic(author: Browser) -> None:
    page = author.get("/rules/coverage").text
    assert "lack a case" in page and "Refractoriness" in page
    assert "GF-E-B1" in page  # its cases are not in the folder of this test


def test_a_mistake_is_told_at_its_line_and_nothing_is_saved_by_checking(author: Browser, place: tuple[House, TestClient]) -> None:
    text = in_force(place[0], RULE_FILE)
    broken = text.replace("$medication_trial_minimum_weeks", "$medication_trial_minimum_week", 1)
    line = broken[: broken.index("minimum_week\n")].count("\n") + 1
    told = author.post("/rules/check", path=RULE_FILE, text=broken).json()
    assert [(item["file"], item["here"]) for item in told["problems"]] == [(f"rules/{RULE_FILE}", True)]
    assert abs(told["problems"][0]["line"] - line) <= 1 and "did you mean" in told["problems"][0]["message"]
    assert "/tmp" not in str(told)
    page = author.post("/rules/edit", path=RULE_FILE, text=broken, seen="0", do="check").text
    assert f"Line {told['problems'][0]['line']}" in page and "unknown parameter" in page
    assert author.post("/rules/check", path=RULE_FILE, text=text).json()["rules"] > 100
    assert "You have changed nothing" in author.get("/rules/edits").text


def test_copies_are_checked_together(author: Browser, place: tuple[House, TestClient]) -> None:
    """A rule may use a number that stands in another copy."""
    numbers = in_force(place[0], FILE).replace("id: medication_trial_minimum_weeks", "id: shortest_medication_trial")
    told = author.post("/rules/check", path=FILE, text=numbers).json()
    assert f"rules/{RULE_FILE}" in {item["file"] for item in told["problems"]}
    save(author, FILE, numbers)
    rules = in_force(place[0], RULE_FILE).replace("medication_trial_minimum_weeks", "shortest_medication_trial")
    others = author.post("/rules/check", path=RULE_FILE, text=rules).json()["problems"]
    assert f"rules/{RULE_FILE}" not in {item["file"] for item in others}


def test_an_author_changes_a_number_and_sees_whom_it_changes(author: Browser, place: tuple[House, TestClient]) -> None:
    house = place[0]
    saved = save(author, FILE, longer(house))
    assert saved.status_code == 200 and "version 1" in saved.text
    started = author.post("/rules/effects")
    assert started.status_code == 200 and "/jobs/" in started.text
    job = house.jobs.last(author.account.id, "effects")
    assert job is not None
    _wait(job)
    assert job.state == "done", (job.state, job.problems)
    result = job.result
    assert result["recorded"]["total"] == 2, "the last record of each patient, and none of who was forgotten"
    assert result["recorded"]["changed"] == len(result["recorded"]["patients"])
    assert result["examples"]["changed"] > 0 and result["cases"]["run"] > 10 and result["cases"]["failed"] > 0
    assert {(part["id"], part["before"], part["after"]) for part in result["parts"] if part["kind"] == "number"} == {
        ("medication_trial_minimum_weeks", "4 weeks", "30 weeks")
    }
    assert any(change["id"] == "GF-E-A4" and change["after"] == "not met" for change in result["changes"])
    _tells_nothing_of_a_patient(result)
    page = author.get("/rules/edits").text
    assert f"{result['recorded']['changed']} of 2</strong> recorded patients change" in page
    assert f"{result['examples']['changed']} of 4</strong> example patients change" in page
    assert SECRET not in page
    save(author, FILE, longer(house).replace("value: 30\n", "value: 31\n"), "1")
    assert "have changed since this was worked out" in author.get("/rules/edits").text


def _tells_nothing_of_a_patient(result: dict[str, Any]) -> None:
    assert SECRET not in str(result)
    for patient in result["recorded"]["patients"]:
        assert patient["name"].isdecimal()
        assert all("about" not in change and "trial" not in change for change in patient["changes"])


def _wait(job: Any) -> None:
    until = time.monotonic() + 60
    while not job.over and time.monotonic() < until:
        time.sleep(0.05)


def test_an_alert_that_falls_silent_stands_on_top(author: Browser, place: tuple[House, TestClient]) -> None:
    house = place[0]
    path = "safety/suicide-risk.yaml"
    save(author, path, in_force(house, path).replace("alert: critical", "alert: notice"))
    author.post("/rules/effects")
    job = house.jobs.last(author.account.id, "effects")
    assert job is not None
    _wait(job)
    assert job.state == "done", job.problems
    page = author.get("/rules/edits").text
    assert job.result["silenced"] > 0
    assert page.index("Alerts that fall silent") < page.index("What changes in the rulebook")


def test_work_on_effects_can_be_stopped_and_mistakes_are_told_instead(author: Browser, place: tuple[House, TestClient]) -> None:
    house = place[0]
    assert "you have changed nothing yet" in author.post("/rules/effects").text
    save(author, FILE, longer(house))
    author.post("/rules/effects")
    job = house.jobs.last(author.account.id, "effects")
    assert job is not None
    assert "Stop" in author.get("/rules/edits").text
    author.post(f"/jobs/{job.id}/stop")
    assert job.state == "stopped"
    save(author, FILE, longer(house).replace("unit: weeks", "unit: months", 1), "1")
    author.post("/rules/effects")
    job = house.jobs.last(author.account.id, "effects")
    assert job is not None
    _wait(job)
    assert job.state == "refused" and all("/tmp" not in problem for problem in job.problems)
    assert "is in months" in author.get("/rules/edits").text


def test_the_patch_applies_in_a_checkout(author: Browser, place: tuple[House, TestClient], tmp_path: Path) -> None:
    house = place[0]
    save(author, FILE, longer(house))
    made = "schema: euthymia.rules/1\ntitle: New, with signs that end a line elsewhere \u2028 \x0c\nrules: []"
    assert author.get("/rules/edit", topic="safety", name="new-file").status_code == 200
    save(author, "safety/new-file.yaml", made)
    patch = author.get("/rules/patch")
    assert patch.headers["content-disposition"] == 'attachment; filename="rules.patch"'
    shutil.copytree(house.settings.rules, tmp_path / "rules")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "apply", "--check", "-"], cwd=tmp_path, check=True, input=patch.content)
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, check=True, input=patch.content)
    assert (tmp_path / "rules" / FILE).read_text(encoding="utf-8") == longer(house)
    assert (tmp_path / "rules/safety/new-file.yaml").read_bytes().decode() == f"{made}\n"
    page = author.get("/rules/edits").text
    assert "1 line added, 1 removed" in page and "− removed" in page and "+ added" in page and "New file." in page


def test_a_copy_is_discarded(author: Browser, place: tuple[House, TestClient]) -> None:
    save(author, FILE, longer(place[0]))
    assert "You keep a changed copy" in author.get("/rules/file", path=FILE).text
    assert "You have changed nothing" in author.post("/rules/discard", path=FILE).text
    assert opened_file(author, FILE).text == in_force(place[0], FILE)


def test_two_windows_do_not_overwrite_each_other(author: Browser, place: tuple[House, TestClient]) -> None:
    one, other = opened_file(author, FILE), opened_file(author, FILE)
    assert one.text == in_force(place[0], FILE)
    assert save(author, FILE, one.text + "# one\n", one.seen).status_code == 200
    late = save(author, FILE, other.text + "# other\n", other.seen)
    assert late.status_code == 409 and "# other" in late.text and "saved in another window" in late.text
    assert "# one" in opened_file(author, FILE).text
    again = save(author, FILE, other.text + "# other\n", Field(late.text).seen)
    assert again.status_code == 200 and "# other" in opened_file(author, FILE).text
    author.post("/rules/discard", path=FILE)
    gone = save(author, FILE, other.text, "2")
    assert gone.status_code == 409 and "discarded in another window" in gone.text


@pytest.mark.parametrize("path", OUTSIDE)
def test_paths_outside_the_rules_are_refused(author: Browser, place: tuple[House, TestClient], path: str) -> None:
    rules = place[0].settings.rules
    with_links = {rules / "link.yaml": ROOT / "pyproject.toml", rules / "linked": ROOT / "rules/refractoriness"}
    try:
        for link, target in with_links.items():
            os.symlink(target, link)
        assert author.get("/rules/file", path=path).status_code == 404
        for answer in (
            author.get("/rules/edit", path=path), save(author, path, "x: y\n"),
            author.post("/rules/check", path=path, text="x: y\n"),
        ):  # fmt: skip
            assert answer.status_code == 422 and "no such rule file" in answer.text
    finally:
        for link in with_links:
            link.unlink()
    assert place[0].edits.of_owner(author.account.id) == []


@pytest.mark.parametrize(("text", "told"), HOSTILE)
def test_hostile_text_gives_messages(author: Browser, text: str, told: str) -> None:
    answer = author.post("/rules/check", path="safety/new-file.yaml", text=text)
    assert answer.status_code == 200
    problems = answer.json()["problems"]
    assert problems and told in str(problems)


def test_what_is_kept_is_limited(author: Browser) -> None:
    refused = save(author, "safety/new-file.yaml", "#" * 310_000)
    assert refused.status_code == 422 and "longer than 300,000" in refused.text


def test_the_editor_is_given_its_words(author: Browser) -> None:
    words = author.get("/rules/words").json()
    assert "trial.weeks_total" in words["fact"] and "$medication_trial_minimum_weeks" in words["number"]
    assert "GF-E-A4" in words["rule"] and "not_met" in words["status"] and "first_known" in words["key"]


def test_the_editor_stays_small() -> None:
    static = ROOT / "engine/euthymia/web/static"
    assert (static / "editor.js").stat().st_size <= 9_000
    assert (static / "effects.js").stat().st_size <= 4_000
    styles = [ROOT / "templates/html" / name for name in ("style.css", "graph.css")]
    assert sum(path.stat().st_size for path in (*static.iterdir(), *styles)) <= 100_000


def test_what_an_author_keeps_is_nobody_elses(author: Browser, place: tuple[House, TestClient]) -> None:
    save(author, FILE, longer(place[0]))
    other = Browser(*place, "author-2")
    assert "You have changed nothing" in other.get("/rules/edits").text
    assert other.get("/rules/patch").text == ""
    assert opened_file(other, FILE).text == in_force(place[0], FILE)


@pytest.mark.parametrize("role", ["clinician", "auditor", "administrator"])
def test_other_roles_may_not(place: tuple[House, TestClient], role: str) -> None:
    browser = Browser(*place, role)
    for route in (name for name in ACCESS if " /rules" in name):
        method, path = route.split()
        path = path.replace("{name}", "GF-E-A4")
        answer = browser.get(path, path=FILE) if method == "GET" else browser.post(path, path=FILE, text="x: y\n")
        assert answer.status_code == 403, route


def test_nobody_may_without_signing_in_and_nothing_is_taken_without_the_token(author: Browser, place: tuple[House, TestClient]) -> None:
    assert author.post("/rules/edit", csrf="guessed", path=FILE, text="x: y\n", seen="0").status_code == 403
    assert place[0].edits.of_owner(author.account.id) == []
    assert place[1].get("/rules", follow_redirects=False).status_code == 303
    assert place[1].post("/rules/edit", data={"path": FILE, "text": "x: y\n"}).status_code == 401
