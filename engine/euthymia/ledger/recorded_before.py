"""Assessments that are in the ledger already."""

from euthymia.ledger.record import Asker, Draft
from euthymia.ledger.store import Row, Store


def assessments_by(store: Store, patient: str, by: Asker) -> list[int]:
    """Numbers of the assessments of a patient that this person recorded, the last one first. `patient`: the pseudonym."""
    subject = store.subject_of(patient)
    if subject is None:
        return []
    return [row.sealed.number for row in store.rows_back(subject=subject, kinds=("assessment",)) if row.sealed.by == by]


def is_recorded_as(row: Row, draft: Draft) -> bool:
    """Does a record that was read with its facts say what the draft would: the same facts, day, rules and question?"""
    facts = [sorted(opening.text for opening in part) for part in (row.part("facts"), draft.parts["facts"])]
    return row.sealed.content == dict(draft.content) and facts[0] == facts[1]
