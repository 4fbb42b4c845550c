"""What the ledger holds of a chart, also where the server ended before that was noted."""

from dataclasses import dataclass

from euthymia.clinic.charts import Chart
from euthymia.clinic.sessions import Session
from euthymia.ledger.record import Asker, Draft
from euthymia.ledger.recorded_before import assessments_by, is_recorded_as
from euthymia.web.house import House


def take_in_records(house: House, session: Session, found: Chart) -> None:
    """Where the server ended after a record was written and before it was noted: it belongs to the chart all the same."""
    if found.pseudonym is not None:
        by = Asker(session.account.role, session.account.name)
        house.recordings.take_in(found, assessments_by(house.records, found.pseudonym, by))


@dataclass(frozen=True, slots=True)
class KnownRecords:
    """What this person has recorded of the patient."""

    house: House
    patient: str
    draft: Draft

    def numbers(self) -> list[int]:
        return assessments_by(self.house.records, self.patient, self.draft.by)

    def is_same(self, number: int) -> bool:
        return is_recorded_as(self.house.ledger.of_kind(number, "assessment", "facts"), self.draft)
