"""The reasons of `why` force the status, none can be dropped, and no smaller set does, checked by trying every smaller set."""

from itertools import combinations
from math import comb

from hypothesis import event, given, settings

from euthymia.explain.why import MOST, Explaining
from euthymia.facts.patient import Patient
from euthymia.inference.evaluate import Evaluator
from euthymia.inference.trace import Key
from euthymia.inference.view import View, views
from euthymia.rulebook.rulebook import Rulebook
from tests.generative.forgetting import closure
from tests.generative.meaning import at
from tests.generative.possible import Possible, TooMany
from tests.generative.rulebooks import rulebooks
from tests.generative.small_patients import small_patients

_MOST_SETS = 1500


@settings(max_examples=300)
@given(rulebook=rulebooks(most=4, depth=2), patient=small_patients())
def test_the_smallest_reasons_are_the_smallest(rulebook: Rulebook, patient: Patient) -> None:
    """Every set forces its status; no set with one fact fewer does; no set of that size is left out."""
    whole = views(patient, rulebook.facts)
    statuses = Evaluator(rulebook).evaluate_view(whole)
    explaining = Explaining(rulebook, whole, statuses)
    for key in statuses:
        why = explaining.why(key)
        sets = [frozenset(forced.facts) for forced in why.sets]
        assert len(set(sets)) == len(sets) and len({len(found) for found in sets}) == 1
        try:
            assert all(_forces(rulebook, whole, key, found) == {why.status} for found in sets), f"not sufficient for {key}"
            _check_no_other(rulebook, whole, key, sets, more=why.more)
        except TooMany:
            event("too many ways")


def _check_no_other(rulebook: Rulebook, whole: View, key: Key, sets: list[frozenset[str]], *, more: bool) -> None:
    """What forces a status goes on doing so with more facts: sets that are one smaller stand for all smaller ones."""
    candidates, size, status = _candidates(rulebook, whole, key), len(sets[0]), _forces(rulebook, whole, key, sets[0])
    if comb(len(candidates), size) > _MOST_SETS:
        event("too many sets")
        return
    event(f"sets of {size}")
    for fewer in combinations(candidates, size - 1) if size else ():
        assert _forces(rulebook, whole, key, frozenset(fewer)) != status, f"{fewer} is smaller for {key}"
    every = {frozenset(other) for other in combinations(candidates, size) if _forces(rulebook, whole, key, frozenset(other)) == status}
    assert set(sets) <= every
    assert every == set(sets) if not more else len(every) > MOST


def _forces(rulebook: Rulebook, whole: View, key: Key, shown: frozenset[str]) -> frozenset[str]:
    return Possible(rulebook, whole, shown).statuses(key)


def _candidates(rulebook: Rulebook, whole: View, key: Key) -> list[str]:
    """Every fact that the rule could look at, itself or through others."""
    rules = list(closure(rulebook, rulebook.by_id[key.rule]))
    names = set().union(*(rule.reads for rule in rules)) | {"process.treatment_history_complete", "trial.modality"}
    found = set()
    for name in names:
        record = name.partition(".")[0]
        views_of = whole.units[record] if record in rulebook.facts.many else [whole]
        found |= {at(name, view) for view in views_of}
    return sorted(found)
