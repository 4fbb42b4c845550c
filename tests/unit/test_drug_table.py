"""What the drug table adds to a patient file: names found, doses and levels judged, classes, and groups of drugs taken now."""

from collections.abc import Callable
from fractions import Fraction

import pytest

from euthymia.consultation import Consultation
from euthymia.facts.drug_facts import names_not_held
from euthymia.facts.drug_table import DrugTable, Lowest
from euthymia.facts.observation import Observation
from euthymia.facts.patient import Patient
from euthymia.source import read_document
from tests.shared import ON

Read = Callable[[str], Patient]
Observe = Callable[..., Observation]


@pytest.fixture(scope="module")
def table(consultation: Consultation) -> DrugTable:
    """The shipped drug table."""
    return consultation.rulebook.drugs


@pytest.fixture
def read(consultation: Consultation) -> Read:
    """Reads the text of a patient file."""
    return lambda text: consultation.read_document(read_document(text, "p.yaml"), ON).patient


@pytest.fixture
def trial(read: Read) -> Observe:
    """One fact of a medication trial that is written as `facts`."""

    def observed(facts: str, fact: str = "trial.dose_adequate") -> Observation:
        return read(f"trials: [{{id: t1, modality: medication, {facts}}}]").observation(f"{fact}@t1")

    return observed


def answer(item: Observation) -> str | None:
    """The value, or nothing while the fact is open."""
    return item.value if item.known else None


# ---- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "drug"),
    [
        ("sertraline", "sertraline"),
        ("Sertraline", "sertraline"),
        ("  SERTRALINE ", "sertraline"),
        ("sertraline hydrochloride", "sertraline"),
        ("Citalopram 20 mg", "citalopram"),
        ("tramadol 50mg", "tramadol"),
        ("Sertralin HCl", "sertraline"),
        ("Fluoxétine", "fluoxetine"),
        ("fluoxetina", "fluoxetine"),
        ("escitalopram oxalate", "escitalopram"),
        ("venlafaxine XR", "venlafaxine"),
        ("venlafaxine extended-release", "venlafaxine"),
        ("desvenlafaxine succinate", "desvenlafaxine"),
        ("bupropion hydrochloride XL", "bupropion"),
        ("bupropion (extended release)", "bupropion"),
        ("dextromethorphan/bupropion", "bupropion-and-dextromethorphan"),
        ("bupropion + dextromethorphan", "bupropion-and-dextromethorphan"),
        ("olanzapine-fluoxetine", "olanzapine-and-fluoxetine"),
        ("dothiepin", "dosulepin"),
        ("phenelzine sulfate", "phenelzine"),
        ("St John's wort", "st-johns-wort"),
        ("St. John’s Wort", "st-johns-wort"),
        ("Hypericum perforatum", "st-johns-wort"),
        ("lithium carbonate", "lithium"),
        ("Lithium citrate", "lithium"),
        ("quetiapine XR", "quetiapine"),
        ("quetiapine fumarate", "quetiapine"),
        ("esketamine nasal spray", "esketamine"),
        ("intranasal esketamine", "esketamine"),
        ("S-ketamine", "esketamine"),
        ("intravenous ketamine", "ketamine"),
        ("ketamine infusions", "ketamine"),
        ("T3", "liothyronine"),
        ("L-thyroxine", "levothyroxine"),
        ("transdermal selegiline", "selegiline-transdermal"),
        ("selegiline hydrochloride", "selegiline"),
        ("meperidine", "pethidine"),
        ("methylene blue", "methylthioninium"),
        ("rifampin", "rifampicin"),
        ("sodium valproate", "valproate"),
        ("divalproex sodium", "valproate"),
        ("acetylsalicylic acid", "acetylsalicylic-acid"),
        ("indomethacin", "indometacin"),
    ],
)
def test_a_usual_spelling_finds_its_drug(written: str, drug: str, table: DrugTable) -> None:
    """Case, accents, salts, release forms and the order of words do not matter."""
    entry = table.find(written)
    assert entry is not None
    assert entry.id == drug


