"""Published cases compared under the shipped rules: the facts that are named bring every change about, and no other grounds are missed."""

from datetime import date
from itertools import pairwise

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
    explaining = Explaining(mixtures.decided, RuleChanges(rulebook, rulebook, lambda *_: ("", 0)))
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
    for document in (there, back):
        assert text_page(document, "compare", bundled("templates"), colour=True, width=80)
