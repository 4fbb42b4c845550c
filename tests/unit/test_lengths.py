"""Lengths that follow from dates, lengths and dates that contradict each other, and entries that cannot both be true."""

from collections.abc import Callable
from typing import Any

import pytest

from euthymia.consultation import Consultation
from euthymia.errors import InputError
from euthymia.facts.patient import Patient
from euthymia.source import read_document
from tests.shared import ON

Read = Callable[[str], Patient]


@pytest.fixture
def read(consultation: Consultation) -> Read:
    """Reads the text of a patient file."""
    return lambda text: consultation.read_document(read_document(text, "p.yaml"), ON).patient


@pytest.fixture
def mistakes(read: Read) -> Callable[[str], list[str]]:
    """Every mistake in the text of a patient file, without the name of the file."""

    def found(text: str) -> list[str]:
        with pytest.raises(InputError) as error:
            read(text)
        return [f"{problem.key}: {problem.message}" for problem in error.value.problems]

    return found


Mistakes = Callable[[str], list[str]]


def trial(facts: str, modality: str = "medication") -> str:
    return f"trials: [{{id: t1, modality: {modality}, {facts}}}]"


@pytest.mark.parametrize(
    ("dates", "length"),
    [
        ("started: 2026-01-01, ended: 2026-01-28", 4),
        ("started: 2026-01-01, ended: 2026-01-29", {"low": 4, "high": 5}),
        ("started: 2026-01-01, ended: 2026-01-01", {"low": 0, "high": 1}),
        ("started: 2026-01, ended: 2026-03", {"low": 4, "high": 13}),
        ("started: 2026-01, ended: 2026-01", {"low": 0, "high": 5}),
        ("started: 2025, ended: 2026-02-01", {"low": 4, "high": 57}),
        ("started: 2026-11-07, stop_reason: ongoing", 2),
        ("started: 2026-11-07", None),
        ("ended: 2026-11-07", None),
        ("started: 2026-01-01, ended: 2026-01-29, weeks_total: 5", 5),
        ("started: 2026-01-01, ended: 2026-01-28, weeks_total: unknown", 4),
        ("started: 2026-01-01, ended: 2026-01-28, weeks_total: not_applicable", "not_applicable"),
    ],
)
def test_a_length_follows_from_dates(dates: str, length: Any, read: Read) -> None:
    """In whole weeks, first and last day included, as a range where dates are partial; a stated length goes first."""
    assert read(trial(dates)).observation("trial.weeks_total@t1").as_json() == length


def test_a_length_from_dates_says_so(read: Read) -> None:
    """Nobody entered it, and its origin tells the dates."""
    item = read(trial("started: 2026-01, ended: 2026-03")).observation("trial.weeks_total@t1")
    assert item.origin == "from dates: 2026-01 to 2026-03"


@pytest.mark.parametrize(("modality", "known"), [("psychotherapy", True), ("medication", False), ("combined", False)])
def test_only_a_psychotherapy_by_itself_gets_its_weeks_from_dates(modality: str, known: bool, read: Read) -> None:
    """In a combined trial the dates do not tell how long the psychotherapy lasted."""
    patient = read(trial("started: 2026-01-01, ended: 2026-01-28", modality))
    assert patient.observation("trial.psychotherapy_weeks@t1").known is known
    assert not patient.observation("trial.weeks_at_adequate_dose@t1").known


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ("started: 2026-02-01, ended: 2026-01-01", "ended: the trial ended 2026-01-01, before it started, 2026-02-01"),
        ("started: 2026-11-21", "started: 2026-11-21 lies after the day of assessment, 2026-11-20"),
        ("ended: 2027", "ended: 2027 lies after the day of assessment, 2026-11-20"),
        ("ended: 2026-01-01, stop_reason: ongoing", "ended: the trial ended 2026-01-01, yet its stop_reason is ongoing"),
        (
            "started: 2026-01-01, ended: 2026-01-29, weeks_total: 6",
            "weeks_total: found 6 weeks, but the dates 2026-01-01 to 2026-01-29 make 4 to 5 weeks",
        ),
        (
            "started: 2026-01-01, ended: 2026-01-28, weeks_total: 3.5",
            "weeks_total: found 3.5 weeks, but the dates 2026-01-01 to 2026-01-28 make 4 weeks",
        ),
        (
            "started: 2026-01-01, ended: 2026-01-29, weeks_at_adequate_dose: 6",
            "weeks_at_adequate_dose: found 6 weeks, but the dates 2026-01-01 to 2026-01-29 make 4 to 5 weeks in all",
        ),
        (
            "weeks_total: 4, weeks_at_adequate_dose: 4.5",
            "weeks_at_adequate_dose: found 4.5 weeks, more than the whole trial, 4 weeks",
        ),
        ("weeks_total: 4, psychotherapy_weeks: 5", "psychotherapy_weeks: found 5 weeks, more than the whole trial, 4 weeks"),
    ],
)
def test_a_length_or_date_of_a_trial_that_cannot_be_is_told(facts: str, told: str, mistakes: Mistakes) -> None:
    """With the numbers of both sides."""
    assert mistakes(trial(facts)) == [f"trials[0].{told}"]


