"""One treatment on one line: `sertraline 150 mg 11 weeks`, `CBT 24 sessions 26 weeks ended`, `earlier ECT`."""

import re
from typing import Any

from euthymia.dialogue.replies import Unclear
from euthymia.facts.catalogue import Catalogue
from euthymia.facts.drug_table import DrugTable
from euthymia.facts.patient import Patient

_KINDS = {"m": "medication", "p": "psychotherapy", "c": "combined", "n": "neuromodulation", "o": "other"}
_AMOUNTS = re.compile(r"(\d+(?:\.\d+)?)\s*(mg|weeks?|sessions?)\b")
_DATE = r"\d{4}(?:-\d{2}(?:-\d{2})?)?"
_DATES = re.compile(rf"\b({_DATE})\s+to\s+({_DATE}|now)\b|\bsince\s+({_DATE})\b")
_EARLIER = re.compile(r"\bearlier\b")
_ONGOING = re.compile(r"\b(?:ongoing|now)\b")


def read_treatment(text: str, entered: Patient, catalogue: Catalogue, drugs: DrugTable) -> dict[str, Any]:
    """Facts of one trial, by name without the record, with its `id` and its place after those on file. Raises Unclear."""
    if text.strip().lower() in _KINDS:  # an n meant as a no must not become a trial of neuromodulation
        raise Unclear(f"'{text.strip()}' alone names no treatment")
    facts: dict[str, Any] = {}
    rest = _without(_EARLIER, text.lower(), lambda _: facts.update(episode="previous"))
    rest = _without(_DATES, rest, lambda match: facts.update(_dated(match)))
    rest = _without(_ONGOING, rest, lambda _: facts.update(stop_reason="ongoing"))
    amounts: dict[str, float] = {}
    rest = _without(_AMOUNTS, rest, lambda match: amounts.update({match[2].removesuffix("s"): float(match[1])}))
    facts |= _named(" ".join(re.sub(r"[,;]", " ", rest).split()), catalogue, drugs)
    facts |= _amounts(facts["modality"], amounts)
    trials = entered.units.get("trial", ())
    if all(trial.get("trial.order").known for trial in trials):
        facts["order"] = 1 + max((int(trial.get("trial.order").low or 0) for trial in trials), default=0)
    return {"id": _new_id({trial.id for trial in trials}), "episode": "current"} | facts


def _without(pattern: re.Pattern[str], text: str, note: Any) -> str:
    """The text without what the pattern finds, which is noted."""

    def taken(match: re.Match[str]) -> str:
        note(match)
        return " "

    return pattern.sub(taken, text)


def _dated(match: re.Match[str]) -> dict[str, str]:
    start, end = match[1] or match[3], match[2] or "now"
    return {"started": start} | ({"stop_reason": "ongoing"} if end == "now" else {"ended": end})


def _named(words: str, catalogue: Catalogue, drugs: DrugTable) -> dict[str, Any]:
    """Kind and name: by the letter in front, else as the drug table and the lists of psychotherapies and methods know it."""
    letter, _, name = words.partition(" ")
    kind = _KINDS.get(letter)
    if kind is None:
        name = words
    if kind == "combined" or (kind is None and "+" in words):
        parts = [_one_named(part.strip(), None, catalogue, drugs) for part in name.split("+") if part.strip()]
        return {key: value for part in parts for key, value in part.items()} | {"modality": "combined"}
    return _one_named(name, kind, catalogue, drugs)


def _one_named(name: str, kind: str | None, catalogue: Catalogue, drugs: DrugTable) -> dict[str, Any]:
    if kind in (None, "medication") and name and drugs.find(name) is not None:
        return {"modality": "medication", "drug": name}
    for modality, fact in (("psychotherapy", "psychotherapy_type"), ("neuromodulation", "neuromodulation_type")):
        known = {value.lower().replace("_", " "): value for value in catalogue[f"trial.{fact}"].values}
        if kind in (None, modality) and name.replace("-", " ") in known:
            return {"modality": modality, fact: known[name.replace("-", " ")]}
    if kind is None:
        raise Unclear(f"'{name}' is no treatment that is known here" if name else "")
    return {"modality": kind} | ({"drug": name} if kind == "medication" and name else {})


def _amounts(modality: str, amounts: dict[str, float]) -> dict[str, Any]:
    """Weeks are those at an adequate dose for a drug, and the length of a psychotherapy; in a combined treatment they stand for both."""
    given = {unit: int(value) if value == int(value) else value for unit, value in amounts.items()}
    facts: dict[str, Any] = {}
    drug, therapy = modality in ("medication", "combined"), modality in ("psychotherapy", "combined")
    if ("mg" in given and not drug) or ("session" in given and not therapy) or ("week" in given and not (drug or therapy)):
        raise Unclear("mg go with a drug, sessions with a psychotherapy, weeks with either")
    if "mg" in given:
        facts |= {"dose_daily": given["mg"], "dose_unit": "mg"}
    if "week" in given:
        facts |= ({"weeks_at_adequate_dose": given["week"]} if drug else {}) | ({"psychotherapy_weeks": given["week"]} if therapy else {})
    if "session" in given:
        facts["sessions_attended"] = given["session"]
    return facts


def _new_id(taken: set[str]) -> str:
    number = 1
    while f"t{number}" in taken:
        number += 1
    return f"t{number}"
