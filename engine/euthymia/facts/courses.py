"""Drug and psychotherapy that ran side by side become one combined course (reading AMB-E-24).

Only where dates say that both started within the window and dates or `concurrent_with` say that they overlapped; without dates they stay
two. The clinician overrules it with `trial.own_course`. How the course takes each fact is declared with the fact (`course:`).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import product

from euthymia.facts.catalogue import Catalogue, Declaration
from euthymia.facts.lengths import end_of
from euthymia.facts.observation import NOT_ASKED, Observation, between
from euthymia.facts.patient import Course, Unit

_MERGED = "one course of two trials"


def merge_courses(trials: Sequence[Unit], window_days: int, on: date, catalogue: Catalogue) -> tuple[tuple[Unit, ...], tuple[Course, ...]]:
    """The trials with overlapping pairs merged, and what was merged. `window_days`: longest distance between the two first days."""
    left = {trial.id: trial for trial in trials}
    courses: list[Course] = []
    for gap, first, second in _pairs(trials, window_days, on):
        if first.id in left and second.id in left:
            merged, conflicts = _merged(first, second, catalogue)
            left = {merged.id: merged} | {key: trial for key, trial in left.items() if key not in merged.parts}
            courses.append(Course(merged.id, (first.id, second.id), gap, conflicts))
    order = {part: number for number, trial in enumerate(trials) for part in (trial.id,)}
    ranked = sorted(left.values(), key=lambda trial: min(order[part] for part in trial.parts or (trial.id,)))
    return tuple(ranked), tuple(courses)


def _pairs(trials: Sequence[Unit], window: int, on: date) -> list[tuple[int, Unit, Unit]]:
    """Drug and psychotherapy trials that belong together, closest first; in each pair the trials' own order."""
    drugs = [trial for trial in trials if trial.get("trial.modality").value == "medication"]
    therapies = [trial for trial in trials if trial.get("trial.modality").value == "psychotherapy"]
    position = {trial.id: number for number, trial in enumerate(trials)}
    found = []
    for drug, therapy in product(drugs, therapies):
        gap = _gap(drug, therapy)
        if gap is not None and gap <= window and _side_by_side(drug, therapy, on):
            first, second = sorted((drug, therapy), key=lambda trial: position[trial.id])
            found.append((gap, first, second))
    return sorted(found, key=lambda pair: (pair[0], position[pair[1].id], position[pair[2].id]))


def _gap(one: Unit, other: Unit) -> int | None:
    """Most days that can lie between the first days; None while a date is missing."""
    start, begin = one.get("trial.started"), other.get("trial.started")
    if not start.known or not begin.known:
        return None
    one_way, other_way = start.value.last - begin.value.first, begin.value.last - start.value.first
    return max(abs(int(one_way.days)), abs(int(other_way.days)))


def _side_by_side(one: Unit, other: Unit, on: date) -> bool:
    if any(trial.get("trial.own_course").value == "yes" for trial in (one, other)):
        return False
    episodes = {trial.get("trial.episode").value for trial in (one, other) if trial.get("trial.episode").known}
    if len(episodes) > 1:
        return False
    return _said(one, other) or _said(other, one) or _dated(one, other, on)


def _said(one: Unit, other: Unit) -> bool:
    named = one.get("trial.concurrent_with")
    return bool(named.known and other.id in named.value)


def _dated(one: Unit, other: Unit, on: date) -> bool:
    ends = [end_of(_all_facts(trial), on) for trial in (one, other)]
    starts = [trial.get("trial.started").value for trial in (one, other)]
    if ends[0] is None or ends[1] is None:
        return False
    return bool(max(start.last for start in starts) <= min(end.first for end in ends if end is not None))


def _all_facts(trial: Unit) -> dict[str, Observation]:
    names = ("trial.ended", "trial.stop_reason")
    return {name: trial.get(name) for name in names}


def _merged(first: Unit, second: Unit, catalogue: Catalogue) -> tuple[Unit, tuple[str, ...]]:
    drug, therapy = (first, second) if first.get("trial.modality").value == "medication" else (second, first)
    facts: dict[str, Observation] = {}
    conflicts: list[str] = []
    for fact in catalogue.of_record("trial"):
        one, other = drug.get(fact.full_name), therapy.get(fact.full_name)
        facts[fact.full_name] = _combined(fact, one, other)
        if fact.course in ("shared", "agreed") and one.known and other.known and one.as_json() != other.as_json():
            conflicts.append(fact.full_name)
    orders = [trial.get("trial.order") for trial in (first, second)]
    if all(order.known for order in orders):
        facts["trial.order"] = max(orders, key=lambda order: order.low or 0)
    facts["trial.modality"] = Observation("known", "combined", origin=_MERGED)
    return Unit(f"{first.id}+{second.id}", facts, (first.id, second.id)), tuple(conflicts)


def _combined(fact: Declaration, drug: Observation, therapy: Observation) -> Observation:
    """The course's value of one fact."""
    rule = fact.course or "shared"
    if rule == "own":
        return NOT_ASKED
    if rule in ("medication", "psychotherapy"):
        return drug if rule == "medication" else therapy
    if "not_applicable" in (drug.state, therapy.state):
        return therapy if drug.state == "not_applicable" else drug
    if rule in ("worst", "either", "both"):
        return _by_word(fact, rule, drug, therapy)
    if rule == "join":
        return _joined(fact, drug, therapy)
    if rule in ("earliest", "latest"):
        return _outer_date(rule, drug, therapy)
    return _shared(fact, drug, therapy)


def _by_word(fact: Declaration, rule: str, one: Observation, other: Observation) -> Observation:
    """One word out of two: the one that stands first in the fact's order; sure once both are known, or once it is the very first."""
    order = {"either": ("yes", "no"), "both": ("no", "yes"), "worst": fact.worst_first}[rule]
    known = [item for item in (one, other) if item.known]
    if not known:
        return _unsettled(one, other)
    first = min(known, key=lambda item: order.index(item.value))
    if len(known) == 2 or first.value == order[0]:
        return replace(first, origin=_MERGED)
    return _unsettled(one, other)


def _joined(fact: Declaration, one: Observation, other: Observation) -> Observation:
    if not (one.known and other.known):
        return _unsettled(one, other)
    both = set(one.value) | set(other.value)
    ordered = [value for value in fact.values if value in both] if fact.values else sorted(both, key=str)
    return Observation("known", tuple(ordered), origin=_MERGED)


def _outer_date(rule: str, one: Observation, other: Observation) -> Observation:
    if not (one.known and other.known):
        return _unsettled(one, other)
    pick = min if rule == "earliest" else max
    return replace(pick(one, other, key=lambda item: (item.value.first, item.value.last)), origin=_MERGED)


def _shared(fact: Declaration, one: Observation, other: Observation) -> Observation:
    if not (one.known and other.known):
        known = one if one.known else other
        if known.known and fact.course == "shared":
            return replace(known, origin="stated for one of two merged trials")
        return _unsettled(one, other)
    if fact.is_number and one.low is not None and other.low is not None and one.high is not None and other.high is not None:
        return between(min(one.low, other.low), max(one.high, other.high), origin=_MERGED)
    if one.value == other.value:
        return replace(one, origin=_MERGED)
    return Observation("unknown", origin="the two merged trials differ")


def _unsettled(one: Observation, other: Observation) -> Observation:
    return Observation("unknown") if "unknown" in (one.state, other.state) else NOT_ASKED
