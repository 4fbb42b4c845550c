"""What a patient file may say, how it is understood, and how a mistake is told."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from euthymia.consultation import Consultation
from euthymia.errors import InputError
from euthymia.facts.observation import Observation
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
    """Every mistake in the text of a patient file, as it is told."""

    def found(text: str) -> list[str]:
        with pytest.raises(InputError) as error:
            read(text)
        return [str(problem) for problem in error.value.problems]

    return found


Mistakes = Callable[[str], list[str]]


# ---- the four states --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("{}", "not_asked"),
        ("risk: {}", "not_asked"),
        ("risk:", "not_asked"),
        ("risk: {assessed: }", "not_asked"),
        ("risk: {assessed: null}", "not_asked"),
        ("risk: {assessed: {value: null, note: later}}", "not_asked"),
        ("risk: {assessed: unknown}", "unknown"),
        ("risk: {assessed: {value: unknown}}", "unknown"),
        ("risk: {assessed: not_applicable}", "unknown"),
        ("risk: {assessed: yes}", "known"),
    ],
)
def test_a_safety_fact_is_known_unknown_or_not_asked(text: str, state: str, read: Read) -> None:
    """Left out, empty and null mean not asked; a question about safety can never be set aside as not applicable."""
    assert read(text).get("risk.assessed").state == state


def test_a_fact_may_be_not_applicable(read: Read) -> None:
    """Where no safety is at stake, not applicable is a state of its own, without value."""
    item = read("current: {taper_status: not_applicable}").get("current.taper_status")
    assert (item.state, item.value, item.known) == ("not_applicable", None, False)


@pytest.mark.parametrize(("word", "value"), [("yes", "yes"), ("no", "no"), ("true", "yes"), ("false", "no"), ('"no"', "no")])
def test_a_yes_or_no_may_be_written_as_true_or_false(word: str, value: str, read: Read) -> None:
    """The words of YAML 1.2 and of JSON mean the same."""
    assert read(f"diagnosis: {{mdd: {word}}}").get("diagnosis.mdd").value == value


def test_provenance_is_kept(read: Read) -> None:
    """Who said it, when, and what was noted stay with the value."""
    item = read('diagnosis: {mdd: {value: yes, source: patient, date: 2026-01-31, note: "by phone"}}').get("diagnosis.mdd")
    assert (item.value, item.provenance()) == ("yes", {"source": "patient", "date": "2026-01-31", "note": "by phone"})


def test_a_map_may_carry_provenance(read: Read) -> None:
    """A map of texts is read with and without its origin."""
    bare = read("area: {methods: {lifestyle: Interview}}").get("area.methods")
    told = read("area: {methods: {value: {lifestyle: Interview}, source: chart}}").get("area.methods")
    assert bare.value == told.value == {"lifestyle": "Interview"}
    assert told.source == "chart"


def test_lists_have_one_order(read: Read) -> None:
    """A list says which members there are; their order and repetition in the file say nothing."""
    first = read("process: {workup_steps_done: [3, 1, 3]}").get("process.workup_steps_done")
    assert first.value == (1, 3)
    assert read("process: {workup_steps_done: []}").get("process.workup_steps_done") == Observation("known", ())


# ---- numbers and dates ------------------------------------------------------------------------------------------------


def weeks(value: str) -> str:
    return f"trials: [{{id: t1, modality: medication, weeks_total: {value}}}]"


@pytest.mark.parametrize("text", ["4", "4.0", "4.125", "0", "+4", "{value: 4, unit: weeks}", "{value: 4.5}"])
def test_a_number_is_read_exactly(text: str, read: Read) -> None:
    """Up to three decimals, with or without its unit."""
    item = read(weeks(text)).observation("trial.weeks_total@t1")
    exact = Fraction(text.removeprefix("{value: ").partition(",")[0].rstrip("}"))
    assert item.low == item.high == exact


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("4.1251", "found 4.1251; allowed: at most three decimals"),
        ("-1", "found -1; allowed: 0 or more (weeks)"),
        ("8 weeks", "found '8 weeks'; allowed: a number without its unit (weeks), unknown, not_applicable"),
        ("long", "found 'long'; allowed: a number (weeks), unknown, not_applicable"),
        ("yes", "found 'yes'; allowed: a number (weeks), unknown, not_applicable"),
        ("true", "found True; allowed: a number (weeks), unknown, not_applicable"),
        ("[4]", "found [4]; allowed: a number (weeks), unknown, not_applicable"),
        ("1000001", "found 1000001; allowed: at most 1,000,000 (weeks)"),
        (".nan", "found '.nan'; allowed: a number (weeks), unknown, not_applicable"),
        ("{value: 4, unit: months}", "found unit 'months'; allowed: weeks"),
        ("{value: 4, units: weeks}", "unknown key 'units' (did you mean 'unit'?); allowed: value, unit, source, date, note"),
        ("{unit: weeks}", "`value` is missing; a fact with its origin is written {value: …, source: …, date: …, note: …}"),
        ("{value: {value: 4}}", "`value` must hold the value itself"),
        ("{value: 4, date: 2025}", "found '2025' as date; allowed: a day, YYYY-MM-DD"),
        ("{value: 4, note: 5}", "found 5; allowed: text (put it in quotation marks)"),
    ],
)
def test_a_wrong_number_is_told(value: str, message: str, mistakes: Mistakes) -> None:
    """What was found and what is allowed, in the words of the file."""
    assert mistakes(weeks(value)) == [f"p.yaml:1: trials[0].weeks_total: {message}"]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024", "2024-01-01", "2024-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2025-02", "2025-02-01", "2025-02-28"),
        ("2024-12", "2024-12-01", "2024-12-31"),
        ("2024-02-29", "2024-02-29", "2024-02-29"),
        ('"2024"', "2024-01-01", "2024-12-31"),
    ],
)
def test_a_date_may_be_partial(text: str, first: str, last: str, read: Read) -> None:
    """A year, a month or a day stands for the days that it may mean."""
    value = read(f"episode: {{started: {text}}}").get("episode.started").value
    assert (value.first.isoformat(), value.last.isoformat()) == (first, last)


@pytest.mark.parametrize("text", ["2025-02-30", "2023-02-29", "2025-13", "2025-00-01", "2025-01-00", "2025-00"])
def test_a_day_that_does_not_exist_is_told(text: str, mistakes: Mistakes) -> None:
    """The calendar is checked."""
    assert mistakes(f"episode: {{started: {text}}}") == [f"p.yaml:1: episode.started: found '{text}'; no such day"]


@pytest.mark.parametrize("text", ["31.1.2025", "2025-1-1", "25-01-01", "January", "2025-01-01T00:00", "[2025]"])
def test_another_form_of_date_is_told(text: str, mistakes: Mistakes) -> None:
    """Only YYYY, YYYY-MM and YYYY-MM-DD are read."""
    (told,) = mistakes(f"episode: {{started: {text}}}")
    assert told.endswith("allowed: YYYY, YYYY-MM or YYYY-MM-DD")


# ---- words, texts and lists -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("diagnosis: {mdd: maybe}", "diagnosis.mdd", "found 'maybe'; allowed: yes, no, unknown, not_applicable"),
        ("diagnosis: {mdd: 1}", "diagnosis.mdd", "found 1; allowed: yes, no, unknown, not_applicable"),
        (
            "episode: {severity: sever}",
            "episode.severity",
            "found 'sever'; allowed: mild, moderate, severe, unknown, not_applicable (did you mean 'severe'?)",
        ),
        ("episode: {severity: true}", "episode.severity", "found True; allowed: mild, moderate, severe, unknown, not_applicable"),
        (
            "episode: {severity: [mild]}",
            "episode.severity",
            "found ['mild']; allowed: mild, moderate, severe, unknown, not_applicable (did you mean 'mild'?)",
        ),
        ("patient: {age_years: 44.5}", "patient.age_years", "found 44.5; allowed: a whole number (years)"),
        ("diagnosis: {primary_problem: 5}", "diagnosis.primary_problem", "found 5; allowed: text (put it in quotation marks)"),
        ('diagnosis: {primary_problem: " "}', "diagnosis.primary_problem", "found an empty text; leave the key out when it was not asked"),
        ('diagnosis: {primary_problem: "a\\u0007"}', "diagnosis.primary_problem", "found a control character; allowed: plain text"),
        (
            "diagnosis: {medical_drugs: none}",
            "diagnosis.medical_drugs",
            "found 'none'; allowed: a list, [] when there is none, unknown, not_applicable",
        ),
        ("process: {workup_steps_done: [8]}", "process.workup_steps_done", "found 8; allowed: 1 to 7"),
        (
            "area: {methods: {lifestil: x}}",
            "area.methods",
            (
                "unknown key 'lifestil' (did you mean 'lifestyle'?); allowed: "
                "stress_allostatic, lifestyle, illness_behaviour, wellbeing, relationships"
            ),
        ),
    ],
)
def test_a_wrong_word_is_told(text: str, place: str, message: str, mistakes: Mistakes) -> None:
    """What was found, what is allowed, and the nearest word where one is near."""
    assert mistakes(text) == [f"p.yaml:1: {place}: {message}"]


def test_a_wrong_member_of_a_list_is_told(mistakes: Mistakes) -> None:
    """Members are checked one by one against the words of the list."""
    (told,) = mistakes("process: {outcome_domains: [symptom]}")
    assert "found 'symptom' in the list; allowed: symptoms" in told
    assert told.endswith("(did you mean 'symptoms'?)")


def test_text_and_lists_have_a_greatest_length(mistakes: Mistakes) -> None:
    """Nobody's record needs more than 2,000 characters in one text or 200 entries in one list."""
    assert mistakes(f"diagnosis: {{primary_problem: {'x' * 2001}}}") == [
        "p.yaml:1: diagnosis.primary_problem: found 2,001 characters; allowed: at most 2,000"
    ]
    (told,) = mistakes(f"diagnosis: {{medical_drugs: [{', '.join('x' * 201)}]}}")
    assert told.endswith("found 201 entries; allowed: at most 200")


