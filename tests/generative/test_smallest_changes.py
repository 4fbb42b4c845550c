"""What `would change` reports does change the status, no smaller set of changes does, and none of that size is left out."""

from collections.abc import Iterator
from itertools import chain, combinations, product
from math import prod
from typing import Any

from hypothesis import event, given, settings

from euthymia.explain.changing import MOST, TOGETHER, Change, Changing, Flip
from euthymia.explain.dependence import Dependence
from euthymia.explain.rejudging import Rejudging, changed
from euthymia.explain.vocabulary import Vocabulary
from euthymia.facts.catalogue import Declaration
from euthymia.facts.patient import Patient
from euthymia.inference.evaluate import Evaluator
from euthymia.inference.trace import Key
from euthymia.inference.view import View, views
from euthymia.rulebook.rulebook import Rulebook
from tests.generative.forgetting import closure
from tests.generative.meaning import Meaning
from tests.generative.rulebooks import rulebooks
from tests.generative.small_patients import small_patients

_MOST_WAYS = 3000
_NUMBERS = [(number * 250, number * 250) for number in (0, 1, 2, 4, 6, 8, 10, 12, 13, 14, 15, 20, 24, 26, 28, 36)]
WANTED = {"met": {"met"}, "not_met": {"not_met", "not_applicable"}}


@settings(max_examples=200)
@given(rulebook=rulebooks(most=4, depth=2), patient=small_patients())
def test_the_smallest_changes_are_the_smallest(rulebook: Rulebook, patient: Patient) -> None:
    """In random rulebooks, against trying everything."""
    evaluator = Evaluator(rulebook)
    whole = views(patient, rulebook.facts)
    statuses = evaluator.evaluate_view(whole)
    changing = Changing(rulebook, Vocabulary(rulebook), whole, statuses, Rejudging(evaluator, Dependence(rulebook), whole))
    for key, status in statuses.items():
        flips = changing.flips(key)
        assert {flip.to for flip in flips} == {"met": {"not_met"}, "undetermined": {"met", "not_met"}}.get(status, {"met"})
        for flip in flips:
            _check(rulebook, whole, key, flip)


def _check(rulebook: Rulebook, whole: View, key: Key, flip: Flip) -> None:
    places = sorted(_places(rulebook, whole, key), key=str)
    for changes in flip.sets:
        assert {place(change) for change in changes} <= set(places)
        for values in product(*(change.values for change in changes)):
            way = {place(change): value for change, value in zip(changes, values, strict=True)}
            assert _status(rulebook, whole, key, way) in WANTED[flip.to], f"{way} does not make {key} {flip.to}"
    sets = {frozenset(place(change) for change in changes) for changes in flip.sets}
    size = len(next(iter(sets))) if sets else 3
    assert flip.proved == (size <= TOGETHER)
    assert all(len(found) == size for found in sets)
    for fewer in chain.from_iterable(combinations(places, number) for number in range(min(size, 4))):
        assert not _flips(rulebook, whole, key, flip.to, fewer), f"{fewer} makes {key} {flip.to}"
    if sets and flip.proved and not flip.more:
        assert sets == {frozenset(other) for other in combinations(places, size) if _flips(rulebook, whole, key, flip.to, other)}
    event("compared" if sets else "nothing can change")
    assert not flip.more or len(sets) == MOST


def _flips(rulebook: Rulebook, whole: View, key: Key, to: str, places: tuple[tuple[str, str | None], ...]) -> bool:
    values = [_values(rulebook, whole, place) for place in places]
    if prod(map(len, values)) > _MOST_WAYS:
        event("too many ways")
        return False
    return any(_status(rulebook, whole, key, dict(zip(places, way, strict=True))) in WANTED[to] for way in product(*values))


def _status(rulebook: Rulebook, whole: View, key: Key, way: dict[tuple[str, str | None], Any]) -> str:
    return Meaning(rulebook, changed(whole, way)).status(key)


def place(change: Change) -> tuple[str, str | None]:
    fact, _, unit = change.fact.partition("@")
    return (fact, unit or None)


def _places(rulebook: Rulebook, whole: View, key: Key) -> Iterator[tuple[str, str | None]]:
    """Every fact of the rule that can change: all that are open, and what is neither past nor never changes."""
    names = set().union(*(rule.reads for rule in closure(rulebook, rulebook.by_id[key.rule])))
    for name in names | {"process.treatment_history_complete"}:
        if name == "latest_trial":
            if whole.latest is None and whole.units["trial"]:
                yield (name, None)
            continue
        record = name.partition(".")[0]
        for view in whole.units[record] if record in rulebook.facts.many else [whole]:
            if _can_change(rulebook.facts[name], view, whole):
                yield (name, view.unit)


def _can_change(fact: Declaration, view: View, whole: View) -> bool:
    name = fact.full_name
    if name in view.excluded:
        return False
    if name not in view.facts:
        return not (name == "trial.drug" and view.facts["trial.modality"] == "psychotherapy")
    value = view.facts[name]
    if isinstance(value, tuple) and value[0] != value[1]:
        return True
    return fact.changes != "never" and not _is_earlier_trial(view, whole)


def _is_earlier_trial(view: View, whole: View) -> bool:
    return view in whole.units["trial"] and view is not whole.latest


def _values(rulebook: Rulebook, whole: View, place: tuple[str, str | None]) -> list[Any]:
    """Enough values to tell everything apart that a generated rule can tell apart."""
    name, unit = place
    if name == "latest_trial":
        return [trial.unit for trial in whole.units["trial"]]
    fact = rulebook.facts[name]
    view = whole if unit is None else next(v for units in whole.units.values() for v in units if v.unit == unit)
    if fact.is_number:
        lasts = fact.changes == "never" or _is_earlier_trial(view, whole)
        return [value for value in _NUMBERS if _fits(fact, value, view.facts.get(name), lasts=lasts)]
    if fact.is_list:
        members = {"list of enum": fact.values, "map of text": fact.keys}.get(fact.type, (1, 2, 3))
        return [frozenset(some) for number in range(len(members) + 1) for some in combinations(members, number)]
    return list(fact.choices) or (["sertraline", "lithium", "new", f"new {unit}"] if fact.compared else ["text"])


def _fits(fact: Declaration, value: tuple[int, int], present: Any, *, lasts: bool) -> bool:
    number = value[0] / 1000
    inside = (fact.minimum is None or number >= fact.minimum) and (fact.maximum is None or number <= fact.maximum)
    inside = inside and (fact.above is None or number > fact.above) and (fact.type == "number" or number == int(number))
    if present is None or not inside:
        return inside
    if present[0] != present[1] and present[0] <= value[0] <= present[1]:
        return True
    return not lasts and (fact.changes != "by time" or value[0] > present[1])
