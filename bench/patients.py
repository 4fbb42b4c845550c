"""Patients to measure with: the examples, and random ones made from the declared facts. The same every time."""

import copy
import random
from typing import Any

from bench.timing import ON, ROOT
from euthymia.consultation import Consultation
from euthymia.facts.catalogue import Catalogue, Declaration
from euthymia.facts.drug_table import DrugTable
from euthymia.facts.patient import Patient
from euthymia.facts.patient_file import read_patient_data
from euthymia.source import Document, read_file

EXAMPLES = ROOT / "examples"
COMPLETE = EXAMPLES / "complete.yaml"
NO_DRUGS = DrugTable(())
UNTOUCHED = ("weeks_", "dose_daily", "dose_unit", "psychotherapy_weeks", "duration_weeks", "stop_reason")
NOT_DRAWN = (
    "trial.plasma_level", "trial.modality", "trial.started", "trial.ended", "trial.concurrent_with", "trial.order", "episode.started",
)  # fmt: skip


def examples(consultation: Consultation) -> list[Patient]:
    """Every example patient."""
    return [consultation.read(path, ON).patient for path in sorted(EXAMPLES.glob("*.yaml"))]


def near_complete(consultation: Consultation, many: int) -> list[Patient]:
    """The completely documented example, each time with some facts left out or changed: here every status occurs."""
    catalogue = consultation.rulebook.facts
    return [_disturbed(catalogue, random.Random(seed)) for seed in range(many)]


def _disturbed(catalogue: Catalogue, chance: random.Random) -> Patient:
    data = copy.deepcopy(read_file(COMPLETE).data)
    share = chance.choice((0.02, 0.1))
    holders = [(record, data[record]) for record in data if isinstance(data[record], dict)] + [("trial", row) for row in data["trials"]]
    for record, holder in holders:
        facts = [catalogue[f"{record}.{key}"] for key in holder if f"{record}.{key}" in catalogue]
        for fact in facts:
            if _is_drawn(fact) and not fact.name.startswith(UNTOUCHED) and chance.random() < share:
                holder[fact.name] = _value(fact, chance) if chance.random() < 0.5 else None
    return read_patient_data(Document("near-complete", data, {}), catalogue, NO_DRUGS, ON, -1).patient


def small(consultation: Consultation) -> Patient:
    """A patient of whom little is known, with one trial."""
    return drawn(consultation.rulebook.facts, seed=1, trials=1, known=0.1)


def several(consultation: Consultation, many: int) -> list[Patient]:
    """Random patients with 0 to 4 trials, between hardly and nearly fully known."""
    facts = consultation.rulebook.facts
    return [drawn(facts, seed, trials=seed % 5, known=(0.2, 0.5, 0.8, 0.95)[seed % 4]) for seed in range(many)]


def with_trials(consultation: Consultation, many: int) -> Patient:
    """A patient with so many trials, each of them well known."""
    return drawn(consultation.rulebook.facts, seed=many, trials=many, known=0.7)


def drawn(catalogue: Catalogue, seed: int, trials: int, known: float) -> Patient:
    """A random patient; `known`: share of facts that have a value. Contradictions between facts are left in."""
    chance = random.Random(seed)
    data: dict[str, Any] = {}
    for name in catalogue:
        fact = catalogue[name]
        if fact.record not in catalogue.many and fact.record != "none" and chance.random() < known and _is_drawn(fact):
            data.setdefault(fact.record, {})[fact.name] = _value(fact, chance)
    data["trials"] = [_trial(catalogue, chance, number, known) for number in range(trials)]
    return read_patient_data(Document("drawn", data, {}), catalogue, NO_DRUGS, ON, -1).patient


def _trial(catalogue: Catalogue, chance: random.Random, number: int, known: float) -> dict[str, Any]:
    row = {
        fact.name: _value(fact, chance)
        for fact in catalogue.of_record("trial")
        if chance.random() < known and _is_drawn(fact) and not fact.name.startswith(UNTOUCHED)
    }
    modality = chance.choice(catalogue["trial.modality"].values)
    return {**row, "id": f"t{number}", "order": number + 1, "modality": modality, "weeks_total": chance.randint(1, 30)}


def _is_drawn(fact: Declaration) -> bool:
    return fact.entered and fact.full_name not in NOT_DRAWN and fact.type not in ("partial date", "reference", "list of reference")


def _value(fact: Declaration, chance: random.Random) -> Any:
    if fact.choices and not fact.is_list:
        return chance.choice(fact.choices)
    if fact.is_number:
        return _whole(fact, chance)
    if fact.type == "list of enum":
        return chance.sample(fact.values, chance.randint(0, min(3, len(fact.values))))
    if fact.type == "list of integer":
        return [_whole(fact, chance)]
    if fact.type == "list of text":
        return chance.sample(["one", "two"], chance.randint(0, 2))
    if fact.type == "map of text":
        return {chance.choice(fact.keys): "a method"}
    return chance.choice(["first", "second", "third"])


def _whole(fact: Declaration, chance: random.Random) -> int:
    low = int(fact.minimum or 0) + (1 if fact.above is not None else 0)
    return chance.randint(low, int(fact.maximum) if fact.maximum is not None else low + 30)
