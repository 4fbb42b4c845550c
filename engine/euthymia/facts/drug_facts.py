"""What follows from the names and doses of drugs by the drug table. It proposes; what the clinician states always stands.

Filled in: whether a dose was adequate, by which sources, the class of a drug, whether its name was recognised, and which groups of drugs
(`drug_group` of a fact) are taken now. A name that the table does not hold leaves the fact open, and never makes it a no.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from euthymia.facts.catalogue import Catalogue, Declaration
from euthymia.facts.drug_table import Drug, DrugSource, DrugTable, Lowest
from euthymia.facts.observation import NOT_ASKED, Observation, number
from euthymia.facts.patient import Patient, Unit

Facts = Mapping[str, Observation]
_VERDICTS = {"adequate": "yes", "inadequate": "no"}
_WITHOUT_DRUG = ("psychotherapy", "neuromodulation")
_LISTS = ("diagnosis.medical_drugs", "current.other_psychotropics")
_AMOUNTS = ("plasma_level", "plasma_level_unit", "dose_daily", "dose_unit")
_LISTS_OF_A_TRIAL = ("trial.augmentation", "trial.concomitant_drugs")


@dataclass(frozen=True, slots=True)
class Proposal(Observation):
    """A value by the drug table, with where the figures come from that it rests on; who is cited makes it no other observation."""

    figures: tuple[DrugSource, ...] = field(default=(), compare=False)


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
    limit = None if drug is None else _limit(facts, drug)
    if limit is None or not limit.fits:
        yield "trial.dose_passes", Observation("not_applicable", origin="the drug table holds no limit for it")
    if drug is None:
        return
    if drug.class_ is not None:
        yield "trial.drug_class", _proposed(drug.class_, f"the drug table: {drug.label}")
    if limit is not None:
        yield from _of_amount(limit)


def _of_amount(limit: "_Limit") -> Iterator[tuple[str, Observation]]:
    low, high, lowest = limit.amount.low, limit.amount.high, limit.lowest
    if low is None or high is None or not limit.written_unit.known or not limit.fits:
        return
    what = limit.told.format(number(low))
    passed = lowest.passed(low, high)
    if passed is not None:
        yield "trial.dose_passes", _proposed(passed, f"the drug table: {what}")
    verdict = _VERDICTS.get(lowest.verdict(low, high))
    if verdict is not None:
        bound = f"at least {number(Fraction(str(lowest.strict if verdict == 'yes' else lowest.lenient)))}"
        told = f"proposed by the drug table: {what}; {bound} by the {'strictest' if verdict == 'yes' else 'most lenient'} source"
        source = limit.sources.get("strict" if verdict == "yes" else "lenient")
        yield "trial.dose_adequate", _proposed(verdict, told, *([source] if source is not None else []))


@dataclass(frozen=True, slots=True)
class _Limit:
    """What the table holds a limit for, the level in blood or the daily dose, and what was entered of it."""

    lowest: Lowest
    unit: str
    amount: Observation
    written_unit: Observation
    told: str
    sources: Mapping[str, DrugSource]

    @property
    def fits(self) -> bool:
        """May it be compared, as far as is known? Not what was entered in another unit, or as not applicable."""
        other_unit = self.written_unit.known and not _same_unit(self.written_unit.value, self.unit)
        return not other_unit and "not_applicable" not in (self.amount.state, self.written_unit.state)


def _limit(facts: Facts, drug: Drug) -> _Limit | None:
    """The level where it was measured and is in the table, so that a dose never speaks in its place; else the dose."""
    level, level_unit, dose, dose_unit = (facts.get(f"trial.{name}", NOT_ASKED) for name in _AMOUNTS)
    if drug.level is not None and level.known:
        told = f"{drug.label}, level {{}} {drug.level.unit}"
        return _Limit(drug.level.lowest, drug.level.unit, level, level_unit, told, drug.level.sources)
    if drug.dose is None or drug.per != "day":
        return None
    return _Limit(drug.dose, drug.unit or "", dose, dose_unit, f"{drug.label} {{}} {drug.unit} a day", drug.sources)


def _same_unit(written: str, declared: str) -> bool:
    return written.strip().casefold() == declared.casefold()


def _proposed(value: object, origin: str, *figures: DrugSource) -> Proposal:
    return Proposal("known", value, origin=origin, proposed=True, figures=figures)


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


def _levels(facts: Facts, trials: Sequence[Unit], table: DrugTable, catalogue: Catalogue) -> Iterator[tuple[str, Observation]]:
    """Levels in blood that were entered with a trial that goes on, where they were not entered by themselves; the highest of several."""
    for fact in (catalogue[name] for name in catalogue):
        if fact.level_of is None or facts.get(fact.full_name, NOT_ASKED).state not in ("not_asked", "unknown"):
            continue
        found = [(trial.get("trial.plasma_level"), trial.id) for trial in trials if _goes_on(trial) and _has_level(trial, fact, table)]
        if found:
            level, trial_id = max(found, key=lambda pair: pair[0].high or 0)
            yield fact.full_name, replace(level, origin=f"the level entered with trial {trial_id}")


def _has_level(trial: Unit, fact: Declaration, table: DrugTable) -> bool:
    """Was a level entered with it, of a drug of the fact's group and in the fact's unit?"""
    name, level, unit = (trial.get(f"trial.{key}") for key in ("drug", "plasma_level", "plasma_level_unit"))
    drug = table.find(name.value) if name.known else None
    of_group = drug is not None and fact.level_of in drug.groups
    return of_group and level.known and unit.known and _same_unit(unit.value, fact.unit or "")


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
    if facts.get("process.treatment_history_complete", NOT_ASKED).value != "yes":
        return False
    if not all(item.known for _, item in _to_be_known(facts, trials)):
        return False
    return facts["current.antidepressant"].value != "yes" or any(_goes_on(trial) and _may_hold_a_drug(trial) for trial in trials)


def _to_be_known(facts: Facts, trials: Sequence[Unit]) -> Iterator[tuple[str, Observation]]:
    """Facts without which the table cannot tell that a group of drugs is not taken."""
    for fact in (*_LISTS, "current.antidepressant"):
        yield fact, facts.get(fact, NOT_ASKED)
    for trial in trials:
        held = ["trial.stop_reason"]
        if _goes_on(trial):
            held.append("trial.concomitant_drugs")
            if _may_hold_a_drug(trial):
                held += ["trial.drug", "trial.augmentation"]
        yield from ((f"{fact}@{trial.id}", trial.get(fact)) for fact in held)


def _may_hold_a_drug(trial: Unit) -> bool:
    return trial.get("trial.modality").value not in _WITHOUT_DRUG


def lists_to_complete(facts: Facts, trials: Sequence[Unit]) -> Iterator[str]:
    """Those of them that were not asked."""
    return (name for name, item in _to_be_known(facts, trials) if item.state == "not_asked")


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