@pytest.mark.parametrize(
    "facts", ["weeks_total: 4", "weeks_total: 5", "weeks_total: 4.5", "weeks_at_adequate_dose: 2", "weeks_at_adequate_dose: 5"]
)
def test_a_length_that_the_dates_allow_is_accepted(facts: str, read: Read) -> None:
    """Anything within the range of whole weeks; time at an adequate dose may be shorter."""
    assert read(trial(f"started: 2026-01-01, ended: 2026-01-29, {facts}")).courses == ()


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ("started: 2026-12", "started: 2026-12 lies after the day of assessment, 2026-11-20"),
        ("started: 2026-11-07, duration_weeks: 3", "duration_weeks: found 3 weeks, but since 2026-11-07 it is 2 weeks"),
    ],
)
def test_an_episode_that_cannot_be_is_told(facts: str, told: str, mistakes: Mistakes) -> None:
    """First day and length of the episode are held against each other and against the day of assessment."""
    assert mistakes(f"episode: {{{facts}}}") == [f"episode.{told}"]


def test_the_length_of_the_episode_follows_from_its_first_day(read: Read) -> None:
    """Up to the day of assessment; a stated length goes first."""
    assert read("episode: {started: 2026-11-07}").get("episode.duration_weeks").as_json() == 2
    assert read("episode: {started: 2026-11, duration_weeks: 1}").get("episode.duration_weeks").value == 1


# ---- rules/contradictions.yaml ----------------------------------------------------------------------------------------

CONTRADICTIONS = {
    "anxiety-main-without-anxiety": "diagnosis: {anxiety_disorder: no, anxiety_disorder_main: yes}",
    "drugs-alone-but-psychotherapy": "current: {medication_only: yes, psychotherapy: yes}",
    "earlier-episodes-but-none-to-compare": "episode: {number_lifetime: 2, nonresponse_in_previous: no_previous_episode}",
    "first-episode-but-earlier-non-response": "episode: {number_lifetime: 1, nonresponse_in_previous: some}",
    "first-episode-but-recurrent": "{episode: {number_lifetime: 1}, diagnosis: {recurrent_mdd: yes}}",
    "first-episode-but-similar-earlier-course": "{episode: {similar_previous_instance: yes}, diagnosis: {recurrent_mdd: no}}",
    "full-trauma-assessment-without-asking": "trauma: {screened: no, full_assessment_done: yes}",
    "no-trauma-but-trauma-recorded": "trauma: {exposure: no, childhood_sexual_abuse: yes}",
    "no-trauma-without-asking": "trauma: {screened: no, exposure: no}",
    "remission-without-any-response": trial("remission: yes, initial_response: no, outcome: non_response"),
    "residual-symptoms-absent-but-listed": "episode: {residual_symptoms_present: no, residual_symptoms: [sleep]}",
    "return-on-maintenance-without-response": trial("initial_response: no, symptoms_returned_on_maintenance: yes"),
    "several-episodes-but-not-recurrent": "{episode: {number_lifetime: 2}, diagnosis: {recurrent_mdd: no}}",
    "taper-ongoing-without-antidepressant": "current: {antidepressant: no, taper_status: ongoing}",
}


def test_every_contradiction_has_a_patient_here(consultation: Consultation) -> None:
    """Every declared contradiction is tried below."""
    assert {item.id for item in consultation.rulebook.contradictions} == set(CONTRADICTIONS)


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_a_contradiction_is_told_once(name: str, consultation: Consultation, mistakes: Mistakes) -> None:
    """Its own message, at one of its facts, and no other."""
    messages = {item.id: item.message for item in consultation.rulebook.contradictions}
    (told,) = mistakes(CONTRADICTIONS[name])
    assert told.partition(": ")[2] == messages[name].strip()


def test_contradictions_of_several_trials_are_told_at_once(mistakes: Mistakes) -> None:
    """One problem for each trial, with its place."""
    bad = "modality: medication, initial_response: no, symptoms_returned_on_maintenance: yes"
    told = mistakes(f"trials: [{{id: a, {bad}}}, {{id: b, {bad}}}]")
    assert [line.partition(".")[0] for line in told] == ["trials[0]", "trials[1]"]


@pytest.mark.parametrize("value", ["unknown", "null", "not_applicable"])
def test_unknown_contradicts_nothing(value: str, read: Read) -> None:
    """Only two known entries can contradict each other."""
    assert not read(f"diagnosis: {{anxiety_disorder: {value}, anxiety_disorder_main: yes}}").get("diagnosis.anxiety_disorder").known