def test_every_name_in_the_table_finds_its_own_drug(table: DrugTable) -> None:
    """By its label and by every other spelling, with a salt and a release form besides."""
    written = [(drug.id, name) for drug in table.drugs for name in (drug.label, *drug.names)]
    plain = {(drug, name): table.find(name) for drug, name in written}
    dressed = {(drug, name): table.find(f"{name.upper()} hydrochloride XR") for drug, name in written}
    assert [key for key, entry in plain.items() if entry is None or entry.id != key[0]] == []
    assert [key for key, entry in dressed.items() if entry is not None and entry.id != key[0]] == []


@pytest.mark.parametrize(
    "written",
    [
        "study drug",
        "",
        "hydrochloride",
        "XR tablets",
        "sertraline and lithium",
        "naltrexone/bupropion",
        "amitriptyline/perphenazine",
        "5-HTP",
        "sertaline",
        "Citalopram 20 mg or sertraline",
        "20 mg",
    ],
)
def test_what_the_table_does_not_hold_is_not_guessed(written: str, table: DrugTable) -> None:
    """Neither part of a combination, nor a misspelt name, nor an amount alone stands for a drug."""
    assert table.find(written) is None


@pytest.mark.parametrize(
    ("written", "said"), [("sertaline", " (did you mean 'sertraline'?)"), ("Paroxetin-e", " (did you mean 'paroxetine'?)"), ("zzz", "")]
)
def test_a_misspelt_name_brings_a_suggestion(written: str, said: str, table: DrugTable, trial: Observe) -> None:
    """The nearest name, or nothing."""
    assert table.near(written) == said
    assert trial(f"drug: {written}", "trial.drug_recognised").origin == f"the drug table{said}"


@pytest.mark.parametrize("written", ["hydroxyzine", "terazosin", "tiagabine", "cyproheptadine", "propranolol"])
def test_another_drug_is_no_suggestion(written: str, table: DrugTable) -> None:
    """Drugs that the table does not hold, some of them with names a little like others."""
    assert table.find(written) is None
    assert table.near(written) == ""


# ---- a drug that the table does not hold ------------------------------------------------------------------------------


def test_an_unknown_drug_is_no_error_and_leaves_all_open(trial: Observe) -> None:
    """Only that it was not recognised is said."""
    facts = "drug: study drug, dose_daily: 500, dose_unit: mg, plasma_level: 500, plasma_level_unit: ng/mL"
    assert trial(facts, "trial.drug_recognised").value == "no"
    for fact in ("trial.dose_adequate", "trial.dose_passes", "trial.drug_class"):
        assert not trial(facts, fact).known, fact


@pytest.mark.parametrize("drug", ["drug: unknown, ", ""])
def test_without_a_name_nothing_is_filled_in(drug: str, trial: Observe) -> None:
    """Not even that the drug was not recognised."""
    for fact in ("trial.drug_recognised", "trial.dose_adequate", "trial.dose_passes", "trial.drug_class"):
        assert not trial(f"{drug}dose_daily: 500, dose_unit: mg", fact).known, fact


@pytest.mark.parametrize(
    ("facts", "states"),
    [
        ("drug: not_applicable", ("not_applicable", "not_applicable")),
        ("drug: study drug, dose_daily: 5, dose_unit: mg", ("known", "not_applicable")),
        ("drug: lithium, dose_daily: 600, dose_unit: mg", ("known", "not_applicable")),
        ("drug: sertraline, dose_daily: 50, dose_unit: other", ("known", "not_applicable")),
        ("drug: sertraline, dose_daily: not_applicable", ("known", "not_applicable")),
        ("drug: sertraline", ("known", "not_asked")),
        ("drug: unknown, dose_daily: 50, dose_unit: mg", ("not_asked", "not_asked")),
    ],
)
def test_where_the_table_holds_no_limit_nothing_is_open(facts: str, states: tuple[str, str], trial: Observe) -> None:
    """Whether the sources agree is asked only where a dose could be compared with them."""
    assert (trial(facts, "trial.drug_recognised").state, trial(facts, "trial.dose_passes").state) == states


