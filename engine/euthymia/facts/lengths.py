"""Lengths in weeks that follow from dates, and lengths that contradict them.

Days count from the first to the last, both included. A length from dates is told in whole weeks, as a range: exact dates 29 days
apart give 4 to 5 weeks. A stated length agrees when it lies in that range; else the file is in error.
"""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from euthymia.facts.observation import Observation, PartialDate, between, number

_WEEK = 7


def span(start: PartialDate, end: PartialDate) -> tuple[int, int]:
    """Fewest and most weeks from `start` to `end`. Negative when the end comes before the start."""
    fewest = (end.first - start.last).days + 1
    most = (end.last - start.first).days + 1
    return max(fewest, 0) // _WEEK if most >= 0 else -1, -(-most // _WEEK)


def today(on: date) -> PartialDate:
    return PartialDate(on.isoformat(), on, on)


def end_of(facts: dict[str, Observation], on: date) -> PartialDate | None:
    """Last day of a trial: as entered, or the day of assessment while it goes on."""
    if facts["trial.ended"].known:
        end: PartialDate = facts["trial.ended"].value
        return end
    ongoing = facts["trial.stop_reason"].known and facts["trial.stop_reason"].value == "ongoing"
    return today(on) if ongoing else None


def with_lengths(facts: dict[str, Observation], on: date) -> dict[str, Observation]:
    """A trial's facts, lengths filled in from dates where they were not stated."""
    start, end = facts["trial.started"], end_of(facts, on)
    if not start.known or end is None:
        return facts
    low, high = span(start.value, end)
    if high < 0 or low < 0:
        return facts
    length = between(Fraction(low), Fraction(high), origin=f"from dates: {start.value} to {end}")
    modality = facts["trial.modality"].value
    names = ["trial.weeks_total"] + (["trial.psychotherapy_weeks"] if modality == "psychotherapy" else [])
    filled = {name: length for name in names if not facts[name].known and facts[name].state != "not_applicable"}
    return {**facts, **filled}


def trial_contradictions(facts: dict[str, Observation], on: date) -> Iterator[tuple[str, str]]:
    """Fact and message of every length or date of a trial that cannot be true."""
    start = facts["trial.started"]
    end = facts["trial.ended"]
    ongoing = facts["trial.stop_reason"].known and facts["trial.stop_reason"].value == "ongoing"
    if end.known and ongoing:
        yield "ended", f"the trial ended {end.value}, yet its stop_reason is ongoing"
    for fact, item in (("started", start), ("ended", end)):
        if item.known and item.value.first > on:
            yield fact, f"{item.value} lies after the day of assessment, {on.isoformat()}"
    if start.known and end.known and end.value.last < start.value.first:
        yield "ended", f"the trial ended {end.value}, before it started, {start.value}"
        return
    last = end_of(facts, on)
    if start.known and last is not None and start.value.first <= on:
        yield from _against_dates(facts, start.value, last)
    yield from _against_total(facts)


def _against_dates(facts: dict[str, Observation], start: PartialDate, end: PartialDate) -> Iterator[tuple[str, str]]:
    low, high = span(start, end)
    names = ["trial.weeks_total"] + (["trial.psychotherapy_weeks"] if facts["trial.modality"].value == "psychotherapy" else [])
    for name in names:
        if (stated := facts[name].low) is not None and not low <= stated <= high:
            yield name.partition(".")[2], f"found {number(stated)} weeks, but the dates {start} to {end} make {_weeks(low, high)}"
    name = "trial.weeks_at_adequate_dose"
    if (stated := facts[name].low) is not None and stated > high:
        yield "weeks_at_adequate_dose", f"found {number(stated)} weeks, but the dates {start} to {end} make {_weeks(low, high)} in all"


def _against_total(facts: dict[str, Observation]) -> Iterator[tuple[str, str]]:
    total = facts["trial.weeks_total"].low
    for name in ("trial.weeks_at_adequate_dose", "trial.psychotherapy_weeks"):
        part = facts[name].low
        if total is not None and part is not None and part > total:
            yield name.partition(".")[2], f"found {number(part)} weeks, more than the whole trial, {number(total)} weeks"


def episode_length(facts: dict[str, Observation], on: date) -> dict[str, Observation]:
    """The once-only facts, with the length of the episode filled in from its first day."""
    start, stated = facts.get("episode.started"), facts.get("episode.duration_weeks")
    if start is None or not start.known or (stated is not None and stated.state in ("known", "not_applicable")):
        return facts
    low, high = span(start.value, today(on))
    if low < 0:
        return facts
    origin = f"from dates: {start.value} to {on.isoformat()}"
    return {**facts, "episode.duration_weeks": between(Fraction(low), Fraction(high), origin=origin)}


def episode_contradictions(facts: dict[str, Observation], on: date) -> Iterator[tuple[str, str]]:
    """Fact and message of an episode whose length and first day cannot both be true."""
    start, stated = facts.get("episode.started"), facts.get("episode.duration_weeks")
    if start is None or not start.known:
        return
    if start.value.first > on:
        yield "started", f"{start.value} lies after the day of assessment, {on.isoformat()}"
        return
    low, high = span(start.value, today(on))
    if stated is not None and stated.low is not None and not low <= stated.low <= high:
        yield "duration_weeks", f"found {number(stated.low)} weeks, but since {start.value} it is {_weeks(low, high)}"


def _weeks(low: int, high: int) -> str:
    return f"{low} weeks" if low == high else f"{low} to {high} weeks"
