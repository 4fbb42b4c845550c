"""Published cases compared under the shipped rules: the facts that are named bring every change about, and no other grounds are missed."""

from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from euthymia.comparison import grounds
from euthymia.comparison.causes import PATIENT
from euthymia.comparison.compare import Changed, changed
from euthymia.comparison.document import comparison
from euthymia.comparison.explained import Explaining
from euthymia.comparison.facts_changed import applied
from euthymia.comparison.mixtures import Mixtures, Side
from euthymia.comparison.outcomes import Outcome, Subject, outcome, subjects
from euthymia.comparison.rules_changed import RuleChanges
from euthymia.consultation import Consultation
from euthymia.render.compared import compared
from euthymia.render.document import document
from euthymia.render.page import text_page
from euthymia.render.words import Words
from euthymia.resources import bundled
from euthymia.source import read_file
from tests.shared import ON, ROOT

LATER = date(2027, 3, 1)
CASES = ("only-an-age", "complete", "veraart-2023-1", "willms-2022")


def side(consultation: Consultation, name: str, on: date = ON) -> Side:
    return Side(read_file(ROOT / "examples" / f"{name}.yaml"), consultation, on)


def everything(mixtures: Mixtures, consultation: Consultation) -> dict[Subject, Changed]:
    rulebook = consultation.rulebook
    explaining = Explaining(mixtures.decided, RuleChanges(rulebook, rulebook, lambda *_: ("", 0)), (consultation.vocabulary,) * 2)
    ends = (mixtures.end(), mixtures.end(mixtures.differing))
    judged = dict.fromkeys(subject for end in ends for subject in subjects(end.decided))
    return {item.subject: item for item in changed(mixtures.decided, mixtures.differing, judged, explaining)}


@pytest.mark.parametrize(("one", "other"), [*pairwise(CASES)])
def test_the_facts_that_are_named_bring_about_every_change(consultation: Consultation, one: str, other: str) -> None:
    """Put into the patient of before alone, they give the outcome after: statuses, scores and the place on the spectrum, by all rules."""
    mixtures = Mixtures(side(consultation, one), side(consultation, other))
    before, after = mixtures.end().decided, mixtures.end([PATIENT]).decided
    found = everything(mixtures, consultation)
    assert found
    results: dict[frozenset[int], dict[Subject, Outcome]] = {}
    for subject, item in found.items():
        (explanation,) = item.explanations
        assert explanation.facts is not None
        for chosen in explanation.facts.sets[:2]:
            key = frozenset(map(id, chosen))
            if key not in results:
                judged = after.with_patient(applied(before.patient, after.patient, chosen))
                results[key] = {each: outcome(each, judged) for each in found}
            assert results[key][subject] == item.after


def test_no_other_grounds_are_missed(consultation: Consultation, words: Words, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left unexamined because nothing about it can have changed really has the same sentence and the same reasons."""
    pairs = [
        (side(consultation, "complete"), side(consultation, "complete", LATER)),
        (side(consultation, "willms-2022"), side(consultation, "only-an-age")),
    ]
    examined = [comparison(*pair, words) for pair in pairs]
    monkeypatch.setattr(grounds._Possible, "differs", lambda *_: True)
    assert [comparison(*pair, words) for pair in pairs] == examined


def test_sides_changed_round_change_the_same(consultation: Consultation, words: Words) -> None:
    """From after to before the same judgements change, each with the two outcomes changed round."""
    one, other = side(consultation, "complete"), side(consultation, "willms-2022", LATER)
    there, back = comparison(one, other, words), comparison(other, one, words)

    def told(document: dict[str, list[dict[str, dict[str, str]]]], first: str, second: str) -> set[tuple[str, ...]]:
        return {(str(item["id"]), str(item.get("trial")), item[first]["status"], item[second]["status"]) for item in document["changes"]}

    assert told(there, "before", "after") == told(back, "after", "before")
    for each in (there, back):
        assert text_page(each, "compare", bundled("templates"), colour=True, width=80)


def test_what_stands_on_both_sides_is_on_the_page_of_each_assessment(consultation: Consultation, words: Words) -> None:
    """Alerts that are met and advice that is given on both days are not among the changes, and the pages of both days show them."""
    sides = [side(consultation, "complete", on) for on in (ON, LATER)]
    found = comparison(sides[0], sides[1], words)
    made = [document(each.consultation.assess(each.consultation.read_document(each.document, each.on), each.on), words) for each in sides]
    shown: list[set[str]] = [
        {
            item["id"]
            for part, status in (("alerts", "met"), ("recommendations", "recommended"))
            for item in each[part]
            if item["status"] == status
        }
        for each in made
    ]
    both = shown[0] & shown[1]
    changes = {item["id"] for item in found["changes"] if item["group"] in ("alert", "advice")}
    page = compared(found)
    entries = [*page["alerts"], *(item for section in page["sections"] for group in section["groups"] for item in group["items"])]
    assert both - changes
    assert {item["id"] for item in entries if item["group"] in ("alert", "advice")} <= changes
    assert all(item["before"] != item["after"] for item in entries)
    for each in made:
        told = "".join(text_page(each, "clinician", bundled("templates"), colour=False, width=100).split())
        assert [name for name in sorted(both - changes) if f"[{name}]" not in told] == []


def test_what_the_page_leaves_out_is_counted(consultation: Consultation, words: Words) -> None:
    """Of every section, and of other grounds; all of them stand in the document. Arguments are told together, and so apart here."""
    found = comparison(side(consultation, "only-an-age"), side(consultation, "complete"), words)
    page = compared(found)
    own = [item["group"] for item in found["changes"] if not item["with_unit"]]
    counted: dict[str, Any] = {
        section["name"]: sum(len(group["items"]) for group in section["groups"]) + section["more"] for section in page["sections"]
    }
    assert {name: number for name, number in counted.items() if name != "argument"} == {
        name: own.count(name) for name in counted if name != "argument"
    }
    assert len(page["grounds"]["shown"]) + page["grounds"]["more"] == len(found["grounds"])
    left = [section["more"] for section in page["sections"] if section["more"]] + [page["grounds"]["more"]]
    told = " ".join(text_page(found, "compare", bundled("templates"), colour=False, width=100).split())
    assert len(left) > 1
    assert all(f"And {number} more; all of them with --format json." in told for number in left if number)