def test_what_was_stated_of_an_unknown_drug_stands(trial: Observe) -> None:
    """Class and adequacy need no table."""
    facts = "drug: study drug, drug_class: SSRI, dose_adequate: yes"
    assert trial(facts, "trial.drug_class").value == "SSRI"
    assert trial(facts).value == "yes"


# ---- doses ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("drug", "dose", "adequate", "passes"),
    [
        ("sertraline", "49.9", "no", ()),
        ("sertraline", "50", None, ("lenient", "default")),
        ("sertraline", "99.9", None, ("lenient", "default")),
        ("sertraline", "100", "yes", ("lenient", "default", "strict")),
        ("venlafaxine", "74.9", "no", ()),
        ("venlafaxine", "75", None, ("lenient",)),
        ("venlafaxine", "150", None, ("lenient", "default")),
        ("venlafaxine", "224.9", None, ("lenient", "default")),
        ("venlafaxine", "225", "yes", ("lenient", "default", "strict")),
        ("fluoxetine", "19.9", "no", ()),
        ("fluoxetine", "20", "yes", ("lenient", "default", "strict")),
        ("tianeptine", "37.4", "no", ()),
        ("tianeptine", "37.5", "yes", ("lenient", "default", "strict")),
        ("amitriptyline", "25", "no", ()),
        ("nortriptyline", "75", None, ("lenient", "default")),
        ("nortriptyline", "76", "yes", ("lenient", "default", "strict")),
    ],
)
def test_a_dose_is_held_against_three_sources(drug: str, dose: str, adequate: str | None, passes: tuple[str, ...], trial: Observe) -> None:
    """Enough for the strictest source: yes. Too little for the most lenient one: no. Between them it stays open."""
    facts = f"drug: {drug}, dose_daily: {dose}, dose_unit: mg"
    assert answer(trial(facts)) == adequate
    assert trial(facts, "trial.dose_passes").value == passes


def test_every_daily_dose_in_the_table_has_its_boundaries(table: DrugTable) -> None:
    """A thousandth below the lenient dose is too little; the strict dose is enough."""
    step = Fraction(1, 1000)
    for drug in table.drugs:
        if drug.dose is not None:
            lenient, strict = (Fraction(str(limit)) for limit in (drug.dose.lenient, drug.dose.strict))
            assert drug.dose.verdict(lenient - step, lenient - step) == "inadequate", drug.id
            assert drug.dose.verdict(strict, strict) == "adequate", drug.id
            if lenient < strict:
                assert drug.dose.verdict(strict - step, strict - step) == "open", drug.id
                assert drug.dose.verdict(lenient, lenient) == "open", drug.id


@pytest.mark.parametrize(
    ("low", "high", "verdict", "passed"),
    [
        (10, 49, "inadequate", ()),
        (10, 50, "open", None),
        (60, 140, "open", ("lenient",)),
        (60, 150, "open", None),
        (150, 200, "open", ("lenient", "default")),
        (150, 225, "open", None),
        (225, 300, "adequate", ("lenient", "default", "strict")),
        (10, 300, "open", None),
    ],
)
def test_an_amount_known_as_a_range_counts_only_as_a_whole(low: int, high: int, verdict: str, passed: tuple[str, ...] | None) -> None:
    """A limit inside the range leaves the question open."""
    lowest = Lowest(lenient=50, default=150, strict=225)
    assert lowest.verdict(Fraction(low), Fraction(high)) == verdict
    assert lowest.passed(Fraction(low), Fraction(high)) == passed


def test_limits_must_not_fall() -> None:
    """The strict dose is never below the default, nor that below the lenient one."""
    with pytest.raises(ValueError, match="must not fall"):
        Lowest(lenient=2, default=1, strict=3)


