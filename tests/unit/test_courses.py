"""A drug and a psychotherapy that ran side by side are one combined course exactly when the dates say so."""

from collections.abc import Callable
from typing import Any

import pytest

from euthymia.consultation import Consultation
from euthymia.errors import InputError
from euthymia.facts.patient import Patient
from euthymia.source import read_document
from tests.shared import ON

Read = Callable[..., Patient]
DRUG = "id: d, modality: medication"
TALK = "id: p, modality: psychotherapy"
TOGETHER = "started: 2026-01-01, ended: 2026-06-30"


@pytest.fixture
def read(consultation: Consultation) -> Read:
    """Reads a patient with trials, each given by its facts."""

    def reader(*trials: str, more: str = "") -> Patient:
        rows = ", ".join(f"{{{row}}}" for row in trials)
        return consultation.read_document(read_document(f"trials: [{rows}]\n{more}", "p.yaml"), ON).patient

    return reader


def ids(patient: Patient) -> list[str]:
    return [unit.id for unit in patient.units["trial"]]


@pytest.mark.parametrize(
    ("drug", "talk", "merged"),
    [
        ("2026-01-01", "2026-01-28", True),
        ("2026-01-01", "2026-01-29", True),
        ("2026-01-01", "2026-01-30", False),
        ("2026-01-30", "2026-01-01", False),
        ("2026-01-29", "2026-01-01", True),
        ("2026-02", "2026-02", True),
        ("2026-01", "2026-01", False),
        ("2026-01", "2026-01-15", True),
        ("2026", "2026-01-15", False),
        ("2025-12-31", "2026-01-28", True),
    ],
)
def test_first_days_lie_within_28_days(drug: str, talk: str, merged: bool, read: Read) -> None:
    """27 and 28 days apart belong together, 29 do not, and partial dates only where no meaning of theirs lies further apart."""
    patient = read(f"{DRUG}, started: {drug}, ended: 2026-06-30", f"{TALK}, started: {talk}, ended: 2026-06-30")
    assert len(patient.units["trial"]) == (1 if merged else 2)


@pytest.mark.parametrize(
    ("drug_end", "talk_end", "merged"),
    [
        ("ended: 2026-01-15", "ended: 2026-06-30", True),
        ("ended: 2026-01-14", "ended: 2026-06-30", False),
        ("stop_reason: ongoing", "stop_reason: ongoing", True),
        ("stop_reason: ongoing", "ended: 2026-06-30", True),
        ("stop_reason: completed", "ended: 2026-06-30", False),
        ("ended: 2026-02", "ended: 2026-06-30", True),
        ("ended: 2026-01", "ended: 2026-06-30", False),
        ("ended: 2026", "ended: 2026-06-30", False),
        ("ended: 2026-01-14, concurrent_with: [p]", "ended: 2026-06-30", True),
        ("stop_reason: completed", "concurrent_with: [d]", True),
    ],
)
def test_dates_or_the_clinician_say_that_they_overlapped(drug_end: str, talk_end: str, merged: bool, read: Read) -> None:
    """The second begins on or before the last day of the first; without dates that say so, `concurrent_with` of either does."""
    patient = read(f"{DRUG}, started: 2026-01-01, {drug_end}", f"{TALK}, started: 2026-01-15, {talk_end}")
    assert len(patient.units["trial"]) == (1 if merged else 2)


@pytest.mark.parametrize(
    ("drug", "talk"),
    [
        ("own_course: yes", ""),
        ("", "own_course: yes"),
        ("episode: current", "episode: previous"),
    ],
)
def test_what_keeps_them_apart(drug: str, talk: str, read: Read) -> None:
    """The clinician's ruling for either, and different episodes."""
    patient = read(*(f"{kind}, {TOGETHER}{', ' if more else ''}{more}" for kind, more in ((DRUG, drug), (TALK, talk))))
    assert len(patient.units["trial"]) == 2


@pytest.mark.parametrize(
    ("drug", "talk"),
    [("own_course: no", ""), ("own_course: unknown", ""), ("episode: current", ""), ("episode: unknown", "episode: current")],
)
def test_what_does_not_keep_them_apart(drug: str, talk: str, read: Read) -> None:
    """No ruling, and an episode that is not known."""
    patient = read(*(f"{kind}, {TOGETHER}{', ' if more else ''}{more}" for kind, more in ((DRUG, drug), (TALK, talk))))
    assert ids(patient) == ["d+p"]


@pytest.mark.parametrize(
    "modalities", [("medication", "medication"), ("psychotherapy", "psychotherapy"), ("medication", "combined"), ("other", "psychotherapy")]
)
def test_only_a_drug_and_a_psychotherapy_are_merged(modalities: tuple[str, str], read: Read) -> None:
    """Two drugs, two psychotherapies, and trials that are combined already stay as they are."""
    patient = read(*(f"id: t{number}, modality: {kind}, {TOGETHER}" for number, kind in enumerate(modalities)))
    assert ids(patient) == ["t0", "t1"]


def test_of_three_candidates_the_closest_are_merged(read: Read) -> None:
    """One drug, two psychotherapies: the one that began nearer belongs to it; what was merged is told."""
    far, near = "id: far, modality: psychotherapy, started: 2026-01-20", "id: near, modality: psychotherapy, started: 2026-01-05"
    patient = read(f"{DRUG}, {TOGETHER}", f"{far}, ended: 2026-06-30", f"{near}, ended: 2026-06-30")
    assert sorted(ids(patient)) == ["d+near", "far"]
    (course,) = patient.courses
    assert (course.id, course.parts, course.gap_days) == ("d+near", ("d", "near"), 4)


