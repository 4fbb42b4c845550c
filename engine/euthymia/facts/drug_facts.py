"""What follows from the names and doses of drugs by the drug table. It proposes; what the clinician states always stands.

Filled in: whether a dose was adequate, by which sources, the class of a drug, whether its name was recognised, and which groups of drugs
(`drug_group` of a fact) are taken now. A name that the table does not hold leaves the fact open, and never makes it a no.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from euthymia.facts.catalogue import Catalogue
from euthymia.facts.drug_table import Drug, DrugTable, Lowest
from euthymia.facts.observation import NOT_ASKED, Observation, number
from euthymia.facts.patient import Patient, Unit

Facts = Mapping[str, Observation]
_VERDICTS = {"adequate": "yes", "inadequate": "no"}
_WITHOUT_DRUG = ("psychotherapy", "neuromodulation")
_LISTS = ("diagnosis.medical_drugs", "current.other_psychotropics")
_LISTS_OF_A_TRIAL = ("trial.augmentation", "trial.concomitant_drugs")


def with_drug_facts(facts: Facts, table: DrugTable, catalogue: Catalogue) -> dict[str, Observation]:
    """A trial's facts, with what the drug table adds where nothing was stated."""
    filled = dict(facts)
    name = facts.get("trial.drug", NOT_ASKED)
    if not table.drugs:
        return filled
    drug = table.find(name.value) if name.known else None
    if drug is not None:
        filled["trial.drug"] = replace(name, identity=drug.id)
    for fact, item in _of_drug(facts, drug, table) if name.known else _without_drug(name):
        if fact in catalogue and filled.get(fact, NOT_ASKED).state in ("not_asked", "unknown"):
            filled[fact] = item
    return filled


def _without_drug(name: Observation) -> Iterator[tuple[str, Observation]]:
    """Where no drug applies, neither does what would follow from its name."""
    if name.state == "not_applicable":
        yield "trial.drug_recognised", name
        yield "trial.dose_passes", name


def _of_drug(facts: Facts, drug: Drug | None, table: DrugTable) -> Iterator[tuple[str, Observation]]:
    near = table.near(facts["trial.drug"].value) if drug is None else ""
    yield "trial.drug_recognised", _proposed("no" if drug is None else "yes", f"the drug table{near}")
    if drug is None or _has_no_limit(facts, drug):
        yield "trial.dose_passes", Observation("not_applicable", origin="the drug table holds no limit for it")
    if drug is None:
        return
    if drug.class_ is not None:
        yield "trial.drug_class", _proposed(drug.class_, f"the drug table: {drug.label}")
    amount = _amount(facts, drug)
    if amount is None:
        return
    what, lowest, low, high = amount
    passed = lowest.passed(low, high)
    if passed is not None:
        yield "trial.dose_passes", _proposed(passed, f"the drug table: {what}")
    verdict = _VERDICTS.get(lowest.verdict(low, high))
    if verdict is not None:
        bound = f"at least {number(Fraction(str(lowest.strict if verdict == 'yes' else lowest.lenient)))}"
        yield "trial.dose_adequate", _proposed(verdict, f"proposed by the drug table: {what}; {bound} by the "
                                               f"{'strictest' if verdict == 'yes' else 'most lenient'} source")  # fmt: skip


def _has_no_limit(facts: Facts, drug: Drug) -> bool:
    """Is there nothing in the table to compare the dose or level with, whatever else is entered?"""
    level_unit, dose, unit = (facts.get(f"trial.{name}", NOT_ASKED) for name in ("plasma_level_unit", "dose_daily", "dose_unit"))
    if drug.level is not None and facts.get("trial.plasma_level", NOT_ASKED).known:
        return level_unit.known and not _same_unit(level_unit.value, drug.level.unit)
    other_unit = unit.known and not _same_unit(unit.value, drug.unit or "")
    return drug.dose is None or drug.per != "day" or other_unit or "not_applicable" in (dose.state, unit.state)


def _amount(facts: Facts, drug: Drug) -> tuple[str, Lowest, Fraction, Fraction] | None:
    """What to compare with which limits: the level in blood where it was measured and is in the table, else the dose."""
    level, unit = facts.get("trial.plasma_level", NOT_ASKED), facts.get("trial.plasma_level_unit", NOT_ASKED)
    if drug.level is not None and level.low is not None and level.high is not None:
        if unit.known and _same_unit(unit.value, drug.level.unit):
            return f"{drug.label}, level {number(level.low)} {drug.level.unit}", drug.level.lowest, level.low, level.high
        return None  # a level was measured; a dose must not speak in its place
    dose, dose_unit = facts.get("trial.dose_daily", NOT_ASKED), facts.get("trial.dose_unit", NOT_ASKED)
    if drug.dose is None or drug.per != "day" or dose.low is None or dose.high is None:
        return None
    if not dose_unit.known or not _same_unit(dose_unit.value, drug.unit or ""):
        return None
    return f"{drug.label} {number(dose.low)} {drug.unit} a day", drug.dose, dose.low, dose.high