@pytest.mark.parametrize(
    "facts",
    [
        "drug: sertraline",
        "drug: sertraline, dose_daily: unknown, dose_unit: mg",
        "drug: sertraline, dose_daily: 200, dose_unit: other",
        "drug: liothyronine, dose_daily: 25, dose_unit: other",
        "drug: esketamine, dose_daily: 84, dose_unit: mg",
        "drug: ketamine, dose_daily: 84, dose_unit: mg",
        "drug: methylphenidate, dose_daily: 20, dose_unit: mg",
        "drug: selegiline, dose_daily: 10, dose_unit: mg",
        "drug: lithium, dose_daily: 1200, dose_unit: mg",
        "drug: lithium, dose_daily: 200, dose_unit: mg",
    ],
)
def test_a_dose_that_cannot_be_compared_stays_open(facts: str, trial: Observe) -> None:
    """Not known, in another unit, for each session, without limits in the table, or of a drug that goes by its level."""
    assert not trial(facts).known
    assert not trial(facts, "trial.dose_passes").known


def test_a_proposal_says_where_it_comes_from(trial: Observe) -> None:
    """With drug, dose and the limit that decided."""
    high, low = (trial(f"drug: Sertralin, dose_daily: {dose}, dose_unit: mg").origin for dose in (100, 25))
    assert high == "proposed by the drug table: sertraline 100 mg a day; at least 100 by the strictest source"
    assert low == "proposed by the drug table: sertraline 25 mg a day; at least 50 by the most lenient source"


@pytest.mark.parametrize("modality", ["medication", "combined"])
def test_a_drug_within_a_combined_trial_is_judged_alike(modality: str, read: Read) -> None:
    """The psychotherapy beside it makes no difference."""
    patient = read(f"trials: [{{id: t1, modality: {modality}, drug: sertraline, dose_daily: 100, dose_unit: mg}}]")
    assert patient.observation("trial.dose_adequate@t1").value == "yes"


# ---- levels in blood --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "adequate"),
    [
        ("drug: nortriptyline, plasma_level: 49.9, plasma_level_unit: ng/mL, dose_daily: 150, dose_unit: mg", "no"),
        ("drug: nortriptyline, plasma_level: 50, plasma_level_unit: ng/mL, dose_daily: 25, dose_unit: mg", "yes"),
        ("drug: nortriptyline, plasma_level: 50, plasma_level_unit: NG/ML", "yes"),
        ("drug: imipramine, plasma_level: 174.9, plasma_level_unit: ng/mL, dose_daily: 300, dose_unit: mg", "no"),
        ("drug: imipramine, plasma_level: 175, plasma_level_unit: ng/mL, dose_daily: 300, dose_unit: mg", None),
        ("drug: imipramine, plasma_level: 200, plasma_level_unit: ng/mL, dose_daily: 50, dose_unit: mg", "yes"),
        ("drug: clomipramine, plasma_level: 229, plasma_level_unit: ng/mL, dose_daily: 250, dose_unit: mg", "no"),
        ("drug: clomipramine, plasma_level: 230, plasma_level_unit: ng/mL, dose_daily: 50, dose_unit: mg", "yes"),
        ("drug: duloxetine, plasma_level: 19, plasma_level_unit: ng/mL, dose_daily: 120, dose_unit: mg", "no"),
        ("drug: duloxetine, plasma_level: 20, plasma_level_unit: ng/mL, dose_daily: 120, dose_unit: mg", None),
        ("drug: duloxetine, plasma_level: 30, plasma_level_unit: ng/mL, dose_daily: 30, dose_unit: mg", "yes"),
        ("drug: lithium, plasma_level: 0.4, plasma_level_unit: mmol/L, dose_daily: 1200, dose_unit: mg", "no"),
        ("drug: lithium, plasma_level: 0.5, plasma_level_unit: mmol/L", None),
        ("drug: lithium, plasma_level: 0.6, plasma_level_unit: mmol/L, dose_daily: 300, dose_unit: mg", "yes"),
    ],
)
def test_a_level_counts_more_than_the_dose(facts: str, adequate: str | None, trial: Observe) -> None:
    """Both ways: a low level under a high dose is too little, a sufficient one under a low dose enough."""
    assert answer(trial(facts)) == adequate


def test_a_level_in_another_unit_leaves_the_question_open(trial: Observe) -> None:
    """It was measured and cannot be compared; the dose does not speak in its place."""
    facts = "drug: nortriptyline, plasma_level: 300, plasma_level_unit: nmol/L, dose_daily: 150, dose_unit: mg"
    assert not trial(facts).known
    assert not trial(facts, "trial.dose_passes").known