def test_two_pairs_are_two_courses(read: Read) -> None:
    """No trial is part of two courses."""
    rows = [f"id: {name}, modality: {kind}, {TOGETHER}" for name, kind in (("a", "medication"), ("b", "medication"))]
    rows += [f"id: {name}, modality: psychotherapy, {TOGETHER}" for name in ("x", "y")]
    assert sorted(ids(read(*rows))) == ["a+x", "b+y"]


COMBINED: list[tuple[str, str, str, Any]] = [
    ("drug: one", "drug: other", "trial.drug", "one"),
    ("psychotherapy_type: CBT", "psychotherapy_type: IPT", "trial.psychotherapy_type", "IPT"),
    ("adherence: adequate", "adherence: inadequate", "trial.adherence", "inadequate"),
    ("adherence: inadequate", "", "trial.adherence", "inadequate"),
    ("adherence: adequate", "", "trial.adherence", None),
    ("adherence: adequate", "adherence: unknown", "trial.adherence", "unknown"),
    ("indication_appropriate: yes", "indication_appropriate: no", "trial.indication_appropriate", "no"),
    ("indication_appropriate: yes", "indication_appropriate: yes", "trial.indication_appropriate", "yes"),
    ("indication_appropriate: yes", "", "trial.indication_appropriate", None),
    ("initial_response: yes", "initial_response: no", "trial.initial_response", "yes"),
    ("initial_response: no", "", "trial.initial_response", None),
    ("augmentation: [b]", "augmentation: [a]", "trial.augmentation", ["a", "b"]),
    ("augmentation: [b]", "", "trial.augmentation", None),
    ("kellner_score: 5", "kellner_score: 5", "trial.kellner_score", 5),
    ("kellner_score: 5", "kellner_score: 3", "trial.kellner_score", {"low": 3, "high": 5}),
    ("kellner_score: 5", "", "trial.kellner_score", None),
    ("kellner_score: 5", "kellner_score: unknown", "trial.kellner_score", "unknown"),
    ("kellner_score: 5", "kellner_score: not_applicable", "trial.kellner_score", 5),
    ("outcome: non_response", "outcome: partial_response", "trial.outcome", "unknown"),
    ("outcome: non_response", "", "trial.outcome", None),
    ("scale: MADRS", "", "trial.scale", "MADRS"),
    ("order: 1", "order: 2", "trial.order", 2),
    ("order: 1", "", "trial.order", None),
    ("", "", "trial.modality", "combined"),
    ("", "", "trial.started", "2026-01-01"),
    ("", "", "trial.ended", "2026-06-30"),
]


@pytest.mark.parametrize(("drug", "talk", "fact", "value"), COMBINED)
def test_a_course_takes_each_fact_by_its_own_rule(drug: str, talk: str, fact: str, value: Any, read: Read) -> None:
    """From one of the two, the telling word, both words, the joined list, a range, or unknown where they differ."""
    patient = read(*(f"{kind}, {TOGETHER}{', ' if more else ''}{more}" for kind, more in ((DRUG, drug), (TALK, talk))))
    assert patient.observation(f"{fact}@d+p").as_json() == value


def test_values_that_differ_are_told(read: Read) -> None:
    """A fact that both trials share, with two values, is named as a conflict of the course."""
    patient = read(f"{DRUG}, {TOGETHER}, outcome: non_response", f"{TALK}, {TOGETHER}, outcome: partial_response")
    assert patient.courses[0].conflicts == ("trial.outcome",)
    assert patient.observation("trial.outcome@d+p").origin == "the two merged trials differ"


@pytest.mark.parametrize("part", ["d", "p"])
def test_the_latest_trial_may_be_part_of_a_course(part: str, read: Read) -> None:
    """Then the course is the latest."""
    patient = read(f"{DRUG}, {TOGETHER}", f"{TALK}, {TOGETHER}", more=f"latest_trial: {part}")
    assert patient.latest == "d+p"


def test_a_course_cannot_be_named_in_the_file(read: Read) -> None:
    """Its name is made by the program; a reference to it is a mistake like any other."""
    with pytest.raises(InputError, match="latest_trial"):
        read(f"{DRUG}, {TOGETHER}", f"{TALK}, {TOGETHER}", more="latest_trial: d+p")


def test_the_order_of_the_file_changes_nothing(read: Read) -> None:
    """The same trials in another order make the same patient."""
    one, other = f"{DRUG}, {TOGETHER}, outcome: non_response", f"{TALK}, {TOGETHER}, outcome: partial_response"
    assert read(one, other) == read(other, one)


def test_an_id_with_a_plus_is_fine_unless_it_can_be_confused_with_a_merged_course(read: Read) -> None:
    """`sertraline+lithium` is a name like any other; `t1+t2` beside t1 and t2 would hide one of them."""
    assert ids(read("id: sertraline+lithium, modality: medication")) == ["sertraline+lithium"]
    with pytest.raises(InputError, match="can be confused with two trials merged into one course"):
        read("id: t1, modality: medication", "id: t2, modality: psychotherapy", "id: t1+t2, modality: other")


def test_an_order_that_the_dates_contradict_is_an_error(read: Read) -> None:
    """The first in the list cannot have started after the second; dates that are too vague to say so are accepted."""
    with pytest.raises(InputError, match="comes before t2 by its order, yet it started later"):
        read("id: t1, modality: medication, order: 1, started: 2025-06-01", "id: t2, modality: medication, order: 2, started: 2025-02")
    assert ids(
        read("id: t1, modality: medication, order: 1, started: 2025-02-20", "id: t2, modality: medication, order: 2, started: 2025-02")
    ) == ["t1", "t2"]
