"""Two generated sides compared: every change has a cause, and the causes that are named really bring it about."""

from collections.abc import Iterable
from itertools import combinations
from typing import Any, TypeVar

from hypothesis import event, given, settings
from hypothesis import strategies as st

from euthymia.comparison.causes import CLOCK, PATIENT, RULES, Switched, attribute, subsets
from euthymia.comparison.compare import Changed, changed
from euthymia.comparison.decided import Decided
from euthymia.comparison.explained import Explaining
from euthymia.comparison.facts_changed import Change, FactChange, LatestChange, UnitChange, changes
from euthymia.comparison.outcomes import NOWHERE, Subject, outcome, rules_judged
from euthymia.comparison.rules_changed import RuleChanges
from euthymia.comparison.smallest import smallest
from euthymia.explain.vocabulary import Vocabulary
from euthymia.facts.observation import NOT_ASKED, Observation, measured
from euthymia.facts.patient import Patient, Unit
from euthymia.inference.evaluate import Evaluator
from euthymia.inference.view import views
from euthymia.rulebook.rulebook import Rulebook
from tests.generative.rulebooks import rulebooks, written
from tests.generative.small_patients import small_patients
from tests.shared import ON

DIFFERING = (PATIENT, RULES, CLOCK)
Item = TypeVar("Item")
Pair = tuple[Item, Item]
FEW = 7  # so many changed facts can all be tried


class World:
    """Two patients, two rulebooks and two days. A day is a fact that follows from it, the same in both patients."""

    def __init__(
        self, patients: tuple[Patient, Patient], rulebooks: tuple[Rulebook, Rulebook], days: tuple[Observation, Observation]
    ) -> None:
        self.patients = patients
        self.rulebooks = rulebooks
        self.evaluators = tuple(Evaluator(rulebook) for rulebook in rulebooks)
        self.days = days
        self._found: dict[Switched, Decided] = {}

    def at(self, switched: Switched) -> Decided:
        if switched not in self._found:
            patient = self.patients[PATIENT in switched]
            day = self.days[CLOCK in switched]
            dated = Patient({**patient.facts, "p.w": day}, patient.units, patient.latest)
            self._found[switched] = judged(self.rulebooks[RULES in switched], dated)
        return self._found[switched]

    def changed(self) -> tuple[Changed, ...]:
        one, other = self.rulebooks
        rule_changes = RuleChanges(one, other, lambda *_: ("rules/generated.yaml", 1))
        explaining = Explaining(self.at, rule_changes, (Vocabulary(one), Vocabulary(other)))
        ends = [self.at(frozenset()), self.at(frozenset(DIFFERING))]
        subjects = dict.fromkeys(subject for end in ends for subject in rules_judged(end))
        return changed(self.at, DIFFERING, subjects, explaining)


def judged(rulebook: Rulebook, patient: Patient) -> Decided:
    """Every rule, by an evaluator of its own."""
    evaluator, view = Evaluator(rulebook), views(patient, rulebook.facts)
    return Decided(rulebook, evaluator, patient, ON, view, evaluator.evaluate_view(view))


def with_changes(base: Patient, target: Patient, chosen: Iterable[Change]) -> Patient:
    """The patient with the named facts and units of the other; written anew, so that the program is not its own witness."""
    facts, latest = dict(base.facts), base.latest
    units = {record: {unit.id: dict(unit.facts) for unit in members} for record, members in base.units.items()}
    for change in chosen:
        if isinstance(change, LatestChange):
            latest = change.after
        elif isinstance(change, UnitChange):
            for unit in change.removed:
                units[change.record].pop(unit.id)
            for unit in change.added:
                units[change.record][unit.id] = dict(unit.facts)
            latest = target.latest if change.with_latest else latest
        elif "@" in change.name:
            name, _, unit_id = change.name.partition("@")
            units[name.partition(".")[0]][unit_id][name] = target.observation(change.name)
        else:
            facts[change.name] = target.observation(change.name)
    there = units.get("trial", {})
    made = {record: tuple(Unit(key, own) for key, own in members.items()) for record, members in units.items()}
    return Patient(facts, made, latest if latest in there else None)


