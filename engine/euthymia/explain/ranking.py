"""The order in which problems are taken up, by the grounds that a rule file names. Equal stays equal; an unknown ground places nothing."""

from collections.abc import Iterable
from dataclasses import dataclass

from euthymia.facts.patient import Patient, Unit
from euthymia.inference.trace import Key, Statuses
from euthymia.rulebook.conditions import MET
from euthymia.rulebook.plans import Ranking, RankingKey


@dataclass(frozen=True, slots=True)
class Ranked:
    """One unit with its grounds: for each key the place that it has there, or None where that is not known.

    `group` is its place in the order, equal for ties; None while an earlier ground is not known and it could stand anywhere.
    """

    unit: str
    name: str
    places: tuple[int | None, ...]
    group: int | None
    links: tuple[str, ...]
    unknown_links: tuple[str, ...]
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RankingResult:
    """`applies`: whether the order is more than provisional."""

    ranking: Ranking
    applies: str
    ranked: tuple[Ranked, ...]


def rank(ranking: Ranking, patient: Patient, statuses: Statuses) -> RankingResult:
    """Units with all grounds known up to the one that sets them apart are placed; the others stand beside."""
    units = patient.units.get(ranking.record, ())
    names = {unit.id: _name(unit, ranking) for unit in units}
    places = {unit.id: tuple(_place(key, unit, names[unit.id], patient) for key in ranking.keys) for unit in units}
    groups = _groups(places)
    ids = {name.casefold(): unit_id for unit_id, name in names.items()}
    found = []
    for unit in units:
        linked = unit.get(ranking.links)
        mentioned = tuple(linked.value) if linked.known else ()
        links = tuple(ids[name.casefold()] for name in mentioned if name.casefold() in ids)
        strangers = tuple(name for name in mentioned if name.casefold() not in ids)
        marks = tuple(says for rule, says in ranking.marks if statuses[Key(rule, unit.id)] == MET)
        found.append(Ranked(unit.id, names[unit.id], places[unit.id], groups[unit.id], links, strangers, marks))
    found.sort(key=lambda item: (item.group is None, item.group or 0, item.name.casefold(), item.unit))
    applies = MET if ranking.applies is None else statuses[Key(ranking.applies)]
    return RankingResult(ranking, applies, tuple(found))


def _name(unit: Unit, ranking: Ranking) -> str:
    item = unit.get(ranking.name)
    return str(item.value) if item.known else unit.id


def _place(key: RankingKey, unit: Unit, name: str, patient: Patient) -> int | None:
    """Place by one ground. A problem that the patient did not name comes after all that were named; a list not asked for places none."""
    if key.is_list:
        listed = patient.get(key.fact)
        if not listed.known:
            return None
        wanted = [str(item).casefold() for item in listed.value]
        return wanted.index(name.casefold()) if name.casefold() in wanted else len(wanted)
    item = unit.get(key.fact)
    return key.order.index(item.value) if item.known and item.value in key.order else None


def _groups(places: dict[str, tuple[int | None, ...]]) -> dict[str, int | None]:
    """Lexicographic groups. Where a ground is known for some units only, those that lack it are left out of the order below it."""
    groups: dict[str, int | None] = dict.fromkeys(places)
    number = 0

    def settle(members: list[str], depth: int) -> None:
        nonlocal number
        if len(members) == 1 or depth == len(places[members[0]]):
            number += 1
            groups.update(dict.fromkeys(members, number))
            return
        known = [unit for unit in members if places[unit][depth] is not None]
        if not known:  # nobody rated this ground: the next one decides
            settle(members, depth + 1)
            return
        for place in sorted({places[unit][depth] for unit in known}, key=_as_number):
            settle([unit for unit in known if places[unit][depth] == place], depth + 1)

    if places:
        settle(sorted(places), 0)
    return groups


def _as_number(place: int | None) -> int:
    return -1 if place is None else place


def tied(ranked: Iterable[Ranked]) -> bool:
    """Do two units share a place?"""
    placed = [item.group for item in ranked if item.group is not None]
    return len(placed) != len(set(placed))
