"""How firm a status is: for each number behind it, the stretch within which the status stays as it is, and how old its facts are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from euthymia.explain.rejudging import Rejudging
from euthymia.explain.spans import Span, region, spans
from euthymia.explain.vocabulary import Vocabulary
from euthymia.facts.catalogue import Catalogue
from euthymia.facts.patient import Patient
from euthymia.inference.trace import Key, Statuses
from euthymia.inference.view import SCALE, View


@dataclass(frozen=True, slots=True)
class Firm:
    """A number (`trial.kellner_score@t1`) and where it may lie, all else as it is, for the status to stay. `any`: wherever it may be."""

    fact: str
    span: Span
    any: bool


@dataclass(frozen=True, slots=True)
class Age:
    """The day of the oldest dated fact, whole weeks from it to the assessment, and how many known facts have no date."""

    oldest: date | None
    weeks: int | None
    dated: int
    undated: int


class Firmness:
    """Stretches for the judgements of one patient."""

    def __init__(self, catalogue: Catalogue, vocabulary: Vocabulary, whole: View, statuses: Statuses, rejudging: Rejudging) -> None:
        self.catalogue = catalogue
        self.vocabulary = vocabulary
        self.statuses = statuses
        self._rejudging = rejudging
        self._whole = whole

    def of(self, key: Key, facts: Iterable[str]) -> tuple[Firm, ...]:
        """For each of these facts that is an exact number, the stretch around it."""
        return tuple(found for name in facts if (found := self._one(key, name)) is not None)

    def _one(self, key: Key, name: str) -> Firm | None:
        fact, _, unit = name.partition("@")
        if fact not in self.catalogue or not self.catalogue[fact].is_number:
            return None
        value = self._whole.holding(fact, unit or None).facts.get(fact)
        if value is None or value[0] != value[1]:
            return None
        declared, place = self.catalogue[fact], (fact, unit or None)
        here = region(declared, self.vocabulary, value[0])
        held = [
            number
            for number in self.vocabulary.all_numbers(declared)
            if number == here or self._rejudging.status(key, {place: (number, number)}) == self.statuses[key]
        ]
        around = next(span for span in spans(declared, self.vocabulary, held) if _contains(span, value[0]))
        return Firm(name, around, len(held) == len(self.vocabulary.all_numbers(declared)))


def _contains(span: Span, number: int) -> bool:
    low = span.low is None or number > span.low * SCALE or (span.with_low and number == span.low * SCALE)
    high = span.high is None or number < span.high * SCALE or (span.with_high and number == span.high * SCALE)
    return low and high


def age(patient: Patient, facts: Iterable[str], on: date) -> Age:
    """How old what these facts rest on is, as far as dates were given."""
    known = [item for name in facts if name != "latest_trial" and (item := patient.observation(name)).known]
    days = sorted(date.fromisoformat(item.date) for item in known if item.date)
    undated = sum(item.date is None for item in known)
    return Age(days[0], (on - days[0]).days // 7, len(days), undated) if days else Age(None, None, 0, undated)