def _same_unit(written: str, declared: str) -> bool:
    return written.strip().casefold() == declared.casefold()


def _proposed(value: object, origin: str) -> Observation:
    return Observation("known", value, origin=origin)


# --- groups of drugs taken now --------------------------------------------------------------------------------------


def with_groups(facts: Facts, trials: Sequence[Unit], table: DrugTable, catalogue: Catalogue) -> dict[str, Observation]:
    """The once-only facts, with the groups of drugs that are taken now. A no needs a complete list in which every name is known."""
    filled = dict(facts)
    if not table.drugs:
        return filled
    taken = [(name, table.find(name)) for name in _taken(facts, trials)]
    complete = _complete(facts, trials) and all(drug is not None for _, drug in taken)
    for fact in (catalogue[name] for name in catalogue):
        if fact.drug_group is None or filled.get(fact.full_name, NOT_ASKED).state not in ("not_asked", "unknown"):
            continue
        members = {drug.id: name for name, drug in taken if drug is not None and fact.drug_group in drug.groups}
        if len(members) >= fact.group_members:
            filled[fact.full_name] = _proposed("yes", f"the drug table: {', '.join(members.values())}")
        elif complete and not fact.bought_freely:  # what is bought without a prescription is seldom on a list
            filled[fact.full_name] = _proposed("no", "the drug table: no drug on file belongs to this group")
    filled.update(_levels(filled, trials, table, catalogue))
    return filled


def _levels(facts: Facts, trials: Iterable[Unit], table: DrugTable, catalogue: Catalogue) -> Iterator[tuple[str, Observation]]:
    """Levels in blood that were entered with the trial that goes on, where they were not entered by themselves."""
    wanted = {fact.level_of: fact for fact in (catalogue[name] for name in catalogue) if fact.level_of is not None}
    for trial in trials:
        drug = table.find(trial.get("trial.drug").value) if _goes_on(trial) and trial.get("trial.drug").known else None
        level, unit = trial.get("trial.plasma_level"), trial.get("trial.plasma_level_unit")
        for fact in [wanted[group] for group in drug.groups if group in wanted] if drug is not None else []:
            same = level.known and unit.known and _same_unit(unit.value, fact.unit or "")
            if same and facts.get(fact.full_name, NOT_ASKED).state in ("not_asked", "unknown"):
                yield fact.full_name, replace(level, origin=f"the level entered with trial {trial.id}")


def _taken(facts: Facts, trials: Iterable[Unit]) -> list[str]:
    """Names of the drugs that are on file as taken now."""
    names = [name for fact in _LISTS for name in _members(facts.get(fact, NOT_ASKED))]
    for trial in trials:
        if _goes_on(trial):
            names += [trial.get("trial.drug").value] if trial.get("trial.drug").known else []
            names += [name for fact in _LISTS_OF_A_TRIAL for name in _members(trial.get(fact))]
    return names


def _goes_on(trial: Unit) -> bool:
    return bool(trial.get("trial.stop_reason").value == "ongoing")


def _members(item: Observation) -> tuple[str, ...]:
    return tuple(item.value) if item.known else ()


def _complete(facts: Facts, trials: Sequence[Unit]) -> bool:
    """Is every drug that is taken now on file? Each list was asked for, each trial says whether it goes on, and each that may hold a drug
    names it."""
    if not all(facts.get(fact, NOT_ASKED).known for fact in (*_LISTS, "current.antidepressant")):
        return False
    if facts.get("process.treatment_history_complete", NOT_ASKED).value != "yes":
        return False
    ongoing = [trial for trial in trials if _goes_on(trial)]
    with_drug = [trial for trial in ongoing if trial.get("trial.modality").value not in _WITHOUT_DRUG]
    if facts["current.antidepressant"].value == "yes" and not with_drug:
        return False
    named = all(trial.get("trial.drug").known and trial.get("trial.augmentation").known for trial in with_drug)
    listed = all(trial.get("trial.concomitant_drugs").known for trial in ongoing)
    return named and listed and all(trial.get("trial.stop_reason").known for trial in trials)


# --- names in lists that the table does not hold --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NameNotHeld:
    """A name in a list of drugs that the table does not hold; `near` is the suggestion ` (did you mean 'x'?)`, or nothing."""

    fact: str
    name: str
    near: str


def names_not_held(patient: Patient, table: DrugTable) -> tuple[NameNotHeld, ...]:
    """From every list of drugs, once each. (The drug of a trial has a rule of its own.) Nothing where there is no table."""
    lists = [(fact, patient.get(fact)) for fact in _LISTS]
    lists += [(fact, trial.get(fact)) for trial in patient.units.get("trial", ()) for fact in _LISTS_OF_A_TRIAL]
    found = {(fact, name): None for fact, item in lists for name in _members(item) if table.drugs and table.find(name) is None}
    return tuple(NameNotHeld(fact, name, table.near(name)) for fact, name in found)