def test_a_level_without_limits_in_the_table_leaves_the_dose_to_speak(trial: Observe) -> None:
    """The table holds no level of sertraline."""
    assert trial("drug: sertraline, plasma_level: 1, plasma_level_unit: ng/mL, dose_daily: 100, dose_unit: mg").value == "yes"


def test_a_level_says_so_in_the_proposal(trial: Observe) -> None:
    """Not the dose."""
    item = trial("drug: lithium, plasma_level: 0.8, plasma_level_unit: mmol/L, dose_daily: 900, dose_unit: mg")
    assert item.origin == "proposed by the drug table: lithium, level 0.8 mmol/L; at least 0.6 by the strictest source"


# ---- the clinician's statement ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stated", "facts"),
    [
        ("yes", "drug: sertraline, dose_daily: 25, dose_unit: mg"),
        ("no", "drug: sertraline, dose_daily: 200, dose_unit: mg"),
        ("yes", "drug: nortriptyline, plasma_level: 10, plasma_level_unit: ng/mL"),
        ("no", "drug: nortriptyline, plasma_level: 100, plasma_level_unit: ng/mL"),
    ],
)
def test_the_clinicians_statement_on_the_dose_stands(stated: str, facts: str, trial: Observe) -> None:
    """Against dose and level, and it is not called a proposal; by which sources the dose is enough is said all the same."""
    item = trial(f"dose_adequate: {stated}, {facts}")
    assert (item.value, item.origin) == (stated, None)
    assert trial(f"dose_adequate: {stated}, {facts}", "trial.dose_passes").known


def test_a_dose_that_does_not_apply_is_not_filled_in(trial: Observe) -> None:
    """Said not to apply, it stays so."""
    assert trial("dose_adequate: not_applicable, drug: sertraline, dose_daily: 100, dose_unit: mg").state == "not_applicable"


def test_asked_and_not_known_is_no_statement(trial: Observe) -> None:
    """The table may propose then."""
    assert trial("dose_adequate: unknown, drug: sertraline, dose_daily: 100, dose_unit: mg").value == "yes"


def test_the_class_follows_from_the_name_unless_it_was_stated(trial: Observe) -> None:
    """A tablet of selegiline has no class here, as its name alone does not tell the route."""
    assert trial("drug: Mirtazapin", "trial.drug_class").value == "NaSSA"
    assert trial("drug: mirtazapine, drug_class: unknown", "trial.drug_class").value == "NaSSA"
    assert trial("drug: mirtazapine, drug_class: other", "trial.drug_class").value == "other"
    assert not trial("drug: selegiline", "trial.drug_class").known
    assert trial("drug: selegiline patch", "trial.drug_class").value == "MAOI"


# ---- groups of drugs taken now ----------------------------------------------------------------------------------------

ALL_LISTED = "process: {treatment_history_complete: yes}, current: {antidepressant: yes, other_psychotropics: []}"
NO_MEDICAL_DRUGS = "diagnosis: {medical_drugs: []}"
NOTHING_TAKEN = "process: {treatment_history_complete: yes}, current: {antidepressant: no, other_psychotropics: []}"


def taken(drug: str, stop_reason: str = "ongoing", other: str = "augmentation: [], concomitant_drugs: []") -> str:
    return f"trials: [{{id: t1, modality: medication, drug: {drug}, stop_reason: {stop_reason}, {other}}}]"