_days = st.sampled_from([NOT_ASKED, measured(1), measured(3), measured(6)])


def _pair(strategy: Any) -> Any:
    return st.tuples(strategy, strategy)


worlds = st.builds(World, _pair(small_patients()), _pair(rulebooks()), _pair(_days))
alike = st.builds(
    lambda patients, rulebook, days: World(patients, (rulebook, rulebook), days), _pair(small_patients()), rulebooks(), _pair(_days)
)


@settings(max_examples=80)
@given(world=worlds | alike)
def test_every_change_has_causes_that_bring_it_about(world: World) -> None:
    """Whatever came to something else has a cause; each set that is named is enough by itself, and no part of it is."""
    before, after = world.at(frozenset()), world.at(frozenset(DIFFERING))
    found = {item.subject: item for item in world.changed()}
    subjects = {*rules_judged(before), *rules_judged(after)}
    assert found.keys() == {subject for subject in subjects if outcome(subject, before) != outcome(subject, after)}
    for subject, item in found.items():
        assert item.attribution.sets
        reached = {chosen for chosen in subsets(DIFFERING) if outcome(subject, world.at(frozenset(chosen))) == item.after}
        least = {chosen for chosen in reached if not any(set(other) < set(chosen) for other in reached)}
        assert {*item.attribution.sets} == least
        assert item.attribution.overdetermined == (len(least) > 1)
        event(f"{len(least)} sets, the first of {len(item.attribution.sets[0])}")


@settings(max_examples=60)
@given(world=worlds | alike)
def test_the_facts_that_are_named_bring_it_about(world: World) -> None:
    """The patient of before with nothing but the named facts changed comes to the status of after; with less of them not."""
    for item in world.changed():
        for explanation in item.explanations:
            if PATIENT not in explanation.causes:
                assert explanation.facts is None
                continue
            assert explanation.facts is not None
            switched = frozenset(explanation.causes)
            base, target = world.at(switched - {PATIENT}), world.at(switched)
            for chosen in explanation.facts.sets:
                assert _comes_to(item.subject, base, target, chosen) == item.after
            _check_claim(item, explanation.facts, base, target)


def _comes_to(subject: Subject, base: Decided, target: Decided, chosen: Iterable[Change]) -> Any:
    return outcome(subject, judged(target.rulebook, with_changes(base.patient, target.patient, chosen)))


def _check_claim(item: Changed, facts: Any, base: Decided, target: Decided) -> None:
    event(facts.claim)
    every = changes(base, target)
    for chosen in facts.sets:
        smaller = [part for size in range(len(chosen)) for part in combinations(chosen, size)]
        if facts.claim == "none_left_out":
            smaller = [part for part in smaller if len(part) == len(chosen) - 1]
        assert all(_comes_to(item.subject, base, target, part) != item.after for part in smaller)
    if facts.claim == "smallest" and len(every) <= FEW:
        event("all smaller sets tried")
        size = len(facts.sets[0])
        fewer = [part for number in range(size) for part in combinations(every, number)]
        assert all(_comes_to(item.subject, base, target, part) != item.after for part in fewer)
        if facts.all_found:
            alike = [part for part in combinations(every, size) if _comes_to(item.subject, base, target, part) == item.after]
            assert {_names(part) for part in facts.sets} == {_names(part) for part in alike}


def _names(chosen: Iterable[Change]) -> frozenset[str]:
    return frozenset(_name(change) for change in chosen)


def _name(change: Change) -> str:
    match change:
        case FactChange(name):
            return name
        case UnitChange(record, removed, added, _):
            return f"{record}: {[unit.id for unit in removed]} to {[unit.id for unit in added]}"
        case LatestChange(before, after):
            return f"latest: {before} to {after}"


