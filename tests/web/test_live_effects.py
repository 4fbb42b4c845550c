"""On the edit page an author sees what the text as typed would change, saved or not."""

import re
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from euthymia.ledger.record import Asker
from euthymia.web.house import House
from euthymia.web.rules import drafts, rule_files
from euthymia.web.workers import NotDecided
from tests.shared import ROOT
from tests.web.author_house import RECORDED, SECRET, Browser, TestClient, opened, record
from tests.web.author_pages import FILE, in_force, longer, save
from tests.web.tasks import at_hand, die

SUICIDE = "safety/suicide-risk.yaml"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, TestClient]]:
    folder = tmp_path_factory.mktemp("live")
    shutil.copytree(ROOT / "rules", folder / "rules")
    with opened(folder, folder / "rules") as made:
        yield made


@pytest.fixture
def house(place: tuple[House, TestClient]) -> House:
    return place[0]


@pytest.fixture
def author(place: tuple[House, TestClient]) -> Iterator[Browser]:
    """Signed in, with nothing changed yet."""
    browser = Browser(*place, "author")
    yield browser
    for edit in place[0].edits.of_owner(browser.account.id):
        place[0].edits.discard(browser.account.id, edit.path)


def moment(author: Browser, text: str, path: str = FILE, *, begin: bool = True) -> str:
    """One request of the page: what it is sent back."""
    answer = author.post("/rules/edit/effects", path=path, text=text, begin="yes" if begin else "")
    assert answer.status_code == 200 and "<html" not in answer.text
    return str(answer.text)


def state(part: str) -> str:
    return re.findall(r'data-state="(\w+)"', part)[0]


def worked_out(author: Browser, text: str, path: str = FILE) -> str:
    """As the page does it: asked again until it is over."""
    part = moment(author, text, path)
    while state(part) == "running":
        assert "<progress" in part and "So far" in part
        part = moment(author, text, path, begin=False)
    return part


def test_effects_of_a_text_that_is_not_saved_appear(author: Browser, house: House) -> None:
    """Numbers, what changes in the rulebook, cases and patients; nothing is saved by it."""
    part = worked_out(author, longer(house))
    assert state(part) == "done"
    assert "1 of 4 example patients and 0 of 2 recorded patients change" in part
    assert "4 weeks → 30 weeks" in part and "GF-E-A4" in part and "are not fulfilled" in part
    assert house.edits.of_owner(author.account.id) == []


def test_the_authors_other_copies_count_as_well(author: Browser, house: House) -> None:
    """And the text of this file in place of the copy that is kept of it."""
    save(author, SUICIDE, in_force(house, SUICIDE).replace("alert: critical", "alert: notice"))
    part = worked_out(author, longer(house))
    assert "medication_trial_minimum_weeks" in part and "critical → notice" in part
    save(author, FILE, longer(house))
    assert "medication_trial_minimum_weeks" not in worked_out(author, in_force(house, FILE))


def test_an_alert_that_falls_silent_stands_on_top_here_too(author: Browser, house: House) -> None:
    part = worked_out(author, in_force(house, SUICIDE).replace("alert: critical", "alert: notice"), SUICIDE)
    assert part.index("Alerts that fall silent") < part.index("What changes in the rulebook")
    assert re.search(r"and 2 of 2 recorded patients change; [1-9]\d* alerts fall silent", part)
    told = part.split("Recorded patients, one by one")[1]
    assert len(re.findall(r"Record \d+: \d+ change", told)) == 2, "of a recorded patient its number and nothing else"
    assert SECRET not in part and not any(name in told for name in ("P-", "t1", *RECORDED))


def test_the_text_in_force_changes_nothing(author: Browser, house: House) -> None:
    assert "Nothing is changed" in (part := moment(author, in_force(house, FILE))) and state(part) == "same"
    assert "comments or layout only" in worked_out(author, f"{in_force(house, FILE)}# a remark\n")


def test_a_text_with_mistakes_has_no_effects(author: Browser, house: House) -> None:
    part = moment(author, longer(house).replace("unit: weeks", "unit: months", 1))
    assert state(part) == "mistakes" and "In numbers" not in part
    assert state(moment(author, "#" * 310_000)) == "mistakes"
    page = author.post("/rules/edit", path=FILE, text="x: [", seen="0", do="effects").text
    assert "Nothing was worked out yet" in page and "mistake" in page and "x: [" in page


def test_a_newer_text_takes_the_place_of_the_older_one(author: Browser, house: House) -> None:
    """The older one is not gone on with, unless it is begun anew; what another author works on is left alone."""
    older, newer = longer(house), longer(house).replace("value: 30\n", "value: 31\n")
    other = Browser(house, author._client, "author-2")
    moment(other, older)
    moment(author, older)
    assert state(moment(author, newer)) in ("running", "done")
    assert state(moment(author, older, begin=False)) == "superseded"
    assert "31 weeks" in worked_out(author, newer)
    assert state(moment(other, older, begin=False)) in ("running", "done")
    assert state(moment(author, older)) in ("running", "done")


def test_without_scripts_a_button_shows_the_same(author: Browser, house: House) -> None:
    """On the page of the text, which is not saved by it."""
    page = author.post("/rules/edit", path=FILE, text=longer(house), seen="0", do="effects").text
    assert "1 of 4 example patients" in page and "What changes in patients" in page and "value: 30" in page
    assert 'value="effects">What does it change?' in page
    assert house.edits.of_owner(author.account.id) == []


def test_a_process_that_ends_is_told_and_the_next_one_works_it_out(author: Browser, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotDecided):
        house.workers.call("draft", "", die)
    assert state(worked_out(author, longer(house))) == "done"

    def newest(*arguments: Any) -> None:
        raise NotDecided("its process ended")

    monkeypatch.setattr(house.workers, "newest", newest)
    part = moment(author, longer(house))
    assert state(part) == "failed" and "ended or took too long" in part and "still stands" in part


@pytest.mark.parametrize("on_the_page", [True, False])
def test_of_who_was_erased_nothing_stays_at_hand(author: Browser, house: House, on_the_page: bool) -> None:
    """Whether erased on the page, or by the command line behind the server's back: then before anything else is worked out."""
    pseudonym = f"{SECRET}-to-be-erased-{on_the_page}"
    record(house.ledger, house.consultation, RECORDED[0], pseudonym)
    assert "of 3 recorded patients" in worked_out(author, longer(house))
    patients, *others = house.workers.call("draft", "", at_hand)
    assert patients >= 3 and all(others)
    if on_the_page:
        auditor = Browser(house, author._client, "auditor")
        assert "Erased" in auditor.post("/audit/erase", patient=pseudonym, again=pseudonym, sure="yes").text
        assert house.workers.call("draft", "", at_hand) == (0, 0, 0, 0)
    else:
        house.ledger.erase(pseudonym, Asker("administrator", "a"))
    assert "of 2 recorded patients" in worked_out(author, longer(house))


def test_paths_outside_the_rules_are_refused_here_too(author: Browser) -> None:
    assert author.post("/rules/edit/effects", path="../pyproject.toml", text="x: y\n").status_code == 422


def test_rules_that_are_changed_in_place_meanwhile_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is listed and gone when it is read; the next check reads what is there then."""
    listed = rule_files.paths
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(rule_files, "paths", lambda folder: [*listed(folder), "gone.yaml"])
        [problem] = drafts.check(ROOT / "rules", {})["problems"]
        assert problem["file"] == "rules" and "taken away while the rules were read" in problem["message"]
    assert drafts.check(ROOT / "rules", {})["problems"] == []