@pytest.mark.parametrize(
    ("file", "maoi"),
    [
        (f"{ALL_LISTED}, diagnosis: {{medical_drugs: []}}, {taken('Phenelzine sulfate')}", "yes"),
        (taken("phenelzine", other="adherence: adequate"), "yes"),
        ("diagnosis: {medical_drugs: [rasagiline]}", "yes"),
        (taken("sertraline", other="augmentation: [selegiline]"), "yes"),
        ("current: {other_psychotropics: [selegiline]}", "yes"),
        (taken("sertraline", other="concomitant_drugs: [tranylcypromine]"), "yes"),
        ("diagnosis: {medical_drugs: [study drug, selegiline]}", "yes"),
        (f"{ALL_LISTED}, diagnosis: {{medical_drugs: []}}, {taken('sertraline')}", "no"),
        (f"{ALL_LISTED}, diagnosis: {{medical_drugs: [ramipril]}}, {taken('moclobemide')}", "no"),
        (f"{NOTHING_TAKEN}, diagnosis: {{medical_drugs: []}}", "no"),
        (f"{NOTHING_TAKEN}, diagnosis: {{medical_drugs: []}}, {taken('phenelzine', 'no_effect')}", "no"),
    ],
)
def test_a_group_follows_from_the_drugs_on_file(file: str, maoi: str, read: Read) -> None:
    """One member is enough for a yes; a no needs every list, and every name in the table."""
    assert read(f"{{{file}}}").get("drugs.maoi").value == maoi


@pytest.mark.parametrize(
    "file",
    [
        "patient: {age_years: 44}",
        f"{ALL_LISTED}, {taken('sertraline')}",
        f"{ALL_LISTED}, diagnosis: {{medical_drugs: unknown}}, {taken('sertraline')}",
        f"diagnosis: {{medical_drugs: []}}, current: {{antidepressant: yes}}, {taken('sertraline')}",
        f"{ALL_LISTED}, diagnosis: {{medical_drugs: [study drug]}}, {taken('sertraline')}",
        f"{ALL_LISTED}, diagnosis: {{medical_drugs: []}}, {taken('study drug')}",
        f"{ALL_LISTED}, diagnosis: {{medical_drugs: []}}, {taken('unknown')}",
        f"{ALL_LISTED}, diagnosis: {{medical_drugs: []}}, {taken('sertraline', 'unknown')}",
        f"{ALL_LISTED}, diagnosis: {{medical_drugs: []}}, {taken('sertraline', other='concomitant_drugs: []')}",
        f"{ALL_LISTED}, diagnosis: {{medical_drugs: []}}, {taken('sertraline', other='augmentation: []')}",
        f"{ALL_LISTED}, diagnosis: {{medical_drugs: []}}, {taken('sertraline', other='augmentation: [study drug], concomitant_drugs: []')}",
        f"{ALL_LISTED}, diagnosis: {{medical_drugs: []}}, {taken('sertraline', 'no_effect')}",
        f"process: {{treatment_history_complete: yes}}, current: {{antidepressant: yes}}, {NO_MEDICAL_DRUGS}, {taken('sertraline')}",
        f"process: {{treatment_history_complete: yes}}, diagnosis: {{medical_drugs: []}}, {taken('phenelzine', 'no_effect')}",
        f"{NOTHING_TAKEN}, {NO_MEDICAL_DRUGS}, trials: [{{id: t1, modality: other, stop_reason: ongoing, concomitant_drugs: []}}]",
    ],
)
def test_a_group_stays_open_while_a_drug_may_be_missing(file: str, read: Read) -> None:
    """A list not asked for, an open history, a name that is not in the table, or an antidepressant taken now that is not named."""
    assert not read(f"{{{file}}}").get("drugs.maoi").known


@pytest.mark.parametrize(("stated", "drug"), [("no", "phenelzine"), ("yes", "sertraline"), ("not_applicable", "phenelzine")])
def test_the_clinicians_statement_on_a_group_stands(stated: str, drug: str, read: Read) -> None:
    """Whatever is on file."""
    item = read(f"{{drugs: {{maoi: {stated}}}, {ALL_LISTED}, diagnosis: {{medical_drugs: []}}, {taken(drug)}}}").get("drugs.maoi")
    assert item.as_json() == stated
    assert item.origin is None


def test_what_is_bought_freely_is_never_concluded_to_be_absent(read: Read) -> None:
    """An anti-inflammatory drug is seldom on a list of prescriptions; one that is listed counts."""
    complete = f"{ALL_LISTED}, {taken('sertraline')}"
    assert not read(f"{{{complete}, diagnosis: {{medical_drugs: []}}}}").get("drugs.nsaid").known
    assert read(f"{{{complete}, diagnosis: {{medical_drugs: [Ibuprofen]}}}}").get("drugs.nsaid").value == "yes"