def test_what_was_found_is_shortened_and_harmless(mistakes: Mistakes) -> None:
    """A long or unprintable value cannot flood or steer the terminal."""
    (told,) = mistakes(f'episode: {{severity: "\\e[31m{"x" * 500}"}}')
    assert "\x1b" not in told
    assert len(told) < 250


# ---- all mistakes at once, with line and key --------------------------------------------------------------------------

WRONG = """\
patient:
  age_years: old
diagnosis:
  mdd: perhaps
  mddd: yes
trial:
  - {id: t1}
trials:
  - id: t1
    modality: medication
    dose_daily: 50
  - modality: medikation
    id: t2
"""


def test_all_mistakes_are_told_at_once(mistakes: Mistakes) -> None:
    """File, line, key, found, allowed, and did you mean, for every mistake of values, of keys and between them, in one go."""
    told = mistakes(WRONG)
    assert [line.partition(": ")[0] for line in told] == [f"p.yaml:{number}" for number in (2, 4, 5, 6, 9, 12)]
    assert "diagnosis.mddd: unknown key (did you mean 'mdd'?); allowed: " in told[2]
    assert "trial: unknown key (did you mean 'trials'?); allowed: " in told[3]
    assert "dose" in told[4]
    assert "trials[1].modality: found 'medikation'; allowed: medication" in told[5]


