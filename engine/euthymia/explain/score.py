"""Scores and stages from what both engines settled: every part a range over what is not known, and the sum of the ranges.

Nothing is judged here; points are added up from the statuses of rules. A count over a list that may be incomplete has no upper end
but its highest band.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from euthymia.facts.catalogue import Catalogue
from euthymia.inference.evaluate import fewest, most
from euthymia.inference.trace import Key, Statuses
from euthymia.inference.view import SCALE, View
from euthymia.rulebook.conditions import MET, NOT_APPLICABLE, NOT_MET, UNDETERMINED
from euthymia.rulebook.definition import Choose, Each, Ladder, Number, Part, Score, Step


@dataclass(frozen=True, slots=True)
class PartResult:
    """Points of one part: from `low` to `high` (None: no upper end). `labels` name what is possible.

    `open_rules` and `open_facts` are what keeps the part a range.
    """

    part: Part
    low: Fraction
    high: Fraction | None
    labels: tuple[str, ...]
    open_rules: tuple[Key, ...] = ()
    open_facts: tuple[str, ...] = ()

    @property
    def settled(self) -> bool:
        return self.low == self.high


@dataclass(frozen=True, slots=True)
class ScoreResult:
    """A score: the sum of its parts, and the names that the possible values have."""

    score: Score
    parts: tuple[PartResult, ...]
    low: Fraction
    high: Fraction | None
    labels: tuple[str, ...]

    @property
    def settled(self) -> bool:
        return self.low == self.high


class Scoring:
    """Scores of one patient. `statuses` are the agreed ones."""

    def __init__(self, catalogue: Catalogue, whole: View, statuses: Statuses) -> None:
        self.catalogue = catalogue
        self.whole = whole
        self.statuses = statuses

    def of(self, score: Score) -> ScoreResult:
        parts = tuple(self._part(part) for part in score.parts)
        low = sum((part.low for part in parts), Fraction(0))
        highs = [part.high for part in parts]
        high = None if None in highs else sum((top for top in highs if top is not None), Fraction(0))
        return ScoreResult(score, parts, low, high, _labels(score, low, high))

    def _part(self, part: Part) -> PartResult:
        match part.how:
            case Choose(steps):
                return self._choose(part, steps)
            case Ladder(steps):
                return self._ladder(part, steps)
            case Number():
                return self._number(part, part.how)
            case Each():
                return self._each(part, part.how)

    def _status(self, rule: str) -> str:
        return self.statuses[Key(rule)]

    def _choose(self, part: Part, steps: tuple[Step, ...]) -> PartResult:
        held = [step for step in steps if self._status(step.rule) == MET]
        possible = held or [step for step in steps if self._status(step.rule) == UNDETERMINED]
        if not possible:
            return PartResult(part, Fraction(0), Fraction(0), ())
        points = [step.points for step in possible]
        waiting = () if min(points) == max(points) else tuple(Key(step.rule) for step in possible if step not in held)
        return PartResult(part, min(points), max(points), _named(possible), waiting)

    def _ladder(self, part: Part, steps: tuple[Step, ...]) -> PartResult:
        """Certain steps up to the first that is not certain; possible ones up to the first that is known not to hold."""
        certain = possible = 0
        for number, step in enumerate(steps, start=1):
            status = self._status(step.rule)
            if status in (NOT_MET, NOT_APPLICABLE):
                break
            possible = number
            certain = number if status == MET and certain == number - 1 else certain
        points = [Fraction(0), *(step.points for step in steps)]
        waiting = tuple(Key(step.rule) for step in steps[certain:possible] if self._status(step.rule) == UNDETERMINED)
        return PartResult(part, points[certain], points[possible], _named(list(steps[max(certain - 1, 0) : possible])), waiting)

    def _number(self, part: Part, how: Number) -> PartResult:
        distinct = None if how.distinct is None else self.catalogue[how.distinct]
        certain = [unit for unit in self.whole.units[how.record] if self._of(how.rule, unit) == MET]
        possible = [unit for unit in self.whole.units[how.record] if self._of(how.rule, unit) in (MET, UNDETERMINED)]
        bands = list(how.bands)
        first = max(number for number, band in enumerate(bands) if fewest(certain, distinct) >= band.least)
        last = max(number for number, band in enumerate(bands) if most(possible, distinct) >= band.least)
        endless, closing = self._closing(how.record)
        last = len(bands) - 1 if endless else last
        reach = bands[first : last + 1]
        names = tuple(dict.fromkeys(band.label for band in reach if band.label))
        low, high = min(band.points for band in reach), max(band.points for band in reach)
        if low == high:
            return PartResult(part, low, high, names)
        waiting = tuple(Key(how.rule, unit.unit) for unit in possible if unit not in certain)
        nameless = [f"{how.distinct}@{unit.unit}" for unit in possible if distinct and distinct.full_name not in unit.facts]
        return PartResult(part, low, high, names, waiting, (*closing, *(nameless if len(possible) > 1 else ())))

    def _each(self, part: Part, how: Each) -> PartResult:
        low, high = Fraction(0), Fraction(0)
        endless = False
        waiting: list[Key] = []
        facts: list[str] = []
        for unit in self.whole.units[how.record]:
            status = self._of(how.rule, unit)
            if status in (NOT_MET, NOT_APPLICABLE):
                continue
            least, greatest = _times(unit, how)
            low += how.points * least if status == MET else 0
            endless = endless or greatest is None
            high += how.points * (greatest or 0)
            waiting += [Key(how.rule, unit.unit)] if status != MET and greatest != 0 else []
            facts += [f"{how.times}@{unit.unit}"] if least != greatest else []
        more, closing = self._closing(how.record)
        return PartResult(part, low, None if endless or more else high, (), tuple(waiting), (*facts, *closing))

    def _of(self, rule: str, unit: View) -> str:
        return self.statuses.get(Key(rule, unit.unit), UNDETERMINED)

    def _closing(self, record: str) -> tuple[bool, tuple[str, ...]]:
        """May there be more units than those listed? And the fact that would say that there are none, unless it says so."""
        closing = self.catalogue.record(record).complete_when
        if closing is None:
            return True, ()
        return (False, ()) if self.whole.facts.get(closing) == "yes" else (True, (closing,))


def _times(unit: View, how: Each) -> tuple[Fraction, Fraction | None]:
    """How often a unit's points count, as a range: the length of a list, or a number. Unknown: from none, or from what is known to be less,
    without end."""
    if how.times is None:
        return Fraction(1), Fraction(1)
    if how.times in unit.excluded:
        return Fraction(0), Fraction(0)
    value = unit.facts.get(how.times)
    if value is None:
        least = unit.facts.get(how.at_least or "")
        return (Fraction(least[0], SCALE) if isinstance(least, tuple) else Fraction(0)), None
    if isinstance(value, tuple):
        return Fraction(value[0], SCALE), Fraction(value[1], SCALE)
    return Fraction(len(value)), Fraction(len(value))


def _named(steps: list[Step]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(step.label for step in steps if step.label))


def _labels(score: Score, low: Fraction, high: Fraction | None) -> tuple[str, ...]:
    """Names of the values from low to high, in order."""
    return tuple(dict.fromkeys(_reached(score, low, high)))


def _reached(score: Score, low: Fraction, high: Fraction | None) -> Iterator[str]:
    for number, (start, label) in enumerate(score.labels):
        following = score.labels[number + 1][0] if number + 1 < len(score.labels) else None
        if (high is None or start <= high) and (following is None or low < following):
            yield label