@settings(max_examples=30)
@given(world=alike, seed=st.randoms(use_true_random=False))
def test_the_order_of_facts_changes_nothing(world: World, seed: Any) -> None:
    """Both patients with their facts in another order: the same causes and the same facts."""
    patients = tuple(_shuffled(patient, seed) for patient in world.patients)
    other = World((patients[0], patients[1]), world.rulebooks, world.days)
    assert [_told(item) for item in other.changed()] == [_told(item) for item in world.changed()]


def _shuffled(patient: Patient, seed: Any) -> Patient:
    def mixed(facts: Any) -> dict[str, Observation]:
        pairs = list(facts.items())
        seed.shuffle(pairs)
        return dict(pairs)

    units = {record: tuple(Unit(unit.id, mixed(unit.facts)) for unit in members) for record, members in patient.units.items()}
    return Patient(mixed(patient.facts), units, patient.latest)


def _told(item: Changed) -> Any:
    facts = [[_names(chosen) for chosen in part.facts.sets] if part.facts else None for part in item.explanations]
    return (item.subject, item.before, item.after, item.attribution, facts)


@given(size=st.integers(1, 6), table=st.integers(0, 2**64 - 1), most=st.sampled_from([0, 3, 8, 1000]))
def test_a_smallest_set_is_what_it_claims_to_be(size: int, table: int, most: int) -> None:
    """For any way in which sets can be enough, rising or not: what is found is enough, and as small as is said."""
    items = tuple(range(size))

    def enough(chosen: tuple[int, ...]) -> bool:
        return bool(chosen) and (len(chosen) == size or bool(table >> sum(1 << item for item in chosen) & 1))

    found = smallest(items, enough, most)
    event(found.claim)
    for chosen in found.sets:
        assert enough(chosen)
        assert not any(enough(tuple(other for other in chosen if other != item)) for item in chosen)
        if found.claim != "none_left_out":
            assert not any(enough(part) for length in range(len(chosen)) for part in combinations(chosen, length))
        if found.claim == "smallest":
            assert not any(enough(part) for length in range(len(chosen)) for part in combinations(items, length))
    if found.all_found:
        assert set(found.sets) == {part for part in combinations(items, len(found.sets[0])) if enough(part)}


def test_a_rule_that_is_new_is_a_change_of_the_rules() -> None:
    """What exists on one side only is a change, and switching the rules alone brings it about."""
    patient = Patient({"p.a": Observation("known", "yes")}, {"trial": (), "problem": ()})
    world = World((patient, patient), (written(r0="p.a = yes"), written(r0="p.a = yes", r1="p.b = yes")), (NOT_ASKED, NOT_ASKED))
    (item,) = world.changed()
    assert (item.subject.id, item.before, item.after.status) == ("r1", NOWHERE, "undetermined")
    assert item.attribution.sets == ((RULES,),)
    assert [change.what for change in item.explanations[0].rules] == ["rule_added"]


def test_two_causes_that_are_each_enough_are_both_named() -> None:
    """And none of them was needed."""
    found = attribute(lambda switched: bool(switched & {PATIENT, CLOCK}), DIFFERING)
    assert (found.sets, found.needed, found.overdetermined) == (((PATIENT,), (CLOCK,)), (), True)


def test_causes_that_only_work_together_are_named_together() -> None:
    """Both were needed."""
    found = attribute(lambda switched: {PATIENT, RULES} <= switched, DIFFERING)
    assert (found.sets, found.needed, found.overdetermined) == (((PATIENT, RULES),), (PATIENT, RULES), False)


def test_a_mixture_that_cannot_be_assessed_is_said_to_be_untried() -> None:
    """It never counts as a cause that was enough."""
    found = attribute(lambda switched: None if switched == {PATIENT} else PATIENT in switched, (PATIENT, CLOCK))
    assert (found.sets, found.untried) == (((PATIENT, CLOCK),), ((PATIENT,),))