def test_mistakes_between_values_are_told_at_once(mistakes: Mistakes) -> None:
    """Two trials with one id, a dose without unit, no modality, a trial that is not there: one run tells all."""
    told = mistakes(
        "latest_trial: t11\n"
        "trials:\n"
        "  - {id: t1, modality: medication, dose_daily: 50}\n"
        "  - {id: t1, modality: medication}\n"
        "  - {id: t2}\n"
        "  - {id: t3, modality: medication, concurrent_with: [t3, drug]}\n"
        "problems:\n"
        "  - {id: p1}\n"
        "  - {id: p1}\n"
    )
    assert told == [
        "p.yaml:1: latest_trial: no trial 't11' (did you mean 't1'?); trials: t1, t1, t2, t3",
        "p.yaml:3: trials[0].dose_unit: is missing; a dose needs its unit",
        "p.yaml:4: trials[1].id: 't1' is used twice (first on line 3); every id is unique",
        (
            "p.yaml:5: trials[2].modality: is missing; a trial needs its modality "
            "(medication, psychotherapy, combined, neuromodulation or other)"
        ),
        "p.yaml:6: trials[3].concurrent_with: a trial cannot run beside itself",
        "p.yaml:6: trials[3].concurrent_with: no trial 'drug'; trials: t1, t1, t2, t3",
        "p.yaml:9: problems[1].id: 'p1' is used twice (first on line 8); every id is unique",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("latest_trial: t1", "p.yaml:1: latest_trial: no trial 't1'; the file lists no trials"),
        (
            "latest_trial: a\ntrials: [{id: a, modality: other, order: 1}, {id: b, modality: other, order: 2}]",
            "p.yaml:1: latest_trial: 'a' is called the latest, but b has a higher order",
        ),
        ("trials: [{modality: other}]", "p.yaml:1: trials[0].id: is missing"),
        ("trials: [{id: t@1, modality: other}]", "p.yaml:1: trials[0].id: found 't@1'; allowed: a short text without @"),
        ("[1, 2]", "p.yaml:1: a mapping of keys and values is needed here"),
        ("risk: unknown", "p.yaml:1: risk: found unknown; a mapping of keys and values is needed here"),
        ("trials: {id: t1}", "p.yaml:1: trials: found {'id': 't1'}; a list is needed here"),
        ("trials: [t1]", "p.yaml:1: trials[0]: found t1; a mapping of keys and values is needed here"),
        ("schema: euthymia.patient/2", "p.yaml:1: schema: found 'euthymia.patient/2'; allowed: euthymia.patient/1"),
    ],
)
def test_a_mistake_in_the_structure_is_told(text: str, message: str, mistakes: Mistakes) -> None:
    """References, ids, orders and the shape of the file."""
    (told,) = mistakes(text)
    assert told.startswith(message)


def test_the_latest_trial_follows_from_the_order(read: Read) -> None:
    """Where it is not stated: the only trial, else the one with the highest order once all orders are known and differ."""
    one = "{id: a, modality: other, order: 1}"
    assert read(f"trials: [{one}]").latest == "a"
    assert read(f"trials: [{one}, {{id: b, modality: other, order: 2}}]").latest == "b"
    assert read(f"trials: [{one}, {{id: b, modality: other}}]").latest is None
    assert read(f"trials: [{one}, {{id: b, modality: other, order: 1}}]").latest is None
    assert read(f"latest_trial: a\ntrials: [{one}, {{id: b, modality: other}}]").latest == "a"
    assert read("{}").latest is None


def test_a_file_that_is_not_there_is_told(consultation: Consultation, tmp_path: Path) -> None:
    """A missing file is a mistake of the input, with its name."""
    with pytest.raises(InputError, match=r"none\.yaml: cannot be read: No such file or directory"):
        consultation.read(tmp_path / "none.yaml", ON)