def test_a_group_names_the_drugs_that_it_rests_on(read: Read) -> None:
    """As they were written, each once."""
    file = f"{{{taken('sertraline', other='augmentation: [Lithium carbonate, Lithium carbonate]')}}}"
    assert read(file).get("drugs.serotonergic").origin == "the drug table: sertraline, Lithium carbonate"


def test_every_group_that_a_fact_asks_for_has_members(consultation: Consultation) -> None:
    """A fact whose group no drug belongs to would be no for everybody."""
    facts = consultation.rulebook.facts
    named = {facts[name].drug_group for name in facts} - {None}
    assert named <= consultation.rulebook.drugs.groups


# ---- names in lists, and levels entered with a trial ------------------------------------------------------------------


def test_names_that_no_alert_can_rest_on_are_told(read: Read, table: DrugTable) -> None:
    """From every list of drugs, with the nearest name; those that are held are not."""
    lists = "diagnosis: {medical_drugs: [tramadol 50mg, lithum]}, current: {other_psychotropics: [Tramal]}"
    trials = "trials: [{id: t1, modality: medication, drug: study drug, augmentation: [lithum], concomitant_drugs: [zzz, ramipril]}]"
    told = [(item.fact, item.name, item.near) for item in names_not_held(read(f"{{{lists}, {trials}}}"), table)]
    assert told == [
        ("diagnosis.medical_drugs", "lithum", " (did you mean 'lithium'?)"),
        ("current.other_psychotropics", "Tramal", " (did you mean 'tramadol'?)"),
        ("trial.augmentation", "lithum", " (did you mean 'lithium'?)"),
        ("trial.concomitant_drugs", "zzz", ""),
    ]


def test_without_lists_there_is_no_name_to_tell(read: Read, table: DrugTable) -> None:
    """Nothing entered, nothing known, and nothing in the lists."""
    for lists in ("medical_drugs: unknown", "medical_drugs: []", "mdd: yes"):
        assert names_not_held(read(f"diagnosis: {{{lists}}}"), table) == ()
    assert names_not_held(read("diagnosis: {medical_drugs: [zzz]}"), DrugTable(())) == ()


@pytest.mark.parametrize(
    ("trial", "more", "level"),
    [
        ("drug: lithium carbonate, stop_reason: ongoing, plasma_level: 1.4, plasma_level_unit: mmol/L", "", 1.4),
        ("drug: lithium carbonate, stop_reason: ongoing, plasma_level: 1.4, plasma_level_unit: mmol/L", "lithium_level: 0.7", 0.7),
        ("drug: lithium carbonate, stop_reason: no_effect, plasma_level: 1.4, plasma_level_unit: mmol/L", "", None),
        ("drug: lithium carbonate, plasma_level: 1.4, plasma_level_unit: mmol/L", "", None),
        ("drug: lithium carbonate, stop_reason: ongoing, plasma_level: 1.4, plasma_level_unit: ng/mL", "", None),
        ("drug: nortriptyline, stop_reason: ongoing, plasma_level: 1.4, plasma_level_unit: mmol/L", "", None),
    ],
)
def test_the_level_of_a_trial_that_goes_on_raises_alerts(trial: str, more: str, level: float | None, read: Read) -> None:
    """A lithium level entered with the trial is the latest one, unless another is entered."""
    item = read(f"{{trials: [{{id: t1, modality: medication, {trial}}}], safety: {{{more}}}}}").get("safety.lithium_level")
    assert answer(item) == level


@pytest.mark.parametrize(("one", "other"), [("0.7", "1.4"), ("1.4", "0.7")])
def test_of_two_levels_the_higher_one_counts(one: str, other: str, read: Read) -> None:
    """Whichever trial stands first: a high level is not hidden behind another."""
    trial = "modality: medication, drug: lithium, stop_reason: ongoing, plasma_level_unit: mmol/L"
    patient = read(f"trials: [{{id: t1, {trial}, plasma_level: {one}}}, {{id: t2, {trial}, plasma_level: {other}}}]")
    assert answer(patient.get("safety.lithium_level")) == 1.4
