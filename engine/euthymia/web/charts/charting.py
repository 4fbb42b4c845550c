"""A chart as the routes need it: found for its owner, its facts as text for the workers, its fields for a page."""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import partial
from typing import Any

from starlette.exceptions import HTTPException

from euthymia.clinic.charts import Chart
from euthymia.clinic.handovers import Handover
from euthymia.clinic.sessions import Session
from euthymia.dialogue.screens import TREATMENTS
from euthymia.errors import InputError
from euthymia.facts.catalogue import Record
from euthymia.facts.charting import fact_at
from euthymia.web.charts import work
from euthymia.web.charts.fields import Fields
from euthymia.web.charts.filled import Item, filled
from euthymia.web.charts.reading import read_as_far_as_possible
from euthymia.web.house import House

TRIALS = "trials"
_LONGEST_ASIDE = 4_000
# Shown with the trials, on whose names they depend.
_NO_SECTION = ("trial", "none")


class HandedOver(Exception):
    """The chart was theirs, and now is a colleague's."""

    def __init__(self, handover: Handover) -> None:
        super().__init__("handed over")
        self.handover = handover


def own_chart(house: House, session: Session, chart: str) -> Chart:
    """Raises 404 for a chart that is not there or somebody else's: which of the two is nobody's business but of whom it was taken from.
    They are told by HandedOver."""
    found = house.charts.find(chart, session.account.id)
    if found is not None:
        return found
    handover = house.handovers.sent(chart, session.account.id)
    if handover is not None:
        raise HandedOver(handover)
    raise HTTPException(404)


def assessed_on(house: House, chart: Chart) -> date:
    """The day of assessment: the one that was chosen, else today."""
    return house.today() if chart.as_of is None else date.fromisoformat(chart.as_of)


def told(chart: Chart) -> str:
    """The facts as JSON, the same text for the same facts."""
    return json.dumps(chart.data, sort_keys=True)


def fields_of(house: House, chart: Chart, filled: Callable[[], Iterable[Item]] | None = None) -> Fields:
    """`filled`: what the advice takes for facts that nobody stated, where that is at hand. Else the chart is read once a field asks for it.

    Reading takes a few milliseconds, and no decision.
    """
    catalogue = house.consultation.rulebook.facts
    return Fields(catalogue, chart.data, chart.refused, house.charts.entered_at(chart), filled or partial(_filled, house, chart))


def _filled(house: House, chart: Chart) -> list[Item]:
    try:
        file, _ = read_as_far_as_possible(house.consultation, chart.data, assessed_on(house, chart))
    except InputError:
        return []  # nothing is left to read; the mistakes stand with the alerts
    return filled(file, house.consultation.rulebook, house.words)


def not_saved(house: House, chart: Chart) -> list[str]:
    """What the answers are about that could not be taken, in words."""
    facts = house.consultation.rulebook.facts
    units = {name: f" ({name.partition('@')[2]})" for name in chart.refused if "@" in name}
    return [facts[name.partition("@")[0]].label + units.get(name, "") for name in chart.refused if name.partition("@")[0] in facts]


def standing_of(house: House, chart: Chart) -> dict[str, Any]:
    """Where the patient stands, for its part of the page. Raises NotDecided, Superseded, and Disagreement when the engines differ."""
    on = assessed_on(house, chart)
    shown = house.workers.newest("now", chart.id, work.show_standing, told(chart), on)
    return {"standing": shown, "not_saved": not_saved(house, chart), "on": on.isoformat(), "today": house.today().isoformat()}


def sections(house: House, chart: Chart) -> Iterator[dict[str, Any]]:
    """The records of facts in the order in which they are asked about, each with how much was asked."""
    catalogue = house.consultation.rulebook.facts
    for record in catalogue.records:
        if record.record in _NO_SECTION:
            if record.record == "trial":
                count = len(chart.data.get(TRIALS) or [])
                yield {"name": TRIALS, "title": record.title, "asked": count, "all": None}
            continue
        yield {"name": record.record, "title": record.title, **_counted(house, chart, record)}


def _counted(house: House, chart: Chart, record: Record) -> dict[str, Any]:
    if record.many:
        return {"asked": len(chart.data.get(f"{record.record}s") or []), "all": None}
    facts = [fact for fact in house.consultation.rulebook.facts.of_record(record.record) if fact.entered]
    asked = sum(fact_at(chart.data, (record.record, fact.name)) is not None for fact in facts)
    return {"asked": asked, "all": len(facts)}


# ---------------------------------------------------------------- questions set aside


def set_aside(house: House, chart: Chart, kind: str, facts: list[str]) -> str:
    """Facts for an address: their places in the catalogue and in the list of trials, for the ids of trials are not for addresses."""
    if kind == "treatment":
        return "t"
    catalogue = house.consultation.rulebook.facts
    return "-".join(_place_in_address(chart, fact, catalogue.rank(fact.partition("@")[0])) for fact in facts)


def _place_in_address(chart: Chart, name: str, rank: int) -> str:
    fact, _, unit = name.partition("@")
    if not unit:
        return str(rank)
    return f"{rank}.{_ids(chart, fact.partition('.')[0]).index(unit)}"


def names_aside(house: House, chart: Chart, text: str) -> frozenset[str]:
    """The names again; what no longer stands anywhere is left out."""
    facts = list(house.consultation.rulebook.facts)
    found = set()
    for word in text[:_LONGEST_ASIDE].split("-"):
        rank, _, place = word.partition(".")
        if word == "t":
            found.add(TREATMENTS)
        elif rank.isdecimal() and int(rank) < len(facts):
            fact = facts[int(rank)]
            ids = _ids(chart, fact.partition(".")[0])
            if not place:
                found.add(fact)
            elif place.isdecimal() and int(place) < len(ids):
                found.add(f"{fact}@{ids[int(place)]}")
    return frozenset(found)


def _ids(chart: Chart, record: str) -> list[str]:
    return [str(row.get("id")) for row in chart.data.get(f"{record}s") or []]
